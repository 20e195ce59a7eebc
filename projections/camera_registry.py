"""The registry of cameras, in the order of areas and codes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from domain.camera import Camera, CameraState
from domain.envelope import Event
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class CameraRow:
    """A camera as the registry shows it."""

    camera_id: UUID
    code: str
    name: str
    camera_class: str
    kind: str
    domain: str
    state: str
    placement: str
    manager_unit_id: UUID
    custodian_unit_id: UUID | None
    longitude: float | None
    latitude: float | None
    view: str | None
    channel: str | None
    secret: bool
    published: bool
    version: int
    area_path: str
    owner_unit: UUID
    tier: int


TIERS: Final = {"LEVEL_1": 1, "LEVEL_2": 2, "LEVEL_3": 3, "OTHER": 3}
"""The level of the system a class belongs to; other systems belong to level III (R-DB-3.3.d). None is 0."""


def fold(row: CameraRow | None, event: Event) -> CameraRow | None:
    """What the row becomes by one event."""
    match event:
        case Camera.Registered():
            return CameraRow(
                camera_id=event.originator_id,
                code=event.code,
                name=event.name,
                camera_class=event.camera_class,
                kind=event.kind,
                domain=event.domain,
                state=CameraState.ACTIVE if event.in_use else CameraState.REGISTERED,
                placement=event.placement,
                manager_unit_id=event.manager_unit_id or event.operating_unit_id,
                custodian_unit_id=event.custodian_unit_id,
                longitude=event.longitude,
                latitude=event.latitude,
                view=event.view,
                channel=event.channel,
                secret=False,
                published=False,
                version=1,
                area_path=event.area_path,
                owner_unit=event.operating_unit_id,
                tier=TIERS.get(event.camera_class, 0),
            )
        case Camera.Event() if row is None:
            raise LookupError(f"camera {event.originator_id} has no first event")
        case Camera.Renamed() if row is not None:
            return replace(row, version=event.originator_version, name=event.name)
        case _:
            return row


COLUMNS: Final = tuple(one.name for one in fields(CameraRow))

UPSERT: Final = (
    SQL(
        "INSERT INTO camera_registry ({columns}) SELECT {columns}"
        " FROM json_populate_recordset(NULL::camera_registry, %s::json)"
        " ON CONFLICT (camera_id) DO UPDATE SET ({columns}) = ROW ({excluded})"
    )
    .format(
        columns=SQL(", ").join(map(Identifier, COLUMNS)),
        excluded=SQL(", ").join(Identifier("excluded", column) for column in COLUMNS),
    )
    .as_string()
)


class CameraRegistry:
    """Feeds the registry."""

    name: ClassVar[str] = "camera_registry"
    table: ClassVar[LiteralString] = "camera_registry"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        events = [r.event for r in batch if isinstance(r.event, Camera.Event | Camera.Created)]
        if not events:
            return
        rows: dict[UUID, CameraRow | None] = dict(by_ids(curs.connection, {e.originator_id for e in events}))
        for event in events:
            rows[event.originator_id] = fold(rows.get(event.originator_id), event)
        curs.execute(UPSERT.encode(), (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], camera_ids: Iterable[UUID]) -> dict[UUID, CameraRow]:
    """The rows of these cameras, without regard to scope."""
    with conn.cursor(row_factory=class_row(CameraRow)) as curs:
        curs.execute("SELECT * FROM camera_registry WHERE camera_id = ANY(%s)", (list(camera_ids),))
        return {row.camera_id: row for row in curs}


@dataclass(frozen=True, kw_only=True)
class RegistryFilter:
    """What a reader narrows the registry to; None does not narrow."""

    code: str | None = None
    camera_class: str | None = None
    area_path: str | None = None


LISTING = Listing(
    table="camera_registry",
    row=CameraRow,
    order="area_path, code, camera_id",
    place=("area_path", "code", "camera_id"),
    beyond="(area_path, code, camera_id) > (%(after_area_path)s, %(after_code)s, %(after_camera_id)s::uuid)",
    narrowed={
        "code": "code = %(code)s",
        "camera_class": "camera_class = %(camera_class)s",
        "area_path": "area_path = %(area_path)s OR starts_with(area_path, %(area_path)s || '/')",
    },
    writes=True,
)
"""Cameras by area and code."""
