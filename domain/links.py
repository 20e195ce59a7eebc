"""When a link that is tried now and then counts as lost (R-DB-17.2.0, R-DH-5.1.0, R-DB-5.1.0).

One try that fails says little: a camera restarts, a packet is dropped. A link is lost when `TRIES` tries in a row went
without an answer over at least `PERIOD_S`, and then since the first of them. With the first answer it is up again.

Whoever watches may be cut off himself, and then sees every link fail. Where more than half of the links that are up
on record fail at once, of `ENOUGH` at least, that is the likelier reason: nothing is put on record until it has lasted
`HELD_BACK_S`, and whoever runs the installation is told at once. What still fails then is lost, since its own first
failed try: where the images are wanted none come, whosever fault that is. Who looked away meanwhile begins anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.camera.state import LINKED, CameraState

PERIOD_S: Final = 60.0
"""Every link is tried once in this time: a loss is on record within minutes, and a camera hardly notices."""
TRIES: Final = 3
"""So many in a row: a camera that restarts answers the second or the third."""
ENOUGH: Final = 10
"""Of fewer links half may well be lost at once: one switch in one street."""
HELD_BACK_S: Final = 15 * PERIOD_S
"""Longer than a switch or a router of one's own needs to restart; well within the day that mending may take."""
LOOKED_AWAY_S: Final = 2 * PERIOD_S
"""Without a single outcome for so long, nobody was watching."""

WATCHED: Final = tuple(state for state in LINKED if state != CameraState.MAINTENANCE)
"""Where images of a camera are expected: it is linked, and nobody works on it."""


@dataclass(frozen=True)
class Tried:
    """The outcome of one try: when it was begun, by the clock and by a counter of seconds that nobody sets."""

    camera_id: UUID
    at: datetime
    tick: float
    answered: bool


@dataclass(frozen=True)
class Change:
    """What the outcome of a try means for the record: the link is lost, or up again, since an instant."""

    lost: bool
    at: datetime


@dataclass(frozen=True)
class Failing:
    """Tries of one link that failed in a row: the first of them, and how many."""

    since: datetime
    tick: float
    tries: int


class Watch:
    """What is known of the links that are up on record. It may be forgotten: what was told is in the record."""

    def __init__(self) -> None:
        self._up: set[UUID] = set()
        self._failing: dict[UUID, Failing] = {}
        self._most_since: float | None = None
        self._heard = float("-inf")

    def hear(self, one: Tried, *, lost: bool) -> Change | None:
        """Take note of a try of a link that was up or *lost* on record; what is to be put there, if anything is.

        Whoever did so says it by `forget`; until then the same is said again.
        """
        if one.tick - self._heard > LOOKED_AWAY_S:
            self._failing.clear()
        self._heard = max(self._heard, one.tick)
        if lost:
            self.forget([one.camera_id])
            return Change(lost=False, at=one.at) if one.answered else None
        self._up.add(one.camera_id)
        if one.answered:
            self._failing.pop(one.camera_id, None)
            self._count()
            return None
        known = self._failing.get(one.camera_id, Failing(one.at, one.tick, 0))
        failing = self._failing[one.camera_id] = replace(known, tries=known.tries + 1)
        self._count()
        if failing.tries < TRIES or one.tick - failing.tick < PERIOD_S or self.held_back:
            return None
        return Change(lost=True, at=failing.since)

    def forget(self, camera_ids: Iterable[UUID]) -> None:
        """Know no more of these: they are lost on record, or watched no longer."""
        for camera_id in camera_ids:
            self._up.discard(camera_id)
            self._failing.pop(camera_id, None)
        self._count()

    def failing_since(self, camera_id: UUID) -> datetime | None:
        """Since when the tries of a link that is up on record have failed; None where the last was answered."""
        known = self._failing.get(camera_id)
        return known.since if known else None

    @property
    def held_back(self) -> bool:
        """Whether so many fail at once, and for so short a time, that nothing is put on record."""
        return self._most_since is not None and self._heard - self._most_since < HELD_BACK_S

    def _count(self) -> None:
        most = len(self._up) >= ENOUGH and 2 * len(self._failing) > len(self._up)
        if not most:
            self._most_since = None
        elif self._most_since is None:
            self._most_since = self._heard
