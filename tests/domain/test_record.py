"""The record: what it must say, when it may be drawn, which clocks it starts, and its transfer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.record import RecordContents
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, SamePerson, SameUnit, WrongState
from domain.rules import VehicleGroup
from tests.support.cases import TEXT, detected, limitation
from tests.support.procedure import (
    OWNER,
    RECORD,
    VIOLATOR,
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
    CENTRE,
    HANDLER,
    POLICE,
    TEAM,
    TEAM_HANDLER,
    Given,
    actor,
    context,
    fact,
    legal,
)

DRAWN = "2026-07-01 10:00"
DECIDE = runs("DECIDE", DRAWN, "2026-07-11 00:00", "R-DH-13.2.1", "ORDINARY", missed="bars")
TO_EXPLAIN = (
    runs("EXPLAIN_WRITTEN", DRAWN, "2026-07-09 00:00", "R-VN-LXLVPHC-61.2", "NORMAL", missed="right-lost"),
    runs("EXPLAIN_REQUEST", DRAWN, "2026-07-04 00:00", "R-VN-LXLVPHC-61.3", missed="right-lost"),
)
IN_TIME = (ends("DRAW_RECORD", "2026-07-08 00:00"),)
SAYS: dict[str, Any] = {
    "number": "03/BB-VPHC",
    "drawn_at": legal(DRAWN),
    "place": said("Trụ sở Công an thành phố"),
    "maker_title": "Cán bộ",
    "behaviour": said(TEXT),
    "offence_code": "6.9.b",
    "statement": said("Không có ý kiến"),
    "measures": said("Không"),
    "copies": 2,
    "signed_by_violator": True,
}


class TestDraw:
    """A competent person draws the record of a violation that was concluded."""

    @pytest.mark.rule("R-DH-13.2.1")
    def test_drawn(self) -> None:
        """The time to decide runs from it, and those to explain where the law gives the right; its words are sealed."""
        case = driven("determineViolator")
        case.when(lambda case: case.draw(on(HANDLER, DRAWN), RECORD)).then(
            fact(
                Case.RecordDrawn,
                contents=RecordContents(**SAYS),
                vehicle_group="CAR",
                fine_maximum=20_000_000,
                explainable=True,
                competent=True,
                clocks=(DECIDE, *TO_EXPLAIN),
                stopped=IN_TIME,
            ).under(by=str(HANDLER.account_id), took_place_at=legal(DRAWN), rule="R-DH-13.1.1")
        )
        assert (case.aggregate.state, Mark.EXPLANATION_OPEN in case.aggregate.marks) == (
            CaseState.RECORDED,
            True,
        )

    def test_no_right_to_explain(self) -> None:
        """Below 15 million đồng and without a suspension nobody may explain first: only the decision has a time."""
        case = driven("determineViolator", identifyOwner=on_a_motorbike)
        case.when(lambda case: case.draw(on(HANDLER, DRAWN), replace(RECORD, offence_code="7.7.c"))).then(
            fact(
                Case.RecordDrawn,
                contents=RecordContents(**{**SAYS, "offence_code": "7.7.c"}),
                vehicle_group="MOTORBIKE",
                fine_maximum=6_000_000,
                explainable=False,
                competent=True,
                clocks=(DECIDE,),
                stopped=IN_TIME,
            )
        )
        assert Mark.EXPLANATION_OPEN not in case.aggregate.marks

    def test_organisation(self) -> None:
        """Of an organisation the fine is doubled, and so is the sum from which it may explain."""
        by_car = driven("determineViolator", determineViolator=of_an_organisation)
        by_motorbike = driven(
            "determineViolator", identifyOwner=on_a_motorbike, determineViolator=of_an_organisation
        )
        by_car.after(on(HANDLER, DRAWN), lambda case, ctx: case.draw(ctx, RECORD))
        by_motorbike.after(
            on(HANDLER, DRAWN), lambda case, ctx: case.draw(ctx, replace(RECORD, offence_code="7.7.c"))
        )
        assert [Mark.EXPLANATION_OPEN in case.aggregate.marks for case in (by_car, by_motorbike)] == [
            True,
            False,
        ]

    @pytest.mark.rule("R-DH-13.1.1")
    @pytest.mark.parametrize("drawn, late", [("2026-07-07 23:59", False), ("2026-07-08 00:00", True)])
    def test_late(self, drawn: str, late: bool) -> None:
        """Five working days end at midnight; a late record is drawn all the same, and its reason is owed."""
        case = driven("determineViolator").after(on(HANDLER, drawn), lambda case, ctx: case.draw(ctx, RECORD))
        assert case.aggregate.late_without_reason == ({"DRAW_RECORD": POLICE.id} if late else {})

    def test_entered_afterwards(self) -> None:
        """A record that was drawn on paper is entered with its instant, and everything counts from that."""
        case = driven("determineViolator").after(
            on(HANDLER, "2026-07-03 15:00"), lambda case, ctx: case.draw(ctx, RECORD, at=legal(DRAWN))
        )
        assert case.aggregate.clocks["DECIDE"] == DECIDE
        assert case.aggregate.drawn_at == legal(DRAWN)


class TestContents:
    """A record is refused while anything the law asks for is missing (Luật XLVPHC Đ58.3)."""

    @pytest.mark.parametrize(
        "missing, path",
        [
            ({"number": ""}, "number"),
            ({"place": " "}, "place"),
            ({"maker_title": ""}, "makerTitle"),
            ({"behaviour": ""}, "behaviour"),
            ({"statement": "\n"}, "statement"),
            ({"measures": ""}, "measures"),
            ({"copies": 1}, "copies"),
            ({"copies": 0}, "copies"),
            ({"signed_by_violator": False}, "noSignatureReason"),
            ({"signed_by_violator": False, "no_signature_reason": "Từ chối ký"}, "witnesses"),
            ({"signed_by_violator": False, "witnesses": "Trần Văn Mẫu"}, "noSignatureReason"),
            (
                {"signed_by_violator": False, "no_signature_reason": " ", "witnesses": " "},
                "noSignatureReason",
            ),
            ({"signed_by_violator": False, "no_signature_reason": "Từ chối", "witnesses": " "}, "witnesses"),
        ],
    )
    def test_missing(self, missing: dict[str, Any], path: str) -> None:
        """Each of its contents is asked for by name."""
        refusal = (
            driven("determineViolator")
            .when(lambda case: case.draw(on(HANDLER, DRAWN), replace(RECORD, **missing)))
            .then_refused(InvalidInput, rule="R-VN-LXLVPHC-58.3")
        )
        assert refusal.path == path

    def test_not_signed(self) -> None:
        """Whoever did not sign: the reason stands in it, and who witnessed that."""
        witnessed = replace(
            RECORD, signed_by_violator=False, no_signature_reason="Từ chối ký", witnesses="Trần Văn Mẫu"
        )
        case = driven("determineViolator")
        [drawn] = case.when(lambda case: case.draw(on(HANDLER, DRAWN), witnessed)).events
        assert isinstance(drawn, Case.RecordDrawn)
        assert (
            drawn.contents.signed_by_violator,
            drawn.contents.no_signature_reason,
            drawn.contents.witnesses,
        ) == (False, said("Từ chối ký"), said("Trần Văn Mẫu"))


class TestArticle:
    """The article is one of the decree in force on the day of the act, for this act and this vehicle."""

    @pytest.mark.parametrize(
        "day, vehicle, code, there",
        [
            ("2024-12-31", "CAR", "5.5.a", True),
            ("2024-12-31", "CAR", "6.9.b", False),
            ("2024-12-31", "MOTORBIKE", "6.4.e", True),
            ("2025-01-01", "CAR", "6.9.b", True),
            ("2025-01-01", "CAR", "5.5.a", False),
            ("2022-06-02", "CAR", "5.5.a", True),
            ("2022-06-02", "CAR", "6.9.b", False),
            ("2026-06-01", "CAR", "7.7.c", False),
            ("2026-06-01", "MOTORBIKE", "6.9.b", False),
            ("2026-06-01", "CAR", "6.5.b", False),
            ("2026-06-01", "CAR", "", False),
        ],
    )
    def test_of_the_day(self, day: str, vehicle: str, code: str, there: bool) -> None:
        """What was done in 2022, 2024 or 2025 is judged by the decree of that day, whenever the record is drawn."""
        occurred = legal(f"{day} 12:00")

        def owner(case: Case, context: Context) -> None:
            case.identify_owner(context, **{**OWNER, "vehicle_group": VehicleGroup(vehicle)})

        case = driven(
            "determineViolator",
            begins=detected(occurred_at=occurred, clocks=()),
            identifyOwner=owner,
            approveCase=_approved_long_ago,
        )
        case.aggregate.clocks.pop("LIMITATION", None)
        outcome = case.when(lambda case: case.draw(on(HANDLER, DRAWN), replace(RECORD, offence_code=code)))
        if there:
            assert outcome.refusal is None
        else:
            assert outcome.then_refused(InvalidInput, rule="R-VN-ND168-54").path == "offenceCode"


def _approved_long_ago(case: Case, context: Context) -> None:
    case.approve(context, plate="73A-123.45", recipient=POLICE)


class TestWhen:
    """When a record may be drawn, and by whom."""

    def test_before_the_violator_is_known(self) -> None:
        """Against nobody, none."""
        driven("notifyResult").when(lambda case: case.draw(on(HANDLER, DRAWN), RECORD)).then_refused(
            WrongState, rule="R-DH-13.1.1"
        )

    @pytest.mark.parametrize("finding", [Finding.NO_VIOLATION, Finding.INSUFFICIENT])
    def test_without_a_violation(self, finding: Finding) -> None:
        """Of what was no violation, none."""
        case = driven("sendNotice").after(
            on(HANDLER, "2026-06-15 09:00"),
            lambda case, ctx: case.determine_violator(ctx, **VIOLATOR),
            lambda case, ctx: case.conclude(ctx, finding=finding, text=TEXT),
        )
        case.when(lambda case: case.draw(on(HANDLER, DRAWN), RECORD)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-58.3"
        )

    def test_twice(self) -> None:
        """One violation, one record."""
        driven("drawRecord").when(
            lambda case: case.draw(on(HANDLER, "2026-07-01 11:00"), RECORD)
        ).then_refused(WrongState, rule="R-DH-13.1.1")

    def test_after_the_limitation(self) -> None:
        """A year after the act, none."""
        case = driven("determineViolator")
        case.when(lambda case: case.draw(context(HANDLER, legal("2027-06-01 00:00")), RECORD)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-6.1.a"
        )
        case.after(
            context(HANDLER, legal("2027-06-01 00:00") - timedelta(seconds=1)),
            lambda case, ctx: case.draw(ctx, RECORD),
        )

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_whoever_approved(self) -> None:
        """Whoever approved the case does not draw the record of it, wherever they work now."""
        moved = actor(APPROVER.account_id.int, POLICE, "HANDLER")
        driven("determineViolator").when(lambda case: case.draw(on(moved, DRAWN), RECORD)).then_refused(
            SamePerson, rule="R-DH-13.1.1"
        )

    def test_by_another_unit(self) -> None:
        """The unit that holds the case draws it."""
        driven("determineViolator").when(
            lambda case: case.draw(on(TEAM_HANDLER, DRAWN), RECORD)
        ).then_refused(Forbidden, rule="R-DH-13.1.1")

    @pytest.mark.parametrize("at", ["2026-06-30 08:59", "2026-06-22 08:59", "2026-07-01 10:01"])
    def test_at_another_time(self, at: str) -> None:
        """Neither before the violator was determined, nor before the conclusion, nor tomorrow."""
        refusal = (
            driven("determineViolator")
            .when(lambda case: case.draw(on(HANDLER, DRAWN), RECORD, at=legal(at)))
            .then_refused(InvalidInput)
        )
        assert refusal.path == "at"


def not_competent(case: Case, context: Context) -> None:
    """Whoever draws it may not decide."""
    case.draw(context, replace(RECORD, competent=False))


class TestTransfer:
    """The record goes to whoever may decide."""

    @pytest.mark.rule("R-DH-13.1.3", "R-DH-13.2.2")
    def test_within_a_day(self) -> None:
        """24 hours, to the minute; the time to decide becomes ten working days from the record, not from here (C8)."""
        case = driven("drawRecord", drawRecord=not_competent)
        assert case.aggregate.clocks["TRANSFER_RECORD"] == runs(
            "TRANSFER_RECORD", DRAWN, "2026-07-02 10:00", "R-DH-13.1.3"
        )
        assert Mark.RECORD_TRANSFER_OWED in case.aggregate.marks
        case.when(lambda case: case.transfer_record(on(HANDLER, "2026-07-02 09:59"), recipient=TEAM)).then(
            fact(
                Case.RecordTransferred,
                recipient_unit_id=TEAM.id,
                clocks=(
                    limitation(TEAM.id),
                    *(replace(clock, unit_id=TEAM.id) for clock in TO_EXPLAIN),
                    runs(
                        "DECIDE",
                        DRAWN,
                        "2026-07-16 00:00",
                        "R-DH-13.2.2",
                        "FILE_TRANSFERRED",
                        missed="bars",
                        unit=TEAM,
                    ),
                ),
                stopped=(ends("TRANSFER_RECORD", "2026-07-02 10:00"),),
            ).under(rule="R-DH-13.1.1")
        )
        assert (case.aggregate.holder_unit_id, case.aggregate.marks & OF_TRANSFER) == (
            TEAM.id,
            {Mark.RECORD_TRANSFERRED},
        )

    @pytest.mark.rule("R-DH-13.1.3")
    @pytest.mark.parametrize("sent, late", [("2026-07-02 09:59", False), ("2026-07-02 10:00", True)])
    def test_late(self, sent: str, late: bool) -> None:
        """After the 24 hours it is late, and its reason is owed by whoever drew the record."""
        case = driven("drawRecord", drawRecord=not_competent)
        case.after(on(HANDLER, sent), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM))
        assert case.aggregate.late_without_reason == ({"TRANSFER_RECORD": POLICE.id} if late else {})

    @pytest.mark.rule("R-DH-13.2.1")
    def test_too_late_to_decide(self) -> None:
        """A file that is sent after the time to decide had ended wins no new one."""
        case = driven("drawRecord", drawRecord=not_competent)
        case.after(
            on(HANDLER, "2026-07-11 00:00"), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM)
        )
        assert case.aggregate.clocks["DECIDE"] == replace(DECIDE, unit_id=TEAM.id)

    @pytest.mark.parametrize(
        "recipient, refused", [(POLICE, SameUnit), (CENTRE, InvalidInput)], ids=["to-itself", "to-the-centre"]
    )
    def test_to_whom(self, recipient: Any, refused: type[InvalidInput | SameUnit]) -> None:
        """To another unit that may receive such a case."""
        outcome = driven("drawRecord", drawRecord=not_competent).when(
            lambda case: case.transfer_record(on(HANDLER, "2026-07-01 12:00"), recipient=recipient)
        )
        assert (type(outcome.refusal), outcome.events) == (refused, [])

    def test_twice(self) -> None:
        """Once."""
        case: Given[Case] = driven("drawRecord", drawRecord=not_competent).after(
            on(HANDLER, "2026-07-01 12:00"), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM)
        )
        case.when(
            lambda case: case.transfer_record(on(TEAM_HANDLER, "2026-07-01 13:00"), recipient=POLICE)
        ).then_refused(WrongState, rule="R-DH-13.1.1")

    def test_sent_before_it_was_drawn(self) -> None:
        """Nothing is sent before there is something to send."""
        driven("drawRecord", drawRecord=not_competent).when(
            lambda case: case.transfer_record(
                on(HANDLER, "2026-07-01 12:00"), recipient=TEAM, at=legal("2026-07-01 09:59")
            )
        ).then_refused(InvalidInput)


OF_TRANSFER = {Mark.RECORD_TRANSFER_OWED, Mark.RECORD_TRANSFERRED}
