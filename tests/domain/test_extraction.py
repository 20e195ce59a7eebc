"""Extractions: three people, one purpose, one window, and one receiver who answers for what they got."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.context import Actor
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, SamePerson, WrongState
from domain.extraction import ExtractedFile, FootageExtraction, Gap
from tests.support.extractions import (
    ACCEPTED,
    APPROVED,
    AREA,
    ENDS_AT,
    EXECUTED,
    FILE,
    HANDED_OVER,
    NOTE,
    RECEIVER,
    REJECTED,
    STARTS_AT,
    WHY,
    requested,
)
from tests.support.spec import (
    APPROVER,
    AUDITOR,
    CENTRE,
    COLLEAGUE,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    NOW,
    POLICE,
    SOMEBODY,
    TEAM_HANDLER,
    Fact,
    Outcome,
    actor,
    context,
    fact,
    given,
    unit,
    when,
)

OFFICER = actor(31, COMMUNE, "HANDLER")
"""Of the commune police, not its leader."""
RECEIVING = actor(RECEIVER.int, COMMUNE, "HANDLER")
CLERK = actor(32, CENTRE, "EXECUTOR")
OTHER_COMMUNE = unit("CAP-2", "COMMUNE_POLICE", "quang-binh/dong-hoi/bac-ly")
NEIGHBOUR = actor(33, OTHER_COMMUNE, "LEADER", leader=True)
FILES = [ExtractedFile(**FILE)]


def camera(domain: str = "TRAFFIC", area_path: str = AREA, camera_class: str = "SMART_CITY") -> Camera:
    """A camera of the Centre."""
    with acting(SOMEBODY):
        return Camera.in_use(
            code="DH-NT-01",
            name="Ngã tư",
            camera_class=camera_class,
            domain=domain,
            area_path=area_path,
            operating_unit_id=CENTRE.id,
        )


SOURCE = camera()


def ask(who: Actor = COMMUNE_LEADER, source: Camera = SOURCE, **otherwise: Any) -> Outcome:
    """Let somebody ask for a minute of footage."""
    asked: dict[str, Any] = {
        "extraction_id": ID,
        "number": lambda: "DH-TX-2026-000001",
        "camera": source,
        "kept": True,
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "purpose": "VIOLATION_HANDLING",
        "note": NOTE,
        "document_number": "12/ĐN-CAP",
        **otherwise,
    }
    made: list[FootageExtraction] = []

    def request() -> FootageExtraction:
        made.append(FootageExtraction.request(context(who), **asked))
        return made[0]

    try:
        return when(request)
    except (Forbidden, InvalidInput) as refusal:
        return Outcome([], refusal)


class TestRequest:
    """Asking for footage."""

    @pytest.mark.rule("R-DH-12.2.c2", "R-DB-16.3.b")
    def test_leader_of_the_commune_police(self) -> None:
        """The leader asks; purpose, window, note and document are on record, and who asked for which unit."""
        ask().then(
            requested(camera_id=SOURCE.id).under(
                by=str(COMMUNE_LEADER.account_id),
                unit_id=COMMUNE.id,
                reason="VIOLATION_HANDLING",
                rule="R-DH-12.2.c2",
            )
        )

    @pytest.mark.rule("R-DH-12.2.c2")
    def test_not_the_leader(self) -> None:
        """An officer who is not the leader may not ask."""
        ask(OFFICER).then_refused(Forbidden, rule="R-DH-12.2.c2")

    @pytest.mark.parametrize("who", [HANDLER, TEAM_HANDLER], ids=["city-police", "team"])
    def test_nobody_named_to_decide(self, who: Actor) -> None:
        """Where the regulation names nobody who decides, it says so and invents nobody."""
        refusal = ask(who).then_refused(Forbidden, rule="R-DH-12.2.c2")
        assert "Not set by this regulation" in refusal.en

    @pytest.mark.rule("R-DH-12.2.c1")
    def test_security_camera_of_another_area(self) -> None:
        """Of a security camera outside of one's own area nothing is asked for."""
        ask(NEIGHBOUR, camera("SECURITY")).then_refused(Forbidden, rule="R-DH-12.2.c1")

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            pytest.param({"ends_at": STARTS_AT}, "to", id="empty"),
            pytest.param({"ends_at": STARTS_AT - timedelta(seconds=1)}, "to", id="backwards"),
            pytest.param({"ends_at": NOW + timedelta(seconds=1)}, "to", id="in-the-future"),
            pytest.param({"starts_at": STARTS_AT - timedelta(hours=1)}, "to", id="longer-than-an-hour"),
            pytest.param({"starts_at": STARTS_AT + timedelta(milliseconds=1)}, "from", id="within-a-second"),
            pytest.param({"ends_at": ENDS_AT + timedelta(microseconds=1)}, "to", id="to-within-a-second"),
            pytest.param({"kept": False}, "from", id="nothing-kept"),
            pytest.param({"note": "x" * 4001}, "note", id="long-note"),
            pytest.param({"document_number": "x" * 201}, "documentNumber", id="long-document"),
        ],
    )
    def test_bad_input(self, otherwise: dict[str, Any], path: str) -> None:
        """What cannot be asked for is named by its field, and no number is drawn for it."""

        def drawn() -> str:
            raise AssertionError("a number was drawn")

        refusal = ask(**{"number": drawn, **otherwise}).then_refused(InvalidInput)
        assert refusal.path == path

    @pytest.mark.rule("R-DH-4.3.0")
    def test_another_purpose(self) -> None:
        """A purpose that the regulation does not list for such a unit is none."""
        assert ask(purpose="CURIOSITY").then_refused(InvalidInput, rule="R-DH-4.3.0").path == "purpose"

    @pytest.mark.rule("R-DH-12.2.c3")
    def test_other_professional_measures(self) -> None:
        """The commune police may ask for other measures of the police; nobody else has that purpose."""
        [asked] = ask(purpose="PROFESSIONAL_MEASURES").events
        assert isinstance(asked, FootageExtraction.Requested)
        assert (asked.purpose, asked.envelope.reason) == ("PROFESSIONAL_MEASURES", "PROFESSIONAL_MEASURES")
        refusal = context(HANDLER).check_purpose("PROFESSIONAL_MEASURES")
        assert refusal is not None
        assert refusal.en == (
            "purpose: must be one of AUDIT, PATROL_CONTROL, SECURITY, TRAFFIC_DIRECTION, VIOLATION_HANDLING"
        )

    def test_a_whole_hour(self) -> None:
        """An hour is what one extraction may ask for."""
        assert ask(ends_at=STARTS_AT + timedelta(hours=1)).refusal is None


