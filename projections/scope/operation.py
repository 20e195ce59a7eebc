"""What runs the system, and what is owed of all of it."""

from typing import LiteralString

from domain.context import Context
from projections.scope.cameras import administers, both, of_register
from projections.scope.cases import of_cases
from projections.scope.condition import IN_AREA, NOTHING, Scope, of_area


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
        if context.actor.unit_kind in context.rulebook.settings.operation.told:
            clauses.append(f"handler_kind IS NOT NULL AND {IN_AREA}")
    actor = context.actor
    params = {"unit": actor.unit_id, **of_area(actor), "kind": actor.unit_kind}
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
    params = {"unit": context.actor.unit_id, **of_area(context.actor)}
    return Scope(*clauses, params=params) if clauses else NOTHING


def of_obligations(context: Context) -> Scope:
    """Those of the cases and incidents that one is shown, and of the cameras of one's unit in one's register, or all.

    A camera's are shown to the unit that has it, to the one that operates the camera, and to whoever administers all.
    """
    cases, register, incidents = of_cases(context), of_register(context), of_incidents(context)
    ways = [both("noun = 'CASE'", one) for one in cases.ranges] if cases != NOTHING else []
    if register != NOTHING:
        # asked of one camera after the other, as they come in the order of the list: as a join of the two tables,
        # which it would be by IN, every camera of the scope would be read for a page
        listed = f"SELECT {register.where} FROM camera_registry WHERE camera_id = subject_id"  # noqa: S608 — our words
        shown: LiteralString = f"noun = 'CAMERA' AND ({listed})"
        own: tuple[LiteralString, ...] = ("true",)
        if not administers(context).allowed:
            own = ("owner_unit = %(unit)s", "unit_id = %(unit)s")
        ways += [both(shown, one) for one in own]
    if incidents != NOTHING:
        listed = f"SELECT {incidents.where} FROM incident_log WHERE incident_id = subject_id"  # noqa: S608 — our words
        ways.append(f"noun = 'INCIDENT' AND ({listed})")
    params = {"unit": context.actor.unit_id, **cases.params, **register.params, **incidents.params}
    return Scope(*ways, params=params) if ways else NOTHING
