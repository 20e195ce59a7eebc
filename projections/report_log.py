"""The reports that were issued, and the fields that a printed one shows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.clock import LEGAL_TIME
from domain.envelope import Event
from domain.report import Report, digest
from projections import camera_registry, directory, statistics
from projections.follower import Recorded
from projections.listing import Listing
from projections.scope import counted_for
from projections.statistics import Question


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """A report as it was issued."""

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
    rulebook: str
    rule: str | None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int


def fold(row: ReportRow | None, event: Event, position: int) -> ReportRow | None:
    """The row of a report; nothing happens to it afterwards."""
    if not isinstance(event, Report.Issued):
        return row
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
        rulebook=said.rulebook,
        rule=said.rule,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
        tier=0,
    )


INSERT: LiteralString = (
    "INSERT INTO report_log SELECT * FROM json_populate_recordset(NULL::report_log, %s::json)"
)


class ReportLog:
    """Feeds the log of reports."""

    name: ClassVar[str] = "report_log"
    table: ClassVar[LiteralString] = "report_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Add what was issued."""
        rows = [row for r in batch if (row := fold(None, r.event, r.position))]
        if rows:
            curs.execute(INSERT, (orjson.dumps([asdict(row) for row in rows]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], report_ids: Iterable[UUID]) -> dict[UUID, ReportRow]:
    """The rows of these reports, without regard to scope."""
    with conn.cursor(row_factory=class_row(ReportRow)) as curs:
        curs.execute("SELECT * FROM report_log WHERE report_id = ANY(%s)", (list(report_ids),))
        return {row.report_id: row for row in curs}


def by_number(conn: Connection[Any], number: str) -> ReportRow | None:
    """The row of a number, without regard to scope."""
    with conn.cursor(row_factory=class_row(ReportRow)) as curs:
        return curs.execute("SELECT * FROM report_log WHERE number = %s", (number,)).fetchone()


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


# -- what a printed report shows ------------------------------------------------------------


def fields_of_report(conn: Connection[Any], row: ReportRow) -> dict[str, Any]:
    """The fields of a printed report: its numbers, with units and cameras by the names they had when it was issued."""
    numbers: dict[str, Any] = orjson.loads(row.numbers)
    units = {UUID(unit) for unit in numbers["byUnit"] if unit} | {row.owner_unit}
    names = directory.as_of(conn, [(unit, row.position) for unit in units])
    named = {str(unit): entry.name for (unit, _), entry in names.items()}
    cameras = camera_registry.by_ids(conn, [UUID(camera) for camera in numbers["byCamera"]])
    return {
        "number": row.number,
        "kind": row.kind,
        "period": row.period or "",
        "from": _legal(row.starts_at),
        "to": _legal(row.ends_at),
        "as_of": _legal(row.as_of),
        "due": _legal(row.due) if row.due else "",
        "issued_at": _legal(row.issued_at),
        "unit": named.get(str(row.owner_unit), ""),
        "area": row.area_path,
        "total": _flat(numbers["total"]),
        "standing": numbers["standing"],
        "by_unit": {named.get(unit, ""): _flat(told) for unit, told in numbers["byUnit"].items()},
        "by_kind": {kind: _flat(told) for kind, told in numbers["byKind"].items()},
        "by_area": {area: _flat(told) for area, told in numbers["byArea"].items()},
        "by_camera": {
            (found.code if (found := cameras.get(UUID(camera))) else camera): _flat(told)
            for camera, told in numbers["byCamera"].items()
        },
        "rulebook": row.rulebook,
        "sha256": row.sha256,
        "unchanged": digest(row.numbers) == row.sha256,
    }


def _flat(told: dict[str, Any]) -> dict[str, int]:
    """The numbers of one group by name: DETECTED, DISCARDED.FALSE_ALARM, DECIDED.dong."""
    flat: dict[str, int] = {}
    for fact, count in told.items():
        flat[fact] = count["cases"]
        flat |= {f"{fact}.{value}": cases for value, cases in count.get("by", {}).items()}
        if "dong" in count:
            flat[f"{fact}.dong"] = count["dong"]
    return flat


def _legal(at: datetime) -> str:
    return at.astimezone(LEGAL_TIME).isoformat()
