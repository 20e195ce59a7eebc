"""History and replay: the steps of one noun read from the log itself, and its state as it was at any instant.

The same folds that feed the read models show the past, so what is shown of a date is what was shown on that date.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent
from psycopg import Connection

from domain.envelope import Event
from projections import directory
from projections.follower import Recorded

Row = TypeVar("Row")


@dataclass(frozen=True)
class Step:
    """One event of a noun, with the names its actor and unit had at that position."""

    position: int
    event: Event
    actor: directory.Entry | None
    unit: directory.Entry | None


def read(
    conn: Connection[Any],
    mapper: Mapper[UUID],
    originator_id: UUID,
    *,
    as_of: datetime | None = None,
    upto: int | None = None,
) -> list[Recorded]:
    """The events of one noun, oldest first, recorded up to and including an instant or a position."""
    recorded = read_many(conn, mapper, [originator_id])[originator_id]
    return [
        r
        for r in recorded
        if (as_of is None or r.event.timestamp <= as_of) and (upto is None or r.position <= upto)
    ]


def read_many(
    conn: Connection[Any], mapper: Mapper[UUID], originator_ids: Sequence[UUID]
) -> dict[UUID, list[Recorded]]:
    """The events of several nouns, oldest first, in one query."""
    rows = conn.execute(
        "SELECT notification_id, originator_id, originator_version, topic, state FROM events"
        " WHERE originator_id = ANY(%s) ORDER BY originator_id, originator_version",
        (list(originator_ids),),
    ).fetchall()
    found: dict[UUID, list[Recorded]] = {originator_id: [] for originator_id in originator_ids}
    for row in rows:
        event = _event(mapper, StoredEvent(row[1], row[2], row[3], bytes(row[4])))
        found[row[1]].append(Recorded(row[0], event))
    return found


def state(recorded: Sequence[Recorded], fold: Callable[[Row | None, Event, int], Row | None]) -> Row | None:
    """The row that a read model's fold makes of these events."""
    row: Row | None = None
    for r in recorded:
        row = fold(row, r.event, r.position)
    return row


def steps(conn: Connection[Any], recorded: Sequence[Recorded]) -> list[Step]:
    """The events with names as they were when each was recorded."""
    wanted: set[tuple[UUID, int]] = set()
    for r in recorded:
        if (actor := account_of(r.event)) is not None:
            wanted.add((actor, r.position))
        if r.event.envelope.unit_id is not None:
            wanted.add((r.event.envelope.unit_id, r.position))
    names = directory.as_of(conn, wanted) if wanted else {}
    return [
        Step(
            r.position,
            r.event,
            names.get((actor, r.position)) if (actor := account_of(r.event)) else None,
            names.get((unit, r.position)) if (unit := r.event.envelope.unit_id) else None,
        )
        for r in recorded
    ]


def account_of(event: Event) -> UUID | None:
    """The account that acted, if it was a person."""
    try:
        return UUID(event.envelope.by)
    except ValueError:
        return None


def _event(mapper: Mapper[UUID], stored: StoredEvent) -> Event:
    event = mapper.to_domain_event(stored)
    if not isinstance(event, Event):
        raise TypeError(f"{stored.topic} is not an event of ours")
    return event
