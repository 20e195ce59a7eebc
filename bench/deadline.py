"""Deadlines a second: every time limit of the profile from instants over three years, as `minhchung deadline` counts.

Ours finds the value in force on the day, counts it, and says rule, basis and whether days off not yet published decide.
The baseline is given the value and counts the last day alone, with the working-day functions of the `holidays`
package over the same days off. Both come to the same days, or nothing is measured.
"""

import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import holidays

from bench.measure import in_turns, line, rate
from domain.clock import LEGAL_TIME, Period, Unit, legal_date
from policies.rulebook import Rulebook, load

PROFILE = "dong-hoi"
FIRST, LAST = datetime(2022, 6, 1, tzinfo=LEGAL_TIME), datetime(2025, 6, 1, tzinfo=LEGAL_TIME)
"""Within these the package knows every day off that was published; it lacks 2 January 2026."""

Question = tuple[str, str | None, datetime]


def run(*, count: int = 20_000, rounds: int = 9) -> Iterator[dict[str, object]]:
    """Yield deadlines a second."""
    rulebook, asked = load(PROFILE), []
    published = holidays.country_holidays("VN", years=range(FIRST.year - 1, LAST.year + 3))
    questions = _questions(rulebook, count)
    for timer, variant, start in questions:
        periods = [v.period for v in rulebook.values(timer, legal_date(start)) if v.variant == variant]
        found = rulebook.deadline(timer, start, variant)
        if found is None or found.last_day != by_package(published, start, periods[0]):
            raise AssertionError(f"the package has another last day of {timer} {variant} from {start}")
        asked.append((start, periods[0]))

    def ours() -> None:
        for question in questions:
            timer, variant, start = question
            rulebook.deadline(timer, start, variant)

    def package() -> None:
        for start, period in asked:
            by_package(published, start, period)

    value, baseline = in_turns(rounds, lambda: rate(count, ours), lambda: rate(count, package))
    yield line(
        "deadline",
        value,
        baseline,
        target="value >= 10000",
        unit="deadlines/s",
        timers=len({question[:2] for question in questions}),
    )


def _questions(rulebook: Rulebook, count: int) -> list[Question]:
    chance = random.Random(7)  # noqa: S311 — which questions are asked, not a secret
    timers = [(value.name, value.variant) for value in (*rulebook.timers, *rulebook.inherited)]
    found: list[Question] = []
    while len(found) < count:
        timer, variant = chance.choice(timers)
        start = FIRST + chance.random() * (LAST - FIRST)
        if any(value.variant == variant for value in rulebook.values(timer, legal_date(start))):
            found.append((timer, variant, start))
    return found


def by_package(published: holidays.HolidayBase, start: datetime, period: Period) -> date:
    """Count the last day with what the package offers: the baseline."""
    day = start.date()
    match period.unit:
        case Unit.HOUR:
            return (start + timedelta(hours=period.amount)).date()
        case Unit.WORKING_DAY:
            end: date = published.get_nth_working_day(day, period.amount)
            return end
        case Unit.DAY:
            end = day + timedelta(days=period.amount)
        case Unit.MONTH:
            end = _corresponding(day, period.amount)
        case Unit.YEAR:
            # the first day counts; from 29 February on the year is full with the last day of February
            end = _corresponding(day, 12 * period.amount)
            return end - timedelta(days=end.day == day.day)
        case Unit.DAY_OF_MONTH:
            month = _corresponding(day.replace(day=1), day.day > min(period.amount, _length(day)))
            return month.replace(day=min(period.amount, _length(month)))
    return published.get_nth_working_day(end, 0) if period.rolls else end


def _corresponding(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, _length(first)))


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]
