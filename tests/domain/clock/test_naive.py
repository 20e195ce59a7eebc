"""Whatever is counted comes out as on a wall calendar, day by day."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.clock import LEGAL_TIME, Calendar, Missed, Period, Timer, Unit, start_of
from domain.clock.counting import last_day
from tests.domain.clock import naive, published

FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)

days = st.dates(FIRST, LAST)
spans = st.lists(st.tuples(days, st.integers(0, 14)), max_size=60).map(
    lambda found: frozenset(first + timedelta(days=n) for first, length in found for n in range(length + 1))
)
drawn = st.builds(
    Calendar,
    holidays=spans,
    swap_days=st.frozensets(days, max_size=20),
    makeup_days=st.frozensets(days.filter(lambda day: day.weekday() == 5), max_size=20),
    count_makeup_days=st.booleans(),
    swap_days_are_off=st.booleans(),
)
read = st.builds(published.calendar, count_makeup_days=st.booleans(), swap_days_are_off=st.booleans())
calendars = read | drawn
"""As published, in each reading; and any other, with holidays of up to two weeks."""
edges = st.sampled_from([date(2024, 2, 29), date(2024, 2, 28), date(2023, 2, 28), date(2023, 12, 31)])
starts = days | edges
moments = st.datetimes(datetime(2022, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001 — the zone follows
    lambda moment: moment.replace(tzinfo=LEGAL_TIME)
)
rolling = st.builds(Period, st.integers(1, 90), st.just(Unit.DAY), rolls=st.booleans()) | st.builds(
    Period, st.integers(1, 14), st.just(Unit.MONTH), rolls=st.booleans()
)
working = st.builds(Period, st.integers(1, 40), st.just(Unit.WORKING_DAY))
hours = st.builds(Period, st.integers(1, 100), st.just(Unit.HOUR))
years = st.builds(Period, st.integers(1, 5), st.just(Unit.YEAR))
days_of_month = st.builds(Period, st.integers(1, 31), st.just(Unit.DAY_OF_MONTH))
longer = rolling | working | years | days_of_month


def timer(period: Period) -> Timer:
    """A time limit of that length."""
    return Timer("T", None, "event", period, None, None, Missed.LATE, "R-VN-1", "basis")


@given(start=starts, period=longer, calendar=calendars)
def test_last_day(start: date, period: Period, calendar: Calendar) -> None:
    """Days, working days, months, years and days of the month end where a finger on the calendar stops."""
    expected = naive.last_day(start, period.amount, period.unit, calendar, rolls=period.rolls)
    assert last_day(start, period, calendar) == expected


@given(start=moments, period=hours, calendar=calendars)
def test_hours(start: datetime, period: Period, calendar: Calendar) -> None:
    """Hours end where the hands of the clock stop, past midnight, weekends and holidays."""
    assert timer(period).deadline(start, calendar).due == naive.after_hours(start, period.amount)


@given(start=starts, period=working, calendar=calendars)
def test_so_many_working_days(start: date, period: Period, calendar: Calendar) -> None:
    """A period of so many working days has exactly so many between the event's day and its own end."""
    end = last_day(start, period, calendar)
    assert naive.working_days(start + naive.DAY, end, calendar) == period.amount
    assert naive.working_days(start + naive.DAY, end - naive.DAY, calendar) == period.amount - 1


@given(start=starts, period=rolling, calendar=calendars)
def test_roll_passes_no_working_day(start: date, period: Period, calendar: Calendar) -> None:
    """A period that rolls goes past days off only, and one that does not stays."""
    raw = naive.last_day(start, period.amount, period.unit, calendar)
    end = last_day(start, period, calendar)
    if period.rolls:
        assert naive.working_days(raw, end - naive.DAY, calendar) == 0
        assert naive.working_days(end, end, calendar) == 1
    else:
        assert end == raw


@given(one=moments, other=moments, period=longer | hours, calendar=calendars)
def test_order_is_kept(one: datetime, other: datetime, period: Period, calendar: Calendar) -> None:
    """What starts later is never due earlier, and nothing is due before it has started."""
    first, second = sorted([one, other])
    dues = [timer(period).deadline(start, calendar).due for start in (first, second)]
    assert dues[0] <= dues[1]
    assert first < dues[0]
    assert second < dues[1]


@given(start=moments, period=longer, calendar=calendars)
def test_hour_of_the_event_says_nothing(start: datetime, period: Period, calendar: Calendar) -> None:
    """A period of days or longer is due alike for all events of a day, at 24:00 of its last."""
    midnight = start_of(start.date())
    made, other = (timer(period).deadline(moment, calendar) for moment in (start, midnight))
    assert made == other
    assert made.due == start_of(made.last_day + naive.DAY)


@given(first=days, length=st.integers(-3, 400), calendar=calendars)
def test_working_days(first: date, length: int, calendar: Calendar) -> None:
    """Working days are counted from a day on, up to another and without it."""
    end = first + timedelta(days=length)
    assert calendar.working_days(first, end) == naive.working_days(first, end - naive.DAY, calendar)


@given(day=days, calendar=calendars)
def test_neighbours(day: date, calendar: Calendar) -> None:
    """The working day before a day, and the first from it on, have only days off between."""
    before, after = calendar.working_day_before(day), calendar.working_day_from(day)
    assert before < day <= after
    assert naive.working_days(before, after, calendar) == 2
    assert naive.working_days(before, before, calendar) == 1
    assert naive.working_days(after, after, calendar) == 1
