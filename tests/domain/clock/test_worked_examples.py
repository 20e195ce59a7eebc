"""The worked examples, counted on the published calendar, under each reading that no source settles.

Each ends with the first date where make-up Saturdays count and with the second where they do not.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.clock import LEGAL_TIME, Deadline, Missed, Period, Timer, Unit, start_of
from policies.rulebook import load
from tests.domain.clock import published


def days(amount: int) -> Period:
    """Days that roll."""
    return Period(amount, Unit.DAY, rolls=True)


def months(amount: int) -> Period:
    """Months that roll."""
    return Period(amount, Unit.MONTH, rolls=True)


def working(amount: int) -> Period:
    """Working days."""
    return Period(amount, Unit.WORKING_DAY)


def deadline(start: str | datetime, period: Period, **reading: bool) -> Deadline:
    """Return when a period ends that starts with an event in Viet Nam."""
    event = datetime.fromisoformat(start).replace(tzinfo=LEGAL_TIME) if isinstance(start, str) else start
    timer = Timer("T", None, "event", period, None, None, Missed.LATE, "R-VN-1", "basis")
    return timer.deadline(event, published.calendar(**reading))


EXAMPLES = [
    pytest.param("2022-04-29T16:00", working(5), "2022-05-10", "2022-05-10", id="E01"),
    pytest.param("2022-08-30T09:00", working(5), "2022-09-08", "2022-09-08", id="E03"),
    pytest.param("2022-05-10T09:00", months(2), "2022-07-11", "2022-07-11", id="E05"),
    pytest.param("2023-01-31T09:00", months(1), "2023-02-28", "2023-02-28", id="E07"),
    pytest.param("2022-06-10T09:00", working(5), "2022-06-17", "2022-06-17", id="E09"),
    pytest.param("2025-08-28T09:00", working(3), "2025-09-04", "2025-09-04", id="E11-three"),
    pytest.param("2025-08-28T09:00", working(5), "2025-09-08", "2025-09-08", id="E11-five"),
    pytest.param("2023-04-25T09:00", working(10), "2023-05-12", "2023-05-12", id="E15"),
    pytest.param("2023-12-31T09:00", months(2), "2024-02-29", "2024-02-29", id="E17"),
    pytest.param("2024-04-26T09:00", working(2), "2024-05-03", "2024-05-03", id="E19-request"),
    pytest.param("2024-05-03T09:00", working(5), "2024-05-09", "2024-05-10", id="E19-notice"),
    pytest.param("2025-04-11T09:00", days(20), "2025-05-05", "2025-05-05", id="E21"),
    pytest.param(
        "2022-07-01T00:00", Period(30, Unit.DAY_OF_MONTH), "2022-07-30", "2022-07-30", id="E25-July"
    ),
    pytest.param(
        "2023-02-01T00:00", Period(30, Unit.DAY_OF_MONTH), "2023-02-28", "2023-02-28", id="E25-February"
    ),
    pytest.param("2025-04-25T09:00", working(2), "2025-04-28", "2025-04-29", id="X1"),
    pytest.param("2026-04-01T09:00", days(30), "2026-05-04", "2026-05-04", id="X3"),
    pytest.param("2026-04-01T09:00", days(60), "2026-06-01", "2026-06-01", id="X3-complex"),
    pytest.param("2026-08-20T09:00", working(7), "2026-08-28", "2026-09-03", id="X5"),
    pytest.param("2025-04-06T09:00", days(20), "2025-04-26", "2025-04-28", id="X6"),
]


@pytest.mark.parametrize("start,period,counting,not_counting", EXAMPLES)
def test_both_readings_of_makeup_saturdays(
    start: str, period: Period, counting: str, not_counting: str
) -> None:
    """A period ends at 24:00 of its last day, which a make-up Saturday brings forward where it counts."""
    for expected, count in ((counting, True), (not_counting, False)):
        found = deadline(start, period, count_makeup_days=count)
        day = date.fromisoformat(expected)
        assert found.last_day == day
        assert found.due == start_of(day + timedelta(days=1))
        assert found.provisional is False


@pytest.mark.parametrize(
    "start,end",
    [
        pytest.param("2022-09-30T16:30", "2022-10-01T16:30", id="E13-Saturday"),
        pytest.param("2023-04-28T17:00", "2023-04-29T17:00", id="E13-holiday"),
        pytest.param("2024-08-31T22:15", "2024-09-01T22:15", id="E23"),
        pytest.param("2023-12-31T23:59", "2024-01-01T23:59", id="into-the-year"),
        pytest.param("2024-02-28T00:00", "2024-02-29T00:00", id="midnight-to-midnight"),
    ],
)
def test_hours_in_both_readings(start: str, end: str) -> None:
    """24 hours end at the same time of the next day, whatever day that is and however it is read."""
    for count in (True, False):
        for off in (True, False):
            found = deadline(start, Period(24, Unit.HOUR), count_makeup_days=count, swap_days_are_off=off)
            assert found.due == datetime.fromisoformat(end).replace(tzinfo=LEGAL_TIME)
            assert (found.last_day, found.provisional) == (date.fromisoformat(end[:10]), False)


@pytest.mark.parametrize(
    "start,period,expected",
    [
        pytest.param("2024-04-26T09:00", working(2), "2024-05-02", id="E19-request"),
        pytest.param("2025-04-11T09:00", days(20), "2025-05-02", id="E21"),
        pytest.param("2024-03-29T09:00", months(1), "2024-04-29", id="month-onto-a-swapped-Monday"),
        pytest.param("2026-08-20T09:00", working(8), "2026-08-31", id="X5-and-one"),
        pytest.param("2025-12-31T09:00", working(1), "2026-01-02", id="second-of-January"),
    ],
)
def test_swapped_days_that_count(start: str, period: Period, expected: str) -> None:
    """Where a day swapped for a day off is no holiday, a period may end on it, and it counts."""
    assert deadline(start, period, swap_days_are_off=False).last_day == date.fromisoformat(expected)
    assert deadline(start, period).last_day > date.fromisoformat(expected)


@pytest.mark.parametrize(
    "start,period,expected",
    [
        pytest.param("2025-01-26T09:00", days(1), "2025-02-03", id="over-Tết-and-its-weekend"),
        pytest.param("2026-01-14T09:00", months(1), "2026-02-23", id="month-into-the-weekend-before-Tết"),
        pytest.param("2023-01-19T23:59", days(1), "2023-01-27", id="first-day-of-Tết"),
        pytest.param("2024-01-29T09:00", months(1), "2024-02-29", id="leap-day-that-there-is"),
        pytest.param("2023-01-29T09:00", months(1), "2023-02-28", id="leap-day-that-there-is-not"),
        pytest.param("2024-02-29T09:00", months(1), "2024-03-29", id="from-a-leap-day"),
        pytest.param("2022-01-31T09:00", months(3), "2022-05-04", id="last-of-April-over-the-holidays"),
        pytest.param("2022-12-01T09:00", months(1), "2023-01-03", id="into-the-new-year"),
    ],
)
def test_roll(start: str, period: Period, expected: str) -> None:
    """A last day off moves to the next working day, however many days off there are in between."""
    assert deadline(start, period).last_day == date.fromisoformat(expected)


def test_limitation_never_moves() -> None:
    """A year from 29 April 2022 ends with 28 April 2023, and one that ends on a Sunday or in Tết ends there."""
    ends = [
        deadline(start, Period(1, Unit.YEAR)).last_day
        for start in ("2022-04-29T09:00", "2022-05-01T09:00", "2022-01-23T09:00", "2024-02-29T09:00")
    ]
    assert ends == [date(2023, 4, 28), date(2023, 4, 30), date(2023, 1, 22), date(2025, 2, 28)]


def test_warning_follows_the_last_day() -> None:
    """E21: who was to come by Monday 5 May 2025 is warned of from Tuesday on."""
    assert deadline("2025-04-11T09:00", days(20)).due == datetime(2025, 5, 6, tzinfo=LEGAL_TIME)


def test_extension_starts_on_the_last_day() -> None:
    """Five working days and five more are ten: the extension does not count the last day of the first period."""
    first = deadline("2024-04-26T09:00", working(5))
    assert first.last_day == date(2024, 5, 7)
    extended = deadline(start_of(first.last_day), working(5))
    assert extended.due == deadline("2024-04-26T09:00", working(10)).due


@pytest.mark.parametrize(
    "start,period,provisional",
    [
        pytest.param("2026-12-30T09:00", working(1), False, id="ends-with-the-year"),
        pytest.param("2026-12-31T09:00", working(1), True, id="counts-the-next-year"),
        pytest.param("2021-12-31T09:00", working(3), False, id="counts-no-day-of-the-year-before"),
        pytest.param("2021-12-15T09:00", months(1), False, id="ends-where-all-is-known"),
        pytest.param("2026-10-02T09:00", months(3), True, id="rolls-into-the-next-year"),
        pytest.param("2026-12-01T09:00", Period(40, Unit.DAY), False, id="asks-no-calendar"),
        pytest.param("2026-12-31T09:00", Period(48, Unit.HOUR), False, id="hours"),
        pytest.param("2026-12-31T09:00", Period(1, Unit.YEAR), False, id="limitation"),
    ],
)
def test_provisional(start: str, period: Period, *, provisional: bool) -> None:
    """A deadline is provisional where a year without a published schedule decides where it ends, and nowhere else."""
    assert deadline(start, period).provisional is provisional


def test_beyond_the_calendar() -> None:
    """Where no day off is known only weekends are; where there are no more years there is no deadline."""
    assert deadline("2098-12-31T09:00", working(2)).last_day == date(2099, 1, 2)
    for period in (working(5), days(20), months(1), Period(1, Unit.YEAR), Period(30, Unit.DAY_OF_MONTH)):
        with pytest.raises(OverflowError):
            deadline("9999-12-31T09:00", period)


def test_what_follows_a_miss() -> None:
    """Only what bars the act is hard."""
    timer = Timer("T", None, "event", working(5), None, None, Missed.LATE, "R-VN-1", "basis")
    start = datetime(2022, 6, 1, tzinfo=LEGAL_TIME)
    found = [replace(timer, missed=missed).deadline(start, published.calendar()) for missed in Missed]
    assert [one.missed for one in found] == list(Missed)
    assert [one.missed for one in found if one.hard] == [Missed.BARS]


@pytest.mark.parametrize(
    "amount,unit,rolls,says",
    [
        pytest.param(0, Unit.DAY, True, "expected at least 1", id="nothing"),
        pytest.param(-5, Unit.WORKING_DAY, False, "expected at least 1", id="backwards"),
        pytest.param(32, Unit.DAY_OF_MONTH, False, "expected 1 to 31", id="day-32"),
        pytest.param(1, Unit.YEAR, True, "does not roll", id="limitation"),
        pytest.param(24, Unit.HOUR, True, "does not roll", id="hours"),
        pytest.param(5, Unit.WORKING_DAY, True, "does not roll", id="working-days"),
        pytest.param(30, Unit.DAY_OF_MONTH, True, "does not roll", id="day-of-month"),
    ],
)
def test_no_such_period(amount: int, unit: Unit, *, rolls: bool, says: str) -> None:
    """A period that no law could mean cannot be made."""
    with pytest.raises(ValueError, match=says):
        Period(amount, unit, rolls=rolls)


def test_calendar_of_the_rulebooks() -> None:
    """The calendar that the rulebooks carry has, in the published years, the days written down here, and no others."""
    ours, theirs = published.calendar(), load("national").calendar
    for name in ("holidays", "swap_days", "makeup_days"):
        in_both = {day for day in getattr(theirs, name) if day.year in ours.confirmed}
        assert in_both == {day for day in getattr(ours, name) if name == "makeup_days" or day.weekday() < 5}
    assert theirs.confirmed == ours.confirmed
