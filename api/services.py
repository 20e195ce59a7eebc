"""What the ways in share in one process: the application, the rulebook, and threads for synchronous work."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import psycopg
from eventsourcing import persistence
from psycopg import AsyncConnection, Connection
from psycopg_pool import ConnectionPool

from api.devices.nowhere import Nowhere
from api.gateways import Gateways
from api.identity_provider import IdentityProvider
from api.urls import SignedUrls
from domain.clock import legal_date
from domain.commands.application import CaseSystem
from domain.context import Actor, Context
from domain.control import Ptz
from domain.footage import Footage, FootageAwayError
from policies.rulebook import Rulebook
from store.camera_access import CameraAccess
from store.credentials import Credentials
from store.datastore import Patient, conninfo, enter_role, role_statement
from store.identities import Identities
from store.keys import Keys
from store.recorder import CHANNEL
from store.second_factor import SecondFactors

P = ParamSpec("P")
T = TypeVar("T")

AWAY = (
    psycopg.OperationalError,  # a pool that ran out of time is one
    psycopg.InterfaceError,
    persistence.OperationalError,
    persistence.InterfaceError,
    FootageAwayError,
)
"""What is raised while the database or the evidence store cannot be reached, or cannot answer in time."""

READERS = 8
JOBS = 2
"""Threads that cut and hash footage; the disk is what they wait for."""
WRITERS = 4
"""Threads that write; the log takes one at a time, so more buy nothing."""
DEVICES = 8
"""Threads that wait for cameras to answer, which some of them take seconds to do."""
HASHERS = max(1, (os.cpu_count() or 1) // 2)
"""Threads that hash passwords, 19 MiB and 20 ms of a processor each time: the other half is for those who are in."""
AT_THE_DOOR = 100
"""Sign-ins under way at once: what those threads do in a few seconds, and no more memory than that."""


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
            connection_class=Patient,
            kwargs=conninfo(database_url, application_name=f"{role} reads"),
            min_size=2,
            max_size=size,
            open=False,
            configure=configure,
            timeout=3.0,
            # it waits twice as long before each try; one that gave up tries at once for whoever asks next
            reconnect_timeout=5.0,
        )
        self._threads = ThreadPoolExecutor(size, "read")
        self._size = size
        self._url, self._role = database_url, role

    def open(self) -> None:
        """Start the pool; the first connections are made in the background."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close every connection; a query under way is waited for by nobody."""
        self._pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(
        self, query: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *query* with a connection."""
        run = partial(self.sync, query, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, run)

    def sync(
        self, query: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *query* on this thread, which is none of the event loop's: what a command asks a read model."""
        # A connection that broke while it lay idle is found out by the query, not by a question before each one; there
        # may be as many as the pool has, and to read again changes nothing.
        for _ in range(self._size):
            with self._pool.connection() as conn:
                try:
                    return query(conn, *args, **kwargs)
                except psycopg.OperationalError:
                    if not conn.broken:
                        raise
        with self._pool.connection() as conn:
            return query(conn, *args, **kwargs)

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
    """Runs commands on threads of their own; a command whose request went away still finishes, on the thread it has.

    There are no more threads than that: a request that is given up does not make room for another beside its command.
    """

    def __init__(self, size: int = WRITERS) -> None:
        self._threads = ThreadPoolExecutor(size, "write")

    async def __call__(self, command: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *command*."""
        run = partial(command, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, run)


class Door:
    """Hashes passwords on few threads of its own, for which nothing else waits; too many at once are turned away.

    The threads rank as high as others: one that is passed over while it holds the interpreter holds up everybody.
    """

    def __init__(self, size: int = HASHERS, *, room: int = AT_THE_DOOR) -> None:
        self._pool = ThreadPoolExecutor(size, "password")
        self._room = room

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Take a place at the door for the whole of a sign-in; False where there is none."""
        if not self._room:
            yield False
            return
        self._room -= 1
        try:
            yield True
        finally:
            self._room += 1

    async def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work*, when it is its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))


class Jobs:
    """Runs what may take minutes on few threads of its own; whoever asks for a job that runs waits for that one.

    A request that was given up leaves its job to finish, and the request that is sent again finds it there: also for
    a while after it has succeeded, or a job longer than a request may take would never be answered.
    """

    def __init__(self, size: int = JOBS, *, kept_s: float = 60.0) -> None:
        self._pool = ThreadPoolExecutor(size, "job")
        self._known: dict[Hashable, Future[Any]] = {}
        self._forgetting: set[asyncio.Task[None]] = set()
        self._kept_s = kept_s

    async def __call__(self, key: Hashable, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work*, or wait for the job of that key."""
        job = self._known.get(key)
        if job is None:
            job = self._known[key] = self._pool.submit(work, *args, **kwargs)
            forgetting = asyncio.get_running_loop().create_task(self._forget(key, job))
            self._forgetting.add(forgetting)  # the loop itself holds tasks weakly
            forgetting.add_done_callback(self._forgetting.discard)
        result: T = await asyncio.shield(asyncio.wrap_future(job))
        return result

    async def _forget(self, key: Hashable, job: Future[Any]) -> None:
        ended = asyncio.wrap_future(job)
        await asyncio.wait([ended])
        # to look at its exception is to know of it: the loop logs, text and all, what nobody has looked at
        if not ended.cancelled() and ended.exception() is None and ended.result() is not False:
            await asyncio.sleep(self._kept_s)
        self._known.pop(key, None)

    def close(self) -> None:
        """Take no more jobs, and wait for none."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Files(Footage, Protocol):
    """Kept footage and evidence, as bytes."""

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name, which is made of its content."""

    def size(self, name: str) -> int | None:
        """How many bytes an object has; None where there is none."""

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Some bytes of an object, from *start* up to *end*."""


@dataclass(frozen=True)
class Services:
    """Everything a request may use."""

    app: CaseSystem
    credentials: Credentials
    keys: Keys
    camera_access: CameraAccess
    rulebook: Rulebook
    reads: Reads
    writes: Writes
    footage: Files
    urls: SignedUrls
    jobs: Jobs
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    door: Door = field(default_factory=Door)
    gateways: Gateways = field(default_factory=Gateways)
    ptz: Ptz = field(default_factory=Nowhere)
    devices: Writes = field(default_factory=lambda: Writes(DEVICES))
    identity_provider: IdentityProvider | None = None

    @property
    def second_factors(self) -> SecondFactors:
        """The second factors of accounts."""
        return SecondFactors(self.credentials.datastore, self.keys)

    @property
    def identities(self) -> Identities:
        """Who enters which account from an identity provider."""
        return Identities(self.credentials.datastore, self.app.commands.bound)

    def context(self, actor: Actor, at: datetime | None = None) -> Context:
        """The circumstances of an act by *actor* now, rules and permissions of one and the same rulebook.

        Of an act at a past instant they are asked for to explain what was allowed then.
        """
        now = at or self.now()
        rulebook = self.rulebook.on(legal_date(now))
        return Context(actor=actor, now=now, rulebook=rulebook, authority=rulebook.authority)
