"""The queue: one row a case, what is due first comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.case import Case, CaseState
from domain.envelope import Event
from domain.personal import Personal
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """A case as the queue shows it, with all that its guards ask for."""

    case_id: UUID
    number: str
    state: str
    domain: str
    rule: str
    camera_id: UUID
    occurred_at: datetime
    detected_at: datetime
    due: datetime | None
    due_rule: str | None
    plate: str | None
    detecting_unit_id: UUID
    approved_by: str | None
    approving_unit_id: UUID | None
    received: bool
    notified: bool
    finding: str | None
    late: bool
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int

    @property
    def holder_unit_id(self) -> UUID:
        """The unit that must act next."""
        return self.owner_unit

    @property
    def sealed_plate(self) -> Personal[str] | None:
        """The plate, for whoever may open it."""
        return Personal(self.case_id, sealed=self.plate) if self.plate else None


def fold(row: CaseRow | None, event: Event, position: int) -> CaseRow | None:
    """What the row becomes by one event; also the way a case is shown as of an earlier instant."""
    match event:
        case Case.Detected():
            return CaseRow(
                case_id=event.originator_id,
                number=event.number,
                state=CaseState.DETECTED,
                domain=event.domain,
                rule=event.rule,
                camera_id=event.camera_id,
                occurred_at=event.occurred_at,
                detected_at=event.detected_at,
                due=event.due,
                due_rule=event.due_rule,
                plate=None,
                detecting_unit_id=event.holder_unit_id,
                approved_by=None,
                approving_unit_id=None,
                received=False,
                notified=False,
                finding=None,
                late=False,
                version=1,
                position=position,
                area_path=event.area_path,
                owner_unit=event.holder_unit_id,
                tier=0,
            )
        case Case.Event() if row is not None:
            return replace(row, version=event.originator_version, position=position, **_changes(row, event))
        case Case.Event():
            raise LookupError(f"case {event.originator_id} has no first event")
        case _:
            return row


def _changes(row: CaseRow, event: Event) -> dict[str, Any]:
    match event:
        case Case.Approved():
            return {
                "state": CaseState.APPROVED,
                "plate": event.plate.sealed,
                "approved_by": event.envelope.by,
                "approving_unit_id": event.envelope.unit_id,
                "owner_unit": event.recipient_unit_id,
                "due": event.due,
                "due_rule": event.due_rule,
                "late": row.late or event.late,
            }
        case Case.Discarded():
            return {
                "state": CaseState.DISCARDED,
                "due": None,
                "due_rule": None,
                "late": row.late or event.late,
            }
        case Case.Received():
            return {"received": True}
        case Case.VerificationStarted():
            return {"state": CaseState.VERIFYING}
        case Case.Concluded():
            return {
                "state": CaseState.CONCLUDED,
                "finding": event.finding,
                "due": event.due,
                "due_rule": event.due_rule,
                "late": row.late or event.late,
            }
        case Case.ResultNotified():
            return {"notified": True, "due": None, "due_rule": None, "late": row.late or event.late}
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the queue")


UPSERT: LiteralString = """
INSERT INTO case_queue
SELECT case_id, number, state, domain, rule, camera_id, occurred_at, detected_at, due, due_rule, plate,
    detecting_unit_id, approved_by, approving_unit_id, received, notified, finding, late, version, position,
    area_path, owner_unit, tier
FROM json_populate_recordset(NULL::case_queue, %s::json)
ON CONFLICT (case_id) DO UPDATE SET
    state = excluded.state, due = excluded.due, due_rule = excluded.due_rule, plate = excluded.plate,
    approved_by = excluded.approved_by, approving_unit_id = excluded.approving_unit_id,
    received = excluded.received, notified = excluded.notified, finding = excluded.finding,
    late = excluded.late, version = excluded.version, position = excluded.position,
    owner_unit = excluded.owner_unit
"""


class CaseQueue:
    """Feeds the queue."""

    name: ClassVar[str] = "case_queue"
    table: ClassVar[LiteralString] = "case_queue"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        cases = [r for r in batch if isinstance(r.event, Case.Event | Case.Created)]
        known = {r.event.originator_id for r in cases if isinstance(r.event, Case.Detected)}
        wanted = {r.event.originator_id for r in cases} - known
        rows: dict[UUID, CaseRow | None] = dict(by_ids(curs.connection, wanted)) if wanted else {}
        for recorded in cases:
            case_id = recorded.event.originator_id
            rows[case_id] = fold(rows.get(case_id), recorded.event, recorded.position)
        if rows:
            curs.execute(UPSERT, (orjson.dumps([row for row in rows.values() if row]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], case_ids: Iterable[UUID]) -> dict[UUID, CaseRow]:
    """The rows of these cases, without regard to scope."""
    with conn.cursor(binary=True, row_factory=class_row(CaseRow)) as curs:
        curs.execute("SELECT * FROM case_queue WHERE case_id = ANY(%s)", (list(case_ids),))
        return {row.case_id: row for row in curs}


def by_number(conn: Connection[Any], number: str) -> CaseRow | None:
    """The row of a case number, without regard to scope."""
    with conn.cursor(row_factory=class_row(CaseRow)) as curs:
        return curs.execute("SELECT * FROM case_queue WHERE number = %s", (number,)).fetchone()


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """What a reader narrows the queue to; None does not narrow."""

    states: list[str] | None = None
    rules: list[str] | None = None
    camera_id: UUID | None = None
    number: str | None = None
    due_before: datetime | None = None
    late: bool | None = None

    def lets_through(self, row: CaseRow) -> bool:
        """Whether a row is one of these, as `LISTING` says of rows in the database."""
        return (
            (self.states is None or row.state in self.states)
            and (self.rules is None or row.rule in self.rules)
            and (self.camera_id is None or row.camera_id == self.camera_id)
            and (self.number is None or row.number == self.number)
            and (self.due_before is None or (row.due is not None and row.due < self.due_before))
            and (self.late is None or row.late == self.late)
        )


LISTING = Listing(
    table="case_queue",
    row=CaseRow,
    order="coalesce(due, 'infinity'::timestamptz), detected_at, case_id",
    place=("due", "detected_at", "case_id"),
    beyond="""
    (coalesce(due, 'infinity'::timestamptz), detected_at, case_id) > (
        coalesce(%(after_due)s::timestamptz, 'infinity'), %(after_detected_at)s::timestamptz, %(after_case_id)s::uuid
    )""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "rules": "rule = ANY(%(rules)s)",
        "camera_id": "camera_id = %(camera_id)s",
        "number": "number = %(number)s",
        "due_before": "due < %(due_before)s",
        "late": "late = %(late)s",
    },
    writes=True,
)
"""The queue: what is due first comes first, then what was detected first; what has no clock comes last."""
