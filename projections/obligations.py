"""The obligations: every clock that a case ever ran, whose it was, until when, and how it ended.

One row is one run of one timer: it goes on while the clock is extended, counted anew, passed to another unit, or
opened again after it was stopped, with everybody who had it meanwhile. Whoever has it last answers for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.case import Case
from domain.case.clocks import Clock
from domain.case.events import Created
from domain.case.events import Event as CaseEvent
from domain.case.lateness import MEANT
from domain.case.proposal import Detected
from domain.case.receipt import Opened
from domain.clock import Calendar, Missed, due_soon_at
from domain.envelope import Event
from domain.personal import Personal
from policies.reading import NATIONAL
from policies.rulebook import PROFILES, load
from projections.follower import Recorded

NO_RUN: Final = 0
"""The row of a case that has run no clock: it keeps what a clock that is started later will be shown with."""


class ObligationState(StrEnum):
    """How far an obligation is."""

    OPEN = "OPEN"
    MET = "MET"  # the act it is for came in time
    LATE = "LATE"  # it came, or something else ended the clock, when its time was over
    LAPSED = "LAPSED"  # something else ended it in time, or a right was not used


@dataclass(kw_only=True, slots=True)
class ObligationRow:
    """A run of a clock, with what the rows of its case are chosen by."""

    case_id: UUID
    timer: str
    run: int
    number: str
    variant: str | None = None
    started_at: datetime
    due: datetime
    due_soon_at: datetime
    rule: str
    missed: str
    hard: bool
    provisional: bool
    unit_id: UUID
    person: UUID | None = None
    holders: list[dict[str, Any]] = field(default_factory=list)
    """Everybody who had it: `unit`, `person` and `since`, the first one first."""
    state: str = ObligationState.OPEN.value
    ended: bool = False
    due_soon_told_at: datetime | None = None
    missed_told_at: datetime | None = None
    tell_at: datetime | None = None
    """When the scheduler has something to say of it."""
    stopped_at: datetime | None = None
    reason: str | None = None
    reason_owed: bool = False
    assignee: UUID | None = None
    detecting_unit_id: UUID
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def sealed_reason(self) -> Personal[str] | None:
        """Why it came late, for whoever may open it."""
        return Personal(self.case_id, sealed=self.reason) if self.reason else None


@cache
def calendar_of(version: str) -> Calendar:
    """The working days of the regulation under whose version an act was recorded."""
    profile = version.partition("@")[0]
    return load(profile if profile in PROFILES else NATIONAL).calendar


class Clocks:
    """The clocks of one case: events move it as they move the case itself, as far as clocks and holders go."""

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        self.rows = list(rows)
        self.last = {row.timer: row for row in sorted(rows, key=lambda row: row.run)}
        self.holder_unit_id = rows[0].owner_unit
        self.detecting_unit_id = rows[0].detecting_unit_id
        self.assignee = rows[0].assignee
        self.late_without_reason = {row.timer: row.unit_id for row in self.rows if row.reason_owed}
        # what events move besides, and nobody asks for here
        self.state = ""
        self.marks: set[str] = set()
        self.clocks: dict[str, Clock] = {}
        self.duplicates: set[UUID] = set()
        self.approved_by: str | None = None
        self.approving_unit_id: UUID | None = None
        self.finding: str | None = None
        self.before_referral: str | None = None

    @classmethod
    def of(cls, event: Detected | Opened, position: int) -> "Clocks":
        """Those that a case begins with."""
        unit_id = event.holder_unit_id
        begun = cls(
            [
                ObligationRow(
                    case_id=event.originator_id,
                    timer="",
                    run=NO_RUN,
                    number=event.number,
                    started_at=event.detected_at,
                    due=event.detected_at,
                    due_soon_at=event.detected_at,
                    rule="",
                    missed="",
                    hard=False,
                    provisional=False,
                    unit_id=unit_id,
                    ended=True,
                    detecting_unit_id=unit_id,
                    position=position,
                    area_path=event.area_path,
                    owner_unit=unit_id,
                )
            ]
        )
        for clock in event.clocks:
            begun._start(clock, event)
        begun._settle(event, position)
        if event.clocks:
            begun.rows.pop(0)
        return begun

    def move(self, event: CaseEvent, position: int) -> None:
        """What becomes of the rows by one event."""
        event.move(self)
        for ended in event.stopped:
            if (row := self.last.get(ended.timer)) and not row.ended:
                row.state, row.ended = _end(row, event, late=ended.late), True
                row.stopped_at, row.position = event.envelope.took_place_at, position
                row.reason = event.late_reason.sealed if ended.late and event.late_reason else None
                row.reason_owed = ended.timer in self.late_without_reason
        for clock in event.clocks:
            self._start(clock, event)
        match event:
            case Case.ClockDueSoon() if row := self.last.get(event.timer):
                row.due_soon_told_at, row.position = event.envelope.took_place_at, position
            case Case.ClockMissed() if row := self.last.get(event.timer):
                row.missed_told_at, row.position = event.envelope.took_place_at, position
            case Case.DelayExplained():
                for row in self.rows:
                    if row.timer == event.timer and row.reason_owed:
                        row.reason, row.reason_owed, row.position = event.text.sealed, False, position
            case _:
                pass
        self._settle(event, position)

    def _start(self, clock: Clock, event: CaseEvent | Created) -> None:
        """A clock runs from now on, or runs otherwise than before."""
        row = self.last.get(clock.timer)
        if row is None or (row.ended and row.started_at != clock.started_at):
            row = self._another(clock, run=row.run + 1 if row else NO_RUN + 1)
        elif row.due != clock.due:
            row.due_soon_told_at = row.missed_told_at = None
        row.variant, row.started_at, row.due = clock.variant, clock.started_at, clock.due
        row.due_soon_at = due_soon_at(clock.started_at, clock.due, calendar_of(event.envelope.rulebook))
        row.rule, row.missed, row.hard, row.provisional = (
            clock.rule,
            clock.missed,
            clock.hard,
            clock.provisional,
        )
        row.state, row.ended, row.stopped_at, row.reason = ObligationState.OPEN.value, False, None, None
        if row.unit_id != clock.unit_id:
            row.unit_id, row.person = clock.unit_id, None

    def _another(self, clock: Clock, run: int) -> ObligationRow:
        known = self.rows[0]
        row = ObligationRow(
            case_id=known.case_id,
            timer=clock.timer,
            run=run,
            number=known.number,
            started_at=clock.started_at,
            due=clock.due,
            due_soon_at=clock.due,
            rule=clock.rule,
            missed=clock.missed,
            hard=clock.hard,
            provisional=clock.provisional,
            unit_id=clock.unit_id,
            detecting_unit_id=known.detecting_unit_id,
            position=known.position,
            area_path=known.area_path,
            owner_unit=known.owner_unit,
        )
        self.rows.append(row)
        self.last[clock.timer] = row
        return row

    def _settle(self, event: CaseEvent | Created, position: int) -> None:
        """Everything of the rows that follows from the rest of the case."""
        restarted = {clock.timer for clock in event.clocks}
        for row in self.rows:
            before = _told(row)
            row.owner_unit, row.assignee, row.tell_at = self.holder_unit_id, self.assignee, _tell_at(row)
            row.detecting_unit_id = self.detecting_unit_id
            if not row.ended:
                self._held(row, event.envelope.took_place_at)
            again = row.timer in restarted and self.last[row.timer] is row
            if again or before != _told(row):
                row.position = position

    def _held(self, row: ObligationRow, at: datetime) -> None:
        """Whoever is to act on the case has what is the obligation of its holder; of others' nobody in person."""
        if row.unit_id == self.holder_unit_id:
            row.person = self.assignee
        has = {"unit": str(row.unit_id), "person": str(row.person) if row.person else None}
        if not row.holders or not row.holders[-1].items() >= has.items():
            row.holders = [*row.holders, {**has, "since": at.astimezone(UTC).isoformat()}]


