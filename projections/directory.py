"""Units and accounts as they are, and since when: an act shows the names of its own time.

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
from domain.succession import AccountSucceeded
from domain.unit import Unit
from domain.unit_guards import Post
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A unit or an account as it was, and was called, from one position of the log on."""

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
    parent_unit_id: UUID | None = None
    valid_from: datetime | None = None
    document: str | None = None
    ceased_at: datetime | None = None
    successor_unit_id: UUID | None = None
    head_account_id: UUID | None = None
    administrator_account_id: UUID | None = None

    @property
    def unit_id(self) -> UUID:
        """The id of a unit, under the name that its guards ask for."""
        return self.subject_id

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
                parent_unit_id=event.parent_unit_id,
                valid_from=event.valid_from,
                document=event.document,
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
        case Unit.Event() | Account.Renamed() | Account.RoleChanged() | Account.Moved() | AccountSucceeded():
            if entry is None:
                raise LookupError(f"{event.originator_id} has no first event")
            now = replace(entry, since=position, given_at=event.timestamp, version=event.originator_version)
            return _changed(now, event)
        case _:
            return None


def _changed(entry: Entry, event: Event) -> Entry:  # noqa: C901, PLR0911 — one line an event
    """The entry with what an event says."""
    match event:
        case Unit.Renamed():
            return replace(entry, name=event.name)
        case Account.Renamed():
            return replace(entry, name=event.full_name.sealed or "")
        case Account.RoleChanged():
            return replace(entry, kind=event.role)
        case Account.Moved():
            return replace(entry, kind=event.role, owner_unit=event.unit_id)
        case Unit.Moved():
            return replace(entry, parent_unit_id=event.parent_unit_id, area_path=event.area_path)
        case Unit.OfficerAssigned(post=Post.HEAD):
            return replace(entry, head_account_id=event.account_id)
        case Unit.OfficerAssigned():
            return replace(entry, administrator_account_id=event.account_id)
        case Unit.Ceased():
            return replace(entry, ceased_at=event.ceased_at, successor_unit_id=event.successor_unit_id)
        case Unit.SuccessorNamed():
            return replace(entry, successor_unit_id=event.successor_unit_id)
        case AccountSucceeded():
            return replace(entry, owner_unit=event.to_unit_id)
        case _:
            return entry


INSERT: LiteralString = """
INSERT INTO directory
SELECT * FROM json_populate_recordset(NULL::directory, %s::json)
"""


class Directory:
    """Feeds the directory."""

    name: ClassVar[str] = "directory"
    table: ClassVar[LiteralString] = "directory"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Add an entry for every change."""
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


def accounts(conn: Connection[Any], *, at: datetime | None, after: str, most: int) -> list[tuple[UUID, str]]:
    """The accounts there were at an instant, or are, with their names to sign in by, in the order of these."""
    return conn.execute(
        "SELECT DISTINCT ON (code) subject_id, code FROM directory"
        " WHERE noun = 'account' AND code > %(after)s AND given_at <= coalesce(%(at)s, 'infinity'::timestamptz)"
        " ORDER BY code, since LIMIT %(most)s",
        {"after": after, "at": at, "most": most},
    ).fetchall()


@dataclass(frozen=True, kw_only=True)
class UnitNarrow:
    """What a reader narrows the units to; None does not narrow."""

    kind: str | None = None
    code: str | None = None
    area_path: str | None = None
    parent_unit_id: UUID | None = None
    stands: bool | None = None


UNITS = Listing(
    table="""
    (SELECT DISTINCT ON (subject_id) * FROM directory WHERE noun = 'unit' ORDER BY subject_id, since DESC) AS units
    """,
    row=Entry,
    order="code",
    place=("code",),
    beyond="code > %(after_code)s",
    narrowed={
        "kind": "kind = %(kind)s",
        "code": "code = %(code)s",
        "area_path": "(area_path = %(area_path)s OR starts_with(area_path, %(area_path)s || '/'))",
        "parent_unit_id": "parent_unit_id = %(parent_unit_id)s",
        "stands": """
        (coalesce(valid_from <= now(), true) AND coalesce(ceased_at > now(), true)) = %(stands)s
        """,
    },
)
"""Units as they are called now, by code."""
