"""Quảng Trị (1689/QĐ-UBND): supplied by the Centre at the Department of Information, to whom and how."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding
from domain.case.state import Channel
from domain.errors import Forbidden, InvalidInput, SameUnit, WrongState
from domain.unit import Unit
from tests.support.cases import TEXT, limitation
from tests.support.procedure import PENALTY, RECORD, VIOLATOR, runs, said
from tests.support.provinces import (
    CAR,
    QT_APPROVER,
    QT_BOARD,
    QT_CENTRE,
    QT_DISTRICT,
    QT_DISTRICT_CHIEF,
    QT_DISTRICT_HANDLER,
    QT_FORCE,
    QT_HANDLER,
    QT_POLICE,
    QT_STATION,
    QT_TRANSPORT,
    QUANG_TRI,
)
from tests.support.spec import CENTRE, Given, actor, fact, given, legal

on, driven = QUANG_TRI.on, QUANG_TRI.driven


class TestSupplied:
    """The Centre finds and supplies; it finds nothing out, and nobody's haste is invented."""

    @pytest.mark.rule("R-QT-15.2.b")
    @pytest.mark.rule("R-QT-12.3.0")
    def test_transferred(self) -> None:
        """The Centre transfers a candidate to the provincial police: no clock but the limitation goes with it."""
        given(Case, QUANG_TRI.begins()).when(
            lambda case: case.approve(on(QT_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=QT_POLICE)
        ).then(
            fact(
                Case.Approved,
                plate=said(CAR),
                recipient_unit_id=QT_POLICE.id,
                clocks=(limitation(QT_POLICE.id),),
            ).under(by=str(QT_APPROVER.account_id), unit_id=QT_CENTRE.id, rule="R-QT-8.1.0")
        )

    @pytest.mark.rule("R-QT-9.3.0")
    @pytest.mark.rule("R-QT-15.2.b")
    def test_by_competent_forces_only(self) -> None:
        """The Centre takes nothing over, verifies and concludes nothing, draws no record and decides no penalty."""
        theirs = QUANG_TRI.begins(track="OWN_DEVICE")
        officer = actor(0x74A1, QT_CENTRE, "HANDLER")
        chief = actor(0x74A2, QT_CENTRE, "LEADER", leader=True)
        ctx, led = on(officer, "2026-06-02 08:00"), on(chief, "2026-06-02 08:00")
        for case, act, who in (
            (given(Case, theirs), lambda case: case.receive(ctx), ctx),
            (driven("receiveCase"), lambda case: case.start_verification(ctx), ctx),
            (
                driven("startVerification"),
                lambda case: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
                ctx,
            ),
            (driven("determineViolator"), lambda case: case.draw(ctx, RECORD), ctx),
            (driven("drawRecord"), lambda case: case.decide(led, PENALTY), led),
        ):
            assert who.actor.unit_kind == "CENTRE"
            case.when(act).then_refused(Forbidden, rule="R-QT-9.3.0")

    @pytest.mark.rule("R-QT-12.3.0")
    @pytest.mark.rule("R-QT-12.4.c")
    def test_found_by_the_police(self) -> None:
        """What a device of the police finds starts with them: no Centre approves it, and the owner is told in time."""
        begins = QUANG_TRI.begins(
            holder_unit_id=QT_POLICE.id,
            track="OWN_DEVICE",
            clocks=(
                runs(
                    "OWNER_NOTICE", "2026-06-01 17:00", "2026-06-12 00:00", "R-VN-TT73-24.1.a", unit=QT_POLICE
                ),
                limitation(QT_POLICE.id),
            ),
        )
        given(Case, begins).when(lambda case: case.receive(on(QT_HANDLER, "2026-06-02 08:00"))).then(
            fact(Case.Received).under(unit_id=QT_POLICE.id, rule="R-QT-8.2.a")
        )

    @pytest.mark.rule("R-QT-13.1.a")
    def test_by_the_department_of_transport(self) -> None:
        """The Department of Transport sends on what its own cameras show, and not to itself."""
        supplier = actor(0x74A3, QT_TRANSPORT, "APPROVER")
        begins = QUANG_TRI.begins(holder_unit_id=QT_TRANSPORT.id)
        ctx = on(supplier, "2026-06-02 08:00")
        given(Case, begins).when(lambda case: case.approve(ctx, plate=CAR, recipient=QT_POLICE)).then(
            fact(
                Case.Approved,
                plate=said(CAR),
                recipient_unit_id=QT_POLICE.id,
                clocks=(limitation(QT_POLICE.id),),
            ).under(unit_id=QT_TRANSPORT.id, rule="R-QT-13.1.a")
        )
        given(Case, begins).when(
            lambda case: case.approve(ctx, plate=CAR, recipient=QT_TRANSPORT)
        ).then_refused(SameUnit, rule="R-QT-13.1.a")

    def test_before_the_regulation(self) -> None:
        """What was detected before the regulation took effect is kept, and cites its own first day."""
        begins = QUANG_TRI.begins(detected_at=legal("2023-08-01 17:00"))
        given(Case, begins).when(
            lambda case: case.approve(on(QT_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=QT_POLICE)
        ).then_refused(WrongState, rule="R-QT-QD.2.0")


class TestRecipients:
    """The registry of those who use the information."""

    @pytest.mark.parametrize(
        "recipient",
        [
            pytest.param(QT_POLICE, marks=[pytest.mark.rule("R-QT-8.2.a"), pytest.mark.rule("R-QT-8.2.d")]),
            pytest.param(QT_BOARD, marks=pytest.mark.rule("R-QT-8.2.c")),
            pytest.param(QT_TRANSPORT, marks=pytest.mark.rule("R-QT-13.2.0")),
            pytest.param(QT_FORCE, marks=pytest.mark.rule("R-QT-8.2.e")),
        ],
        ids=lambda unit: unit.kind,
    )
    def test_receives(self, recipient: Unit) -> None:
        """Each kind of unit that the regulation names is a recipient."""
        case = given(Case, QUANG_TRI.begins())
        case.after(
            on(QT_APPROVER, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=CAR, recipient=recipient),
        )
        assert (case.aggregate.state, case.aggregate.holder_unit_id) == (CaseState.APPROVED, recipient.id)

    @pytest.mark.parametrize("recipient", [QT_STATION, CENTRE], ids=lambda unit: unit.kind)
    def test_others_do_not(self, recipient: Unit) -> None:
        """An inspection centre is sent no case, nor is a kind of unit that the regulation does not know."""
        given(Case, QUANG_TRI.begins()).when(
            lambda case: case.approve(on(QT_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=recipient)
        ).then_refused(InvalidInput, rule="R-QT-9.3.0")

    @pytest.mark.rule("R-QT-8.2.đ")
    def test_district_police(self) -> None:
        """The district police received cases up to the last day of their tier; then their successor is named."""
        begins = QUANG_TRI.begins(
            detected_at=legal("2025-02-27 08:00"),
            occurred_at=legal("2025-02-27 07:59"),
        )

        def sent(when: str) -> Any:
            ctx = on(QT_APPROVER, when)
            return given(Case, begins).when(lambda case: case.approve(ctx, plate=CAR, recipient=QT_DISTRICT))

        last = sent("2025-02-28 17:00")
        assert (last.refusal, last.events[0].recipient_unit_id) == (None, QT_DISTRICT.id)
        refusal = sent("2025-03-01 08:00").then_refused(InvalidInput, rule="R-QT-9.3.0")
        assert refusal.en == (
            "recipientUnitId: there are units of kind DISTRICT_POLICE up to 2025-02-28;"
            " they are followed by PROVINCIAL_POLICE"
        )

    @pytest.mark.rule("R-QT-8.2.đ")
    def test_decision_of_a_district(self) -> None:
        """The head of a district fined on the last day of the tier; the day after no unit of it acts any more."""
        begins = QUANG_TRI.begins(
            detected_at=legal("2025-02-03 08:00"),
            occurred_at=legal("2025-02-03 07:59"),
        )
        acts: tuple[tuple[str, Any], ...] = (
            ("2025-02-04 08:00", Case.receive),
            ("2025-02-04 09:00", Case.start_verification),
            ("2025-02-06 09:00", lambda c, ctx: c.conclude(ctx, finding=Finding.VIOLATION, text=TEXT)),
            ("2025-02-07 09:00", lambda c, ctx: c.determine_violator(ctx, **VIOLATOR)),
            ("2025-02-21 10:00", lambda c, ctx: c.draw(ctx, replace(RECORD, offence_code="7.7.c"))),
        )

        def recorded() -> Given[Case]:
            case = given(Case, replace(begins, said={**begins.said, "rule": "RED_LIGHT"}))
            case.after(
                on(QT_APPROVER, "2025-02-03 09:00"),
                lambda c, ctx: c.approve(ctx, plate=CAR, recipient=QT_DISTRICT),
            )
            for at, act in acts:
                case.after(on(QT_DISTRICT_HANDLER, at), act)
            return case

        penalty = replace(PENALTY, signer_title="CITY_POLICE_CHIEF", offence_code="7.7.c", fine=5_000_000)
        last = recorded().when(lambda c: c.decide(on(QT_DISTRICT_CHIEF, "2025-02-28 16:00"), penalty))
        [issued] = last.events
        assert isinstance(issued, Case.DecisionIssued)
        assert issued.ceiling == 15_000_000
        refusal = (
            recorded()
            .when(lambda c: c.decide(on(QT_DISTRICT_CHIEF, "2025-03-03 08:00"), penalty))
            .then_refused(Forbidden, rule="R-QT-12.3.0")
        )
        assert "case.decide (unit-in-force)" in refusal.en


class TestChannels:
    """How data go."""

    @pytest.mark.rule("R-QT-9.1.0")
    @pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.SOFTWARE])
    def test_by_hand(self, channel: Channel) -> None:
        """What goes by document, phone, fax or on a device names its reference and its receiver."""
        ctx = on(QT_APPROVER, "2026-06-02 08:00")
        by_hand: dict[str, Any] = {"plate": CAR, "recipient": QT_POLICE, "channel": channel}
        for missing in ({"reference": "12/CV-TTTT"}, {"receiver": "Người Nhận"}):
            given(Case, QUANG_TRI.begins()).when(
                partial(Case.approve, context=ctx, **{**by_hand, **missing})
            ).then_refused(InvalidInput, rule="R-QT-9.1.0")
        given(Case, QUANG_TRI.begins()).when(
            lambda case: case.approve(ctx, **by_hand, reference="12/CV-TTTT", receiver="Người Nhận")
        ).then(
            fact(
                Case.Approved,
                plate=said(CAR),
                recipient_unit_id=QT_POLICE.id,
                channel=channel.value,
                reference="12/CV-TTTT",
                receiver=said("Người Nhận"),
                clocks=(limitation(QT_POLICE.id),),
            ).under(by=str(QT_APPROVER.account_id), took_place_at=ctx.now)
        )

    @pytest.mark.rule("R-QT-9.2.0")
    def test_by_line(self) -> None:
        """What goes over the line needs neither: the system is the receipt."""
        case = driven("approveCase")
        case.when(lambda case: case.receive(on(QT_HANDLER, "2026-06-03 08:00"))).then(
            fact(Case.Received).under(by=str(QT_HANDLER.account_id), rule="R-QT-8.2.a")
        )
