"""The days off of 2022 to 2026 as they were published, written down here a second time."""

from datetime import date, timedelta

from domain.clock import Calendar

HOLIDAYS = {
    2022: "3/1 31/1-4/2 11/4 2/5-3/5 1/9-2/9",
    2023: "2/1 20/1-26/1 1/5-3/5 1/9 4/9",
    2024: "1/1 8/2-14/2 18/4 30/4 1/5 2/9-3/9",
    2025: "1/1 27/1-31/1 7/4 30/4 1/5 1/9-2/9",
    2026: "1/1 16/2-20/2 27/4 30/4 1/5 1/9-2/9 24/11",
}
"""Weekdays off, as day/month; a weekend inside of a span is off by itself."""
SWAPS = {2024: "29/4", 2025: "2/5", 2026: "2/1 31/8"}
"""Working days swapped for a day off."""
MAKEUPS = {2024: "4/5", 2025: "26/4", 2026: "10/1 22/8"}
"""The Saturdays worked in return."""


def calendar(*, count_makeup_days: bool = True, swap_days_are_off: bool = True) -> Calendar:
    """Return the published calendar under one reading of its two switches."""
    return Calendar(
        holidays=_days(HOLIDAYS),
        swap_days=_days(SWAPS),
        makeup_days=_days(MAKEUPS),
        confirmed=frozenset(HOLIDAYS),
        count_makeup_days=count_makeup_days,
        swap_days_are_off=swap_days_are_off,
    )


def _days(table: dict[int, str]) -> frozenset[date]:
    found = set()
    for year, spans in table.items():
        for span in spans.split():
            first, _, last = span.partition("-")
            day, end = _day(first, year), _day(last or first, year)
            while day <= end:
                found.add(day)
                day += timedelta(days=1)
    return frozenset(found)


def _day(text: str, year: int) -> date:
    day, month = map(int, text.split("/"))
    return date(year, month, day)
