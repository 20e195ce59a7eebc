"""Accounts, their reviews, and those for whom guidance is."""

from typing import LiteralString

from domain.account.guards import given_by, may_nominate
from domain.context import Context
from projections.scope.condition import IN_AREA, NOTHING, Scope, of_area


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
        **of_area(context.actor),
        "kinds": list(kinds),
    }
    return Scope(*clauses, params=params)


def of_account_reviews(context: Context) -> Scope:
    """Reviews of one's area for whoever reviews accounts there, and the audit."""
    if any(context.permission(action).allowed for action in ("audit.replay", "account.review")):
        return Scope(IN_AREA, params=of_area(context.actor))
    return NOTHING


def of_readers(context: Context) -> Scope:
    """People whose accounts one is shown, as those for whom guidance is; the instant comes with it."""
    people = of_accounts(context)
    return Scope(*people.ranges, params={**people.params, "now": context.now})
