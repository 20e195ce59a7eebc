"""Units and accounts by name, and since when: an act shows the names of its own time.

Names of people are kept sealed; whoever shows them opens them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.account import Account
from domain.envelope import Event
from domain.personal import Personal
from domain.unit import Unit
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A unit or an account as it was called from one position of the log on."""

    subject_id: UUID
    since: int
    given_at: datetime
    noun: str
    code: str
    name: str
    kind: str | None
    version: int
    area_path: str
    owner_unit: UUID
    tier: int

    @property
    def sealed_name(self) -> Personal[str] | None:
        """The name of a person, to be opened; None for a unit, whose name is public."""
        return Personal(self.subject_id, sealed=self.name) if self.noun == "account" else None


def fold(entry: Entry | None, event: Event, position: int) -> Entry | None:
    """The entry an event begins, given the one before."""
    match event:
        case Unit.Registered():
            return Entry(
                subject_id=event.originator_id,
                since=position,
                given_at=event.timestamp,
                noun="unit",
                code=event.code,
                name=event.name,
                kind=event.kind,
                version=1,
                area_path=event.area_path,
                owner_unit=event.originator_id,
                tier=0,
            )
        case Account.Opened() | Account.Nominated():
            return Entry(
                subject_id=event.originator_id,
                since=position,
                given_at=event.timestamp,
                noun="account",
                code=event.name,
                name=event.full_name.sealed or "",
                kind=event.role,
                version=1,
                area_path="",
                owner_unit=event.unit_id,
                tier=0,
            )
        case Unit.Renamed() if entry is not None:
            return replace(
                entry,
                since=position,
                given_at=event.timestamp,
                name=event.name,
                version=event.originator_version,
            )
        case Account.Renamed() if entry is not None:
            name = event.full_name.sealed or ""
            return replace(
                entry, since=position, given_at=event.timestamp, name=name, version=event.originator_version
            )
        case Account.RoleChanged() | Account.Moved() if entry is not None:
            return replace(
                entry,
                since=position,
                given_at=event.timestamp,
                kind=event.role,
                owner_unit=event.unit_id if isinstance(event, Account.Moved) else entry.owner_unit,
                version=event.originator_version,
            )
        case Unit.Renamed() | Account.Renamed() | Account.RoleChanged() | Account.Moved():
            raise LookupError(f"{event.originator_id} has no first event")
        case _:
            return None


INSERT: LiteralString = """
INSERT INTO directory
SELECT subject_id, since, given_at, noun, code, name, kind, version, area_path, owner_unit, tier
FROM json_populate_recordset(NULL::directory, %s::json)
"""


class Directory:
    """Feeds the directory."""

    name: ClassVar[str] = "directory"
    table: ClassVar[LiteralString] = "directory"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Add an entry for every name that was given."""
        events = [
            r
            for r in batch
            if isinstance(r.event, Unit.Event | Unit.Created | Account.Event | Account.Created)
        ]
        if not events:
            return
        latest: dict[UUID, Entry] = current(curs.connection, {r.event.originator_id for r in events})
        entries: list[Entry] = []
        for recorded in events:
            entry = fold(latest.get(recorded.event.originator_id), recorded.event, recorded.position)
            if entry is not None:
                latest[entry.subject_id] = entry
                entries.append(entry)
        if entries:
            curs.execute(INSERT, (orjson.dumps([asdict(entry) for entry in entries]).decode(),))


# -- queries ------------------------------------------------------------------


def current(conn: Connection[Any], subjects: Iterable[UUID]) -> dict[UUID, Entry]:
    """The entries of these subjects as of now."""
    with conn.cursor(row_factory=class_row(Entry)) as curs:
        curs.execute(
            "SELECT DISTINCT ON (subject_id) * FROM directory WHERE subject_id = ANY(%s)"
            " ORDER BY subject_id, since DESC",
            (list(subjects),),
        )
        return {entry.subject_id: entry for entry in curs}


def as_of(conn: Connection[Any], wanted: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], Entry]:
    """The entries of subjects as they were at positions of the log, in one query."""
    pairs = list(set(wanted))
    with conn.cursor() as curs:
        curs.execute(
            "SELECT w.position, d.* FROM unnest(%s::uuid[], %s::bigint[]) AS w (subject_id, position)"
            " CROSS JOIN LATERAL (SELECT * FROM directory WHERE subject_id = w.subject_id"
            " AND since <= w.position ORDER BY since DESC LIMIT 1) AS d",
            ([subject for subject, _ in pairs], [position for _, position in pairs]),
        )
        names = [column.name for column in curs.description or ()][1:]
        found = [(row[0], Entry(**dict(zip(names, row[1:], strict=True)))) for row in curs]
    return {(entry.subject_id, position): entry for position, entry in found}


def as_of_instant(
    conn: Connection[Any], wanted: Iterable[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], Entry]:
    """The entries of subjects as they had been recorded by an instant, in one query."""
    pairs = list(set(wanted))
    with conn.cursor() as curs:
        curs.execute(
            "SELECT w.instant, d.* FROM unnest(%s::uuid[], %s::timestamptz[]) AS w (subject_id, instant)"
            " CROSS JOIN LATERAL (SELECT * FROM directory WHERE subject_id = w.subject_id"
            " AND given_at <= w.instant ORDER BY since DESC LIMIT 1) AS d",
            ([subject for subject, _ in pairs], [instant for _, instant in pairs]),
        )
        names = [column.name for column in curs.description or ()][1:]
        found = [(row[0], Entry(**dict(zip(names, row[1:], strict=True)))) for row in curs]
    return {(entry.subject_id, instant): entry for instant, entry in found}


@dataclass(frozen=True, kw_only=True)
class UnitNarrow:
    """What a reader narrows the units to; None does not narrow."""

    kind: str | None = None
    code: str | None = None


UNITS = Listing(
    table="""
    (SELECT DISTINCT ON (subject_id) * FROM directory WHERE noun = 'unit' ORDER BY subject_id, since DESC) AS units
    """,
    row=Entry,
    order="code",
    place=("code",),
    beyond="code > %(after_code)s",
    narrowed={"kind": "kind = %(kind)s", "code": "code = %(code)s"},
)
"""Units as they are called now, by code."""
