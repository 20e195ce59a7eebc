"""Who looked at what, when, from where and why; and who tried to and was not allowed (R-QT-4.5.0)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from domain.personal import Personal
from domain.reading import Attempt, Reading, searches_of
from projections import directory
from projections.follower import Recorded
from projections.history import account_of
from projections.listing import Listing
from projections.scope import Scope

NOBODY = UUID(int=0)
"""The unit of an operator at the machine, who acts for none."""


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One look, or one refused attempt; *refused* is the code of the refusal."""

    position: int
    at: datetime
    by: str
    delegation: str | None
    on_behalf_of: str | None
    """Whose rights they were, where somebody acted by a delegation (R-QT-5.3.0)."""
    unit_id: UUID | None
    way: str
    noun: str
    ids: list[UUID]
    purpose: str | None
    refused: str | None
    address: str | None
    camera_id: UUID | None
    plate: str | None
    area_path: str
    owner_unit: UUID
    tier: int

    @property
    def sealed_plate(self) -> Personal[str] | None:
        """The plate that was searched for, for whoever may open it."""
        return Personal(searches_of(self.at), sealed=self.plate) if self.plate else None

    @property
    def sealed_address(self) -> Personal[str] | None:
        """The address, for whoever may open it: it belongs to the person who looked."""
        return Personal(UUID(self.by), sealed=self.address) if self.address else None


def account_id_of(by: str | None) -> UUID | None:
    """The account that acted, if it was a person."""
    try:
        return UUID(by) if by else None
    except ValueError:
        return None


def row_of(recorded: Recorded) -> AccessRow | None:
    """The row of one event, if it is a look or a refused attempt: each stands for itself."""
    event = recorded.event
    if not isinstance(event, Reading.Recorded | Attempt.Refused):
        return None
    by, *whose = event.envelope.people
    return AccessRow(
        position=recorded.position,
        at=event.envelope.took_place_at,
        by=by,
        delegation=event.envelope.delegation,
        on_behalf_of=whose[0] if whose else None,
        unit_id=event.envelope.unit_id,
        way=event.way,
        noun=event.noun,
        ids=event.ids,
        purpose=event.purpose,
        refused=event.code if isinstance(event, Attempt.Refused) else None,
        address=event.address.sealed if event.address and account_of(event) else None,
        camera_id=event.camera_id or _only_camera(event.noun, event.ids),
        plate=event.plate.sealed if event.plate else None,
        area_path=event.area_path or "",
        owner_unit=event.envelope.unit_id or NOBODY,
        tier=0,
    )


def _only_camera(noun: str, ids: Sequence[UUID]) -> UUID | None:
    """Of which camera a look is that names one and nothing else; of several, each is found among its ids."""
    return ids[0] if noun == "camera" and len(ids) == 1 else None


INSERT: Final = SQL("""
INSERT INTO access_log ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::access_log, %s::json)
""").format(columns=SQL(", ").join(Identifier(one.name) for one in fields(AccessRow)))


class AccessLog:
    """Feeds the log of accesses."""

    name: ClassVar[str] = "access_log"
    table: ClassVar[LiteralString] = "access_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Add a row for each look and each refused attempt."""
        rows = [row for recorded in batch if (row := row_of(recorded))]
        if rows:
            curs.execute(
                INSERT, (orjson.dumps([{**asdict(r), "ids": _array(r.ids)} for r in rows]).decode(),)
            )


def _array(ids: Sequence[UUID]) -> str:
    """An array as PostgreSQL writes one."""
    return "{" + ",".join(map(str, ids)) + "}"


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AccessFilter:
    """What a reader narrows the log to; None does not narrow."""

    subject_id: UUID | None = None
    by: str | None = None
    purpose: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused: bool | None = None


LISTING = Listing(
    table="access_log",
    row=AccessRow,
    order="position DESC",
    place=("position",),
    beyond="position < %(after_position)s",
    narrowed={
        "subject_id": "ids @> ARRAY[%(subject_id)s::uuid]",
        "by": "by = %(by)s",
        "purpose": "purpose = %(purpose)s",
        "since": "at >= %(since)s",
        "until": "at < %(until)s",
        "refused": "(refused IS NOT NULL) = %(refused)s",
    },
)
"""Accesses, newest first."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Of what somebody asks who saw it, and when: one of these, within a period."""

    since: datetime
    until: datetime
    camera_id: UUID | None = None
    case_id: UUID | None = None
    account: str | None = None
    """What it saw, and what others saw by its rights."""
    positions: list[int] | None = None
    """The accesses that were found by opening plates."""


