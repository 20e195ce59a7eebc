"""Cameras by what the matrix still needs (ADR 30), and what hangs on them."""

from itertools import product
from typing import Final, LiteralString

from domain.camera.guards import PUBLIC_SET
from domain.camera.uses import check_views
from domain.context import Context, Permission
from projections.scope.condition import IN_AREA, NOTHING, Scope, of_area

OF_SYSTEM: Final[tuple[LiteralString, ...]] = ("owner_unit = %(unit)s", "manager_unit_id = %(unit)s")
WITHIN_AREA: Final[tuple[LiteralString, ...]] = (
    "area_path = %(area)s",
    "starts_with(area_path, %(area)s || '/')",
)
GRANTED: Final[tuple[LiteralString, ...]] = (
    "camera_id = ANY(%(granted_cameras)s)",
    "area_path = ANY(%(granted_areas)s)",
    "EXISTS (SELECT FROM unnest(%(granted_areas)s::text[]) AS granted WHERE starts_with(area_path, granted || '/'))",
)
CONDITIONS: Final[dict[str, tuple[LiteralString, ...]]] = {
    "own-area": WITHIN_AREA,
    "own-system": OF_SYSTEM,
    "smart-city-class": ("camera_class = 'SMART_CITY'",),
    "traffic-cameras": ("domain = 'TRAFFIC'",),
    "grant": GRANTED,
    "written-request": GRANTED,
}
"""What a need of the matrix is on the row of a camera, each way of it a range with an index of its own.

`domain.camera.guards.facts_about` says the same of one camera.
"""
SHARED: Final[LiteralString] = f"NOT secret OR {OF_SYSTEM[0]} OR {OF_SYSTEM[1]}"
"""What a state secret may be on is its own system's alone (R-DH-1.2.0, R-DB-1.2.0)."""


def of_cameras(context: Context, action: str = "camera.view", *, on_file: bool = False) -> Scope:
    """Cameras on which the matrix allows the unit an action; what a state secret may be on, its own system alone.

    *on_file*: without those that one sees because they are open to everybody, as `domain.camera.guards.check_file`.
    """
    traffic, security = (_ways(context, action, on) for on in ("TRAFFIC", "SECURITY"))
    if traffic == security:
        ways = list(traffic)
    else:
        ways = [both("domain = 'TRAFFIC'", way) for way in traffic]
        ways += [both("domain = 'SECURITY'", way) for way in security]
    to_all = [
        way for way in _ways(context, action, PUBLIC_SET) if not {way, "true"} & {*traffic} & {*security}
    ]
    if on_file:
        audits = WITHIN_AREA if context.permission("audit.replay").allowed else ()
        to_all = [both(one, way) for way in to_all for one in (*OF_SYSTEM, *audits)]
    ways += [both("published AND NOT secret", way) for way in to_all]
    if not ways:
        return NOTHING
    held = context.grants_for(action)
    return Scope(
        *(way if way in OF_SYSTEM else both(f"({SHARED})", way) for way in dict.fromkeys(ways)),
        params={
            **of_area(context.actor),
            "unit": context.actor.unit_id,
            "granted_cameras": [one for grant in held for one in grant.camera_ids],
            "granted_areas": [grant.area_path for grant in held if grant.area_path is not None],
        },
    )


def _ways(context: Context, action: str, on: str) -> tuple[LiteralString, ...]:
    """On which rows the needs of the matrix hold, by each of their ways; on none without one, on all by `true`."""
    known = context.rulebook.facts_about(context.actor.unit_kind)
    if any(grant.everywhere for grant in context.grants_for(action)):
        known |= {"grant", "written-request"}

    def missing(*facts: str) -> tuple[str, ...] | None:
        permission = context.permission(action, on=on, facts=known | frozenset(facts))
        return () if permission.allowed else permission.missing or None

    wanted = missing()
    if wanted is None:
        return ()
    found: list[LiteralString] = []
    if all(need in CONDITIONS for need in wanted):
        found += [_all(needs) for needs in product(*(CONDITIONS[need] for need in wanted))]
    if wanted not in {(), ("grant",)} and missing("grant") == ():
        found += GRANTED  # a grant alone opens it as well
    return tuple(found)


def _all(clauses: tuple[LiteralString, ...]) -> LiteralString:
    return " AND ".join(clauses) if clauses else "true"


def both(one: LiteralString, other: LiteralString) -> LiteralString:
    """Two conditions as one."""
    return one if other == "true" else f"{one} AND {other}"


def of_register(context: Context) -> Scope:
    """Cameras that one may view, and those that one administers: what the register shows one."""
    views = of_cameras(context)
    given = administers(context)
    if given.allowed:
        ways: tuple[LiteralString, ...] = (f"({SHARED})",)
    elif given.missing and {*given.missing} <= {"own-system", "own-unit"}:
        ways = OF_SYSTEM
    else:
        return views
    others = views.ranges if views != NOTHING else ()
    params = {"unit": context.actor.unit_id, **views.params}
    return Scope(*dict.fromkeys((*others, *ways)), params=params)


def administers(context: Context) -> Permission:
    """Whether the matrix gives one the administration of cameras, and what it still needs."""
    known = context.rulebook.facts_about(context.actor.unit_kind)
    return context.permission("camera.administer", facts=known)


def of_uses(context: Context) -> Scope:
    """Uses of cameras: one's own; of the unit for its head; of the area for whoever may replay the audit."""
    clauses: list[LiteralString] = []
    if check_views(context) is None:
        clauses.append("used_by = %(account)s")
        if context.actor.leader:
            clauses.append("owner_unit = %(unit)s")
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    actor = context.actor
    params = {"account": str(actor.account_id), "unit": actor.unit_id, **of_area(actor)}
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_outages(context: Context) -> Scope:
    """Outages of the cameras that one may view; that a camera was not in service is none."""
    return _of_watched(of_cameras(context), "cause <> 'ABSENT'")


def of_diary(context: Context) -> Scope:
    """The diaries of the cameras that one may view as one's work, not as one of the public."""
    return _of_watched(of_cameras(context, on_file=True), "true")


def _of_watched(cameras: Scope, clause: LiteralString) -> Scope:
    watched = f"SELECT camera_id FROM camera_registry WHERE {cameras.where}"  # noqa: S608 — of our own words
    return Scope(f"{clause} AND camera_id IN ({watched})", params=cameras.params)


def of_clients(context: Context) -> Scope:
    """Software and devices that one administers or works with, and the audit's area."""
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission("camera.operate", facts=frozenset({"own-system"})).allowed:
        clauses.append("owner_unit = %(unit)s")
    known = context.rulebook.facts_about(context.actor.unit_kind)
    administers = context.permission("client.administer", facts=known)
    if administers.allowed:
        clauses += [IN_AREA, "owner_unit = %(unit)s"]
    elif administers.missing and {*administers.missing} <= {"own-system", "own-unit"}:
        clauses.append("owner_unit = %(unit)s")
    params = {"unit": context.actor.unit_id, **of_area(context.actor)}
    return Scope(*dict.fromkeys(clauses), params=params) if clauses else NOTHING
