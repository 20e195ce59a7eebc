"""The periods of reports, and the days they are due."""

from datetime import date

import pytest

from domain.errors import InvalidInput
from domain.periods import ReportKind, before, period, period_at
from policies.rulebook import load
from tests.support.spec import legal

DONG_HOI, QUANG_TRI = load("dong-hoi"), load("quang-tri")


class TestMonthly:
    """Day 30 of each month (R-DHV-1.4.b)."""

    @pytest.mark.rule("R-DHV-1.4.b")
    @pytest.mark.parametrize(
        "name, starts, ends",
        [
            ("2022-07", "2022-07-01 00:00", "2022-07-31 00:00"),  # E25: 30 July 2022 is a Saturday, no roll
            ("2023-01", "2022-12-31 00:00", "2023-01-31 00:00"),
            ("2023-02", "2023-01-31 00:00", "2023-03-01 00:00"),  # E25: no day 30, so 28 February
            ("2024-02", "2024-01-31 00:00", "2024-03-01 00:00"),  # 29 February
            ("2023-03", "2023-03-01 00:00", "2023-03-31 00:00"),
        ],
    )
    def test_day_30(self, name: str, starts: str, ends: str) -> None:
        """It is due at the end of day 30, or of the last day; nothing falls between two of them."""
        found = period(DONG_HOI, ReportKind.MONTHLY, name)
        assert (found.starts_at, found.ends_at, found.due) == (legal(starts), legal(ends), legal(ends))
        assert found.rule == "R-DHV-1.4.b"

    def test_the_first(self) -> None:
        """Before the letter took effect no day was set: the first report begins with its month."""
        assert period(DONG_HOI, ReportKind.MONTHLY, "2022-06").starts_at == legal("2022-06-01 00:00")

    def test_one_after_another(self) -> None:
        """Each report begins where the one before it ended, for years."""
        one = period(DONG_HOI, ReportKind.MONTHLY, "2026-12")
        for _ in range(48):
            earlier = before(DONG_HOI, one)
            assert earlier.ends_at == one.starts_at
            one = earlier
        assert one.name == "2022-12"

    def test_no_day_set(self) -> None:
        """Where a regulation sets no day, the period is the month and nothing is due."""
        found = period(QUANG_TRI, ReportKind.MONTHLY, "2026-02")
        assert (found.starts_at, found.ends_at) == (legal("2026-02-01 00:00"), legal("2026-03-01 00:00"))
        assert (found.due, found.rule) == (None, None)


class TestLonger:
    """Quarters, half-years and years."""

    @pytest.mark.parametrize("rulebook", [DONG_HOI, QUANG_TRI])
    @pytest.mark.parametrize(
        "kind, name, starts, ends",
        [
            (ReportKind.QUARTERLY, "2026-Q1", "2026-01-01", "2026-04-01"),
            (ReportKind.QUARTERLY, "2026-Q4", "2026-10-01", "2027-01-01"),
            (ReportKind.SIX_MONTH, "2026-H1", "2026-01-01", "2026-07-01"),
            (ReportKind.SIX_MONTH, "2026-H2", "2026-07-01", "2027-01-01"),
            (ReportKind.YEARLY, "2026", "2026-01-01", "2027-01-01"),
        ],
    )
    def test_of_the_calendar(
        self, rulebook: object, kind: ReportKind, name: str, starts: str, ends: str
    ) -> None:
        """They are those of the calendar; no regulation sets the day, so none is due (C21)."""
        found = period(rulebook, kind, name)  # type: ignore[arg-type] # either of the two
        assert (found.starts_at, found.ends_at) == (legal(f"{starts} 00:00"), legal(f"{ends} 00:00"))
        assert (found.due, found.name) == (None, name)
        inside = date.fromisoformat(starts)
        assert period_at(rulebook, kind, inside) == found  # type: ignore[arg-type] # as above
        assert before(rulebook, found).ends_at == found.starts_at  # type: ignore[arg-type] # as above


@pytest.mark.parametrize(
    "kind, name",
    [
        (ReportKind.MONTHLY, "2026-13"),
        (ReportKind.MONTHLY, "2026-6"),
        (ReportKind.MONTHLY, "٢٠٢٦-06"),
        (ReportKind.QUARTERLY, "2026-Q5"),
        (ReportKind.SIX_MONTH, "2026-06"),
        (ReportKind.YEARLY, "0000"),
        (ReportKind.YEARLY, "9999"),
        (ReportKind.AD_HOC, "2026"),
    ],
)
def test_no_period(kind: ReportKind, name: str) -> None:
    """What is no name of a period is refused, with the form that is expected."""
    with pytest.raises(InvalidInput) as refused:
        period(DONG_HOI, kind, name)
    assert refused.value.path == "period"
