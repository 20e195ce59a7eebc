"""Which rows a reader sees: one WHERE, built once a request, for lists, totals and single rows alike.

Permission says what a unit may do; scope says to which rows.
"""

from itertools import product
from typing import Any, Final, LiteralString
from uuid import UUID

from domain.account.guards import given_by, may_nominate
from domain.camera.guards import PUBLIC_SET
from domain.camera.uses import check_views
from domain.context import Context, Permission
from domain.extraction.guards import ADDRESSED, UNDECIDED
from domain.obstacle import chain


class Scope:
    """A condition on the scope columns of a read model, with its parameters.

    Rows may lie in several ranges of a table, each of which has an index; equal are scopes whose conditions are,
    whatever their parameters.
    """

    def __init__(self, *ranges: LiteralString, params: dict[str, Any] | None = None) -> None:
        self.ranges = ranges
        self.params = params or {}

    @property
    def where(self) -> LiteralString:
        """The condition as one."""
        return " OR ".join(f"({one})" for one in self.ranges)

    def __eq__(self, other: object) -> bool:
        """Whether the conditions are the same text."""
        return isinstance(other, Scope) and self.ranges == other.ranges

    def __hash__(self) -> int:
        """By the conditions."""
        return hash(self.ranges)


NOTHING = Scope("false")

FOR_AREA: LiteralString = "(%(area)s = area_path OR starts_with(%(area)s, area_path || '/'))"
IN_AREA: LiteralString = "(area_path = %(area)s OR starts_with(area_path, %(area)s || '/'))"


def of_cases(context: Context) -> Scope:
    """Cases one's unit holds or its cameras proposed; whoever may replay the audit sees those of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed:
        return Scope(IN_AREA, params={"area": actor.area_path})
    if not context.permission("case.view", facts=frozenset({"holds-case-or-camera"})).allowed:
        return NOTHING
    return Scope("owner_unit = %(unit)s", "detecting_unit_id = %(unit)s", params={"unit": actor.unit_id})


def of_numbers(context: Context) -> Scope:
    """Cases that are counted for whoever may run reports; a number names nobody."""
    if not context.permission("report.run").allowed:
        return NOTHING
    return counted_for(context.actor.unit_id, context.actor.area_path)


def counted_for(unit_id: UUID, area_path: str) -> Scope:
    """Cases that are counted for a unit: those of its queue, and all of its area, whoever holds them."""
    return Scope(
        f"{IN_AREA} OR owner_unit = %(unit)s OR detecting_unit_id = %(unit)s",
        params={"unit": unit_id, "area": area_path},
    )


def of_reports(context: Context) -> Scope:
    """Reports one's unit issued, and those of one's area; the audit's too."""
    return _of_office(context)


def of_recommendations(context: Context) -> Scope:
    """Recommendations that one's unit made or received, and those of one's area; the audit's too."""
    received = context.permission("recommendation.answer", facts=frozenset({"receiver"})).allowed
    return _of_office(context, *(["recipient_unit_id = %(unit)s"] if received else []))


def _of_office(context: Context, *others: LiteralString) -> Scope:
    clauses: list[LiteralString] = list(others)
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission("report.run").allowed:
        clauses += [IN_AREA, "owner_unit = %(unit)s"]
    params = {"unit": context.actor.unit_id, "area": context.actor.area_path}
    return Scope(*dict.fromkeys(clauses), params=params) if clauses else NOTHING


def of_obstacles(context: Context) -> Scope:
    """Obstacles that one's unit reported, those it is or was asked to settle, and the audit's area."""
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission("obstacle.report", facts=frozenset({"own-unit"})).allowed:
        clauses.append("owner_unit = %(unit)s")
    kinds = [level.kind for level in chain(context.rulebook)]
    handles = context.permission("obstacle.handle", facts=frozenset({"receiver"})).allowed
    asked = context.actor.unit_kind in kinds
    if handles and asked:
        clauses.append(f"{IN_AREA} AND level >= %(asked)s")
    params = {
        "unit": context.actor.unit_id,
        "area": context.actor.area_path,
        "asked": kinds.index(context.actor.unit_kind) if asked else 0,
    }
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_extractions(context: Context) -> Scope:
    """Extractions one's unit asked for or cut, of its cameras, or that it decides on or may cut in its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed:
        return Scope(IN_AREA, params={"area": actor.area_path})
    if not context.permission("extraction.view", facts=frozenset({"party-to-extraction"})).allowed:
        return NOTHING
    clauses: list[LiteralString] = [
        "requesting_unit_id = %(unit)s",
        "operating_unit_id = %(unit)s",
        "executing_unit_id = %(unit)s",
    ]
    kinds = [
        kind
        for kind, fact in ADDRESSED.items()
        if context.permission("extraction.approve", facts=frozenset({fact})).allowed
    ]
    if kinds:
        clauses.append(f"(requesting_unit_kind = ANY(%(kinds)s) AND {IN_AREA})")
    if context.permission("extraction.execute").allowed:
        clauses.append(f"(state <> ALL(%(undecided)s) AND {IN_AREA})")
    params = {"unit": actor.unit_id, "kinds": kinds, "undecided": list(UNDECIDED), "area": actor.area_path}
    return Scope(" OR ".join(clauses), params=params)


def of_accesses(context: Context) -> Scope:
    """Who looked at what is shown to whoever may replay the audit, for what lies in their area, or in none."""
    if not context.permission("audit.replay").allowed:
        return NOTHING
    return Scope(f"{IN_AREA} OR area_path = ''", params={"area": context.actor.area_path})


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
}
"""What a need of the matrix is on the row of a camera, each way of it a range with an index of its own.

