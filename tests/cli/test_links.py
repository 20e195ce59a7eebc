"""`minhchung links` as a process: it watches until it is told to stop, and says where it stands."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.cli.support import PYTHON, ROOT, eventually
from tests.support.installation import app_over, founded


def standing(database: str) -> list[tuple[int, str | None]]:
    """Where it says it is."""
    with psycopg.connect(database) as conn:
        return conn.execute("SELECT position, problem FROM positions WHERE name = 'links'").fetchall()


@pytest.mark.rule("R-DB-17.2.0")
def test_until_told(database: str, tmp_path: Path) -> None:
    """With a role of its own it begins, follows the registry with nothing in its way, and ends when it is told to."""
    with app_over(database, tmp_path, role="") as app:
        founded(app)
    with psycopg.connect(database) as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('camera_registry', 2)")
    environment = {**os.environ, "DATABASE_URL": database, "MINHCHUNG_KEYS": str(tmp_path)}
    with subprocess.Popen(
        [PYTHON, "-m", "cli.main", "links"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            eventually(lambda: standing(database) == [(2, None)], 30.0)
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=15)
            assert (process.returncode, told) == (0, "")
        finally:
            process.kill()
