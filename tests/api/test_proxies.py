"""Behind a proxy: whose word on another's address counts, and that everything which takes an address goes by it."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import anyio
import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from api.http.guard import BehindProxies
from cli.up.nats import free_port
from tests.support.api import Installation
from tests.support.door import HISTORY, LOGIN, SESSIONS
from tests.support.serving import until
from tests.support.watching import PROTOCOL

NAME: Final = "police.handle"
PROXIES: Final = ("127.0.0.1", "10.1.0.5", "::1")


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "peer, said, client",
    [
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7, 10.1.0.5"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9", "198.51.100.7 , 10.1.0.5"], "198.51.100.7"),
        ("::1", ["2001:DB8:0:7::1"], "2001:db8:0:7::1"),
        ("10.1.0.5", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.1.0.5", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["10.1.0.5, 127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7, nobody"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7, "], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7:443"], "127.0.0.1"),
        ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("127.0.0.2", ["203.0.113.9"], "127.0.0.2"),
    ],
)
def test_whose_word_counts(kind: str, peer: str, said: list[str], client: str) -> None:
    """The last hop that is no proxy, as a proxy says; of anybody else, and of nonsense, the peer itself."""
    found = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        found.append(scope["client"][0])

    async def nothing(*_: Message) -> Any:
        raise AssertionError

    headers = [(b"x-forwarded-for", one.encode()) for one in said]
    scope = {"type": kind, "client": (peer, 50_000), "headers": headers}
    anyio.run(BehindProxies(app, proxies=PROXIES), scope, nothing, nothing)
    anyio.run(BehindProxies(app, proxies=()), scope | {"client": (peer, 50_000)}, nothing, nothing)
    assert found == [client, peer]


class Hop:
    """A proxy on this machine: adds to the head of each connection whom it hears, and lets the rest through."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.hears = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                conn, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(conn,), daemon=True).start()

    def _carry(self, conn: socket.socket) -> None:
        with conn, socket.create_connection(("127.0.0.1", self._to)) as there, suppress(OSError):
            said = b""
            while b"\r\n\r\n" not in said:
                said += conn.recv(65_536)
            head, _, rest = said.partition(b"\r\n\r\n")
            there.sendall(head + f"\r\nX-Forwarded-For: {self.hears}\r\n\r\n".encode() + rest)
            threading.Thread(target=_pump, args=(conn, there), daemon=True).start()
            _pump(there, conn)

    def close(self) -> None:
        """Take nobody any more."""
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def served(installation: Installation, **more: str) -> Iterator[int]:
    """`minhchung serve` as a process of its own; its port."""
    port = free_port()
    ends = installation.endpoints
    own = {
        "DATABASE_URL": ends.database_url,
        "EVIDENCE_URL": ends.evidence_url,
        "MINHCHUNG_KEYS": str(ends.keys),
        "MINHCHUNG_PORT": str(port),
    }
    command = [sys.executable, "-m", "cli.main", "serve"]
    with subprocess.Popen(command, env={**os.environ, **own, **more}, stderr=subprocess.DEVNULL) as process:
        try:
            assert until(lambda: _answers(port), seconds=60)
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@pytest.mark.rule("R-QT-5.3.0", "R-DB-10.4.0")
def test_through_a_proxy(apart: Installation) -> None:
    """An account in use from two networks behind the proxy is flagged; what clients say of themselves is not heard."""
    password = apart.passwords[NAME]
    with served(apart, MINHCHUNG_TRUSTED_PROXY="127.0.0.1") as port:
        hop = Hop(port)

        def ask(query: str, variables: Any, token: str = "") -> Any:
            headers = {"content-type": "application/json", "x-forwarded-for": "192.0.2.1"}
            if token:
                headers["authorization"] = f"Bearer {token}"
            body = orjson.dumps({"query": query, "variables": variables})
            asked = urllib.request.Request(f"http://127.0.0.1:{hop.port}/graphql", body, headers)
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
                return orjson.loads(answer.read())["data"]

        said = {"input": {"name": NAME, "password": password}}
        hop.hears = "198.51.100.7"
        first = ask(LOGIN, said)["login"]["token"]
        ask(LOGIN, {"input": {"name": NAME, "password": "Wrong-1!"}})
        assert ask("{ me { name } }", None, first)["me"] == {"name": NAME}
        hop.hears = "203.0.113.9"
        with connect(f"ws://127.0.0.1:{hop.port}/graphql", subprotocols=[Subprotocol(PROTOCOL)]) as ws:
            ws.send(orjson.dumps({"type": "connection_init"}).decode())
            assert orjson.loads(ws.recv())["type"] == "connection_ack"
            payload = {"query": LOGIN, "variables": said}
            ws.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
            second = orjson.loads(ws.recv())["payload"]["data"]["login"]["token"]
        shown = ask(SESSIONS, {"a": None}, second)["sessions"]
        assert [(one["network"], one["overlapped"]) for one in shown] == [
            ("203.0.113.0/24", True),
            ("198.51.100.0/24", False),
            ("", False),
        ]
        [told] = ask(HISTORY, {"a": None}, second)["signInHistory"]
        assert (told["event"], told["rule"]) == ("credentials:overlapped", {"id": "R-QT-5.3.0"})
        assert told["addresses"] == "203.0.113.0/24, 198.51.100.0/24"
        hop.close()
    with apart.as_owner() as conn:
        assert conn.execute("SELECT address FROM sign_in_failures").fetchall() == [("198.51.100.7",)]
