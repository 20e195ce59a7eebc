"""Whoever watches cases change: an application of a test's own, and sockets to it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from api.graphql.schema import build
from api.http.app import application
from api.http.slow_clients import server_settings
from api.live import Live
from api.presence import Presence
from api.services import Jobs, Reads
from projections.all import read_models
from projections.case_queue import QueueFilter
from projections.follower import Follower
from tests.support.api import Installation
from tests.support.serving import serving, until

PROTOCOL = "graphql-transport-ws"
CHANGED = """
subscription($filter: CaseFilter, $p: Position) {
  caseChanged(filter: $filter, minPosition: $p) { position event case { id number state version } }
}
"""


def app_of(installation: Installation, reads: Reads | None = None) -> Starlette:
    """The HTTP application over the installation, with a tail, readers and jobs of its own, which end with it."""
    reads = reads or Reads(installation.endpoints.database_url, role="minhchung_serve")
    return application(build(), replace(installation.services, reads=reads, jobs=Jobs(kept_s=0)))


@dataclass
class Served:
    """An application behind a real server, and the loop it runs on."""

    app: ASGIApp
    live: Live
    reads: Reads
    address: tuple[str, int] = ("", 0)
    loops: list[asyncio.AbstractEventLoop] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and remember on which loop."""
        if not self.loops:
            self.loops.append(asyncio.get_running_loop())
        await self.app(scope, receive, send)

    def tasks(self) -> int:
        """How many tasks the server has."""
        return len(asyncio.all_tasks(self.loops[0]))

    def empty(self) -> bool:
        """Whether nothing is left of any socket."""
        return until(lambda: not self.live.subscribers and not self.live.people.present, seconds=30)


@contextmanager
def served(installation: Installation, **settings: Any) -> Iterator[Served]:
    """Serve the installation as `minhchung serve` does."""
    reads = Reads(installation.endpoints.database_url, role="minhchung_serve")
    app = app_of(installation, reads)
    made = Served(app, app.state.live, reads)
    with serving(made, lifespan="on", **server_settings(**settings)) as made.address:
        yield made


@dataclass(frozen=True)
class Watched:
    """An application that runs, without a server."""

    installation: Installation
    client: TestClient
    live: Live

    @contextmanager
    def socket(self, name: str | None = None, *, token: str | None = None) -> Iterator["Socket"]:
        """A socket of somebody of the demo, who says their token as a browser does."""
        if name is not None:
            token = self.installation.tokens[name]
        with self.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            socket = Socket(self, session)
            socket.begin({"authorization": f"Bearer {token}"} if token else {})
            yield socket

    def empty(self) -> bool:
        """Whether nothing is left of any socket."""
        return until(lambda: not self.live.subscribers and not self.live.people.present)


@dataclass(frozen=True)
class Socket:
    """One end of a socket."""

    watched: Watched
    session: WebSocketTestSession

    def begin(self, said: dict[str, Any]) -> None:
        """Introduce oneself."""
        self.session.send_json({"type": "connection_init", "payload": said})
        assert self.session.receive_json() == {"type": "connection_ack"}

    def send(self, query: str, *, id: str = "1", **variables: Any) -> None:  # noqa: A002 — the protocol's name
        """Begin an operation."""
        payload = {"query": query, "variables": variables}
        self.session.send_json({"id": id, "type": "subscribe", "payload": payload})

    def watch(
        self,
        *,
        after: int | None = None,
        query: str = CHANGED,
        id: str = "1",  # noqa: A002 — the protocol's name
        **variables: Any,
    ) -> None:
        """Subscribe to what changes after a position; without one, be subscribed when this returns."""
        before = len(self.watched.live.subscribers)
        self.send(query, id=id, **{"p": None if after is None else f"{after:016d}", **variables})
        if after is None:
            assert until(lambda: len(self.watched.live.subscribers) > before)

    def receive(self) -> Any:
        """The next message."""
        return self.session.receive_json()

    def changed(self) -> Any:
        """The next change."""
        message = self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["caseChanged"]

    def event(self) -> tuple[str, str]:
        """What happened next, to which case."""
        changed = self.changed()
        return changed["event"], changed["case"]["id"]

    def error(self) -> dict[str, Any]:
        """The error that ends the operation."""
        message = self.receive()
        assert message["type"] == "error", message
        [error] = message["payload"]
        return {"message": error["message"], **error["extensions"]}

    def closed(self) -> tuple[int, str]:
        """With which code and words the other end hung up, and that nothing was said before."""
        with pytest.raises(WebSocketDisconnect) as closed:
            self.receive()
        return closed.value.code, closed.value.reason


@contextmanager
def watched(installation: Installation) -> Iterator[Watched]:
    """Run an application over the installation; nothing may be left of it."""
    app = app_of(installation)
    with TestClient(app, raise_server_exceptions=False) as client:
        made = Watched(installation, client, app.state.live)
        yield made
        assert made.empty()


@pytest.fixture
def now(installation: Installation) -> Iterator[Watched]:
    """The application of this test."""
    with watched(installation) as made:
        yield made


class Taking:
    """Somebody subscribed without a socket, who takes one change at a time."""

    def __init__(self, now: Watched, presence: Presence, after: int) -> None:
        assert now.client.portal is not None
        self._portal = now.client.portal
        self.presence = presence
        self._changes = now.live.changes(presence, QueueFilter(), after=after)
        before = set(now.live.subscribers)
        self.take()
        assert until(lambda: len(now.live.subscribers) > len(before))
        [self.subscriber] = now.live.subscribers - before

    def take(self) -> None:
        """Ask for the next change."""

        async def take() -> UUID:
            return (await anext(self._changes)).shown.row.case_id

        self._taking = self._portal.start_task_soon(take)

    def taken(self) -> UUID:
        """The case that changed."""
        return self._taking.result(10)

    def has_one(self) -> bool:
        """Whether what was asked for has come, once whatever was under way is done."""
        self._portal.call(asyncio.sleep, 0)
        return self._taking.done()

    def leave(self) -> None:
        """Ask for no more."""
        self._taking.cancel()
        assert until(self._taking.done)
        self._portal.call(self._changes.aclose)


@contextmanager
def taking(now: Watched, name: str, *, after: int) -> Iterator[Taking]:
    """Let somebody of the demo take changes, with one asked for already."""
    assert now.client.portal is not None
    presence = now.client.portal.call(now.live.people.enter, now.installation.tokens[name])
    assert presence is not None
    made = Taking(now, presence, after)
    yield made
    made.leave()
    presence.leave()


@contextmanager
def followers(installation: Installation) -> Iterator[None]:
    """Let the followers run beside the application, as `minhchung project` does."""
    stop = threading.Event()
    running = [
        Follower(installation.endpoints.database_url, model, installation.operator.mapper)
        for model in read_models()
    ]
    threads = [threading.Thread(target=follower.run, args=(stop,)) for follower in running]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: all(follower.leading.is_set() for follower in running))
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