`domain.camera.guards.facts_about` says the same of one camera.
"""
SHARED: Final[LiteralString] = f"NOT secret OR {OF_SYSTEM[0]} OR {OF_SYSTEM[1]}"
"""What a state secret may be on is its own system's alone (R-DH-1.2.0, R-DB-1.2.0)."""


def of_cameras(context: Context, action: str = "camera.view") -> Scope:
    """Cameras on which the matrix allows the unit an action; what a state secret may be on, its own system alone."""
    traffic, security = (_ways(context, action, on) for on in ("TRAFFIC", "SECURITY"))
    if traffic == security:
        ways = list(traffic)
    else:
        ways = [_and("domain = 'TRAFFIC'", way) for way in traffic]
        ways += [_and("domain = 'SECURITY'", way) for way in security]
    to_all = [
        way for way in _ways(context, action, PUBLIC_SET) if not {way, "true"} & {*traffic} & {*security}
    ]
    ways += [_and("published AND NOT secret", way) for way in to_all]
    if not ways:
        return NOTHING
    held = context.grants_for(action)
    return Scope(
        *(way if way in OF_SYSTEM else _and(f"({SHARED})", way) for way in dict.fromkeys(ways)),
        params={
            "area": context.actor.area_path,
            "unit": context.actor.unit_id,
            "granted_cameras": [one for grant in held for one in grant.camera_ids],
            "granted_areas": [grant.area_path for grant in held if grant.area_path is not None],
        },
    )


def _ways(context: Context, action: str, on: str) -> tuple[LiteralString, ...]:
    """On which rows the needs of the matrix hold, by each of their ways; on none without one, on all by `true`."""
    known = context.rulebook.facts_about(context.actor.unit_kind)

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


def _and(one: LiteralString, other: LiteralString) -> LiteralString:
    return one if other == "true" else f"{one} AND {other}"


def of_register(context: Context) -> Scope:
    """Cameras that one may view, and those that one administers: what the register shows one."""
    views = of_cameras(context)
    administers = _administers(context)
    if administers.allowed:
        ways: tuple[LiteralString, ...] = (f"({SHARED})",)
    elif administers.missing and {*administers.missing} <= {"own-system", "own-unit"}:
        ways = OF_SYSTEM
    else:
        return views
    others = views.ranges if views != NOTHING else ()
    params = {"unit": context.actor.unit_id, **views.params}
    return Scope(*dict.fromkeys((*others, *ways)), params=params)


def _administers(context: Context) -> Permission:
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
    params = {"account": str(actor.account_id), "unit": actor.unit_id, "area": actor.area_path}
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_accounts(context: Context) -> Scope:
    """One's own; those of one's unit for whoever nominates there; those one gives, reviews, or audits in one's area."""
    clauses: list[LiteralString] = ["account_id = %(self)s"]
    if may_nominate(context):
        clauses.append("owner_unit = %(unit)s")
    kinds = given_by(context)
    if any(context.permission(action).allowed for action in ("audit.replay", "account.review")):
        clauses.append(IN_AREA)
    elif kinds:
        clauses.append(f"unit_kind = ANY(%(kinds)s) AND {IN_AREA}")
    params = {
        "self": context.actor.account_id,
        "unit": context.actor.unit_id,
        "area": context.actor.area_path,
        "kinds": list(kinds),
    }
    return Scope(*clauses, params=params)


def of_account_reviews(context: Context) -> Scope:
    """Reviews of one's area for whoever reviews accounts there, and the audit."""
    if any(context.permission(action).allowed for action in ("audit.replay", "account.review")):
        return Scope(IN_AREA, params={"area": context.actor.area_path})
    return NOTHING


def of_incidents(context: Context) -> Scope:
    """Incidents that one's unit reported or handles, those of its area that its kind is told of, and the audit's."""
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission("incident.report", facts=frozenset({"own-unit"})).allowed:
        clauses.append("owner_unit = %(unit)s")
    if context.permission("incident.handle", facts=frozenset({"receiver"})).allowed:
        clauses += [
            "operating_unit_id = %(unit)s",
            "handling_unit_id = %(unit)s",
            f"handler_kind = %(kind)s AND {IN_AREA}",
        ]
    actor = context.actor
    params = {"unit": actor.unit_id, "area": actor.area_path, "kind": actor.unit_kind}
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_work_orders(context: Context) -> Scope:
    """Work that one's unit planned, and the audit's area."""
    return _of_unit(context, "work.plan", "own-system")


