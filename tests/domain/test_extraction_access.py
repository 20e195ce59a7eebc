"""Who sees an extraction, and who opens what was cut."""

from typing import Any

import pytest

from domain.camera import Camera
from domain.context import Actor, Context
from domain.errors import Forbidden, WrongState
from domain.extraction import ExtractedFile, FootageExtraction
from domain.extraction.guards import GIVING, GUARDS, check_open, check_view, guards_on
from domain.unit import Unit
from tests.support.cameras import administrator, registered
from tests.support.extractions import (
    ACCEPTED,
    APPROVED,
    EXECUTED,
    FILE,
    HANDED_OVER,
    RECEIVER,
    REJECTED,
    requested,
)
from tests.support.spec import (
    ACTORS,
    APPROVER,
    AUDITOR,
    CENTRE,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    INSPECTORATE,
    OTHER_CENTRE,
    POLICE,
    STRANGER,
    TEAM,
    TEAM_HANDLER,
    Fact,
    actor,
    context,
    given,
    unit,
)

OFFICER = actor(31, COMMUNE, "HANDLER")
"""Of the commune police, not its leader."""
RECEIVING = actor(RECEIVER.int, COMMUNE, "HANDLER")
CLERK = actor(32, CENTRE, "EXECUTOR")
OTHER_COMMUNE = unit("CAP-2", "COMMUNE_POLICE", "quang-binh/dong-hoi/bac-ly")
NEIGHBOUR = actor(33, OTHER_COMMUNE, "LEADER", leader=True)
FILES = [ExtractedFile(**FILE)]
CAMERA = registered(administrator())
"""Of the Centre."""


def past(*facts: Fact) -> Any:
    """An extraction that the leader of the commune police asked for, and what has happened since."""
    return given(FootageExtraction, requested(), *facts)


class TestOpen:
    """Opening the files is part of the handing over."""

    def test_receiver(self) -> None:
        """The receiver opens them, after accepting."""
        so_far = [APPROVED, EXECUTED, HANDED_OVER]
        assert isinstance(check_open(past(*so_far).aggregate, CAMERA, context(RECEIVING)), WrongState)
        assert check_open(past(*so_far, ACCEPTED).aggregate, CAMERA, context(RECEIVING)) is None

    @pytest.mark.rule("R-QT-5.5.0")
    @pytest.mark.parametrize("who", [COMMUNE_LEADER, EXECUTOR, HANDLER, AUDITOR, APPROVER, STRANGER])
    def test_others(self, who: Actor) -> None:
        """Nobody else does: not who asked, who allowed, who cut, nor who audits."""
        everything = past(APPROVED, EXECUTED, HANDED_OVER, ACCEPTED).aggregate
        assert isinstance(check_open(everything, CAMERA, context(who)), Forbidden)


def secret(profile: str = "dong-hoi", **given: Any) -> Camera:
    """A camera that may show a state secret."""
    by = administrator(profile)
    camera = registered(by, **given)
    camera.mark_secret(by, secret=True, reason="Trụ sở quân sự")
    return camera


@pytest.mark.rule("R-DH-1.2.0")
@pytest.mark.parametrize(
    "act, who, so_far",
    [
        ("approveExtraction", HANDLER, []),
        ("executeExtraction", EXECUTOR, [APPROVED]),
        ("handOverExtraction", EXECUTOR, [APPROVED, EXECUTED]),
        ("acceptExtraction", RECEIVING, [APPROVED, EXECUTED, HANDED_OVER]),
    ],
)
def test_secret(act: str, who: Actor, so_far: list[Fact]) -> None:
    """What may be a state secret is allowed, cut, given and taken by nobody for a unit outside of its own system."""
    extraction = past(*so_far).aggregate
    assert guards_on(CAMERA)[act](extraction, context(who)) is None
    refusal = guards_on(secret())[act](extraction, context(who))
    assert isinstance(refusal, Forbidden)
    assert refusal.rule == "R-DH-1.2.0"


def test_secret_turned_down() -> None:
    """A request for what may be a state secret is still turned down, and whoever may not act is told nothing of it."""
    guards, extraction = guards_on(secret()), past().aggregate
    assert guards["rejectExtraction"](extraction, context(HANDLER)) is None
    for act in GIVING:
        told = guards[act](extraction, context(STRANGER))
        assert str(told) == str(GUARDS[act](extraction, context(STRANGER)))


@pytest.mark.rule("R-DH-1.2.0")
def test_secret_not_opened() -> None:
    """What was handed over before the mark is opened no more, by the receiver either; for its own system it is."""
    everything = past(APPROVED, EXECUTED, HANDED_OVER, ACCEPTED).aggregate
    assert isinstance(check_open(everything, secret(), context(RECEIVING)), Forbidden)
    assert check_open(everything, secret(manager_unit_id=COMMUNE.id), context(RECEIVING)) is None


@pytest.mark.parametrize(
    "who, sees",
    [
        pytest.param(COMMUNE_LEADER, True, id="who-asked"),
        pytest.param(OFFICER, True, id="their-unit"),
        pytest.param(HANDLER, True, id="who-decides"),
        pytest.param(EXECUTOR, True, id="whose-camera"),
        pytest.param(AUDITOR, True, id="the-audit"),
        pytest.param(NEIGHBOUR, False, id="another-commune"),
        pytest.param(TEAM_HANDLER, False, id="a-team"),
        pytest.param(STRANGER, False, id="without-a-grant"),
        pytest.param(
            actor(40, unit("CATP-2", "CITY_POLICE", "quang-tri/dong-ha"), "HANDLER"), False, id="city"
        ),
    ],
)
def test_who_sees_it(who: Actor, sees: bool) -> None:
    """Only the parties see an extraction, and the audit of its area."""
    ctx: Context = context(who)
    assert (check_view(past().aggregate, ctx) is None) == sees


EVERYBODY = (
    *ACTORS,
    OFFICER,
    RECEIVING,
    CLERK,
    NEIGHBOUR,
    *(
        actor(50 + n, where, role, leader=leader)
        for n, (where, role, leader) in enumerate(
            (where, role, leader)
            for where in (CENTRE, OTHER_CENTRE, POLICE, TEAM, COMMUNE, OTHER_COMMUNE, INSPECTORATE)
            for role in ("APPROVER", "EXECUTOR", "HANDLER", "LEADER", "ADMINISTRATOR", "AUDITOR")
            for leader in (False, True)
        )
    ),
)


@pytest.mark.parametrize("operating", [CENTRE, OTHER_CENTRE, TEAM], ids=lambda unit: str(unit.code))
@pytest.mark.parametrize(
    "so_far",
    [[], [REJECTED], [APPROVED], [APPROVED, EXECUTED], [APPROVED, EXECUTED, HANDED_OVER]],
    ids=["requested", "rejected", "approved", "executed", "handed-over"],
)
def test_who_may_act_sees(operating: Unit, so_far: list[Fact]) -> None:
    """Nobody decides blind: whoever an act is open to sees what it is about, whichever unit operates the camera."""
    extraction = given(FootageExtraction, requested(operating_unit_id=operating.id), *so_far).aggregate
    for who in EVERYBODY:
        ctx = context(who)
        may = [name for name, guard in GUARDS.items() if guard(extraction, ctx) is None]
        assert not may or check_view(extraction, ctx) is None, (who, may)
