"""A year after the decision it is no longer executed, unless somebody evaded it."""

from typing import Any

import pytest

from domain.case import Case, Mark
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.procedure import CHIEF, driven, ends, on, overdue, pays, runs, said, scheduler_says
from tests.support.spec import HANDLER, TEAM_HANDLER, context, fact, legal

MILLION = 1_000_000
LIMIT = ends("EXECUTION_LIMITATION", "2027-07-09 00:00")


class TestLimitation:
    """A year after the decision it is no longer executed, unless somebody evaded it (Luật Đ74)."""

    @pytest.mark.parametrize("told", [False, True])
    def test_expired(self, told: bool) -> None:
        """From the end of the year on, whether or not the scheduler has said so."""
        case = overdue()
        if told:
            scheduler_says(case, "EXECUTION_LIMITATION", "2027-07-09 00:05")
            assert Mark.EXECUTION_EXPIRED in case.aggregate.marks
        for act in (
            lambda case: case.pay(on(HANDLER, "2027-07-09 09:00"), paid=1000, currency="VND", receipt="B"),
            lambda case: case.execute(on(HANDLER, "2027-07-09 09:00"), receipt="B"),
            lambda case: case.enforce(on(CHIEF, "2027-07-09 09:00"), number="06/QĐ", measure="Khấu trừ"),
        ):
            case.when(act).then_refused(WrongState, rule="R-VN-LXLVPHC-74.1")

    def test_evasion(self) -> None:
        """From the end of an evasion the year is counted anew, and what had expired has not."""
        case = scheduler_says(overdue(), "EXECUTION_LIMITATION", "2027-07-09 00:05")
        case.when(
            lambda case: case.end_evasion(
                on(CHIEF, "2027-08-02 09:00"), ended_at=legal("2027-08-01 09:00"), text="Trốn tránh"
            )
        ).then(
            fact(
                Case.EvasionEnded,
                ended_at=legal("2027-08-01 09:00"),
                text=said("Trốn tránh"),
                clocks=(
                    runs(
                        "EXECUTION_LIMITATION",
                        "2027-08-01 09:00",
                        "2028-08-01 00:00",
                        "R-VN-LXLVPHC-74.1",
                        missed="bars",
                    ),
                ),
            ).under(took_place_at=legal("2027-08-01 09:00"))
        )
        assert Mark.EXECUTION_EXPIRED not in case.aggregate.marks
        pays(case, "2027-08-03 09:00", 20 * MILLION)

    def test_evasion_of_the_penalty(self) -> None:
        """Before there is a decision it is the limitation of the act that is counted anew, for all that follows."""
        case = driven("notifyResult").after(
            on(CHIEF, "2026-09-02 09:00"),
            lambda case, ctx: case.end_evasion(ctx, ended_at=legal("2026-09-01 09:00"), text="Trốn tránh"),
        )
        assert case.aggregate.clocks["LIMITATION"].due == legal("2027-09-01 00:00")
        assert case.aggregate.limitation_from == legal("2026-09-01 09:00")

    @pytest.mark.parametrize(
        "until, ended, refused",
        [
            ("confirmDelivery", "2026-07-09 08:59", InvalidInput),
            ("confirmDelivery", "2026-07-20 09:01", InvalidInput),
            ("notifyResult", "2026-06-01 16:59", InvalidInput),
            ("receiveCase", "2026-07-01 09:00", WrongState),
        ],
    )
    def test_no_evasion(self, until: str, ended: str, refused: type[Any]) -> None:
        """Neither before what it hindered, nor tomorrow, nor where there is nothing to evade yet."""
        outcome = driven(until).when(
            lambda case: case.end_evasion(on(CHIEF, "2026-07-20 09:00"), ended_at=legal(ended), text="Trốn")
        )
        assert (type(outcome.refusal), outcome.events) == (refused, [])

    def test_by_another_unit(self) -> None:
        """The head of the unit that holds the case says so."""
        outcome = driven("confirmDelivery").when(
            lambda case: case.end_evasion(
                context(TEAM_HANDLER, legal("2026-07-20 09:00")),
                ended_at=legal("2026-07-19 09:00"),
                text="Trốn",
            )
        )
        assert isinstance(outcome.refusal, Forbidden)
