"""The recorder: how events reach the log.

One statement takes an advisory transaction lock, inserts the events and the command's key, and tells followers.
The lock makes commit order the order of positions, so that nobody who reads the log in order misses an event;
writers need the rights to read and insert, nothing else (the library's own recorder locks the table, which
wants more, and takes five statements; ADR 2). So nobody who writes can change what was written (R-QT-5.1.0,
R-QT-5.4.0, R-DB-10.4.0, R-YB-11.4.0).
"""

import hmac
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    ApplicationRecorder,
    BaseInfrastructureFactory,
    IntegrityError,
    InterfaceError,
    Mapper,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresFactory
from eventsourcing.utils import Environment, EnvType, retry
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, tuple_row

from domain.commands.application import Answer, Command, CommandSeenError, Stored
from domain.session import Session
from store.datastore import Datastore
from store.keys import KeyFolder, Keys
from store.mapper import SealingMapper

logger = logging.getLogger(__name__)

CHANNEL = "events"
"""Followers listen here; what arrives says only that there is something to read."""

LOCK = 0x6D63_6C6F_67
"""The advisory lock of the log (`mclog`)."""

BEGINS: LiteralString = "\nWITH "
APPEND: LiteralString = """
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(lock)s)),
written AS (
    INSERT INTO events (originator_id, originator_version, topic, state)
    SELECT e.originator_id, e.originator_version, e.topic, e.state
    FROM held, unnest(%(ids)s::uuid[], %(versions)s::bigint[], %(topics)s::text[], %(states)s::bytea[])
        WITH ORDINALITY AS e (originator_id, originator_version, topic, state, n)
    ORDER BY e.n
    RETURNING notification_id
)
SELECT notification_id, pg_notify('events', '') FROM written ORDER BY notification_id
"""

APPEND_ONE: LiteralString = """
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(lock)s)),
written AS (
    INSERT INTO events (originator_id, originator_version, topic, state)
    SELECT %(id)s, %(version)s, %(topic)s, %(state)s FROM held
    RETURNING notification_id
)
SELECT notification_id, pg_notify('events', '') FROM written
"""

KEYED: LiteralString = """,
keyed AS (
    INSERT INTO commands (account, command_id, input_hash, originator_id, version, position)
    SELECT %(account)s, %(command_id)s, %(input_hash)s, %(key_id)s, %(key_version)s, max(notification_id)
    FROM written
)
SELECT notification_id"""

KEYED_ONE: LiteralString = """
INSERT INTO commands (account, command_id, input_hash, originator_id, version, position)
SELECT %(account)s, %(command_id)s, %(input_hash)s, %(key_id)s, %(key_version)s, notification_id FROM written
RETURNING position AS notification_id, pg_notify('events', '')
"""

ENDED: LiteralString = """
WITH ended AS (DELETE FROM sessions WHERE session_id = ANY(%(ended)s)), """
"""What begins a statement that says of sessions that they have ended: their tokens are worth nothing from then on."""
ENDS = frozenset({Session.Closed.TOPIC, Session.Revoked.TOPIC})

APPEND_KEYED: LiteralString = APPEND.replace("\nSELECT notification_id", KEYED)
APPEND_ONE_KEYED: LiteralString = APPEND_ONE[: APPEND_ONE.index("\nSELECT notification_id")] + KEYED_ONE

HOLD: LiteralString = "SELECT pg_advisory_xact_lock(%s)"
CHANGED: LiteralString = """
SELECT FROM events JOIN unnest(%s::uuid[], %s::bigint[]) AS known (id, version)
    ON originator_id = known.id AND originator_version = known.version + 1
LIMIT 1
"""
"""Whether what was looked at has moved on: asked after the lock, for a statement that takes it sees what was before."""

LOAD: LiteralString = """
SELECT originator_id, originator_version, topic, state FROM events WHERE originator_id = %s
ORDER BY originator_version
"""

RETRY_FOR_S = 10.0
"""How long an append outlasts a lost connection before it tells the caller."""


