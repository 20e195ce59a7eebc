"""Whatever happens to a case, the obligations are its own clocks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import Case
from domain.case.clocks import Clock, Stopped
from domain.envelope import Event
from domain.personal import Personal
from projections.obligation_clocks import CaseClocks
from projections.obligation_runs import Clocks, ObligationRow
from projections.obligations import fold
from tests.support.cases import (
    detected,
)
from tests.support.spec import (
    CENTRE,
    COLLEAGUE,
    COMMUNE,
    HANDLER,
    ID,
    NOW,
    POLICE,
    Fact,
    fact,
    recorded,
    replayed,
)

WORDS = Personal.said(ID, "Lời")
TIMERS = ("VERIFY", "DECIDE", "NOTIFY_RESULT", "LIMITATION", "EXPLAIN_WRITTEN")
UNITS = (CENTRE.id, POLICE.id, COMMUNE.id)
STARTS = tuple(NOW + timedelta(days=n) for n in range(3))


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A clock of one of a few timers, units and starts, so that they meet again and again."""
    timer = draw(st.sampled_from(TIMERS))
    start = draw(st.sampled_from(STARTS))
    return Clock(
        timer=timer,
        variant=draw(st.sampled_from([None, "COMPLEX"])),
        started_at=start,
        due=start + timedelta(days=draw(st.integers(1, 5))),
        rule=f"R-{timer}",
        missed="right-lost" if timer == "EXPLAIN_WRITTEN" else "late",
        unit_id=draw(st.sampled_from(UNITS)),
        provisional=draw(st.booleans()),
    )


MOVES: dict[type[Event], Callable[[st.DrawFn], dict[str, Any]]] = {
    Case.Approved: lambda draw: {"plate": None, "recipient_unit_id": draw(st.sampled_from(UNITS))},
    Case.Received: lambda _: {},
    Case.Assigned: lambda draw: {
        "account_id": draw(st.sampled_from([HANDLER.account_id, COLLEAGUE.account_id]))
    },
    Case.Returned: lambda draw: {"to_unit_id": draw(st.sampled_from(UNITS)), "text": WORDS},
    Case.VerificationExtended: lambda _: {"text": WORDS},
    Case.Concluded: lambda _: {"finding": "VIOLATION", "text": WORDS},
    Case.ResultNotified: lambda _: {},
    Case.Referred: lambda _: {"to": "CQĐT", "documents": (), "text": WORDS},
    Case.DelayExplained: lambda draw: {"timer": draw(st.sampled_from(TIMERS)), "text": WORDS},
}


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """What may happen to a case, as far as its clocks are concerned: more than any regulation lets happen."""
    running = {clock.timer: clock for clock in draw(st.lists(clocks(), max_size=3))}
    facts = [detected(clocks=tuple(running.values()))]
    for n in range(draw(st.integers(0, 14))):
        at = NOW + timedelta(hours=20 * n)
        by_time = draw(st.booleans())
        if running and by_time:
            told = draw(st.sampled_from(sorted(running.values(), key=lambda c: c.timer)))
            if told.due > at:
                facts.append(fact(Case.ClockDueSoon, timer=told.timer, due=told.due))
            else:
                ended = (Stopped(timer=told.timer, due=told.due, late=False),)
                lost = ended if told.missed == "right-lost" else ()
                for one in lost:
                    del running[one.timer]
                facts.append(
                    fact(Case.ClockMissed, timer=told.timer, due=told.due, missed=told.missed, stopped=lost)
                )
            facts[-1] = facts[-1].under(took_place_at=at)
            continue
        event = draw(st.sampled_from(list(MOVES)))
        ends = draw(st.lists(st.sampled_from(sorted(running)), unique=True)) if running else []
        over = tuple(
            Stopped(timer=t, due=running[t].due, late=at >= running[t].due and running[t].missed == "late")
            for t in ends
        )
        starts = {clock.timer: clock for clock in draw(st.lists(clocks(), max_size=2))}
        for timer in ends:
            del running[timer]
        running |= starts
        reason = draw(st.sampled_from([None, WORDS]))
        facts.append(
            fact(
                event, **MOVES[event](draw), clocks=tuple(starts.values()), stopped=over, late_reason=reason
            ).under(took_place_at=at, unit_id=draw(st.sampled_from(UNITS)))
        )
    return facts


@tried(facts=histories(), cuts=st.sets(st.integers(1, 14)))
@settings(max_examples=300, deadline=None)
def test_the_rows_are_the_clocks(facts: list[Fact], cuts: set[int]) -> None:
    """Whatever happens, the open rows are the clocks of the case, and the reasons owed are those it knows of."""
    events = recorded(facts, Case)
    case = replayed(events)
    assert isinstance(case, Case)
    cases: dict[UUID, Clocks] = {}
    for position, event in enumerate(events, start=1):
        if position in cuts and cases:
            cases = {ID: CaseClocks([replace(row) for row in reversed(cases[ID].rows)])}  # as if read again
        fold(cases, event, position)
    listed = [row for row in cases[ID].rows if row.run]
    assert {_clock(row) for row in listed if not row.ended} == set(case.clocks.values())
    assert {row.timer for row in listed if row.reason_owed} == set(case.late_without_reason)
    assert {(row.owner_unit, row.assignee) for row in listed} <= {(case.holder_unit_id, case.assignee)}
    assert len({(row.timer, row.run) for row in listed}) == len(listed)
    for row in listed:
        if not row.ended and row.unit_id == case.holder_unit_id:
            assert row.person == case.assignee
        assert (row.holders[-1]["unit"], row.holders[-1]["person"]) == (
            str(row.unit_id),
            str(row.person) if row.person else None,
        )
        told = {kind for timer, due, kind in case.told if (timer, due) == (row.timer, row.due.isoformat())}
        assert row.due_soon_told_at is None or "soon" in told
        assert row.missed_told_at is None or "missed" in told


def _clock(row: ObligationRow) -> Clock:
    assert row.unit_id is not None
    return Clock(
        timer=row.timer,
        variant=row.variant,
        started_at=row.started_at,
        due=row.due,
        rule=row.rule,
        missed=row.missed,
        unit_id=row.unit_id,
        provisional=row.provisional,
    )
