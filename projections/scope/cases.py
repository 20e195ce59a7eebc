"""Cases, what is counted and cut of them, and who looked."""

from typing import LiteralString
from uuid import UUID

from domain.context import Context
from domain.extraction.guards import UNDECIDED, decides_for
from projections.scope.condition import IN_AREA, NOTHING, Scope, of_area


def of_cases(context: Context) -> Scope:
    """Cases one's unit holds or its cameras proposed; whoever may replay the audit sees those of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed:
        return Scope(IN_AREA, params=of_area(actor))
    if not context.permission("case.view", facts=frozenset({"holds-case-or-camera"})).allowed:
        return NOTHING
    return Scope("owner_unit = %(unit)s", "detecting_unit_id = %(unit)s", params={"unit": actor.unit_id})


def of_numbers(context: Context) -> Scope:
    """Cases that are counted for whoever may run reports; a number names nobody."""
    if not context.permission("report.run").allowed:
        return NOTHING
    return counted_for(context.actor.unit_id, context.actor.area_path)


def counted_for(unit_id: UUID, area_path: str) -> Scope:
    """Cases that are counted for a unit: those of its queue, and all of its area, whoever holds them.

    An area that was merged into it is counted under its own name: a report counts the same whenever it is made again.
    """
    return Scope(
        f"{IN_AREA} OR owner_unit = %(unit)s OR detecting_unit_id = %(unit)s",
        params={"unit": unit_id, "area": area_path, "areas_before": []},
    )


def of_extractions(context: Context) -> Scope:
    """Extractions one's unit asked for or cut, of its cameras, or that it decides on or may cut in its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed:
        return Scope(IN_AREA, params=of_area(actor))
    if not context.permission("extraction.view", facts=frozenset({"party-to-extraction"})).allowed:
        return NOTHING
    clauses: list[LiteralString] = [
        "requesting_unit_id = %(unit)s",
        "operating_unit_id = %(unit)s",
        "executing_unit_id = %(unit)s",
    ]
    kinds = [kind for kind in context.rulebook.unit_kinds if decides_for(context, kind)]
    if kinds:
        clauses.append(f"(requesting_unit_kind = ANY(%(kinds)s) AND {IN_AREA})")
    if context.permission("extraction.execute").allowed:
        clauses.append(f"(state <> ALL(%(undecided)s) AND {IN_AREA})")
    params = {"unit": actor.unit_id, "kinds": kinds, "undecided": list(UNDECIDED), **of_area(actor)}
    return Scope(" OR ".join(clauses), params=params)


def of_accesses(context: Context) -> Scope:
    """Who looked at what is shown to whoever may replay the audit, for what lies in their area, or in none."""
    if not context.permission("audit.replay").allowed:
        return NOTHING
    return Scope(f"{IN_AREA} OR area_path = ''", params=of_area(context.actor))
