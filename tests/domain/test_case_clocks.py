"""When a case is due, to the instant: the month and the thirty days, Tết and the make-up Saturdays."""

from datetime import UTC, datetime

import pytest

from domain.case import Case
from tests.support.cases import ACTS, WAY, clock, detected
from tests.support.spec import APPROVER, HANDLER, context, given, legal


@pytest.mark.rule("R-DH-11.3.b3")
@pytest.mark.parametrize(
    "now, due",
    [
        pytest.param(legal("2022-06-01 00:00"), legal("2022-07-02 00:00"), id="one-month"),
        pytest.param(legal("2026-01-30 10:00"), legal("2026-03-03 00:00"), id="month-without-that-day-rolls"),
        pytest.param(legal("2026-03-02 10:00"), legal("2026-04-03 00:00"), id="month-across-1-april"),
        pytest.param(legal("2026-03-31 23:59"), legal("2026-05-05 00:00"), id="last-day-of-the-month-rule"),
        pytest.param(legal("2026-04-01 00:00"), legal("2026-05-05 00:00"), id="30-days-onto-1-may-roll"),
        pytest.param(legal("2026-05-04 10:00"), legal("2026-06-04 00:00"), id="30-days"),
        pytest.param(
            datetime(2026, 5, 3, 17, 0, tzinfo=UTC), legal("2026-06-04 00:00"), id="day-of-viet-nam"
        ),
        pytest.param(legal("2026-01-17 10:00"), legal("2026-02-24 00:00"), id="month-into-tet-rolls"),
    ],
)
def test_verification_is_due(now: datetime, due: datetime) -> None:
    """Verification: a month from the data's arrival, from 1 April 2026 thirty days; a day off moves the end."""
    early = detected(detected_at=legal("2022-06-01 00:00"), clocks=())
    outcome = given(Case, early).when(lambda case: ACTS["approveCase"](case, context(APPROVER, now)))
    [approved] = outcome.events
    assert isinstance(approved, Case.Approved)
    assert [c for c in approved.clocks if c.timer == "VERIFY"] == [clock("VERIFY", now, due=due)]


@pytest.mark.rule("R-DH-11.3.b5")
@pytest.mark.parametrize(
    "now, due",
    [
        pytest.param(legal("2026-06-02 00:00"), legal("2026-06-10 00:00"), id="a-week-end"),
        pytest.param(legal("2026-02-12 16:00"), legal("2026-02-27 00:00"), id="tet-2026"),
        pytest.param(legal("2025-01-24 16:00"), legal("2025-02-08 00:00"), id="tet-2025"),
        pytest.param(legal("2026-04-24 16:00"), legal("2026-05-07 00:00"), id="hung-kings-and-may"),
        pytest.param(legal("2026-01-07 16:00"), legal("2026-01-14 00:00"), id="make-up-saturday"),
        pytest.param(legal("2026-08-18 16:00"), legal("2026-08-25 00:00"), id="make-up-saturday-in-august"),
    ],
)
def test_notice_is_due(now: datetime, due: datetime) -> None:
    """The result notice is due five working days after the conclusion."""
    outcome = given(Case, *WAY[:4]).when(lambda case: ACTS["concludeCase"](case, context(HANDLER, now)))
    [concluded] = outcome.events
    assert isinstance(concluded, Case.Concluded)
    assert concluded.clocks == (clock("NOTIFY_RESULT", now, due=due),)
