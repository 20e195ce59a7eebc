"""What measures works while it is verified; what is at fault is so from an instant to another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.camera import Camera
from domain.camera.guards import in_known_fault
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cameras import DB, QT, administrator, at_work, certificate, installed
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

    @pytest.mark.parametrize("who", [APPROVER, HANDLER])
    def test_not_theirs(self, who: Any) -> None:
        """People of other units, and whose function is another, do not say what is wrong with it."""
        outcome = Given(at_work(administrator())).when(
            lambda one: one.begin_fault(context(who), kind="CLOCK")
        )
        assert isinstance(outcome.refusal, Forbidden)
