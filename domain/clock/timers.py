"""A timer is a period set by a rule, in force for a time; started by an event, it gives a deadline."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.clock.calendar import Calendar
from domain.clock.counting import Period, Unit, after_hours, end_of, last_day, legal_date


class Missed(StrEnum):
    """What follows when a deadline is missed."""

    LATE = "late"
    BARS = "bars"
    RIGHT_LOST = "right-lost"
    COST = "cost"
    MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant a period ends, the rule that sets it, and whether missing it bars the act."""

    due: datetime
    last_day: date
    rule: str
    basis: str
    hard: bool
    provisional: bool
    missed: Missed
    variant: str | None = None


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
            provisional = self._uses_calendar and any(
                calendar.provisional(year) for year in range(began.year, last.year + 1)
            )
        return Deadline(
            due,
            last,
            self.rule,
            self.basis,
            self.missed is Missed.BARS,
            provisional,
            self.missed,
            self.variant,
        )

    @property
    def _uses_calendar(self) -> bool:
        return self.period.rolls or self.period.unit is Unit.WORKING_DAY
