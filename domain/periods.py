"""The periods that reports are made of, in the calendar of Viet Nam, and when each report is due.

A monthly report is due on the day that the regulation sets (R-DHV-1.4.b: day 30, or the last of a month without one),
before its month may have ended. So that nothing falls between two reports, its period goes from report day to report
day; where no day is set, it is the month. Quarters, half-years and years are those of the calendar; the day their
reports are due is one the regulation sets, or none (C21).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.clock import start_of
from domain.context import Rulebook
from domain.errors import InvalidInput


class ReportKind(StrEnum):
    """What a report covers; the first four come back by themselves."""

    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    SIX_MONTH = "SIX_MONTH"
    YEARLY = "YEARLY"
    AD_HOC = "AD_HOC"
    REVIEW = "REVIEW"


MONTHS: Final = {
    ReportKind.MONTHLY: 1,
    ReportKind.QUARTERLY: 3,
    ReportKind.SIX_MONTH: 6,
    ReportKind.YEARLY: 12,
}
"""How many months a periodic report covers."""

NAMES: Final = {
    ReportKind.MONTHLY: ("{year}-{part:02d}", re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)),
    ReportKind.QUARTERLY: ("{year}-Q{part}", re.compile(r"(\d{4})-Q([1-4])", re.ASCII)),
    ReportKind.SIX_MONTH: ("{year}-H{part}", re.compile(r"(\d{4})-H([12])", re.ASCII)),
    ReportKind.YEARLY: ("{year}", re.compile(r"(\d{4})()", re.ASCII)),
}
"""How a period is called: 2026-06, 2026-Q2, 2026-H1, 2026."""

FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time a report covers, from an instant up to another; *due* is None where no day is set."""

    kind: ReportKind
    name: str
    starts_at: datetime
    ends_at: datetime
    due: datetime | None = None
    rule: str | None = None
    """The rule that sets the day."""


def period(rulebook: Rulebook, kind: ReportKind, name: str) -> Period:
    """The period of that name.

    Raises:
        InvalidInput: there is none.
    """
    _, pattern = NAMES.get(kind, ("", re.compile(r"(?!)")))
    found = pattern.fullmatch(name)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        examples = {"MONTHLY": "2026-06", "QUARTERLY": "2026-Q2", "SIX_MONTH": "2026-H1", "YEARLY": "2026"}
        like = examples.get(kind, "from, to")
        raise InvalidInput("period", f"phải có dạng {like}", f"expected in the form {like}")
    return _of_part(rulebook, kind, int(found[1]), int(found[2] or 1))


def period_at(rulebook: Rulebook, kind: ReportKind, day: date) -> Period:
    """The period of a periodic report that a day of its months belongs to."""
    return _of_part(rulebook, kind, day.year, (day.month - 1) // MONTHS[kind] + 1)


def before(rulebook: Rulebook, one: Period) -> Period:
    """The period before another."""
    return period_at(rulebook, one.kind, _months(one)[0] - timedelta(days=1))


def _of_part(rulebook: Rulebook, kind: ReportKind, year: int, part: int) -> Period:
    form, _ = NAMES[kind]
    name = form.format(year=year, part=part)
    count = MONTHS[kind]
    first = date(year, (part - 1) * count + 1, 1)
    end = _plus_months(first, count)
    # a month's report is due within it, the others after they have ended
    within = kind is ReportKind.MONTHLY
    found = rulebook.deadline(f"{kind}_REPORT", start_of(first if within else end))
    starts_at, ends_at = start_of(first), start_of(end)
    if within and found is not None:
        ends_at = found.due
        last = rulebook.deadline(f"{kind}_REPORT", start_of(_plus_months(first, -1)))
        starts_at = last.due if last is not None else starts_at
    return Period(
        kind=kind,
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        due=found.due if found else None,
        rule=found.rule if found else None,
    )


def _months(one: Period) -> tuple[date, date]:
    _, pattern = NAMES[one.kind]
    found = pattern.fullmatch(one.name)
    if found is None:
        raise ValueError(f"{one.name} is no period of a {one.kind} report")
    first = date(int(found[1]), (int(found[2] or 1) - 1) * MONTHS[one.kind] + 1, 1)
    return first, _plus_months(first, MONTHS[one.kind])


def _plus_months(first: date, count: int) -> date:
    years, month = divmod(first.month - 1 + count, 12)
    return date(first.year + years, month + 1, 1)
