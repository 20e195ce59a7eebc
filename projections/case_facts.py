"""What happened to cases, as it is counted: each fact stands from the event that told it to the one that undid it.

A fact that was undone stays, with the place in the log where it ended. So what was counted up to any place is counted
again by a WHERE, whatever happened since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.case import Case, CaseState
from domain.case.clocks import Clock
from domain.case.events import Created
from domain.case.events import Event as CaseEvent
from domain.case.proposal import Detected
from domain.case.receipt import Opened
from domain.case.state import Voided
from domain.clock import Missed
from domain.envelope import Event
from domain.rules import Track
from projections.follower import Recorded


class CaseFact(StrEnum):
    """What is counted."""

    DETECTED = "DETECTED"
    DISCARDED = "DISCARDED"
    TRANSFERRED = "TRANSFERRED"
    TAKEN_UP = "TAKEN_UP"  # by the unit whose own device proposed it: nobody transfers it
    CONCLUDED = "CONCLUDED"
    REFERRED = "REFERRED"
    RECORDED = "RECORDED"
    DECIDED = "DECIDED"
    NOT_DECIDED = "NOT_DECIDED"
    PAID = "PAID"
    EXECUTED = "EXECUTED"
    LATE = "LATE"


class Outcome(StrEnum):
    """What came of a case so far."""

    OPEN = "OPEN"
    DISCARDED = "DISCARDED"
    NO_VIOLATION = "NO_VIOLATION"
    INSUFFICIENT = "INSUFFICIENT"
    VIOLATION = "VIOLATION"  # found, and not decided yet
    REFERRED = "REFERRED"
    PENALISED = "PENALISED"
    NOT_DECIDED = "NOT_DECIDED"
    EXECUTED = "EXECUTED"
    FORWARDED = "FORWARDED"
    HANDLED = "HANDLED"
    MERGED = "MERGED"
    VOIDED = "VOIDED"


STATE: Final = "STATE"
"""The fact that a case stands where it does, with whoever holds it; it is not counted, it says which cases are."""

OF_PERSONS: Final = frozenset({"OWNER_APPEARANCE", "EXPLAIN_WRITTEN", "EXPLAIN_REQUEST", "EXECUTE"})
"""Time limits of owners and violators: that they came late is nobody's lateness here."""

FOUND: Final = (
    CaseFact.CONCLUDED,
    CaseFact.REFERRED,
    CaseFact.RECORDED,
    CaseFact.DECIDED,
    CaseFact.NOT_DECIDED,
    CaseFact.PAID,
    CaseFact.EXECUTED,
)
"""What was found and decided in a case; it does not count of one that is void, or that another stands for."""


@dataclass(kw_only=True, slots=True)
class FactRow:
    """One fact about one case, who told it, and until when it stands."""

    position: int
    n: int
    case_id: UUID
    fact: str
    value: str | None = None
    amount: int = 0
    took_place_at: datetime
    recorded_at: datetime
    ended_position: int | None = None
    unit_id: UUID | None
    camera_id: UUID
    kind: str
    domain: str
    track: str
    detecting_unit_id: UUID
    outcome: str | None = None
    finding: str | None = None
    before_referral: str | None = None
    area_path: str
    owner_unit: UUID
    tier: int = 0


COLUMNS: Final = tuple(f.name for f in fields(FactRow))
OF_THE_CASE: Final = ("case_id", "camera_id", "kind", "domain", "track", "detecting_unit_id", "area_path")
"""What every fact about a case says alike."""


@dataclass(kw_only=True, slots=True)
class Standing:
    """Where a case stands, as its events move it; what the guards ask besides is not counted."""

    state: str
    finding: str | None
    before_referral: str | None
    holder_unit_id: UUID
    detecting_unit_id: UUID
    marks: set[str] = field(default_factory=set)
    clocks: dict[str, Clock] = field(default_factory=dict)
    late_without_reason: dict[str, UUID] = field(default_factory=dict)
    duplicates: set[UUID] = field(default_factory=set)
    assignee: UUID | None = None
    approved_by: str | None = None
    approving_unit_id: UUID | None = None


