"""The log of extractions: what was asked for and why, who asked, who allowed it, who cut it, who got it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.envelope import Event
from domain.extraction import ExtractionState, FootageExtraction
from domain.extraction.events import MinutesIssued, Requested
from domain.personal import Personal
from domain.succession import Succeeded
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class ExtractionRow:
    """An extraction as the log shows it, with all that its guards ask for."""

    extraction_id: UUID
    number: str
    state: str
    camera_id: UUID
    domain: str
    case_id: UUID | None
    purpose: str
    note: str | None
    document_number: str | None
    undertaking: bool
    starts_at: datetime
    ends_at: datetime
    requested_by: str
    requesting_unit_id: UUID
    requesting_unit_kind: str
    requested_at: datetime
    requested_position: int
    behind: list[str]
    decided_by: str | None
    deciding_unit_id: UUID | None
    decided_at: datetime | None
    rejection: str | None
    executed_by: str | None
    executing_unit_id: UUID | None
    executed_at: datetime | None
    files: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    receiver_account_id: UUID | None
    handed_over_at: datetime | None
    accepted_at: datetime | None
    minutes: list[dict[str, Any]]
    version: int
    position: int
    operating_unit_id: UUID
    area_path: str
    owner_unit: UUID
    tier: int

    def sealed(self, value: str | None) -> Personal[str] | None:
        """The note or the reason of a rejection, for whoever may open it."""
        return Personal(self.extraction_id, sealed=value) if value else None


def fold(row: ExtractionRow | None, event: Event, position: int) -> ExtractionRow | None:
    """What the row becomes by one event; also the way an extraction is shown as of an earlier instant."""
    match event:
        case FootageExtraction.Requested():
            return _requested(event, position)
        case FootageExtraction.Event() if row is None:
            raise LookupError(f"extraction {event.originator_id} has no first event")
        case FootageExtraction.Event() if row is not None:
            return replace(row, version=event.originator_version, position=position, **_changes(row, event))
        case _:
            return row


def _requested(event: Requested, position: int) -> ExtractionRow:
    unit_id = event.envelope.unit_id
    if unit_id is None:
        raise LookupError(f"extraction {event.originator_id} was requested for no unit")
    return ExtractionRow(
        extraction_id=event.originator_id,
        number=event.number,
        state=ExtractionState.REQUESTED,
        camera_id=event.camera_id,
        domain=event.domain,
        case_id=event.case_id,
        purpose=event.purpose,
        note=event.note.sealed if event.note else None,
        document_number=event.document_number,
        undertaking=event.undertaking,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        requested_by=event.envelope.by,
        behind=list(event.envelope.people),
        requesting_unit_id=unit_id,
        requesting_unit_kind=event.requesting_unit_kind,
        requested_at=event.envelope.took_place_at,
        requested_position=position,
        decided_by=None,
        deciding_unit_id=None,
        decided_at=None,
        rejection=None,
        executed_by=None,
        executing_unit_id=None,
        executed_at=None,
        files=[],
        gaps=[],
        receiver_account_id=None,
        handed_over_at=None,
        accepted_at=None,
        minutes=[],
        version=1,
        position=position,
        operating_unit_id=event.operating_unit_id,
        area_path=event.area_path,
        owner_unit=unit_id,
        tier=0,
    )


def _changes(row: ExtractionRow, event: Event) -> dict[str, Any]:  # noqa: PLR0911 — one line an event
    said = event.envelope
    decided = {
        "behind": [*row.behind, *said.people],
        "decided_by": said.by,
        "deciding_unit_id": said.unit_id,
        "decided_at": said.took_place_at,
    }
    match event:
        case FootageExtraction.Approved():
            return {"state": ExtractionState.APPROVED, **decided}
        case FootageExtraction.Rejected():
            return {"state": ExtractionState.REJECTED, "rejection": event.text.sealed, **decided}
        case FootageExtraction.Executed():
            return {
                "state": ExtractionState.EXECUTED,
                "executed_by": said.by,
                "executing_unit_id": said.unit_id,
                "executed_at": said.took_place_at,
                "files": [_plain(file) for file in event.files],
                "gaps": [_plain(gap) for gap in event.gaps],
            }
        case FootageExtraction.HandedOver():
            return {
                "state": ExtractionState.HANDED_OVER,
                "receiver_account_id": event.receiver_account_id,
                "handed_over_at": said.took_place_at,
            }
        case FootageExtraction.Accepted():
            return {"state": ExtractionState.ACCEPTED, "accepted_at": said.took_place_at}
        case FootageExtraction.MinutesIssued() | FootageExtraction.MinutesPrinted():
            made = [_minutes(event)] if isinstance(event, MinutesIssued) else []
            return {"minutes": [*row.minutes, *made]}
        case Succeeded():
            changes = event.changes(row)
            return changes | ({"owner_unit": event.to_unit_id} if "requesting_unit_id" in changes else {})
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of extractions")


def _minutes(event: MinutesIssued) -> dict[str, Any]:
    return {
        "document_id": str(event.document_id),
        "kind": "HANDOVER_MINUTES",
        "number": event.number,
        "edition": event.edition,
        "sha256": event.sha256,
        "size": event.size,
        "name": event.name,
        "at": event.envelope.took_place_at.isoformat(),
    }


def _plain(value: Any) -> dict[str, Any]:
    """A part of an event as JSON has it, so that a row that was read equals one that was folded."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(value)))
    return plain


