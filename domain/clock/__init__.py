"""The legal clock: which days count, how periods are counted, and when a timer ends.

Pure: it reads nothing and knows no rulebook.
"""

from domain.clock.calendar import Calendar
from domain.clock.counting import LEGAL_TIME, Period, Unit, end_of, legal_date, start_of
from domain.clock.remaining import Remaining, due_soon_at, remaining_working_time
from domain.clock.timers import Deadline, Missed, Timer

__all__ = [
    "LEGAL_TIME",
    "Calendar",
    "Deadline",
    "Missed",
    "Period",
    "Remaining",
    "Timer",
    "Unit",
    "due_soon_at",
    "end_of",
    "legal_date",
    "remaining_working_time",
    "start_of",
]
