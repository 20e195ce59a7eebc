"""The intake process through outages: the broker is killed, the database is gone, and both come back."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import nats
import psycopg
import pytest

from cli.migrate import migrate
from cli.up.nats import Nats
from cli.up.postgres import Postgres
from cli.up.server import Server
from tests.support.detections import detection, publish
from tests.support.faults import kill
from tests.support.installation import app_over, founded

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@contextmanager
def intake(postgres: Postgres, broker: Nats, keys: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`minhchung intake` as a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.url,
        "NATS_URL": broker.url,
        "EVIDENCE_URL": keys.as_uri(),
        "MINHCHUNG_KEYS": str(keys),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "intake"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def sent(broker: Nats, n: int) -> None:
    """Publish one detection, once the stream is there to take it."""

    async def run() -> None:
        connection = await nats.connect(broker.url, connect_timeout=2)
        with anyio.fail_after(PATIENCE_S):
            while True:
                try:
                    await publish(connection.jetstream(), [detection(n)])
                    break
                except nats.errors.Error:
                    await anyio.sleep(0.1)
        await connection.close()

    anyio.run(run)


def cases_within(postgres: Postgres, wanted: int) -> int:
    """How many cases are on record, once there are as many as are wanted."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with psycopg.connect(postgres.url) as conn:
            row = conn.execute("SELECT count(*) FROM events WHERE topic = 'case:detected'").fetchone()
        found = int(row[0]) if row else 0
        if found >= wanted or time.monotonic() > deadline:
            return found
        threading.Event().wait(0.05)


@pytest.mark.timeout(300)
def test_intake_survives_its_broker_and_its_database(place: Path) -> None:
    """What is published after an outage, or during one of the database, becomes a case; the process stays the same."""
    keys = place / "keys"
    postgres, broker = Postgres(place, durable=False, sockets=place), Nats(place)
    postgres.start()
    broker.start()
    try:
        migrate(postgres.url)
        with app_over(postgres.url, keys) as app:
            founded(app)
        with intake(postgres, broker, keys) as process:
            sent(broker, 1)
            assert cases_within(postgres, 1) == 1

            kill(broker)
            broker.start()
            sent(broker, 2)
            assert cases_within(postgres, 2) == 2

            Server.stop(postgres, 10)
            sent(broker, 3)
            postgres.start()
            sent(broker, 4)
            assert cases_within(postgres, 4) == 4
            assert process.poll() is None
    finally:
        broker.stop(10)
        postgres.stop(10)
