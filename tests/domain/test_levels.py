"""The levels of the shared system of Điện Biên, and what a body is to it: who manages, operates or exploits it."""

from datetime import timedelta

import pytest

from domain.camera import Camera
from domain.camera.guards import check_camera, own_system
from domain.context import Grant
from domain.envelope import Event
from domain.errors import Forbidden
from projections import camera_registry
from tests.support.spec import NOW, actor, context, fact, recorded, replayed, rules_on, unit

PROVINCE = "dien-bien"
MANAGER = unit("STTTT", "LEVEL_1_MANAGER", PROVINCE)
OPERATOR = unit("IOC", "LEVEL_1_OPERATOR", PROVINCE)
DISTRICT = unit("UBND-H", "LEVEL_2_BODY", f"{PROVINCE}/muong-cha")
GRANT = Grant(
    action="camera.view",
    document="12/STTTT",
    starts_at=NOW - timedelta(days=1),
    ends_at=None,
    area_path=PROVINCE,
)
EXPLOITING = unit("SGTVT", "EXPLOITING_BODY", PROVINCE)


def registered(camera_class: str) -> Event:
    """A camera that the operator of level I runs for its manager comes into being."""
    said = fact(
        Camera.Registered,
        code=f"DB-{camera_class}",
        name="Ngã ba",
        camera_class=camera_class,
        domain="SECURITY",
        area_path=f"{PROVINCE}/muong-cha",
        operating_unit_id=OPERATOR.id,
        kind="OTHER",
        placement="PUBLIC",
        manager_unit_id=MANAGER.id,
        custodian_unit_id=None,
        longitude=None,
        latitude=None,
        view=None,
        channel=None,
        in_use=True,
    )
    [event] = recorded([said], Camera)
    return event


def camera() -> Camera:
    """That camera."""
    made = replayed([registered("LEVEL_2")])
    assert isinstance(made, Camera)
    return made


@pytest.mark.parametrize(
    "camera_class, tier",
    [
        pytest.param("LEVEL_1", 1, marks=pytest.mark.rule("R-DB-3.3.a")),
        pytest.param("LEVEL_2", 2, marks=pytest.mark.rule("R-DB-3.3.b")),
        pytest.param("LEVEL_3", 3, marks=pytest.mark.rule("R-DB-3.3.c")),
        pytest.param("OTHER", 3, marks=pytest.mark.rule("R-DB-3.3.d")),
    ],
)
def test_levels(camera_class: str, tier: int) -> None:
    """A camera is of the level of its system; systems of others belong to level III."""
    row = camera_registry.fold(None, registered(camera_class))
    assert row is not None
    assert (row.camera_class, row.tier) == (camera_class, tier)
    assert camera_class in rules_on(NOW.date(), "dien-bien").camera_classes


@pytest.mark.rule("R-DB-3.4.0", "R-DB-3.5.0")
def test_whose_system() -> None:
    """A system is that of the body that manages it and of the unit that operates it, and of nobody else."""
    for body, own in ((MANAGER, True), (OPERATOR, True), (DISTRICT, False), (EXPLOITING, False)):
        assert own_system(camera(), context(actor(1, body, "LEADER"), profile="dien-bien")) is own


@pytest.mark.rule("R-DB-3.6.0")
def test_who_exploits() -> None:
    """An exploiting body sees a camera by a right that it was granted through level I, and without one none."""
    for grants, allowed in (((), False), ((GRANT,), True)):
        context_of = context(actor(1, EXPLOITING, "HANDLER", grants=grants), profile="dien-bien")
        refusal = check_camera(camera(), context_of, "camera.view")
        assert (refusal is None) is allowed
        assert allowed or isinstance(refusal, Forbidden)
