"""The privileges on cameras of all four regulations: lists, single cameras and the contract table say the same.

The oracle reads the contract table and says each condition once more in plain Python; it asks nothing of the product.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, LiteralString
from uuid import UUID

import orjson
import psycopg
import pytest
from psycopg.rows import scalar_row
from psycopg.sql import SQL

from domain.camera import Camera
from domain.camera.guards import check_camera
from domain.context import Actor, Grant
from policies.rulebook import PROFILES
from projections.camera_registry import UPSERT, CameraRow, fold
from projections.scope import Scope, of_cameras, of_obligations
from tests.support.spec import NOW, context, fact, recorded

POLICIES: Final = Path(__file__).parents[2] / "policies"
CONTRACT: Final = Path(__file__).parents[1] / "policies" / "contract_access.csv"
OWN: Final = [profile for profile in PROFILES if profile != "national"]
ACTIONS: Final = ("camera.view", "camera.ptz", "footage.search", "face.recognise")
ADMINISTERS: Final = "account.administer"
"""Administering cameras is decided as administering accounts is."""
HOME, OTHER = UUID(int=0xA1), UUID(int=0xA2)
AREA, LOOK_ALIKE, AWAY = "tinh/xa", "tinh/xa-2", "tinh/khac"
NO_MORE: Final = {("quang-tri", "DISTRICT_POLICE")}
"""Kinds of units that have ended by the day of the tests: their people may do nothing."""
SHARE: Final = 3
"""Of how many cameras each is asked of alone, for each person; lists are of all."""
CLASSES: Final = ("SMART_CITY", "PUBLIC", "LEVEL_1", "LEVEL_3")


@cache
def table() -> dict[tuple[str, str, str, str], list[dict[str, str]]]:
    """The rows of the contract on actions with cameras."""
    found: dict[tuple[str, str, str, str], list[dict[str, str]]] = {}
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["action"] in {*ACTIONS, ADMINISTERS}:
                key = row["profile"], row["unit_kind"], row["action"], row["on"]
                found.setdefault(key, []).append(row)
    return found


@cache
def functions() -> dict[str, frozenset[str]]:
    """What each function is for."""
    with (POLICIES / "roles.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["role"], row["action"]) for row in csv.DictReader(file)]
    return {role: frozenset(action for one, action in rows if one == role) for role, _ in rows}


def cameras() -> list[CameraRow]:
    """One camera of each domain, class, place, system, mark."""
    found = []
    ways = product(
        ("TRAFFIC", "SECURITY"),
        CLASSES,
        (AREA, f"{AREA}/thon", LOOK_ALIKE, AWAY),
        ((HOME, HOME), (OTHER, HOME), (HOME, OTHER), (OTHER, OTHER)),
        ((False, False), (True, False), (False, True), (True, True)),
    )
    for n, (domain, camera_class, area, (operator, manager), (secret, published)) in enumerate(ways, start=1):
        said = fact(
            Camera.Registered,
            code=f"C-{n}",
            name=f"Camera {n}",
            camera_class=camera_class,
            domain=domain,
            area_path=area,
            operating_unit_id=operator,
            kind="OTHER",
            placement="PUBLIC",
            manager_unit_id=manager,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        )
        [event] = recorded([said], Camera, UUID(int=n))
        row = fold(None, event)
        assert row is not None
        found.append(replace(row, secret=secret, published=published))
    return found


def grants(action: str) -> dict[str, tuple[Grant, ...]]:
    """What somebody may hold besides, by a word."""
    begun, ends = NOW - timedelta(days=1), NOW + timedelta(days=1)
    held = Grant(action=action, document="07/QĐ-UBND", starts_at=begun, ends_at=ends)
    return {
        "none": (),
        "everywhere": (held,),
        "an area": (replace(held, area_path=AREA),),
        "two cameras": (replace(held, camera_ids=(UUID(int=3), UUID(int=500))),),
        "an area and a camera": (
            replace(held, area_path=AWAY),
            replace(held, camera_ids=(UUID(int=7),)),
        ),
        "ended": (replace(held, ends_at=NOW),),
        "not begun": (replace(held, starts_at=ends, ends_at=None),),
        "without a document": (replace(held, document=""),),
        "of something else": (replace(held, action="audit.replay"),),
    }


@dataclass(frozen=True)
class Asked:
    """Who asks, by profile, kind of unit, function and grants, and what they would do."""

    profile: str
    kind: str
    role: str
    leader: bool
    action: str
    held: str

    @property
    def actor(self) -> Actor:
        """The person."""
        return Actor(
            account_id=UUID(int=1),
            unit_id=HOME,
            unit_kind=self.kind,
            area_path=AREA,
            role=self.role,
            leader=self.leader,
            grants=grants(self.action)[self.held],
        )


def everybody(profile: str) -> Iterator[Asked]:
    """Each kind of unit, function and grant, for each action; an outsider of the function once."""
    kinds = sorted({kind for of, kind, _, _ in table() if of == profile})
    for kind, role, leader, action in product(kinds, functions(), (False, True), ACTIONS):
        for held in grants(action) if action in functions()[role] else ("everywhere",):
            yield Asked(profile, kind, role, leader, action, held)


# -- the oracle ------------------------------------------------------------------------


def in_area(path: str, area: str) -> bool:
    """Whether a place is an area, or in it."""
    return f"{path}/".startswith(f"{area}/")


def granted(asked: Asked, camera: CameraRow) -> bool:
    """Whether what is held opens this camera."""
    return {
        "everywhere": True,
        "an area": in_area(camera.area_path, AREA),
        "two cameras": camera.camera_id.int in {3, 500},
        "an area and a camera": in_area(camera.area_path, AWAY) or camera.camera_id.int == 7,
    }.get(asked.held, False)


def opens(asked: Asked, camera: CameraRow) -> bool:
    """Whether the contract table gives somebody an action on a camera."""
    own = HOME in {camera.owner_unit, camera.manager_unit_id}
    gone = (asked.profile, asked.kind) in NO_MORE
    if gone or asked.action not in functions()[asked.role] or (camera.secret and not own):
        return False
    holds = {
        "own-area": in_area(camera.area_path, AREA),
        "own-system": own,
        "own-unit": own,
        "smart-city-class": camera.camera_class == "SMART_CITY",
        "traffic-cameras": camera.domain == "TRAFFIC",
        "grant": granted(asked, camera),
        "written-request": granted(asked, camera),  # a dated grant is the answer to one (R-DH-12.2.d)
    }

    def row_opens(row: dict[str, str]) -> bool:
        needs = row["needs"].split()
        if "or-grant" in needs and granted(asked, camera):
            return True
        return all(holds.get(need, False) for need in needs if need != "or-grant")

    named = [camera.domain, "", *(["PUBLIC_SET"] if camera.published and not camera.secret else [])]
    return any(
        row["allowed"] == "yes" and row_opens(row)
        for on in named
        for row in table().get((asked.profile, asked.kind, asked.action, on), ())
        if row["leader"] in {"", "yes" if asked.leader else "no"}
    )


# -- the two sides of the product ------------------------------------------------------


@pytest.fixture(scope="module")
def registry(common: str) -> Iterator[psycopg.Connection[int]]:
    """The cameras, in their table."""
    with psycopg.connect(common, row_factory=scalar_row) as conn:
        conn.execute("TRUNCATE camera_registry")
        rows = [vars(row) for row in cameras()]
        conn.execute(UPSERT.encode(), (orjson.dumps(rows).decode(),))
        conn.execute(OWED)
        yield conn
        conn.rollback()


OWED: Final = """
INSERT INTO obligations (noun, subject_id, timer, run, number, started_at, due, due_soon_at, rule, missed, hard,
    provisional, unit_id, holders, state, ended, reason_owed, position, area_path, owner_unit, tier)
