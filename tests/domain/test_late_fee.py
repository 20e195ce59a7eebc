"""The late fee: 0.05 % a day of the unpaid fine."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.late_fee import late_fee

LAST = date(2025, 5, 5)
FINE = 18_000_000


def days(count: int) -> date:
    """So many days after the last day to execute."""
    return LAST + timedelta(days=count)


@pytest.mark.parametrize(
    "on,fee",
    [
        pytest.param(days(-10), 0, id="in-time"),
        pytest.param(days(0), 0, id="on-the-last-day"),
        pytest.param(days(1), 0, id="day-of-payment-does-not-count"),
        pytest.param(days(2), 9_000, id="one-day"),
        pytest.param(days(31), 270_000, id="thirty-days-off-ones-too"),
        pytest.param(days(366), 3_285_000, id="a-year"),
    ],
)
def test_whole_fine(on: date, fee: int) -> None:
    """Each day after the last day to execute costs 0.05 % of the fine, up to the day before it is paid."""
    assert late_fee(FINE, LAST, on) == fee


@pytest.mark.parametrize(
    "payments,fee",
    [
        pytest.param([], 180_000, id="none"),
        pytest.param([(days(-3), 8_000_000)], 100_000, id="in-time"),
        pytest.param([(days(11), 8_000_000)], 90_000 + 50_000, id="half-way"),
        pytest.param([(days(11), 3_000_000), (days(11), 5_000_000)], 140_000, id="two-on-a-day"),
        pytest.param([(days(16), 8_000_000), (days(6), 10_000_000)], 45_000 + 40_000, id="in-any-order"),
        pytest.param([(days(11), 20_000_000)], 90_000, id="more-than-the-fine"),
        pytest.param([(days(21), 8_000_000)], 180_000, id="that-very-day"),
        pytest.param([(days(30), 8_000_000)], 180_000, id="later"),
    ],
)
def test_in_parts(payments: list[tuple[date, int]], fee: int) -> None:
    """What was paid before costs nothing from the day on which it was paid; what comes later changes nothing."""
    assert late_fee(FINE, LAST, days(21), payments) == fee


def test_fractions_are_dropped_once() -> None:
    """250,000 đồng cost 125 a day, 250,001 a little more, which is dropped of the whole and not of each day."""
    assert late_fee(250_001, LAST, days(2)) == 125
    assert late_fee(251_999, LAST, days(3)) == 251


@pytest.mark.parametrize(
    "fine,payments,says",
    [
        (-1, [], "a fine of -1 đồng: expected none or more"),
        (FINE, [(days(1), 0)], "a payment of 0 đồng on 2025-05-06: expected more than nothing"),
        (FINE, [(days(1), -5)], "a payment of -5 đồng on 2025-05-06: expected more than nothing"),
    ],
)
def test_no_such_amount(fine: int, payments: list[tuple[date, int]], says: str) -> None:
    """A fine below nothing is none, and a payment that takes back is none."""
    with pytest.raises(ValueError, match=says):
        late_fee(fine, LAST, days(5), payments)


around = st.integers(-30, 400).map(days)
fines = st.integers(0, 75_000_000)
parts = st.lists(st.tuples(around, st.integers(1, 20_000_000)), max_size=5)


@given(fine=fines, on=around, payments=parts)
def test_day_by_day(fine: int, on: date, payments: list[tuple[date, int]]) -> None:
    """It is the sum over the late days of 0.05 % of what was unpaid on each, without the fraction."""
    day, total = days(1), Fraction(0)
    while day < on:
        paid = sum(amount for paid_on, amount in payments if paid_on <= day)
        total += Fraction(max(0, fine - paid) * 5, 10_000)
        day += timedelta(days=1)
    assert late_fee(fine, LAST, on, payments) == int(total)


@given(fine=fines, on=around, payments=parts, more=st.tuples(around, st.integers(1, 20_000_000)))
def test_more_paid_is_never_dearer(
    fine: int, on: date, payments: list[tuple[date, int]], more: tuple[date, int]
) -> None:
    """Another payment never raises the fee, another day never lowers it, and it is never below nothing."""
    fee = late_fee(fine, LAST, on, payments)
    assert 0 <= late_fee(fine, LAST, on, [*payments, more]) <= fee
    assert fee <= late_fee(fine, LAST, on + timedelta(days=1), payments)
