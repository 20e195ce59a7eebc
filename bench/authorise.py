"""How long one decision takes: the compiled table through `Authority.may`, beside casbin's enforcer on the same lines.

The baseline is what a guarded field would pay if it asked the enforcer over every line of the profile:
`enforcer.enforce_ex(unit, leader, noun, act, on)`. Both answer questions from the same matrix.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import perf_counter_ns
from typing import TypeVar
from uuid import UUID

from domain.context import Actor
from policies.access import enforcer, request
from policies.rulebook import load, matrix

PROFILE = "dong-hoi"
DECISIONS = 100_000
BASELINE_DECISIONS = 2_000

Question = TypeVar("Question")


def run() -> Iterator[dict[str, object]]:
    """Yield the 95th percentile of a decision in microseconds, and its ratio to casbin's."""
    rulebook = load(PROFILE)
    slow = enforcer(matrix(PROFILE))
    keys = list(rulebook.access.table)
    facts = frozenset(need for grant in rulebook.access.table.values() for need in grant.needs)
    roles = sorted(rulebook.authority.roles)
    chance = random.Random(7)  # noqa: S311 — which questions are asked, not a secret
    now = datetime.now(UTC)
    questions = [
        (_actor(unit, chance.choice(roles), leader=leader), action, on)
        for unit, leader, action, on in chance.choices(keys, k=DECISIONS)
    ]
    may = rulebook.authority.may
    value = _p95(lambda asked: may(asked[0], asked[1], now=now, on=asked[2], facts=facts), questions)
    baseline = _p95(lambda key: slow.enforce_ex(*request(key)), chance.choices(keys, k=BASELINE_DECISIONS))
    yield {
        "name": "authorise",
        "value": round(value, 2),
        "unit": "us p95",
        "baseline": round(baseline, 2),
        "ratio": round(value / baseline, 5),
        "decisions": DECISIONS,
        "lines": len(slow.get_policy()),
    }


def _actor(unit_kind: str, role: str, *, leader: bool) -> Actor:
    nobody = UUID(int=0)
    return Actor(
        account_id=nobody, unit_id=nobody, unit_kind=unit_kind, area_path="dh", role=role, leader=leader
    )


def _p95(decide: Callable[[Question], object], questions: list[Question]) -> float:
    times = []
    for question in questions:
        started = perf_counter_ns()
        decide(question)
        times.append(perf_counter_ns() - started)
    times.sort()
    return times[int(len(times) * 0.95)] / 1000