SELECT 'CAMERA', camera_id, 'CONNECT_CAMERA', 1, code, now(), now(), now(), 'R-DB-7.5.a', 'late', false, false,
    manager_unit_id, '[]', 'OPEN', false, false, 1, area_path, owner_unit, tier
FROM camera_registry
"""
"""Each of them is to be connected, whatever it is."""


def listed(
    conn: psycopg.Connection[int],
    scope: Scope,
    query: LiteralString = "SELECT right(code, -2)::int FROM camera_registry WHERE {}",
) -> set[int]:
    """The numbers of the cameras that a scope shows."""
    where: LiteralString = scope.where
    return set(conn.execute(SQL(query).format(SQL(where)), scope.params))


@pytest.mark.rule("R-DB-7.2.0", "R-DB-7.4.0", "R-DB-8.3.0")
@pytest.mark.parametrize("profile", OWN)
def test_every_list_and_every_camera(
    registry: psycopg.Connection[int], profile: str, counted: Callable[[str], None]
) -> None:
    """Who may do what with which camera is what the contract says: in the list, and of each camera alone."""
    rows = cameras()
    people = list(everybody(profile))
    for asked in people:
        act = context(asked.actor, profile=profile)
        scope = of_cameras(act, asked.action)
        shown = listed(registry, scope)
        assert shown == {row.camera_id.int for row in rows if opens(asked, row)}, asked
        for row in rows[len(asked.held) % SHARE :: SHARE]:
            refused = check_camera(row, act, asked.action) is not None
            assert refused is (row.camera_id.int not in shown), (asked, row)
    counted(f"privileges of {profile}: {len(people)} people on {len(rows)} cameras")


@pytest.mark.rule("R-DB-7.4.0", "R-DB-8.3.0", "R-DB-1.2.0")
@pytest.mark.parametrize("profile", OWN)
def test_what_is_owed(
    registry: psycopg.Connection[int], profile: str, counted: Callable[[str], None]
) -> None:
    """What a camera owes is shown to its own system, of what they are shown, and to whoever administers all."""
    rows = cameras()
    people = [asked for asked in everybody(profile) if asked.action == "camera.view"][:: SHARE + 1]
    for asked in people:
        scope = of_obligations(context(asked.actor, profile=profile))
        found = listed(registry, scope, "SELECT right(number, -2)::int FROM obligations WHERE {}")
        assert found == {row.camera_id.int for row in rows if is_told(asked, row)}, asked
    counted(f"privileges of {profile}: {len(people)} people on what {len(rows)} cameras owe")


def is_told(asked: Asked, camera: CameraRow) -> bool:
    """Whether somebody who may view or administer a camera is of its system, or administers every camera."""
    administrator = replace(asked, action=ADMINISTERS, held="none")
    own = HOME in {camera.owner_unit, camera.manager_unit_id}
    return opens(administrator, camera) or (own and opens(asked, camera))
