"""What units write to each other and keep of each other: reports, obstacles, breaches, guidance."""

from typing import LiteralString

from domain.context import Context
from domain.obstacle import chain
from projections.scope.condition import FOR_AREA, IN_AREA, NOTHING, Scope, of_area


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
    params = {"unit": context.actor.unit_id, **of_area(context.actor)}
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
        **of_area(context.actor),
        "asked": kinds.index(context.actor.unit_kind) if asked else 0,
    }
    return Scope(*clauses, params=params) if clauses else NOTHING


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
    params = {"unit": actor.unit_id, **of_area(actor), "people": sorted(actor.people)}
    return Scope(*dict.fromkeys(clauses), params=params) if clauses else NOTHING


def of_breach_numbers(context: Context) -> Scope:
    """Units of which breaches are counted for whoever runs reports: one's own, and those of the area."""
    if not context.permission("report.run").allowed:
        return NOTHING
    params = {"unit": context.actor.unit_id, **of_area(context.actor)}
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
        **of_area(actor),
        "kind": actor.unit_kind,
        "self": actor.account_id,
        "now": context.now,
    }
    return Scope(*(clauses or NOTHING.ranges), params=params)
