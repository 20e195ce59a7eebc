"""Obstacles: what stood in whose way, how far up it went, and how it was settled."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.envelope import Event
from domain.obstacle import Obstacle, ObstacleState
from domain.personal import Personal
from domain.succession import Succeeded
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class ObstacleRow:
    """An obstacle, with all that its guards ask for."""

    obstacle_id: UUID
    number: str
    state: str
    level: int
    addressed_kind: str | None
    handling_unit_id: UUID | None = None
    escalated_to: str | None = None
    subject_rule: str | None
    case_id: UUID | None
    text: str
    reported_by: str
    reported_at: datetime
    document: str | None = None
    answer: str | None = None
    settled_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.obstacle_id, sealed=value) if value else None


def fold(row: ObstacleRow | None, event: Event, position: int) -> ObstacleRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Obstacle.Reported):
        return _reported(event, position)
    if not isinstance(event, Obstacle.Event):
        return row
    if row is None:
        raise LookupError(f"obstacle {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    match event:
        case Obstacle.Escalated():
            return replace(
                row,
                state=ObstacleState.ESCALATED,
                level=event.level,
                addressed_kind=event.addressed_kind,
                handling_unit_id=event.envelope.unit_id,
                escalated_to=event.to,
                document=event.document,
            )
        case Obstacle.Settled():
            return replace(
                row,
                state=ObstacleState.SETTLED,
                document=event.document or row.document,
                answer=event.text.sealed,
                settled_at=event.envelope.took_place_at,
            )
        case Succeeded():
            return replace(row, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of obstacles")


def _reported(event: Obstacle.Reported, position: int) -> ObstacleRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"obstacle {event.originator_id} was reported for no unit")
    return ObstacleRow(
        obstacle_id=event.originator_id,
        number=event.number,
        state=ObstacleState.REPORTED,
        level=0,
        addressed_kind=event.addressed_kind,
        subject_rule=event.subject_rule,
        case_id=event.case_id,
        text=event.text.sealed or "",
        reported_by=said.by,
        reported_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


LOG = Register(Obstacle, ObstacleRow, fold, table="obstacle_log", key="obstacle_id")
"""Feeds the log of obstacles."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ObstacleNarrow:
    """What a reader narrows the obstacles to; None does not narrow."""

    states: list[str] | None = None
    case_id: UUID | None = None
    number: str | None = None


LISTING = Listing(
    table="obstacle_log",
    row=ObstacleRow,
    order="reported_at DESC, obstacle_id",
    place=("reported_at", "obstacle_id"),
    beyond="""
    reported_at < %(after_reported_at)s
    OR (reported_at = %(after_reported_at)s AND obstacle_id > %(after_obstacle_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "case_id": "case_id = %(case_id)s",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Obstacles, newest first."""
