"""The penalty decision: who may, how much, until when."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.sanction import PenaltyWords
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, SamePerson, WrongState
from domain.rules import RefusalFrom
from tests.support.cases import PLATE, TEXT, detected
from tests.support.procedure import (
    CHIEF,
    OWNER,
    PENALTY,
    RECORD,
    TEAM_CHIEF,
    VIOLATOR,
    WAY,
    driven,
    ends,
    of_an_organisation,
    on,
    on_a_motorbike,
    runs,
    said,
)
from tests.support.spec import (
    APPROVER,
    HANDLER,
    POLICE,
    TEAM,
    Fact,
    Given,
    actor,
    context,
    fact,
    given,
    legal,
)

DECIDED = "2026-07-09 09:00"
OFFICER = actor(14, POLICE, "LEADER")


def by_motorbike(until: str = "drawRecord", **otherwise: Any) -> Given[Case]:
    """The usual case, of a motorbike."""

    def drawn(case: Case, context: Context) -> None:
        case.draw(context, replace(RECORD, offence_code="7.7.c"))

    return driven(until, identifyOwner=on_a_motorbike, drawRecord=drawn, **otherwise)


BY_MOTORBIKE = replace(PENALTY, offence_code="7.7.c", fine=5_000_000)


class TestDecide:
    """A competent person decides the penalty on a record, in time."""

    @pytest.mark.rule("R-DH-13.2.1", "R-DHV-2.2.0", "R-DH-11.3.b4")
    def test_decided(self) -> None:
        """Two working days to send it and a year to execute it run, every time to decide ends."""
        case = driven("drawRecord")
        case.when(lambda case: case.decide(on(CHIEF, DECIDED), PENALTY)).then(
            fact(
                Case.DecisionIssued,
                number="05/QĐ-XPHC",
                signer_title="TEAM_LEADER",
                ceiling=22_500_000,
                offence_code="6.9.b",
                organisation=False,
                fine=19_000_000,
                points=4,
                suspension_months=0,
                remedies=(),
                circumstances=None,
                execute_within_days=10,
                refuses_inspection=False,
                clocks=(
                    runs("SEND_DECISION", DECIDED, "2026-07-14 00:00", "R-VN-LXLVPHC-70"),
                    runs(
                        "EXECUTION_LIMITATION",
                        DECIDED,
                        "2027-07-09 00:00",
                        "R-VN-LXLVPHC-74.1",
                        missed="bars",
                    ),
                ),
                stopped=(
                    ends("LIMITATION", "2027-06-01 00:00"),
                    ends("DECIDE", "2026-07-11 00:00"),
                    ends("EXPLAIN_WRITTEN", "2026-07-09 00:00"),
                    ends("EXPLAIN_REQUEST", "2026-07-04 00:00"),
                ),
            ).under(by=str(CHIEF.account_id), rule="R-DH-13.2.1")
        )
        assert (case.aggregate.state, Mark.INSPECTION_REFUSAL in case.aggregate.marks) == (
            CaseState.DECIDED,
            False,
        )

    @pytest.mark.rule("R-QT-13.4.0")
    def test_no_inspection(self) -> None:
        """Where the regulation says so the vehicle is not inspected from the decision on, until it is executed."""
        at_once = on(CHIEF, DECIDED, refusal_from=RefusalFrom.DECISION)
        case = driven("drawRecord").after(at_once, lambda case, ctx: case.decide(ctx, PENALTY))
        assert Mark.INSPECTION_REFUSAL in case.aggregate.marks
        for name in ("sendDecision", "confirmDelivery", "recordPayment", "executeDecision"):
            assert Mark.INSPECTION_REFUSAL in case.aggregate.marks
            at, who, act = WAY[name]
            case.after(context(who, at), act)
        assert Mark.INSPECTION_REFUSAL not in case.aggregate.marks

    def test_words(self) -> None:
        """Remedies and what was weighed stand in it; the latter is sealed."""
        more = replace(PENALTY, remedies=("Buộc khôi phục",), circumstances="Thành khẩn")
        [decided] = driven("drawRecord").when(lambda case: case.decide(on(CHIEF, DECIDED), more)).events
        assert isinstance(decided, Case.DecisionIssued)
        assert (decided.remedies, decided.circumstances) == (("Buộc khôi phục",), said("Thành khẩn"))

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"fine": 17_999_000}, "fine"),
            ({"fine": 20_001_000}, "fine"),
            ({"fine": 19_000_500}, "fine"),
            ({"fine": 19_000}, "fine"),
            ({"fine": -19_000_000}, "fine"),
            ({"currency": "USD"}, "fine"),
            ({"currency": "vnd"}, "fine"),
            ({"points": 0}, "points"),
            ({"points": 5}, "points"),
            ({"suspension_months": 1}, "suspensionMonths"),
        ],
    )
    def test_not_of_the_article(self, otherwise: dict[str, Any], path: str) -> None:
        """Below or above the bracket, in another currency or unit, with other points or a suspension."""
        refusal = (
            driven("drawRecord")
            .when(lambda case: case.decide(on(CHIEF, DECIDED), replace(PENALTY, **otherwise)))
            .then_refused(InvalidInput, rule="R-VN-ND168-6")
        )
        assert refusal.path == path

    @pytest.mark.parametrize("fine", [18_000_000, 20_000_000])
    def test_ends_of_the_bracket(self, fine: int) -> None:
        """The ends belong to it."""
        driven("drawRecord").after(
            on(CHIEF, DECIDED), lambda case, ctx: case.decide(ctx, replace(PENALTY, fine=fine))
        )

    @pytest.mark.parametrize(
        "otherwise, path, rule",
        [
            ({"offence_code": "7.7.c"}, "offenceCode", "R-VN-ND168-54"),
            ({"offence_code": "5.5.a"}, "offenceCode", "R-VN-ND168-54"),
            ({"number": " "}, "number", None),
            ({"execute_within_days": 9}, "executeWithinDays", "R-VN-LXLVPHC-73.1"),
            ({"execute_within_days": 366}, "executeWithinDays", "R-VN-LXLVPHC-73.1"),
            ({"remedies": ("",)}, "remedies", None),
        ],
    )
    def test_refused(self, otherwise: dict[str, Any], path: str, rule: str | None) -> None:
        """An article of another vehicle or day, no number, less than ten days to execute, an empty remedy."""
        refusal = (
            driven("drawRecord")
            .when(lambda case: case.decide(on(CHIEF, DECIDED), replace(PENALTY, **otherwise)))
            .then_refused(InvalidInput, rule=rule)
        )
        assert refusal.path == path

    def test_another_article_than_the_record(self) -> None:
        """What the record says is decided, nothing else."""
        speed = detected(rule="SPEED")

        def drawn(case: Case, context: Context) -> None:
            case.draw(context, replace(RECORD, offence_code="6.5.đ"))

        refusal = (
            driven("drawRecord", begins=speed, drawRecord=drawn)
            .when(
                lambda case: case.decide(
                    on(CHIEF, "2026-07-02 09:00"), replace(PENALTY, offence_code="6.6.a", fine=7_000_000)
                )
            )
            .then_refused(InvalidInput, rule="R-VN-LXLVPHC-68")
        )
        assert refusal.path == "offenceCode"

    def test_organisation(self) -> None:
        """An organisation pays twice as much, within twice the power of the signer; it has no licence to lose."""
        case = driven("drawRecord", determineViolator=of_an_organisation)
        case.when(lambda case: case.decide(on(CHIEF, DECIDED), PENALTY)).then_refused(
            InvalidInput, rule="R-VN-ND168-6"
        )
        case.after(
            on(CHIEF, DECIDED),
            lambda case, ctx: case.decide(ctx, replace(PENALTY, fine=40_000_000, points=0)),
        )
        assert case.aggregate.fine == 40_000_000


class TestPower:
    """How high a signer may fine."""

    def test_above_the_ceiling(self) -> None:
        """An officer's 7.5 million đồng are not enough for a red light by car."""
        refusal = (
            driven("drawRecord")
            .when(lambda case: case.decide(on(OFFICER, DECIDED), replace(PENALTY, signer_title="OFFICER")))
            .then_refused(Forbidden, rule="R-VN-ND238")
        )
        assert "19000000" in refusal.en
        assert "7500000" in refusal.en

    def test_within(self) -> None:
        """For one by motorbike they are."""
        by_motorbike().after(
            on(OFFICER, "2026-07-02 09:00"),
            lambda case, ctx: case.decide(ctx, replace(BY_MOTORBIKE, signer_title="OFFICER")),
        )

    @pytest.mark.parametrize("title", ["COMMUNE_POLICE_CHIEF", "PROVINCIAL_CHAIRMAN", "OFFICER", "KING", ""])
    def test_title_of_another(self, title: str) -> None:
        """The head of the city police signs under a title that the unit has."""
        refusal = (
            driven("drawRecord")
            .when(lambda case: case.decide(on(CHIEF, DECIDED), replace(PENALTY, signer_title=title)))
            .then_refused(Forbidden, rule="R-DH-13.2.1")
        )
        assert "TEAM_LEADER" in refusal.en

    def test_power_of_the_day(self) -> None:
        """The power is that of the day of the decision: on 30 June a team leader had 1.5 million, on 1 July 22.5."""

        def drawn(case: Case, context: Context) -> None:
            case.determine_violator(context, **VIOLATOR)
            case.draw(context, replace(RECORD, offence_code="7.7.c"))

        case = driven("notifyResult", identifyOwner=on_a_motorbike).after(
            on(HANDLER, "2026-06-29 09:00"), drawn
        )
        refusal = case.when(
            lambda case: case.decide(on(CHIEF, "2026-06-30 23:00"), BY_MOTORBIKE)
        ).then_refused(Forbidden, rule="R-VN-ND168-43")
        assert "1500000" in refusal.en
        case.after(on(CHIEF, "2026-07-01 00:00"), lambda case, ctx: case.decide(ctx, BY_MOTORBIKE))

    def test_not_set(self) -> None:
        """Where no ceiling is set for the day nobody decides: none is invented."""
        long_ago = detected(
            occurred_at=legal("2024-06-01 12:00"), detected_at=legal("2024-06-03 12:00"), clocks=()
        )
        case = given_long_ago(long_ago)
        case.when(
            lambda case: case.decide(
                on(TEAM_CHIEF, "2024-06-14 09:00"),
                PenaltyWords(
                    number="05/QĐ",
                    signer_title="TEAM_LEADER",
                    offence_code="5.5.a",
                    fine=5_000_000,
                    currency="VND",
                    suspension_months=1,
                ),
            )
        ).then_refused(Forbidden, rule="R-DH-13.2.1")


