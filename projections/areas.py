"""Areas: the tree by which everything else is seen, each by its path."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.area import Area
from domain.boundary import written
from domain.envelope import Event
from projections.listing import Listing
from projections.register import Register

NOBODY = UUID(int=0)
"""Of areas that were entered at the machine."""


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """An area, with all that its guards ask for."""

    area_id: UUID
    name: str
    kind: str
    valid_from: datetime
    document: str | None
    boundary: str | None
    ended_at: datetime | None = None
    successor_path: str | None = None
    before: list[str] = field(default_factory=list)
    """The areas that were merged into it, or into one within it."""
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0


def fold(row: AreaRow | None, event: Event, position: int) -> AreaRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Area.Registered):
        return AreaRow(
            area_id=event.originator_id,
            name=event.name,
            kind=event.kind,
            valid_from=event.valid_from,
            document=event.document,
            boundary=written(event.boundary) if event.boundary else None,
            version=event.originator_version,
            position=position,
            area_path=event.area_path,
            owner_unit=event.envelope.unit_id or NOBODY,
        )
    if not isinstance(event, Area.Event):
        return row
    if row is None:
        raise LookupError(f"area {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    match event:
        case Area.Renamed():
            return replace(row, name=event.name)
        case Area.Redrawn():
            return replace(row, boundary=written(event.boundary) if event.boundary else None)
        case Area.Ended():
            return replace(row, ended_at=event.ended_at, successor_path=event.successor_path)
        case Area.TookOver():
            return replace(row, before=[*row.before, event.from_path])
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the areas")


LOG = Register(Area, AreaRow, fold, table="areas", key="area_id")
"""Feeds the areas."""
by_ids = LOG.by_ids


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AreaNarrow:
    """What a reader narrows the areas to; None does not narrow."""

    area_path: str | None = None
    kind: str | None = None
    stands: bool | None = None


LISTING = Listing(
    table="areas",
    row=AreaRow,
    order="area_path",
    place=("area_path",),
    beyond="area_path > %(after_area_path)s",
    narrowed={
        "area_path": "(area_path = %(area_path)s OR starts_with(area_path, %(area_path)s || '/'))",
        "kind": "kind = %(kind)s",
        "stands": "(ended_at IS NULL OR ended_at > now()) = %(stands)s",
    },
    writes=True,
)
"""Areas by path, so that each comes before those within it."""
