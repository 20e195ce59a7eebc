"""What an owner withdrew, what a camera needs in another place, and of which time its captures become cases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.camera import Camera
from domain.camera.guards import yields
from domain.clock import legal_date
from domain.envelope import acting
from domain.errors import InvalidInput, WrongState
from tests.support.cameras import (
    CONSENTS,
    DB,
    DH,
    HOUSEHOLDER,
    LEVEL_1,
    QT,
    administrator,
    at_work,
    consent,
    installed,
    registered,
)
from tests.support.spec import CENTRE, NOW, SOMEBODY, Given, actor, context, fact

TODAY = date(2026, 6, 2)
HOUR = timedelta(hours=1)
PRIVATE: dict[str, Any] = {
    "dong-hoi": replace(DH, placement="PRIVATE", owner=HOUSEHOLDER),
    "dien-bien": replace(DB, placement="PRIVATE", owner=HOUSEHOLDER),
    "quang-tri": replace(QT, kind="SECURITY", placement="PRIVATE", owner=HOUSEHOLDER),
}
"""A householder's camera, in a class that is not asked for a householder's consent."""
OWN = {"dong-hoi": "R-DH-3.6.0", "dien-bien": "R-DB-7.6.0", "quang-tri": "R-QT-10.4.a"}


def agreed(profile: str) -> Camera:
    """A householder's camera at work."""
    return at_work(administrator(profile), PRIVATE[profile], "HOUSEHOLDER", *CONSENTS[profile])


class TestWithdrawn:
    """What an owner withdrew works no more until they agree anew."""

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    @pytest.mark.parametrize("profile", PRIVATE)
    def test_not_again(self, profile: str) -> None:
        """It is not connected again, whatever its class and its place ask for, before a new consent is on file."""
        who = administrator(profile)
        camera = agreed(profile)
        camera.withdraw_consent(who, document="01/ĐN")
        camera.collect_events()
        refused = Given(camera).when(lambda one: one.connect(who, channel="PRIVATE_CHANNEL"))
        assert isinstance(refused.refusal, WrongState)
        assert (refused.refusal.rule, "withdrew" in str(refused.refusal)) == (OWN[profile], True)
        camera.file_consent(who, consent("HOUSEHOLDER", TODAY, document="02/ĐN"))
        camera.connect(who, channel="PRIVATE_CHANNEL")
        camera.activate(who)
        assert (camera.state, camera.withdrawn) == ("ACTIVE", False)

    @pytest.mark.rule("R-DB-7.6.0")
    def test_not_in_another_place(self) -> None:
        """Nor does a change of its place bring it back."""
        who = administrator("dien-bien")
        camera = agreed("dien-bien")
        camera.withdraw_consent(who)
        camera.change_placement(who, placement="PUBLIC", reason="Đo lại")
        camera.collect_events()
        Given(camera).when(lambda one: one.connect(who, channel="INTERNET")).then_refused(
            WrongState, rule="R-DB-7.6.0"
        )

    @pytest.mark.rule("R-DH-3.6.0")
    def test_not_activated(self) -> None:
        """One that an earlier version let be connected all the same is not activated."""
        who = administrator()
        camera = agreed("dong-hoi")
        camera.withdraw_consent(who)
        with acting(SOMEBODY):
            camera.trigger_event(Camera.Connected, channel="INTERNET", documents=())
        camera.collect_events()
        assert camera.state == "CONNECTED"
        Given(camera).when(lambda one: one.activate(who)).then_refused(WrongState, rule="R-DH-3.6.0")

    @pytest.mark.rule("R-DH-3.6.0")
    def test_the_old_paper(self) -> None:
        """What the owner had agreed to before is no new consent."""
        camera = agreed("dong-hoi")
        camera.withdraw_consent(administrator())
        camera.collect_events()
        refused = Given(camera).when(lambda one: one.file_consent(administrator(), consent("HOUSEHOLDER")))
        assert refused.then_refused(InvalidInput, rule="R-DH-3.6.0").path == "dated"

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    @pytest.mark.parametrize("profile", ["dong-hoi", "dien-bien"])
    def test_whoever_is_a_householder(self, profile: str) -> None:
        """A householder agrees first whatever the class of the camera, and wherever it looks."""
        who = administrator(profile)
        camera = installed(who, replace(PRIVATE[profile], placement="PUBLIC"))
        Given(camera).when(lambda one: one.connect(who, channel="PRIVATE_CHANNEL")).then_refused(
            WrongState, rule=OWN[profile]
        )

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    @pytest.mark.parametrize("profile", ["dong-hoi", "dien-bien"])
    def test_named_at_work(self, profile: str) -> None:
        """A camera at work is named a householder's once they agreed; of what is not linked it is said freely."""
        who = administrator(profile)
        given = {"dong-hoi": DH, "dien-bien": DB}[profile]
        registered(who, given).name_owner(who, HOUSEHOLDER)
        camera = at_work(who, given)
        Given(camera).when(lambda one: one.name_owner(who, HOUSEHOLDER)).then_refused(
            WrongState, rule=OWN[profile]
        )
        camera.file_consent(who, consent("HOUSEHOLDER"))
        camera.name_owner(who, HOUSEHOLDER)
        assert (camera.state, camera.owner_kind) == ("ACTIVE", "HOUSEHOLDER")

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    @pytest.mark.parametrize("profile", ["dong-hoi", "dien-bien"])
    def test_sold(self, profile: str) -> None:
        """Whoever it belongs to since it began to work agrees for themselves; nobody else so late."""
        camera = agreed(profile)
        who = administrator(profile, now=NOW + timedelta(days=30))
        day = legal_date(who.now)
        given = consent("HOUSEHOLDER", day, document="09/ĐN")
        Given(camera).when(lambda one: one.file_consent(who, given)).then_refused(
            InvalidInput, rule=OWN[profile]
        )
        camera.name_owner(who, replace(HOUSEHOLDER, name="Phan Thị Mẫu"))
        camera.file_consent(who, given)
        assert camera.consents[-1] == given