class Told:
    """The facts that stand about one case, and those that an event changed."""

    def __init__(self, standing: Iterable[FactRow] = ()) -> None:
        self.standing = list(standing)
        self.changed: list[FactRow] = []

    @property
    def state(self) -> FactRow:
        """Where the case stands."""
        return next(row for row in self.standing if row.fact == STATE)

    def add(self, row: FactRow) -> None:
        """A fact stands from now on."""
        self.standing.append(row)
        self.changed.append(row)

    def end(self, position: int, *facts: str) -> None:
        """These facts stand no longer."""
        for row in [row for row in self.standing if row.fact in facts]:
            row.ended_position = position
            self.standing.remove(row)
            if row not in self.changed:
                self.changed.append(row)


def fold(told: Told, event: Event, position: int) -> None:
    """Let an event add facts, and end some."""
    if isinstance(event, Detected | Opened):
        _begin(told, event, position)
    elif isinstance(event, CaseEvent):
        if not told.standing:
            raise LookupError(f"case {event.originator_id} has no first event")
        _go_on(told, event, position)


def _begin(told: Told, event: Detected | Opened, position: int) -> None:
    said: dict[str, Any] = {
        "position": position,
        "case_id": event.originator_id,
        "took_place_at": event.detected_at,
        "recorded_at": event.timestamp,
        "unit_id": event.envelope.unit_id,
        "camera_id": event.camera_id,
        "kind": event.rule,
        "domain": event.domain,
        "track": event.track,
        "detecting_unit_id": event.holder_unit_id,
        "area_path": event.area_path,
        "owner_unit": event.holder_unit_id,
    }
    opened = isinstance(event, Opened)
    state = CaseState.RECEIVED if opened else CaseState.DETECTED
    told.add(FactRow(n=0, fact=STATE, value=state, outcome=Outcome.OPEN, **said))
    told.add(FactRow(n=1, fact=CaseFact.DETECTED, value="PERSON" if opened else "MACHINE", **said))


def _go_on(told: Told, event: CaseEvent, position: int) -> None:
    before = told.state
    known = {name: getattr(before, name) for name in OF_THE_CASE}
    moved = Standing(
        state=before.value or "",
        finding=before.finding,
        before_referral=before.before_referral,
        holder_unit_id=before.owner_unit,
        detecting_unit_id=before.detecting_unit_id,
    )
    event.change(moved)
    said: dict[str, Any] = {**known, "position": position, "recorded_at": event.timestamp}
    told.end(position, *_ended(event))
    new = (*_new(event, before), *_late(event, told))
    for n, (fact, value, amount, at, unit_id) in enumerate(new, start=1):
        told.add(
            FactRow(
                n=n,
                fact=fact,
                value=value,
                amount=amount,
                took_place_at=at,
                unit_id=unit_id,
                owner_unit=before.owner_unit,
                **said,
            )
        )
    is_now = (str(moved.state), moved.finding, moved.before_referral, moved.holder_unit_id)
    if is_now != (before.value, before.finding, before.before_referral, before.owner_unit):
        told.end(position, STATE)
        told.add(
            FactRow(
                n=0,
                fact=STATE,
                value=str(moved.state),
                outcome=outcome(moved.state, moved.finding, before.outcome),
                finding=moved.finding,
                before_referral=moved.before_referral,
                took_place_at=event.envelope.took_place_at,
                unit_id=event.envelope.unit_id,
                owner_unit=moved.holder_unit_id,
                **said,
            )
        )


def outcome(state: str, finding: str | None, before: str | None) -> Outcome:
    """What came of a case that stands there; a resolved one keeps what came of it before."""
    match state:
        case CaseState.RESOLVED:
            return Outcome(before or Outcome.OPEN)
        case CaseState.CONCLUDED:
            return Outcome(finding) if finding else Outcome.OPEN
        case CaseState.RECORDED:
            return Outcome.VIOLATION
        case CaseState.DECIDED | CaseState.DELIVERED | CaseState.OVERDUE | CaseState.ENFORCED:
            return Outcome.PENALISED
        case _:
            return Outcome(state) if state in set(Outcome) else Outcome.OPEN


New = tuple[str, str | None, int, datetime, UUID | None]
"""Fact, value, đồng, when it took place, which unit did it."""

