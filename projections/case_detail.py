"""The rest of a case: its evidence, what proposed it, the words of its conclusion, and its file.

The file holds what each step of the procedure said, each part as its last event said it or as a list of what was said;
what was declared void is no longer part of it and stays in the history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.case import Case, EvidenceItem
from domain.case.review import Correctable
from domain.case.state import Voided
from domain.envelope import Event
from domain.personal import Personal
from domain.succession import CaseSucceeded
from projections.follower import Recorded


@dataclass(frozen=True, kw_only=True)
class DetailRow:
    """What a case shows beyond its row in the queue."""

    case_id: UUID
    evidence: list[dict[str, Any]]
    confidence: float | None = None
    model: str | None = None
    model_sha256: str | None = None
    source_sha256: str | None = None
    transmission: str | None = None
    client_id: UUID | None = None
    text: str | None = None
    note: str | None = None
    file: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def sealed_text(self) -> Personal[str] | None:
        """The words of the conclusion, for whoever may open them."""
        return Personal(self.case_id, sealed=self.text) if self.text else None


# -- the file -------------------------------------------------------------------------

PARTS: Final[dict[type, tuple[str, ...]]] = {
    Case.Opened: ("found",),
    Case.OwnerIdentified: ("owner",),
    Case.NoticeSent: ("notice",),
    Case.InspectionWarningSent: ("inspection_warning",),
    Case.ViolatorDetermined: ("violator",),
    Case.Referred: ("referral", "sent"),
    Case.Resumed: ("referral", "back"),
    Case.RecordDrawn: ("record",),
    Case.ExplanationRequested: ("explanation", "request"),
    Case.ExplanationExtended: ("explanation", "extension"),
    Case.SessionAnnounced: ("explanation", "session"),
    Case.Explained: ("explanation", "heard"),
    Case.DecisionIssued: ("decision",),
    Case.NoDecision: ("no_decision",),
    Case.DecisionSent: ("delivery", "sent"),
    Case.DecisionDelivered: ("delivery", "received"),
    Case.ExecutionOverdue: ("overdue",),
    Case.EnforcementDecided: ("enforcement",),
    Case.DecisionExecuted: ("execution",),
    Case.CasePublished: ("publication",),
}
"""Where the file keeps what an event said last."""

LISTS: Final[dict[type, str]] = {
    Case.Approved: "transfers",
    Case.Returned: "transfers",
    Case.Forwarded: "transfers",
    Case.RecordTransferred: "transfers",
    Case.Paid: "payments",
    Case.ComplaintFiled: "complaints",
    Case.Corrected: "corrections",
    Case.DocumentIssued: "documents",
}
"""Where it keeps everything that events of a kind said."""

OF_A_DECISION: Final = ("decision", "delivery", "overdue", "payments", "enforcement", "execution")
GONE: Final[dict[str, tuple[str, ...]]] = {
    Voided.DECISION: OF_A_DECISION,
    Voided.RECORD: ("record", "explanation", *OF_A_DECISION),
}
"""What is no longer in the file once something was declared void."""

CORRECTED: Final = {
    Correctable.PLATE: ("owner", "plate"),
    Correctable.OWNER_NAME: ("owner", "owner_name"),
    Correctable.OWNER_ADDRESS: ("owner", "owner_address"),
    Correctable.VIOLATOR_NAME: ("violator", "name"),
    Correctable.VIOLATOR_ADDRESS: ("violator", "address"),
    Correctable.VIOLATOR_IDENTITY_NUMBER: ("violator", "identity_number"),
}
"""What a correction puts another value to."""

ENVELOPE: Final = {f.name for f in fields(Case.Event)}


def said(event: Event) -> dict[str, Any]:
    """What an event said, as JSON has it, and who said it, for whom and when; what is sealed stays so."""
    told = {f.name: _plain(getattr(event, f.name)) for f in fields(event) if f.name not in ENVELOPE}
    act = event.envelope
    return {
        **told,
        "event": getattr(event, "TOPIC", ""),
        "at": act.took_place_at.isoformat(),
        "by": act.by,
        "unit_id": str(act.unit_id) if act.unit_id else None,
    }


def _plain(value: Any) -> Any:
    match value:
        case Personal():
            return value.sealed
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value


def _filed(file: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """The file with what an event said."""
    kind = type(event)
    if kind in PARTS:
        name, *within = PARTS[kind]
        part = {**file.get(name, {}), within[0]: said(event)} if within else said(event)
        return {**file, name: part}
    changed = dict(file)
    if kind in LISTS:
        changed[LISTS[kind]] = [*file.get(LISTS[kind], ()), said(event)]
    match event:
        case Case.Corrected():
            name, key = CORRECTED[Correctable(event.field)]
            if name in file:
                changed[name] = {**file[name], key: event.value.sealed}
        case Case.ComplaintAnswered():
            *before, last = file["complaints"]
            changed["complaints"] = [*before, {**last, "answer": said(event)}]
        case Case.PublicationWithdrawn():
            changed.pop("publication", None)
        case Case.DeclaredVoid():
            for name in GONE.get(event.what, ()):
                changed.pop(name, None)
        case _:
            pass
    return changed


# -- the row --------------------------------------------------------------------------


def fold(row: DetailRow | None, event: Event) -> DetailRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Case.Detected | Case.Opened):
        return _begun(event)
    if not isinstance(event, Case.Event):
        return row
    if row is None:
        raise LookupError(f"case {event.originator_id} has no first event")
    return replace(
        row, version=event.originator_version, file=_filed(row.file, event), **_changed(row, event)
    )


def _changed(row: DetailRow, event: Event) -> dict[str, Any]:  # noqa: PLR0911 — one line an event
    match event:
        case CaseSucceeded() if row.owner_unit == event.from_unit_id:
            return {"owner_unit": event.to_unit_id}
        case Case.Approved() | Case.RecordTransferred():
            return {"owner_unit": event.recipient_unit_id}
        case Case.Forwarded() if event.recipient_unit_id is not None:
            return {"owner_unit": event.recipient_unit_id}
        case Case.Returned():
            return {"owner_unit": event.to_unit_id}
        case Case.Discarded():
            return {"note": event.note.sealed if event.note else None}
        case Case.Concluded() | Case.Reopened():
            return {"text": event.text.sealed if isinstance(event, Case.Concluded) else None}
        case _:
            return {}


def _begun(event: Any) -> DetailRow:
    proposed: dict[str, Any] = {
        name: getattr(event, name, None)
        for name in ("confidence", "model", "model_sha256", "source_sha256", "transmission", "client_id")
    }
    return DetailRow(
        case_id=event.originator_id,
        evidence=[_evidence(item) for item in event.evidence],
        file=_filed({}, event),
        area_path=event.area_path,
        owner_unit=event.holder_unit_id,
        **proposed,
    )


def _evidence(item: EvidenceItem) -> dict[str, Any]:
    return {**asdict(item), "id": str(item.id), "captured_at": item.captured_at.isoformat()}


UPSERT: LiteralString = """
INSERT INTO case_detail
SELECT case_id, evidence, confidence, model, model_sha256, source_sha256, text, note, file, version,
    area_path, owner_unit, tier, transmission, client_id
