"""The clock again, as one counts on a wall calendar: one day after the other, a finger on each.

It is the oracle of the property tests and shares no line with what it judges: a month or a year is never computed,
it is over when its last day has been walked through.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.clock import Calendar, Unit

DAY = timedelta(days=1)


@dataclass
class Walk:
    """A day on the wall calendar, and the way on from it."""

    day: date
    calendar: Calendar

    @property
    def tomorrow(self) -> date:
        """The next day."""
        return self.day + DAY

    @property
    def off(self) -> bool:
        """Whether nobody is at work."""
        says = self.calendar
        if f"{self.day:%A}" in {"Saturday", "Sunday"}:
            made_up = self.day in says.makeup_days if says.count_makeup_days else False
            return not made_up
        swapped = says.swap_days if says.swap_days_are_off else frozenset()
        return self.day in says.holidays | swapped

    @property
    def month_is_over(self) -> bool:
        """Whether this is the last day of its month."""
        return self.tomorrow.day == 1

    def on(self) -> None:
        """Put the finger on the next day."""
        self.day = self.tomorrow


def last_day(start: date, amount: int, unit: Unit, calendar: Calendar, *, rolls: bool = False) -> date:
    """Walk to the last day of a period that starts with an event on *start*."""
    walk = Walk(start, calendar)
    if unit is Unit.DAY_OF_MONTH:
        while walk.day.day != amount and not (walk.month_is_over and walk.day.day < amount):
            walk.on()
    elif unit is Unit.YEAR:  # whose first day counts, and whose last is not left
        while amount := amount - _year_is_over(start, walk):
            walk.on()
    else:
        while amount:
            over = walk.month_is_over
            walk.on()
            amount -= {Unit.DAY: True, Unit.WORKING_DAY: not walk.off, Unit.MONTH: over}[unit]
    while unit is Unit.MONTH and walk.day.day != start.day and not walk.month_is_over:
        walk.on()
    while rolls and walk.off:
        walk.on()
    return walk.day


def _year_is_over(start: date, walk: Walk) -> bool:
    """Whether the year that began with *start*, that day counted, ends tonight."""
    today, tomorrow = (f"{day:%d/%m}" for day in (walk.day, walk.tomorrow))
    if (f"{start:%d/%m}", tomorrow) == ("29/02", "01/03"):
        return today == "28/02"
    return tomorrow == f"{start:%d/%m}"


def after_hours(start: datetime, hours: int) -> datetime:
    """Turn the hands of the clock, hour by hour; after 23 comes 0 of the next day."""
    day, hour = start.date(), start.hour
    for _ in range(hours):
        hour += 1
        if hour == 24:
            day, hour = day + DAY, 0
    return start.replace(year=day.year, month=day.month, day=day.day, hour=hour)


def working_days(first: date, last: date, calendar: Calendar) -> int:
    """Count the working days from *first* to *last*, both included."""
    walk, found = Walk(first, calendar), 0
    while walk.day <= last:
        found += not walk.off
        walk.on()
    return found