def of_shifts(context: Context) -> Scope:
    """Shifts of one's unit, and the audit's area."""
    return _of_unit(context, "shift.keep", "own-unit")


def of_rosters(context: Context) -> Scope:
    """Rosters of one's unit, and the audit's area."""
    return _of_unit(context, "roster.view", "own-unit")


def _of_unit(context: Context, action: str, need: str) -> Scope:
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission(action, facts=frozenset({need})).allowed:
        clauses.append("owner_unit = %(unit)s")
    params = {"unit": context.actor.unit_id, "area": context.actor.area_path}
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_outages(context: Context) -> Scope:
    """Outages of the cameras that one may view; that a camera was not in service is none."""
    return _of_watched(context, "cause <> 'ABSENT'")


def of_diary(context: Context) -> Scope:
    """The diaries of the cameras that one may view."""
    return _of_watched(context, "true")


def _of_watched(context: Context, clause: LiteralString) -> Scope:
    cameras = of_cameras(context)
    watched = f"SELECT camera_id FROM camera_registry WHERE {cameras.where}"  # noqa: S608 — of our own words
    return Scope(f"{clause} AND camera_id IN ({watched})", params=cameras.params)


def of_obligations(context: Context) -> Scope:
    """Those of the cases and incidents that one is shown, and of the cameras of one's unit in one's register, or all.

    A camera's are shown to the unit that has it, to the one that operates the camera, and to whoever administers all.
    """
    cases, register, incidents = of_cases(context), of_register(context), of_incidents(context)
    ways = [_and("noun = 'CASE'", one) for one in cases.ranges] if cases != NOTHING else []
    if register != NOTHING:
        # asked of one camera after the other, as they come in the order of the list: as a join of the two tables,
        # which it would be by IN, every camera of the scope would be read for a page
        listed = f"SELECT {register.where} FROM camera_registry WHERE camera_id = subject_id"  # noqa: S608 — our words
        shown: LiteralString = f"noun = 'CAMERA' AND ({listed})"
        own: tuple[LiteralString, ...] = ("true",)
        if not _administers(context).allowed:
            own = ("owner_unit = %(unit)s", "unit_id = %(unit)s")
        ways += [_and(shown, one) for one in own]
    if incidents != NOTHING:
        listed = f"SELECT {incidents.where} FROM incident_log WHERE incident_id = subject_id"  # noqa: S608 — our words
        ways.append(f"noun = 'INCIDENT' AND ({listed})")
    params = {"unit": context.actor.unit_id, **cases.params, **register.params, **incidents.params}
    return Scope(*ways, params=params) if ways else NOTHING


def of_breaches(context: Context) -> Scope:
    """Breaches that one examines, in one's unit or in the area one checks; those said of oneself; the audit's area."""
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    receiver = frozenset({"receiver"})
    if context.permission("breach.examine", facts=receiver).allowed:
        if context.actor.unit_kind in context.rulebook.breaches.checked_by:
            clauses.append(IN_AREA)
        if context.actor.leader:
            clauses.append("owner_unit = %(unit)s")
    if context.permission("breach.answer", facts=receiver).allowed:
        clauses.append("account_id = ANY(%(people)s::uuid[])")
    actor = context.actor
    params = {"unit": actor.unit_id, "area": actor.area_path, "people": sorted(actor.people)}
    return Scope(*dict.fromkeys(clauses), params=params) if clauses else NOTHING


def of_breach_numbers(context: Context) -> Scope:
    """Units of which breaches are counted for whoever runs reports: one's own, and those of the area."""
    if not context.permission("report.run").allowed:
        return NOTHING
    params = {"unit": context.actor.unit_id, "area": context.actor.area_path}
    return Scope(f"{IN_AREA} OR owner_unit = %(unit)s", params=params)


def of_guidance(context: Context) -> Scope:
    """Guidance that is for one's unit, or of it, and the audit's area; whoever asks and the instant come with it."""
    actor = context.actor
    clauses: list[LiteralString] = []
    if context.permission("audit.replay").allowed:
        clauses.append(IN_AREA)
    if context.permission("guidance.view", facts=frozenset({"receiver"})).allowed:
        clauses += [
            "owner_unit = %(unit)s",
            f"{FOR_AREA} AND (cardinality(unit_kinds) = 0 OR %(kind)s = ANY(unit_kinds))",
        ]
    params = {
        "unit": actor.unit_id,
        "area": actor.area_path,
        "kind": actor.unit_kind,
        "self": actor.account_id,
        "now": context.now,
    }
    return Scope(*(clauses or NOTHING.ranges), params=params)


def of_readers(context: Context) -> Scope:
    """People whose accounts one is shown, as those for whom guidance is; the instant comes with it."""
    people = of_accounts(context)
    return Scope(*people.ranges, params={**people.params, "now": context.now})


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
    params = {"unit": context.actor.unit_id, "area": context.actor.area_path}
    return Scope(*dict.fromkeys(clauses), params=params) if clauses else NOTHING