def given_long_ago(begins: Fact) -> Given[Case]:
    """A case of 2024, recorded by the traffic team."""
    case = given(Case, begins)
    case.after(
        on(APPROVER, "2024-06-04 08:00"), lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE)
    )
    case.after(
        on(HANDLER, "2024-06-05 08:00"),
        lambda case, ctx: case.receive(ctx),
        lambda case, ctx: case.start_verification(ctx),
        lambda case, ctx: case.identify_owner(ctx, **OWNER),
        lambda case, ctx: case.determine_violator(ctx, **VIOLATOR),
        lambda case, ctx: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
        lambda case, ctx: case.draw(ctx, replace(RECORD, offence_code="5.5.a", competent=False)),
        lambda case, ctx: case.transfer_record(ctx, recipient=TEAM),
    )
    return case


class TestSuspension:
    """Until the end of 2024 a red light by car suspended the licence; there were no points."""

    @pytest.mark.parametrize("months, fits", [(0, False), (1, True), (3, True), (4, False)])
    def test_of_2024(self, months: int, fits: bool) -> None:
        """One to three months, of an act of 2024 that is decided in 2024 by the head of the city police."""
        long_ago = detected(
            occurred_at=legal("2024-06-01 12:00"), detected_at=legal("2024-06-03 12:00"), clocks=()
        )
        case = given_long_ago(long_ago)
        case.aggregate.holder_unit_id = POLICE.id
        outcome = case.when(
            lambda case: case.decide(
                on(CHIEF, "2024-06-14 09:00"),
                PenaltyWords(
                    number="05/QĐ",
                    signer_title="CITY_POLICE_CHIEF",
                    offence_code="5.5.a",
                    fine=5_000_000,
                    currency="VND",
                    suspension_months=months,
                ),
            )
        )
        assert (outcome.refusal is None) is fits
        assert [
            event.refuses_inspection for event in outcome.events if isinstance(event, Case.DecisionIssued)
        ] == ([False] if fits else [])


