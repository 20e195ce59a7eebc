"""Which rows a reader sees: one WHERE, built once a request, for lists, totals and single rows alike.

Permission says what a unit may do; scope says to which rows.
"""

from typing import Any, LiteralString
from uuid import UUID

from domain.context import Context
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
        return " OR ".join(self.ranges)

    def __eq__(self, other: object) -> bool:
        """Whether the conditions are the same text."""
        return isinstance(other, Scope) and self.ranges == other.ranges

    def __hash__(self) -> int:
        """By the conditions."""
        return hash(self.ranges)


NOTHING = Scope("false")

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


def of_cameras(context: Context) -> Scope:
    """Cameras whose kind the unit may view: all of them, those of its area, or only smart-city ones."""
    clauses: list[LiteralString] = []
    if clause := _cameras(context, "TRAFFIC"):
        clauses.append(f"(domain = 'TRAFFIC' AND {clause})")
    if clause := _cameras(context, "SECURITY"):
        clauses.append(f"(domain = 'SECURITY' AND {clause})")
    if not clauses:
        return NOTHING
    return Scope(" OR ".join(clauses), params={"area": context.actor.area_path})


def _cameras(context: Context, domain: str) -> LiteralString | None:
    def allowed(*facts: str) -> bool:
        return context.permission("camera.view", on=domain, facts=frozenset(facts)).allowed

    if allowed():
        return "true"
    if allowed("own-area"):
        return IN_AREA
    if allowed("smart-city-class"):
        return "camera_class = 'SMART_CITY'"
    if allowed("own-area", "smart-city-class"):
        return f"{IN_AREA} AND camera_class = 'SMART_CITY'"
    return None