class Recorder(PostgresApplicationRecorder):
    """The library's recorder over our statement, and the keeper of command keys and case numbers."""

    datastore: Datastore

    def __init__(
        self, datastore: Datastore, *, keys: KeyFolder | None = None, events_table_name: str = "events"
    ) -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.channel_name = CHANNEL
        self._keys = keys

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append events and, with `command=`, the command's key, in one statement.

        With `unchanged=`, versions of other aggregates by their ids, only where these are at them still.
        A connection lost on the way leaves it open whether the log has them; the statement is then sent again,
        and a conflict with one's own earlier success is recognised by comparing every byte, never reported.

        Raises:
            IntegrityError: another writer recorded one of these versions, or one after those that were looked at.
            CommandSeenError: another writer stored this command's key.
            OperationalError: the database did not come back in time; the caller may retry the whole command.
        """
        command: Command | None = kwargs.get("command")
        known: Mapping[UUID, int] = kwargs.get("unchanged") or {}
        if not stored_events:
            return []
        statement, params = _append(stored_events, command)
        give_up_at = time.monotonic() + RETRY_FOR_S
        uncertain = False
        while True:
            try:
                with self.datastore.get_connection() as conn, conn.transaction() if known else nullcontext():
                    if known:
                        _check_unchanged(conn, known)
                    rows = conn.execute(statement, params).fetchall()
                return [row["notification_id"] for row in rows]
            except (OperationalError, InterfaceError) as error:
                if not _connection_lost(error) or time.monotonic() >= give_up_at:
                    raise
                logger.warning("connection lost while appending, looking again")
                uncertain = True
                self.datastore.pool.check()
            except IntegrityError as error:
                if uncertain and (positions := self._positions_if_ours(stored_events)):
                    return positions
                if _constraint(error) == "commands_key":
                    raise CommandSeenError from error
                raise

    def _positions_if_ours(self, stored_events: Sequence[StoredEvent]) -> list[int]:
        with self.datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT e.originator_id, e.originator_version, e.topic, e.state, e.notification_id"
                " FROM events e JOIN unnest(%s::uuid[], %s::bigint[]) AS k (id, version)"
                " ON e.originator_id = k.id AND e.originator_version = k.version ORDER BY e.notification_id",
                [[e.originator_id for e in stored_events], [e.originator_version for e in stored_events]],
            ).fetchall()
        ours = {(e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events}
        found = {(r["originator_id"], r["originator_version"], r["topic"], bytes(r["state"])) for r in rows}
        return [r["notification_id"] for r in rows] if found == ours else []

    def _insert_stored_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> None:
        """Append within a transaction of the caller's; the lock is held until it ends."""
        statement, params = _append(stored_events, kwargs.get("command"))
        curs.execute(statement, params)

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read an aggregate's events; a whole aggregate by a statement that is not put together anew each time."""
        if gt is not None or lte is not None or desc or limit is not None:
            found: Sequence[StoredEvent] = super().select_events(
                originator_id, gt=gt, lte=lte, desc=desc, limit=limit
            )
            return found
        with self.datastore.get_connection() as conn, conn.cursor(binary=True, row_factory=tuple_row) as curs:
            return [StoredEvent(*row) for row in curs.execute(LOAD, (originator_id,))]

    # -- commands and numbers -------------------------------------------------

    @cached_property
    def _secret(self) -> bytes:
        if self._keys is None:
            raise LookupError("a recorder of commands needs MINHCHUNG_KEYS")
        return self._keys.secret("commands")

    def bound(self, digest: bytes) -> bytes:
        """Bind a hash of what was said to a secret outside the database: a plate is short enough to be guessed."""
        return hmac.digest(self._secret, digest, "sha256")

    def find_command(self, account: str, command_id: str) -> Stored | None:
        """The stored answer of a command, if it was carried out."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT input_hash, originator_id, version, position FROM commands"
                " WHERE account = %s AND command_id = %s",
                (account, command_id),
            ).fetchone()
        if row is None:
            return None
        answer = Answer(row["originator_id"], row["version"], row["position"])
        return Stored(answer, bytes(row["input_hash"]))

    def last_position(self, originator_id: UUID) -> int:
        """The log position of an aggregate's last event."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT max(notification_id) AS position FROM events WHERE originator_id = %s",
                (originator_id,),
            ).fetchone()
        return int(row["position"]) if row and row["position"] is not None else 0

    def existing(self, originator_ids: Collection[UUID]) -> set[UUID]:
        """Which of these aggregates are on record."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT originator_id FROM events WHERE originator_id = ANY(%s) AND originator_version = 1",
                (list(originator_ids),),
            ).fetchall()
        return {row["originator_id"] for row in rows}

    def open_sessions(self, account_id: UUID, *, from_outside: bool = False) -> list[UUID]:
        """The sessions of an account whose tokens open it; those alone that an identity provider opened."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT session_id FROM sessions WHERE account_id = %s AND expires_at > now()"
                " AND NOT (%s AND by_password) ORDER BY opened_at, session_id",
                (account_id, from_outside),
            ).fetchall()
        return [row["session_id"] for row in rows]

    def next_numbers(self, code: str, year: int, count: int) -> range:
        """Draw several case numbers at once."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(
                "INSERT INTO case_numbers (code, year, last) VALUES (%(code)s, %(year)s, %(count)s)"
                " ON CONFLICT (code, year) DO UPDATE SET last = case_numbers.last + %(count)s RETURNING last",
                {"code": code, "year": year, "count": count},
            ).fetchone()
        if row is None:  # pragma: no cover — RETURNING always returns
            raise OperationalError
        return range(row["last"] - count + 1, row["last"] + 1)


def _check_unchanged(conn: Connection[DictRow], known: Mapping[UUID, int]) -> None:
    conn.execute(HOLD, (LOCK,))
    if conn.execute(CHANGED, (list(known), list(known.values()))).fetchone() is not None:
        raise IntegrityError("what the decision looked at has changed")


def _append(
    stored_events: Sequence[StoredEvent], command: Command | None
) -> tuple[LiteralString, dict[str, Any]]:
    params: dict[str, Any]
    if len(stored_events) == 1:
        event = stored_events[0]
        statement = APPEND_ONE_KEYED if command else APPEND_ONE
        params = {
            "lock": LOCK,
            "id": event.originator_id,
            "version": event.originator_version,
            "topic": event.topic,
            "state": event.state,
        }
    else:
        statement = APPEND_KEYED if command else APPEND
        params = {
            "lock": LOCK,
            "ids": [e.originator_id for e in stored_events],
            "versions": [e.originator_version for e in stored_events],
            "topics": [e.topic for e in stored_events],
            "states": [e.state for e in stored_events],
        }
    if ended := [event.originator_id for event in stored_events if event.topic in ENDS]:
        statement = ENDED + statement.removeprefix(BEGINS)
        params["ended"] = ended
    if command:
        last = stored_events[-1]
        params |= {
            "account": command.account,
            "command_id": command.command_id,
            "input_hash": command.input_hash,
            "key_id": last.originator_id,
            "key_version": last.originator_version,
        }
    return statement, params


def _connection_lost(error: Exception) -> bool:
    """Whether the connection broke, rather than the statement running into a limit of its own."""
    cause = error.__cause__
    return not (isinstance(cause, psycopg.Error) and cause.sqlstate) or bool(
        cause.sqlstate and cause.sqlstate[:2] in {"08", "57"} and cause.sqlstate != "57014"
    )


def _constraint(error: Exception) -> str | None:
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None


class Factory(PostgresFactory):
    """Builds the recorder from DATABASE_URL; the library finds it by PERSISTENCE_MODULE."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        # past the library's own, which reads five variables where we honour one URL whole
        BaseInfrastructureFactory.__init__(self, env)
        self.datastore: Datastore = Datastore(
            self.env["DATABASE_URL"],
            role=self.env.get("DATABASE_ROLE") or None,
            pool_size=int(self.env.get("DATABASE_POOL_SIZE") or 2),
            max_overflow=int(self.env.get("DATABASE_POOL_OVERFLOW") or 2),
        )
        self._folder = KeyFolder(Path(self.env["MINHCHUNG_KEYS"]))
        self.keys = Keys(self.datastore, self._folder)

    def mapper(self, *_: Any, **__: Any) -> Mapper[Any]:
        """The mapper that seals personal data."""
        return SealingMapper(self.keys)

    def application_recorder(self) -> ApplicationRecorder:
        """The recorder over the table made by migration."""
        return Recorder(self.datastore, keys=self._folder)
