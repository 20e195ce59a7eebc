"""How the Civil Code counts: the first day is not counted, and a period ends at 24:00 of its last day.

Hours run from the moment and are never moved (BLDS 147.1). Days, months and years exclude the day of the
event (147.2-3). A month ends on the corresponding day or, where it has none, on its last day (148.3). A
period that rolls and would end on a day off ends with the next working day (148.5). A limitation period
alone, the only kind counted in years here, includes its first day (151): the earlier of the two readings is
taken, and it never rolls.
"""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from domain.clock.calendar import Calendar

# Viet Nam has kept +07:00 without daylight saving since 1975, before any instant counted here. A fixed offset
# is therefore exact, and needs no time-zone database, which a bare machine may lack.
LEGAL_TIME = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

_ONE_DAY = timedelta(days=1)
_DECEMBER = 12
_LONGEST_MONTH = 31


class Unit(StrEnum):
    """What a period is counted in."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    MONTH = "month"
    YEAR = "year"
    DAY_OF_MONTH = "day of month"


@dataclass(frozen=True, slots=True)
class Period:
    """So many units of time; for a day of the month, the number of that day.

    Only days and months are moved off a day off: hours run on, working days end on one, a limitation stays.
    """

    amount: int
    unit: Unit
    rolls: bool = False

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"a period of {self.amount} {self.unit}: expected at least 1")
        if self.unit is Unit.DAY_OF_MONTH and self.amount > _LONGEST_MONTH:
            raise ValueError(f"day {self.amount} of a month: expected 1 to {_LONGEST_MONTH}")
        if self.rolls and self.unit not in {Unit.DAY, Unit.MONTH}:
            raise ValueError(f"a period in {self.unit} does not roll: only days and months are moved")


def legal_date(instant: datetime) -> date:
    """Return the day on which *instant* falls in Viet Nam."""
    if instant.tzinfo is None:
        raise ValueError(
            f"{instant.isoformat()} has no offset: an instant is expected, such as 2022-06-01T08:00:00+07:00"
        )
    return instant.astimezone(LEGAL_TIME).date()


def start_of(day: date) -> datetime:
    """Return 00:00 of *day* in Viet Nam."""
    return datetime(day.year, day.month, day.day, tzinfo=LEGAL_TIME)


def end_of(day: date) -> datetime:
    """Return 24:00 of *day*, which is 00:00 of the next (BLDS 148.6)."""
    return start_of(day + _ONE_DAY)


def after_hours(start: datetime, hours: int) -> datetime:
    """Return the exact moment, on whatever day it falls."""
    return start.astimezone(LEGAL_TIME) + timedelta(hours=hours)


def after_working_days(start: date, days: int, calendar: Calendar) -> date:
    """Return the last of so many working days after *start*."""
    day = start
    for _ in range(days):
        day = calendar.working_day_from(day + _ONE_DAY)
    return day


def after_months(start: date, count: int) -> date:
    """Return the corresponding day, or the last day of a month that has none."""
    years, month = divmod(start.month - 1 + count, _DECEMBER)
    return _day_of_month(start.year + years, month + 1, start.day)


def limitation(start: date, years: int) -> date:
    """Return the last safe day of a limitation period, whose first day counts (BLDS 151)."""
    end = after_months(start, _DECEMBER * years)
    # 29 February has no corresponding day in a common year: its year is full with the last day of February.
    return end - _ONE_DAY if end.day == start.day else end


def next_day_of_month(start: date, day: int) -> date:
    """Return the next such day on or after *start*; the last day of a month that has none."""
    due = _day_of_month(start.year, start.month, day)
    return due if due >= start else _day_of_month(*_month_after(start), day)


def _month_after(day: date) -> tuple[int, int]:
    return (day.year, day.month + 1) if day.month < _DECEMBER else (day.year + 1, 1)


def _day_of_month(year: int, month: int, day: int) -> date:
    if year > date.max.year:
        raise OverflowError(f"year {year} is beyond the calendar")
    return date(year, month, min(day, months.monthrange(year, month)[1]))


def last_day(start: date, period: Period, calendar: Calendar) -> date:
    """Return the last day of a *period* of days or longer that starts with an event on *start*."""
    if period.unit is Unit.WORKING_DAY:
        return after_working_days(start, period.amount, calendar)
    day = unrolled(start, period)
    return calendar.working_day_from(day) if period.rolls else day


def unrolled(start: date, period: Period) -> date:
    """Return the day on which a period ends that asks no calendar, or asks it only whether to move on from there."""
    match period.unit:
        case Unit.DAY:
            return start + timedelta(days=period.amount)
        case Unit.MONTH:
            return after_months(start, period.amount)
        case Unit.YEAR:
            return limitation(start, period.amount)
        case Unit.DAY_OF_MONTH:
            return next_day_of_month(start, period.amount)
        case Unit.HOUR | Unit.WORKING_DAY:
            raise ValueError(f"a period in {period.unit} ends at a moment, or where the calendar says")


def years_asked(start: date, period: Period, last: date) -> range:
    """Return the years whose days off decide that the period ends on *last*; none where the calendar is not asked."""
    if period.unit is Unit.WORKING_DAY:
        return range((start + _ONE_DAY).year, last.year + 1)
    if period.rolls:
        return range(unrolled(start, period).year, last.year + 1)
    return range(0)
