"""A change of a case on its way to everybody who watches: from the command's commit to the frame received.

The product's own `serve` and `project` run as they do in production, and every subscriber has a socket of its own.
The baseline is a bare server on the same WebSocket code that sends the same bytes to as many sockets when it is told
to: no database, no permission, no GraphQL. On both sides the clients run in this one process, and what reading a frame
costs them is in the figure.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from statistics import median, quantiles

from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.installation import Installation
from bench.measure import line
from bench.sample import found
from bench.serving import PATIENCE_S, free_port, of_minhchung, process, signed_in

SUBSCRIBERS, ROUNDS = 1_000, 20
OPENING_AT_ONCE = 20
PROTOCOL = "graphql-transport-ws"
QUERY = "subscription { caseChanged { position event case { id number state version due } } }"


def run(
    at: Installation, *, subscribers: int = SUBSCRIBERS, rounds: int = ROUNDS
) -> Iterator[dict[str, object]]:
    """Yield the milliseconds within which 95 % of the subscribers have a change."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as stack:
        operator = stack.enter_context(at.application("minhchung_operator"))
        sample = found(operator)
        token = signed_in(operator, sample)
        app = stack.enter_context(at.application("minhchung_intake"))
        served, bare = free_port(), free_port()
        stack.enter_context(process(*of_minhchung("project", at, served)))
        server = stack.enter_context(process(*of_minhchung("serve", at, served)))
        settings = ["--ws", "websockets-sansio", "--log-level", "error", "--port", str(bare)]
        command = [sys.executable, "-m", "uvicorn", "bench.subscribe:broadcast", "--factory", *settings]
        stack.enter_context(process(command, {}))

        def change() -> float:
            app.record(sample.propose())
            return time.monotonic()

        asyncio.run(_all_open(served, 0))
        idle = _resident_kib(server)
        ours, frame = asyncio.run(_subscribed(served, token, subscribers, rounds, change))
        held = _resident_kib(server)
        plain = asyncio.run(_broadcast(bare, frame, subscribers, rounds))
    yield line(
        "subscribe",
        _p95(ours),
        _p95(plain),
        unit="ms",
        target="stated",
        subscribers=subscribers,
        changes=rounds,
        median=round(median(ours), 1),
        first=round(min(ours), 1),
        kib_each=round((held - idle) / subscribers, 1),
        **at.settings(),
    )


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[18]


def _resident_kib(pid: int) -> int:
    """Say what a process holds in memory; it gives little back, so this is also the most it held."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


# -- clients ------------------------------------------------------------------


async def _subscribed(
    port: int, token: str, count: int, rounds: int, change: Callable[[], float]
) -> tuple[list[float], str]:
    """Measure how long each subscriber waits for each change, and show one frame."""

    async def subscribe(client: ClientConnection) -> None:
        said = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await client.send(json.dumps(said))
        if json.loads(await client.recv()) != {"type": "connection_ack"}:
            raise AssertionError("the server did not take the token")
        await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
        # an answer says that what was sent before it has begun
        await client.send(json.dumps({"type": "ping"}))
        await client.recv()

    async with AsyncExitStack() as stack:
        clients = await _opened(stack, port, count, subscribe)
        await _all_open(port, count)
        waits, frame = [], ""
        for turn in range(rounds + 1):
            reading = [asyncio.create_task(_arrival(client)) for client in clients]
            committed = await asyncio.to_thread(change)
            arrived = await asyncio.wait_for(asyncio.gather(*reading), PATIENCE_S)
            frame = arrived[0][1]
            if {json.loads(text)["type"] for _, text in arrived} != {"next"} or len(arrived) != count:
                raise AssertionError(f"of {count} subscribers not all were told")
            if turn:  # the first is to warm up
                waits += [1000 * (at - committed) for at, _ in arrived]
        return waits, frame


async def _broadcast(port: int, frame: str, count: int, rounds: int) -> list[float]:
    """Measure how long each client of the bare server waits for the same bytes."""

    async def begin(client: ClientConnection) -> None:
        await client.recv()

    async with AsyncExitStack() as stack:
        clients = await _opened(stack, port, count, begin)
        [teller] = await _opened(stack, port, 1, begin)
        waits = []
        for turn in range(rounds + 1):
            reading = [asyncio.create_task(_arrival(client)) for client in (*clients, teller)]
            await asyncio.sleep(0)
            sent = time.monotonic()
            await teller.send(frame)
            arrived = await asyncio.wait_for(asyncio.gather(*reading), PATIENCE_S)
            if turn:
                waits += [1000 * (at - sent) for at, _ in arrived[:-1]]
        return waits


async def _opened(
    stack: AsyncExitStack, port: int, count: int, begin: Callable[[ClientConnection], Awaitable[None]]
) -> list[ClientConnection]:
    """Open so many sockets, a few at a time."""
    room = asyncio.Semaphore(OPENING_AT_ONCE)

    async def one() -> ClientConnection:
        async with room:
            client = await stack.enter_async_context(await _connected(port))
            await begin(client)
            return client

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def _connected(port: int) -> ClientConnection:
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        try:
            client: ClientConnection = await connect(
                f"ws://127.0.0.1:{port}/graphql",
                subprotocols=[PROTOCOL],  # type: ignore[list-item] # a NewType of str
                compression=None,
                ping_interval=None,
            )
            return client
        except (OSError, WebSocketException):  # the server is still starting
            if time.monotonic() > give_up_at:
                raise
            await asyncio.sleep(0.1)


async def _all_open(port: int, count: int) -> None:
    """Wait until the server counts as many subscriptions."""
    wanted = f"minhchung_subscribers {count}.0"
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:  # it is still starting
                await asyncio.sleep(0.1)
                continue
            writer.write(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            text = (await reader.read()).decode()
            writer.close()
            await writer.wait_closed()
            if wanted in text.splitlines():
                return
            await asyncio.sleep(0.1)


async def _arrival(client: ClientConnection) -> tuple[float, str]:
    text = await client.recv()
    return time.monotonic(), str(text)


# -- the baseline -------------------------------------------------------------


def broadcast() -> ASGIApp:
    """Build the bare server: what one socket says is sent to all."""
    sockets: list[Send] = []

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        await send({"type": "websocket.send", "text": "{}"})
        sockets.append(send)
        while (message := await receive())["type"] == "websocket.receive":
            for each in tuple(sockets):
                await each({"type": "websocket.send", "text": message["text"]})
        sockets.remove(send)

    return serve
