"""The record (*biên bản vi phạm hành chính*), and its transfer to whoever may decide."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.case.body import CaseBody
from domain.case.clocks import Clock, passed, started, stopped
from domain.case.events import Event, Moved
from domain.case.guards import (
    CaseFacts,
    check_begin,
    check_in_time,
    check_mark,
    check_no_mark,
    check_other_than_approver,
)
from domain.case.inputs import LONGEST_NAME, some_words, when, words
from domain.case.proposal import ONE_VIOLATION, check_recipient
from domain.case.state import CaseState, Finding, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, SameUnit, WrongState, refuse
from domain.personal import Personal
from domain.rules import EXPLAINABLE, Bracket, CaseStep
from domain.unit import Unit

FEWEST_COPIES = 2
"""Luật XLVPHC Đ58: one for the violator, one for the file."""

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RecordContents:
    """What a record must say (Luật XLVPHC Đ58.3); what names a person is sealed."""

    number: str
    drawn_at: datetime
    place: Personal[str]
    maker_title: str
    behaviour: Personal[str]
    """The violating act in words: time, place, what happened, what it is shown by."""
    offence_code: str
    statement: Personal[str]
    """What the violator, witnesses and victims said, or that they said nothing."""
    measures: Personal[str]
    """Preventive measures and what was kept, or that there were none."""
    copies: int
    signed_by_violator: bool
    no_signature_reason: Personal[str] | None = None
    witnesses: Personal[str] | None = None


@dataclass(frozen=True)
class RecordDrawn(Event):
    """A competent person drew the record (*lập biên bản*, Luật XLVPHC Đ58)."""

    TOPIC = "case:record-drawn"
    contents: RecordContents
    vehicle_group: str
    fine_maximum: int
    """The highest fine the decree sets for the act, for a person."""
    explainable: bool
    competent: bool
    """Whether whoever drew it may also decide."""

    def change(self, case: Moved) -> None:
        """The time of the decision runs."""
        case.state = CaseState.RECORDED
        if self.explainable:
            case.marks.add(Mark.EXPLANATION_OPEN)
        if not self.competent:
            case.marks.add(Mark.RECORD_TRANSFER_OWED)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.record_number = self.contents.number
        case.drawn_by = self.envelope.by
        case.offence_code = self.contents.offence_code
        case.vehicle_group = self.vehicle_group


@dataclass(frozen=True)
class RecordTransferred(Event):
    """The record and its file went to the competent person (Luật XLVPHC Đ58.5)."""

    TOPIC = "case:record-transferred"
    recipient_unit_id: UUID

    def change(self, case: Moved) -> None:
        """The recipient decides."""
        case.marks.discard(Mark.RECORD_TRANSFER_OWED)
        case.marks.add(Mark.RECORD_TRANSFERRED)
        case.holder_unit_id = self.recipient_unit_id
        case.assignee = None


# -- guards -------------------------------------------------------------------------


def check_draw(case: CaseFacts, context: Context) -> Refusal | None:
    """A record is drawn of a violation that was concluded, against a violator who is known, once."""
    action = "case.draw_record"
    refusal = check_begin(
        case, context, action, CaseState.CONCLUDED, step=CaseStep.DRAW_RECORD
    ) or check_other_than_approver(case, context, action)
    if refusal is not None:
        return refusal
    if case.finding != Finding.VIOLATION:
        return WrongState(
            "Không lập biên bản khi không kết luận có vi phạm",
            "No record is drawn where no violation was concluded",
            rule="R-VN-LXLVPHC-58.3",
        )
    return (
        check_mark(
            case,
            Mark.VIOLATOR_DETERMINED,
            "Phải xác định đối tượng vi phạm trước khi lập biên bản",
            "The violator is determined before the record is drawn",
            context.rule_of(action),
        )
        or check_no_mark(
            case,
            Mark.DUPLICATE_SUSPECTED,
            "Có hồ sơ nghi trùng: gộp hoặc giữ riêng trước",
            "Another case seems to be about the same violation: merge it or keep it first",
            ONE_VIOLATION,
        )
        or check_in_time(case, context, "Hết thời hiệu xử phạt", "The limitation has passed", "LIMITATION")
    )


def check_transfer_record(case: CaseFacts, context: Context) -> Refusal | None:
    """A record goes to whoever may decide, once, from whoever holds it."""
    return check_begin(
        case, context, "case.draw_record", CaseState.RECORDED, step=CaseStep.TRANSFER_RECORD
    ) or check_no_mark(
        case,
        Mark.RECORD_TRANSFERRED,
        "Hồ sơ đã được chuyển cho người có thẩm quyền",
        "The file was transferred already",
        context.rule_of("case.draw_record"),
    )


# -- decisions ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RecordWords:
    """What the maker of a record types."""

    number: str
    place: str
    maker_title: str
    behaviour: str
    offence_code: str
    statement: str
    measures: str
    copies: int = FEWEST_COPIES
    signed_by_violator: bool = True
    no_signature_reason: str | None = None
    witnesses: str | None = None
    competent: bool = True


def draw(
    case: CaseBody,
    context: Context,
    said: RecordWords,
    *,
    at: datetime | None = None,
    late_reason: str | None = None,
) -> None:
    """Draw the record: refused while anything the law asks for is missing (Luật XLVPHC Đ58.3)."""
    refuse(check_draw(case, context))
    drawn = when(case, context, at, after="violator-determined")
    drawn = when(case, context, drawn, after="concluded")
    bracket = bracket_of(case, context, said.offence_code)
    contents = _contents(case, said, drawn)
    unit_id = context.actor.unit_id
    may_explain = explainable(bracket, organisation=case.violator_is_organisation)
    timers = [] if "DECIDE_AFTER_CRIMINAL" in case.clocks else ["DECIDE"]
    timers += ["EXPLAIN_WRITTEN", "EXPLAIN_REQUEST"] if may_explain else []
    timers += [] if said.competent else ["TRANSFER_RECORD"]
    with acting(context.envelope("case.draw_record", at=drawn)):
        case.trigger_event(
            RecordDrawn,
            contents=contents,
            vehicle_group=bracket.group.value,
            fine_maximum=bracket.maximum,
            explainable=may_explain,
            competent=said.competent,
            clocks=tuple(clock for timer in timers for clock in started(context, timer, drawn, unit_id)),
            stopped=stopped(case.clocks, drawn, "DRAW_RECORD", "OWNER_APPEARANCE"),
            late_reason=Personal.said(case.id, late_reason)
            if some_words("lateReason", late_reason)
            else None,
        )


def _contents(case: CaseBody, said: RecordWords, drawn: datetime) -> RecordContents:
    rule = "R-VN-LXLVPHC-58.3"
    for path, text in (("number", said.number), ("place", said.place), ("makerTitle", said.maker_title)):
        words(path, text, longest=LONGEST_NAME, rule=rule)
    for path, text in (
        ("behaviour", said.behaviour),
        ("statement", said.statement),
        ("measures", said.measures),
    ):
        words(path, text, rule=rule)
    if said.copies < FEWEST_COPIES:
        raise InvalidInput("copies", "lập thành ít nhất 02 bản", "at least 2 copies are made", rule=rule)
    if not said.signed_by_violator:
        if not (said.no_signature_reason or "").strip():
            raise InvalidInput(
                "noSignatureReason",
                "người vi phạm không ký thì phải ghi lý do",
                "says why the violator did not sign",
                rule=rule,
            )
        if not (said.witnesses or "").strip():
            raise InvalidInput(
                "witnesses",
                "người vi phạm không ký thì phải có chữ ký của người chứng kiến hoặc chính quyền",
                "names who witnessed that the violator did not sign",
                rule=rule,
            )

    def sealed(text: str) -> Personal[str]:
        return Personal.said(case.id, text)

    return RecordContents(
        number=said.number,
        drawn_at=drawn,
        place=sealed(said.place),
        maker_title=said.maker_title,
        behaviour=sealed(said.behaviour),
        offence_code=said.offence_code,
        statement=sealed(said.statement),
        measures=sealed(said.measures),
        copies=said.copies,
        signed_by_violator=said.signed_by_violator,
        no_signature_reason=sealed(said.no_signature_reason) if said.no_signature_reason else None,
        witnesses=sealed(said.witnesses) if said.witnesses else None,
    )


def bracket_of(case: CaseBody, context: Context, code: str, path: str = "offenceCode") -> Bracket:
    """What the decree in force when the act was committed sets for the article that is cited."""
    brackets = context.rulebook.brackets(case.kind, case.occurred_on)
    for bracket in brackets:
        if bracket.code == code and (case.vehicle_group in {None, bracket.group}):
            return bracket
    known = ", ".join(f"{b.code} ({b.group})" for b in brackets) or "—"
    raise InvalidInput(
        path,
        f"không phải điều khoản áp dụng cho hành vi này vào ngày vi phạm; có: {known}",
        f"is no article for this act of this vehicle on the day of the act; there are: {known}",
        rule="R-VN-ND168-54",
    )


def explainable(bracket: Bracket, *, organisation: bool) -> bool:
    """Whether the violator may explain (Luật XLVPHC Đ61.1): an organisation's fine and threshold are both doubled."""
    highest, threshold = (
        (2 * bracket.maximum, 2 * EXPLAINABLE) if organisation else (bracket.maximum, EXPLAINABLE)
    )
    return bracket.suspension_months is not None or highest >= threshold


