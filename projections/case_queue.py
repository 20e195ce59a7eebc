"""The queue: one row a case, what is due first comes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import RowMaker
from psycopg.sql import SQL

from domain.case import Case, CaseState, Mark
from domain.case.clocks import Clock, next_due
from domain.case.proposal import Detected
from domain.case.receipt import Opened
from domain.case.review import Correctable
from domain.envelope import Event
from domain.personal import Personal
from projections.follower import Recorded
from projections.listing import Listing
from projections.scope import Scope

if TYPE_CHECKING:
    from psycopg._cursor_base import BaseCursor


@dataclass(kw_only=True, slots=True)
class CaseRow:
    """A case as the queue shows it, with all that its guards ask for; events move it as they move the case itself."""

    case_id: UUID
    number: str
    state: str
    domain: str
    kind: str
    track: str
    camera_id: UUID
    occurred_at: datetime
    detected_at: datetime
    due: datetime | None = None
    due_rule: str | None = None
    plate: str | None = None
    detecting_unit_id: UUID
    assignee: UUID | None = None
    approved_by: str | None = None
    approving_unit_id: UUID | None = None
    finding: str | None = None
    received: bool = False
    notified: bool = False
    late: bool = False
    marks: set[str] = field(default_factory=set)
    clocks: dict[str, Clock] = field(default_factory=dict)
    late_without_reason: dict[str, UUID] = field(default_factory=dict)
    duplicates: set[UUID] = field(default_factory=set)
    before_referral: str | None = None
    rulebook: str
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def holder_unit_id(self) -> UUID:
        """The unit that must act next."""
        return self.owner_unit

    @holder_unit_id.setter
    def holder_unit_id(self, unit_id: UUID) -> None:
        self.owner_unit = unit_id

    @property
    def sealed_plate(self) -> Personal[str] | None:
        """The plate, for whoever may open it."""
        return Personal(self.case_id, sealed=self.plate) if self.plate else None


COLUMNS: Final = tuple(f.name for f in fields(CaseRow))


def row_of(columns: Mapping[str, Any]) -> CaseRow:
    """Read a row back into the words the domain uses."""
    read = dict(columns)
    read["marks"] = set(read["marks"])
    read["duplicates"] = set(read["duplicates"])
    read["clocks"] = {name: clock_of(clock) for name, clock in read["clocks"].items()}
    read["late_without_reason"] = {name: UUID(unit) for name, unit in read["late_without_reason"].items()}
    return CaseRow(**read)


def clock_of(told: Mapping[str, Any]) -> Clock:
    """Read a clock back from its JSON."""
    return Clock(
        **{
            **told,
            "started_at": datetime.fromisoformat(told["started_at"]),
            "due": datetime.fromisoformat(told["due"]),
            "unit_id": UUID(told["unit_id"]),
        }
    )


def rows(cursor: "BaseCursor[Any, Any]") -> RowMaker[CaseRow]:
    """Make rows of a cursor's columns."""
    names = [column.name for column in cursor.description or ()]
    return lambda values: row_of(dict(zip(names, values, strict=True)))


def fold(row: CaseRow | None, event: Event, position: int) -> CaseRow | None:
    """What the row becomes by one event, the row before it left as it was: so a case is shown as of an instant."""
    return moved(_copied(row) if row else None, event, position)


def _copied(row: CaseRow) -> CaseRow:
    return replace(
        row,
        marks=set(row.marks),
        clocks=dict(row.clocks),
        late_without_reason=dict(row.late_without_reason),
        duplicates=set(row.duplicates),
    )


def moved(row: CaseRow | None, event: Event, position: int) -> CaseRow | None:
    """Move the row by one event."""
    if isinstance(event, Detected | Opened):
        return _opened(event, position)
    if not isinstance(event, Case.Event):
        return row
    if row is None:
        raise LookupError(f"case {event.originator_id} has no first event")
    event.move(row)
    match event:
        case Case.Approved() | Case.OwnerIdentified() if event.plate is not None:
            row.plate = event.plate.sealed
        case Case.Corrected() if event.field == Correctable.PLATE:
            row.plate = event.value.sealed
        case _:
            pass
    row.late = row.late or event.late
    row.version, row.position = event.originator_version, position
    return _derived(row)


