"""The logs of shifts: who was on duty, what state the devices were in, what was entered, what was handed over."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.envelope import Event
from domain.personal import Personal
from domain.shift import Shift, ShiftState
from domain.succession import Succeeded
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class ShiftRow:
    """A shift, with all that its guards ask for."""

    shift_id: UUID
    number: str
    state: str
    post: str
    after: UUID | None
    opened_by: str
    opened_at: datetime
    confirmed_at: datetime | None = None
    faulty_camera_ids: list[UUID] = field(default_factory=list)
    devices: str | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)
    """`entry`, `kind`, `camera_id`, `corrects`, `text` (sealed), `by` and `at`, the first one first."""
    closed_by: str | None = None
    closed_at: datetime | None = None
    handover: str | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.shift_id, sealed=value) if value else None


def fold(row: ShiftRow | None, event: Event, position: int) -> ShiftRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Shift.Opened):
        return _opened(event, position)
    if not isinstance(event, Shift.Event):
        return row
    if row is None:
        raise LookupError(f"shift {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    said = event.envelope
    match event:
        case Shift.DevicesConfirmed():
            return replace(
                row,
                state=ShiftState.CONFIRMED,
                confirmed_at=said.took_place_at,
                faulty_camera_ids=list(event.faulty_camera_ids),
                devices=event.text.sealed if event.text else None,
            )
        case Shift.Entered():
            entry = {
                "entry": event.entry,
                "kind": event.kind,
                "camera_id": str(event.camera_id) if event.camera_id else None,
                "corrects": event.corrects,
                "text": event.text.sealed,
                "by": said.by,
                "at": said.took_place_at.astimezone(UTC).isoformat(),
            }
            return replace(row, entries=[*row.entries, entry])
        case Shift.Closed():
            return replace(
                row,
                state=ShiftState.CLOSED,
                closed_by=said.by,
                closed_at=said.took_place_at,
                handover=event.text.sealed,
            )
        case Succeeded():
            return replace(row, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of shifts")


def _opened(event: Shift.Opened, position: int) -> ShiftRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"shift {event.originator_id} was opened for no unit")
    return ShiftRow(
        shift_id=event.originator_id,
        number=event.number,
        state=ShiftState.OPEN,
        post=event.post,
        after=event.after,
        opened_by=said.by,
        opened_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


LOG = Register(Shift, ShiftRow, fold, table="shift_log", key="shift_id")
"""Feeds the logs of shifts."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


def last_of(conn: Connection[Any], unit_id: UUID, post: str) -> UUID | None:
    """The last shift of a unit's post that is known here."""
    row = conn.execute(
        "SELECT shift_id FROM shift_log WHERE owner_unit = %s AND post = %s ORDER BY opened_at DESC LIMIT 1",
        (unit_id, post),
    ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, kw_only=True)
class ShiftNarrow:
    """What a reader narrows the shifts to; None does not narrow."""

    states: list[str] | None = None
    post: str | None = None
    number: str | None = None


LISTING = Listing(
    table="shift_log",
    row=ShiftRow,
    order="opened_at DESC, shift_id",
    place=("opened_at", "shift_id"),
    beyond="""
    opened_at < %(after_opened_at)s
    OR (opened_at = %(after_opened_at)s AND shift_id > %(after_shift_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "post": "post = %(post)s",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Shifts, newest first."""
