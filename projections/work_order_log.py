"""Work orders: what is done with which cameras, when, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection

from domain.envelope import Event
from domain.personal import Personal
from domain.succession import Succeeded
from domain.work_order import Busy, WorkOrder, WorkState
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """A work order, with all that its guards ask for."""

    order_id: UUID
    number: str
    state: str
    kind: str
    camera_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime
    supplier_schedule: str | None
    supplier_due_at: datetime | None
    text: str
    interruption: str | None
    planned_by: str
    planned_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: str | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.order_id, sealed=value) if value else None


def fold(row: WorkRow | None, event: Event, position: int) -> WorkRow | None:
    """What the row becomes by one event."""
    if isinstance(event, WorkOrder.Planned):
        return _planned(event, position)
    if not isinstance(event, WorkOrder.Event):
        return row
    if row is None:
        raise LookupError(f"work order {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    at = event.envelope.took_place_at
    match event:
        case WorkOrder.Started():
            return replace(row, state=WorkState.STARTED, started_at=at)
        case WorkOrder.Finished():
            return replace(row, state=WorkState.FINISHED, finished_at=at, result=event.text.sealed)
        case WorkOrder.Cancelled():
            return replace(row, state=WorkState.CANCELLED, result=event.text.sealed)
        case Succeeded():
            return replace(row, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of work orders")


def _planned(event: WorkOrder.Planned, position: int) -> WorkRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"work order {event.originator_id} was planned for no unit")
    return WorkRow(
        order_id=event.originator_id,
        number=event.number,
        state=WorkState.PLANNED,
        kind=event.kind,
        camera_ids=list(event.camera_ids),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        supplier_schedule=event.supplier_schedule,
        supplier_due_at=event.supplier_due_at,
        text=event.text.sealed or "",
        interruption=event.interruption.sealed if event.interruption else None,
        planned_by=said.by,
        planned_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


LOG = Register(WorkOrder, WorkRow, fold, table="work_order_log", key="order_id")
"""Feeds the log of work orders."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


CLASHES: LiteralString = """
SELECT number FROM work_order_log
WHERE state = ANY(%(open)s) AND starts_at < %(to)s AND ends_at > %(from)s AND camera_ids && %(cameras)s
ORDER BY starts_at, number
"""
CROWDED: LiteralString = """
WITH down AS (
    SELECT unnest(camera_ids) AS camera_id FROM work_order_log
    WHERE state = ANY(%(open)s) AND starts_at < %(to)s AND ends_at > %(from)s
    UNION SELECT unnest(%(cameras)s)
)
SELECT area_path FROM camera_registry
WHERE area_path IN (SELECT area_path FROM camera_registry WHERE camera_id = ANY(%(cameras)s))
    AND state <> 'RETIRED'
GROUP BY area_path
HAVING count(*) FILTER (WHERE camera_id IN (SELECT camera_id FROM down)) > %(share)s * count(*)
ORDER BY area_path
"""


def busy(
    conn: Connection[Any], cameras: Sequence[UUID], from_: datetime, to: datetime, *, share: float
) -> Busy:
    """What else is planned meanwhile: orders for the same cameras, and areas of which more than a *share* is down."""
    given = {
        "open": [WorkState.PLANNED.value, WorkState.STARTED.value],
        "cameras": list(cameras),
        "from": from_,
        "to": to,
        "share": share,
    }
    return Busy(
        clashes=[number for (number,) in conn.execute(CLASHES, given)],
        crowded=[area for (area,) in conn.execute(CROWDED, given)],
    )


@dataclass(frozen=True, kw_only=True)
class WorkNarrow:
    """What a reader narrows the orders to; None does not narrow."""

    states: list[str] | None = None
    camera_id: UUID | None = None
    number: str | None = None


LISTING = Listing(
    table="work_order_log",
    row=WorkRow,
    order="starts_at DESC, order_id",
    place=("starts_at", "order_id"),
    beyond="""
    starts_at < %(after_starts_at)s
    OR (starts_at = %(after_starts_at)s AND order_id > %(after_order_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "camera_id": "%(camera_id)s = ANY(camera_ids)",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Work orders, those that begin last first."""
