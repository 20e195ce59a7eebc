"""Succession to what a unit has in hand: incidents, work, duty, and what units write to each other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate

from domain.breach import Breach
from domain.envelope import acting
from domain.incident import Incident
from domain.obstacle import Obstacle
from domain.recommendation import Recommendation
from domain.roster import Roster
from domain.shift import Shift
from domain.succession import PASSES, succeed
from domain.unit import Unit
from domain.work_order import WorkOrder
from projections import (
    breach_log,
    duty_roster,
    incident_log,
    obstacle_log,
    recommendation_log,
    shift_log,
    work_order_log,
)
from tests.support.spec import CENTRE, NOW, POLICE, SOMEBODY, fact, given, recorded, rules_on, unit
from tests.support.succession_examples import done, open_work

DOCUMENT = "16/NQ-HĐND"
GONE, HEIR = unit("TTGS-1", "OPERATIONS_CENTRE"), unit("TTGS-2", "OPERATIONS_CENTRE")
with acting(SOMEBODY):
    GONE.cease(at=NOW, successor=HEIR, document=DOCUMENT)
SAID = {"from_unit_id": GONE.id, "to_unit_id": HEIR.id, "document": DOCUMENT}
NOUNS: Final = tuple(open_work(GONE.id))
FOLDS: Final[dict[type[Aggregate], Callable[[Any, Any, int], Any]]] = {
    Breach: breach_log.fold,
    Incident: incident_log.fold,
    Obstacle: obstacle_log.fold,
    Recommendation: recommendation_log.fold,
    Roster: duty_roster.fold,
    Shift: shift_log.fold,
    WorkOrder: work_order_log.fold,
}


def passes(one: Aggregate, gone: Unit = GONE, now: Any = NOW) -> None:
    """Let it pass by the rules of Đồng Hới."""
    with acting(SOMEBODY):
        succeed(one, gone, HEIR, rulebook=rules_on(NOW.date()), now=now)


@pytest.mark.rule("R-DH-3.10.0")
@pytest.mark.parametrize("noun", NOUNS)
def test_in_hand(noun: type[Aggregate]) -> None:
    """What a unit has in hand is the successor's, once, on the aggregate and on the row that shows it alike."""
    _, facts = open_work(GONE.id)[noun]
    once = fact(PASSES[noun], **SAID)
    one = given(noun, *facts)
    one.when(passes).then(once)
    one.when(passes).then_nothing()
    row = None
    for position, event in enumerate(recorded([*facts, once], noun), 1):
        row = FOLDS[noun](row, event, position)
    parts = PASSES[noun].PARTS
    assert {getattr(one.aggregate, name) for name in parts} == {HEIR.id}
    assert {getattr(row, name) for name in parts} == {HEIR.id}
    assert (getattr(row, "version"), getattr(row, "position")) == (len(facts) + 1, len(facts) + 1)  # noqa: B009


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun is not Roster])
def test_done(noun: type[Aggregate]) -> None:
    """What is done keeps the unit that did it."""
    _, facts = open_work(GONE.id)[noun]
    given(noun, *facts, done(noun)).when(passes).then_nothing()


def test_duty_that_was_done() -> None:
    """A roster passes while some of its month is to come."""
    _, facts = open_work(GONE.id)[Roster]
    one = given(Roster, *facts)
    roster = one.aggregate
    assert isinstance(roster, Roster)
    one.when(lambda it: passes(it, now=roster.ends_at)).then_nothing()
    one.when(lambda it: passes(it, now=roster.ends_at - timedelta(seconds=1))).then(
        fact(PASSES[Roster], **SAID)
    )


@pytest.mark.parametrize("noun", NOUNS)
def test_of_others(noun: type[Aggregate]) -> None:
    """What another unit has in hand is none of this."""
    _, facts = open_work(POLICE.id)[noun]
    given(noun, *facts).when(passes).then_nothing()


def test_one_part_of_it() -> None:
    """Of what two units have a part in, the part of the one that ended passes, and no other."""
    _, [reported, received] = open_work(CENTRE.id)[Incident]
    one = given(Incident, reported, received.under(unit_id=GONE.id))
    one.when(passes).then(fact(PASSES[Incident], **SAID))
    incident = one.aggregate
    assert isinstance(incident, Incident)
    units: tuple[UUID | None, ...] = (
        incident.owner_unit,
        incident.operating_unit_id,
        incident.handling_unit_id,
    )
    assert units == (CENTRE.id, CENTRE.id, HEIR.id)
