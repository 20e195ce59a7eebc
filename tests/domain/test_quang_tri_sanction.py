"""Quảng Trị (1689/QĐ-UBND): verified, sanctioned and executed by the police, or by the traffic inspectors."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.review import Correctable
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cases import PLATE, TEXT
from tests.support.procedure import PENALTY, RECORD, VIOLATOR, runs, said
from tests.support.provinces import (
    CAR,
    QT_APPROVER,
    QT_CENTRE,
    QT_CHIEF,
    QT_CHIEF_INSPECTOR,
    QT_HANDLER,
    QT_INSPECTOR,
    QT_POLICE,
    QT_TRANSPORT,
    QUANG_TRI,
)
from tests.support.spec import Given, actor, fact, given

on, driven = QUANG_TRI.on, QUANG_TRI.driven


def to_inspectors(until: str) -> Given[Case]:
    """A case that the police sent on to the inspectors, as those have it after an act."""
    case = driven("receiveCase").after(
        on(QT_HANDLER, "2026-06-03 09:00"),
        lambda case, ctx: case.forward(
            ctx, recipient=QT_TRANSPORT, outside=None, text="Thuộc lĩnh vực của Thanh tra giao thông"
        ),
    )
    acts: dict[str, tuple[str, Any]] = {
        "receiveCase": ("2026-06-04 08:00", Case.receive),
        "startVerification": ("2026-06-04 09:00", Case.start_verification),
        "concludeCase": (
            "2026-06-22 09:00",
            lambda case, ctx: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
        ),
        "determineViolator": (
            "2026-06-30 09:00",
            lambda case, ctx: case.determine_violator(ctx, **VIOLATOR),
        ),
        "drawRecord": ("2026-07-01 10:00", lambda case, ctx: case.draw(ctx, RECORD)),
    }
    for name, (at, act) in acts.items():
        case.after(on(QT_INSPECTOR, at), act)
        if name == until:
            return case
    raise LookupError(until)


class TestSanctioned:
    """The police sanction by the national procedure, and tell whoever supplied it."""

    @pytest.mark.rule("R-QT-12.3.0")
    @pytest.mark.parametrize(
        "until, state, clocks",
        [
            ("receiveCase", "RECEIVED", {"LIMITATION": "R-VN-LXLVPHC-6.1.a"}),
            (
                "startVerification",
                "VERIFYING",
                {"LIMITATION": "R-VN-LXLVPHC-6.1.a", "VERIFY": "R-VN-ND61-21.1"},
            ),
            ("concludeCase", "CONCLUDED", {"LIMITATION": "R-VN-LXLVPHC-6.1.a"}),
            (
                "determineViolator",
                "CONCLUDED",
                {"LIMITATION": "R-VN-LXLVPHC-6.1.a", "DRAW_RECORD": "R-VN-ND61-15.1.c"},
            ),
            (
                "drawRecord",
                "RECORDED",
                {
                    "LIMITATION": "R-VN-LXLVPHC-6.1.a",
                    "DECIDE": "R-VN-LXLVPHC-66.1.a",
                    "EXPLAIN_WRITTEN": "R-VN-LXLVPHC-61.2",
                    "EXPLAIN_REQUEST": "R-VN-LXLVPHC-61.3",
                },
            ),
            (
                "decidePenalty",
                "DECIDED",
                {"SEND_DECISION": "R-VN-LXLVPHC-70", "EXECUTION_LIMITATION": "R-VN-LXLVPHC-74.1"},
            ),
            (
                "confirmDelivery",
                "DELIVERED",
                {"EXECUTE": "R-VN-LXLVPHC-73.1", "EXECUTION_LIMITATION": "R-VN-LXLVPHC-74.1"},
            ),
            ("executeDecision", "EXECUTED", {}),
            ("resolveCase", "RESOLVED", {}),
        ],
    )
    def test_clocks(self, until: str, state: str, clocks: dict[str, str]) -> None:
        """At every step only national clocks run; the regulation sets none, so none is invented."""
        case = driven(until).aggregate
        assert (case.state, {timer: clock.rule for timer, clock in case.clocks.items()}) == (state, clocks)

    def test_verification_from_acceptance(self) -> None:
        """Verification is counted from its acceptance, not from the receipt (C1)."""
        case = driven("receiveCase")
        case.when(lambda case: case.start_verification(on(QT_HANDLER, "2026-06-03 09:00"))).then(
            fact(
                Case.VerificationStarted,
                clocks=(
                    runs(
                        "VERIFY",
                        "2026-06-03 09:00",
                        "2026-07-04 00:00",
                        "R-VN-ND61-21.1",
                        "NORMAL",
                        unit=QT_POLICE,
                    ),
                ),
            ).under(rule="R-QT-12.3.0")
        )

    @pytest.mark.rule("R-QT-12.4.b")
    @pytest.mark.rule("R-QT-13.3.0")
    def test_result_told(self) -> None:
        """The result goes back to the unit that supplied the case, once, without a limit of its own."""
        case = driven("concludeCase")
        assert case.aggregate.approving_unit_id == QT_CENTRE.id
        ctx = on(QT_HANDLER, "2026-06-24 09:00")
        case.when(lambda case: case.notify_result(ctx)).then(
            fact(Case.ResultNotified).under(by=str(QT_HANDLER.account_id), rule="R-QT-12.3.0")
        )
        case.when(lambda case: case.notify_result(ctx)).then_refused(WrongState, rule="R-QT-12.3.0")

    def test_no_publication(self) -> None:
        """The regulation names no app, so nobody publishes."""
        case = driven("concludeCase")
        for who in (QT_APPROVER, actor(0x74A4, QT_POLICE, "APPROVER")):
            case.when(partial(Case.publish, context=on(who, "2026-06-24 09:00"))).then_refused(
                Forbidden, rule="R-QT-5.5.0"
            )


class TestInspectors:
    """The traffic inspectors are a second competent authority, in their own field (C17)."""

    @pytest.mark.rule("R-QT-13.2.0")
    def test_own_process(self) -> None:
        """A case routed to the inspectors is received, verified, concluded and recorded by them."""
        case = to_inspectors("drawRecord").aggregate
        assert (case.state, case.holder_unit_id) == (CaseState.RECORDED, QT_TRANSPORT.id)
        assert {clock.unit_id for clock in case.clocks.values()} == {QT_TRANSPORT.id}

    @pytest.mark.rule("R-QT-13.2.0")
    def test_by_the_centre_itself(self) -> None:
        """The Centre may supply the inspectors at once; they tell it the result as the police do."""
        case = given(Case, QUANG_TRI.begins()).after(
            on(QT_APPROVER, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=CAR, recipient=QT_TRANSPORT),
        )
        for at, act in (
            ("2026-06-03 08:00", Case.receive),
            ("2026-06-03 09:00", Case.start_verification),
            (
                "2026-06-10 09:00",
                lambda case, ctx: case.conclude(ctx, finding=Finding.NO_VIOLATION, text=TEXT),
            ),
        ):
            case.after(on(QT_INSPECTOR, at), act)
        case.when(lambda case: case.notify_result(on(QT_INSPECTOR, "2026-06-11 09:00"))).then(
            fact(Case.ResultNotified).under(unit_id=QT_TRANSPORT.id, rule="R-QT-13.2.0")
        )

    @pytest.mark.rule("R-QT-12.3.0")
    @pytest.mark.rule("R-QT-13.2.0")
    def test_one_authority_at_a_time(self) -> None:
        """While the inspectors have a case the police do nothing on it, and the other way round."""
        theirs = to_inspectors("concludeCase")
        theirs.when(
            lambda case: case.determine_violator(on(QT_HANDLER, "2026-06-30 09:00"), **VIOLATOR)
        ).then_refused(Forbidden, rule="R-QT-12.3.0")
        ours = driven("determineViolator")
        ours.when(lambda case: case.draw(on(QT_INSPECTOR, "2026-07-01 10:00"), RECORD)).then_refused(
            Forbidden, rule="R-QT-13.2.0"
        )

    @pytest.mark.rule("R-QT-13.2.0")
    def test_penalty(self) -> None:
        """No ceiling of inspectors is in the table of the law: their fine is refused, and says what is missing."""
        case = to_inspectors("drawRecord")
        refusal = case.when(
            lambda case: case.decide(
                on(QT_CHIEF_INSPECTOR, "2026-07-09 09:00"), replace(PENALTY, signer_title="CHIEF_INSPECTOR")
            )
        ).then_refused(Forbidden, rule="R-QT-13.2.0")
        assert refusal.en == "The title CHIEF_INSPECTOR has no power in this unit; there are: —"

    def test_record_to_the_police(self) -> None:
        """What they recorded and may not decide goes to the police, whose chief decides in the time of the record."""
        case = to_inspectors("drawRecord").after(
            on(QT_INSPECTOR, "2026-07-02 08:00"),
            lambda case, ctx: case.transfer_record(ctx, recipient=QT_POLICE),
        )
        assert case.aggregate.clocks["DECIDE"] == runs(
            "DECIDE",
            "2026-07-01 10:00",
            "2026-07-16 00:00",
            "R-VN-LXLVPHC-66.1.a",
            "FILE_TRANSFERRED",
            missed="bars",
            unit=QT_POLICE,
        )
        penalty = replace(PENALTY, signer_title="TRAFFIC_DIVISION_HEAD")
        decided = case.when(lambda case: case.decide(on(QT_CHIEF, "2026-07-14 09:00"), penalty))
        [issued] = decided.events
        assert isinstance(issued, Case.DecisionIssued)
        assert issued.ceiling == 60_000_000


class TestInspection:
    """Vehicles with an unexecuted decision are not inspected."""

    @pytest.mark.rule("R-QT-13.4.0")
    def test_refused_from_the_decision(self) -> None:
        """From the decision on, delivered or not, the vehicle is refused; the notice alone refuses nothing."""
        assert Mark.INSPECTION_REFUSAL not in driven("drawRecord").aggregate.marks
        for until in ("decidePenalty", "sendDecision", "confirmDelivery", "recordPayment"):
            assert Mark.INSPECTION_REFUSAL in driven(until).aggregate.marks, until

    @pytest.mark.rule("R-QT-13.4.0")
    def test_lifted_when_executed(self) -> None:
        """Once the decision is executed in full the vehicle is inspected again."""
        assert Mark.INSPECTION_REFUSAL not in driven("executeDecision").aggregate.marks

    def test_partly_paid(self) -> None:
        """A part of the fine lifts nothing."""
        case = driven(
            "recordPayment",
            recordPayment=lambda case, ctx: case.pay(ctx, paid=9_000_000, currency="VND", receipt="BL-1"),
        )
        case.when(lambda case: case.execute(on(QT_HANDLER, "2026-07-20 10:00"), receipt="BL-1")).then_refused(
            WrongState, rule="R-VN-LXLVPHC-78.1"
        )
        assert Mark.INSPECTION_REFUSAL in case.aggregate.marks


class TestAbnormal:
    """Congestion and accidents are information, not violations: they have the short path."""

    @pytest.mark.rule("R-QT-8.1.0")
    @pytest.mark.parametrize("kind", ["CONGESTION", "ACCIDENT", "ABNORMAL"])
    def test_short_path(self, kind: str) -> None:
        """The Centre supplies it, the police receive it and say what was done; nobody is sanctioned for it."""
        assert kind in on(QT_APPROVER, "2026-06-02 08:00").rulebook.kinds("SECURITY")
        assert kind not in on(QT_APPROVER, "2026-06-02 08:00").rulebook.kinds("TRAFFIC")
        case = given(Case, QUANG_TRI.begins(domain="SECURITY", rule=kind)).after(
            on(QT_APPROVER, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=None, recipient=QT_POLICE),
        )
        case.after(on(QT_HANDLER, "2026-06-02 08:10"), Case.receive)
        case.when(lambda case: case.start_verification(on(QT_HANDLER, "2026-06-02 08:20"))).then_refused(
            WrongState, rule="R-QT-12.3.0"
        )
        case.when(lambda case: case.handle(on(QT_HANDLER, "2026-06-02 09:00"), text="Đã phân luồng")).then(
            fact(Case.Handled, text=said("Đã phân luồng")).under(rule="R-QT-8.2.a")
        )


def test_correction_cites_this_regulation() -> None:
    """A correction without its reason is refused by the rule of the province, not of another one."""
    case = driven("identifyOwner")
    ctx = on(QT_HANDLER, "2026-06-11 09:00")
    case.when(lambda case: case.correct(ctx, field=Correctable.PLATE, value=PLATE, text=" ")).then_refused(
        InvalidInput, rule="R-QT-5.4.0"
    )
