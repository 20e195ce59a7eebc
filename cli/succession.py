"""What units that have ended left open passes to their successors, thing by thing: a part of `minhchung schedule`."""

import logging
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing import persistence
from psycopg import Connection

from domain.commands.application import CaseSystem
from domain.commands.succession import pass_on, tell_of_left
from domain.errors import VersionConflict
from domain.unit_guards import Left
from policies.rulebook import Rulebook
from projections.follower import AwayError
from projections.succession import LeftOpen, gone, left_by, to_pass_on

logger = logging.getLogger(__name__)


NOBODY = (0, 0)
"""No unit has ended."""
IDLE_S = 60.0
"""What units left is looked for again so seldom once nothing is left of them: closed cases stay theirs for ever."""


class Succession:
    """Looks at what is left open, time and again.

    It remembers nothing that matters: whether a thing has passed is in the thing itself, so whoever is killed, comes
    late or looks twice lets it pass once. What it has looked at it knows by sight until the read models show it.
    """

    def __init__(self, app: CaseSystem) -> None:
        self._app = app
        self._seen: dict[tuple[str, UUID, UUID], int] = {}
        self._told: set[UUID] = set()
        self._idle: tuple[tuple[int, int], float] = (NOBODY, 0.0)
        self.problem: str | None = None

    def step(self, conn: Connection[Any], now: datetime, rules: Rulebook, limit: int) -> int:
        """Let so many things pass at most; how many were looked at."""
        ended = gone(conn, now)
        known, until = self._idle
        if ended == NOBODY or (ended == known and time.monotonic() < until):
            return 0
        seen: dict[tuple[str, UUID, UUID], int] = {}
        new = 0
        after: LeftOpen | None = None
        while page := to_pass_on(conn, now, after=after):
            after = page[-1]
            for row in page:
                key = (row.noun, row.subject_id, row.unit_id)
                if self._seen.get(key) != row.version:
                    if new == limit:
                        self._seen |= seen
                        return new
                    new += 1
                    if not self._pass(row, now, rules):
                        continue
                seen[key] = row.version
        if not seen:
            self.problem = None
            self._idle = (ended, time.monotonic() + IDLE_S)
        self._seen = seen
        return new + self._tell(conn, now, rules)

    def _pass(self, row: LeftOpen, now: datetime, rules: Rulebook) -> bool:
        """Let it pass; false where it wants another look."""
        try:
            pass_on(self._app, rules, noun=row.noun, subject_id=row.subject_id, unit_id=row.unit_id, now=now)
        except VersionConflict:
            return False
        except (persistence.OperationalError, persistence.InterfaceError) as error:
            raise AwayError("lost the database") from error
        except Exception as error:
            # one thing that cannot be read is for a person; all others pass all the same
            self.problem = f"scheduler cannot pass on {row.noun} {row.subject_id}: {type(error).__name__}"
            logger.critical("%s", self.problem, exc_info=error)
        return True

    def _tell(self, conn: Connection[Any], now: datetime, rules: Rulebook) -> int:
        """Tell of what units left that nobody follows; how many were looked at."""
        found = left_by(conn, now)
        new = found.keys() - self._told
        for unit_id in new:
            tell_of_left(self._app, rules, unit_id=unit_id, left=Left(**found[unit_id]), now=now)
        self._told = set(found)
        return len(new)
