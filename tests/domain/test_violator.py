"""Whose vehicle it was, who was told, and who is the violator."""

from typing import Any

import pytest

from domain.case import Case, Finding, Mark
from domain.case.state import ViolatorBasis
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.rules import RecordStart, Track
from tests.support.cases import TEXT, detected, limitation
from tests.support.procedure import CHIEF, OWNER, VIOLATOR, driven, ends, on, runs, said
from tests.support.spec import HANDLER, POLICE, TEAM_HANDLER, Given, context, fact, given, legal


def nothing_found(case: Case, context: Context) -> None:
    """Nobody violated anything."""
    case.conclude(context, finding=Finding.NO_VIOLATION, text=TEXT)


def own_device() -> Given[Case]:
    """A case that a device of the police proposed, and they took up and identified."""
    case = given(
        Case,
        detected(
            holder_unit_id=POLICE.id,
            track="OWN_DEVICE",
            clocks=(
                runs("OWNER_NOTICE", "2026-06-01 17:00", "2026-06-12 00:00", "R-VN-TT73-24.1.a"),
                limitation(POLICE.id),
            ),
        ),
    )
    case.after(on(HANDLER, "2026-06-02 09:00"), Case.receive)
    return case.after(on(HANDLER, "2026-06-03 09:00"), lambda case, ctx: case.identify_owner(ctx, **OWNER))


class TestIdentify:
    """The vehicle and its owner are found in a register."""

    def test_identified(self) -> None:
        """Plate, colour, group and owner are on record with the register that answered; who it is is sealed."""
        case = driven("receiveCase")
        case.when(lambda case: case.identify_owner(on(HANDLER, "2026-06-03 10:00"), **OWNER)).then(
            fact(
                Case.OwnerIdentified,
                plate=said(OWNER["plate"]),
                plate_colour="WHITE",
                vehicle_group="CAR",
                owner_name=said(OWNER["owner_name"]),
                owner_address=said(OWNER["owner_address"]),
                owner_is_organisation=False,
                source=OWNER["source"],
            ).under(by=str(HANDLER.account_id), rule="R-DH-11.3.b3")
        )
        assert Mark.OWNER_IDENTIFIED in case.aggregate.marks

    @pytest.mark.parametrize(
        "given_otherwise, path",
        [
            ({"plate": "73-XYZ"}, "plate"),
            ({"plate_colour": ""}, "plateColour"),
            ({"owner_name": " "}, "ownerName"),
            ({"owner_address": ""}, "ownerAddress"),
            ({"source": ""}, "source"),
            ({"source": "x" * 201}, "source"),
        ],
    )
    def test_incomplete(self, given_otherwise: dict[str, str], path: str) -> None:
        """Each of them is said."""
        refusal = (
            driven("receiveCase")
            .when(lambda case: case.identify_owner(context(HANDLER), **{**OWNER, **given_otherwise}))
            .then_refused(InvalidInput)
        )
        assert refusal.path == path

    def test_before_receipt(self) -> None:
        """What was not received is nobody's to look up."""
        driven("approveCase").when(lambda case: case.identify_owner(context(HANDLER), **OWNER)).then_refused(
            WrongState, rule="R-DH-11.3.b3"
        )

    def test_without_a_violation(self) -> None:
        """Where no violation was found nobody's owner is looked up, told or determined."""
        case = driven("concludeCase", concludeCase=nothing_found)
        for act in (
            lambda case: case.identify_owner(on(HANDLER, "2026-06-23 09:00"), **OWNER),
            lambda case: case.send_notice(on(HANDLER, "2026-06-23 09:00"), reference="01/TB"),
            lambda case: case.determine_violator(on(HANDLER, "2026-06-23 09:00"), **VIOLATOR),
        ):
            case.when(act).then_refused(WrongState, rule="R-DH-11.3.b3")


