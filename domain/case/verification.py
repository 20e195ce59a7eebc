"""What the police find: verify, extend, conclude, refer to the criminal procedure, and tell the result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case.body import CaseBody
from domain.case.clocks import started, stopped
from domain.case.events import Event, Moved, clock_of_v1, grown, stopped_of_v1
from domain.case.guards import (
    CaseFacts,
    check_begin,
    check_leader,
    check_no_mark,
    check_other_than_approver,
    check_traffic,
)
from domain.case.inputs import LONGEST_NAME, personal, some_words, when, words
from domain.case.state import CaseState, Finding, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal
from domain.rules import CaseStep, VerifyStart
from domain.rules import Forwarded as Verification

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class VerificationStarted(Event):
    """The police accepted the case for verification (*thụ lý xác minh*)."""

    TOPIC = "case:verification-started"
    class_version = 2
    verifiers: tuple[UUID, ...] = ()

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Nobody was named besides whoever accepted it."""
        grown(state, verifiers=[])

    def change(self, case: Moved) -> None:
        """Whoever accepted it acts next."""
        case.state = CaseState.VERIFYING
        case.assignee = UUID(self.envelope.by) if not self.verifiers else self.verifiers[0]


@dataclass(frozen=True)
class VerificationExtended(Event):
    """The head of the unit found the case complex, before its time had ended (NĐ 135/2021 Đ21.1.a)."""

    TOPIC = "case:verification-extended"
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """It has the longer time."""
        case.marks.add(Mark.COMPLEX)


@dataclass(frozen=True)
class Concluded(Event):
    """The police concluded (*kết luận*, R-DH-11.3.b4)."""

    TOPIC = "case:concluded"
    class_version = 2
    finding: str
    text: Personal[str]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """It ended the clock of verification and started that of the result notice."""
        began, unit_id = state["envelope"]["took_place_at"], state["envelope"]["unit_id"]
        clock_of_v1(state, "NOTIFY_RESULT", began, unit_id)
        stopped_of_v1(state, "VERIFY")
        grown(state)

    def change(self, case: Moved) -> None:
        """What was found."""
        case.state = CaseState.CONCLUDED
        case.finding = self.finding
        case.marks.discard(Mark.RESULT_NOTIFIED)


@dataclass(frozen=True)
class Referred(Event):
    """There are signs of a crime: the file went to the criminal procedure at once (Luật XLVPHC Đ62.1)."""

    TOPIC = "case:referred"
    to: str
    documents: tuple[str, ...]
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """Nothing administrative goes on meanwhile."""
        case.before_referral = case.state
        case.state = CaseState.REFERRED


@dataclass(frozen=True)
class Resumed(Event):
    """The criminal file came back, to be sanctioned administratively (Luật XLVPHC Đ63)."""

    TOPIC = "case:resumed"
    document: str
    received_at: datetime

    def change(self, case: Moved) -> None:
        """The case goes on where it stood."""
        case.state = case.before_referral or CaseState.VERIFYING


@dataclass(frozen=True)
class ResultNotified(Event):
    """The Centre was told the result (R-DH-11.3.b5)."""

    TOPIC = "case:result-notified"
    class_version = 2

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """It ended the clock of the result notice."""
        stopped_of_v1(state, "NOTIFY_RESULT")
        grown(state)

    def change(self, case: Moved) -> None:
        """They know."""
        case.marks.add(Mark.RESULT_NOTIFIED)


# -- guards -------------------------------------------------------------------------


def check_verify(case: CaseFacts, context: Context) -> Refusal | None:
    """A received case may be verified."""
    refusal = check_begin(
        case, context, "case.verify", CaseState.RECEIVED, CaseState.APPROVED, step=CaseStep.VERIFY
    )
    if refusal is None and case.state == CaseState.APPROVED:
        return WrongState(
            "Phải tiếp nhận hồ sơ trước khi xác minh",
            "The case must be received before it is verified",
            rule=context.rule_of("case.receive"),
        )
    return refusal or check_traffic(case, context, "case.verify")


