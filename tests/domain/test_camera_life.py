"""Installed, connected, active, at fault, maintained, retired: each step one event with its rule, in its order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.case.clocks import Clock, Stopped
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cameras import (
    CONSENTS,
    DB,
    HOUSEHOLD,
    LEVEL_2,
    administrator,
    at_work,
    certificate,
    consent,
    installed,
    registered,
)
from tests.support.spec import (
    EXECUTOR,
    HANDLER,
    NOW,
    Given,
    context,
    fact,
    legal,
)

Act = Callable[[Camera], object]
TODAY = date(2026, 6, 2)


@pytest.mark.rule("R-DH-6.1.a", "R-DH-5.4.0")
def test_way() -> None:
    """The Centre installs a camera, connects it by the private channel with both consents on file, and lets it work."""
    who = administrator()
    camera = registered(who)
    Given(camera).when(lambda one: one.install(who, installed_on=TODAY)).then(
        fact(Camera.Installed, installed_on=TODAY).under(rule="R-DH-6.1.a")
    )
    for kind, other in (("ATTACHMENT_MANAGER", "ATTACHMENT_OPERATOR"), ("ATTACHMENT_OPERATOR", None)):
        Given(camera).when(lambda one: one.connect(who, channel="PRIVATE_CHANNEL")).then_refused(
            WrongState, rule="R-DH-5.4.0"
        )
        Given(camera).when(partial(Camera.file_consent, context=who, consent=consent(kind))).then(
            fact(Camera.ConsentFiled, consent=consent(kind)).under(rule="R-DH-5.4.0")
        )
        assert (len(camera.consents) == 2) == (other is None)
    Given(camera).when(lambda one: one.connect(who, channel="PRIVATE_CHANNEL", documents=["Sơ đồ"])).then(
        fact(Camera.Connected, channel="PRIVATE_CHANNEL", documents=("Sơ đồ",)).under(rule="R-DH-7.1.0")
    )
    Given(camera).when(lambda one: one.activate(who)).then(fact(Camera.Activated).under(rule="R-DH-6.1.a"))
    assert (camera.state, camera.activated_at) == ("ACTIVE", NOW)


STEPS: dict[str, Callable[..., object]] = {
    "install": lambda one, who: one.install(who, installed_on=TODAY),
    "connect": lambda one, who: one.connect(who, channel="PRIVATE_CHANNEL"),
    "activate": lambda one, who: one.activate(who),
    "begin_fault": lambda one, who: one.begin_fault(who, kind="CLOCK", at=NOW - timedelta(hours=1)),
    "end_fault": lambda one, who: one.end_fault(who, kind="CLOCK"),
    "begin_maintenance": lambda one, who: one.begin_maintenance(who),
    "end_maintenance": lambda one, who: one.end_maintenance(who),
    "retire": lambda one, who: one.retire(who, reason="Thay mới"),
}
WAYS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "REGISTERED": ((), {"install", "retire"}),
    "INSTALLED": (("install",), {"connect", "begin_fault", "retire"}),
    "CONNECTED": (("install", "connect"), {"activate", "begin_fault", "retire"}),
    "ACTIVE": (("install", "connect", "activate"), {"begin_fault", "begin_maintenance", "retire"}),
    "FAULTY": (
        ("install", "connect", "activate", "begin_fault"),
        {"begin_fault", "end_fault", "begin_maintenance", "retire"},
    ),
    "MAINTENANCE": (
        ("install", "connect", "activate", "begin_maintenance"),
        {"begin_fault", "end_maintenance", "retire"},
    ),
    "RETIRED": (("install", "connect", "activate", "retire"), {"begin_fault"}),
}


@pytest.mark.parametrize("state", WAYS)
def test_order(state: str) -> None:
    """From each state exactly the steps that follow it are open; every other is refused with the state it needs."""
    who = administrator()
    way, open_ = WAYS[state]
    for step, act in STEPS.items():
        camera = registered(who)
        for kind in CONSENTS["dong-hoi"]:
            camera.file_consent(who, consent(kind))
        for name in way:
            STEPS[name](camera, who)
        camera.collect_events()
        assert camera.state == state
        refusal = Given(camera).when(partial(act, who=who)).refusal
        assert (step in open_) == (refusal is None), (step, refusal)
        assert refusal is None or isinstance(refusal, WrongState)


class TestConnection:
    """Levels II and III are connected to level I within five days of their installation, or of a change."""

    CLOCK = Clock(
        timer="CONNECT_CAMERA",
        variant=None,
        started_at=legal("2026-06-01 00:00"),
        due=legal("2026-06-09 00:00"),  # the fifth day is a Saturday: it ends with Monday
        rule="R-DB-7.5.a",
        missed="late",
        unit_id=LEVEL_2.id,
    )

    @pytest.mark.rule("R-DB-7.1.0", "R-DB-7.5.a", "R-DB-7.5.b")
    def test_in_time(self) -> None:
        """The clock starts with the day of installation and stops with the connection, whose documents are named."""
        who = administrator("dien-bien")
        camera = registered(who, DB)
        Given(camera).when(lambda one: one.install(who, installed_on=date(2026, 6, 1))).then(
            fact(Camera.Installed, installed_on=date(2026, 6, 1), clocks=(self.CLOCK,))
        )
        assert (camera.connect_due, camera.connect_rule) == (self.CLOCK.due, "R-DB-7.5.a")
        Given(camera).when(
            lambda one: one.connect(who, channel="INTERNET", documents=["Thông số kỹ thuật"])
        ).then(
            fact(
                Camera.Connected,
                channel="INTERNET",
                documents=("Thông số kỹ thuật",),
                stopped=(Stopped(timer="CONNECT_CAMERA", due=self.CLOCK.due, late=False),),
            ).under(rule="R-DB-7.5.a")
        )
        assert camera.connect_due is None

    @pytest.mark.rule("R-DB-7.5.a")
    def test_late(self) -> None:
        """At the end of the fifth day the connection is late, and goes through all the same."""
        camera = installed(administrator("dien-bien"), DB)
        who = administrator("dien-bien", now=self.CLOCK.due)
        camera.connect(who, channel="INTERNET")
        connected = camera.collect_events()[0]
        assert isinstance(connected, Camera.Connected)
        assert connected.stopped[0].late is True

    @pytest.mark.rule("R-DB-7.5.a", "R-DB-5.6.0")
    def test_changed(self) -> None:
        """What is changed at work is connected anew within the same time, and works meanwhile."""
        who = administrator("dien-bien")
        camera = at_work(who, DB)
        camera.reconfigure(who, reason="Xoay về phía cổng", view="Cổng chính")
        changed = camera.collect_events()[0]
        assert isinstance(changed, Camera.Reconfigured)
        assert [clock.due for clock in changed.clocks] == [legal("2026-06-09 00:00")]
        assert (changed.envelope.reason, changed.envelope.rule) == ("Xoay về phía cổng", "R-DB-5.6.0")
        assert (camera.state, camera.connect_due) == ("ACTIVE", legal("2026-06-09 00:00"))
        camera.connect(who, channel="INTERNET")
        assert (camera.state, camera.connect_due) == ("ACTIVE", None)

    @pytest.mark.rule("R-DB-7.6.0")
    @pytest.mark.parametrize("otherwise", [{"camera_class": "LEVEL_1"}, {"placement": "PRIVATE"}])
    def test_no_clock(self, otherwise: dict[str, Any]) -> None:
        """Level I itself, and a private camera whose owner is only encouraged, run no clock."""
        who = administrator("dien-bien")
        given = replace(DB, owner=HOUSEHOLD.owner, **otherwise)
        assert installed(who, given).connect_due is None

    @pytest.mark.rule("R-DB-1.3.0", "R-DB-3.7.0")
    def test_internal(self) -> None:
        """A camera inside of premises is out of scope: it stands in the register and is not connected."""
        who = administrator("dien-bien")
        camera = installed(who, replace(DB, placement="INTERNAL"))
        assert camera.connect_due is None
        Given(camera).when(lambda one: one.connect(who, channel="INTERNET")).then_refused(
            WrongState, rule="R-DB-1.3.0"
        )


class TestConsents:
    """What has to be agreed to before a camera works, by its place and its level."""

    @pytest.mark.rule("R-DB-6.2.0", "R-DB-6.4.0", "R-DB-16.3.a", "R-DB-16.5.0")
    @pytest.mark.parametrize(
        "placement,needs",
        [
            (
                "PUBLIC",
                {
                    "PLACE_AND_TECHNICAL_PLAN": "R-DB-6.2.0",
                    "RELATED_AGENCY": "R-DB-6.2.0",
                    "SECURITY_REVIEW": "R-DB-16.3.a",
                    "INVESTMENT_CONSULTATION": "R-DB-16.5.0",
                },
            ),
            (
                "STATE_AREA",
                {
                    "MANAGING_BODY_OF_AREA": "R-DB-6.4.0",
                    "RELATED_AGENCY": "R-DB-6.4.0",
                    "SECURITY_REVIEW": "R-DB-16.3.a",
                    "INVESTMENT_CONSULTATION": "R-DB-16.5.0",
                },
            ),
        ],
    )
    def test_needed(self, placement: str, needs: dict[str, str]) -> None:
        """Without any one of them it is not activated, and the refusal cites the rule that asks for it."""
        who = administrator("dien-bien")
        for missing, rule in needs.items():
            camera = registered(who, DB, placement=placement)
            camera.install(who, installed_on=TODAY)
            for kind in needs:
                if kind != missing:
                    camera.file_consent(who, consent(kind))
            camera.connect(who, channel="INTERNET")
            camera.collect_events()
            Given(camera).when(lambda one: one.activate(who)).then_refused(WrongState, rule=rule)
            camera.file_consent(who, consent(missing))
            camera.activate(who)
            assert camera.state == "ACTIVE"

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    def test_householder(self) -> None:
        """A householder's camera is connected once they agree in writing, not before."""
        who = administrator()
        camera = registered(who, HOUSEHOLD)
        camera.install(who, installed_on=TODAY)
        for kind in CONSENTS["dong-hoi"]:
            camera.file_consent(who, consent(kind))
        camera.collect_events()
        Given(camera).when(lambda one: one.connect(who, channel="INTERNET")).then_refused(
            WrongState, rule="R-DH-3.6.0"
        )
        camera.file_consent(who, consent("HOUSEHOLDER"))
        camera.connect(who, channel="INTERNET")
        assert camera.state == "CONNECTED"

    @pytest.mark.rule("R-DH-3.6.0", "R-DB-7.6.0")
    def test_withdrawn(self) -> None:
        """When the owner withdraws it, watching and the link end at once; agreeing anew begins the way again."""
        who, handler = administrator(), context(HANDLER)
        camera = at_work(who, HOUSEHOLD, "HOUSEHOLDER", *CONSENTS["dong-hoi"])
        assert check_watch(camera, handler) is None
        Given(camera).when(lambda one: one.withdraw_consent(who, reason="Không muốn nữa")).then(
            fact(Camera.ConsentWithdrawn, document=None).under(reason="Không muốn nữa", rule="R-DH-3.6.0")
        )
        assert camera.state == "INSTALLED"
        refusal = check_watch(camera, handler)
        assert isinstance(refusal, Forbidden)
        assert refusal.rule == "R-DH-3.6.0"
        Given(camera).when(lambda one: one.connect(who, channel="INTERNET")).then_refused(
            WrongState, rule="R-DH-3.6.0"
        )
        camera.file_consent(who, consent("HOUSEHOLDER", TODAY, document="02/ĐN"))
        camera.connect(who, channel="INTERNET")
        camera.activate(who)
        assert (camera.state, check_watch(camera, handler)) == ("ACTIVE", None)

    def test_nothing_to_withdraw(self) -> None:
        """Only an owner who agreed withdraws."""
        who = administrator()
        Given(at_work(who)).when(lambda one: one.withdraw_consent(who)).then_refused(
            WrongState, rule="R-DH-3.6.0"
        )