def _opened(event: Detected | Opened, position: int) -> CaseRow:
    opened = isinstance(event, Opened)
    return _derived(
        CaseRow(
            case_id=event.originator_id,
            number=event.number,
            state=CaseState.RECEIVED if opened else CaseState.DETECTED,
            marks={Mark.RECEIVED} if opened else set(),
            domain=event.domain,
            kind=event.rule,
            track=event.track,
            camera_id=event.camera_id,
            occurred_at=event.occurred_at,
            detected_at=event.detected_at,
            plate=event.plate.sealed if isinstance(event, Opened) and event.plate else None,
            detecting_unit_id=event.holder_unit_id,
            clocks={clock.timer: clock for clock in event.clocks},
            rulebook=event.envelope.rulebook,
            version=1,
            position=position,
            area_path=event.area_path,
            owner_unit=event.holder_unit_id,
        )
    )


def _derived(row: CaseRow) -> CaseRow:
    clock = next_due(row.clocks)
    row.due, row.due_rule = (clock.due, clock.rule) if clock else (None, None)
    row.received, row.notified = Mark.RECEIVED in row.marks, Mark.RESULT_NOTIFIED in row.marks
    return row


UPSERT: LiteralString = """
INSERT INTO case_queue
SELECT * FROM json_populate_recordset(NULL::case_queue, %s::json)
ON CONFLICT (case_id) DO UPDATE SET
    state = excluded.state, due = excluded.due, due_rule = excluded.due_rule, plate = excluded.plate,
    assignee = excluded.assignee, approved_by = excluded.approved_by,
    approving_unit_id = excluded.approving_unit_id, finding = excluded.finding,
    received = excluded.received, notified = excluded.notified, late = excluded.late,
    marks = excluded.marks, clocks = excluded.clocks, late_without_reason = excluded.late_without_reason,
    duplicates = excluded.duplicates, before_referral = excluded.before_referral,
    version = excluded.version, position = excluded.position, owner_unit = excluded.owner_unit,
    detecting_unit_id = excluded.detecting_unit_id
"""


def written(row: CaseRow) -> dict[str, Any]:
    """A row as JSON has it; sets in an order of their own, so that equal rows are equal texts."""
    told = {name: getattr(row, name) for name in COLUMNS}
    return {**told, "marks": sorted(row.marks), "duplicates": sorted(row.duplicates)}


class CaseQueue:
    """Feeds the queue."""

    name: ClassVar[str] = "case_queue"
    table: ClassVar[LiteralString] = "case_queue"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        cases = [r for r in batch if isinstance(r.event, Case.Event | Case.Created)]
        known = {r.event.originator_id for r in cases if isinstance(r.event, Case.Created)}
        wanted = {r.event.originator_id for r in cases} - known
        rows: dict[UUID, CaseRow | None] = dict(by_ids(curs.connection, wanted)) if wanted else {}
        for recorded in cases:
            case_id = recorded.event.originator_id
            rows[case_id] = moved(rows.get(case_id), recorded.event, recorded.position)
        if rows:
            told = [written(row) for row in rows.values() if row]
            curs.execute(UPSERT, (orjson.dumps(told).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], case_ids: Iterable[UUID]) -> dict[UUID, CaseRow]:
    """The rows of these cases, without regard to scope."""
    with conn.cursor(binary=True, row_factory=rows) as curs:
        curs.execute("SELECT * FROM case_queue WHERE case_id = ANY(%s)", (list(case_ids),))
        return {row.case_id: row for row in curs}


def by_number(conn: Connection[Any], number: str) -> CaseRow | None:
    """The row of a case number, without regard to scope."""
    with conn.cursor(row_factory=rows) as curs:
        return curs.execute("SELECT * FROM case_queue WHERE number = %s", (number,)).fetchone()


