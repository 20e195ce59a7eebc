"""Kept footage, by camera and time: what a window can be cut out of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.envelope import Event
from domain.errors import InvalidInput
from domain.footage import Kept
from domain.recording import Recording
from projections.follower import Recorded


@dataclass(frozen=True, kw_only=True)
class RecordingRow:
    """A recording, and whether it was found damaged."""

    recording_id: UUID
    camera_id: UUID
    name: str
    sha256: str
    size: int
    media_type: str
    starts_at: datetime
    ends_at: datetime
    damaged: bool
    version: int
    area_path: str
    owner_unit: UUID
    tier: int


def fold(row: RecordingRow | None, event: Event) -> RecordingRow | None:
    """What the row becomes by one event."""
    match event:
        case Recording.Registered():
            return RecordingRow(
                recording_id=event.originator_id,
                camera_id=event.camera_id,
                name=event.name,
                sha256=event.sha256,
                size=event.size,
                media_type=event.media_type,
                starts_at=event.starts_at,
                ends_at=event.starts_at + timedelta(seconds=event.length_s),
                damaged=False,
                version=1,
                area_path=event.area_path,
                owner_unit=event.operating_unit_id,
                tier=0,
            )
        case Recording.Event() if row is None:
            raise LookupError(f"recording {event.originator_id} has no first event")
        case Recording.FoundDamaged() if row is not None:
            return replace(row, version=event.originator_version, damaged=True)
        case _:
            return row


UPSERT: LiteralString = """
INSERT INTO recordings
SELECT recording_id, camera_id, name, sha256, size, media_type, starts_at, ends_at, damaged, version,
    area_path, owner_unit, tier
FROM json_populate_recordset(NULL::recordings, %s::json)
ON CONFLICT (recording_id) DO UPDATE SET damaged = excluded.damaged, version = excluded.version
"""


class Recordings:
    """Feeds the table of recordings."""

    name: ClassVar[str] = "recordings"
    table: ClassVar[LiteralString] = "recordings"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        events = [r.event for r in batch if isinstance(r.event, Recording.Event | Recording.Created)]
        if not events:
            return
        rows: dict[UUID, RecordingRow | None] = dict(
            _by_ids(curs.connection, {e.originator_id for e in events})
        )
        for event in events:
            rows[event.originator_id] = fold(rows.get(event.originator_id), event)
        curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


MOST = 1000
"""Recordings that one window may be cut out of; more are no window that was meant."""

# -- queries ------------------------------------------------------------------


def _by_ids(conn: Connection[Any], recording_ids: set[UUID]) -> dict[UUID, RecordingRow]:
    with conn.cursor(row_factory=class_row(RecordingRow)) as curs:
        curs.execute("SELECT * FROM recordings WHERE recording_id = ANY(%s)", (list(recording_ids),))
        return {row.recording_id: row for row in curs}


def covering(conn: Connection[Any], camera_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Kept]:
    """The recordings of a camera that show some of a window, in order; damaged ones too, so that they are named."""
    with conn.cursor(row_factory=class_row(Kept)) as curs:
        curs.execute(
            "SELECT recording_id, name, sha256, size, starts_at, ends_at FROM recordings"
            " WHERE camera_id = %s AND starts_at < %s AND ends_at > %s ORDER BY starts_at, recording_id LIMIT %s",
            (camera_id, ends_at, starts_at, MOST),
        )
        found = curs.fetchall()
    if len(found) == MOST:
        raise InvalidInput(
            "to",
            f"hơn {MOST} bản ghi trong khoảng này",
            f"more than {MOST} recordings show some of this window",
        )
    return found


NEWEST: LiteralString = """
SELECT r.* FROM unnest(%s::uuid[]) AS c (id)
CROSS JOIN LATERAL (
    SELECT * FROM recordings WHERE camera_id = c.id ORDER BY starts_at DESC, recording_id LIMIT %s
) AS r
"""


def newest(conn: Connection[Any], camera_ids: Sequence[UUID], limit: int) -> dict[UUID, list[RecordingRow]]:
    """The newest recordings of each of these cameras, newest first."""
    found: dict[UUID, list[RecordingRow]] = {camera_id: [] for camera_id in camera_ids}
    with conn.cursor(row_factory=class_row(RecordingRow)) as curs:
        for row in curs.execute(NEWEST, (list(camera_ids), limit)):
            found[row.camera_id].append(row)
    return found
