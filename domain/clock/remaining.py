"""How much time an open deadline leaves, and when it is time to say so.

No source says how either is shown; both are choices of ours. Whether a deadline is missed is not: the period is over
at `due`, and what is done at that instant is late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.clock.calendar import Calendar
from domain.clock.counting import legal_date, start_of

_ONE_DAY = timedelta(days=1)
_ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Remaining:
    """The time until a deadline, or, below zero, since it was missed."""

    working_days: int
    """Whole working days: of those to come, without today; of those gone by since a miss, without today, negative."""
    hours: int
    """Whole hours by the clock, at night and on days off too, where there is no whole working day; 0 otherwise."""
    missed: bool
    """Whether the period is over; in the first hour after it, only this tells that it is."""


def remaining_working_time(now: datetime, due: datetime, calendar: Calendar) -> Remaining:
    """Return how much time *due* leaves from *now* on.

    A working day is whole if all of it lies between the two instants: of a period that ends at 24:00 its last day is
    one, of 24 hours that end at 16:30 it is not. The rest of today is never counted as a day. So on Tuesday a period
    that ends with Thursday leaves 2 working days, on Wednesday 1, and on Thursday at 10:00 it leaves 14 hours; on
    Friday none are over yet, and it was missed hours ago; on the next working day it was missed by 1 working day.
    """
    today, end = legal_date(now), legal_date(due)
    if now < due:
        days = calendar.working_days(today + _ONE_DAY, end)
        return Remaining(days, 0 if days else (due - now) // _ONE_HOUR, missed=False)
    first = end if due == start_of(end) else end + _ONE_DAY
    days = calendar.working_days(first, today)
    return Remaining(-days, 0 if days else -((now - due) // _ONE_HOUR), missed=True)


def due_soon_at(start: datetime, due: datetime, calendar: Calendar) -> datetime:
    """Return when what started at *start* becomes due soon: once a third of its time is left.

    What runs for more than a day is due soon when the last working day before its last day begins, if not earlier:
    there is a whole working day left to act in. A period in days is longer than a day, for its first day does not
    count; the 24 hours of the law are not, nor is what falls due on the very day. Never before *start*.
    """
    soon = due - (due - start) / 3
    if due - start > _ONE_DAY:
        # 24:00 of the last day is 00:00 of the next
        last = legal_date(due - timedelta.resolution)
        soon = min(soon, start_of(calendar.working_day_before(last)))
    return max(start, soon)