# Looks at several cameras, or at cases of several, are few, and found by their ids alone: OFFSET 0 keeps PostgreSQL
# from reading the blocks of the whole period beside them, which it would do as soon as it plans without the values.
OF_SEVERAL: Final[LiteralString] = """
SELECT * FROM access_log WHERE ids @> ARRAY[%(camera_id)s::uuid] AND noun IN ('camera', 'case')
    AND camera_id IS DISTINCT FROM %(camera_id)s OFFSET 0
"""
WHO_SAW = Listing(
    table="access_log",
    row=AccessRow,
    order="at DESC, position DESC",
    place=("at", "position"),
    beyond="(at, position) < (%(after_at)s::timestamptz, %(after_position)s)",
    narrowed={
        "since": "at >= %(since)s",
        "until": "at < %(until)s",
        "case_id": "ids @> ARRAY[%(case_id)s::uuid]",
        "positions": "position = ANY(%(positions)s)",
    },
    found={
        "camera_id": ("SELECT * FROM access_log WHERE camera_id = %(camera_id)s", OF_SEVERAL),
        "account": (
            "SELECT * FROM access_log WHERE by = %(account)s",
            "SELECT * FROM access_log WHERE on_behalf_of = %(account)s AND by <> %(account)s",
        ),
    },
)
"""Accesses to one thing, or of one person, within a period, newest first."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How often a person, or a unit, was shown something and was refused it."""

    by: str | None
    on_behalf_of: str | None
    unit_id: UUID | None
    looks: int
    refused: int
    first_at: datetime
    last_at: datetime
    position: int
    """The last of them: names are those of that time."""


COUNTED: Final = """
count(*) FILTER (WHERE refused IS NULL) AS looks, count(*) FILTER (WHERE refused IS NOT NULL) AS refused,
min(at) AS first_at, max(at) AS last_at, max(position) AS position
"""
BY_PERSON: Final = f"by, on_behalf_of, unit_id, {COUNTED}"
BY_UNIT: Final = f"NULL AS by, NULL AS on_behalf_of, unit_id, {COUNTED}"


def people(conn: Connection[Any], scope: Scope, sought: Sought, *, most: int) -> list[Seen]:
    """Who it was, and by whose rights, those who looked most often first."""
    rest: LiteralString = "GROUP BY by, on_behalf_of, unit_id ORDER BY count(*) DESC, by LIMIT %(most)s"
    return WHO_SAW.counted(conn, scope, sought, BY_PERSON, rest, make=class_row(Seen), most=most)


def units(conn: Connection[Any], scope: Scope, sought: Sought, *, most: int) -> list[Seen]:
    """Of which units they were."""
    rest: LiteralString = "GROUP BY unit_id ORDER BY count(*) DESC, unit_id LIMIT %(most)s"
    return WHO_SAW.counted(conn, scope, sought, BY_UNIT, rest, make=class_row(Seen), most=most)


def searches(
    conn: Connection[Any], scope: Scope, since: datetime, until: datetime, *, most: int
) -> list[tuple[int, str, Personal[str]]]:
    """The plates that were searched for within a period, with place and person, for whoever may open them."""
    with conn.cursor(binary=True) as curs:
        curs.execute(
            SQL(
                "SELECT position, by, at, plate FROM access_log WHERE plate IS NOT NULL"
                " AND at >= %(since)s AND at < %(until)s AND ({}) LIMIT %(most)s"
            ).format(SQL(scope.where)),
            {"since": since, "until": until, "most": most, **scope.params},
        )
        return [(position, by, Personal(searches_of(at), sealed=plate)) for position, by, at, plate in curs]


def looks_at(
    conn: Connection[Any], scope: Scope, ids: Sequence[UUID], since: datetime, until: datetime
) -> list[int]:
    """Where the accesses to any of these are, within a period."""
    with conn.cursor(binary=True) as curs:
        curs.execute(
            SQL(
                "SELECT position FROM access_log WHERE ids && %(ids)s::uuid[]"
                " AND at >= %(since)s AND at < %(until)s AND ({})"
            ).format(SQL(scope.where)),
            {"ids": list(ids), "since": since, "until": until, **scope.params},
        )
        return [position for (position,) in curs]


def names(conn: Connection[Any], rows: Sequence[AccessRow | Seen]) -> dict[tuple[str, int], directory.Entry]:
    """The people and units of these rows, by id and position, under the names they had then."""
    wanted = {
        (account, row.position)
        for row in rows
        for who in (row.by, row.on_behalf_of)
        if (account := account_id_of(who))
    }
    wanted |= {(row.unit_id, row.position) for row in rows if row.unit_id}
    found = directory.as_of(conn, wanted) if wanted else {}
    return {(str(subject), position): entry for (subject, position), entry in found.items()}
