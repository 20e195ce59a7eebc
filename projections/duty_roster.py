"""Duty rosters: who is on duty at which post, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.rows import RowMaker, dict_row

from domain.envelope import Event
from domain.roster import Roster, RosterState, Turn, swapped
from domain.succession import Succeeded
from projections.listing import Listing
from projections.register import Register

if TYPE_CHECKING:
    from psycopg._cursor_base import BaseCursor


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """A roster, with all that its guards ask for."""

    roster_id: UUID
    number: str
    state: str
    post: str
    month: str
    starts_at: datetime
    ends_at: datetime
    turns: tuple[Turn, ...]
    drawn_by: str
    drawn_at: datetime
    published_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0


def fold(row: RosterRow | None, event: Event, position: int) -> RosterRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Roster.Drawn):
        return _drawn(event, position)
    if not isinstance(event, Roster.Event):
        return row
    if row is None:
        raise LookupError(f"roster {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    match event:
        case Roster.Redrawn():
            return replace(row, turns=tuple(event.turns))
        case Roster.Published():
            return replace(row, state=RosterState.PUBLISHED, published_at=event.envelope.took_place_at)
        case Roster.Swapped():
            return replace(row, turns=swapped(row.turns, event.turn, event.account_id))
        case Succeeded():
            return replace(row, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the duty rosters")


def _drawn(event: Roster.Drawn, position: int) -> RosterRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"roster {event.originator_id} was drawn for no unit")
    return RosterRow(
        roster_id=event.originator_id,
        number=event.number,
        state=RosterState.DRAFT,
        post=event.post,
        month=event.month,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        turns=tuple(event.turns),
        drawn_by=said.by,
        drawn_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


def made(curs: "BaseCursor[Any, Any]") -> RowMaker[RosterRow]:
    """Make rows of what the table has."""
    as_dict = dict_row(curs)

    def row(values: Sequence[Any]) -> RosterRow:
        found = as_dict(values)
        return RosterRow(**{**found, "turns": tuple(map(_turn, found["turns"]))})

    return row


def _turn(said: dict[str, str]) -> Turn:
    return Turn(
        account_id=UUID(said["account_id"]),
        starts_at=datetime.fromisoformat(said["starts_at"]),
        ends_at=datetime.fromisoformat(said["ends_at"]),
    )


LOG = Register(Roster, RosterRow, fold, table="duty_roster", key="roster_id", make=made)
"""Feeds the duty rosters."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RosterNarrow:
    """What a reader narrows the rosters to; None does not narrow."""

    states: list[str] | None = None
    month: str | None = None
    post: str | None = None
    number: str | None = None


LISTING = Listing(
    table="duty_roster",
    row=RosterRow,
    order="starts_at DESC, roster_id",
    place=("starts_at", "roster_id"),
    beyond="""
    starts_at < %(after_starts_at)s
    OR (starts_at = %(after_starts_at)s AND roster_id > %(after_roster_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "month": "month = %(month)s",
        "post": "post = %(post)s",
        "number": "number = %(number)s",
    },
    make=made,
    writes=True,
)
"""Rosters, the last month first."""
