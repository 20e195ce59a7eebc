"""A projection killed at any moment: rows and position are always those of the same event (B4)."""

import random
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import Cursor

from bench.rebuild import write_log
from bench.sample import found
from projections.case_queue import CaseQueue
from projections.follower import Follower, Recorded
from tests.support.faults import die, forking
from tests.support.installation import app_over

KILLS = 50
EVENTS = 2_000

EXPECTED: LiteralString = """
SELECT originator_id, max(originator_version), max(notification_id) FROM events
WHERE topic LIKE 'case:%%' AND notification_id <= %s GROUP BY originator_id ORDER BY originator_id
"""
SHOWN: LiteralString = "SELECT case_id, version, position FROM case_queue ORDER BY case_id"


class Dying(CaseQueue):
    """Is killed with its rows written and its position not."""

    left = 10

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Write the rows of some batches, and do not live to see the last one's position."""
        super().apply(batch, curs)
        self.left -= 1
        if not self.left:
            die()


def follow_until_killed(database: str, keys: str, seed: int, begun: Connection) -> None:
    """A projection in small batches of any size; every fifth dies between rows and position, the others are shot."""
    chance = random.Random(seed)  # noqa: S311 — a seed for a test
    with app_over(database, Path(keys), role="minhchung_project", pool=1) as app:
        follower = Follower(database, Dying() if seed % 5 == 0 else CaseQueue(), app.mapper)
        with follower.connect() as conn:
            begun.send_bytes(b"begun")
            while True:
                if not follower.step(conn, chance.randint(1, 20)):
                    with conn.transaction():
                        conn.execute("TRUNCATE case_queue")
                        conn.execute("UPDATE positions SET position = 0")


def test_rows_and_position_move_together(
    database: str, tmp_path: Path, counted: Callable[[str], None]
) -> None:
    """After each of 50 kills the rows are those of the log up to the position, no event more and none less."""
    context, chance = forking(), random.Random(4)  # noqa: S311 — a seed for a test
    with app_over(database, tmp_path, role="minhchung_operator", pool=1) as app:
        write_log(app, found(app), EVENTS, 50)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('case_queue', 0)")
        seen: set[int] = set()
        for kill in range(KILLS):
            heard, said = context.Pipe(duplex=False)
            child = context.Process(target=follow_until_killed, args=(database, str(tmp_path), kill, said))
            child.start()
            said.close()
            assert heard.poll(30)
            if kill % 5:
                threading.Timer(chance.uniform(0.0, 0.15), child.kill).start()
            child.join(60)
            assert child.exitcode == -9
            heard.close()
            with conn.transaction():
                # waits for a transaction that the dead one may have left to the server
                held = conn.execute("SELECT position FROM positions FOR UPDATE").fetchone()
                assert held is not None
                assert conn.execute(SHOWN).fetchall() == conn.execute(EXPECTED, held).fetchall()
            seen.add(held[0])
    assert len(seen) > KILLS // 5
    counted(
        f"B4 {KILLS} kills of a projection, {KILLS // 5} of them between rows and position:"
        f" stopped at {len(seen)} positions, rows and position together at each"
    )