class TestNotice:
    """The owner is told of the violation and invited."""

    def test_of_supplied_data(self) -> None:
        """Where others supplied the data neither a time to send it nor a time to come runs (C29)."""
        driven("identifyOwner").when(
            lambda case: case.send_notice(
                on(HANDLER, "2026-06-12 09:00"), reference="06/TB-CA", appear_at="Số 2 phố Mẫu"
            )
        ).then(fact(Case.NoticeSent, reference="06/TB-CA", appear_at=said("Số 2 phố Mẫu")))

    def test_of_their_own_device(self) -> None:
        """On data of their own device it ends the ten days and starts the twenty that the owner has."""
        own_device().when(
            lambda case: case.send_notice(on(HANDLER, "2026-06-10 09:00"), reference="01/TB-CA")
        ).then(
            fact(
                Case.NoticeSent,
                reference="01/TB-CA",
                appear_at=None,
                clocks=(
                    runs(
                        "OWNER_APPEARANCE",
                        "2026-06-10 09:00",
                        "2026-07-01 00:00",
                        "R-VN-TT73-24.5",
                        missed="cost",
                    ),
                ),
                stopped=(ends("OWNER_NOTICE", "2026-06-12 00:00"),),
            )
        )

    @pytest.mark.parametrize("sent, late", [("2026-06-11 23:59", False), ("2026-06-12 00:00", True)])
    def test_late(self, sent: str, late: bool) -> None:
        """Ten days end at midnight; a late notice is sent all the same, and its reason is owed."""
        case = own_device()
        case.after(on(HANDLER, sent), lambda case, ctx: case.send_notice(ctx, reference="01/TB-CA"))
        assert case.aggregate.late_without_reason == ({"OWNER_NOTICE": POLICE.id} if late else {})

    def test_on_another_track(self) -> None:
        """A regulation may time the notice on supplied data as well."""
        both = on(HANDLER, "2026-06-12 09:00", notice_tracks=frozenset(Track))
        case = driven("identifyOwner").after(both, lambda case, ctx: case.send_notice(ctx, reference="01/TB"))
        assert case.aggregate.clocks["OWNER_APPEARANCE"].due == legal("2026-07-03 00:00")

    def test_of_nobody(self) -> None:
        """The owner is identified first."""
        driven("startVerification").when(
            lambda case: case.send_notice(on(HANDLER, "2026-06-12 09:00"), reference="01/TB")
        ).then_refused(WrongState, rule="R-DH-11.3.b3")


class TestWarning:
    """The owner did not come: the inspection and registration bodies are told."""

    WARNED = ("Cục Đăng kiểm", "Cơ quan đăng ký xe")

    def noticed(self) -> Given[Case]:
        """The owner was told on 10 June and has until the end of the month."""
        return own_device().after(
            on(HANDLER, "2026-06-10 09:00"), lambda case, ctx: case.send_notice(ctx, reference="01/TB-CA")
        )

    def test_warned(self) -> None:
        """After the twenty days the warning is sent; that the owner is late is no delay of the police."""
        case = self.noticed()
        case.when(
            lambda case: case.send_warning(
                on(HANDLER, "2026-07-01 00:00"), recipients=self.WARNED, reference="02/TB-CA"
            )
        ).then(
            fact(
                Case.InspectionWarningSent,
                recipients=self.WARNED,
                reference="02/TB-CA",
                stopped=(ends("OWNER_APPEARANCE", "2026-07-01 00:00"),),
            ).under(rule="R-VN-TT73-24.5")
        )
        assert Mark.INSPECTION_WARNING in case.aggregate.marks
        assert case.aggregate.late_without_reason == {}

    def test_too_early(self) -> None:
        """The owner has the whole of the last day."""
        self.noticed().when(
            lambda case: case.send_warning(
                on(HANDLER, "2026-06-30 23:59"), recipients=self.WARNED, reference="02/TB"
            )
        ).then_refused(WrongState, rule="R-VN-TT73-24.5")

    def test_of_supplied_data(self) -> None:
        """On supplied data there is no time to come, and so no warning (C29)."""
        driven("sendNotice").when(
            lambda case: case.send_warning(
                on(HANDLER, "2026-07-20 09:00"), recipients=self.WARNED, reference="02/TB"
            )
        ).then_refused(WrongState, rule="R-DH-11.3.b3")

    def test_not_set(self) -> None:
        """Where the regulation has no such warning, none is sent."""
        nothing = on(HANDLER, "2026-07-01 09:00", inspection_flags={})
        self.noticed().when(
            lambda case: case.send_warning(nothing, recipients=self.WARNED, reference="02/TB")
        ).then_refused(WrongState, rule="R-DH-11.3.b3")

    def test_whom(self) -> None:
        """It names who is warned."""
        self.noticed().when(
            lambda case: case.send_warning(on(HANDLER, "2026-07-01 09:00"), recipients=(), reference="02/TB")
        ).then_refused(InvalidInput)

    def test_the_owner_came(self) -> None:
        """Whoever came and was determined to be the violator is not warned of any more."""
        case = self.noticed().after(
            on(HANDLER, "2026-06-20 09:00"), lambda case, ctx: case.determine_violator(ctx, **VIOLATOR)
        )
        assert set(case.aggregate.clocks) == {"LIMITATION"}


