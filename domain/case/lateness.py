"""What time itself does to a case, and the reason somebody owes for being late."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.case import execution, explanation, proposal, record, sanction, verification, violator
from domain.case.body import CaseBody
from domain.case.clocks import stopped
from domain.case.events import Event, Moved
from domain.case.guards import CaseFacts, facts_of
from domain.case.inputs import words
from domain.case.state import CaseState, Mark
from domain.clock import Missed
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class DelayExplained(Event):
    """Somebody said afterwards why an act came late."""

    TOPIC = "case:delay-explained"
    timer: str
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """That reason is no longer owed."""
        case.late_without_reason.pop(self.timer, None)


@dataclass(frozen=True)
class ClockDueSoon(Event):
    """A clock comes to its end; said once."""

    TOPIC = "case:clock-due-soon"
    timer: str
    due: datetime

    def remember(self, case: CaseBody) -> None:
        """It need not be said again."""
        case.told.add((self.timer, self.due.isoformat(), "soon"))


@dataclass(frozen=True)
class ClockMissed(Event):
    """A clock ended before the act it is for; said once."""

    TOPIC = "case:clock-missed"
    timer: str
    due: datetime
    missed: str

    def change(self, case: Moved) -> None:
        """It need not be said again; what it bars is barred."""
        mark = EXPIRED.get(self.timer)
        if mark is not None:
            case.marks.add(mark)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.told.add((self.timer, self.due.isoformat(), "missed"))


EXPIRED: Final = {
    "LIMITATION": Mark.LIMITATION_EXPIRED,
    "DECIDE": Mark.DECISION_TIME_EXPIRED,
    "DECIDE_AFTER_CRIMINAL": Mark.DECISION_TIME_EXPIRED,
    "EXECUTION_LIMITATION": Mark.EXECUTION_EXPIRED,
}
"""What it means that a hard clock was missed (X1, X1b, X2)."""

MEANT: Final[dict[str, tuple[type[Event], ...]]] = {
    "TRANSFER": (proposal.Approved, proposal.Discarded),
    "VERIFY": (verification.Concluded, verification.Referred),
    "NOTIFY_RESULT": (verification.ResultNotified,),
    "OWNER_NOTICE": (violator.NoticeSent,),
    "OWNER_APPEARANCE": (violator.ViolatorDetermined,),
    "DRAW_RECORD": (record.RecordDrawn,),
    "TRANSFER_RECORD": (record.RecordTransferred,),
    "EXPLAIN_WRITTEN": (explanation.Explained,),
    "EXPLAIN_REQUEST": (explanation.ExplanationRequested,),
    "EXPLAIN_SESSION_NOTICE": (explanation.SessionAnnounced,),
    "DECIDE": (sanction.DecisionIssued, sanction.NoDecision),
    "DECIDE_AFTER_CRIMINAL": (sanction.DecisionIssued, sanction.NoDecision),
    "LIMITATION": (sanction.DecisionIssued,),
    "SEND_DECISION": (execution.DecisionSent,),
    "EXECUTE": (execution.DecisionExecuted,),
    "EXECUTION_LIMITATION": (execution.DecisionExecuted,),
}
"""The acts that each clock is for; what is stopped in time by another has lapsed."""


# -- guards -------------------------------------------------------------------------


def check_explain_delay(case: CaseFacts, context: Context) -> Refusal | None:
    """The unit whose act came late says why."""
    refusal = context.check_may("case.view", facts=facts_of(case, context))
    if refusal is None and context.actor.unit_id not in case.late_without_reason.values():
        return WrongState(
            "Đơn vị không nợ giải trình chậm trễ nào",
            "The unit owes no reason for a delay",
            rule=context.rule_of("case.view"),
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def explain_delay(case: CaseBody, context: Context, *, timer: str, text: str) -> None:
    """Say why an act came late."""
    refuse(check_explain_delay(case, context))
    words("text", text)
    if case.late_without_reason.get(timer) != context.actor.unit_id:
        owed = ", ".join(
            sorted(t for t, unit in case.late_without_reason.items() if unit == context.actor.unit_id)
        )
        raise InvalidInput("timer", f"phải là một trong {owed}", f"must be one of {owed}")
    with acting(context.envelope("case.view")):
        case.trigger_event(DelayExplained, timer=timer, text=Personal.said(case.id, text))


def tell_due_soon(case: CaseBody, timer: str, due: datetime) -> None:
    """Say once that a clock comes to its end; inside an act of the scheduler, which names the end it knows of."""
    clock = case.clocks.get(timer)
    if clock is not None and clock.due == due and (timer, clock.due.isoformat(), "soon") not in case.told:
        case.trigger_event(ClockDueSoon, timer=timer, due=clock.due)


def tell_missed(case: CaseBody, timer: str, now: datetime, *, flags: Collection[str] = ()) -> None:
    """Say once that a clock has ended, and what follows; inside an act of the scheduler.

    *flags* are those of the profile for a vehicle whose decision is overdue.
    """
    clock = case.clocks.get(timer)
    if clock is None or now < clock.due or (timer, clock.due.isoformat(), "missed") in case.told:
        return
    lost = clock.missed == Missed.RIGHT_LOST
    case.trigger_event(
        ClockMissed,
        timer=timer,
        due=clock.due,
        missed=clock.missed,
        stopped=stopped(case.clocks, now, timer) if lost else (),
    )
    if timer == "EXECUTE" and case.state == CaseState.DELIVERED:
        case.trigger_event(execution.ExecutionOverdue, due=clock.due, flags=tuple(sorted(flags)))
