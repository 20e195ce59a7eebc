"""The reports that were issued, and the documents that were made of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection
from psycopg.rows import class_row

from domain.envelope import Event
from domain.report import Report
from projections import statistics
from projections.listing import Listing
from projections.register import Register
from projections.scope import counted_for
from projections.statistics import Question


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """A report as it was issued, and what was made of it."""

    report_id: UUID
    number: str
    kind: str
    period: str | None
    starts_at: datetime
    ends_at: datetime
    due: datetime | None
    late: bool
    as_of: datetime
    upto: int
    issued_by: str
    issued_at: datetime
    numbers: str
    sha256: str
    documents: list[dict[str, Any]]
    rulebook: str
    rule: str | None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int


def fold(row: ReportRow | None, event: Event, position: int) -> ReportRow | None:
    """What the row becomes by one event: its numbers stay, documents are made of them."""
    match event:
        case Report.Issued():
            return _issued(event, position)
        case Report.DocumentIssued() | Report.DocumentPrinted() if row is not None:
            made = [_document(event)] if isinstance(event, Report.DocumentIssued) else []
            documents = [*row.documents, *made]
            return replace(row, documents=documents, version=event.originator_version, position=position)
        case Report.Event():
            raise LookupError(f"report {event.originator_id} has no first event")
        case _:
            return row


def _document(event: Report.DocumentIssued) -> dict[str, Any]:
    return {
        "document_id": str(event.document_id),
        "kind": "REPORT",
        "number": event.number,
        "edition": event.edition,
        "sha256": event.sha256,
        "size": event.size,
        "name": event.name,
        "at": event.envelope.took_place_at.isoformat(),
    }


def _issued(event: Report.Issued, position: int) -> ReportRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"report {event.originator_id} was issued for no unit")
    return ReportRow(
        report_id=event.originator_id,
        number=event.number,
        kind=event.kind,
        period=event.period,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        due=event.due,
        late=event.due is not None and said.took_place_at >= event.due,
        as_of=event.as_of,
        upto=event.upto,
        issued_by=said.by,
        issued_at=said.took_place_at,
        numbers=event.numbers,
        sha256=event.sha256,
        documents=[],
        rulebook=said.rulebook,
        rule=said.rule,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
        tier=0,
    )


LOG = Register(Report, ReportRow, fold, table="report_log", key="report_id")
"""Feeds the log of reports."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


def by_document(conn: Connection[Any], document_id: UUID) -> ReportRow | None:
    """The report a document was made of, without regard to scope."""
    with conn.cursor(row_factory=class_row(ReportRow)) as curs:
        wanted = orjson.dumps([{"document_id": str(document_id)}]).decode()
        return curs.execute("SELECT * FROM report_log WHERE documents @> %s::jsonb", (wanted,)).fetchone()


def first_of(
    conn: Connection[Any], area_path: str, kind: str, periods: Sequence[str]
) -> dict[str, ReportRow]:
    """The first report of each of these periods that was issued for this area, or for one around it."""
    with conn.cursor(row_factory=class_row(ReportRow)) as curs:
        curs.execute(
            "SELECT DISTINCT ON (period) * FROM report_log WHERE starts_with(%s || '/', area_path || '/') AND kind = %s"
            " AND period = ANY(%s) ORDER BY period, issued_at",
            (area_path, kind, list(periods)),
        )
        return {row.period: row for row in curs if row.period is not None}


def counted_again(conn: Connection[Any], row: ReportRow) -> dict[str, Any]:
    """The numbers of a report, counted anew up to its place in the log, for the unit that issued it."""
    question = Question(starts_at=row.starts_at, ends_at=row.ends_at, upto=row.upto)
    return statistics.numbers(conn, counted_for(row.owner_unit, row.area_path), question, row.as_of)


@dataclass(frozen=True, kw_only=True)
class ReportNarrow:
    """What a reader narrows the reports to; None does not narrow."""

    kinds: list[str] | None = None
    period: str | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None


LISTING = Listing(
    table="report_log",
    row=ReportRow,
    order="issued_at DESC, report_id",
    place=("issued_at", "report_id"),
    beyond="""
    issued_at < %(after_issued_at)s
    OR (issued_at = %(after_issued_at)s AND report_id > %(after_report_id)s::uuid)""",
    narrowed={
        "kinds": "kind = ANY(%(kinds)s)",
        "period": "period = %(period)s",
        "number": "number = %(number)s",
        "since": "issued_at >= %(since)s",
        "until": "issued_at < %(until)s",
    },
    writes=True,
)
"""Reports, newest first."""