class TestTimes:
    """What a camera captured while it was at work becomes a case, and nothing else."""

    def test_before_activation(self) -> None:
        """Nothing of before it was activated does; what it captures in a fault or in maintenance still does."""
        camera = at_work(administrator())
        assert [yields(camera, NOW + by) for by in (-300 * 24 * HOUR, -HOUR / 3600, 0 * HOUR, HOUR)] == [
            False,
            False,
            True,
            True,
        ]
        later = administrator(now=NOW + 2 * HOUR)
        camera.begin_fault(later, kind="CLOCK")
        camera.begin_maintenance(later)
        assert [yields(camera, NOW + by) for by in (HOUR, 3 * HOUR)] == [True, True]

    def test_never_at_work(self) -> None:
        """A camera that was taken down before it ever worked has nothing to tell, nor one that was only connected."""
        who = administrator()
        for camera in (registered(who), installed(who)):
            camera.retire(who, reason="Thay mới")
            assert yields(camera, NOW - HOUR) is False
        camera = installed(who)
        camera.connect(who, channel="PRIVATE_CHANNEL")
        assert yields(camera, NOW + HOUR) is False

    def test_retired(self) -> None:
        """What it captured before it was retired does, and nothing from then on."""
        camera = at_work(administrator())
        camera.retire(administrator(now=NOW + 2 * HOUR), reason="Thay mới")
        assert [yields(camera, NOW + by) for by in (-HOUR, HOUR, 2 * HOUR)] == [False, True, False]

    def test_always(self) -> None:
        """One that was at work before it was registered always was."""
        with acting(SOMEBODY):
            camera = Camera.in_use(
                code="DH-NT-01",
                name="Ngã tư",
                camera_class="SMART_CITY",
                domain="TRAFFIC",
                area_path="quang-binh/dong-hoi",
                operating_unit_id=CENTRE.id,
            )
        assert yields(camera, NOW - 3000 * 24 * HOUR) is True

    @pytest.mark.rule("R-DH-3.6.0")
    def test_withdrawn(self) -> None:
        """From a withdrawal on nothing does; with the new consent the times of work on both sides of it count."""
        camera = agreed("dong-hoi")
        camera.withdraw_consent(administrator(now=NOW + 2 * HOUR))
        assert [yields(camera, NOW + by) for by in (HOUR, 3 * HOUR)] == [False, False]
        anew = administrator(now=NOW + 4 * HOUR)
        camera.file_consent(anew, consent("HOUSEHOLDER", TODAY, document="02/ĐN"))
        camera.connect(anew, channel="PRIVATE_CHANNEL")
        camera.activate(anew)
        assert [yields(camera, NOW + by) for by in (HOUR, 3 * HOUR, 5 * HOUR)] == [True, False, True]

    def test_withdrawn_and_retired(self) -> None:
        """That it was taken down after the withdrawal makes nothing of that time a case."""
        camera = agreed("dong-hoi")
        camera.withdraw_consent(administrator(now=NOW + HOUR))
        camera.retire(administrator(now=NOW + 3 * HOUR), reason="Thay mới")
        assert yields(camera, NOW + 2 * HOUR) is False


