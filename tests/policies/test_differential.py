"""F4: over 100,000 random requests, what a person may do is what casbin says, their function and the facts."""

import csv
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from domain.context import Actor, Grant
from policies import rulebook as policies
from policies.access import enforcer
from policies.rulebook import load, matrix

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
FOLDER = Path(policies.__file__).parent
UNITS = (
    "OPERATIONS_CENTRE",
    "CITY_POLICE",
    "TRAFFIC_POLICE_TEAM",
    "COMMUNE_POLICE",
    "URBAN_ORDER_TEAM",
    "COMMUNE_COMMITTEE",
    "OTHER_BODY",
)
ROLES = ("APPROVER", "EXECUTOR", "ADMINISTRATOR", "HANDLER", "LEADER", "AUDITOR")
NO_UNITS = ("any", "city_police")
NO_ROLES = ("", "handler", "NOBODY")
NO_ACTIONS = ("", "case.", "case.delete", "CASE.APPROVE")
ON = ("", "TRAFFIC", "SECURITY", "PUBLIC_SET", "any")
OPENED = {"audit.replay", "case.view", "extraction.view"}
"""What a grant to replay the audit opens to another body."""


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "count", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)], ids=["ci", "soak"]
)
def test_random_requests(counted: Callable[[str], None], count: int) -> None:
    """Permission is the enforcer's yes to the unit, the function's to the person, and every need a fact; or a grant."""
    oracle = enforcer(matrix("dong-hoi"))
    authority = load("dong-hoi").authority
    actions = {row["action"]: row["decided_as"] or row["action"] for row in _rows("actions.csv")}
    functions = {(row["role"], row["action"]) for row in _rows("roles.csv")}
    facts_there_are = sorted(
        {need for row in _rows("dong_hoi/access.csv") + _rows("actions.csv") for need in row["needs"].split()}
    )

    @cache
    def says(unit: str, yes: str, noun: str, verb: str, on: str) -> tuple[bool, tuple[str, ...]]:
        allowed, line = oracle.enforce_ex(unit, yes, noun, verb, on)
        return allowed is True, tuple(line[6].split()) if line else ()

    chance = random.Random(20220601)  # noqa: S311 — which questions are asked, not a secret
    allowed = 0
    for _ in range(count):
        unit, role = chance.choice(UNITS * 4 + NO_UNITS), chance.choice(ROLES * 4 + NO_ROLES)
        action = chance.choice([*actions, *actions, *NO_ACTIONS])
        on = chance.choice(ON) if action == "camera.view" or chance.random() < 0.1 else ""
        leader = chance.random() < 0.5
        facts = frozenset(
            chance.sample(facts_there_are, chance.choice((0, 1, len(facts_there_are), len(facts_there_are))))
        )
        grants = tuple(_grant(chance) for _ in range(chance.choice((0, 0, 1, 2))))
        who = Actor(
            account_id=UUID(int=1),
            unit_id=UUID(int=2),
            unit_kind=unit,
            area_path="dh",
            role=role,
            leader=leader,
            grants=grants,
        )
        held = {grant.action for grant in grants if _in_force(grant)}
        noun, _, verb = action.partition(".")
        may, needs = says(unit, "yes" if leader else "no", noun, verb, on)
        for need in needs:
            given = "or-grant" in needs and action in held
            may = may and (
                given or need == "or-grant" or (action in held if need == "grant" else need in facts)
            )
        may = may and bool({(role, actions.get(action, action)), (role, action)} & functions)
        may = may or (unit == "OTHER_BODY" and "audit.replay" in held and action in OPENED)
        answer = authority.may(who, action, now=NOW, on=on, facts=facts)
        assert answer.allowed is may, (who, action, on, facts)
        allowed += may
    assert 0 < allowed < count
    asked = says.cache_info().currsize
    counted(
        f"F4 {count} random requests, {allowed} of them allowed: all as casbin, asked the {asked} that differ to it"
    )


def _grant(chance: random.Random) -> Grant:
    start = NOW + timedelta(days=chance.choice((-2, -1, 1)))
    return Grant(
        action=chance.choice(("audit.replay", "face.recognise", "case.view", "case.conclude")),
        document=chance.choice(("15/QĐ-UBND", "15/QĐ-UBND", "")),
        starts_at=start,
        ends_at=chance.choice((None, start + timedelta(days=1), start + timedelta(days=9), NOW)),
    )


def _in_force(grant: Grant) -> bool:
    begun = grant.starts_at <= NOW and not (grant.ends_at and grant.ends_at <= NOW)
    return begun and grant.document != ""
