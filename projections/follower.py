"""The one follower: reads the log in order and lets a read model fold it.

Rows and position move in one transaction, so a read model is always exactly a prefix of the log.
A follower leads by advisory lock, wakes by NOTIFY and by itself every second, comes back after a lost connection,
and stops loudly at an event it cannot apply; it never skips one.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, NoReturn, Protocol, cast

import psycopg
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from psycopg import Connection, Cursor

from domain.envelope import Event
from store.datastore import Patient, conninfo, enter_role
from store.recorder import CHANNEL

logger = logging.getLogger(__name__)

ROLE = "minhchung_project"
BATCH = 1000
POLL_S = 1.0
BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)

READ: LiteralString = """
SELECT notification_id, originator_id, originator_version, topic, state FROM events
WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event at its place in the log."""

    position: int
    event: Event


class ReadModel(Protocol):
    """What a follower feeds: rows that are a fold of the log."""

    @property
    def name(self) -> str:
        """What it is called in `positions`."""

    @property
    def table(self) -> LiteralString:
        """Where its rows are."""

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""


class CannotApplyError(Exception):
    """An event that a read model cannot apply; it names the read model and the position."""

    def __init__(self, name: str, position: int, cause: BaseException) -> None:
        super().__init__(f"{name} stopped at position {position}: {type(cause).__name__}: {cause}")
        self.position = position
        self.told = f"{name} stopped at position {position}: {type(cause).__name__}"
        """What whoever asks may read: the kind of the cause, none of its words."""


class AwayError(Exception):
    """What a follower writes to besides the database cannot take it now; its words name no address and no person."""


class Follower:
    """Feeds one read model from the log."""

    def __init__(
        self, database_url: str, read_model: ReadModel, mapper: Mapper[Any], *, role: str = ROLE
    ) -> None:
        self.read_model = read_model
        self._url = database_url
        self._mapper = mapper
        self._role = role
        self._trouble = ""
        self.leading = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop; what is away is waited for, and told when it goes away, not while it is.

        Raises:
            CannotApplyError: an event cannot be applied; its position and cause are also kept in `positions`.
        """
        lost = 0
        while not stop.is_set():
            try:
                with self.connect() as conn:
                    self._follow(conn, stop)
            except (psycopg.OperationalError, AwayError) as error:
                self.leading.clear()
                away = isinstance(error, AwayError)
                trouble = str(error) if away else f"lost the database: {type(error).__name__}"
                lost = lost + 1 if self._trouble else 0
                if trouble != self._trouble:
                    logger.warning("%s %s", self.name, trouble)
                    self._trouble = trouble
                stop.wait(BACK_OFF_S[min(lost, len(BACK_OFF_S) - 1)])
        self.leading.clear()

    def connect(self) -> Patient[tuple[Any, ...]]:
        """Open a connection of one's own, under the follower's role."""
        conn = Patient.connect(
            **conninfo(self._url, application_name=f"follower {self.read_model.name}"), autocommit=True
        )
        enter_role(conn, self._role)
        return conn

    def _follow(self, conn: Connection[tuple[Any, ...]], stop: threading.Event) -> None:
        while not stop.is_set() and not self._lead(conn):
            stop.wait(POLL_S)
        if stop.is_set():
            return
        self.leading.set()
        # whoever starts again has no problem until it meets one
        conn.execute(
            "INSERT INTO positions (name, position) VALUES (%s, 0)"
            " ON CONFLICT (name) DO UPDATE SET problem = NULL WHERE positions.problem IS NOT NULL",
            [self.name],
        )
        conn.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            seen = self.step(conn)
            if self._trouble:
                logger.info("%s goes on", self.name)
                self._trouble = ""
            if seen < BATCH:
                for _ in conn.notifies(timeout=POLL_S, stop_after=1):
                    pass

    @property
    def name(self) -> str:
        """The read model's name, which is the follower's."""
        return self.read_model.name

    def _lead(self, conn: Connection[tuple[Any, ...]]) -> bool:
        row = conn.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [self.name]).fetchone()
        return bool(row and row[0])

    def step(self, conn: Connection[tuple[Any, ...]], limit: int = BATCH) -> int:
        """Apply the next batch with its position in one transaction; how many events there were."""
        batch: list[Recorded] = []
        try:
            with conn.transaction(), conn.cursor() as curs:
                position = self._position(curs)
                batch = self._read(curs, position, limit)
                if batch:
                    self.read_model.apply(batch, curs)
                    curs.execute(
                        "UPDATE positions SET position = %s, problem = NULL, seen_at = now() WHERE name = %s",
                        (batch[-1].position, self.name),
                    )
        except Exception as error:
            if isinstance(error, AwayError) or _is_outage(conn, error):
                raise
            if limit > 1:
                # go on one by one up to the event that cannot be applied
                for _ in range(limit):
                    if self.step(conn, 1) == 0:
                        break
                return limit
            self._stop_at(conn, self._next(conn), error)
        return len(batch)

    def _stop_at(self, conn: Connection[tuple[Any, ...]], position: int, cause: Exception) -> NoReturn:
        stopped = CannotApplyError(self.name, position, cause)
        conn.execute("UPDATE positions SET problem = %s WHERE name = %s", (stopped.told, self.name))
        logger.critical("%s", stopped)
        raise stopped from cause

    def _position(self, curs: Cursor[Any]) -> int:
        row = curs.execute(
            "SELECT position FROM positions WHERE name = %s FOR UPDATE", [self.name]
        ).fetchone()
        return int(row[0]) if row else 0

    def _next(self, conn: Connection[tuple[Any, ...]]) -> int:
        row = conn.execute(
            "SELECT min(notification_id) FROM events WHERE notification_id >"
            " (SELECT position FROM positions WHERE name = %s)",
            [self.name],
        ).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def _read(self, curs: Cursor[Any], position: int, limit: int) -> list[Recorded]:
        to_domain_event = self._mapper.to_domain_event
        return [
            Recorded(
                row[0], cast("Event", _checked(to_domain_event(StoredEvent(row[1], row[2], row[3], row[4]))))
            )
            for row in curs.execute(READ, (position, limit), binary=True).fetchall()
        ]


def _is_outage(conn: Connection[tuple[Any, ...]], error: Exception) -> bool:
    """Whether the database went away, or is full, rather than that an event cannot be applied."""
    if not isinstance(error, psycopg.OperationalError):
        return False
    return conn.broken or conn.closed or error.sqlstate is None or error.sqlstate[:2] in {"08", "53", "57"}


def _checked(event: DomainEventProtocol[Any]) -> DomainEventProtocol[Any]:
    if not isinstance(event, Event):
        raise TypeError(f"{type(event).__qualname__} is not an event of ours")
    return event
