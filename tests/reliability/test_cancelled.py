"""Whoever asks and goes away, at any moment and by the thousand: no connection, thread or task is lost by it."""

import asyncio
import json
import random
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import pytest
from psycopg_pool import ConnectionPool
from starlette.types import ASGIApp, Message, Scope

from api.services import HASHERS, JOBS, READERS, WRITERS
from tests.support.api import Installation
from tests.support.serving import until
from tests.support.soak import sizes
from tests.support.watching import Served, served
from tests.support.wire import Wire

AT_ONCE = (8, 64, 500)
"""Few, of which some are answered in time, or so many that most wait for a thread."""
LONGEST_S = 0.05
ASKED = [
    "{ me { id } }",
    "{ cases(first: 5) { nodes { id number state } } }",
    "{ cameras(first: 5) { nodes { id code } } }",
]


def request(query: str, token: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The body and the headers of a request."""
    body = json.dumps({"query": query}).encode()
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "authorization": f"Bearer {token}",
    }
    return body, [(name.encode(), value.encode()) for name, value in headers.items()]


async def broken_off(app: ASGIApp, token: str, wanted: int) -> int:
    """Ask, up to hundreds at once, and cancel them at any moment, until so many were; how many were asked."""
    chance = random.Random(wanted)  # noqa: S311 — moments, no secret
    cancelled = asked = 0
    while cancelled < wanted or asked == cancelled:
        tasks = [
            asyncio.create_task(ask(app, chance.choice(ASKED), token)) for _ in range(chance.choice(AT_ONCE))
        ]
        await asyncio.sleep(chance.uniform(0, LONGEST_S))
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        cancelled += sum(isinstance(end, asyncio.CancelledError) for end in ends)
        assert {type(end) for end in ends} <= {asyncio.CancelledError, int}
        asked += len(tasks)
    return asked


async def ask(app: ASGIApp, query: str, token: str) -> int:
    """Ask past the socket; the status."""
    body, headers = request(query, token)
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    status: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    await app(scope, receive, send)
    return status[0]


def hung_up(address: tuple[str, int], token: str, count: int) -> None:
    """Ask over sockets and hang up: in the head, in the body, or when all was said."""
    chance = random.Random(count)  # noqa: S311 — as above
    for n in range(count):
        body, headers = request(ASKED[n % len(ASKED)], token)
        head = b"POST /graphql HTTP/1.1\r\n" + b"".join(b"%b: %b\r\n" % pair for pair in headers) + b"\r\n"
        said = head + body
        until_here = (chance.randrange(len(head)), chance.randrange(len(head), len(said)), len(said))[n % 3]
        with socket.create_connection(address) as client:
            client.sendall(said[:until_here])
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def operations_dropped(at: Served, token: str, sockets: int) -> None:
    """Begin operations on sockets and drop them: by a word, or by hanging up."""
    for n in range(sockets):
        wire = Wire(at.address, token)
        wire.begin()
        for m, query in enumerate(ASKED):
            wire.send({"id": str(m), "type": "subscribe", "payload": {"query": query}})
            if n % 2:
                wire.send({"id": str(m), "type": "complete"})
        wire.hang_up()


def standing(pool: ConnectionPool[Any]) -> tuple[int, int]:
    """How many connections of a pool are lent or missing, and how many wait for one."""
    stats = pool.get_stats()
    return stats["pool_size"] - stats["pool_available"], stats.get("requests_waiting", 0)


@pytest.mark.timeout(300)
@sizes(cancelled=(10_000, 1_000_000), sockets=(150, 15_000))
def test_nothing_is_lost(
    installation: Installation, counted: Callable[[str], None], cancelled: int, sockets: int
) -> None:
    """After thousands that were cancelled each connection is back, no task is left, and the next is served."""
    token = installation.tokens["centre.approve"]
    with served(installation) as at:
        factory: Any = installation.cases.factory
        pools = {"reads": at.reads._pool, "writes": factory.datastore.pool}
        [loop] = at.loops
        assert asyncio.run_coroutine_threadsafe(ask(at.app, ASKED[0], token), loop).result(30) == 200
        idle, threads = at.tasks(), threading.active_count()
        asked = asyncio.run_coroutine_threadsafe(broken_off(at.app, token, cancelled), loop).result()
        hung_up(at.address, token, 3 * sockets)
        operations_dropped(at, token, sockets)
        assert at.empty()
        assert until(lambda: at.tasks() <= idle, seconds=30)
        assert until(lambda: all(standing(pool) == (0, 0) for pool in pools.values()), seconds=30)
        sizes_of = {name: (pool.get_stats()["pool_size"], pool.max_size) for name, pool in pools.items()}
        assert all(0 < size <= most for size, most in sizes_of.values())
        assert threading.active_count() - threads <= READERS + WRITERS + HASHERS + JOBS
        for query in ASKED:
            assert asyncio.run_coroutine_threadsafe(ask(at.app, query, token), loop).result(10) == 200
    counted(
        f"Pool {cancelled} of {asked} requests cancelled at any moment, {3 * sockets} hung up on, {3 * sockets}"
        f" operations on sockets dropped: 0 connections, 0 tasks lost; {sizes_of['reads'][0]} readers and"
        f" {sizes_of['writes'][0]} writers serve the next"
    )
