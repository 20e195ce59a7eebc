"""The working calendar: published schedules where they were read, the `holidays` package for other years."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import holidays

from domain.clock import Calendar
from policies.tables import DayRow, Switches, refuse

YEARS = range(2005, 2061)
"""Outside these years only weekends are off. Without a published schedule a year is provisional."""

_SWAPPED = "Ngày nghỉ (thay cho"
"""How the package names a working day that was swapped for a day off."""

_SATURDAY = 5


def calendar_of(path: Path, days: Iterable[tuple[int, DayRow]], switches: Switches) -> Calendar:
    """Return the calendar of the rows, with computed years around them marked provisional."""
    found: dict[str, set[date]] = {"OFF": set(), "SWAP": set(), "MAKEUP": set()}
    for number, row in days:
        if any(row.date in dates for dates in found.values()):
            refuse(path, number, f"date: expected once, {row.date} is repeated")
        if (row.date.weekday() >= _SATURDAY) != (row.kind == "MAKEUP"):
            refuse(
                path,
                number,
                f"kind: expected MAKEUP on a weekend, OFF or SWAP on a weekday; {row.date} is {row.date:%A}",
            )
        found[row.kind].add(row.date)
    confirmed = frozenset(day.year for dates in found.values() for day in dates)
    computed = holidays.country_holidays(
        "VN", years=[year for year in YEARS if year not in confirmed], language="vi"
    )
    for day, name in computed.items():
        if day.year in confirmed:
            continue  # a day in lieu may fall into a year whose schedule was published
        found["SWAP" if name.startswith(_SWAPPED) else "OFF"].add(day)
    found["MAKEUP"] |= {day for day in computed.weekend_workdays if day.year not in confirmed}
    return Calendar(
        holidays=frozenset(found["OFF"]),
        swap_days=frozenset(found["SWAP"]),
        makeup_days=frozenset(found["MAKEUP"]),
        confirmed=confirmed,
        count_makeup_days=switches.count_makeup_days,
        swap_days_are_off=switches.swap_days_are_off,
    )
