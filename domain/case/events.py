"""The base of what can happen to a case. Events are stored for ever: add some, never edit one.

Each phase of the procedure keeps its own events, with what they change, beside its guards and decisions.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from domain import envelope
from domain.case.body import CaseBody
from domain.case.clocks import Clock, Stopped
from domain.clock import Missed
from domain.personal import Personal


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """One object of evidence: what it shows, and the hash it must still have."""

    id: UUID
    kind: str
    name: str
    sha256: str
    size: int
    media_type: str
    captured_at: datetime


class Moved(Protocol):
    """What an event moves: the aggregate, and in the same way the row that shows a case."""

    state: str
    marks: set[str]
    clocks: dict[str, Clock]
    late_without_reason: dict[str, UUID]
    holder_unit_id: UUID
    detecting_unit_id: UUID
    assignee: UUID | None
    approved_by: str | None
    approving_unit_id: UUID | None
    finding: str | None
    duplicates: set[UUID]
    before_referral: str | None


class Event(envelope.Event):
    """What happened to a case, with the clocks it started and those it stopped."""

    clocks: tuple[Clock, ...] = field(default=(), kw_only=True)
    """Those that run from now on, or run otherwise than before."""
    stopped: tuple[Stopped, ...] = field(default=(), kw_only=True)
    late_reason: Personal[str] | None = field(default=None, kw_only=True)
    """Why an act came late; lateness bars nothing, and wants a reason (ADR 4)."""

    TOPIC: ClassVar[str]

    @property
    def late(self) -> bool:
        """Whether a clock was stopped after its end."""
        return any(clock.late for clock in self.stopped)

    def apply(self, aggregate: CaseBody) -> None:
        """Move the case, and remember what its decisions will ask for; nothing here may refuse: it is replayed."""
        self.move(aggregate)
        aggregate.ran.update({clock.timer: clock for clock in self.clocks})
        aggregate.at[self.TOPIC.partition(":")[2]] = self.envelope.took_place_at
        self.remember(aggregate)

    def move(self, case: "Moved") -> None:
        """Move the clocks, then change what the event changes: all that a guard looks at."""
        for ended in self.stopped:
            case.clocks.pop(ended.timer, None)
            if ended.late and self.late_reason is None and self.envelope.unit_id is not None:
                case.late_without_reason[ended.timer] = self.envelope.unit_id
        for clock in self.clocks:
            case.clocks[clock.timer] = clock
        self.change(case)

    def change(self, case: "Moved") -> None:
        """Change what guards look at, on the aggregate and on the row that shows it alike."""

    def remember(self, case: CaseBody) -> None:
        """Keep what decisions ask of the past, on the aggregate alone."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of a case, whichever it is."""

    TOPIC = "case:created"
    clocks: tuple[Clock, ...] = field(default=(), kw_only=True)
    stopped: tuple[Stopped, ...] = field(default=(), kw_only=True)
    late_reason: Personal[str] | None = field(default=None, kw_only=True)

    @property
    def late(self) -> bool:
        """A case does not begin late."""
        return False


# -- the first form of the first floor's events ---------------------------------------
# Each named one deadline, and said of the step before whether it was late.


def grown(state: dict[str, Any], **others: Any) -> None:
    """Say of an event in its first form what is said since then and was not so."""
    for name, value in {"clocks": [], "stopped": [], "late_reason": None, **others}.items():
        state.setdefault(name, value)


def clock_of_v1(state: dict[str, Any], timer: str, started_at: str, unit_id: str) -> None:
    """Make of the one deadline that was named the clock it is."""
    due, rule = state.pop("due", None), state.pop("due_rule", None)
    if due is not None:
        state["clocks"] = [
            {
                "timer": timer,
                "variant": None,
                "started_at": started_at,
                "due": due,
                "rule": rule,
                "missed": Missed.LATE.value,
                "unit_id": unit_id,
                "provisional": False,
            }
        ]


def stopped_of_v1(state: dict[str, Any], timer: str) -> None:
    """Make of "it was late" the clock that was stopped; when it had been due was not said again."""
    late = bool(state.pop("late", False))
    ended = state["envelope"]["took_place_at"]
    state["stopped"] = [{"timer": timer, "due": ended, "late": late}]