class TestInTime:
    """A time to decide that has ended bars the penalty (Luật XLVPHC Đ65.1.c)."""

    @pytest.mark.rule("R-DH-13.2.1")
    @pytest.mark.parametrize("at, there", [("2026-07-10 23:59", True), ("2026-07-11 00:00", False)])
    def test_to_the_instant(self, at: str, there: bool) -> None:
        """Seven working days from the record end at midnight, and then nobody is punished."""
        outcome = driven("drawRecord").when(lambda case: case.decide(on(CHIEF, at), PENALTY))
        if there:
            assert outcome.refusal is None
        else:
            outcome.then_refused(WrongState, rule="R-DH-13.2.1")

    def test_dated_back(self) -> None:
        """Whatever date is on the paper: the instant it is entered counts."""
        driven("drawRecord").when(
            lambda case: case.decide(on(CHIEF, "2026-07-11 00:00"), PENALTY, at=legal("2026-07-10 09:00"))
        ).then_refused(WrongState, rule="R-DH-13.2.1")

    @pytest.mark.parametrize("at", ["2026-07-01 09:59", "2026-07-09 09:01"])
    def test_at_another_time(self, at: str) -> None:
        """Neither before the record nor tomorrow."""
        refusal = (
            driven("drawRecord")
            .when(lambda case: case.decide(on(CHIEF, DECIDED), PENALTY, at=legal(at)))
            .then_refused(InvalidInput)
        )
        assert refusal.path == "at"

    @pytest.mark.rule("R-DH-13.2.2")
    @pytest.mark.parametrize("at, there", [("2026-07-15 23:59", True), ("2026-07-16 00:00", False)])
    def test_after_a_transfer(self, at: str, there: bool) -> None:
        """Ten working days, where the file was transferred; whoever has it decides."""

        def drawn(case: Case, context: Context) -> None:
            case.draw(context, replace(RECORD, competent=False))

        case = driven("drawRecord", drawRecord=drawn)
        case.when(lambda case: case.decide(on(CHIEF, DECIDED), PENALTY)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-58.5"
        )
        case.after(
            on(HANDLER, "2026-07-02 09:00"), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM)
        )
        case.when(lambda case: case.decide(on(CHIEF, DECIDED), PENALTY)).then_refused(
            Forbidden, rule="R-DH-13.2.1"
        )
        outcome = case.when(lambda case: case.decide(on(TEAM_CHIEF, at), PENALTY))
        if there:
            assert outcome.refusal is None
        else:
            outcome.then_refused(WrongState, rule="R-DH-13.2.2")

    def test_twice(self) -> None:
        """One violation, one decision."""
        driven("decidePenalty").when(
            lambda case: case.decide(on(CHIEF, "2026-07-09 10:00"), PENALTY)
        ).then_refused(WrongState, rule="R-DH-13.2.1")

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_whoever_approved(self) -> None:
        """Whoever approved the case does not decide it."""
        moved = actor(APPROVER.account_id.int, POLICE, "LEADER", leader=True)
        driven("drawRecord").when(lambda case: case.decide(on(moved, DECIDED), PENALTY)).then_refused(
            SamePerson, rule="R-DH-13.2.1"
        )
