"""How the links of cameras are, over HTTP: up, failing, down, or asked by nobody; each is told of their own cameras."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from cli import demo
from domain.camera import Camera
from domain.commands.incident import lost_link, restored_link
from tests.support.api import Installation
from tests.support.operation import BY_NOW, did, done
from tests.support.oracle import sees, watches
from tests.support.world import World

CAMERA = Camera.create_id(demo.CAMERA)
SHOWN = "cameras up failing down unwatched lastTriedAt"
MINUTE = timedelta(minutes=1)


def tried(installation: Installation, camera: UUID, ago: timedelta, failing: timedelta | None = None) -> None:
    """Somebody asked a camera so long ago, which has failed for so long."""
    now = installation.now
    with installation.as_owner() as conn:
        conn.execute(
            "INSERT INTO link_tries VALUES (%s, %s, %s)",
            (camera, now - ago, None if failing is None else now - failing),
        )


def told(installation: Installation, by: str, more: str = "", name: str = "centre.execute") -> list[Any]:
    """What somebody is told."""
    asked = f"{{ links(by: {by}) {{ {SHOWN} {more} }} }}"
    found: list[Any] = installation.signed_in(name).ask(asked)["links"]
    return found


@pytest.mark.rule("R-DB-17.2.0", "R-DH-5.1.0")
def test_states(installation: Installation) -> None:
    """Each camera counts once, by what is on record of its link and by when it was asked."""
    given = {"up": "LEVEL_2", "failing": "LEVEL_2", "forgotten": "LEVEL_3", "down": "LEVEL_3"}
    cameras = {
        name: installation.register_camera(f"DH-{name.upper()}", camera_class=level)
        for name, level in given.items()
    }
    tried(installation, cameras["up"], MINUTE)
    tried(installation, cameras["failing"], MINUTE / 2, 2 * MINUTE)
    tried(installation, cameras["forgotten"], 10 * MINUTE)
    tried(installation, cameras["down"], MINUTE, 3 * MINUTE)
    at = installation.now - 3 * MINUTE
    rules = installation.services.rulebook
    assert lost_link(installation.cases, rules, camera_id=cameras["down"], at=at, now=installation.now)
    installation.project()
    tiers = {one["tier"]: one for one in told(installation, "TIER", "tier")}
    counts = {tier: tuple(one[name] for name in SHOWN.split()[:5]) for tier, one in tiers.items()}
    assert counts == {3: (2, 0, 0, 1, 1), 2: (2, 1, 1, 0, 0), 0: (1, 0, 0, 0, 1)}
    assert tiers[0]["lastTriedAt"] is None
    [unit] = told(installation, "UNIT", "unit { code }")
    assert (unit["unit"]["code"], unit["cameras"], unit["down"]) == ("TTGSDH", 5, 1)
    assert unit["lastTriedAt"] is not None
    each = told(installation, "CAMERA", "camera { code linkLostAt }")
    assert [one["camera"]["code"] for one in each][:2] == ["DH-DOWN", "DH-FAILING"]
    assert [one["camera"]["linkLostAt"] is not None for one in each] == [True, *[False] * 4]


@pytest.mark.rule("R-DB-17.2.0")
def test_not_expected(installation: Installation) -> None:
    """A camera that is retired counts for nothing; of one that is worked on no loss is put on record."""
    centre, rules = installation.signed_in("centre.execute"), installation.services.rulebook
    one = done(centre, "planWork", cameraIds=[str(CAMERA)], **BY_NOW)
    done(centre, "startWork", orderId=one["id"])
    before, now = installation.head(), installation.now
    assert not lost_link(installation.cases, rules, camera_id=CAMERA, at=now - MINUTE, now=now)
    assert installation.head() == before
    gone = installation.register_camera("DH-GONE")
    with installation.founding():
        camera = installation.operator.find(Camera, gone)
        camera.trigger_event(Camera.Retired, document=None)
        installation.operator.record(camera)
    installation.project()
    [all_of_them] = told(installation, "UNIT")
    assert (all_of_them["cameras"], all_of_them["unwatched"]) == (1, 1)


@pytest.mark.rule("R-DH-5.1.0", "R-DB-5.1.0")
def test_said_by_somebody(installation: Installation) -> None:
    """A loss that somebody reported is taken back by whoever handles it, not by a device that answers."""
    commune, centre = installation.signed_in("commune.lead"), installation.signed_in("centre.execute")
    one = done(commune, "reportIncident", kind="LINK_LOSS", cameraId=str(CAMERA))
    assert did(centre, "receiveIncident", incidentId=one["id"])["__typename"] == "IncidentReceived"
    before, rules = installation.head(), installation.services.rulebook
    now = installation.now
    assert not restored_link(installation.cases, rules, camera_id=CAMERA, at=now, now=now)
    assert installation.head() == before


def test_scope(world: World) -> None:
    """Whoever asks is told of the cameras that the oracle shows them, by camera, tier and unit alike.

    How much of a time one worked is for those who may watch it.
    """
    asked = (
        "query($from: DateTime!) { links(by: CAMERA, first: 100) { camera { id } }"
        " availability(by: CAMERA, from: $from, first: 100) { camera { id } }"
        " tiers: links(by: TIER) { cameras } units: links(by: UNIT, first: 100) { cameras } }"
    )
    day = (world.installation.now - timedelta(days=1)).isoformat()
    several = set()
    for who in world.people.values():
        found = world.person(who).ask(asked, **{"from": day})
        shown = sorted(one.id for one in world.cameras if sees(one, who))
        assert sorted(one["camera"]["id"] for one in found["links"]) == shown, who
        for groups in ("tiers", "units"):
            assert sum(one["cameras"] for one in found[groups]) == len(shown), (who, groups)
        watched = sorted(one.id for one in world.cameras if watches(one, who))
        assert sorted(one["camera"]["id"] for one in found["availability"]) == watched, who
        several.add((len(shown), len(watched)))
    assert len(several) > 3