class TestDetermine:
    """Who committed the violation, or answers for it; the time to draw the record starts."""

    DRAW = runs("DRAW_RECORD", "2026-06-30 09:00", "2026-07-08 00:00", "R-DH-13.1.1")

    @pytest.mark.rule("R-DH-13.1.1")
    def test_after_the_conclusion(self) -> None:
        """It runs from the day the violator was determined, where that came later (C28)."""
        case = driven("notifyResult")
        case.when(lambda case: case.determine_violator(on(HANDLER, "2026-06-30 09:00"), **VIOLATOR)).then(
            fact(
                Case.ViolatorDetermined,
                name=said(VIOLATOR["name"]),
                address=said(VIOLATOR["address"]),
                identity_number=said(VIOLATOR["identity_number"]),
                is_organisation=False,
                basis="DETERMINED_BY_POLICE",
                text=said(VIOLATOR["text"]),
                clocks=(self.DRAW,),
            ).under(rule="R-DH-11.3.b3")
        )
        assert Mark.VIOLATOR_DETERMINED in case.aggregate.marks

    @pytest.mark.rule("R-DH-13.1.1")
    def test_before_the_conclusion(self) -> None:
        """It runs from the conclusion, where that came later (C28)."""
        case = driven("sendNotice").after(
            on(HANDLER, "2026-06-15 09:00"), lambda case, ctx: case.determine_violator(ctx, **VIOLATOR)
        )
        assert "DRAW_RECORD" not in case.aggregate.clocks
        case.when(
            lambda case: case.conclude(on(HANDLER, "2026-06-22 09:00"), finding=Finding.VIOLATION, text=TEXT)
        ).then(
            fact(
                Case.Concluded,
                finding="VIOLATION",
                text=said(TEXT),
                clocks=(
                    runs("NOTIFY_RESULT", "2026-06-22 09:00", "2026-06-30 00:00", "R-DH-11.3.b5"),
                    runs("DRAW_RECORD", "2026-06-22 09:00", "2026-06-30 00:00", "R-DH-13.1.1"),
                ),
                stopped=(ends("VERIFY", "2026-07-03 00:00"),),
            )
        )

    def test_at_once(self) -> None:
        """A regulation may let it run from the determination, whatever comes later."""
        at_once = on(HANDLER, "2026-06-15 09:00", record_start=RecordStart.VIOLATOR_DETERMINED)
        case = driven("sendNotice").after(at_once, lambda case, ctx: case.determine_violator(ctx, **VIOLATOR))
        assert case.aggregate.clocks["DRAW_RECORD"].due == legal("2026-06-23 00:00")

    def test_entered_afterwards(self) -> None:
        """What was found on an earlier day is entered with that day, and counts from it."""
        case = driven("notifyResult").after(
            on(HANDLER, "2026-07-02 09:00"),
            lambda case, ctx: case.determine_violator(ctx, at=legal("2026-06-30 09:00"), **VIOLATOR),
        )
        assert case.aggregate.clocks["DRAW_RECORD"] == self.DRAW

    def test_owner_answers(self) -> None:
        """An owner answers for the driver only after having been given notice (NĐ 168/2024 Đ47.8)."""
        answers = {**VIOLATOR, "basis": ViolatorBasis.OWNER_TREATED_AS_VIOLATOR}
        refusal = (
            driven("identifyOwner")
            .when(lambda case: case.determine_violator(on(HANDLER, "2026-06-15 09:00"), **answers))
            .then_refused(InvalidInput, rule="R-VN-ND168-47.8")
        )
        assert refusal.path == "basis"
        case = driven("sendNotice")
        too_early = legal("2026-06-11 09:00")
        case.when(
            lambda case: case.determine_violator(on(HANDLER, "2026-06-15 09:00"), at=too_early, **answers)
        ).then_refused(InvalidInput)
        case.after(on(HANDLER, "2026-06-15 09:00"), lambda case, ctx: case.determine_violator(ctx, **answers))

    def test_twice(self) -> None:
        """Once; to err is mended by correcting the case."""
        driven("determineViolator").when(
            lambda case: case.determine_violator(on(HANDLER, "2026-07-01 09:00"), **VIOLATOR)
        ).then_refused(WrongState, rule="R-DH-11.3.b3")

    @pytest.mark.parametrize(
        "given_otherwise, path",
        [
            ({"name": ""}, "name"),
            ({"address": " "}, "address"),
            ({"text": ""}, "text"),
            ({"identity_number": "1" * 21}, "identityNumber"),
        ],
    )
    def test_incomplete(self, given_otherwise: dict[str, Any], path: str) -> None:
        """Who, where they live, and on what they were found to be it."""
        refusal = (
            driven("notifyResult")
            .when(
                lambda case: case.determine_violator(
                    on(HANDLER, "2026-06-30 09:00"), **{**VIOLATOR, **given_otherwise}
                )
            )
            .then_refused(InvalidInput)
        )
        assert refusal.path == path

    def test_by_another_unit(self) -> None:
        """The unit that holds the case finds out."""
        driven("notifyResult").when(
            lambda case: case.determine_violator(on(TEAM_HANDLER, "2026-06-30 09:00"), **VIOLATOR)
        ).then_refused(Forbidden, rule="R-DH-11.3.b3")
        driven("notifyResult").when(
            lambda case: case.determine_violator(on(CHIEF, "2026-06-30 09:00"), **VIOLATOR)
        ).then_refused(Forbidden, rule="R-DH-3.5.0")
