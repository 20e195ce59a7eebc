"""Which rows a reader sees: one WHERE, built once a request, for lists, totals and single rows alike.

Permission says what a unit may do; scope says to which rows.
"""

from projections.scope.accounts import of_account_reviews, of_accounts, of_readers
from projections.scope.cameras import of_cameras, of_clients, of_diary, of_outages, of_register, of_uses
from projections.scope.cases import counted_for, of_accesses, of_cases, of_extractions, of_numbers
from projections.scope.condition import NOTHING, Scope
from projections.scope.office import (
    of_breach_numbers,
    of_breaches,
    of_guidance,
    of_obstacles,
    of_recommendations,
    of_reports,
)
from projections.scope.operation import of_incidents, of_obligations, of_rosters, of_shifts, of_work_orders

__all__ = [
    "NOTHING",
    "Scope",
    "counted_for",
    "of_accesses",
    "of_account_reviews",
    "of_accounts",
    "of_breach_numbers",
    "of_breaches",
    "of_cameras",
    "of_cases",
    "of_clients",
    "of_diary",
    "of_extractions",
    "of_guidance",
    "of_incidents",
    "of_numbers",
    "of_obligations",
    "of_obstacles",
    "of_outages",
    "of_readers",
    "of_recommendations",
    "of_register",
    "of_reports",
    "of_rosters",
    "of_shifts",
    "of_uses",
    "of_work_orders",
]
