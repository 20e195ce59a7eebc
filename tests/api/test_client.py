"""The connection to NATS: it comes back by itself, and tells each change once."""

import asyncio
import logging
from pathlib import Path

import nats.errors
import pytest

from api.messages import client
from cli.up.nats import Nats
from tests.support.faults import kill


def test_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A broker that goes and comes is told once each time, by no address; the connection stays the same."""
    server = Nats(tmp_path)
    server.start()

    async def run() -> None:
        connection = await client.connect(server.url)
        for _ in range(2):
            before = len(caplog.records)
            await asyncio.to_thread(kill, server)
            async with asyncio.timeout(20):
                while len(caplog.records) < before + 2:  # noqa: ASYNC110 — the log is what is waited for
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(server.start)
            async with asyncio.timeout(20):
                while not connection.is_connected:  # noqa: ASYNC110 — the client tells nobody before it is so
                    await asyncio.sleep(0.05)
            await connection.flush()
        await connection.close()

    try:
        with caplog.at_level(logging.INFO, logger="api.messages.client"):
            asyncio.run(run())
    finally:
        server.stop(10)
    said = [record.getMessage() for record in caplog.records if record.name == "api.messages.client"]
    assert said.count("nats: connected again") == 2
    assert said.count("nats: ConnectionRefusedError, connecting again") == 2
    assert server.url.split("@")[0].removeprefix("nats://") not in caplog.text


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers the first time, that is said soon: what waits is the caller."""
    monkeypatch.setattr(client, "CONNECT_S", 0.3)
    with pytest.raises((OSError, nats.errors.Error)):
        asyncio.run(client.connect("nats://127.0.0.1:9"))
