"""The rest of a case: its evidence, what proposed it, and the words of its conclusion."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.case import Case, EvidenceItem
from domain.envelope import Event
from domain.personal import Personal
from projections.follower import Recorded


@dataclass(frozen=True, kw_only=True)
class DetailRow:
    """What a case shows beyond its row in the queue."""

    case_id: UUID
    evidence: list[dict[str, Any]]
    confidence: float
    model: str
    model_sha256: str
    source_sha256: str
    text: str | None
    note: str | None
    version: int
    area_path: str
    owner_unit: UUID
    tier: int

    @property
    def sealed_text(self) -> Personal[str] | None:
        """The words of the conclusion, for whoever may open them."""
        return Personal(self.case_id, sealed=self.text) if self.text else None


def fold(row: DetailRow | None, event: Event) -> DetailRow | None:
    """What the row becomes by one event."""
    match event:
        case Case.Detected():
            return DetailRow(
                case_id=event.originator_id,
                evidence=[_evidence(item) for item in event.evidence],
                confidence=event.confidence,
                model=event.model,
                model_sha256=event.model_sha256,
                source_sha256=event.source_sha256,
                text=None,
                note=None,
                version=1,
                area_path=event.area_path,
                owner_unit=event.holder_unit_id,
                tier=0,
            )
        case Case.Event() if row is None:
            raise LookupError(f"case {event.originator_id} has no first event")
        case Case.Approved() | Case.RecordTransferred() if row is not None:
            return replace(row, version=event.originator_version, owner_unit=event.recipient_unit_id)
        case Case.Discarded() if row is not None:
            note = event.note.sealed if event.note else None
            return replace(row, version=event.originator_version, note=note)
        case Case.Concluded() if row is not None:
            return replace(row, version=event.originator_version, text=event.text.sealed)
        case Case.Event() if row is not None:
            return replace(row, version=event.originator_version)
        case _:
            return row


def _evidence(item: EvidenceItem) -> dict[str, Any]:
    return {**asdict(item), "id": str(item.id), "captured_at": item.captured_at.isoformat()}


UPSERT: LiteralString = """
INSERT INTO case_detail
SELECT case_id, evidence, confidence, model, model_sha256, source_sha256, text, note, version,
    area_path, owner_unit, tier
FROM json_populate_recordset(NULL::case_detail, %s::json)
ON CONFLICT (case_id) DO UPDATE SET
    text = excluded.text, note = excluded.note, version = excluded.version, owner_unit = excluded.owner_unit
"""


class CaseDetail:
    """Feeds the details."""

    name: ClassVar[str] = "case_detail"
    table: ClassVar[LiteralString] = "case_detail"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        cases = [r.event for r in batch if isinstance(r.event, Case.Event | Case.Created)]
        opened = {e.originator_id for e in cases if isinstance(e, Case.Detected)}
        rows: dict[UUID, DetailRow | None] = dict(
            by_ids(curs.connection, {e.originator_id for e in cases} - opened)
        )
        for event in cases:
            rows[event.originator_id] = fold(rows.get(event.originator_id), event)
        if rows:
            curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], case_ids: set[UUID]) -> dict[UUID, DetailRow]:
    """The details of these cases, without regard to scope."""
    if not case_ids:
        return {}
    with conn.cursor(row_factory=class_row(DetailRow)) as curs:
        curs.execute("SELECT * FROM case_detail WHERE case_id = ANY(%s)", (list(case_ids),))
        return {row.case_id: row for row in curs}


def by_evidence(conn: Connection[Any], evidence_id: UUID) -> DetailRow | None:
    """The case that an object of evidence belongs to, without regard to scope."""
    wanted = orjson.dumps([{"id": str(evidence_id)}]).decode()
    with conn.cursor(row_factory=class_row(DetailRow)) as curs:
        return curs.execute("SELECT * FROM case_detail WHERE evidence @> %s::jsonb", (wanted,)).fetchone()
