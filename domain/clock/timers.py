"""A timer is a period set by a rule, in force for a time; started by an event, it gives a deadline."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.clock.calendar import Calendar
from domain.clock.counting import Period, Unit, after_hours, end_of, last_day, legal_date, years_asked


class Missed(StrEnum):
    """What follows when a deadline is missed."""

    LATE = "late"
    """The act stays possible and is recorded as late."""
    BARS = "bars"
    """The act is barred."""
    RIGHT_LOST = "right-lost"
    """Whoever had a right to act has it no longer."""
    COST = "cost"
    """A warning, a hold or a late fee follows."""
    MINIMUM = "minimum"
    """Nothing is missed: what must be kept may go from then on."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant a period ends, the rule that sets it, and what follows when it is missed.

    A period that goes on where this one ends (an extension) starts on `last_day`, which is then the day not counted;
    to start it at `due`, already the next day, would give a day too many.
    """

    due: datetime
    last_day: date
    rule: str
    basis: str
    missed: Missed
    provisional: bool
    variant: str | None = None

    @property
    def hard(self) -> bool:
        """Whether a miss bars the act."""
        return self.missed is Missed.BARS


@dataclass(frozen=True, slots=True)
class Timer:
    """One dated value of a named time limit."""

    name: str
    variant: str | None
    start: str
    period: Period
    in_force_from: date | None
    in_force_to: date | None
    missed: Missed
    rule: str
    basis: str

    def in_force(self, day: date) -> bool:
        """Whether a period that starts on *day* is counted by this value."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )

    def deadline(self, start: datetime, calendar: Calendar) -> Deadline:
        """Return when the period that starts at *start* ends."""
        began = legal_date(start)
        if self.period.unit is Unit.HOUR:
            due = after_hours(start, self.period.amount)
            last = due.date()
            provisional = False
        else:
            last = last_day(began, self.period, calendar)
            due = end_of(last)
            provisional = any(map(calendar.provisional, years_asked(began, self.period, last)))
        return Deadline(due, last, self.rule, self.basis, self.missed, provisional, self.variant)
