"""`minhchung outbox` as a process: it publishes until it is told to stop, and waits for a person where it must."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from domain.commands.application import CaseSystem
from tests.cli.support import PYTHON, ROOT, eventually
from tests.support.installation import app_over
from tests.support.outbox import Broker, broker_at, happens, logged, marked


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """The record."""
    with app_over(database, tmp_path) as app:
        yield app


@pytest.fixture
def broker(nats_url: str) -> Iterator[Broker]:
    """The broker, without a stream of events."""
    with broker_at(nats_url) as broker:
        yield broker


@contextmanager
def outbox(database: str, nats_url: str, keys: Path) -> Iterator[subprocess.Popen[str]]:
    """The process."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "NATS_URL": nats_url,
        "EVIDENCE_URL": keys.as_uri(),
        "MINHCHUNG_KEYS": str(keys),
    }
    with subprocess.Popen(
        [PYTHON, "-m", "cli.main", "outbox"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ask it to end; its status and its last line."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=15)
    return process.returncode, said.splitlines()[-1] if said else ""


def test_until_told(database: str, app: CaseSystem, broker: Broker, tmp_path: Path) -> None:
    """It publishes what is there and what comes, and ends when it is told to."""
    happens(app, 3)
    with outbox(database, broker.url, tmp_path) as process:
        eventually(lambda: marked(database) == 3)
        happens(app, 2)
        eventually(lambda: marked(database) == 5)
        assert ended(process) == (0, "")
    assert broker.told() == logged(database)


def test_waits_for_a_person(database: str, app: CaseSystem, broker: Broker, tmp_path: Path) -> None:
    """Stopped at an event it stays, so that nobody starts it over and over; when it ends it says why."""
    happens(app, 2)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state)"
            " VALUES (gen_random_uuid(), 1, 'case:teleported', '{}')"
        )
        with outbox(database, broker.url, tmp_path) as process:
            eventually(
                lambda: conn.execute("SELECT problem FROM positions").fetchone() not in {None, (None,)}
            )
            assert process.poll() is None
            status, last = ended(process)
    assert (status, last.split(":")[:3]) == (1, ["minhchung", " outbox stopped at position 3", " TopicError"])
    assert broker.told() == logged(database)[:2]