FROM json_populate_recordset(NULL::case_detail, %s::json)
ON CONFLICT (case_id) DO UPDATE SET
    text = excluded.text, note = excluded.note, file = excluded.file, version = excluded.version,
    owner_unit = excluded.owner_unit
"""


class CaseDetail:
    """Feeds the details."""

    name: ClassVar[str] = "case_detail"
    table: ClassVar[LiteralString] = "case_detail"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        cases = [r.event for r in batch if isinstance(r.event, Case.Event | Case.Created)]
        opened = {e.originator_id for e in cases if isinstance(e, Case.Created)}
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


def by_document(conn: Connection[Any], document_id: UUID) -> DetailRow | None:
    """The case that a document was made of, without regard to scope."""
    wanted = orjson.dumps([{"document_id": str(document_id)}]).decode()
    with conn.cursor(row_factory=class_row(DetailRow)) as curs:
        return curs.execute(
            "SELECT * FROM case_detail WHERE file->'documents' @> %s::jsonb", (wanted,)
        ).fetchone()


def by_evidence(conn: Connection[Any], evidence_id: UUID) -> DetailRow | None:
    """The case that an object of evidence belongs to, without regard to scope."""
    wanted = orjson.dumps([{"id": str(evidence_id)}]).decode()
    with conn.cursor(row_factory=class_row(DetailRow)) as curs:
        return curs.execute("SELECT * FROM case_detail WHERE evidence @> %s::jsonb", (wanted,)).fetchone()
