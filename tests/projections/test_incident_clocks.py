"""Whatever happens to an incident, its obligation is what the law says: 24 hours from when it was first known."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as st

from domain.commands.clock import by_time
from domain.context import Context
from domain.envelope import Event, acting
from domain.errors import Refusal
from domain.incident import Incident, IncidentState
from domain.succession import IncidentSucceeded
from projections.obligation_clocks import IncidentClocks
from projections.obligation_runs import Clocks, ObligationRow
from projections.obligations import fold
from tests.support.regulations import somebody
from tests.support.spec import ID, legal

OPERATOR: Final = somebody("dien-bien", "LEVEL_1_OPERATOR")
BEGIN: Final = legal("2026-06-03 09:00")
STEPS: Final = tuple(timedelta(hours=n) for n in (1, 3, 5, 9, 24))
SOON: Final = timedelta(hours=8)
"""A third of the 24 hours is left."""


@dataclass
class Law:
    """The one run of an incident, by what was done with it: nothing here asks the product."""

    known: datetime
    fixed: datetime | None = None
    unit: UUID | None = None
    soon: datetime | None = None
    missed: datetime | None = None
    holders: list[tuple[UUID, datetime]] = field(default_factory=list)

    def has(self, now: datetime) -> None:
        """Whose it is has it while it is to be fixed."""
        if self.unit is not None and self.fixed is None and self.holders[-1][0] != self.unit:
            self.holders.append((self.unit, now))

    @property
    def due(self) -> datetime:
        """A day after it was known, at the same hour."""
        return self.known + timedelta(hours=24)

    @property
    def state(self) -> str:
        """How far it is."""
        if self.fixed is None:
            return "OPEN"
        return "MET" if self.fixed < self.due else "LATE"


def receive(one: Incident, who: Context, law: Law, _: st.DataObject) -> None:
    """The operator of level I takes it on."""
    one.receive(who)
    law.unit = who.actor.unit_id
    law.holders.append((law.unit, who.now))


def handle(one: Incident, who: Context, _law: Law, _: st.DataObject) -> None:
    """Somebody is at it."""
    one.handle(who)


def fix(one: Incident, who: Context, law: Law, data: st.DataObject) -> None:
    """It works, since some hours ago or now; what is late has its reason."""
    at = who.now - timedelta(hours=data.draw(st.integers(0, 3)))
    one.fix(who, text="Đã thay nguồn", fixed_at=at, late_reason="Chờ thiết bị")
    law.fixed = at


def reopen(one: Incident, who: Context, law: Law, _: st.DataObject) -> None:
    """It does not."""
    one.reopen(who, text="Lại mất hình")
    law.fixed = None
    law.has(who.now)


def backdate(one: Incident, who: Context, law: Law, data: st.DataObject) -> None:
    """It was seen earlier."""
    at = one.detected_at - timedelta(hours=data.draw(st.integers(1, 12)))
    one.backdate(who, detected_at=at, text="Xem lại hình ảnh")
    law.known = min(law.known, at)


def cease(one: Incident, who: Context, law: Law, _: st.DataObject) -> None:
    """The unit that has it ends, and another follows it."""
    if one.state == IncidentState.CLOSED or law.unit is None:
        return
    heir = UUID(int=law.unit.int + 1)
    with acting(by_time(who.rulebook, who.now, unit_id=law.unit, rule=None)):
        one.trigger_event(IncidentSucceeded, from_unit_id=law.unit, to_unit_id=heir, document="16/NQ")
    law.unit = heir
    law.has(who.now)


def close(one: Incident, who: Context, _law: Law, _: st.DataObject) -> None:
    """It is over."""
    one.close(who)


ACTS: Final[tuple[Callable[[Incident, Context, Law, st.DataObject], None], ...]] = (
    *[fix] * 4,
    *[reopen] * 3,
    backdate,
    cease,
    close,
)


def time_passes(one: Incident, row: ObligationRow, law: Law, now: datetime) -> None:
    """The scheduler looks at what its row wants told; the law says what is to be said, once."""
    if row.tell_at is not None and row.tell_at <= now:
        with acting(by_time(OPERATOR.rulebook, now, unit_id=row.unit_id, rule=row.rule)):
            if now < row.due:
                one.tell_due_soon(row.due)
            else:
                one.tell_overdue(row.due, now)
    if law.fixed is None and law.missed is None:
        if now >= law.due:
            law.missed = now
        elif now >= law.due - SOON and law.soon is None:
            law.soon = now


class Shown:
    """The row of the incident, as its follower has it: read anew now and then."""

    def __init__(self) -> None:
        self._subjects: dict[UUID, Clocks] = {}
        self._position = 0

    def take(self, one: Incident, *, again: bool) -> None:
        """Fold what was recorded of it."""
        if again and self._subjects:
            self._subjects = {ID: IncidentClocks([replace(self.row)])}
        for event in one.collect_events():
            assert isinstance(event, Event)
            self._position += 1
            fold(self._subjects, event, self._position)

    @property
    def row(self) -> ObligationRow:
        """The one there is."""
        [row] = self._subjects[ID].rows
        return row


def reported(who: Context, **otherwise: Any) -> Incident:
    """One that a body of level II saw an hour ago."""
    said = {"kind": "DEVICE_FAULT", "text": "Camera không lên hình", **otherwise}
    return Incident.report(who, incident_id=ID, number=lambda: "DB-SC-2026-000001", **said)


@pytest.mark.rule("R-DB-11.2.b")
@tried(data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_row_is_the_law(data: st.DataObject) -> None:
    """It runs for 24 hours from the earlier of detection and notice, until it is fixed, and goes on if it is not."""
    detected = BEGIN - timedelta(hours=data.draw(st.integers(1, 6)))
    notified = BEGIN - timedelta(hours=data.draw(st.integers(0, 6)))
    who = replace(somebody("dien-bien", "LEVEL_2_BODY"), now=BEGIN)
    one = reported(who, detected_at=detected, notified_at=notified)
    law, shown, now = Law(min(detected, notified)), Shown(), BEGIN
    shown.take(one, again=False)
    for n in range(data.draw(st.integers(0, 14))):
        now += data.draw(st.sampled_from(STEPS))
        time_passes(one, shown.row, law, now)
        shown.take(one, again=data.draw(st.booleans()))
        act = (receive, handle)[n] if n < 2 else data.draw(st.sampled_from(ACTS))
        actor = replace(OPERATOR.actor, unit_id=law.unit or OPERATOR.actor.unit_id)
        try:
            act(one, replace(OPERATOR, actor=actor, now=now), law, data)
        except Refusal:
            continue  # it did not happen
        finally:
            shown.take(one, again=data.draw(st.booleans()))
    row = shown.row
    held = [(UUID(one["unit"]), datetime.fromisoformat(one["since"])) for one in row.holders]
    assert (row.state, row.started_at, row.due, row.stopped_at) == (law.state, law.known, law.due, law.fixed)
    assert (row.due_soon_told_at, row.missed_told_at) == (law.soon, law.missed)
    assert (row.unit_id, held) == (law.unit, law.holders)
    assert (row.timer, row.run, row.rule, row.missed) == ("FIX_INCIDENT", 1, "R-DB-11.2.b", "late")
    assert (row.ended, row.reason_owed, row.person) == (law.fixed is not None, False, None)


def test_without_a_time() -> None:
    """Where the regulation sets none, nothing is owed, whatever happens to the incident."""
    who = somebody("dong-hoi", "COMMUNE_POLICE")
    shown = Shown()
    one = reported(who, detected_at=who.now - timedelta(hours=1))
    shown.take(one, again=False)
    centre = replace(somebody("dong-hoi", "OPERATIONS_CENTRE"), now=who.now)
    one.receive(centre)
    shown.take(one, again=True)
    assert (shown.row.run, shown.row.tell_at, shown.row.ended) == (0, None, True)
