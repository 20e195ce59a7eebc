"""Work orders: what is done with which cameras, when, and what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.camera.state import AT_WORK
from domain.envelope import Event
from domain.personal import Personal
from domain.succession import Succeeded
from domain.work_order import Busy, WorkOrder, WorkState
from projections.listing import Listing
from projections.register import Register
from projections.scope.condition import Scope


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
    next_due_at: datetime | None = None
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
            return replace(
                row,
                state=WorkState.FINISHED,
                finished_at=at,
                result=event.text.sealed,
                next_due_at=event.next_due_at,
            )
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


MEANWHILE: LiteralString = """
order_id IS DISTINCT FROM %(but)s AND (
    (state = 'PLANNED' AND starts_at < %(to)s AND ends_at > %(from)s)
    -- what was begun lasts until it is finished, however long it was planned for
    OR (state = 'STARTED' AND (ends_at > %(from)s OR %(from)s <= %(now)s))
)"""
CLASHES: LiteralString = f"""
SELECT number FROM work_order_log WHERE camera_ids && %(cameras)s AND {MEANWHILE} ORDER BY starts_at, number
"""  # noqa: S608 — of our own words
CROWDED: LiteralString = f"""
WITH planned AS (
    SELECT unnest(camera_ids) AS camera_id FROM work_order_log WHERE {MEANWHILE}
    UNION SELECT unnest(%(besides)s::uuid[])
), at_work AS (
    SELECT area_path,
        state <> 'ACTIVE' OR link_lost_at IS NOT NULL OR camera_id IN (SELECT camera_id FROM planned) AS down,
        camera_id = ANY(%(cameras)s) AS given
    FROM camera_registry
    WHERE state = ANY(%(at_work)s)
        AND area_path IN (SELECT area_path FROM camera_registry WHERE camera_id = ANY(%(cameras)s))
)
SELECT area_path FROM at_work
GROUP BY area_path
-- what is down already is not taken down
HAVING bool_or(given AND NOT down) AND count(*) FILTER (WHERE down OR given) > %(share)s * count(*)
ORDER BY area_path
"""  # noqa: S608 — of our own words
LAST: LiteralString = "SELECT order_id FROM work_order_log ORDER BY planned_at DESC, position DESC LIMIT 1"


@dataclass(frozen=True)
class Planned:
    """What is known here of other work, for whoever plans or starts some."""

    read: Callable[..., Any]
    """Runs a query on a connection, here and now."""
    share: float
    """The share of an area's cameras that may be down at once."""
    now: datetime

    def last(self) -> UUID | None:
        """The order that was planned last."""
        found: UUID | None = self.read(last_planned)
        return found

    def busy(
        self,
        cameras: Sequence[UUID],
        starts_at: datetime,
        ends_at: datetime,
        *,
        besides: Sequence[UUID] = (),
        but: UUID | None = None,
    ) -> Busy:
        """Other orders for the same cameras, and areas of which more than a *share* would be down meanwhile."""
        given = {
            "cameras": list(cameras),
            "from": starts_at,
            "to": ends_at,
            "besides": list(besides),
            "but": but,
            "share": self.share,
            "now": self.now,
            "at_work": [state.value for state in AT_WORK],
        }
        found: Busy = self.read(busy, given)
        return found


def last_planned(conn: Connection[Any]) -> UUID | None:
    """The order that was planned last, of those that are known here."""
    row = conn.execute(LAST).fetchone()
    return row[0] if row else None


def busy(conn: Connection[Any], given: Mapping[str, Any]) -> Busy:
    """What is down meanwhile."""
    return Busy(
        clashes=[number for (number,) in conn.execute(CLASHES, given)],
        crowded=[area for (area,) in conn.execute(CROWDED, given)],
    )


DUE: LiteralString = """
WITH work AS (
    SELECT unnest(camera_ids) AS camera_id, kind, state, supplier_due_at, next_due_at, finished_at, position
    FROM work_order_log WHERE {scope}
), finished AS (
    SELECT DISTINCT ON (camera_id, kind) camera_id, kind, next_due_at, finished_at
    FROM work WHERE state = 'FINISHED' ORDER BY camera_id, kind, finished_at DESC, position DESC
), planned AS (
    SELECT camera_id, kind, min(supplier_due_at) AS due_at
    FROM work WHERE state IN ('PLANNED', 'STARTED') GROUP BY camera_id, kind
)
SELECT camera_id, kind, least(next_due_at, due_at) AS due_at, finished_at, planned.kind IS NOT NULL AS planned
FROM finished FULL JOIN planned USING (camera_id, kind)
WHERE least(next_due_at, due_at) < %(before)s
    AND camera_id IN (SELECT camera_id FROM camera_registry WHERE state <> 'RETIRED')
ORDER BY due_at, camera_id, kind
LIMIT %(first)s
"""


@dataclass(frozen=True, kw_only=True)
class WorkDue:
    """What a supplier advises to be done with a camera, by when, and whether somebody planned it."""

    camera_id: UUID
    kind: str
    due_at: datetime
    finished_at: datetime | None
    planned: bool


def due(conn: Connection[Any], within: Scope, before: datetime, *, first: int) -> list[WorkDue]:
    """What is due before an instant, by what was said when the same was done last, and by what is planned."""
    with conn.cursor(row_factory=class_row(WorkDue)) as curs:
        curs.execute(
            SQL(DUE).format(scope=SQL(within.where)), {**within.params, "before": before, "first": first}
        )
        return curs.fetchall()


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
