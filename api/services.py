"""What the ways in share in one process: the application, the rulebook, and threads for synchronous work."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from anyio import CapacityLimiter, to_thread
from eventsourcing import persistence
from psycopg import AsyncConnection, Connection
from psycopg_pool import ConnectionPool

from domain.clock import legal_date
from domain.commands.application import CaseSystem
from domain.context import Actor, Authority, Context
from policies.rulebook import Rulebook
from store.credentials import Credentials
from store.datastore import conninfo, enter_role, role_statement
from store.keys import Keys
from store.recorder import CHANNEL

P = ParamSpec("P")
T = TypeVar("T")

AWAY = (
    psycopg.OperationalError,  # a pool that ran out of time is one
    psycopg.InterfaceError,
    persistence.OperationalError,
    persistence.InterfaceError,
)
"""What is raised while the database cannot be reached, or cannot answer in time."""

READERS = 8
WRITERS = 4
"""Threads that write; the log takes one at a time, so more buy nothing."""


class Reads:
    """Runs queries on threads and connections of their own, never on the event loop.

    Threads rather than asynchronous connections: a request that is cancelled leaves its connection to finish,
    so the pool never loses one.
    """

    def __init__(self, database_url: str, *, role: str, size: int = READERS) -> None:
        def configure(conn: Connection[Any]) -> None:
            conn.autocommit = True
            conn.execute("SET statement_timeout = '5s'")
            enter_role(conn, role)

        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            kwargs=conninfo(database_url, application_name=f"{role} reads"),
            min_size=2,
            max_size=size,
            open=False,
            configure=configure,
            timeout=5.0,
            # a pool that gives up reconnecting serves nobody until somebody new asks (psycopg #370)
            reconnect_timeout=300.0,
            check=ConnectionPool.check_connection,
        )
        self._limiter = CapacityLimiter(size)
        self._url, self._role = database_url, role

    def open(self) -> None:
        """Start the pool; the first connections are made in the background."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    async def __call__(
        self, query: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *query* with a connection."""

        def run() -> T:
            with self._pool.connection() as conn:
                return query(conn, *args, **kwargs)

        return await to_thread.run_sync(run, limiter=self._limiter)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Hold a connection apart that hears of every append."""
        name = f"{self._role} live"
        async with await AsyncConnection.connect(
            **conninfo(self._url, application_name=name), autocommit=True
        ) as conn:
            await conn.execute(role_statement(self._role))
            await conn.execute(f"LISTEN {CHANNEL}")
            yield conn


class Writes:
    """Runs commands on threads of their own; a command whose request went away still finishes."""

    def __init__(self, size: int = WRITERS) -> None:
        self._limiter = CapacityLimiter(size)

    async def __call__(self, command: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *command*."""
        return await to_thread.run_sync(partial(command, *args, **kwargs), limiter=self._limiter)


@dataclass(frozen=True)
class Services:
    """Everything a request may use."""

    app: CaseSystem
    credentials: Credentials
    keys: Keys
    rulebook: Rulebook
    authority: Authority
    reads: Reads
    writes: Writes
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def context(self, actor: Actor) -> Context:
        """The circumstances of an act by *actor* now."""
        now = self.now()
        rulebook = self.rulebook.on(legal_date(now))
        return Context(actor=actor, now=now, rulebook=rulebook, authority=self.authority)
