"""Turns of duty: who is there from when to when, when nobody is, and when somebody is in two places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One person on duty from an instant up to another."""

    account_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Nobody is on duty from an instant up to another."""

    starts_at: datetime
    ends_at: datetime


def gaps(turns: Sequence[Turn], starts_at: datetime, ends_at: datetime) -> Iterator[Gap]:
    """When nobody is on duty, in order."""
    covered = starts_at
    for turn in sorted(turns, key=lambda turn: turn.starts_at):
        if turn.starts_at >= ends_at:
            break
        if turn.starts_at > covered:
            yield Gap(starts_at=covered, ends_at=turn.starts_at)
        covered = max(covered, turn.ends_at)
    if covered < ends_at:
        yield Gap(starts_at=covered, ends_at=ends_at)


Left = Mapping[UUID, datetime]
"""Since when whoever does not work for the unit (any more), or may not sign in, does not; who is there is not in it."""


def present(turns: Sequence[Turn], left: Left) -> list[Turn]:
    """What of each turn somebody is there for."""
    cut = [
        replace(turn, ends_at=min(turn.ends_at, left.get(turn.account_id, turn.ends_at))) for turn in turns
    ]
    return [turn for turn in cut if turn.starts_at < turn.ends_at]


def absent(turns: Sequence[Turn], left: Left) -> list[Turn]:
    """What of each turn whoever has it is not there for."""
    return [
        replace(turn, starts_at=max(turn.starts_at, left[turn.account_id]))
        for turn in turns
        if turn.account_id in left and left[turn.account_id] < turn.ends_at
    ]


def double_bookings(turns: Sequence[Turn], elsewhere: Sequence[Turn] = ()) -> Iterator[Turn]:
    """When somebody is on duty twice at once, person by person: what of each turn lies in one that began before it.

    What of each lies in a turn of another roster comes after that.
    """
    until: dict[UUID, datetime] = {}
    for turn in sorted(turns, key=lambda turn: (turn.account_id, turn.starts_at, turn.ends_at)):
        busy = until.get(turn.account_id, turn.starts_at)
        if turn.starts_at < busy:
            yield replace(turn, ends_at=min(busy, turn.ends_at))
        until[turn.account_id] = max(busy, turn.ends_at)
    for turn in turns:
        for other in elsewhere:
            if other.account_id == turn.account_id:
                starts_at, ends_at = (
                    max(turn.starts_at, other.starts_at),
                    min(turn.ends_at, other.ends_at),
                )
                if starts_at < ends_at:
                    yield replace(turn, starts_at=starts_at, ends_at=ends_at)


def swapped(turns: Sequence[Turn], turn: int, account_id: UUID) -> tuple[Turn, ...]:
    """The turns where somebody else takes one, counted from 1."""
    return tuple(replace(t, account_id=account_id) if n == turn else t for n, t in enumerate(turns, 1))
