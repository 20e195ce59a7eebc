"""Which days are working days for State bodies in Viet Nam: data, and two switches that no source settles."""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off on weekdays, the days swapped for a day off, and the Saturdays worked in return.

    Years outside *confirmed* are known from calculation only, or not at all: what is counted through them is
    provisional.
    """

    holidays: frozenset[date] = frozenset()
    swap_days: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    confirmed: frozenset[int] = frozenset()
    count_makeup_days: bool = True
    swap_days_are_off: bool = True

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday unless a day off; a make-up Saturday where such Saturdays count."""
        if day.weekday() >= _SATURDAY:
            return self.count_makeup_days and day in self.makeup_days
        return day not in self.holidays and not (self.swap_days_are_off and day in self.swap_days)

    def working_day_from(self, day: date) -> date:
        """Return the first working day on or after *day*."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def working_day_before(self, day: date) -> date:
        """Return the last working day before *day*."""
        day -= _ONE_DAY
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def working_days(self, first: date, end: date) -> int:
        """How many working days there are from *first* on, up to *end* and without it."""
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range((end - first).days))

    def provisional(self, year: int) -> bool:
        """Whether the days off of *year* have not been confirmed from a published schedule."""
        return year not in self.confirmed
