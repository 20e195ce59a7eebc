"""What looks back on a case: complaints, corrections, reopening and voiding; the original stays visible."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.case.body import CaseBody
from domain.case.clocks import Clock, stopped
from domain.case.events import Event, Moved
from domain.case.guards import CaseFacts, check_begin, check_leader, check_mark, check_no_mark
from domain.case.inputs import LONGEST_NAME, plate_of, words
from domain.case.state import CaseState, Mark, Voided
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class ComplaintFiled(Event):
    """Somebody complained or sued (Luật XLVPHC Đ15); that by itself erases no decision."""

    TOPIC = "case:complaint-filed"
    reference: str
    against: str
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """It is to be answered."""
        case.marks.add(Mark.COMPLAINED)


@dataclass(frozen=True)
class ComplaintAnswered(Event):
    """The complaint was answered."""

    TOPIC = "case:complaint-answered"
    reference: str
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """Nothing of it is open."""
        case.marks.discard(Mark.COMPLAINED)


@dataclass(frozen=True)
class Corrected(Event):
    """A value was wrong; what it was stays on record, beside the reason (R-QT-5.4.0)."""

    TOPIC = "case:corrected"
    field: str
    value: Personal[str]
    text: Personal[str]

    def remember(self, case: CaseBody) -> None:
        """A plate that was typed is known from now on."""
        if self.field == "plate":
            case.plate_known = True


@dataclass(frozen=True)
class Reopened(Event):
    """What had been ended or found is open again, and why."""

    TOPIC = "case:reopened"
    state: str
    """The step it goes back to."""
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """It goes on from an earlier step."""
        case.state = CaseState(self.state)
        if case.state == CaseState.RECEIVED:
            case.marks.add(Mark.RECEIVED)
        if case.state == CaseState.VERIFYING:
            case.finding = None
            case.marks -= {Mark.RESULT_NOTIFIED, Mark.PUBLISHED}


@dataclass(frozen=True)
class DeclaredVoid(Event):
    """A record, a decision or the whole case was declared void, and why; each stays visible as it was."""

    TOPIC = "case:declared-void"
    what: str
    document: str
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The case stands where it did before that."""
        match self.what:
            case Voided.DECISION:
                case_ = CaseState.RECORDED
            case Voided.RECORD:
                case_ = CaseState.CONCLUDED
            case _:
                case_ = CaseState.VOIDED
        case.state = case_
        if self.what == Voided.DECISION:
            case.marks -= {Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING, Mark.DECISION_SENT}
        if self.what == Voided.RECORD:
            case.marks -= OF_A_RECORD
        if self.what == Voided.CASE:
            case.marks -= {Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING, Mark.PUBLISHED}

    def remember(self, case: CaseBody) -> None:
        """What was declared void is no longer asked for."""
        if self.what == Voided.DECISION:
            case.forget_decision()
        if self.what == Voided.RECORD:
            case.forget_record()


OF_A_RECORD: Final = {
    Mark.RECORD_TRANSFER_OWED,
    Mark.RECORD_TRANSFERRED,
    Mark.EXPLANATION_OPEN,
    Mark.EXPLANATION_REQUESTED,
    Mark.SESSION_REQUESTED,
    Mark.EXPLAINED,
    Mark.FACTS_IN_VERIFICATION,
    Mark.ESPECIALLY_COMPLEX,
    Mark.DECISION_TIME_EXPIRED,
}


# -- guards -------------------------------------------------------------------------


STANDING = tuple(
    state
    for state in CaseState
    if state not in {CaseState.DETECTED, CaseState.DISCARDED, CaseState.MERGED, CaseState.VOIDED}
)
"""Where a case has been transferred and still stands."""


def check_complain(case: CaseFacts, context: Context) -> Refusal | None:
    """A complaint is taken by whoever holds the case, at any time after it was transferred."""
    return check_begin(case, context, "case.hear", *STANDING) or check_no_mark(
        case,
        Mark.COMPLAINED,
        "Đang có khiếu nại chưa trả lời",
        "A complaint is open already",
        "R-VN-LXLVPHC-15",
    )


def check_answer(case: CaseFacts, context: Context) -> Refusal | None:
    """An open complaint is answered."""
    return check_begin(case, context, "case.hear", *STANDING) or check_mark(
        case, Mark.COMPLAINED, "Không có khiếu nại chưa trả lời", "No complaint is open", "R-VN-LXLVPHC-15"
    )


def check_correct(case: CaseFacts, context: Context) -> Refusal | None:
    """Values are corrected until a record is drawn; after that the record is voided first."""
    return check_begin(
        case, context, "case.identify", CaseState.RECEIVED, CaseState.VERIFYING, CaseState.CONCLUDED
    )


def check_reopen(case: CaseFacts, context: Context) -> Refusal | None:
    """The Centre looks again at what it discarded; the head of a unit at what the unit ended or concluded."""
    if case.state == CaseState.DISCARDED:
        return check_begin(case, context, "case.discard", CaseState.DISCARDED)
    return check_begin(
        case,
        context,
        "case.decide",
        CaseState.CONCLUDED,
        CaseState.HANDLED,
        CaseState.NOT_DECIDED,
        CaseState.FORWARDED,
    ) or check_leader(context, "case.decide")


VOIDABLE: Final = {
    Voided.RECORD: (CaseState.RECORDED,),
    Voided.DECISION: (
        CaseState.DECIDED,
        CaseState.DELIVERED,
        CaseState.OVERDUE,
        CaseState.ENFORCED,
        CaseState.EXECUTED,
        CaseState.RESOLVED,
    ),
    Voided.CASE: STANDING,
}
"""Where each can be declared void."""


