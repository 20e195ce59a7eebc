"""`minhchung rebuild`: what a person and a program are told."""

import json
import os
import pty
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from domain.case import Case
from domain.commands.application import CaseSystem
from projections.all import read_models
from projections.case_queue import CaseQueue
from projections.follower import CannotApplyError
from tests.cli.support import PYTHON, ROOT
from tests.support.cases import approved, detected
from tests.support.following import Model
from tests.support.installation import app_over
from tests.support.record import happened
from tests.support.servers import as_superuser

CASES = 20


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """A record of some cases."""
    with app_over(database, tmp_path / "keys") as app:
        for n in range(CASES):
            case = UUID(int=0x400 + n)
            happened(app, Case, case, detected(number=f"DH-2026-{n:06d}"), approved(case))
        yield app


@pytest.fixture
def queue(database: str, app: CaseSystem) -> Iterator[Model]:
    """The queue, up to the head of the log."""
    with Model(database, CaseQueue(), app) as queue:
        queue.follow()
        yield queue


def command(database: str, tmp_path: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command and its environment."""
    environment = {**os.environ, "DATABASE_URL": database, "MINHCHUNG_KEYS": str(tmp_path / "keys")}
    return [PYTHON, "-m", "cli.main", "rebuild", *arguments], environment


def rebuild(database: str, tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit status, the answer and what was said beside it."""
    program, environment = command(database, tmp_path, *arguments)
    ran = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


@contextmanager
def damaged(queue: Model) -> Iterator[None]:
    """Lose a row and change another; afterwards they are as they were."""
    rows = queue.rows("number")
    queue.conn.execute("DELETE FROM case_queue WHERE number = 'DH-2026-000003'")
    queue.conn.execute("UPDATE case_queue SET late = true WHERE number = 'DH-2026-000007'")
    assert queue.rows("number") != rows
    yield
    assert queue.rows("number") == rows


def test_for_a_program(database: str, tmp_path: Path, queue: Model) -> None:
    """The last line of stdout is the answer; stderr says how far it has come."""
    with damaged(queue):
        status, answer, said = rebuild(database, tmp_path, "case_queue", "--json")
    found = json.loads(answer.splitlines()[-1])
    assert status == 0
    assert found.pop("seconds") >= 0
    assert found == {"name": "case_queue", "events": 2 * CASES, "rows": CASES, "differed": 2}
    [line] = said.splitlines()
    assert line.startswith(f"case_queue: {2 * CASES}/{2 * CASES}, ")
    assert line.endswith(" events/s")


def test_for_a_person(database: str, tmp_path: Path, queue: Model) -> None:
    """On a terminal there is a bar, and one line at the end."""
    program, environment = command(database, tmp_path, "case_queue")
    ours, theirs = pty.openpty()
    screen = bytearray()

    def look() -> None:
        try:
            while shown := os.read(ours, 4096):
                screen.extend(shown)
        except OSError:  # the other side was closed
            pass

    with damaged(queue):
        looking = threading.Thread(target=look)
        looking.start()
        ran = subprocess.run(
            program,
            cwd=ROOT,
            env={**environment, "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=theirs,
            check=False,
        )
        os.close(theirs)
        looking.join(10)
        os.close(ours)
    assert ran.returncode == 0
    assert f"{2 * CASES}/{2 * CASES}, " in screen.decode()
    assert ran.stdout.decode().startswith(f"case_queue: {CASES} rows from {2 * CASES} events in ")
    assert ran.stdout.decode().endswith(" s; differed: 2\n")


def test_unknown(database: str, tmp_path: Path) -> None:
    """A name of no read model is refused in one line that has the names."""
    names = ", ".join(sorted(model.name for model in read_models()))
    assert rebuild(database, tmp_path, "case_queues", "--json") == (
        2,
        "",
        f"minhchung: rebuild: expected one of {names}, not case_queues\n",
    )


def test_stopped(database: str, tmp_path: Path, app: CaseSystem, queue: Model) -> None:
    """An event that cannot be applied stops it where it stopped the follower, and the live rows stay."""
    app.recorder.insert_events([StoredEvent(UUID(int=0x400), 3, "case:received", b"{")])
    with pytest.raises(CannotApplyError) as stopped:
        queue.follow()
    before = (queue.rows("number"), queue.standing())
    status, answer, said = rebuild(database, tmp_path, "case_queue", "--json")
    assert (status, answer, said.splitlines()[-1]) == (
        1,
        "",
        f"minhchung: rebuild: {stopped.value.told}",
    )
    assert (queue.rows("number"), queue.standing()) == before


def test_to_be_started_again(database: str, tmp_path: Path, queue: Model) -> None:
    """Whoever rebuilds what a follower stopped at is told that it has to be started again."""
    queue.conn.execute("UPDATE positions SET problem = 'case_queue stopped at position 7: KeyError'")
    status, _, said = rebuild(database, tmp_path, "case_queue")
    assert (status, said.splitlines()[-1]) == (
        0,
        "minhchung: the follower of case_queue had stopped: start `project` (or `up`) again",
    )


def test_twice_at_once(database: str, tmp_path: Path, queue: Model) -> None:
    """A second rebuild of the same name says so in one line, and leaves the first alone."""
    queue.conn.execute("SELECT pg_advisory_lock(hashtextextended('rebuild case_queue', 0))")
    assert rebuild(database, tmp_path, "case_queue") == (
        1,
        "",
        "minhchung: rebuild: case_queue is being rebuilt already: wait for the other to end\n",
    )


def test_without_the_right(database: str, tmp_path: Path, queue: Model, postgres: str) -> None:
    """Where the database allows no temporary tables, the line says which right is missing."""
    name = sql.Identifier(str(conninfo_to_dict(database)["dbname"]))
    with psycopg.connect(as_superuser(database, postgres), autocommit=True) as conn:
        conn.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    status, answer, said = rebuild(database, tmp_path, "case_queue")
    assert (status, answer) == (1, "")
    assert said == (
        "minhchung: rebuild: case_queue was not rebuilt: expected the right to temporary tables:"
        " GRANT TEMPORARY ON DATABASE … TO minhchung_project\n"
    )