def past(*facts: Fact) -> Any:
    """An extraction that the leader of the commune police asked for, and what has happened since."""
    return given(FootageExtraction, requested(), *facts)


class TestDecide:
    """Whom the regulation names decides."""

    @pytest.mark.rule("R-DH-12.2.c2")
    def test_city_police(self) -> None:
        """The city police allow what a commune police asked for."""
        past().when(lambda e: e.approve(context(HANDLER))).then(
            fact(FootageExtraction.Approved).under(by=str(HANDLER.account_id), unit_id=POLICE.id)
        )

    def test_rejected(self) -> None:
        """Or reject it, and say why."""
        past().when(lambda e: e.reject(context(HANDLER), text=WHY)).then(REJECTED)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
    def test_without_a_reason(self, text: str) -> None:
        """A rejection says why, in bounds."""
        past().when(lambda e: e.reject(context(HANDLER), text=text)).then_refused(InvalidInput)

    @pytest.mark.parametrize("who", [APPROVER, EXECUTOR, COMMUNE_LEADER, TEAM_HANDLER, AUDITOR])
    def test_others(self, who: Actor) -> None:
        """Nobody else decides on a request of a commune police."""
        past().when(lambda e: e.approve(context(who))).then_refused(Forbidden, rule=_rule_of_approving(who))

    def test_request_of_another_body(self) -> None:
        """A request of another body is the operating unit's to decide, not the police's."""
        asked = requested(requesting_unit_kind="OTHER_BODY")
        given(FootageExtraction, asked).when(lambda e: e.approve(context(HANDLER))).then_refused(
            Forbidden, rule="R-DH-12.2.c2"
        )
        given(FootageExtraction, asked).when(lambda e: e.approve(context(APPROVER))).then(
            fact(FootageExtraction.Approved)
        )

    @pytest.mark.rule("R-QT-4.4.0")
    def test_moved(self) -> None:
        """Whoever asked does not decide, not even from another unit later."""
        moved = actor(COMMUNE_LEADER.account_id.int, POLICE, "HANDLER")
        past().when(lambda e: e.approve(context(moved))).then_refused(SamePerson, rule="R-DH-12.2.c2")

    @pytest.mark.parametrize("so_far", [[APPROVED], [REJECTED], [APPROVED, EXECUTED]])
    def test_decided(self, so_far: list[Fact]) -> None:
        """A request is decided once."""
        past(*so_far).when(lambda e: e.approve(context(HANDLER))).then_refused(
            WrongState, rule="R-DH-12.2.c2"
        )


def _rule_of_approving(who: Actor) -> str | None:
    return context(who).rule_of("extraction.approve")