def check_void(case: CaseFacts, context: Context) -> Refusal | None:
    """The head of the unit that holds the case declares something of it void."""
    return check_begin(case, context, "case.decide", *STANDING) or check_leader(context, "case.decide")


# -- decisions ----------------------------------------------------------------------

DECIDING: Final = ("DECIDE_AFTER_CRIMINAL", "DECIDE")
"""The clocks of a decision; after a criminal procedure it is the former."""

OF_A_CONCLUSION: Final = ("NOTIFY_RESULT", "DRAW_RECORD")
"""The clocks that a conclusion started."""


class Correctable(StrEnum):
    """What may turn out to have been typed wrong."""

    PLATE = "plate"
    OWNER_NAME = "owner_name"
    OWNER_ADDRESS = "owner_address"
    VIOLATOR_NAME = "violator_name"
    VIOLATOR_ADDRESS = "violator_address"
    VIOLATOR_IDENTITY_NUMBER = "violator_identity_number"


def complain(case: CaseBody, context: Context, *, reference: str, against: str, text: str) -> None:
    """Take a complaint."""
    refuse(check_complain(case, context))
    words("reference", reference, longest=LONGEST_NAME)
    words("against", against, longest=LONGEST_NAME)
    words("text", text)
    with acting(context.envelope("case.hear", rule="R-VN-LXLVPHC-15")):
        case.trigger_event(
            ComplaintFiled, reference=reference, against=against, text=Personal.said(case.id, text)
        )


def answer(case: CaseBody, context: Context, *, reference: str, text: str) -> None:
    """Answer a complaint."""
    refuse(check_answer(case, context))
    words("reference", reference, longest=LONGEST_NAME)
    words("text", text)
    with acting(context.envelope("case.hear", rule="R-VN-LXLVPHC-15")):
        case.trigger_event(ComplaintAnswered, reference=reference, text=Personal.said(case.id, text))


def correct(case: CaseBody, context: Context, *, field: Correctable, value: str, text: str) -> None:
    """Give another value, and say why."""
    refuse(check_correct(case, context))
    words("text", text, rule=context.rulebook.rule_for("correction"))
    words("value", value, longest=LONGEST_NAME)
    known = Mark.OWNER_IDENTIFIED if field.startswith("owner") else Mark.VIOLATOR_DETERMINED
    missing = known not in case.marks if field is not Correctable.PLATE else not case.plate_known
    if missing:
        raise InvalidInput("field", f"chưa có {field} để đính chính", f"there is no {field} to correct")
    sealed = plate_of(case, "value", value) if field is Correctable.PLATE else Personal.said(case.id, value)
    with acting(context.envelope("case.identify")):
        case.trigger_event(Corrected, field=field.value, value=sealed, text=Personal.said(case.id, text))


def reopen(case: CaseBody, context: Context, *, text: str) -> None:
    """Open again what was ended or found; the clocks go on as if they had never stopped."""
    refuse(check_reopen(case, context))
    words("text", text)
    unit_id = case.holder_unit_id
    clocks: tuple[Clock, ...] = ()
    match case.state:
        case CaseState.DISCARDED:
            state, action = CaseState.DETECTED, "case.discard"
            clocks = case.again(unit_id, "TRANSFER")
        case CaseState.HANDLED:
            state, action = CaseState.RECEIVED, "case.decide"
        case CaseState.FORWARDED:
            state, action = CaseState.RECEIVED, "case.decide"
            clocks = case.again(unit_id, "VERIFY")
        case CaseState.NOT_DECIDED if case.record_number:
            state, action = CaseState.RECORDED, "case.decide"
            clocks = case.again(unit_id, *DECIDING)
        case CaseState.NOT_DECIDED if case.finding:
            state, action = CaseState.CONCLUDED, "case.decide"
            clocks = case.again(unit_id, "DRAW_RECORD")
        case _:
            state, action = CaseState.VERIFYING, "case.decide"
            clocks = case.again(unit_id, "VERIFY")
    with acting(context.envelope(action)):
        case.trigger_event(
            Reopened,
            state=state.value,
            text=Personal.said(case.id, text),
            clocks=(*clocks, *case.limitation(context, unit_id)),
            stopped=stopped(case.clocks, context.now, *OF_A_CONCLUSION)
            if state is CaseState.VERIFYING
            else (),
        )


def void(case: CaseBody, context: Context, *, what: Voided, document: str, text: str) -> None:
    """Declare something of the case void; the clocks go on where they stood before it."""
    refuse(check_void(case, context))
    words("document", document, longest=LONGEST_NAME)
    words("text", text)
    nothing = what is Voided.DECISION and case.decision_number is None
    if nothing or case.state not in VOIDABLE[what]:
        raise WrongState(
            f"Hồ sơ ở trạng thái {case.state}: không có {what} để hủy bỏ",
            f"The case is {case.state}: there is no {what} to declare void",
            rule=context.rule_of("case.decide"),
        )
    unit_id = case.holder_unit_id
    goes_on = (
        {"NOTIFY_RESULT"} if what is Voided.CASE else {"NOTIFY_RESULT", "LIMITATION", "DECIDE_AFTER_CRIMINAL"}
    )
    again: tuple[Clock, ...] = ()
    if what is Voided.DECISION:
        again = (*case.again(unit_id, *DECIDING), *case.limitation(context, unit_id))
    if what is Voided.RECORD:
        again = (*case.again(unit_id, "DRAW_RECORD"), *case.limitation(context, unit_id))
    with acting(context.envelope("case.decide")):
        case.trigger_event(
            DeclaredVoid,
            what=what.value,
            document=document,
            text=Personal.said(case.id, text),
            clocks=again,
            stopped=stopped(
                case.clocks,
                context.now,
                *(t for t in case.clocks if t not in goes_on),
            ),
        )