def test_not_theirs() -> None:
    """No step of its life is taken by whoever does not administer it."""
    acts: list[Callable[..., object]] = [
        lambda one, who: one.install(who, installed_on=TODAY),
        lambda one, who: one.connect(who, channel="INTERNET"),
        lambda one, who: one.activate(who),
        lambda one, who: one.retire(who, reason="x"),
        lambda one, who: one.file_consent(who, consent("RELATED_AGENCY")),
        lambda one, who: one.withdraw_consent(who),
        lambda one, who: one.file_certificate(who, certificate()),
        lambda one, who: one.mark_secret(who, secret=True, reason="x"),
    ]
    for act in acts:
        outcome = Given(registered(administrator())).when(partial(act, who=context(EXECUTOR)))
        assert isinstance(outcome.refusal, Forbidden)


def test_future() -> None:
    """Nothing is installed tomorrow."""
    who = administrator()
    said = Given(registered(who)).when(lambda one: one.install(who, installed_on=date(2026, 6, 3)))
    assert said.then_refused(InvalidInput, rule="R-DH-6.1.a").path == "installedOn"


def test_retired() -> None:
    """A retired camera is published no more, and whose clock ran has it stopped."""
    who = administrator("dien-bien")
    camera = installed(who, DB)
    camera.retire(who, reason="Thay mới", document="20/QĐ")
    retired = camera.collect_events()[0]
    assert isinstance(retired, Camera.Retired)
    assert [ended.late for ended in retired.stopped] == [False]
    assert (camera.state, camera.published) == ("RETIRED", False)
    Given(camera).when(lambda one: one.mark_secret(who, secret=True, reason="x")).then_refused(
        WrongState, rule="R-DB-5.6.0"
    )
