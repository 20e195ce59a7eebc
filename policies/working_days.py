"""The working calendar: published schedules where they were read, computed days for other years.

What was computed stands in a table of its own, `computed.csv`, so that a new release of the `holidays` package moves
no deadline; `minhchung rules check` says where the installed one would differ.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from domain.clock import Calendar
from policies.files import Problems, at_row
from policies.tables import DayRow

YEARS = range(2005, 2061)
"""Outside these years only weekends are off. Without a published schedule a year is provisional."""

_SWAPPED = "Ngày nghỉ (thay cho"
"""How the package names a working day that was swapped for a day off."""

_SATURDAY = 5

Rows = list[tuple[int, DayRow]]


def calendar_of(
    published: Rows, computed: Rows, *, count_makeup_days: bool, swap_days_are_off: bool
) -> Calendar:
    """Return the calendar of the published days, with the computed ones of the other years."""
    days = [row for _, row in (*published, *computed)]

    def of(kind: str) -> frozenset[date]:
        return frozenset(day.date for day in days if day.kind == kind)

    return Calendar(
        holidays=of("OFF"),
        swap_days=of("SWAP"),
        makeup_days=of("MAKEUP"),
        confirmed=frozenset(row.date.year for _, row in published),
        count_makeup_days=count_makeup_days,
        swap_days_are_off=swap_days_are_off,
    )


def check_days(
    path: Path, days: Rows, problems: Problems, *, apart_from: frozenset[int] = frozenset()
) -> None:
    """Find the days that stand twice or cannot be what they are called, and those of a published year."""
    seen: set[date] = set()
    for number, row in days:
        place = at_row(path, number)
        if row.date in seen:
            problems.add(place, f"date: expected once, {row.date} is repeated")
        seen.add(row.date)
        if (row.date.weekday() >= _SATURDAY) != (row.kind == "MAKEUP"):
            problems.add(
                place,
                f"kind: expected MAKEUP on a weekend, OFF or SWAP on a weekday; {row.date} is {row.date:%A}",
            )
        if row.date.year in apart_from:
            problems.add(place, f"date: expected a year without a published schedule, got {row.date}")


def computed_by_package(confirmed: frozenset[int]) -> Iterator[DayRow]:
    """Yield what the installed package computes for the years without a published schedule."""
    import holidays  # the product itself never asks the package

    package = holidays.country_holidays(
        "VN", years=[year for year in YEARS if year not in confirmed], language="vi"
    )
    source = "holidays package, provisional"
    # a day in lieu may fall into a year whose schedule was published; a holiday on a weekend changes nothing
    off = {
        day: name for day, name in package.items() if day.year not in confirmed and day.weekday() < _SATURDAY
    }
    makeup = {day for day in package.weekend_workdays if day.year not in confirmed}
    for day in sorted(off.keys() | makeup):
        if day in makeup:
            yield DayRow(date=day, kind="MAKEUP", name="Làm bù", source=source)
        else:
            kind: Literal["OFF", "SWAP"] = "SWAP" if off[day].startswith(_SWAPPED) else "OFF"
            yield DayRow(date=day, kind=kind, name=off[day], source=source)


def differences(computed: Iterable[DayRow], confirmed: frozenset[int]) -> Iterator[str]:
    """Yield one line for each day on which the installed package differs from what is pinned."""
    ours = {row.date: row.kind for row in computed}
    theirs = {row.date: row.kind for row in computed_by_package(confirmed)}
    for day in sorted(ours.keys() | theirs.keys()):
        if ours.get(day) != theirs.get(day):
            yield (
                f"{day}: pinned as {ours.get(day, 'a working day or weekend')}, the installed holidays package "
                f"says {theirs.get(day, 'a working day or weekend')}"
            )
