"""The operating diary of each device: everything that happened to a camera and was done with it, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Cursor

from domain.camera import Camera
from domain.control import CameraControl
from domain.envelope import Event
from domain.incident import Incident
from domain.shift import Shift
from domain.work_order import WorkOrder
from projections.camera_registry import TIERS
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class DiaryRow:
    """One entry: what happened, to which thing, by whom, under which rule."""

    camera_id: UUID
    position: int
    at: datetime
    recorded_at: datetime
    event: str
    subject_id: UUID
    by: str
    unit_id: UUID | None
    rule: str | None
    area_path: str
    owner_unit: UUID
    tier: int


KEPT: Final = (Camera, CameraControl, Incident, WorkOrder, Shift)
"""Whose events are kept: whatever of them names a camera, and what follows on something that did."""
Place = tuple[str, UUID, int]


class Devices:
    """Which cameras there are, and which of them each incident and order is about."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn
        self._places: dict[UUID, Place] = {}
        self._about: dict[UUID, set[UUID]] = {}

    def rows(self, recorded: Recorded) -> Iterator[DiaryRow]:
        """The entries that an event makes, one for each of its cameras."""
        event = recorded.event
        said = event.envelope
        if isinstance(event, Camera.Registered):
            place = (event.area_path, event.operating_unit_id, TIERS.get(event.camera_class, 0))
            self._places[event.originator_id] = place
        for camera_id in sorted(self._cameras(event)):
            area_path, owner_unit, tier = self._place(camera_id)
            yield DiaryRow(
                camera_id=camera_id,
                position=recorded.position,
                at=said.took_place_at,
                recorded_at=event.timestamp,
                event=str(getattr(event, "TOPIC", "")),
                subject_id=event.originator_id,
                by=said.by,
                unit_id=said.unit_id,
                rule=said.rule,
                area_path=area_path,
                owner_unit=owner_unit,
                tier=tier,
            )

    def _cameras(self, event: Event) -> set[UUID]:
        if isinstance(event, Camera.Event | Camera.Created):
            return {event.originator_id}
        one = getattr(event, "camera_id", None)
        named = {one} if one else set()
        named |= {*getattr(event, "camera_ids", ()), *getattr(event, "faulty_camera_ids", ())}
        if isinstance(event, Shift.Event | Shift.Created):
            return named  # a shift goes from camera to camera
        about = self._about.get(event.originator_id)
        if about is None:
            found = self._conn.execute(
                "SELECT DISTINCT camera_id FROM device_diary WHERE subject_id = %s", (event.originator_id,)
            )
            about = self._about[event.originator_id] = {camera_id for (camera_id,) in found}
        about |= named
        return about

    def _place(self, camera_id: UUID) -> Place:
        place = self._places.get(camera_id)
        if place is None:
            place = self._conn.execute(
                "SELECT area_path, owner_unit, tier FROM device_diary WHERE camera_id = %s"
                " ORDER BY position LIMIT 1",
                (camera_id,),
            ).fetchone() or ("", UUID(int=0), 0)
            self._places[camera_id] = place
        return place


INSERT: LiteralString = """
INSERT INTO device_diary SELECT * FROM json_populate_recordset(NULL::device_diary, %s::json)
"""


class DeviceDiary:
    """Feeds the diaries."""

    name: ClassVar[str] = "device_diary"
    table: ClassVar[LiteralString] = "device_diary"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Write the entries of the batch at once."""
        kept = tuple(cls for noun in KEPT for cls in (noun.Event, noun.Created))
        devices = Devices(curs.connection)
        rows = [asdict(row) for r in batch if isinstance(r.event, kept) for row in devices.rows(r)]
        if rows:
            curs.execute(INSERT, (orjson.dumps(rows).decode(),))


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DiaryNarrow:
    """What a reader narrows a diary to; None does not narrow."""

    camera_id: UUID
    since: datetime | None = None
    until: datetime | None = None


LISTING = Listing(
    table="device_diary",
    row=DiaryRow,
    order="at, position",
    place=("at", "position"),
    beyond="(at, position) > (%(after_at)s, %(after_position)s)",
    narrowed={
        "camera_id": "camera_id = %(camera_id)s",
        "since": "at >= %(since)s",
        "until": "at < %(until)s",
    },
)
"""A diary, in the order in which it took place."""
