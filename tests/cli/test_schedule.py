"""`minhchung schedule` as a process: it tells what time does until it is told to stop."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.commands.application import CaseSystem
from domain.commands.case import propose
from projections.follower import Follower
from projections.obligations import Obligations
from tests.cli.support import PYTHON, ROOT, eventually
from tests.support.following import following
from tests.support.installation import app_over
from tests.support.record import camera, proposal
from tests.support.scheduling import once, rules, said


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """The record."""
    with app_over(database, tmp_path, role="") as app:
        yield app


@contextmanager
def schedule(database: str, keys: Path) -> Iterator[subprocess.Popen[str]]:
    """The process."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "EVIDENCE_URL": keys.as_uri(),
        "MINHCHUNG_KEYS": str(keys),
    }
    with subprocess.Popen(
        [PYTHON, "-m", "cli.main", "schedule"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ask it to end; its status and all it has said."""
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=15)
    return process.returncode, told


def test_until_told(database: str, app: CaseSystem, tmp_path: Path) -> None:
    """It tells what is over already and what comes, by the clock of the machine, and ends when it is told to."""
    long_ago = datetime.now(UTC) - timedelta(days=60)
    cases = [propose(rules(), proposal(n, long_ago), camera(), number=n) for n in (1, 2)]
    app.record_all(cases[:1])
    missed = ("missed", "TRANSFER")
    with following(Follower(database, Obligations(), app.mapper)), schedule(database, tmp_path) as process:
        eventually(lambda: said(app, database) == once(cases[:1], missed))
        app.record_all(cases[1:])
        eventually(lambda: said(app, database) == once(cases, missed))
        assert ended(process) == (0, "")


def test_after_a_kill(database: str, app: CaseSystem, tmp_path: Path) -> None:
    """Killed and started again it repeats nothing."""
    long_ago = datetime.now(UTC) - timedelta(days=60)
    cases = [propose(rules(), proposal(n, long_ago), camera(), number=n) for n in (1, 2)]
    app.record_all(cases[:1])
    missed = ("missed", "TRANSFER")
    with following(Follower(database, Obligations(), app.mapper)):
        with schedule(database, tmp_path) as process:
            eventually(lambda: said(app, database) == once(cases[:1], missed))
            process.kill()
            assert process.wait(15) == -signal.SIGKILL
        app.record_all(cases[1:])
        with schedule(database, tmp_path) as process:
            eventually(lambda: said(app, database) == once(cases, missed))
            assert ended(process) == (0, "")
