"""Who looked at what, when, from where and why; and who tried to and was not allowed (R-QT-4.5.0)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor

from domain.personal import Personal
from domain.reading import Attempt, Reading
from projections import directory
from projections.follower import Recorded
from projections.history import account_of
from projections.listing import Listing

NOBODY = UUID(int=0)
"""The unit of an operator at the machine, who acts for none."""


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One look, or one refused attempt; *refused* is the code of the refusal."""

    position: int
    at: datetime
    by: str
    unit_id: UUID | None
    way: str
    noun: str
    ids: list[UUID]
    purpose: str | None
    refused: str | None
    address: str | None
    area_path: str
    owner_unit: UUID
    tier: int

    @property
    def sealed_address(self) -> Personal[str] | None:
        """The address, for whoever may open it: it belongs to the person who looked."""
        return Personal(UUID(self.by), sealed=self.address) if self.address else None

    @property
    def account_id(self) -> UUID | None:
        """The account that acted, if it was a person."""
        try:
            return UUID(self.by)
        except ValueError:
            return None


def row_of(recorded: Recorded) -> AccessRow | None:
    """The row of one event, if it is a look or a refused attempt: each stands for itself."""
    event = recorded.event
    if not isinstance(event, Reading.Recorded | Attempt.Refused):
        return None
    return AccessRow(
        position=recorded.position,
        at=event.envelope.took_place_at,
        by=event.envelope.by,
        unit_id=event.envelope.unit_id,
        way=event.way,
        noun=event.noun,
        ids=event.ids,
        purpose=event.purpose,
        refused=event.code if isinstance(event, Attempt.Refused) else None,
        address=event.address.sealed if event.address and account_of(event) else None,
        area_path=event.area_path or "",
        owner_unit=event.envelope.unit_id or NOBODY,
        tier=0,
    )


INSERT: LiteralString = """
INSERT INTO access_log
SELECT position, at, by, unit_id, way, noun, ids, purpose, refused, address, area_path, owner_unit, tier
FROM json_populate_recordset(NULL::access_log, %s::json)
"""


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


def names(conn: Connection[Any], rows: Sequence[AccessRow]) -> dict[tuple[str, int], directory.Entry]:
    """The people and units of these rows, by id and position, under the names they had then."""
    wanted = {(row.account_id, row.position) for row in rows if row.account_id}
    wanted |= {(row.unit_id, row.position) for row in rows if row.unit_id}
    found = directory.as_of(conn, wanted) if wanted else {}
    return {(str(subject), position): entry for (subject, position), entry in found.items()}