class TestAnotherPlace:
    """A camera that is linked has what another kind of place needs on file before it is said to look there."""

    @pytest.mark.rule("R-DB-6.4.0")
    def test_state_area(self) -> None:
        """Into the area of a State body it goes with the approval of who manages it, however late given."""
        who = administrator("dien-bien", now=NOW + timedelta(days=2))
        camera = at_work(administrator("dien-bien"), DB)
        Given(camera).when(
            lambda one: one.change_placement(who, placement="STATE_AREA", reason="Đo lại")
        ).then_refused(WrongState, rule="R-DB-6.4.0")
        camera.file_consent(who, consent("MANAGING_BODY_OF_AREA", date(2026, 6, 4)))
        camera.change_placement(who, placement="STATE_AREA", reason="Đo lại")
        assert (camera.state, camera.placement) == ("ACTIVE", "STATE_AREA")

    @pytest.mark.rule("R-DB-7.6.0")
    def test_private(self) -> None:
        """Into a private place it goes once it is said whose it is, and that they agree."""
        who = administrator("dien-bien")
        camera = at_work(who, DB)

        def refused() -> str:
            said = Given(camera).when(
                lambda one: one.change_placement(who, placement="PRIVATE", reason="Đo lại")
            )
            return str(said.then_refused(WrongState, rule="R-DB-7.6.0"))

        assert "The consent HOUSEHOLDER is not on file" in refused()
        camera.file_consent(who, consent("HOUSEHOLDER"))
        camera.collect_events()
        assert "It is not on record whose camera it is" in refused()
        camera.name_owner(who, HOUSEHOLDER)
        camera.change_placement(who, placement="PRIVATE", reason="Đo lại")
        assert camera.placement == "PRIVATE"

    @pytest.mark.rule("R-DB-6.2.0")
    def test_public(self) -> None:
        """Into a public place it goes with each of the papers of a public place."""
        who = administrator("dien-bien")
        camera = at_work(
            who, PRIVATE["dien-bien"], "HOUSEHOLDER", "SECURITY_REVIEW", "INVESTMENT_CONSULTATION"
        )
        for kind in ("PLACE_AND_TECHNICAL_PLAN", "RELATED_AGENCY"):
            Given(camera).when(
                lambda one: one.change_placement(who, placement="PUBLIC", reason="Đo lại")
            ).then_refused(WrongState, rule="R-DB-6.2.0")
            camera.file_consent(who, consent(kind))
            camera.collect_events()
        camera.change_placement(who, placement="PUBLIC", reason="Đo lại")
        assert camera.placement == "PUBLIC"

    @pytest.mark.rule("R-DB-6.4.0")
    def test_not_linked_yet(self) -> None:
        """Of one that only stands it is said freely: it has all of that on file before it works."""
        who = administrator("dien-bien")
        camera = installed(who, DB)
        camera.change_placement(who, placement="STATE_AREA", reason="Đo lại")
        camera.connect(who, channel="INTERNET")
        camera.collect_events()
        Given(camera).when(lambda one: one.activate(who)).then_refused(WrongState, rule="R-DB-6.4.0")

    @pytest.mark.rule("R-DB-9.2.0")
    def test_published_no_more(self) -> None:
        """A published camera was selected for what it showed: in another place it is published no more."""
        who = administrator("dien-bien")
        camera = at_work(who, DB)
        camera.file_consent(who, consent("MANAGING_BODY_OF_AREA"))
        publisher = context(actor(30, LEVEL_1, "APPROVER"), profile="dien-bien")
        camera.set_publication(publisher, published=True, place="JUNCTION")
        camera.collect_events()
        Given(camera).when(
            lambda one: one.change_placement(who, placement="STATE_AREA", reason="Đo lại")
        ).then(
            fact(Camera.PlacementChanged, placement="STATE_AREA"),
            fact(Camera.PublicationSet, published=False, place=None),
        )


