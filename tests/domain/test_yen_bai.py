"""Yên Bái: three equal parties of a coordination regulation that is known from a press report only."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding
from domain.case.state import Channel, Voided
from domain.context import Actor, Context
from domain.errors import Forbidden, InvalidInput, WrongState
from policies.reading import INSTALLED
from policies.rulebook import Rulebook, load, read
from tests.support.cases import TEXT
from tests.support.procedure import VIOLATOR
from tests.support.provinces import (
    YB,
    YB_APPROVER,
    YB_HANDLER,
    YB_INSPECTOR,
    YB_OFFICE,
    YB_OFFICE_APPROVER,
    YB_OFFICER,
    YB_POLICE,
    YB_POLICE_APPROVER,
    YB_TRANSPORT,
    YEN_BAI,
)
from tests.support.spec import actor, fact, given, legal

CAR = "21A-123.45"
PARTIES = (YB_POLICE, YB_OFFICE, YB_TRANSPORT)
Edit = Callable[[str], str]
on, driven = YEN_BAI.on, YEN_BAI.driven


def under(rulebook: Rulebook, who: Actor, when: str) -> Context:
    """An act under an edited rulebook."""
    now = legal(when)
    return Context(actor=who, now=now, rulebook=rulebook.on(now.date()), authority=rulebook.authority)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Rulebook]:
    """The rulebook of Yên Bái with lines of its files said otherwise."""

    def edit(*changes: tuple[str, str, str]) -> Rulebook:
        folder = tmp_path / "yen_bai"
        shutil.copytree(INSTALLED / "yen_bai", folder)
        for name, was, becomes in changes:
            path = folder / name
            text = path.read_text(encoding="utf-8")
            assert text.count(was) == 1, (name, was)
            path.write_text(text.replace(was, becomes), encoding="utf-8")
        return read(YB, tmp_path)

    return edit


class TestParties:
    """None of the three stands under another."""

    @pytest.mark.rule("R-YB-5.0.0")
    def test_equal(self) -> None:
        """The regulation knows the three, none of them part of another, none following another."""
        kinds = load(YB).says.unit_kinds
        assert set(kinds) == {unit.kind for unit in PARTIES}
        assert [(kind.parent, kind.successor, kind.to) for kind in kinds.values()] == [(None, None, None)] * 3

    @pytest.mark.rule("R-YB-11.1.0")
    @pytest.mark.parametrize(
        "supplier, sanctioner",
        [
            pytest.param(YB_APPROVER, (YB_POLICE, YB_HANDLER), id="transport-to-police"),
            pytest.param(YB_POLICE_APPROVER, (YB_TRANSPORT, YB_INSPECTOR), id="police-to-transport"),
        ],
    )
    def test_by_function(self, supplier: Actor, sanctioner: Any) -> None:
        """Police and inspectors supply and sanction by their own laws; whoever supplies does not conclude."""
        recipient, handler = sanctioner
        case = given(Case, YEN_BAI.begins(holder_unit_id=supplier.unit_id)).after(
            on(supplier, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=CAR, recipient=recipient),
        )
        case.after(on(handler, "2026-06-03 08:00"), Case.receive)
        case.after(on(handler, "2026-06-03 09:00"), Case.start_verification)
        colleague = actor(0x21A1, PARTIES[0] if supplier is YB_POLICE_APPROVER else PARTIES[2], "HANDLER")
        case.when(
            lambda case: case.conclude(
                on(colleague, "2026-06-22 09:00"), finding=Finding.VIOLATION, text=TEXT
            )
        ).then_refused(Forbidden, rule="R-YB-11.1.0")
        case.after(
            on(handler, "2026-06-22 09:00"),
            lambda case, ctx: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
        )
        assert case.aggregate.state == CaseState.CONCLUDED

    @pytest.mark.rule("R-YB-11.1.0")
    def test_the_office(self) -> None:
        """The office of the committee uses images and takes no part in sanctioning: the law gives it no power."""
        held = given(Case, YEN_BAI.begins(holder_unit_id=YB_OFFICE.id))
        held.when(
            lambda case: case.approve(
                on(YB_OFFICE_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=YB_POLICE
            )
        ).then_refused(Forbidden, rule="R-YB-11.1.0")
        given(Case, YEN_BAI.begins()).when(
            lambda case: case.approve(on(YB_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=YB_OFFICE)
        ).then_refused(InvalidInput, rule="R-YB-11.1.0")

    @pytest.mark.rule("R-YB-11.3.0")
    def test_no_party_overrides_another(self) -> None:
        """What one party holds or recorded, the others neither change, forward nor declare void."""
        case = driven("drawRecord")
        assert case.aggregate.holder_unit_id == YB_POLICE.id
        chief = actor(0x21A2, YB_TRANSPORT, "LEADER", leader=True)
        case.when(
            lambda case: case.void(
                on(chief, "2026-07-02 09:00"), what=Voided.RECORD, document="1/QĐ", text="Sai"
            )
        ).then_refused(Forbidden, rule="R-YB-11.1.0")
        concluded = driven("concludeCase")
        theirs = on(YB_INSPECTOR, "2026-06-30 09:00")
        concluded.when(lambda case: case.determine_violator(theirs, **VIOLATOR)).then_refused(
            Forbidden, rule="R-YB-11.1.0"
        )
        concluded.when(
            lambda case: case.forward(theirs, recipient=YB_TRANSPORT, outside=None, text="Lấy về")
        ).then_refused(Forbidden, rule="R-YB-11.1.0")


class TestScope:
    """What the regulation is about, and how data go."""

    @pytest.mark.rule("R-YB-9.1.0")
    def test_traffic_only(self) -> None:
        """Nobody receives a case of the security domain."""
        ctx = on(YB_APPROVER, "2026-06-02 08:00")
        assert [ctx.receives(unit.kind, "SECURITY") for unit in PARTIES] == [False] * 3
        assert [ctx.receives(unit.kind, "TRAFFIC") for unit in PARTIES] == [True, False, True]
        given(Case, YEN_BAI.begins(domain="SECURITY")).when(
            lambda case: case.approve(ctx, plate=None, recipient=YB_POLICE)
        ).then_refused(InvalidInput, rule="R-YB-11.1.0")

    @pytest.mark.rule("R-YB-13.3.0")
    def test_channels(self) -> None:
        """What goes by document, phone or e-mail names its reference and its receiver, by the rule of the forms."""
        ctx = on(YB_APPROVER, "2026-06-02 08:00")
        for channel in (Channel.DOCUMENT, Channel.PHONE, Channel.EMAIL):
            case = given(Case, YEN_BAI.begins())
            refusal = case.when(
                partial(
                    Case.approve,
                    context=ctx,
                    plate=CAR,
                    recipient=YB_POLICE,
                    channel=channel,
                    receiver="Người Nhận",
                )
            ).then_refused(InvalidInput, rule="R-YB-13.3.0")
            assert refusal.path == "reference"
        case = given(Case, YEN_BAI.begins()).after(
            ctx,
            lambda case, ctx: case.approve(
                ctx,
                plate=CAR,
                recipient=YB_POLICE,
                channel=Channel.DOCUMENT,
                reference="7/SGTVT",
                receiver="Người Nhận",
            ),
        )
        assert case.aggregate.holder_unit_id == YB_POLICE.id

    @pytest.mark.rule("R-YB-13.5.0")
    def test_silent_is_denied(self) -> None:
        """What the report does not say is denied to every party, and the refusal cites what denies it."""
        silent = (
            "camera.ptz",
            "face.recognise",
            "extraction.request",
            "extraction.approve",
            "extraction.execute",
            "inspection.refuse",
            "case.publish",
            "account.administer",
            "account.review",
            "audit.replay",
        )
        cited = "; ".join(load(YB).citation(rule) for rule in ("R-YB-13.5.0", "R-YB-11.1.0"))
        for party in PARTIES:
            for action in silent:
                refusal = on(actor(1, party, "HANDLER"), "2026-06-02 08:00").check_may(action)
                assert isinstance(refusal, Forbidden)
                assert (refusal.rule, refusal.en) == (
                    "R-YB-13.5.0",
                    f"The account's unit or function may not do {action} [{cited}]",
                )

    def test_a_step_that_is_not_there(self) -> None:
        """No notice of the result is among the steps: it is refused as not set, whoever asks."""
        case = driven("concludeCase", notifyResult=None)
        refusal = case.when(lambda case: case.notify_result(on(YB_HANDLER, "2026-06-24 09:00"))).then_refused(
            WrongState
        )
        assert refusal.en == "The step NOTIFY_RESULT is not set by this regulation"


class TestData:
    """The responsibilities of each party are data: whoever learns them writes them down, and the process follows."""

    @pytest.mark.rule("R-YB-13.5.0")
    def test_another_party(self, edited: Callable[..., Rulebook]) -> None:
        """One cell of the matrix makes the office a receiver; the installed rulebook stays as it was."""
        cell = "COMMITTEE_OFFICE,case.receive,,,{},,national law only,R-YB-11.1.0"
        rulebook = edited(("access.csv", cell.format("no"), cell.format("yes")))
        given(Case, YEN_BAI.begins()).after(
            under(rulebook, YB_APPROVER, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=CAR, recipient=YB_OFFICE),
        ).when(lambda case: case.receive(under(rulebook, YB_OFFICER, "2026-06-03 08:00"))).then(
            fact(Case.Received).under(unit_id=YB_OFFICE.id, rule="R-YB-11.1.0")
        )
        assert load(YB).authority.receives("COMMITTEE_OFFICE", "TRAFFIC") is False

    @pytest.mark.rule("R-YB-11.1.0")
    def test_without_its_law(self, edited: Callable[..., Rulebook]) -> None:
        """Whoever is given no law of inspectors does what needs one no longer."""
        rulebook = edited(("rulebook.yaml", "  TRANSPORT_DEPARTMENT: [inspectors-law]\n", ""))
        refusal = (
            given(Case, YEN_BAI.begins())
            .when(
                lambda case: case.approve(
                    under(rulebook, YB_APPROVER, "2026-06-02 08:00"), plate=CAR, recipient=YB_POLICE
                )
            )
            .then_refused(Forbidden, rule="R-YB-11.1.0")
        )
        assert "(inspectors-law)" in refusal.en

    @pytest.mark.rule("R-QT-12.2.0")
    @pytest.mark.rule("R-YB-13.5.0")
    def test_steps(self, edited: Callable[..., Rulebook]) -> None:
        """A step that is written down is open, and one that is struck out is refused as not set."""
        refer = "  - {step: REFER, action: case.conclude, rule: R-VN-LXLVPHC-62.1, optional: true}\n"
        notify = "  - {step: NOTIFY_RESULT, action: case.notify, rule: R-YB-13.1.0}\n"
        rulebook = edited(("rulebook.yaml", refer, notify))
        case = driven("concludeCase")
        refusal = case.when(
            lambda case: case.refer(
                under(rulebook, YB_HANDLER, "2026-06-24 08:00"),
                to="Cơ quan điều tra",
                documents=("Biên bản",),
                text="Có dấu hiệu tội phạm",
            )
        ).then_refused(WrongState)
        assert refusal.en == "The step REFER is not set by this regulation"
        case.when(lambda case: case.notify_result(under(rulebook, YB_HANDLER, "2026-06-24 09:00"))).then(
            fact(Case.ResultNotified).under(unit_id=YB_POLICE.id)
        )

    def test_a_step_nobody_knows(self, edited: Callable[..., Rulebook]) -> None:
        """A step by a name that the process does not know is refused when the rulebook is read."""
        with pytest.raises(ValueError, match=r"case_steps.*NOTIFY_RESULT"):
            edited(("rulebook.yaml", "step: REFER,", "step: MEET,"))
