"""The registry of cameras, in the order of areas and codes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final, LiteralString, TypeVar
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from domain.camera import Camera, CameraState, Certificate, Consent
from domain.camera.events import Registered
from domain.camera.state import Window
from domain.envelope import Event
from domain.personal import Personal
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(kw_only=True)
class CameraRow:
    """A camera as the registry shows it, with all that its guards ask for; events move it as they move the camera."""

    camera_id: UUID
    code: str
    name: str
    camera_class: str
    kind: str
    domain: str
    state: str
    placement: str
    place: str | None = None
    manager_unit_id: UUID
    custodian_unit_id: UUID | None
    owner_kind: str | None = None
    owning_unit_id: UUID | None = None
    owner_name: str | None = None
    owner_contact: str | None = None
    longitude: float | None
    latitude: float | None
    view: str | None
    channel: str | None
    client_id: UUID | None = None
    secret: bool
    published: bool
    withdrawn: bool = False
    installed_on: date | None = None
    activated_at: datetime | None = None
    retired_at: datetime | None = None
    connect_due: datetime | None = None
    connect_rule: str | None = None
    connect_due_soon_told_at: datetime | None = None
    connect_missed_told_at: datetime | None = None
    maintenance: bool = False
    link_lost_at: datetime | None = None
    consents: list[Consent] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    faults: list[Window] = field(default_factory=list)
    losses: list[Window] = field(default_factory=list)
    verified_until: date | None = None
    calibrated_on: date | None = None
    clock_offset_ms: int | None = None
    firmware: str | None = None
    version: int
    area_path: str
    owner_unit: UUID
    tier: int

    def __post_init__(self) -> None:
        # the database gives back what JSON has for them
        self.consents = [_read(Consent, one) for one in self.consents]
        self.certificates = [_read(Certificate, one) for one in self.certificates]
        self.faults = [_read(Window, one) for one in self.faults]
        self.losses = [_read(Window, one) for one in self.losses]

    def sealed(self, value: str | None) -> Personal[str] | None:
        """What is said of the owner, for whoever may open it."""
        return Personal(self.camera_id, sealed=value) if value else None


_Kept = TypeVar("_Kept", Consent, Certificate, Window)
_TYPES: Final[dict[str, Callable[[str], Any]]] = {
    "dated": date.fromisoformat,
    "issued_on": date.fromisoformat,
    "valid_until": date.fromisoformat,
    "began_at": datetime.fromisoformat,
    "ended_at": datetime.fromisoformat,
    "incident_id": UUID,
}


def _read(cls: type[_Kept], kept: Any) -> _Kept:
    if isinstance(kept, cls):
        return kept
    return cls(
        **{
            name: _TYPES[name](value) if name in _TYPES and isinstance(value, str) else value
            for name, value in kept.items()
        }
    )


TIERS: Final = {"LEVEL_1": 1, "LEVEL_2": 2, "LEVEL_3": 3, "OTHER": 3}
"""The level of the system a class belongs to; other systems belong to level III (R-DB-3.3.d). None is 0."""


def fold(row: CameraRow | None, event: Event) -> CameraRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Registered):
        return _registered(event)
    if not isinstance(event, Camera.Event):
        return row
    if row is None:
        raise LookupError(f"camera {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version)
    event.move(row)
    match event:
        case Camera.OwnerNamed():
            row.owner_name = event.name.sealed if event.name else None
            row.owner_contact = event.contact.sealed if event.contact else None
        case Camera.Verified() | Camera.CertificateVoided():
            row.verified_until = max((one.valid_until for one in row.certificates), default=None)
        case _:
            pass
    return row


def _registered(event: Registered) -> CameraRow:
    return CameraRow(
        camera_id=event.originator_id,
        code=event.code,
        name=event.name,
        camera_class=event.camera_class,
        kind=event.kind,
        domain=event.domain,
        state=(CameraState.ACTIVE if event.in_use else CameraState.REGISTERED).value,
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
        curs.execute(UPSERT.encode(), (orjson.dumps([row for row in rows.values() if row]).decode(),))


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
    states: list[str] | None = None
    kind: str | None = None
    tier: int | None = None
    manager: UUID | None = None
    expires_before: date | None = None
    connect_due_before: datetime | None = None
    text: str | None = None
    client: UUID | None = None


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
        "states": "state = ANY(%(states)s)",
        "kind": "kind = %(kind)s",
        "tier": "tier = %(tier)s",
        "manager": "manager_unit_id = %(manager)s",
        "expires_before": "verified_until < %(expires_before)s",
        "connect_due_before": "connect_due < %(connect_due_before)s",
        "client": "client_id = %(client)s",
        "text": "strpos(lower(code || ' ' || name), lower(%(text)s)) > 0",
    },
    writes=True,
)
"""Cameras by area and code."""
