"""`minhchung schedule`: what time itself does is put on record when its time has come, once."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import typer
from eventsourcing import persistence
from psycopg import Connection, Cursor

from cli.area_succession import AreaSuccession
from cli.console import logs_to_stderr
from cli.settings import load, resolve
from cli.succession import Succession
from cli.wiring import application, rulebook
from domain.clock import legal_date
from domain.commands.application import CaseSystem
from domain.commands.camera_use import by_process, close_expired
from domain.commands.clock import tell_of_clock
from domain.errors import VersionConflict
from policies.rulebook import Rulebook
from projections.camera_uses import expired
from projections.follower import AwayError, Follower, Recorded
from projections.obligation_lists import ToTell, to_tell
from projections.position import looked, reached

logger = logging.getLogger(__name__)

ROLE = "minhchung_schedule"
AT_ONCE = 100
"""So many clocks are told of between two looks at whether to stop."""


class Scheduler(Follower):
    """Follows the obligations, and the ends of units, as time goes by: every second, and whenever something happens.

    It remembers nothing that matters. Whether a clock was told of is in what it is of, so whoever is killed,
    comes late or looks twice tells it once. Its position says up to where the obligations were when it last had
    nothing left to tell.
    """

    name: ClassVar[str] = "scheduler"
    table: ClassVar[LiteralString] = "positions"
    """Its row there is all it keeps outside of the log."""

    def __init__(
        self,
        database_url: str,
        app: CaseSystem,
        rules: Rulebook,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(database_url, self, app.mapper, role=ROLE)
        self._app = app
        self._rules = rules
        self._clock = clock
        self._now = datetime.min.replace(tzinfo=UTC)
        self._looked_at: dict[tuple[UUID, str, int], tuple[int, bool]] = {}
        self._closed: set[UUID] = set()
        self._problem: str | None = None
        self._succession = Succession(app)
        self._area_succession = AreaSuccession(app)

    def step(self, conn: Connection[tuple[Any, ...]], limit: int = AT_ONCE) -> int:
        """Tell of the clocks whose time has come, then pass on what is left, so many at most; how many were looked at.

        A clock that is set back does not set the scheduler back: what has ended has ended.
        """
        self._now = max(self._now, self._clock())
        rules = self._rules.on(legal_date(self._now))
        position = reached(conn, ["obligations"])
        looked_at: dict[tuple[UUID, str, int], tuple[int, bool]] = {}
        new = 0
        after: ToTell | None = None
        while page := to_tell(conn, self._now, after=after):
            after = page[-1]
            for row in page:
                key, sight = (row.subject_id, row.timer, row.run), (row.position, self._now < row.due)
                if self._looked_at.get(key) != sight:
                    if new == limit:
                        self._looked_at |= looked_at
                        return new
                    new += 1
                    if not self._tell(row, rules):
                        continue
                looked_at[key] = sight
        new += self._close_uses(conn, limit - new)
        if not looked_at:
            self._problem = None
        # the read model takes a moment to show what was told; until then the rows are known by sight
        self._looked_at = looked_at
        passed = self._succession.step(conn, self._now, rules, limit - new)
        moved = self._area_succession.step(conn, self._now, rules, limit - new - passed)
        problem = self._problem or self._succession.problem or self._area_succession.problem
        looked(conn, self.name, position, problem)
        return new + passed + moved

    def apply(self, _batch: Sequence[Recorded], _curs: Cursor[Any]) -> None:
        """Events are nothing to it: the obligations are."""

    def _close_uses(self, conn: Connection[tuple[Any, ...]], limit: int) -> int:
        """Put on record that the time of live views and searches is over; told twice, it is once."""
        at = by_process(self._now, self._rules.version)
        due = expired(conn, self._now, most=limit) if limit > 0 else []
        new = [use_id for use_id in due if use_id not in self._closed]
        for use_id in new:
            try:
                close_expired(self._app, at, use_id=use_id, now=self._now)
            except (persistence.OperationalError, persistence.InterfaceError) as error:
                raise AwayError("lost the database") from error
            except Exception:
                # somebody acted on it meanwhile, or it cannot be read: all others are over all the same
                logger.warning("use %s was not closed", use_id, exc_info=True)
        # until the read model shows it they are known by sight
        self._closed = set(due)
        return len(new)

    def _tell(self, row: ToTell, rules: Rulebook) -> bool:
        """Put it on record; false where it wants another look."""
        try:
            tell_of_clock(
                self._app,
                rules,
                noun=row.noun,
                subject_id=row.subject_id,
                timer=row.timer,
                due=row.due,
                now=self._now,
            )
        except VersionConflict:
            return False
        except (persistence.OperationalError, persistence.InterfaceError) as error:
            raise AwayError("lost the database") from error
        except Exception as error:
            # what cannot be read is for a person; everything else has its time all the same
            what = f"{row.timer} of {row.noun.lower()} {row.subject_id}"
            self._problem = f"{self.name} cannot tell of {what}: {type(error).__name__}"
            logger.critical("%s", self._problem, exc_info=error)
        return True


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def schedule() -> None:
        """Ghi nhận hạn sắp đến và hạn đã quá · Put on record which time limits come to their end, and which have."""
        logs_to_stderr("schedule")
        endpoints = resolve(load(), nats=False)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with application(endpoints, role=ROLE, pool=1) as cases:
            Scheduler(endpoints.database_url, cases, rulebook()).run(stop)
