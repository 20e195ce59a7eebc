"""What each list may be narrowed to in the world of the matrix, and which nouns that leaves."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain.account import Account
from domain.unit import Unit
from tests.support.world import World

Filters = Iterator[tuple[dict[str, Any], Callable[[Any], bool]]]


def _with(name: str, value: object) -> Callable[[Any], bool]:
    """The nouns of which something is so."""
    return lambda noun: bool(getattr(noun, name) == value)


def _within(area: str) -> Callable[[Any], bool]:
    return lambda noun: f"{noun.area}/".startswith(f"{area}/")


def _each(nouns: Sequence[Any]) -> Filters:
    """By number, and by state."""
    yield from (({"number": one.number}, _with("id", one.id)) for one in nouns)
    for state in sorted({one.state for one in nouns}):
        yield {"states": [state]}, _with("state", state)


def _of_cases(world: World) -> Filters:
    yield from (({"number": one.number}, _with("id", one.id)) for one in world.cases)
    yield from (({"cameraId": one.id}, _with("camera", one.id)) for one in world.cameras)
    for state in sorted({one.state for one in world.cases}):
        yield {"states": [state]}, _with("state", state)
    yield {"rules": ["RED_LIGHT"], "late": False}, lambda _: True
    yield {"rules": ["LANE"]}, lambda _: False


def _of_cameras(world: World) -> Filters:
    yield from (({"code": one.code}, _with("id", one.id)) for one in world.cameras)
    for area in ("quang-binh", *sorted({one.area for one in world.cameras})):
        yield {"area": area}, _within(area)
    for kind in sorted({one.camera_class for one in world.cameras}):
        yield {"class": kind}, _with("camera_class", kind)


def _of_extractions(world: World) -> Filters:
    yield from (({"number": one.number}, _with("id", one.id)) for one in world.extractions)
    yield from (({"cameraId": one.id}, _with("camera", one.id)) for one in world.cameras)
    yield from (({"caseId": one.id}, lambda _: False) for one in world.cases[:2])
    for state in sorted({one.state for one in world.extractions}):
        yield {"states": [state]}, _with("state", state)


def _of_reports(world: World) -> Filters:
    yield from (({"number": one.number}, _with("id", one.id)) for one in world.reports)
    yield {"kinds": ["YEARLY"]}, lambda _: True
    yield {"kinds": ["MONTHLY"]}, lambda _: False


def _of_recommendations(world: World) -> Filters:
    yield from _each(world.recommendations)
    yield from (({"caseId": one.id}, lambda _: False) for one in world.cases[:2])


def _of_obstacles(world: World) -> Filters:
    yield from _each(world.obstacles)
    yield from (({"caseId": one.id}, lambda _: False) for one in world.cases[:2])


def _of_incidents(world: World) -> Filters:
    yield from _each(world.incidents)
    yield from (({"cameraId": one.id}, _with("camera", one.id)) for one in world.cameras)
    yield {"kinds": ["SOFTWARE_FAULT"]}, lambda _: True
    yield {"kinds": ["LINK_LOSS"]}, lambda _: False


def _of_works(world: World) -> Filters:
    yield from _each(world.works)
    yield from (({"cameraId": one.id}, _with("camera", one.id)) for one in world.cameras)


def _of_shifts(world: World) -> Filters:
    yield from _each(world.shifts)
    yield {"post": "Trực ban"}, lambda _: True
    yield {"post": "Trực máy chủ"}, lambda _: False


def _of_rosters(world: World) -> Filters:
    yield from _each(world.rosters)
    yield {"month": "2026-06", "post": "Trực ban"}, lambda _: True
    yield {"month": "2026-07"}, lambda _: False


def _of_uses(world: World) -> Filters:
    yield from (({"cameraId": one.id}, _with("camera", one.id)) for one in world.cameras)
    for name in sorted({one.used_by for one in world.uses}):
        yield {"accountId": str(Account.create_id(name))}, _with("used_by", name)
    yield {"kinds": ["LIVE_VIEW"]}, lambda _: True
    yield {"kinds": ["SEARCH", "CONTROL"]}, lambda _: False
    yield {"since": "2100-01-01T00:00:00Z"}, lambda _: False
    yield {"until": "2100-01-01T00:00:00Z"}, lambda _: True


def _of_breaches(world: World) -> Filters:
    yield from _each(world.breaches)
    for code in sorted({one.owner for one in world.breaches}):
        yield {"unitId": str(Unit.create_id(code))}, _with("owner", code)
    for name in sorted({one.accused for one in world.breaches if one.accused}):
        yield {"accountId": str(Account.create_id(name))}, _with("accused", name)
    yield {"ruleId": "R-DH-5.3.0"}, lambda _: True
    yield {"ruleId": "R-DH-5.4.0"}, lambda _: False


def _of_clients(world: World) -> Filters:
    yield from (({"code": one.code}, _with("id", one.id)) for one in world.clients)
    for state in sorted({one.state for one in world.clients}):
        yield {"states": [state]}, _with("state", state)
    for kind in sorted({one.kind for one in world.clients}):
        yield {"kinds": [kind]}, _with("kind", kind)
    yield {"model": "e" * 64}, lambda _: False


FILTERS: dict[str, Callable[[World], Filters]] = {
    "case": _of_cases,
    "camera": _of_cameras,
    "extraction": _of_extractions,
    "report": _of_reports,
    "recommendation": _of_recommendations,
    "obstacle": _of_obstacles,
    "use": _of_uses,
    "incident": _of_incidents,
    "work_order": _of_works,
    "shift": _of_shifts,
    "roster": _of_rosters,
    "breach": _of_breaches,
    "client": _of_clients,
}