class TestMoved:
    """What was agreed to of one place is no consent to another."""

    @pytest.mark.rule("R-DB-6.2.0")
    def test_anew(self) -> None:
        """A camera that is put elsewhere works there once that is agreed to, and is connected in time."""
        camera = at_work(administrator("dien-bien"), DB)
        who = administrator("dien-bien", now=NOW + timedelta(days=2))
        camera.reconfigure(who, reason="Dời cột", longitude=106.7)
        moved, lapsed = camera.collect_events()
        assert isinstance(moved, Camera.Reconfigured)
        assert isinstance(lapsed, Camera.ConsentsLapsed)
        assert (lapsed.kinds, len(moved.clocks)) == (("PLACE_AND_TECHNICAL_PLAN", "RELATED_AGENCY"), 1)
        assert (camera.state, [one.kind for one in camera.consents]) == (
            "INSTALLED",
            ["SECURITY_REVIEW", "INVESTMENT_CONSULTATION"],
        )
        camera.connect(who, channel="INTERNET")
        camera.collect_events()
        Given(camera).when(lambda one: one.activate(who)).then_refused(WrongState, rule="R-DB-6.2.0")
        for kind in ("PLACE_AND_TECHNICAL_PLAN", "RELATED_AGENCY"):
            camera.file_consent(who, consent(kind, date(2026, 6, 4)))
        camera.activate(administrator("dien-bien", now=NOW + timedelta(days=3)))
        assert [yields(camera, NOW + timedelta(days=n)) for n in (1, 2, 3)] == [True, False, True]

    @pytest.mark.parametrize(
        "profile,given",
        [
            ("dong-hoi", DH),
            ("dien-bien", replace(DB, longitude=None, latitude=None)),
            ("dien-bien", PRIVATE["dien-bien"]),
        ],
        ids=["not asked for", "first said", "private"],
    )
    def test_as_it_was(self, profile: str, given: Any) -> None:
        """Where no place is agreed to, or it was never said which, a position changes nothing else."""
        who = administrator(profile)
        camera = at_work(who, given, "HOUSEHOLDER", *CONSENTS[profile])
        camera.reconfigure(who, reason="Đo lại", longitude=106.61, latitude=17.47)
        assert [type(one) for one in camera.collect_events()] == [Camera.Reconfigured]
        assert camera.state == "ACTIVE"

    @pytest.mark.rule("R-DB-6.2.0")
    def test_turned(self) -> None:
        """One that is only turned stands where it stood, and works on."""
        who = administrator("dien-bien")
        camera = at_work(who, DB)
        camera.reconfigure(who, reason="Xoay", view="Cổng chính")
        assert camera.state == "ACTIVE"
