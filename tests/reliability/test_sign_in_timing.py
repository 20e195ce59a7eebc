"""E3: how long a failure takes tells nobody why it failed (soak; that the work is the same is shown in CI)."""

import math
import random
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import mean, variance

import pytest

from domain.account import Account
from store import attempts
from tests.support.api import Installation

LOGIN = "mutation($i: LoginInput!) { login(input: $i) { __typename } }"
EACH = 1_000
LARGEST_T = 4.5
"""Of Welch's test; beyond it, leakage assessments take a difference for one."""
SLOWEST_LEFT_OUT = 0.1


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_as_long(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str], None]
) -> None:
    """A name of nobody, a wrong password and a disabled account with the right one take equally long."""
    for budget in ("OF_PLACE", "OF_NAME", "OF_ADDRESS"):
        monkeypatch.setattr(attempts, budget, attempts.Budget(10**6, timedelta(minutes=15)))
    account = installation.operator.find(Account, Account.create_id("auditor"))
    with installation.founding():
        account.disable()
        installation.operator.record(account)
    branches = {
        "wrong": ("police.lead", "Wrong-1!"),
        "unknown": ("police.leaf", "Wrong-1!"),
        "disabled": ("auditor", installation.passwords["auditor"]),
    }
    took: dict[str, list[float]] = {branch: [] for branch in branches}
    order = [branch for branch in branches for _ in range(EACH + 20)]
    random.Random(7).shuffle(order)  # noqa: S311 — the same order each time
    for branch in order:
        name, password = branches[branch]
        begun = time.perf_counter()
        body = installation.anonymous.answer(LOGIN, i={"name": name, "password": password})
        took[branch].append(time.perf_counter() - begun)
        assert body == {"data": {"login": {"__typename": "Forbidden"}}}
    kept = {branch: sorted(times)[: int(EACH * (1 - SLOWEST_LEFT_OUT))] for branch, times in took.items()}
    found = {branch: t(kept[branch], kept["wrong"]) for branch in ("unknown", "disabled")}
    counted(
        f"E3 {EACH} failures of each kind, {1000 * mean(kept['wrong']):.1f} ms on average: "
        + ", ".join(f"t of {branch} against wrong {value:+.2f}" for branch, value in found.items())
    )
    assert {branch: abs(value) < LARGEST_T for branch, value in found.items()} == dict.fromkeys(found, True)


def t(some: list[float], others: list[float]) -> float:
    """Welch's t of two samples."""
    error = math.sqrt(variance(some) / len(some) + variance(others) / len(others))
    return (mean(some) - mean(others)) / error