UPSERT: LiteralString = """
INSERT INTO extraction_log
SELECT * FROM json_populate_recordset(NULL::extraction_log, %s::json)
ON CONFLICT (extraction_id) DO UPDATE SET
    state = excluded.state, behind = excluded.behind, decided_by = excluded.decided_by,
    deciding_unit_id = excluded.deciding_unit_id,
    decided_at = excluded.decided_at, rejection = excluded.rejection, executed_by = excluded.executed_by,
    executing_unit_id = excluded.executing_unit_id, executed_at = excluded.executed_at, files = excluded.files,
    gaps = excluded.gaps, receiver_account_id = excluded.receiver_account_id,
    handed_over_at = excluded.handed_over_at, accepted_at = excluded.accepted_at,
    minutes = excluded.minutes, version = excluded.version, position = excluded.position
"""


class ExtractionLog:
    """Feeds the log of extractions."""

    name: ClassVar[str] = "extraction_log"
    table: ClassVar[LiteralString] = "extraction_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        kinds = FootageExtraction.Event | FootageExtraction.Created
        changed = [r for r in batch if isinstance(r.event, kinds)]
        if not changed:
            return
        rows: dict[UUID, ExtractionRow | None] = dict(
            by_ids(curs.connection, {r.event.originator_id for r in changed})
        )
        for r in changed:
            rows[r.event.originator_id] = fold(rows.get(r.event.originator_id), r.event, r.position)
        curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], extraction_ids: Iterable[UUID]) -> dict[UUID, ExtractionRow]:
    """The rows of these extractions, without regard to scope."""
    with conn.cursor(row_factory=class_row(ExtractionRow)) as curs:
        curs.execute("SELECT * FROM extraction_log WHERE extraction_id = ANY(%s)", (list(extraction_ids),))
        return {row.extraction_id: row for row in curs}


def by_number(conn: Connection[Any], number: str) -> ExtractionRow | None:
    """The row of a number, without regard to scope."""
    with conn.cursor(row_factory=class_row(ExtractionRow)) as curs:
        return curs.execute("SELECT * FROM extraction_log WHERE number = %s", (number,)).fetchone()


def by_file(conn: Connection[Any], file_id: UUID) -> ExtractionRow | None:
    """The extraction that a file was cut for, without regard to scope."""
    with conn.cursor(row_factory=class_row(ExtractionRow)) as curs:
        wanted = orjson.dumps([{"id": str(file_id)}]).decode()
        return curs.execute("SELECT * FROM extraction_log WHERE files @> %s::jsonb", (wanted,)).fetchone()


def by_minutes(conn: Connection[Any], document_id: UUID) -> ExtractionRow | None:
    """The extraction whose handing over minutes are about, without regard to scope."""
    with conn.cursor(row_factory=class_row(ExtractionRow)) as curs:
        wanted = orjson.dumps([{"document_id": str(document_id)}]).decode()
        return curs.execute("SELECT * FROM extraction_log WHERE minutes @> %s::jsonb", (wanted,)).fetchone()


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """What a reader narrows the log to; None does not narrow."""

    states: list[str] | None = None
    camera_id: UUID | None = None
    case_id: UUID | None = None
    number: str | None = None
    purpose: str | None = None
    since: datetime | None = None
    until: datetime | None = None


LISTING = Listing(
    table="extraction_log",
    row=ExtractionRow,
    order="requested_at DESC, extraction_id",
    place=("requested_at", "extraction_id"),
    beyond="""
    requested_at < %(after_requested_at)s
    OR (requested_at = %(after_requested_at)s AND extraction_id > %(after_extraction_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "camera_id": "camera_id = %(camera_id)s",
        "case_id": "case_id = %(case_id)s",
        "number": "number = %(number)s",
        "purpose": "purpose = %(purpose)s",
        "since": "requested_at >= %(since)s",
        "until": "requested_at < %(until)s",
    },
    writes=True,
)
"""Extractions, newest first."""