def check_extend(case: CaseFacts, context: Context) -> Refusal | None:
    """The head of the unit extends a complex verification once, before its time has ended."""
    refusal = (
        check_begin(case, context, "case.extend", CaseState.VERIFYING, step=CaseStep.EXTEND)
        or check_leader(context, "case.extend")
        or check_no_mark(
            case,
            Mark.COMPLEX,
            "Thời hạn xác minh đã được kéo dài",
            "The time of verification was extended already",
            context.rule_of("case.extend"),
        )
    )
    clock = case.clocks.get("VERIFY")
    if refusal is None and clock is None:
        return WrongState(
            "Quy định này không đặt thời hạn xác minh",
            "A time of verification is not set by this regulation",
            rule=context.rule_of("case.extend"),
        )
    if refusal is None and clock is not None and context.now >= clock.due:
        return WrongState(
            "Chỉ được kéo dài trước khi hết thời hạn xác minh",
            "Verification is extended before its time ends, not after",
            rule=clock.rule,
        )
    return refusal


def check_conclude(case: CaseFacts, context: Context) -> Refusal | None:
    """Whoever approved a case never concludes it, nor does their unit (R-QT-4.4.0, R-DH-11.3.b4)."""
    return check_begin(
        case, context, "case.conclude", CaseState.VERIFYING, step=CaseStep.CONCLUDE
    ) or check_other_than_approver(case, context, "case.conclude")


def check_refer(case: CaseFacts, context: Context) -> Refusal | None:
    """Signs of a crime send the file to the criminal procedure, whenever they are found before the decision."""
    return check_begin(
        case,
        context,
        "case.conclude",
        CaseState.VERIFYING,
        CaseState.CONCLUDED,
        CaseState.RECORDED,
        step=CaseStep.REFER,
    ) or check_other_than_approver(case, context, "case.conclude")


def check_resume(case: CaseFacts, context: Context) -> Refusal | None:
    """A criminal file comes back to the unit that referred it."""
    return check_begin(case, context, "case.conclude", CaseState.REFERRED)


CONCLUDED = (
    CaseState.CONCLUDED,
    CaseState.REFERRED,
    CaseState.RECORDED,
    CaseState.DECIDED,
    CaseState.NOT_DECIDED,
    CaseState.DELIVERED,
    CaseState.OVERDUE,
    CaseState.ENFORCED,
    CaseState.EXECUTED,
    CaseState.RESOLVED,
    CaseState.HANDLED,
)
"""Where there is a result to tell; the notice runs beside what follows."""


def check_notify(case: CaseFacts, context: Context) -> Refusal | None:
    """The result of a concluded case goes back to the Centre, once."""
    return check_begin(
        case, context, "case.notify", *CONCLUDED, step=CaseStep.NOTIFY_RESULT
    ) or check_no_mark(
        case,
        Mark.RESULT_NOTIFIED,
        "Kết quả đã được thông báo",
        "The result was already notified",
        context.rule_of("case.notify"),
    )


# -- decisions ----------------------------------------------------------------------


def start_verification(case: CaseBody, context: Context, *, verifiers: tuple[UUID, ...] = ()) -> None:
    """Accept the case for verification; where acceptance starts it, its clock starts (C1)."""
    refuse(check_verify(case, context))
    settings = context.rulebook.settings
    anew = (
        settings.verify_start is VerifyStart.ACCEPTANCE
        and settings.verify_after_forwarding is Verification.RESTARTS
    )
    starts = anew or "VERIFY" not in case.clocks
    with acting(context.envelope("case.verify")):
        case.trigger_event(
            VerificationStarted,
            verifiers=verifiers,
            clocks=started(context, "VERIFY", context.now, context.actor.unit_id) if starts else (),
        )


