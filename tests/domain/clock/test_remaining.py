"""How much time a deadline leaves, and when it becomes due soon."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import LEGAL_TIME, Calendar, Period, Remaining, Unit, due_soon_at, remaining_working_time
from tests.domain.clock import naive, published
from tests.domain.clock.test_naive import calendars, hours, longer, moments, timer

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """Return the instant *text* names, in Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def left(days: int, hours: int = 0) -> Remaining:
    """Time that is left."""
    return Remaining(days, hours, missed=False)


def missed(days: int, hours: int = 0) -> Remaining:
    """Time since a miss."""
    return Remaining(days, hours, missed=True)


class TestRemaining:
    """Whole working days, then hours, then what went by."""

    @pytest.mark.parametrize(
        "now,expected",
        [
            pytest.param("2022-06-07T08:00", left(2), id="Tuesday"),
            pytest.param("2022-06-08T23:59", left(1), id="Wednesday-night"),
            pytest.param("2022-06-09T00:00", left(0, 24), id="last-day-begins"),
            pytest.param("2022-06-09T10:00", left(0, 14), id="last-day"),
            pytest.param("2022-06-09T23:01", left(0, 0), id="last-hour"),
            pytest.param("2022-06-10T00:00", missed(0, 0), id="over"),
            pytest.param("2022-06-10T16:30", missed(0, -16), id="day-after"),
            pytest.param("2022-06-11T01:00", missed(-1), id="a-working-day-over"),
            pytest.param("2022-06-13T09:00", missed(-1), id="weekend-does-not-count"),
            pytest.param("2022-06-14T09:00", missed(-2), id="Tuesday-after"),
        ],
    )
    def test_until_the_end_of_a_day(self, now: str, expected: Remaining) -> None:
        """Of a period that ends with Thursday, Thursday is the last whole day; late days count once they are over."""
        due = at("2022-06-10T00:00")
        assert remaining_working_time(at(now), due, published.calendar()) == expected
        assert remaining_working_time(at(now).astimezone(UTC), due, published.calendar()) == expected

    @pytest.mark.parametrize(
        "now,expected",
        [
            pytest.param("2022-09-28T16:30", left(1), id="one-whole-day-between"),
            pytest.param("2022-09-29T16:30", left(0, 24), id="the-day-of-the-end-is-none"),
            pytest.param("2022-09-30T16:29", left(0, 0), id="last-minute"),
            pytest.param("2022-09-30T16:30", missed(0, 0), id="over"),
            pytest.param("2022-10-01T17:00", missed(0, -24), id="Saturday"),
            pytest.param("2022-10-03T09:00", missed(0, -64), id="Monday-is-not-over"),
            pytest.param("2022-10-04T09:00", missed(-1), id="Monday-is-over"),
        ],
    )
    def test_until_a_moment(self, now: str, expected: Remaining) -> None:
        """24 hours that end in an afternoon leave hours; the day on which they end is no whole day."""
        assert remaining_working_time(at(now), at("2022-09-30T16:30"), published.calendar()) == expected

    def test_makeup_saturday(self) -> None:
        """A make-up Saturday is a day of work that is left, where it counts."""
        now, due = at("2025-04-25T09:00"), at("2025-04-29T00:00")
        assert remaining_working_time(now, due, published.calendar()) == left(2)
        other = published.calendar(count_makeup_days=False)
        assert remaining_working_time(now, due, other) == left(1)

    def test_last_day_off(self) -> None:
        """A limitation that ends on a Sunday leaves no working day on Friday, and the hours until Sunday is over."""
        now, due = at("2023-04-28T16:00"), at("2023-05-01T00:00")
        assert remaining_working_time(now, due, published.calendar()) == left(0, 56)

    @given(now=moments, due=moments, calendar=calendars)
    def test_as_on_a_wall_calendar(self, now: datetime, due: datetime, calendar: Calendar) -> None:
        """It says what a finger on the calendar says: the whole working days between, without today."""
        found = remaining_working_time(now, due, calendar)
        whole = [
            day
            for day in (date(2022, 1, 1) + timedelta(days=n) for n in range(5 * 366))
            if day != now.date()
            and min(now, due) <= _midnight(day)
            and _midnight(day + naive.DAY) <= max(now, due)
            and not naive.Walk(day, calendar).off
        ]
        sign = 1 if now < due else -1
        assert found.missed is (now >= due)
        assert found.working_days == sign * len(whole)
        assert found.hours == (0 if whole else sign * int(abs(due - now) / HOUR))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LEGAL_TIME)


class TestDueSoon:
    """A third of the time left, and a working day before the last."""

    @pytest.mark.parametrize(
        "start,due,expected",
        [
            pytest.param("2022-06-01T00:00", "2022-06-10T00:00", "2022-06-07T00:00", id="a-third-left"),
            pytest.param("2022-06-06T16:00", "2022-06-08T00:00", "2022-06-06T16:00", id="one-day"),
            pytest.param("2022-06-06T16:00", "2022-06-09T00:00", "2022-06-07T00:00", id="two-days"),
            pytest.param("2022-06-03T16:00", "2022-06-08T00:00", "2022-06-06T00:00", id="two-over-a-weekend"),
            pytest.param("2026-02-13T16:00", "2026-02-24T00:00", "2026-02-13T16:00", id="one-day-over-Tết"),
            pytest.param("2025-04-25T09:00", "2025-04-29T00:00", "2025-04-26T00:00", id="make-up-Saturday"),
            pytest.param("2022-09-30T16:30", "2022-10-01T16:30", "2022-10-01T08:30", id="24-hours"),
            pytest.param("2022-10-01T00:00", "2022-10-02T00:00", "2022-10-01T16:00", id="from-midnight"),
            pytest.param("2022-04-29T00:00", "2023-04-29T00:00", "2022-12-28T08:00", id="a-year"),
        ],
    )
    def test_examples(self, start: str, due: str, expected: str) -> None:
        """Short periods warn as their last working day but one begins, long ones when a third is left."""
        assert due_soon_at(at(start), at(due), published.calendar()) == at(expected)

    @given(start=moments, period=longer | hours, calendar=calendars)
    def test_between_start_and_due(self, start: datetime, period: Period, calendar: Calendar) -> None:
        """It lies between start and end, with a third left or more, and where it can a whole working day to act in."""
        made = timer(period).deadline(start, calendar)
        soon = due_soon_at(start, made.due, calendar)
        assert start <= soon < made.due
        assert soon == start or made.due - soon >= (made.due - start) / 3
        if period.unit is not Unit.HOUR and made.due - start > naive.DAY and soon > start:
            first = soon.date() if soon == _midnight(soon.date()) else soon.date() + naive.DAY
            assert naive.working_days(first, made.last_day - naive.DAY, calendar) >= 1

    @given(start=moments, count=st.integers(1, 24), calendar=calendars)
    def test_hours(self, start: datetime, count: int, calendar: Calendar) -> None:
        """Of up to 24 hours the last third is soon, and no calendar is asked."""
        due = start + count * HOUR
        assert due - due_soon_at(start, due, calendar) == (due - start) / 3