def alike(
    conn: Connection[Any],
    case_id: UUID,
    *,
    kind: str,
    area_path: str,
    occurred_at: datetime,
    within: timedelta,
) -> list[CaseRow]:
    """The other cases of the same act in the same place within a time, that stand; plates are for who may open them."""
    with conn.cursor(row_factory=rows) as curs:
        curs.execute(
            "SELECT * FROM case_queue WHERE kind = %(kind)s AND area_path = %(area_path)s"
            " AND occurred_at BETWEEN %(since)s AND %(until)s AND case_id <> %(case_id)s"
            " AND state <> ALL(%(gone)s) AND plate IS NOT NULL ORDER BY occurred_at, case_id",
            {
                "kind": kind,
                "area_path": area_path,
                "since": occurred_at - within,
                "until": occurred_at + within,
                "case_id": case_id,
                "gone": [CaseState.DISCARDED, CaseState.MERGED, CaseState.VOIDED],
            },
        )
        return curs.fetchall()


def flagged(conn: Connection[Any]) -> list[Personal[str]]:
    """The plates of all cases that are held against a vehicle at its inspection, for whoever may open them."""
    with conn.cursor(binary=True) as curs:
        curs.execute(
            "SELECT case_id, plate FROM case_queue"
            " WHERE marks && '{INSPECTION_REFUSAL,INSPECTION_WARNING}'::text[] AND plate IS NOT NULL"
        )
        return [Personal(case_id, sealed=plate) for case_id, plate in curs]


def plates(
    conn: Connection[Any], scope: Scope, *, since: datetime | None, until: datetime | None, most: int
) -> list[Personal[str]]:
    """The plates of cases of a scope that took place within a period, for whoever may open them."""
    with conn.cursor(binary=True) as curs:
        curs.execute(
            SQL(
                "SELECT case_id, plate FROM case_queue WHERE plate IS NOT NULL AND ({})"
                " AND (%(since)s::timestamptz IS NULL OR occurred_at >= %(since)s)"
                " AND (%(until)s::timestamptz IS NULL OR occurred_at < %(until)s) LIMIT %(most)s"
            ).format(SQL(scope.where)),
            {"since": since, "until": until, "most": most, **scope.params},
        )
        return [Personal(case_id, sealed=plate) for case_id, plate in curs]


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """What a reader narrows the queue to; None does not narrow."""

    states: list[str] | None = None
    rules: list[str] | None = None
    camera_id: UUID | None = None
    number: str | None = None
    due_before: datetime | None = None
    late: bool | None = None
    marks: list[str] | None = None
    findings: list[str] | None = None
    holder_id: UUID | None = None
    assignee_id: UUID | None = None

    def lets_through(self, row: CaseRow) -> bool:
        """Whether a row is one of these, as `LISTING` says of rows in the database."""
        return (
            (self.states is None or row.state in self.states)
            and (self.rules is None or row.kind in self.rules)
            and (self.camera_id is None or row.camera_id == self.camera_id)
            and (self.number is None or row.number == self.number)
            and (self.due_before is None or (row.due is not None and row.due < self.due_before))
            and (self.late is None or row.late == self.late)
            and (self.marks is None or row.marks >= set(self.marks))
            and (self.findings is None or row.finding in self.findings)
            and (self.holder_id is None or row.owner_unit == self.holder_id)
            and (self.assignee_id is None or row.assignee == self.assignee_id)
        )


LISTING = Listing(
    table="case_queue",
    row=CaseRow,
    make=rows,
    order="coalesce(due, 'infinity'::timestamptz), detected_at, case_id",
    place=("due", "detected_at", "case_id"),
    beyond="""
    (coalesce(due, 'infinity'::timestamptz), detected_at, case_id) > (
        coalesce(%(after_due)s::timestamptz, 'infinity'), %(after_detected_at)s::timestamptz, %(after_case_id)s::uuid
    )""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "rules": "kind = ANY(%(rules)s)",
        "camera_id": "camera_id = %(camera_id)s",
        "number": "number = %(number)s",
        "due_before": "due < %(due_before)s",
        "late": "late = %(late)s",
        "marks": "marks @> %(marks)s",
        "findings": "finding = ANY(%(findings)s)",
        "holder_id": "owner_unit = %(holder_id)s",
        "assignee_id": "assignee = %(assignee_id)s",
    },
    writes=True,
)
"""The queue: what is due first comes first, then what was detected first; what has no clock comes last."""