TELLS: Final[dict[type[CaseEvent], tuple[CaseFact, str | None, str | None]]] = {
    Case.Discarded: (CaseFact.DISCARDED, "reason_code", None),
    Case.Approved: (CaseFact.TRANSFERRED, "channel", None),
    Case.Concluded: (CaseFact.CONCLUDED, "finding", None),
    Case.Referred: (CaseFact.REFERRED, None, None),
    Case.RecordDrawn: (CaseFact.RECORDED, None, None),
    Case.DecisionIssued: (CaseFact.DECIDED, None, "fine"),
    Case.NoDecision: (CaseFact.NOT_DECIDED, "ground", None),
    Case.Paid: (CaseFact.PAID, None, "amount"),
    Case.DecisionExecuted: (CaseFact.EXECUTED, None, None),
}
"""The fact an event tells, and what it says of its value and of đồng."""

ENDS: Final[dict[type[CaseEvent], tuple[CaseFact, ...]]] = {
    Case.Returned: (CaseFact.TRANSFERRED,),
    Case.Reopened: (CaseFact.DISCARDED, CaseFact.CONCLUDED),
    Case.Resumed: (CaseFact.REFERRED,),
    Case.Merged: FOUND,
}
"""What an event takes back."""

VOIDS: Final = {
    Voided.DECISION: (CaseFact.DECIDED, CaseFact.PAID, CaseFact.EXECUTED),
    Voided.RECORD: (CaseFact.RECORDED,),
    Voided.CASE: FOUND,
}
"""What is taken back with what is declared void."""


def _new(event: CaseEvent, before: FactRow) -> Iterator[New]:
    """The fact an event tells besides lateness."""
    taken_up = before.track == Track.OWN_DEVICE and before.value == CaseState.DETECTED
    told = TELLS.get(type(event))
    if told is None and isinstance(event, Case.Received) and taken_up:
        told = (CaseFact.TAKEN_UP, None, None)
    if told is not None:
        fact, value, amount = told
        yield (
            fact,
            getattr(event, value) if value else None,
            getattr(event, amount) if amount else 0,
            event.envelope.took_place_at,
            event.envelope.unit_id,
        )


def _late(event: CaseEvent, told: Told) -> Iterator[New]:
    """A unit's time limit that ended before its act: told once, whether by the clock or by the act that came late."""
    known = {(row.value, row.took_place_at) for row in told.standing if row.fact == CaseFact.LATE}
    late = [(ended.timer, ended.due, event.envelope.unit_id) for ended in event.stopped if ended.late]
    if isinstance(event, Case.ClockMissed) and event.missed in {Missed.LATE, Missed.BARS}:
        late.append((event.timer, event.due, told.state.owner_unit))
    for timer, due, unit_id in late:
        if timer not in OF_PERSONS and (timer, due) not in known:
            yield CaseFact.LATE, timer, 0, due, unit_id


def _ended(event: CaseEvent) -> tuple[CaseFact, ...]:
    if isinstance(event, Case.DeclaredVoid):
        return VOIDS[Voided(event.what)]
    return ENDS.get(type(event), ())


UPSERT: LiteralString = """
INSERT INTO case_facts
SELECT * FROM json_populate_recordset(NULL::case_facts, %s::json)
ON CONFLICT (position, n) DO UPDATE SET ended_position = excluded.ended_position
"""


class CaseFacts:
    """Feeds the facts."""

    name: ClassVar[str] = "case_facts"
    table: ClassVar[LiteralString] = "case_facts"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        cases = [r for r in batch if isinstance(r.event, CaseEvent | Created)]
        known = {r.event.originator_id for r in cases if isinstance(r.event, Created)}
        wanted = {r.event.originator_id for r in cases} - known
        told = standing(curs.connection, wanted) if wanted else {}
        for recorded in cases:
            held = told.setdefault(recorded.event.originator_id, Told())
            fold(held, recorded.event, recorded.position)
        changed = [row for held in told.values() for row in held.changed]
        if changed:
            rows = [{name: getattr(row, name) for name in COLUMNS} for row in changed]
            curs.execute(UPSERT, (orjson.dumps(rows).decode(),))


def standing(conn: Connection[Any], case_ids: Iterable[UUID]) -> dict[UUID, Told]:
    """What stands about these cases now, oldest first."""
    told: dict[UUID, Told] = {}
    with conn.cursor(binary=True, row_factory=class_row(FactRow)) as curs:
        curs.execute(
            "SELECT * FROM case_facts WHERE case_id = ANY(%s) AND ended_position IS NULL ORDER BY position, n",
            (list(case_ids),),
        )
        for row in curs:
            told.setdefault(row.case_id, Told()).standing.append(row)
    return told
