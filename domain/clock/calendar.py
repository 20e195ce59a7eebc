"""Which days are working days for State bodies in Viet Nam: data, and two switches that no source settles."""

from bisect import bisect_left
from dataclasses import dataclass, field
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
    _off: tuple[date, ...] = field(init=False, repr=False, compare=False)
    """The days from Monday to Friday that are off, in order."""
    _on: tuple[date, ...] = field(init=False, repr=False, compare=False)
    """The days of weekends that are worked, in order."""

    def __post_init__(self) -> None:
        known = sorted(self.holidays | self.swap_days | self.makeup_days)
        off = (day for day in known if day.weekday() < _SATURDAY and not self.is_working_day(day))
        on = (day for day in known if day.weekday() >= _SATURDAY and self.is_working_day(day))
        object.__setattr__(self, "_off", tuple(off))
        object.__setattr__(self, "_on", tuple(on))

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
        if end <= first:
            return 0
        off, on = (bisect_left(days, end) - bisect_left(days, first) for days in (self._off, self._on))
        return _weekdays(end) - _weekdays(first) - off + on

    def provisional(self, year: int) -> bool:
        """Whether the days off of *year* have not been confirmed from a published schedule."""
        return year not in self.confirmed


def _weekdays(day: date) -> int:
    """How many days from Monday to Friday lie before *day*; the first day there is was a Monday."""
    weeks, rest = divmod(day.toordinal() - 1, 7)
    return _SATURDAY * weeks + min(rest, _SATURDAY)
