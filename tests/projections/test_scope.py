"""Which rows each person sees: those their unit holds or proposed, the auditor's area, and no others."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.context import Actor
from projections import camera_registry, case_queue
from projections.camera_registry import CameraRegistry, RegistryFilter
from projections.case_queue import CaseQueue, QueueFilter
from projections.scope import NOTHING, of_cameras, of_cases
from tests.support.cases import approved, detected
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    OTHER_APPROVER,
    OTHER_CENTRE,
    STRANGER,
    TEAM_HANDLER,
    actor,
    context,
    fact,
    unit,
)

ELSEWHERE = "quang-binh/ba-don"
LOOK_ALIKE = f"{CITY}-2"
"""An area whose path begins with the same letters and lies outside."""

CASES = {
    "centre": ([detected(number="1")], CITY),
    "handed": ([detected(number="2"), approved(UUID(int=0x502))], CITY),
    "other-centre": ([detected(number="3", holder_unit_id=OTHER_CENTRE.id)], CITY),
    "commune": (
        [detected(number="4", domain="SECURITY"), approved(UUID(int=0x504), recipient_unit_id=COMMUNE.id)],
        f"{CITY}/nam-ly",
    ),
    "elsewhere": ([detected(number="5", holder_unit_id=OTHER_CENTRE.id)], ELSEWHERE),
    "look-alike": ([detected(number="6", holder_unit_id=OTHER_CENTRE.id)], LOOK_ALIKE),
}
CAMERAS = {
    "traffic": ("TRAFFIC", "SMART_CITY", f"{CITY}/bac-ly"),
    "public": ("TRAFFIC", "PUBLIC", f"{CITY}/nam-ly"),
    "smart": ("SECURITY", "SMART_CITY", f"{CITY}/bac-ly"),
    "household": ("SECURITY", "HOUSEHOLD", f"{CITY}/nam-ly"),
    "elsewhere": ("SECURITY", "PUBLIC", ELSEWHERE),
    "look-alike": ("SECURITY", "PUBLIC", LOOK_ALIKE),
}


@pytest.fixture(scope="module")
def queue(common: str, app: CaseSystem) -> Iterator[Model]:
    """A queue of cases of several units and areas."""
    for n, (facts, area) in enumerate(CASES.values(), start=1):
        placed = [replace(facts[0], said={**facts[0].said, "area_path": area}), *facts[1:]]
        happened(app, Case, UUID(int=0x500 + n), *placed)
    with Model(common, CaseQueue(), app) as queue:
        queue.follow()
        yield queue


@pytest.fixture(scope="module")
def registry(common: str, app: CaseSystem) -> Iterator[Model]:
    """A registry of cameras of several kinds and areas."""
    for n, (name, (domain, camera_class, area)) in enumerate(CAMERAS.items()):
        registered = fact(
            Camera.Registered,
            code=f"C-{name}",
            name=name,
            camera_class=camera_class,
            domain=domain,
            area_path=area,
            operating_unit_id=CENTRE.id,
            kind="OTHER",
            placement="PUBLIC",
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        )
        happened(app, Camera, UUID(int=0x600 + n), registered)
    with Model(common, CameraRegistry(), app) as registry:
        registry.follow()
        yield registry


@pytest.mark.rule("R-DH-4.3.0", "R-QT-10.3.b")
@pytest.mark.parametrize(
    "who, seen",
    [
        pytest.param(APPROVER, ["centre", "handed", "commune"], id="the-unit-whose-camera-proposed-it"),
        pytest.param(EXECUTOR, ["centre", "handed", "commune"], id="a-colleague"),
        pytest.param(HANDLER, ["handed"], id="the-unit-that-holds-it"),
        pytest.param(TEAM_HANDLER, [], id="another-police-unit"),
        pytest.param(OTHER_APPROVER, ["other-centre", "elsewhere", "look-alike"], id="another-centre"),
        pytest.param(COMMUNE_LEADER, ["commune"], id="a-commune"),
        pytest.param(AUDITOR, ["centre", "handed", "other-centre", "commune"], id="an-auditor-in-the-area"),
        pytest.param(STRANGER, [], id="an-auditor-without-a-grant"),
        pytest.param(ADMINISTRATOR, [], id="an-administrator"),
    ],
)
def test_cases(queue: Model, who: Actor, seen: list[str]) -> None:
    """Lists and totals hold the rows of the person's scope, exactly."""
    scope = of_cases(context(who))
    rows = case_queue.LISTING.page(queue.conn, scope, QueueFilter(), first=100, after=None)
    assert {list(CASES)[row.case_id.int - 0x501] for row in rows} == set(seen)
    assert case_queue.LISTING.total(queue.conn, scope, QueueFilter()) == len(seen)


@pytest.mark.rule("R-DH-11.2.0", "R-DH-12.2.a1", "R-DH-1.1.0", "R-DH-12.2.b1", "R-DH-12.2.c1")
@pytest.mark.parametrize(
    "who, seen",
    [
        pytest.param(APPROVER, ["traffic", "public", "smart"], id="the-centre-smart-city-only"),
        pytest.param(HANDLER, ["traffic", "public", "smart", "household"], id="police-of-the-city"),
        pytest.param(COMMUNE_LEADER, ["traffic", "public", "household"], id="police-of-one-commune"),
        pytest.param(
            actor(11, unit("UBP", "COMMUNE_COMMITTEE", f"{CITY}/nam-ly"), "LEADER", leader=True),
            ["household"],
            id="a-committee",
        ),
        pytest.param(STRANGER, [], id="another-body"),
        pytest.param(ADMINISTRATOR, [], id="an-administrator"),
    ],
)
def test_cameras(registry: Model, who: Actor, seen: list[str]) -> None:
    """Cameras are seen by kind, class and area, as the matrix says."""
    scope = of_cameras(context(who))
    rows = camera_registry.LISTING.page(registry.conn, scope, RegistryFilter(), first=100, after=None)
    assert [row.name for row in rows] == sorted(seen, key=lambda name: (CAMERAS[name][2], f"C-{name}"))
    assert camera_registry.LISTING.total(registry.conn, scope, RegistryFilter()) == len(seen)


def test_nothing_allowed() -> None:
    """Whose function allows no look has a condition that no row meets."""
    assert of_cases(context(ADMINISTRATOR)) == NOTHING
    assert of_cameras(context(ADMINISTRATOR)) == NOTHING
