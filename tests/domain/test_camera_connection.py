"""The five days in which a camera is connected to level I, when it is changed or moved, and as time goes by."""

from datetime import timedelta

import pytest

from domain.camera import Camera
from domain.case.clocks import Stopped
from domain.clock import legal_date
from domain.commands.clock import by_time
from domain.envelope import acting
from tests.support.cameras import DB, LEVEL_2, administrator, at_work, consent, installed, registered
from tests.support.spec import Given, fact, legal, rules_on

DUE = legal("2026-06-09 00:00")
"""Installed or changed on the first or second of June: the fifth day is a Saturday or a Sunday."""
STOPPED = Stopped(timer="CONNECT_CAMERA", due=DUE, late=False)
LATER = legal("2026-06-05 10:00")


class TestRunning:
    """What a change does to a time that runs."""

    @pytest.mark.rule("R-DB-7.5.a")
    def test_not_put_off(self) -> None:
        """Whoever changes a camera that waits for its connection has no more time for it."""
        camera = installed(administrator("dien-bien"), DB)
        camera.reconfigure(administrator("dien-bien", now=LATER), reason="Xoay", view="Cổng chính")
        changed = camera.collect_events()[0]
        assert isinstance(changed, Camera.Reconfigured)
        assert (changed.clocks, changed.stopped, camera.connect_due) == ((), (), DUE)

    @pytest.mark.rule("R-DB-7.5.a")
    def test_not_forgotten(self) -> None:
        """Nor does a change let a time be forgotten that is over."""
        camera = installed(administrator("dien-bien"), DB)
        late = administrator("dien-bien", now=DUE + timedelta(days=1))
        camera.reconfigure(late, reason="Xoay", view="Cổng chính")
        camera.collect_events()
        camera.connect(late, channel="INTERNET")
        connected = camera.collect_events()[0]
        assert isinstance(connected, Camera.Connected)
        assert connected.stopped == (Stopped(timer="CONNECT_CAMERA", due=DUE, late=True),)

    @pytest.mark.rule("R-DB-1.3.0", "R-DB-7.6.0")
    @pytest.mark.parametrize("placement", ["INTERNAL", "PRIVATE"])
    def test_out_of_scope(self, placement: str) -> None:
        """Of a camera that turns out to look inside, or at a private place, no connection is due any more."""
        who = administrator("dien-bien")
        camera = installed(who, DB)
        Given(camera).when(lambda one: one.change_placement(who, placement=placement, reason="Đo lại")).then(
            fact(Camera.PlacementChanged, placement=placement, stopped=(STOPPED,))
        )
        assert camera.connect_due is None

    @pytest.mark.rule("R-DB-7.5.a")
    def test_in_scope(self) -> None:
        """One that turns out to look at a public place is to be connected from then on."""
        who = administrator("dien-bien")
        camera = registered(who, DB, placement="INTERNAL")
        camera.install(who, installed_on=legal_date(who.now))
        camera.collect_events()
        assert camera.connect_due is None
        camera.change_placement(who, placement="PUBLIC", reason="Đo lại")
        changed = camera.collect_events()[0]
        assert isinstance(changed, Camera.PlacementChanged)
        [clock] = changed.clocks
        assert (clock.started_at, clock.due, clock.unit_id) == (who.now, DUE, LEVEL_2.id)

    @pytest.mark.rule("R-DB-7.6.0")
    def test_withdrawn(self) -> None:
        """Nobody has to connect a camera whose owner agrees no longer, whatever is changed about it."""
        who = administrator("dien-bien")
        camera = installed(who, DB)
        camera.file_consent(who, consent("HOUSEHOLDER"))
        camera.collect_events()
        Given(camera).when(lambda one: one.withdraw_consent(who, document="01/ĐN")).then(
            fact(Camera.ConsentWithdrawn, document="01/ĐN", stopped=(STOPPED,))
        )
        camera.reconfigure(who, reason="Xoay", view="Cổng chính")
        changed = camera.collect_events()[0]
        assert isinstance(changed, Camera.Reconfigured)
        assert changed.clocks == ()


class TestTold:
    """What the scheduler says of it."""

    @pytest.mark.rule("R-DB-7.5.a")
    def test_once(self) -> None:
        """That it is due soon, and that it was missed, each once, and of the end that the scheduler knows."""
        camera = installed(administrator("dien-bien"), DB)
        with acting(by_time(rules_on(legal_date(LATER), "dien-bien"), LATER, unit_id=LEVEL_2.id, rule=None)):
            camera.tell_due_soon(DUE + timedelta(days=1))
            camera.tell_missed(DUE - timedelta(microseconds=1))
            assert not camera.collect_events()
            camera.tell_due_soon(DUE)
            camera.tell_due_soon(DUE)
            camera.tell_missed(DUE)
            camera.tell_missed(DUE + timedelta(days=9))
            camera.tell_due_soon(DUE)
        assert [type(event) for event in camera.collect_events()] == [
            Camera.ConnectionDueSoon,
            Camera.ConnectionMissed,
        ]

    @pytest.mark.rule("R-DB-7.5.a")
    def test_of_nothing(self) -> None:
        """Of a camera that is connected nothing is told."""
        camera = at_work(administrator("dien-bien"), DB)
        with acting(by_time(rules_on(legal_date(DUE), "dien-bien"), DUE, unit_id=LEVEL_2.id, rule=None)):
            camera.tell_due_soon(DUE)
            camera.tell_missed(DUE)
        assert not camera.collect_events()

    @pytest.mark.rule("R-DB-7.5.a")
    def test_anew(self) -> None:
        """Of the time after the next change it is told again."""
        camera = installed(administrator("dien-bien"), DB)
        with acting(by_time(rules_on(legal_date(DUE), "dien-bien"), DUE, unit_id=LEVEL_2.id, rule=None)):
            camera.tell_missed(DUE)
        late = administrator("dien-bien", now=DUE)
        camera.connect(late, channel="INTERNET")
        camera.reconfigure(late, reason="Xoay", view="Cổng chính")
        camera.collect_events()
        next_due = camera.connect_due
        assert next_due is not None
        assert next_due > DUE
        assert camera.connect_missed_told_at is None
        with acting(by_time(rules_on(legal_date(DUE), "dien-bien"), next_due, unit_id=LEVEL_2.id, rule=None)):
            camera.tell_missed(next_due)
        assert [type(event) for event in camera.collect_events()] == [Camera.ConnectionMissed]
