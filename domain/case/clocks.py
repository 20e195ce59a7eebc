"""The clocks of a case: each is an obligation of one unit, with its rule and what follows when it is missed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.clock import Missed
from domain.context import Context, Rulebook


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One time limit that runs: since when, until when, for whom, and by which rule."""

    timer: str
    variant: str | None
    started_at: datetime
    due: datetime
    rule: str
    missed: str
    unit_id: UUID
    provisional: bool = False

    @property
    def hard(self) -> bool:
        """Whether a miss bars the act it is for."""
        return self.missed == Missed.BARS


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A clock that ended, in time or late."""

    timer: str
    due: datetime
    late: bool


def started(
    rules: Context | Rulebook, timer: str, start: datetime, unit_id: UUID, variant: str | None = None
) -> tuple[Clock, ...]:
    """The clock that an event starts: none where neither the regulation nor the law sets one."""
    found = rulebook_of(rules).deadline(timer, start, variant)
    if found is None:
        return ()
    return (
        Clock(
            timer=timer,
            variant=found.variant,
            started_at=start,
            due=found.due,
            rule=found.rule,
            missed=found.missed.value,
            unit_id=unit_id,
            provisional=found.provisional,
        ),
    )


def rulebook_of(rules: Context | Rulebook) -> Rulebook:
    """The rulebook of an act, or the one that is given."""
    return rules.rulebook if isinstance(rules, Context) else rules


def stopped(clocks: Mapping[str, Clock], at: datetime, *timers: str) -> tuple[Stopped, ...]:
    """Those of *timers* that run end now; late is the unit whose obligation it was, not whoever lost a right."""
    running = (clocks[timer] for timer in timers if timer in clocks)
    return tuple(
        Stopped(timer=c.timer, due=c.due, late=at >= c.due and c.missed == Missed.LATE) for c in running
    )


def passed(clocks: Mapping[str, Clock], unit_id: UUID, *timers: str) -> tuple[Clock, ...]:
    """Those of *timers* that run go on, as the obligation of another unit."""
    return tuple(replace(clocks[timer], unit_id=unit_id) for timer in timers if timer in clocks)


def next_due(clocks: Mapping[str, Clock]) -> Clock | None:
    """The clock that ends first."""
    return min(clocks.values(), key=lambda clock: (clock.due, clock.timer), default=None)
