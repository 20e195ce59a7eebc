"""Who confirmed that they have read an edition of guidance, who was told of it by their head, and who has to still."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.acknowledgement import Acknowledgement
from domain.envelope import Event
from domain.guidance import Guidance
from projections.account_log import IN_UNITS
from projections.follower import Recorded
from projections.guidance_log import OUTSTANDING
from projections.listing import Listing

Key = tuple[UUID, UUID]
"""An edition and a person."""


@dataclass(frozen=True, kw_only=True)
class AcknowledgementRow:
    """What is on record of a person and an edition: their own word, and that of their head."""

    guidance_id: UUID
    account_id: UUID
    acknowledged_at: datetime | None = None
    acknowledged_unit_id: UUID | None = None
    briefed_at: datetime | None = None
    briefed_by: str | None = None
    position: int
    area_path: str = ""
    owner_unit: UUID
    tier: int = 0


def folded(rows: dict[Key, AcknowledgementRow], event: Event, position: int) -> None:
    """Let the rows become what one event makes of them; of two briefings the later counts."""
    unit_id = event.envelope.unit_id
    if unit_id is None:
        raise LookupError(f"{event.originator_id} was said for no unit")
    match event:
        case Acknowledgement.Given():
            key = event.guidance_id, event.account_id
            rows[key] = replace(
                rows.get(key) or _new(key, position, unit_id),
                acknowledged_at=event.envelope.took_place_at,
                acknowledged_unit_id=unit_id,
                position=position,
            )
        case Guidance.Briefed():
            for account_id in event.account_ids:
                key = event.originator_id, account_id
                row = rows.get(key) or _new(key, position, unit_id)
                if row.briefed_at is None or row.briefed_at <= event.held_at:
                    row = replace(row, briefed_at=event.held_at, briefed_by=event.envelope.by)
                rows[key] = replace(row, position=position)
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of acknowledgements")


def _new(key: Key, position: int, unit_id: UUID) -> AcknowledgementRow:
    guidance_id, account_id = key
    return AcknowledgementRow(
        guidance_id=guidance_id, account_id=account_id, position=position, owner_unit=unit_id
    )


UPSERT: LiteralString = """
INSERT INTO acknowledgement_log
SELECT * FROM json_populate_recordset(NULL::acknowledgement_log, %s::json)
ON CONFLICT (guidance_id, account_id) DO UPDATE SET
    acknowledged_at = excluded.acknowledged_at, acknowledged_unit_id = excluded.acknowledged_unit_id,
    briefed_at = excluded.briefed_at, briefed_by = excluded.briefed_by, position = excluded.position
"""


class AcknowledgementLog:
    """Feeds the log of acknowledgements."""

    name: ClassVar[str] = "acknowledgement_log"
    table: ClassVar[LiteralString] = "acknowledgement_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        changed = [r for r in batch if isinstance(r.event, Acknowledgement.Given | Guidance.Briefed)]
        if not changed:
            return
        keys = {key for r in changed for key in _keys(r.event)}
        rows = _kept(curs.connection, keys)
        for r in changed:
            folded(rows, r.event, r.position)
        curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values()]).decode(),))


def _keys(event: Event) -> Iterable[Key]:
    match event:
        case Acknowledgement.Given():
            yield event.guidance_id, event.account_id
        case Guidance.Briefed():
            yield from ((event.originator_id, account_id) for account_id in event.account_ids)
        case _:
            pass


def _kept(conn: Connection[Any], keys: Iterable[Key]) -> dict[Key, AcknowledgementRow]:
    wanted = list(keys)
    with conn.cursor(row_factory=class_row(AcknowledgementRow)) as curs:
        curs.execute(
            "SELECT k.* FROM unnest(%s::uuid[], %s::uuid[]) AS w (guidance_id, account_id)"
            " JOIN acknowledgement_log AS k USING (guidance_id, account_id)",
            ([guidance for guidance, _ in wanted], [account for _, account in wanted]),
        )
        return {(row.guidance_id, row.account_id): row for row in curs}


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A row with where the person is now."""

    guidance_id: UUID
    account_id: UUID
    name: str
    acknowledged_at: datetime | None
    acknowledged_unit_id: UUID | None
    briefed_at: datetime | None
    briefed_by: str | None
    area_path: str
    owner_unit: UUID
    unit_kind: str
    tier: int


@dataclass(frozen=True, kw_only=True)
class StatementNarrow:
    """What a reader narrows the acknowledgements of an edition to; None does not narrow."""

    guidance_id: UUID
    unit_id: UUID | None = None
    confirmed: bool | None = None
    briefed: bool | None = None


STATEMENTS = Listing(
    table=f"""
    (SELECT k.guidance_id, k.account_id, accounts.name, k.acknowledged_at, k.acknowledged_unit_id, k.briefed_at,
    k.briefed_by, accounts.area_path, accounts.owner_unit, accounts.unit_kind, accounts.tier
    FROM acknowledgement_log AS k JOIN {IN_UNITS} USING (account_id)) AS statements""",  # noqa: S608 — of our own words
    row=Statement,
    order="name",
    place=("name",),
    beyond="name > %(after_name)s",
    narrowed={
        "guidance_id": "guidance_id = %(guidance_id)s",
        "unit_id": "owner_unit = %(unit_id)s",
        "confirmed": "(acknowledged_at IS NOT NULL) = %(confirmed)s",
        "briefed": "(briefed_at IS NOT NULL) = %(briefed)s",
    },
)
"""Who confirmed an edition or was told of it, by name, wherever they are now."""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Somebody who has to confirm an edition still."""

    guidance_id: UUID
    account_id: UUID
    name: str
    briefed_at: datetime | None
    briefed_by: str | None
    area_path: str
    owner_unit: UUID
    unit_kind: str
    tier: int


@dataclass(frozen=True, kw_only=True)
class OwedNarrow:
    """What a reader narrows those who owe a confirmation to; None does not narrow."""

    guidance_id: UUID
    unit_id: UUID | None = None
    briefed: bool | None = None


OWED = Listing(
    table=OUTSTANDING,
    row=Owed,
    order="name",
    place=("name",),
    beyond="name > %(after_name)s",
    narrowed={
        "guidance_id": "guidance_id = %(guidance_id)s",
        "unit_id": "owner_unit = %(unit_id)s",
        "briefed": "(briefed_at IS NOT NULL) = %(briefed)s",
    },
)
"""Who has to confirm an edition still, by name; the instant comes with the scope."""
