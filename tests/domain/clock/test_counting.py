"""Periods are counted as the Civil Code counts them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import LEGAL_TIME, Calendar, Missed, Period, Timer, Unit, end_of, legal_date
from domain.clock.counting import after_months, after_working_days, last_day, limitation, next_day_of_month

PLAIN = Calendar(confirmed=frozenset(range(2020, 2031)))
HOLIDAY = date(2025, 5, 1)
SWAP = date(2025, 5, 2)
MAKEUP = date(2025, 4, 26)
MAY_2025 = Calendar(
    holidays=frozenset({date(2025, 4, 30), HOLIDAY}),
    swap_days=frozenset({SWAP}),
    makeup_days=frozenset({MAKEUP}),
    confirmed=frozenset({2025}),
)

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
calendars = st.builds(
    Calendar,
    holidays=st.frozensets(days, max_size=40),
    swap_days=st.frozensets(days, max_size=10),
    makeup_days=st.frozensets(days.filter(lambda day: day.weekday() == 5), max_size=10),
    count_makeup_days=st.booleans(),
    swap_days_are_off=st.booleans(),
)
rolling = st.builds(Period, st.integers(1, 60), st.sampled_from([Unit.DAY, Unit.MONTH]), rolls=st.booleans())
working = st.builds(Period, st.integers(1, 30), st.just(Unit.WORKING_DAY))
limits = st.builds(Period, st.integers(1, 3), st.just(Unit.YEAR))
month_days = st.builds(Period, st.integers(1, 31), st.just(Unit.DAY_OF_MONTH))
periods = rolling | working | limits | month_days


class TestWorkingDays:
    """Which days count."""

    def test_switches(self) -> None:
        """A make-up Saturday and a swapped day count by the two switches, and by nothing else."""
        assert MAY_2025.is_working_day(MAKEUP)
        assert not MAY_2025.is_working_day(SWAP)
        other = Calendar(
            holidays=MAY_2025.holidays,
            swap_days=MAY_2025.swap_days,
            makeup_days=MAY_2025.makeup_days,
            count_makeup_days=False,
            swap_days_are_off=False,
        )
        assert not other.is_working_day(MAKEUP)
        assert other.is_working_day(SWAP)
        assert not other.is_working_day(HOLIDAY)

    @given(start=days, amount=st.integers(1, 30), calendar=calendars)
    def test_end_on_a_working_day(self, start: date, amount: int, calendar: Calendar) -> None:
        """A period in working days holds exactly so many, the day of the event not counted, and ends on one."""
        end = after_working_days(start, amount, calendar)
        counted = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
        assert sum(calendar.is_working_day(day) for day in counted) == amount
        assert calendar.is_working_day(end)


class TestLastDay:
    """Where a period of days or longer ends."""

    @given(start=days, period=periods, calendar=calendars)
    def test_monotone(self, start: date, period: Period, calendar: Calendar) -> None:
        """What starts a day later never ends earlier."""
        assert last_day(start, period, calendar) <= last_day(start + timedelta(days=1), period, calendar)

    @given(start=days, period=rolling | working, calendar=calendars)
    def test_first_day_excluded(self, start: date, period: Period, calendar: Calendar) -> None:
        """The day of the event is never the last day of a period."""
        assert last_day(start, period, calendar) > start

    @given(start=days, period=rolling, calendar=calendars)
    def test_roll(self, start: date, period: Period, calendar: Calendar) -> None:
        """A rolled period ends on the first working day from its raw end, and an unrolled one on that end itself."""
        raw = last_day(start, Period(period.amount, period.unit), calendar)
        end = last_day(start, period, calendar)
        if period.rolls:
            assert calendar.is_working_day(end)
            between = [raw + timedelta(days=n) for n in range((end - raw).days)]
            assert not any(calendar.is_working_day(day) for day in between)
        else:
            assert end == raw

    def test_hours_have_no_last_day(self) -> None:
        """A period of hours ends at a moment; asking for its last day is a mistake."""
        with pytest.raises(ValueError, match="ends at a moment"):
            last_day(date(2022, 6, 1), Period(24, Unit.HOUR), PLAIN)


@pytest.mark.parametrize(
    "start,count,expected",
    [
        (date(2022, 5, 10), 1, date(2022, 6, 10)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 12, 5), 1, date(2025, 1, 5)),
    ],
)
def test_corresponding_day(start: date, count: int, expected: date) -> None:
    """A month ends on the corresponding day, or on the last day of a month that has none (BLDS 148.3)."""
    assert after_months(start, count) == expected


@pytest.mark.parametrize(
    "start,expected",
    [
        (date(2022, 4, 29), date(2023, 4, 28)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2024, 2, 28), date(2025, 2, 27)),
        (date(2023, 3, 1), date(2024, 2, 29)),
        (date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_limitation_takes_the_earlier_date(start: date, expected: date) -> None:
    """A limitation of a year counts its first day (BLDS 151), so it ends the day before the corresponding day."""
    assert limitation(start, 1) == expected


@pytest.mark.parametrize(
    "start,expected",
    [
        (date(2022, 7, 1), date(2022, 7, 30)),
        (date(2022, 7, 30), date(2022, 7, 30)),
        (date(2022, 7, 31), date(2022, 8, 30)),
        (date(2023, 1, 31), date(2023, 2, 28)),
        (date(2024, 2, 10), date(2024, 2, 29)),
        (date(2022, 12, 31), date(2023, 1, 30)),
    ],
)
def test_next_day_30(start: date, expected: date) -> None:
    """Day 30 is the next on or after the start, and the last day of a month that has none."""
    assert next_day_of_month(start, 30) == expected


class TestInstants:
    """Moments, and the days they fall on."""

    def test_last_day_ends_at_24(self) -> None:
        """A last day ends at 24:00, which is 00:00 of the next day in Viet Nam (BLDS 148.6)."""
        assert end_of(date(2022, 5, 10)).isoformat() == "2022-05-11T00:00:00+07:00"

    def test_day_in_viet_nam(self) -> None:
        """An instant belongs to the day it has in Viet Nam, wherever it was written down."""
        assert legal_date(datetime(2022, 5, 9, 17, 0, tzinfo=UTC)) == date(2022, 5, 10)

    def test_without_offset(self) -> None:
        """A time without an offset names no instant and is refused."""
        with pytest.raises(ValueError, match="has no offset"):
            legal_date(datetime(2022, 5, 9, 17, 0))  # noqa: DTZ001

    @given(instant=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)), hours=st.integers(1, 72))  # noqa: DTZ001
    def test_hours_are_exact(self, instant: datetime, hours: int) -> None:
        """Hours run from the moment and are not moved, whatever day they end on (BLDS 147.1)."""
        start = instant.replace(tzinfo=LEGAL_TIME)
        timer = Timer(
            "T", None, "event", Period(hours, Unit.HOUR), None, None, Missed.LATE, "R-VN-1", "basis"
        )
        found = timer.deadline(start, Calendar())
        assert found.due - start == timedelta(hours=hours)
        assert (found.last_day, found.provisional) == (found.due.date(), False)


class TestTimer:
    """A dated value of a time limit."""

    def test_provisional(self) -> None:
        """A period counted through a year without a published schedule is provisional; a limitation needs none."""
        start = datetime(2030, 12, 30, 8, 0, tzinfo=LEGAL_TIME)
        made = [
            Timer("T", None, "event", period, None, None, Missed.LATE, "R-VN-1", "basis").deadline(
                start, PLAIN
            )
            for period in (Period(5, Unit.WORKING_DAY), Period(1, Unit.DAY, rolls=True), Period(1, Unit.YEAR))
        ]
        assert [deadline.provisional for deadline in made] == [True, False, False]

    def test_keeping_ends_when_deletion_becomes_lawful(self) -> None:
        """What must be kept for 30 days may first be deleted at the end of the thirtieth day after the recording."""
        timer = Timer(
            "KEEP", None, "recording", Period(30, Unit.DAY), None, None, Missed.MINIMUM, "R-VN-1", "basis"
        )
        kept = timer.deadline(datetime(2024, 8, 1, 10, 0, tzinfo=LEGAL_TIME), PLAIN)
        assert (kept.due.isoformat(), kept.last_day) == ("2024-09-01T00:00:00+07:00", date(2024, 8, 31))

    def test_hours_over_a_weekend(self) -> None:
        """E23: 24 hours from a Saturday night end on Sunday night."""
        timer = Timer(
            "FIX", None, "detection", Period(24, Unit.HOUR), None, None, Missed.LATE, "R-VN-1", "basis"
        )
        fixed = timer.deadline(datetime(2024, 8, 31, 22, 15, tzinfo=LEGAL_TIME), PLAIN)
        assert fixed.due.isoformat() == "2024-09-01T22:15:00+07:00"

    def test_in_force(self) -> None:
        """A value counts from its first day in force to its last, both included."""
        timer = Timer(
            "T",
            None,
            "event",
            Period(5, Unit.DAY),
            date(2022, 1, 1),
            date(2022, 1, 31),
            Missed.BARS,
            "R-VN-1",
            "basis",
        )
        on = [date(2021, 12, 31), date(2022, 1, 1), date(2022, 1, 31), date(2022, 2, 1)]
        assert [timer.in_force(day) for day in on] == [False, True, True, False]
        assert timer.deadline(datetime(2022, 1, 1, tzinfo=LEGAL_TIME), PLAIN).hard is True
