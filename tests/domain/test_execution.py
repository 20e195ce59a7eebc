"""What follows a decision: sent, delivered, paid late or in time, enforced, executed, resolved."""

from dataclasses import replace

import pytest

from domain.case import Case, CaseState, Mark
from domain.case.state import Delivery
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.procedure import (
    CHIEF,
    PENALTY,
    driven,
    ends,
    on,
    overdue,
    pays,
    runs,
    scheduler_says,
)
from tests.support.spec import HANDLER, POLICE, fact, legal

MILLION = 1_000_000
LIMIT = ends("EXECUTION_LIMITATION", "2027-07-09 00:00")


class TestSend:
    """The decision goes to the person."""

    def test_sent(self) -> None:
        """Within two working days."""
        case = driven("decidePenalty")
        case.when(
            lambda case: case.send_decision(
                on(HANDLER, "2026-07-10 09:00"), how=Delivery.POST, reference="RR123456789VN"
            )
        ).then(
            fact(
                Case.DecisionSent,
                how="POST",
                reference="RR123456789VN",
                stopped=(ends("SEND_DECISION", "2026-07-14 00:00"),),
            ).under(rule="R-VN-LXLVPHC-70")
        )
        assert Mark.DECISION_SENT in case.aggregate.marks

    @pytest.mark.parametrize("at, late", [("2026-07-13 23:59", False), ("2026-07-14 00:00", True)])
    def test_late(self, at: str, late: bool) -> None:
        """After that it is late, and its reason is owed."""
        case = driven("decidePenalty").after(
            on(HANDLER, at), lambda case, ctx: case.send_decision(ctx, how=Delivery.POST, reference="RR1")
        )
        assert case.aggregate.late_without_reason == ({"SEND_DECISION": POLICE.id} if late else {})

    @pytest.mark.parametrize("at", ["2026-07-09 08:59", "2026-07-10 09:01"])
    def test_at_another_time(self, at: str) -> None:
        """Neither before it was decided nor tomorrow."""
        driven("decidePenalty").when(
            lambda case: case.send_decision(
                on(HANDLER, "2026-07-10 09:00"), how=Delivery.POST, reference="RR1", at=legal(at)
            )
        ).then_refused(InvalidInput)

    def test_twice(self) -> None:
        """Once."""
        driven("sendDecision").when(
            lambda case: case.send_decision(
                on(HANDLER, "2026-07-10 10:00"), how=Delivery.POST, reference="RR2"
            )
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-70")


class TestDeliver:
    """The person has it; their time to execute runs from the receipt."""

    @pytest.mark.parametrize("how", list(Delivery))
    def test_delivered(self, how: Delivery) -> None:
        """Ten days, the last of which is a Saturday: until the end of Monday."""
        driven("sendDecision").when(
            lambda case: case.confirm_delivery(
                on(HANDLER, "2026-07-15 10:00"),
                how=how,
                proof="Giấy báo phát số 9",
                received_at=legal("2026-07-15 09:00"),
            )
        ).then(
            fact(
                Case.DecisionDelivered,
                how=how.value,
                proof="Giấy báo phát số 9",
                clocks=(
                    runs(
                        "EXECUTE", "2026-07-15 09:00", "2026-07-28 00:00", "R-VN-LXLVPHC-73.1", missed="cost"
                    ),
                ),
            ).under(took_place_at=legal("2026-07-15 09:00"))
        )

    @pytest.mark.parametrize(
        "days, due", [(10, "2026-07-28 00:00"), (11, "2026-07-28 00:00"), (30, "2026-08-15 00:00")]
    )
    def test_longer(self, days: int, due: str) -> None:
        """A decision may give more than ten days: so many from the receipt, rolled as ten are."""

        def decided(case: Case, context: Context) -> None:
            case.decide(context, replace(PENALTY, execute_within_days=days))

        execute = driven("confirmDelivery", decidePenalty=decided).aggregate.clocks["EXECUTE"]
        assert (execute.started_at, execute.due) == (legal("2026-07-15 09:00"), legal(due))

    def test_not_sent(self) -> None:
        """What was not sent does not arrive."""
        driven("decidePenalty").when(
            lambda case: case.confirm_delivery(
                on(HANDLER, "2026-07-15 10:00"),
                how=Delivery.IN_PERSON,
                proof="Ký nhận",
                received_at=legal("2026-07-15 09:00"),
            )
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-70")

    @pytest.mark.parametrize("received", ["2026-07-10 08:59", "2026-07-15 10:01"])
    def test_at_another_time(self, received: str) -> None:
        """Neither before it was sent nor tomorrow."""
        refusal = (
            driven("sendDecision")
            .when(
                lambda case: case.confirm_delivery(
                    on(HANDLER, "2026-07-15 10:00"),
                    how=Delivery.POST,
                    proof="Giấy báo phát",
                    received_at=legal(received),
                )
            )
            .then_refused(InvalidInput)
        )
        assert refusal.path == "receivedAt"


class TestPay:
    """Payments are put on record, in đồng."""

    @pytest.mark.parametrize(
        "paid, currency",
        [(0, "VND"), (-1000, "VND"), (500, "VND"), (19_000_500, "VND"), (1000, "USD"), (1000, "")],
    )
    def test_no_amount(self, paid: int, currency: str) -> None:
        """More than nothing, in whole thousands, in no other currency."""
        outcome = driven("confirmDelivery").when(
            lambda case: case.pay(
                on(HANDLER, "2026-07-20 09:00"), paid=paid, currency=currency, receipt="BL-0001"
            )
        )
        assert isinstance(outcome.refusal, InvalidInput)
        assert (outcome.refusal.path, outcome.events) == ("amount", [])

    def test_before_delivery(self) -> None:
        """Nothing is owed before the decision has arrived, nor paid on a day before that."""
        driven("sendDecision").when(
            lambda case: case.pay(on(HANDLER, "2026-07-12 09:00"), paid=MILLION, currency="VND", receipt="B")
        ).then_refused(WrongState, rule="R-DH-13.2.1")
        driven("confirmDelivery").when(
            lambda case: case.pay(
                on(HANDLER, "2026-07-20 09:00"),
                paid=MILLION,
                currency="VND",
                receipt="B",
                at=legal("2026-07-14 09:00"),
            )
        ).then_refused(InvalidInput)


class TestExecute:
    """The decision is executed in full: fine, fee and remedies."""

    def test_in_time(self) -> None:
        """Without a fee, and nothing is held against the vehicle."""
        case = driven("recordPayment")
        case.when(lambda case: case.execute(on(HANDLER, "2026-07-20 10:00"), receipt="BL-0001")).then(
            fact(
                Case.DecisionExecuted,
                fine=19 * MILLION,
                late_fee=0,
                receipt="BL-0001",
                stopped=(ends("EXECUTE", "2026-07-28 00:00"), LIMIT),
            )
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.EXECUTED, {})
        assert case.aggregate.marks.isdisjoint({Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING})

    @pytest.mark.parametrize("paid", [0, 18_999_000])
    def test_not_all(self, paid: int) -> None:
        """While anything is owed it is not executed, and how much is said."""
        case = driven("confirmDelivery")
        if paid:
            pays(case, "2026-07-20 09:00", paid)
        refusal = case.when(
            lambda case: case.execute(on(HANDLER, "2026-07-20 10:00"), receipt="B")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-78.1")
        assert f"{19 * MILLION - paid} đồng" in refusal.en

    def test_late(self) -> None:
        """0.05 % a day of what is unpaid: eight days of 19 million, then two of nine."""
        case = overdue()
        pays(case, "2026-08-05 09:00", 10 * MILLION)
        pays(case, "2026-08-07 09:00", 9 * MILLION)
        fee = (19 * MILLION * 8 + 9 * MILLION * 2) * 5 // 10_000
        assert fee == 85_000
        refusal = case.when(
            lambda case: case.execute(on(HANDLER, "2026-08-07 10:00"), receipt="B")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-78.1")
        assert f"{fee} đồng are still owed" in refusal.en
        pays(case, "2026-08-07 11:00", fee)
        case.when(lambda case: case.execute(on(HANDLER, "2026-08-07 12:00"), receipt="BL-0003")).then(
            fact(
                Case.DecisionExecuted,
                fine=19 * MILLION,
                late_fee=fee,
                receipt="BL-0003",
                stopped=(ends("EXECUTE", "2026-07-28 00:00"), LIMIT),
            )
        )
        assert case.aggregate.late_without_reason == {}, "that a driver pays late is no delay of the police"

    def test_late_before_anybody_said_so(self) -> None:
        """The fee is owed whether or not the scheduler has said that the time has ended."""
        case = pays(driven("confirmDelivery"), "2026-08-05 09:00", 19 * MILLION)
        refusal = case.when(
            lambda case: case.execute(on(HANDLER, "2026-08-05 10:00"), receipt="B")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-78.1")
        assert f"{19 * MILLION * 8 * 5 // 10_000} đồng for late payment" in refusal.en

    def test_before_it_was_paid(self) -> None:
        """It was not executed before the day of the last payment."""
        case = pays(overdue(), "2026-08-05 09:00", 19_076_000)
        case.when(
            lambda case: case.execute(
                on(HANDLER, "2026-08-05 10:00"), receipt="B", at=legal("2026-07-20 09:00")
            )
        ).then_refused(InvalidInput)


class TestOverdue:
    """The time to execute ended without execution."""

    def test_overdue(self) -> None:
        """The scheduler says so once: the fee runs, and the inspection body is to be warned."""
        case = overdue()
        assert case.aggregate.state == CaseState.OVERDUE
        assert case.aggregate.marks >= {Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING}
        version = case.aggregate.version
        assert scheduler_says(case, "EXECUTE", "2026-07-29 00:05").aggregate.version == version

    def test_not_yet(self) -> None:
        """Not before it has ended."""
        case = scheduler_says(driven("confirmDelivery"), "EXECUTE", "2026-07-27 23:59")
        assert case.aggregate.state == CaseState.DELIVERED

    def test_enforced(self) -> None:
        """The head of the unit enforces what is overdue, and the fee still counts."""
        case = overdue()
        case.when(
            lambda case: case.enforce(
                on(CHIEF, "2026-08-10 09:00"), number="06/QĐ-CC", measure="Khấu trừ lương"
            )
        ).then(
            fact(Case.EnforcementDecided, number="06/QĐ-CC", measure="Khấu trừ lương").under(
                rule="R-VN-LXLVPHC-86"
            )
        )
        assert case.aggregate.state == CaseState.ENFORCED
        pays(case, "2026-08-10 10:00", 19 * MILLION + 123_500 - 500)
        case.when(lambda case: case.execute(on(HANDLER, "2026-08-10 11:00"), receipt="B")).then_refused(
            WrongState, rule="R-VN-LXLVPHC-78.1"
        )
        pays(case, "2026-08-10 12:00", 1000)
        case.after(on(HANDLER, "2026-08-10 13:00"), lambda case, ctx: case.execute(ctx, receipt="B"))

    def test_enforced_too_early(self) -> None:
        """What may still be paid is not enforced; nor by a member of the unit."""
        driven("confirmDelivery").when(
            lambda case: case.enforce(on(CHIEF, "2026-07-20 09:00"), number="06/QĐ", measure="Khấu trừ")
        ).then_refused(WrongState, rule="R-DH-13.2.1")
        member = overdue().when(
            lambda case: case.enforce(on(HANDLER, "2026-08-10 09:00"), number="06/QĐ", measure="Khấu trừ")
        )
        assert isinstance(member.refusal, Forbidden)


class TestResolve:
    """The case is settled."""

    def test_resolved(self) -> None:
        """Nothing more is expected, and no clock runs."""
        case = driven("executeDecision")
        case.when(lambda case: case.resolve(on(HANDLER, "2026-07-21 09:00"))).then(
            fact(Case.CaseResolved, told=())
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.RESOLVED, {})

    @pytest.mark.parametrize("until", ["confirmDelivery", "concludeCase"])
    def test_not_settled(self, until: str) -> None:
        """Not while a fine is owed, nor a violation unpunished."""
        driven(until).when(lambda case: case.resolve(on(HANDLER, "2026-07-21 09:00"))).then_refused(
            WrongState, rule="R-VN-TT73-24.3"
        )

    def test_who_was_warned(self) -> None:
        """Whoever was warned of the vehicle is told at once."""
        case = scheduler_says(overdue(), "EXECUTION_LIMITATION", "2027-07-09 00:05")
        case.when(lambda case: case.resolve(on(HANDLER, "2027-07-10 09:00"))).then_refused(
            InvalidInput, rule="R-VN-TT73-24.4"
        )
        case.after(
            on(HANDLER, "2027-07-10 09:00"), lambda case, ctx: case.resolve(ctx, told=("Cục Đăng kiểm",))
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.RESOLVED, {})