class TestExecute:
    """A third person cuts."""

    @pytest.mark.rule("R-DH-12.2.b2")
    def test_the_centre(self) -> None:
        """The Centre cuts; what is missing of the window stands beside the files."""
        gaps = [Gap(starts_at=STARTS_AT, ends_at=ENDS_AT, reason="DAMAGED", recording_id=UUID(int=1))]
        past(APPROVED).when(lambda e: e.execute(context(EXECUTOR), files=FILES, gaps=gaps)).then(
            fact(FootageExtraction.Executed, files=FILES, gaps=gaps).under(
                by=str(EXECUTOR.account_id),
                unit_id=CENTRE.id,
                reason="VIOLATION_HANDLING",
                rule="R-DH-12.2.b2",
            )
        )

    @pytest.mark.rule("R-QT-4.4.0")
    @pytest.mark.parametrize(
        "who",
        [
            pytest.param(HANDLER, id="approver"),
            pytest.param(actor(COMMUNE_LEADER.account_id.int, CENTRE, "EXECUTOR"), id="requester-moved"),
        ],
    )
    def test_same_person(self, who: Actor) -> None:
        """Neither who asked nor who approved cuts."""
        past(APPROVED).when(lambda e: e.execute(context(who), files=FILES, gaps=[])).then_refused(
            SamePerson, rule="R-DH-12.2.b2"
        )

    @pytest.mark.rule("R-QT-5.5.0", "R-DH-5.7.0", "R-DB-5.7.0")
    @pytest.mark.parametrize("so_far", [[], [REJECTED], [APPROVED, EXECUTED]])
    def test_not_open(self, so_far: list[Fact]) -> None:
        """Only what was approved is cut, once."""
        past(*so_far).when(lambda e: e.execute(context(EXECUTOR), files=FILES, gaps=[])).then_refused(
            WrongState, rule="R-DH-12.2.b2"
        )


class TestHandOver:
    """To one named person of the unit that asked, who accepts."""

    @pytest.mark.rule("R-DH-12.2.b2")
    def test_handed_over(self) -> None:
        """Another person of the unit that cut may hand it over."""
        past(APPROVED, EXECUTED).when(lambda e: e.hand_over(context(CLERK), receiver=RECEIVING)).then(
            HANDED_OVER.under(by=str(CLERK.account_id))
        )

    def test_by_another_unit(self) -> None:
        """Not another unit, though it may execute others."""
        past(APPROVED, EXECUTED).when(
            lambda e: e.hand_over(context(COLLEAGUE), receiver=RECEIVING)
        ).then_refused(Forbidden, rule="R-DH-12.2.b2")

    @pytest.mark.parametrize(
        "receiver",
        [
            pytest.param(None, id="no-account-in-use"),
            pytest.param(COLLEAGUE, id="another-unit"),
            pytest.param(actor(41, COMMUNE, "ADMINISTRATOR"), id="whose-function-is-another"),
        ],
    )
    def test_to_somebody_else(self, receiver: Actor | None) -> None:
        """Only to an account in use of the unit that asked, whose function is to receive."""
        refusal = (
            past(APPROVED, EXECUTED)
            .when(lambda e: e.hand_over(context(EXECUTOR), receiver=receiver))
            .then_refused(InvalidInput, rule="R-DH-12.2.b2")
        )
        assert refusal.path == "receiverAccountId"

    def test_to_another_instead(self) -> None:
        """As long as nobody has accepted, it may be handed to another; afterwards not."""
        leader = fact(FootageExtraction.HandedOver, receiver_account_id=COMMUNE_LEADER.account_id)
        past(APPROVED, EXECUTED, HANDED_OVER).when(
            lambda e: e.hand_over(context(EXECUTOR), receiver=COMMUNE_LEADER)
        ).then(leader)
        past(APPROVED, EXECUTED, HANDED_OVER, ACCEPTED).when(
            lambda e: e.hand_over(context(EXECUTOR), receiver=COMMUNE_LEADER)
        ).then_refused(WrongState, rule="R-DH-12.2.b2")

    def test_accepted(self) -> None:
        """The named person accepts, once."""
        past(APPROVED, EXECUTED, HANDED_OVER).when(lambda e: e.accept(context(RECEIVING))).then(ACCEPTED)
        past(APPROVED, EXECUTED, HANDED_OVER, ACCEPTED).when(
            lambda e: e.accept(context(RECEIVING))
        ).then_refused(WrongState, rule="R-DH-4.3.0")

    @pytest.mark.parametrize("who", [COMMUNE_LEADER, OFFICER, EXECUTOR, HANDLER])
    def test_accepted_by_somebody_else(self, who: Actor) -> None:
        """Nobody accepts for another, not even the leader."""
        past(APPROVED, EXECUTED, HANDED_OVER).when(lambda e: e.accept(context(who))).then_refused(
            Forbidden, rule=context(who).rule_of("extraction.accept")
        )
