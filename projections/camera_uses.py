"""Uses of cameras: live views, searches, face recognition, and holds of the controls, each for whom and how long."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from domain.camera.uses import UseKind
from domain.camera_use import CameraUse, Ending
from domain.control import CameraControl, Hold
from domain.envelope import Event
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class UseRow:
    """A use, with all that its guards ask for."""

    use_id: UUID
    log_id: UUID
    kind: str
    camera_ids: list[UUID]
    used_by: str
    purpose: str
    document: str | None = None
    case_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opened_at: datetime
    until: datetime
    ended_at: datetime | None = None
    ended_how: str | None = None
    refused: str | None = None
    connections: int = 0
    served_s: int = 0
    rank: int | None = None
    commands: int = 0
    last_command: UUID | None = None
    last_movement: str | None = None
    last_outcome: str | None = None
    last_detail: str | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def hold(self) -> Hold:
        """The hold of the controls that this is."""
        return Hold(
            hold_id=self.use_id,
            by=self.used_by,
            unit_id=self.owner_unit,
            rank=self.rank or 0,
            until=self.until,
        )


def fold(row: UseRow | None, event: Event, position: int) -> UseRow | None:
    """What the row becomes by one event; what was told of an earlier hold leaves the one after it as it is."""
    match event:
        case CameraUse.Opened():
            return _opened(event, position)
        case CameraControl.Reserved():
            return _reserved(event, position)
        case CameraControl.Begun():
            return row
        case CameraUse.Event() | CameraControl.Event():
            if row is None:
                raise LookupError(f"use {use_of(event)} has no first event")
            if use_of(event) != row.use_id:
                return row
            return _changed(replace(row, version=event.originator_version, position=position), event)
        case _:
            return row


def use_of(event: Event) -> UUID:
    """The use that an event tells of: of the controls, the hold."""
    hold_id = getattr(event, "hold_id", None)
    return hold_id if isinstance(hold_id, UUID) else event.originator_id


def _opened(event: CameraUse.Opened, position: int) -> UseRow:
    said = event.envelope
    return UseRow(
        use_id=event.originator_id,
        log_id=event.originator_id,
        kind=event.kind,
        camera_ids=event.camera_ids,
        used_by=said.by,
        purpose=event.purpose,
        document=event.document,
        case_id=event.case_id,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        opened_at=said.took_place_at,
        until=event.until,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=_unit(event),
    )


def _reserved(event: CameraControl.Reserved, position: int) -> UseRow:
    return UseRow(
        use_id=event.hold_id,
        log_id=event.originator_id,
        kind=UseKind.CONTROL,
        camera_ids=[event.camera_id],
        used_by=event.envelope.by,
        purpose=event.purpose,
        opened_at=event.envelope.took_place_at,
        until=event.until,
        rank=event.rank,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=_unit(event),
    )


def _unit(event: Event) -> UUID:
    if event.envelope.unit_id is None:
        raise LookupError(f"cameras were used for no unit: {event.originator_id}")
    return event.envelope.unit_id


def _changed(row: UseRow, event: Event) -> UseRow:
    match event:
        case CameraUse.Extended():
            return replace(row, until=event.until)
        case CameraUse.Served():
            return replace(row, connections=row.connections + 1, served_s=row.served_s + event.seconds)
        case CameraUse.Ended():
            # what expired ended when its time was over, whenever that was noticed
            at = row.until if event.how == Ending.EXPIRED else event.envelope.took_place_at
            return replace(row, ended_at=at, ended_how=event.how, refused=event.code)
        case CameraControl.Commanded():
            return replace(
                row,
                until=event.until,
                commands=row.commands + 1,
                last_command=event.command_id,
                last_movement=event.movement,
                last_outcome=None,
                last_detail=None,
            )
        case CameraControl.Answered():
            told = replace(row, last_outcome=event.outcome, last_detail=event.detail)
            return told if event.command_id == row.last_command else row
        case CameraControl.Released() | CameraControl.TakenOver() | CameraControl.ForceReleased():
            return replace(row, ended_at=event.envelope.took_place_at, ended_how=HOW[type(event)].value)
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the uses of cameras")


HOW: Final[dict[type[Event], Ending]] = {
    CameraControl.Released: Ending.CLOSED,
    CameraControl.TakenOver: Ending.TAKEN_OVER,
    CameraControl.ForceReleased: Ending.FORCED,
}


COLUMNS: Final = tuple(one.name for one in fields(UseRow))

UPSERT: Final = (
    SQL(
        "INSERT INTO camera_uses ({columns}) SELECT {columns}"
        " FROM json_populate_recordset(NULL::camera_uses, %s::json)"
        " ON CONFLICT (use_id) DO UPDATE SET ({columns}) = ROW ({excluded})"
    )
    .format(
        columns=SQL(", ").join(map(Identifier, COLUMNS)),
        excluded=SQL(", ").join(Identifier("excluded", column) for column in COLUMNS),
    )
    .as_string()
)


class CameraUses:
    """Feeds the uses of cameras."""

    name: ClassVar[str] = "camera_uses"
    table: ClassVar[LiteralString] = "camera_uses"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        told = (CameraUse.Event, CameraUse.Created, CameraControl.Event)
        changed = [(use_of(r.event), r) for r in batch if isinstance(r.event, told)]
        if not changed:
            return
        rows: dict[UUID, UseRow | None] = dict(by_ids(curs.connection, {use_id for use_id, _ in changed}))
        for use_id, r in changed:
            rows[use_id] = fold(rows.get(use_id), r.event, r.position)
        written = [{**asdict(row), "camera_ids": _array(row.camera_ids)} for row in rows.values() if row]
        curs.execute(UPSERT.encode(), (orjson.dumps(written).decode(),))


def _array(ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], ids: Iterable[UUID]) -> dict[UUID, UseRow]:
    """The rows of these uses, without regard to scope."""
    with conn.cursor(row_factory=class_row(UseRow)) as curs:
        curs.execute("SELECT * FROM camera_uses WHERE use_id = ANY(%s)", (list(ids),))
        return {row.use_id: row for row in curs}


def holds(conn: Connection[Any], camera_ids: Iterable[UUID], now: datetime) -> dict[UUID, UseRow]:
    """Who holds the controls of these cameras, by camera."""
    with conn.cursor(row_factory=class_row(UseRow)) as curs:
        curs.execute(HOLDS, {"cameras": list(camera_ids), "now": now})
        return {row.camera_ids[0]: row for row in curs}


HOLDS: LiteralString = """
SELECT * FROM camera_uses
WHERE ended_at IS NULL AND until > %(now)s AND kind = 'CONTROL' AND camera_ids && %(cameras)s::uuid[]
ORDER BY opened_at
"""


def expired(conn: Connection[Any], now: datetime, *, most: int = 100) -> list[UUID]:
    """Uses whose time is over and which are not on record as ended; a hold lapses by itself."""
    rows = conn.execute(EXPIRED, {"now": now, "most": most}).fetchall()
    return [row[0] for row in rows]


EXPIRED: LiteralString = """
SELECT use_id FROM camera_uses WHERE ended_at IS NULL AND until <= %(now)s AND kind <> 'CONTROL'
ORDER BY until LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True)
class UseNarrow:
    """What a reader narrows the uses to; None does not narrow."""

    kinds: list[str] | None = None
    camera_id: UUID | None = None
    used_by: str | None = None
    since: datetime | None = None
    until: datetime | None = None


LISTING = Listing(
    table="camera_uses",
    row=UseRow,
    order="opened_at DESC, use_id",
    place=("opened_at", "use_id"),
    beyond="""
    opened_at < %(after_opened_at)s
    OR (opened_at = %(after_opened_at)s AND use_id > %(after_use_id)s::uuid)""",
    narrowed={
        "kinds": "kind = ANY(%(kinds)s)",
        "camera_id": "camera_ids @> ARRAY[%(camera_id)s::uuid]",
        "used_by": "used_by = %(used_by)s",
        "since": "opened_at >= %(since)s",
        "until": "opened_at < %(until)s",
    },
    writes=True,
)
"""Uses, newest first."""
