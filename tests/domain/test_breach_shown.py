"""A breach is shown to whoever examines it and to the person it is said of, who is not shown who reported it."""

from datetime import timedelta

import pytest

from domain.breach import Breach
from domain.breach_guards import check_view, shows_reporter
from domain.context import Actor
from policies.rulebook import PROFILES, load
from tests.support.breach_ways import DEPUTY, HEAD, WAYS, reported
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    COLLEAGUE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    NOW,
    STRANGER,
    actor,
    context,
    given,
    unit,
)

SEEN = [
    (HANDLER, True, False),
    (HEAD, True, True),
    (DEPUTY, True, True),
    (APPROVER, True, True),
    (AUDITOR, True, True),
    (COLLEAGUE, False, True),
    (EXECUTOR, False, False),
    (ADMINISTRATOR, False, False),
    (COMMUNE_LEADER, False, False),
    (STRANGER, False, False),
]


@pytest.mark.parametrize("who, seen, reporter", SEEN)
def test_seen(who: Actor, *, seen: bool, reporter: bool) -> None:
    """Whoever examines it sees it and who reported it; the person it is said of sees it; others do not."""
    for past in WAYS.values():
        one = given(Breach, *past).aggregate
        assert (check_view(one, context(who)) is None) == seen
        assert shows_reporter(one, context(who)) == reporter


@pytest.mark.parametrize("of", [HEAD, None])
def test_reporter_is_not_shown_to_whom_it_is_about(of: Actor | None) -> None:
    """Whoever reports their head, or their unit, is known to those who decide on it above, and to no leader of it."""
    one = given(Breach, reported(of)).aggregate
    shown = {who.account_id: shows_reporter(one, context(who)) for who in (HEAD, DEPUTY, APPROVER, AUDITOR)}
    assert shown == {
        HEAD.account_id: False,
        DEPUTY.account_id: False,
        APPROVER.account_id: True,
        AUDITOR.account_id: True,
    }


@pytest.mark.parametrize(
    "profile, checks",
    [
        pytest.param("dong-hoi", ["OPERATIONS_CENTRE"]),
        pytest.param("quang-tri", ["SAFETY_BOARD"], marks=pytest.mark.rule("R-QT-19.3.0")),
        pytest.param("dien-bien", ["LEVEL_1_MANAGER"], marks=pytest.mark.rule("R-DB-19.2.0", "R-DB-13.1.0")),
        pytest.param("yen-bai", []),
    ],
)
def test_who_checks(profile: str, checks: list[str]) -> None:
    """Each regulation says who checks the others; where its parties are equal, a unit's leaders see to their own."""
    rules, theirs = load(profile), unit("U", "ANY")
    one = given(Breach, reported(unit_id=theirs.id)).aggregate
    found, now = [], NOW + timedelta(days=365)
    for kind in rules.unit_kinds:
        if rules.ended(kind, now.date()) is None:
            who = actor(30, unit(f"{profile}-{kind}", kind), "HANDLER")
            if check_view(one, context(who, now, profile)) is None:
                found.append(kind)
            leader = actor(31, unit("U", kind), "LEADER", leader=True)
            assert check_view(one, context(leader, now, profile)) is None, kind
    assert found == checks


def test_rules_are_held() -> None:
    """What the regulations cite of breaches are rules that they hold."""
    for profile in PROFILES:
        breaches = load(profile).breaches
        cited = {*breaches.checked_by.values(), *breaches.measures.values()} | {breaches.rule or "-"}
        assert [load(profile).citation(rule) for rule in cited - {"-"}].count("") == 0
