"""The embedded nats-server: what it promises, who gets in, and what it survives."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import nats
import orjson
import pytest

from cli.up.nats import Nats
from cli.up.server import PATIENCE_S
from tests.cli.support import held


@pytest.fixture
def server(place: Path) -> Iterator[Nats]:
    """A running server of this test's own."""
    server = Nats(place)
    server.start()
    yield server
    server.stop(PATIENCE_S)


def published(url: str, *texts: bytes) -> int:
    """Publish to a stream, each acknowledged, and return how many messages it holds."""

    async def run() -> int:
        client = await nats.connect(url)
        try:
            jetstream = client.jetstream()
            await jetstream.add_stream(name="KEPT", subjects=["kept"])
            for text in texts:
                await jetstream.publish("kept", text)
            return (await jetstream.stream_info("KEPT")).state.messages
        finally:
            await client.close()

    return asyncio.run(run())


def test_settings(server: Nats, place: Path) -> None:
    """It acknowledges what is on disk, listens on this machine only, and its secrets are its owner's."""
    conf = orjson.loads((place / "nats.conf").read_bytes())
    assert conf["jetstream"]["sync_interval"] == "always"
    assert conf["listen"].startswith("127.0.0.1:")
    assert 256 << 20 <= conf["jetstream"]["max_file_store"] <= 8 << 30
    assert [(place / name).stat().st_mode & 0o777 for name in ("nats.conf", "nats.secret")] == [0o600, 0o600]


@pytest.mark.rule("R-QT-5.2.b", "R-DB-5.4.0")
def test_token(server: Nats) -> None:
    """Nobody gets in without the token."""
    with socket.create_connection(("127.0.0.1", int(server.url.split(":")[2])), 5) as conn:
        conn.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        conn.settimeout(5)
        assert b"-ERR 'Authorization Violation'" in b"".join(iter(lambda: conn.recv(4096), b""))


def test_killed(server: Nats, place: Path) -> None:
    """After kill -9 the next start keeps its address and every acknowledged message."""
    url = server.url
    assert published(url, b"one", b"two") == 2
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    again = Nats(place)
    again.start()
    assert again.url == url
    assert published(url) == 2
    again.stop(PATIENCE_S)
    assert held(place) == set()


def test_port_taken(server: Nats, place: Path) -> None:
    """When its port was taken meanwhile it moves to another, with the same token."""
    token, port = server.url.removeprefix("nats://").split("@127.0.0.1:")
    server.stop(PATIENCE_S)
    with socket.create_server(("127.0.0.1", int(port))):
        again = Nats(place)
        again.start()
        assert again.url.startswith(f"nats://{token}@127.0.0.1:")
        assert again.url != server.url
        again.stop(PATIENCE_S)
