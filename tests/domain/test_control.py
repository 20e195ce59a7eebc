"""The controls of a camera, under each regulation: who ranks how, and what happens at midnight."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.clock import LEGAL_TIME
from domain.context import Actor
from domain.control import (
    CameraControl,
    Controls,
    Hold,
    Movement,
    Order,
    Outcome,
    Reply,
    check_reserve,
    rank_of,
)
from domain.errors import Forbidden, WrongState
from policies.rulebook import PROFILES, load
from tests.domain.test_camera_use import camera, dien_bien
from tests.support.regulations import somebody
from tests.support.spec import COLLEAGUE, HANDLER, ID, NOW, TEAM_HANDLER, Fact, context, fact, given

CAMERA = camera()
RESERVED = fact(
    CameraControl.Reserved,
    hold_id=UUID(int=1),
    camera_id=CAMERA.id,
    area_path=CAMERA.area_path,
    rank=30,
    purpose="PATROL_CONTROL",
    until=NOW + timedelta(seconds=60),
).under(by=str(TEAM_HANDLER.account_id), unit_id=TEAM_HANDLER.unit_id)
BEGUN = fact(CameraControl.Begun, camera_id=CAMERA.id)


def reserve(control: CameraControl, who: Actor = HANDLER, at: datetime = NOW) -> None:
    """Take the controls."""
    control.reserve(context(who, at), CAMERA, hold_id=UUID(int=2), purpose="PATROL_CONTROL")


def taken(rank: int, until: datetime = NOW + timedelta(seconds=60)) -> Fact:
    """The controls come into other hands."""
    return fact(
        CameraControl.Reserved,
        hold_id=UUID(int=2),
        camera_id=CAMERA.id,
        area_path=CAMERA.area_path,
        rank=rank,
        purpose="PATROL_CONTROL",
        until=until,
    )


def test_taken_over() -> None:
    """A higher rank takes the controls; the record says from whom."""
    given(CameraControl, BEGUN, RESERVED).when(reserve).then(
        fact(CameraControl.TakenOver, hold_id=UUID(int=1)), taken(40)
    )


def test_alike() -> None:
    """Alike in rank one waits; whoever waits is told until when at most."""
    with_city = given(CameraControl, BEGUN, RESERVED).after(context(HANDLER), lambda c, _: reserve(c))
    refusal = with_city.when(lambda c: reserve(c, COLLEAGUE)).then_refused(WrongState, rule="R-DH-12.2.b1")
    assert refusal.retryable


def test_lapsed() -> None:
    """Controls that nobody used are taken by anybody who may, from nobody."""
    later = NOW + timedelta(seconds=60)
    given(CameraControl, BEGUN, RESERVED).when(lambda c: reserve(c, HANDLER, later)).then(
        taken(40, later + timedelta(seconds=60))
    )


def test_with_its_day() -> None:
    """A hold ends with its day, for the log of the controls is one a day."""
    at = datetime(2026, 6, 2, 23, 59, 30, tzinfo=LEGAL_TIME)
    control = CameraControl.begin(context(HANDLER, at), CAMERA, hold_id=ID, purpose="PATROL_CONTROL")
    assert control.hold is not None
    assert control.hold.until == datetime(2026, 6, 3, tzinfo=LEGAL_TIME)
    assert control.id == CameraControl.create_id(CAMERA.id, at.date())
    assert control.id != CameraControl.create_id(CAMERA.id, at.date() + timedelta(days=1))


def test_answered_once() -> None:
    """What became of a command is put on record once, also when somebody else holds the controls by then."""
    order = Order(movement=Movement.STOP)

    def told(control: CameraControl) -> None:
        control.command(context(TEAM_HANDLER), CAMERA, order, command_id=UUID(int=9))
        reserve(control)
        for _ in range(2):
            control.answer(context(TEAM_HANDLER), Reply(Outcome.UNKNOWN, "TIMEOUT"), command_id=UUID(int=9))

    outcome = given(CameraControl, BEGUN, RESERVED).when(told)
    assert outcome.refusal is None
    assert [type(event).__name__ for event in outcome.events] == [
        "Commanded",
        "TakenOver",
        "Reserved",
        "Answered",
    ]
    assert outcome.events[-1].hold_id == UUID(int=1)  # type: ignore[attr-defined] # of the hold that it was told under


@pytest.mark.parametrize("profile", PROFILES)
def test_ranks(profile: str) -> None:
    """Each regulation's data ranks kinds of units that it has; none of them sets a rank, so each says why it is so."""
    book = load(profile)
    assert book.settings.uses.control_ranks.keys() <= book.says.unit_kinds.keys()


@pytest.mark.rule("R-DB-7.2.0")
def test_highest_access() -> None:
    """In Điện Biên nobody goes before the manager of level I."""
    ranks = {kind: rank_of(dien_bien(kind)) for kind in load("dien-bien").says.unit_kinds}
    assert [kind for kind, rank in ranks.items() if rank == max(ranks.values())] == ["LEVEL_1_MANAGER"]


def test_quang_tri() -> None:
    """In Quảng Trị the provincial police alone control cameras."""
    free = Controls(camera=CAMERA, hold=None)
    kinds = {
        kind
        for kind in load("quang-tri").says.unit_kinds
        if check_reserve(free, somebody("quang-tri", kind)) is None
    }
    assert kinds == {"PROVINCIAL_POLICE"}


def test_yen_bai() -> None:
    """In Yên Bái the regulation lets nobody control cameras."""
    free = Controls(camera=CAMERA, hold=None)
    for kind in load("yen-bai").says.unit_kinds:
        assert isinstance(check_reserve(free, somebody("yen-bai", kind)), Forbidden)


def test_held_until() -> None:
    """A hold stands up to its last instant, and not at it."""
    hold = Hold(hold_id=ID, by="x", unit_id=ID, rank=0, until=NOW)
    controls = Controls(camera=CAMERA, hold=hold)
    assert controls.held(NOW - timedelta(microseconds=1)) is hold
    assert controls.held(NOW) is None