def extend(case: CaseBody, context: Context, *, text: str) -> None:
    """Give a complex case the longer time, counted from the same start."""
    refuse(check_extend(case, context))
    words("text", text, rule=context.rule_of("case.extend"))
    clock = case.clocks["VERIFY"]
    with acting(context.envelope("case.extend", rule=clock.rule)):
        case.trigger_event(
            VerificationExtended,
            text=Personal.said(case.id, text),
            clocks=started(context, "VERIFY", clock.started_at, clock.unit_id, "COMPLEX"),
        )


def conclude(
    case: CaseBody, context: Context, *, finding: Finding, text: str, late_reason: str | None = None
) -> None:
    """Conclude the case in words; a late conclusion is recorded as late and stays possible."""
    refuse(check_conclude(case, context))
    words("text", text, rule=context.rule_of("case.conclude"))
    now, unit_id = context.now, context.actor.unit_id
    notify = started(context, "NOTIFY_RESULT", now, unit_id)
    found = finding is Finding.VIOLATION
    draws = found and Mark.VIOLATOR_DETERMINED in case.marks and "DRAW_RECORD" not in case.clocks
    draw = started(context, "DRAW_RECORD", now, unit_id) if draws else ()
    ended = ("VERIFY",) if found else tuple(case.clocks)
    with acting(context.envelope("case.conclude")):
        case.trigger_event(
            Concluded,
            finding=finding.value,
            text=Personal.said(case.id, text),
            clocks=(*notify, *draw),
            stopped=stopped(case.clocks, now, *ended),
            late_reason=personal(case, some_words("lateReason", late_reason)),
        )


def refer(case: CaseBody, context: Context, *, to: str, documents: tuple[str, ...], text: str) -> None:
    """Refer the case to the criminal procedure, with the list of what the file holds."""
    refuse(check_refer(case, context))
    rule = "R-VN-LXLVPHC-62.1"
    words("to", to, longest=LONGEST_NAME, rule=rule)
    words("text", text, rule=rule)
    if not documents:
        raise InvalidInput("documents", "phải liệt kê hồ sơ kèm theo", "lists what the file holds", rule=rule)
    listed = tuple(words("documents", name, longest=LONGEST_NAME) for name in documents)
    notify = (
        ()
        if Mark.RESULT_NOTIFIED in case.marks
        else started(context, "NOTIFY_RESULT", context.now, context.actor.unit_id)
    )
    with acting(context.envelope("case.conclude", rule=rule)):
        case.trigger_event(
            Referred,
            to=to,
            documents=listed,
            text=Personal.said(case.id, text),
            clocks=notify,
            stopped=stopped(case.clocks, context.now, *(t for t in case.clocks if t != "NOTIFY_RESULT")),
        )


def resume(case: CaseBody, context: Context, *, document: str, received_at: datetime) -> None:
    """Take a criminal file back; the decision has a time of its own from its receipt (Luật XLVPHC Đ63.3)."""
    refuse(check_resume(case, context))
    words("document", document, longest=LONGEST_NAME)
    at = when(case, context, received_at, after="referred", path="receivedAt")
    unit_id = context.actor.unit_id
    with acting(context.envelope("case.conclude", rule="R-VN-LXLVPHC-63.3", at=at)):
        case.trigger_event(
            Resumed,
            document=document,
            received_at=at,
            clocks=(
                *started(context, "DECIDE_AFTER_CRIMINAL", at, unit_id),
                *case.limitation(context, unit_id),
            ),
        )


def notify_result(case: CaseBody, context: Context, *, late_reason: str | None = None) -> None:
    """Tell the Centre the result."""
    refuse(check_notify(case, context))
    clock = case.clocks.get("NOTIFY_RESULT")
    with acting(context.envelope("case.notify", rule=clock.rule if clock else None)):
        case.trigger_event(
            ResultNotified,
            stopped=stopped(case.clocks, context.now, "NOTIFY_RESULT"),
            late_reason=personal(case, some_words("lateReason", late_reason)),
        )
