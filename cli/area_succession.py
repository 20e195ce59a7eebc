"""What stands in areas that have ended passes to those that follow them: a part of `minhchung schedule`."""

import logging
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing import persistence
from psycopg import Connection

from domain.commands.application import CaseSystem
from domain.commands.area_succession import pass_to_area
from domain.errors import VersionConflict
from policies.rulebook import Rulebook
from projections.area_succession import LeftIn, gone, to_move
from projections.follower import AwayError

logger = logging.getLogger(__name__)

IDLE_S = 60.0
"""What areas hold is looked for again so seldom once they hold nothing: nothing new comes into one that has ended."""


class AreaSuccession:
    """Looks at what areas hold that have ended, time and again.

    It remembers nothing that matters: where a thing belongs is in the thing itself, so whoever is killed, comes late
    or looks twice lets it pass once. What it has looked at it knows by sight until the read models show it.
    """

    def __init__(self, app: CaseSystem) -> None:
        self._app = app
        self._idle: tuple[tuple[str, ...], float] = ((), 0.0)
        self._seen: set[tuple[UUID, UUID, int]] = set()
        self.problem: str | None = None

    def step(self, conn: Connection[Any], now: datetime, rules: Rulebook, limit: int) -> int:
        """Let so many things pass at most; how many were looked at."""
        ended = gone(conn, now)
        known, until = self._idle
        if limit <= 0 or not ended or (ended == known and time.monotonic() < until):
            return 0
        # what cannot be read stays and is known by sight: it must not stand in the way of everything after it
        found = to_move(conn, ended, now, most=limit + len(self._seen))
        if not found:
            self.problem = None
            self._idle = (ended, time.monotonic() + IDLE_S)
        new = [row for row in found if _sight(row) not in self._seen][:limit]
        again = {_sight(row) for row in new if not self._pass(row, now, rules)}
        self._seen = ({_sight(row) for row in found} & self._seen | {*map(_sight, new)}) - again
        return len(new)

    def _pass(self, row: LeftIn, now: datetime, rules: Rulebook) -> bool:
        """Let it pass; false where it wants another look."""
        try:
            pass_to_area(
                self._app, rules, noun=row.noun, subject_id=row.subject_id, area_id=row.area_id, now=now
            )
        except VersionConflict:
            return False
        except (persistence.OperationalError, persistence.InterfaceError) as error:
            raise AwayError("lost the database") from error
        except Exception as error:
            # one thing that cannot be read is for a person; all others pass all the same
            self.problem = f"scheduler cannot move {row.noun} {row.subject_id}: {type(error).__name__}"
            logger.critical("%s", self.problem, exc_info=error)
        return True


def _sight(row: LeftIn) -> tuple[UUID, UUID, int]:
    return row.subject_id, row.area_id, row.version