def transfer_record(
    case: CaseBody,
    context: Context,
    *,
    recipient: Unit,
    at: datetime | None = None,
    late_reason: str | None = None,
) -> None:
    """Send the file to whoever may decide; the time for that is counted from the record, not from here (C8)."""
    refuse(check_transfer_record(case, context))
    if recipient.id == context.actor.unit_id:
        raise SameUnit("Hồ sơ đang ở đơn vị này", "The case is with this unit already")
    check_recipient(case, context, recipient)
    sent = when(case, context, at, after="record-drawn")
    others = passed(
        case.clocks, recipient.id, *(t for t in case.clocks if t not in {"TRANSFER_RECORD", "DECIDE"})
    )
    with acting(context.envelope("case.draw_record", at=sent)):
        case.trigger_event(
            RecordTransferred,
            recipient_unit_id=recipient.id,
            clocks=(*others, *decide_clock(case, context, "FILE_TRANSFERRED", unit=recipient)),
            stopped=stopped(case.clocks, sent, "TRANSFER_RECORD"),
            late_reason=Personal.said(case.id, late_reason)
            if some_words("lateReason", late_reason)
            else None,
        )


LONGER = ("ORDINARY", "FILE_TRANSFERRED", "EXPLANATION", "COMPLEX")
"""The times to decide, each prevailing over those before it."""


def decide_clock(
    case: CaseBody, context: Context, variant: str, unit: Unit | None = None
) -> tuple[Clock, ...]:
    """The time to decide in a longer variant, from the same record; what is longer stays, what ended has ended."""
    clock = case.clocks.get("DECIDE")
    if clock is None:
        return ()
    owner = unit.id if unit else clock.unit_id
    present = clock.variant or LONGER[0]
    if context.now >= clock.due or LONGER.index(variant) <= LONGER.index(present):
        return (replace(clock, unit_id=owner),) if unit else ()
    return started(context, "DECIDE", clock.started_at, owner, variant)
