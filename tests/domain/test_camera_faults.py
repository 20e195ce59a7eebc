"""What measures works while it is verified; what is at fault is so from an instant to another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.camera.guards import in_known_fault
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cameras import CONSENTS, DB, HOUSEHOLD, QT, administrator, at_work, certificate, installed
from tests.support.spec import (
    APPROVER,
    EXECUTOR,
    HANDLER,
    NOW,
    SOMEBODY,
    Given,
    context,
    fact,
)

Act = Callable[[Camera], object]
TODAY = date(2026, 6, 2)
MINUTE = timedelta(minutes=1)
FIRST, SECOND = UUID(int=1), UUID(int=2)
SOMEBODY_NOW = replace(SOMEBODY, took_place_at=NOW)


class TestMeasuring:
    """What measures works while it is verified."""

    @pytest.mark.rule("R-QT-3.9.0")
    def test_verified_first(self) -> None:
        """A speed meter without a verification in force is not activated."""
        who = administrator("quang-tri")
        camera = installed(who, QT)
        camera.connect(who, channel="INTERNET")
        camera.collect_events()
        Given(camera).when(lambda one: one.activate(who)).then_refused(WrongState, rule="R-QT-3.9.0")
        camera.file_certificate(who, certificate())
        camera.activate(who)
        assert camera.state == "ACTIVE"

    @pytest.mark.rule("R-QT-3.9.0")
    def test_lapsed(self) -> None:
        """One whose verification has lapsed by then is not."""
        camera = installed(administrator("quang-tri"), QT)
        camera.file_certificate(administrator("quang-tri"), certificate(valid_until=TODAY))
        later = administrator("quang-tri", now=NOW + timedelta(days=1))
        camera.connect(later, channel="INTERNET")
        camera.collect_events()
        Given(camera).when(lambda one: one.activate(later)).then_refused(WrongState, rule="R-QT-3.9.0")


class TestFaults:
    """Faults have a beginning and an end; links are lost and come back."""

    def test_window(self) -> None:
        """What was captured between the beginning and the end of a fault was captured in a known fault."""
        who = context(EXECUTOR)
        camera = at_work(administrator())
        began, ended = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
        camera.begin_fault(who, kind="CLOCK", at=began, reason="Lệch giờ")
        assert camera.state == "FAULTY"
        assert in_known_fault(camera, NOW) is True
        camera.end_fault(who, kind="CLOCK", at=ended)
        assert camera.state == "ACTIVE"
        instants = (began - timedelta(seconds=1), began, ended - timedelta(seconds=1), ended)
        assert [in_known_fault(camera, at) for at in instants] == [False, True, True, False]
        assert [
            event.envelope.rule for event in camera.collect_events() if isinstance(event, Camera.Event)
        ] == [
            "R-DH-8.1.0",
            "R-DH-8.1.0",
        ]

    def test_two(self) -> None:
        """While one of two faults is open it stays at fault, in maintenance and after."""
        who = administrator()
        camera = at_work(who)
        camera.begin_fault(who, kind="POWER")
        camera.begin_fault(who, kind="CLOCK")
        Given(camera).when(lambda one: one.begin_fault(who, kind="CLOCK"))
        camera.end_fault(who, kind="POWER")
        assert camera.state == "FAULTY"
        camera.begin_maintenance(who)
        assert camera.state == "MAINTENANCE"
        camera.end_maintenance(who)
        assert camera.state == "FAULTY"

    def test_each_its_own(self) -> None:
        """Faults of one kind that two incidents and somebody report overlap; each ends its own, and the last of all."""
        who, said = administrator(), SOMEBODY_NOW
        camera = at_work(who)
        for incident, hours in ((FIRST, 2), (None, 1), (SECOND, 3)):
            camera.begin_fault(said, kind="POWER", at=NOW - timedelta(hours=hours), incident_id=incident)
        camera.collect_events()
        Given(camera).when(lambda one: one.end_fault(said, kind="POWER", incident_id=FIRST)).then(
            fact(Camera.FaultEnded, at=NOW, kind="POWER", incident_id=FIRST)
        )
        assert [window.ended_at for window in camera.faults] == [NOW, None, None]
        camera.end_fault(who, kind="POWER")
        assert (camera.state, in_known_fault(camera, NOW)) == ("FAULTY", True)
        camera.collect_events()
        Given(camera).when(lambda one: one.end_fault(who, kind="POWER")).then_refused(
            WrongState, rule="R-DH-8.1.0"
        )
        camera.end_fault(said, kind="POWER", incident_id=SECOND)
        assert (camera.state, in_known_fault(camera, NOW)) == ("ACTIVE", False)

    def test_as_stored(self) -> None:
        """What ended before each incident had its own ended whatever was open of its kind, and any loss of the link."""
        camera = at_work(administrator())
        given: list[Act] = [
            lambda one: one.trigger_event(Camera.FaultBegan, at=NOW, kind="POWER", incident_id=FIRST),
            lambda one: one.trigger_event(Camera.LinkLost, at=NOW, kind="CENTRE", incident_id=FIRST),
            lambda one: one.trigger_event(Camera.FaultEnded, at=NOW, kind="POWER", incident_id=None),
            lambda one: one.trigger_event(Camera.LinkRestored, at=NOW, kind="CENTRE", incident_id=None),
        ]
        with acting(SOMEBODY):
            for act in given[:2]:
                act(camera)
            assert (camera.state, camera.link_lost_at) == ("FAULTY", NOW)
            for act in given[2:]:
                act(camera)
        assert (camera.state, camera.link_lost_at) == ("ACTIVE", None)

    def test_seen_earlier(self) -> None:
        """An open fault that is reported as begun earlier was so for longer; as begun later, nothing changes."""
        who = administrator()
        camera = at_work(who)
        camera.begin_fault(who, kind="CLOCK", at=NOW - timedelta(hours=2))
        camera.collect_events()
        earlier = NOW - timedelta(hours=30)
        Given(camera).when(lambda one: one.begin_fault(who, kind="CLOCK", at=NOW)).then_nothing()
        Given(camera).when(lambda one: one.begin_fault(who, kind="CLOCK", at=earlier)).then(
            fact(
                Camera.Backdated,
                at=earlier,
                kind="CLOCK",
                incident_id=None,
                said_at=NOW - timedelta(hours=2),
            ).under(rule="R-DH-8.1.0")
        )
        assert [in_known_fault(camera, earlier - MINUTE), in_known_fault(camera, earlier)] == [False, True]

    @pytest.mark.parametrize("end", ["retire", "withdraw"])
    def test_found_late(self, end: str) -> None:
        """What a camera captured stays when it goes: a fault of that time is entered late, none of a later time."""
        who, later = administrator(), administrator(now=NOW + timedelta(days=1))
        camera = at_work(who, HOUSEHOLD, "HOUSEHOLDER", *CONSENTS["dong-hoi"])
        if end == "retire":
            camera.retire(who, reason="Thay mới")
            camera.collect_events()
            refused = Given(camera).when(lambda one: one.begin_fault(later, kind="CLOCK"))
            assert refused.then_refused(InvalidInput, rule="R-DH-8.1.0").path == "at"
        else:
            camera.withdraw_consent(who, reason="Không muốn nữa")
        before = camera.state
        camera.begin_fault(later, kind="CLOCK", at=NOW - timedelta(hours=2))
        camera.end_fault(later, kind="CLOCK", at=NOW - timedelta(hours=1))
        instants = [NOW - timedelta(hours=hours) for hours in (3, 2, 1)]
        assert [in_known_fault(camera, at) for at in instants] == [False, True, False]
        assert camera.state == before

    @pytest.mark.parametrize(
        "kind,at,path",
        [("MOOD", NOW, "kind"), ("CLOCK", NOW + timedelta(seconds=1), "at")],
    )
    def test_refused(self, kind: str, at: datetime, path: str) -> None:
        """A fault of no known kind, and one that lies ahead, are refused."""
        who = administrator()
        said = Given(at_work(who)).when(lambda one: one.begin_fault(who, kind=kind, at=at))
        assert said.then_refused(InvalidInput, rule="R-DH-8.1.0").path == path

    def test_ends_after_it_began(self) -> None:
        """A fault ends no sooner than it began, and only if it did."""
        who = administrator()
        camera = at_work(who)
        camera.begin_fault(who, kind="CLOCK")
        camera.collect_events()
        Given(camera).when(lambda one: one.end_fault(who, kind="POWER")).then_refused(
            WrongState, rule="R-DH-8.1.0"
        )
        early = Given(camera).when(lambda one: one.end_fault(who, kind="CLOCK", at=NOW - timedelta(hours=1)))
        assert early.then_refused(InvalidInput, rule="R-DH-8.1.0").path == "at"

    @pytest.mark.rule("R-DB-16.2.0")
    def test_link(self) -> None:
        """A link that is lost, as a process of the installation saw it, and one that came back, are on record once."""
        camera = at_work(administrator("dien-bien"), DB)
        said = replace(SOMEBODY, by="system:links", rule="R-DB-5.1.0", took_place_at=NOW.astimezone(UTC))
        lost = fact(Camera.LinkLost, at=NOW - timedelta(minutes=5), kind="LEVEL_1", incident_id=None)
        down: Act = lambda one: one.lose_link(said, kind="LEVEL_1", at=NOW - timedelta(minutes=5))  # noqa: E731
        Given(camera).when(down).then(lost.under(by="system:links", rule="R-DB-5.1.0"))
        Given(camera).when(down).then_nothing()
        Given(camera).when(lambda one: one.restore_link(said, kind="LEVEL_1")).then(
            fact(Camera.LinkRestored, at=said.took_place_at, kind="LEVEL_1", incident_id=None)
        )
        assert (camera.state, camera.link_lost_at) == ("ACTIVE", None)

    def test_lost_twice(self) -> None:
        """A link that two say is lost is down since the first of them said, and up when both say so, no sooner."""
        said = SOMEBODY_NOW
        camera = at_work(administrator())
        camera.lose_link(said, at=NOW - timedelta(minutes=5), incident_id=FIRST)
        camera.lose_link(said, at=NOW - timedelta(minutes=9), incident_id=SECOND)
        assert camera.link_lost_at == NOW - timedelta(minutes=9)
        camera.collect_events()
        early = Given(camera).when(
            lambda one: one.restore_link(said, at=NOW - timedelta(minutes=6), incident_id=FIRST)
        )
        assert early.then_refused(InvalidInput, rule=None).path == "at"
        camera.restore_link(said, incident_id=SECOND)
        assert camera.link_lost_at == NOW - timedelta(minutes=5)
        camera.restore_link(said, incident_id=FIRST)
        assert camera.link_lost_at is None
        camera.collect_events()
        Given(camera).when(lambda one: one.restore_link(said, incident_id=FIRST)).then_nothing()

    @pytest.mark.parametrize("who", [APPROVER, HANDLER])
    def test_not_theirs(self, who: Any) -> None:
        """People of other units, and whose function is another, do not say what is wrong with it."""
        outcome = Given(at_work(administrator())).when(
            lambda one: one.begin_fault(context(who), kind="CLOCK")
        )
        assert isinstance(outcome.refusal, Forbidden)
