"""What follows a decision: sent, delivered, executed or enforced, and the case resolved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from domain.case.body import CaseBody
from domain.case.clocks import Clock, started, stopped
from domain.case.events import Event, Moved
from domain.case.guards import CaseFacts, check_begin, check_in_time, check_leader, check_mark
from domain.case.inputs import LONGEST_NAME, amount, some_words, when, words
from domain.case.sanction import SHORTEST_EXECUTION
from domain.case.state import CaseState, Delivery, Finding, Mark
from domain.clock import legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.late_fee import late_fee
from domain.personal import Personal
from domain.rules import CaseStep

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class DecisionSent(Event):
    """The decision went to the person and to whoever executes it (Luật XLVPHC Đ70)."""

    TOPIC = "case:decision-sent"
    how: str
    reference: str

    def change(self, case: Moved) -> None:
        """It is on its way."""
        case.marks.add(Mark.DECISION_SENT)


@dataclass(frozen=True)
class DecisionDelivered(Event):
    """The person has the decision; their time to execute it runs."""

    TOPIC = "case:decision-delivered"
    how: str
    proof: str

    def change(self, case: Moved) -> None:
        """It has arrived."""
        case.state = CaseState.DELIVERED


@dataclass(frozen=True)
class ExecutionOverdue(Event):
    """The time to execute ended without execution: each day costs, and the vehicle is not inspected (Đ78.1)."""

    TOPIC = "case:execution-overdue"
    due: datetime
    flags: tuple[str, ...]
    """What the profile flags the vehicle with: WARNING, REFUSAL (NĐ 168/2024 Đ47.11)."""

    def change(self, case: Moved) -> None:
        """The fee runs from the next day on; the vehicle is flagged as the profile has it."""
        case.state = CaseState.OVERDUE
        case.marks |= {FLAGS[flag] for flag in self.flags}


FLAGS: Final = {"WARNING": Mark.INSPECTION_WARNING, "REFUSAL": Mark.INSPECTION_REFUSAL}


@dataclass(frozen=True)
class Paid(Event):
    """Some of the fine, or all of it, was paid; a receipt shows it."""

    TOPIC = "case:paid"
    amount: int
    """In đồng."""
    receipt: str

    def remember(self, case: CaseBody) -> None:
        """So much less is owed."""
        case.payments.append((self.envelope.took_place_at, self.amount))


@dataclass(frozen=True)
class EnforcementDecided(Event):
    """Execution is enforced (*cưỡng chế*, Luật XLVPHC Đ86, Đ87)."""

    TOPIC = "case:enforcement-decided"
    number: str
    measure: str

    def change(self, case: Moved) -> None:
        """It is no longer left to the person."""
        case.state = CaseState.ENFORCED


@dataclass(frozen=True)
class DecisionExecuted(Event):
    """The decision is executed in full (*chấp hành xong*): fine, fee and remedies."""

    TOPIC = "case:decision-executed"
    fine: int
    late_fee: int
    receipt: str

    def change(self, case: Moved) -> None:
        """What was held against the vehicle is lifted at once."""
        case.state = CaseState.EXECUTED
        case.marks -= {Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING}


@dataclass(frozen=True)
class CaseResolved(Event):
    """The case is resolved (*đã giải quyết*), and whoever was warned was told so (TT 73/2024/TT-BCA Đ24.3-4)."""

    TOPIC = "case:resolved"
    told: tuple[str, ...]

    def change(self, case: Moved) -> None:
        """Nothing more is expected."""
        case.state = CaseState.RESOLVED
        case.marks -= {Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING}


@dataclass(frozen=True)
class EvasionEnded(Event):
    """Somebody had evaded or obstructed; from its end the limitation is counted anew (Luật XLVPHC Đ6.2, Đ74.2)."""

    TOPIC = "case:evasion-ended"
    ended_at: datetime
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """What had expired has not."""
        case.marks -= {Mark.LIMITATION_EXPIRED, Mark.EXECUTION_EXPIRED}

    def remember(self, case: CaseBody) -> None:
        """The limitation of the act itself, before there is a decision, runs from here."""
        if case.decision_number is None:
            case.limitation_from = self.ended_at


# -- guards -------------------------------------------------------------------------


def check_send(case: CaseFacts, context: Context) -> Refusal | None:
    """A decision is sent once."""
    refusal = check_begin(case, context, "case.execute", CaseState.DECIDED, step=CaseStep.DELIVER)
    if refusal is None and Mark.DECISION_SENT in case.marks:
        return WrongState("Quyết định đã được gửi", "The decision was sent already", rule="R-VN-LXLVPHC-70")
    return refusal


def check_deliver(case: CaseFacts, context: Context) -> Refusal | None:
    """What was sent arrives."""
    return check_begin(case, context, "case.execute", CaseState.DECIDED, step=CaseStep.DELIVER) or check_mark(
        case,
        Mark.DECISION_SENT,
        "Phải gửi quyết định trước",
        "The decision is sent first",
        "R-VN-LXLVPHC-70",
    )


OWED = (CaseState.DELIVERED, CaseState.OVERDUE, CaseState.ENFORCED)
"""Where a fine is due."""

EVADABLE = (CaseState.VERIFYING, CaseState.CONCLUDED, CaseState.RECORDED, CaseState.DECIDED, *OWED)
"""Where somebody can have evaded the penalty or its execution."""


def check_execute(case: CaseFacts, context: Context) -> Refusal | None:
    """A decision that was delivered is executed, while it may be."""
    return check_begin(case, context, "case.execute", *OWED, step=CaseStep.EXECUTE) or _check_not_expired(
        case, context
    )


def check_enforce(case: CaseFacts, context: Context) -> Refusal | None:
    """What is overdue is enforced, by the head of a unit, while it may be."""
    return (
        check_begin(case, context, "case.decide", CaseState.OVERDUE)
        or check_leader(context, "case.decide")
        or _check_not_expired(case, context)
    )


def _check_not_expired(case: CaseFacts, context: Context) -> Refusal | None:
    if Mark.EXECUTION_EXPIRED in case.marks:
        return WrongState(
            "Hết thời hiệu thi hành quyết định",
            "The limitation of execution has passed",
            rule="R-VN-LXLVPHC-74.1",
        )
    return check_in_time(
        case,
        context,
        "Hết thời hiệu thi hành quyết định",
        "The limitation of execution has passed",
        "EXECUTION_LIMITATION",
    )


def check_resolve(case: CaseFacts, context: Context) -> Refusal | None:
    """A case is resolved when its decision is executed, may no longer be, or there is nothing to decide."""
    refusal = check_begin(
        case,
        context,
        "case.execute",
        CaseState.EXECUTED,
        CaseState.NOT_DECIDED,
        CaseState.CONCLUDED,
        *OWED,
        step=CaseStep.RESOLVE,
    )
    if refusal is not None:
        return refusal
    open_still = case.state in OWED and Mark.EXECUTION_EXPIRED not in case.marks
    if open_still or (case.state == CaseState.CONCLUDED and case.finding == Finding.VIOLATION):
        return WrongState(
            "Vụ việc chưa được giải quyết xong",
            "The case is not settled yet",
            rule="R-VN-TT73-24.3",
        )
    return None


def check_evasion(case: CaseFacts, context: Context) -> Refusal | None:
    """The end of an evasion is put on record by the head of the unit that holds the case, while a limitation counts."""
    action = "case.decide"
    refusal = check_begin(case, context, action, *EVADABLE) or check_leader(context, action)
    if refusal is None and case.state == CaseState.CONCLUDED and case.finding != Finding.VIOLATION:
        return WrongState(
            "Hồ sơ được kết luận không có vi phạm",
            "The case was concluded without a violation",
            rule="R-VN-LXLVPHC-6.1.a",
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def send_decision(
    case: CaseBody,
    context: Context,
    *,
    how: Delivery,
    reference: str,
    at: datetime | None = None,
    late_reason: str | None = None,
) -> None:
    """Send the decision."""
    refuse(check_send(case, context))
    words("reference", reference, longest=LONGEST_NAME)
    sent = when(case, context, at, after="decision-issued")
    with acting(context.envelope("case.execute", rule="R-VN-LXLVPHC-70", at=sent)):
        case.trigger_event(
            DecisionSent,
            how=how.value,
            reference=reference,
            stopped=stopped(case.clocks, sent, "SEND_DECISION"),
            late_reason=Personal.said(case.id, late_reason)
            if some_words("lateReason", late_reason)
            else None,
        )


def confirm_delivery(
    case: CaseBody, context: Context, *, how: Delivery, proof: str, received_at: datetime
) -> None:
    """Put the proof of delivery on record; the time to execute runs from the receipt (Luật XLVPHC Đ73.1)."""
    refuse(check_deliver(case, context))
    words("proof", proof, longest=LONGEST_NAME)
    received = when(case, context, received_at, after="decision-sent", path="receivedAt")
    with acting(context.envelope("case.execute", rule="R-VN-LXLVPHC-70", at=received)):
        case.trigger_event(
            DecisionDelivered,
            how=how.value,
            proof=proof,
            clocks=_execution(case, context, received),
        )


def _execution(case: CaseBody, context: Context, received: datetime) -> tuple[Clock, ...]:
    """Ten days, or what the decision gives: ten days that start so much later, so that they roll as ten days do."""
    longer = timedelta(days=case.execute_within_days - SHORTEST_EXECUTION)
    clocks = started(context, "EXECUTE", received + longer, context.actor.unit_id)
    return tuple(replace(clock, started_at=received) for clock in clocks)


def owed(case: CaseBody, on: date) -> tuple[int, int]:
    """What is still owed of the fine, and the fee for being late, on a day, in đồng."""
    clock = case.clocks.get("EXECUTE")
    return still_owed(case.fine, case.payments, clock.due if clock else None, on)


def still_owed(
    fine: int, payments: Iterable[tuple[datetime, int]], due: datetime | None, on: date
) -> tuple[int, int]:
    """The same of a fine that was paid so far, and that was to be paid before *due*, once it was delivered."""
    paid = [(legal_date(at), sum_) for at, sum_ in payments]
    last_day = legal_date(due - timedelta(microseconds=1)) if due else None
    fee = late_fee(fine, last_day, on, paid) if last_day else 0
    return max(0, fine - sum(sum_ for _, sum_ in paid)), fee


def pay(
    case: CaseBody, context: Context, *, paid: int, currency: str, receipt: str, at: datetime | None = None
) -> None:
    """Put a payment on record."""
    refuse(check_execute(case, context))
    words("receipt", receipt, longest=LONGEST_NAME)
    if amount("amount", paid, currency, rule="R-VN-LXLVPHC-78.1") == 0:
        raise InvalidInput("amount", "phải lớn hơn 0", "is more than 0")
    when_paid = when(case, context, at, after="decision-delivered")
    with acting(context.envelope("case.execute", rule="R-VN-LXLVPHC-73.1", at=when_paid)):
        case.trigger_event(Paid, amount=paid, receipt=receipt)


def enforce(case: CaseBody, context: Context, *, number: str, measure: str) -> None:
    """Enforce what was not executed."""
    refuse(check_enforce(case, context))
    words("number", number, longest=LONGEST_NAME)
    words("measure", measure, longest=LONGEST_NAME)
    with acting(context.envelope("case.decide", rule="R-VN-LXLVPHC-86")):
        case.trigger_event(EnforcementDecided, number=number, measure=measure)


def execute(case: CaseBody, context: Context, *, receipt: str, at: datetime | None = None) -> None:
    """Find that the decision is executed in full: what was paid covers the fine, and the fee where it came late."""
    refuse(check_execute(case, context))
    words("receipt", receipt, longest=LONGEST_NAME)
    done = when(case, context, when(case, context, at, after="decision-delivered"), after="paid")
    fine, fee = owed(case, legal_date(done))
    overpaid = sum(sum_ for _, sum_ in case.payments) - case.fine
    if fine or max(overpaid, 0) < fee:
        missing = fine + fee - max(overpaid, 0)
        raise WrongState(
            f"Còn phải nộp {missing} đồng (trong đó tiền chậm nộp {fee} đồng)",
            f"{missing} đồng are still owed (of which {fee} đồng for late payment)",
            rule="R-VN-LXLVPHC-78.1",
        )
    with acting(context.envelope("case.execute", rule="R-VN-LXLVPHC-73.1", at=done)):
        case.trigger_event(
            DecisionExecuted,
            fine=case.fine,
            late_fee=fee,
            receipt=receipt,
            stopped=stopped(case.clocks, done, "EXECUTE", "EXECUTION_LIMITATION"),
        )


def resolve(case: CaseBody, context: Context, *, told: tuple[str, ...] = ()) -> None:
    """Close the case; whoever was warned of the vehicle is told at once."""
    refuse(check_resolve(case, context))
    if Mark.INSPECTION_WARNING in case.marks and not told:
        raise InvalidInput(
            "told",
            "phải báo ngay cho nơi đã nhận cảnh báo",
            "names those who were warned, and are told at once",
            rule="R-VN-TT73-24.4",
        )
    with acting(context.envelope("case.execute", rule="R-VN-TT73-24.3")):
        case.trigger_event(
            CaseResolved,
            told=tuple(words("told", name, longest=LONGEST_NAME) for name in told),
            stopped=stopped(case.clocks, context.now, *(t for t in case.clocks if t != "NOTIFY_RESULT")),
        )


def end_evasion(case: CaseBody, context: Context, *, ended_at: datetime, text: str) -> None:
    """Count the limitation anew from the end of an evasion."""
    refuse(check_evasion(case, context))
    words("text", text, rule="R-VN-LXLVPHC-6.2")
    decided = case.state in {CaseState.DECIDED, *OWED}
    ended = when(case, context, ended_at, after="decision-issued" if decided else None, path="endedAt")
    timer = "EXECUTION_LIMITATION" if decided else "LIMITATION"
    with acting(context.envelope("case.decide", rule="R-VN-LXLVPHC-6.2", at=ended)):
        case.trigger_event(
            EvasionEnded,
            ended_at=ended,
            text=Personal.said(case.id, text),
            clocks=started(context, timer, ended, case.holder_unit_id),
        )