def _told(row: ObligationRow) -> tuple[object, ...]:
    """What of a row follows from the rest of its case."""
    return row.owner_unit, row.detecting_unit_id, row.assignee, row.tell_at, len(row.holders)


def _end(row: ObligationRow, event: CaseEvent, *, late: bool) -> str:
    if late or (row.missed != Missed.RIGHT_LOST and event.envelope.took_place_at >= row.due):
        return ObligationState.LATE.value
    met = isinstance(event, MEANT.get(row.timer, ()))
    return (ObligationState.MET if met else ObligationState.LAPSED).value


def _tell_at(row: ObligationRow) -> datetime | None:
    if row.ended or row.missed_told_at is not None:
        return None
    return row.due_soon_at if row.due_soon_told_at is None else row.due


UPSERT: LiteralString = """
INSERT INTO obligations
SELECT * FROM json_populate_recordset(NULL::obligations, %s::json)
ON CONFLICT (case_id, timer, run) DO UPDATE SET
    variant = excluded.variant, started_at = excluded.started_at, due = excluded.due,
    due_soon_at = excluded.due_soon_at, rule = excluded.rule, missed = excluded.missed, hard = excluded.hard,
    provisional = excluded.provisional, unit_id = excluded.unit_id, person = excluded.person,
    holders = excluded.holders, state = excluded.state, ended = excluded.ended,
    due_soon_told_at = excluded.due_soon_told_at, missed_told_at = excluded.missed_told_at,
    tell_at = excluded.tell_at, stopped_at = excluded.stopped_at, reason = excluded.reason,
    reason_owed = excluded.reason_owed, assignee = excluded.assignee, position = excluded.position,
    owner_unit = excluded.owner_unit, detecting_unit_id = excluded.detecting_unit_id
"""


class Obligations:
    """Feeds the obligations."""

    name: ClassVar[str] = "obligations"
    table: ClassVar[LiteralString] = "obligations"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        recorded = [r for r in batch if isinstance(r.event, Case.Event | Case.Created)]
        if not recorded:
            return
        known = {r.event.originator_id for r in recorded if isinstance(r.event, Case.Created)}
        wanted = {r.event.originator_id for r in recorded} - known
        cases = {case_id: Clocks(rows) for case_id, rows in of_cases(curs.connection, wanted).items()}
        for r in recorded:
            fold(cases, r.event, r.position)
        first = recorded[0].position
        changed = [row for case in cases.values() for row in case.rows if row.position >= first]
        if changed:
            curs.execute(UPSERT, (orjson.dumps(changed).decode(),))


def fold(cases: dict[UUID, Clocks], event: Event, position: int) -> None:
    """What the rows of the cases become by one event."""
    if isinstance(event, Case.Detected | Case.Opened):
        cases[event.originator_id] = Clocks.of(event, position)
    elif isinstance(event, Case.Event):
        if event.originator_id not in cases:
            raise LookupError(f"case {event.originator_id} has no first event")
        cases[event.originator_id].move(event, position)


# -- queries ------------------------------------------------------------------


def of_cases(conn: Connection[Any], case_ids: Collection[UUID]) -> dict[UUID, list[ObligationRow]]:
    """All rows of these cases, without regard to scope."""
    found: dict[UUID, list[ObligationRow]] = {}
    if case_ids:
        with conn.cursor(row_factory=class_row(ObligationRow)) as curs:
            curs.execute("SELECT * FROM obligations WHERE case_id = ANY(%s)", (list(case_ids),))
            for row in curs:
                found.setdefault(row.case_id, []).append(row)
    return found
