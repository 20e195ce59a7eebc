"""A projection or a rebuild killed at any moment: rows and position are always those of the same event (B4)."""

import random
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import Cursor
from psycopg.sql import Identifier

from bench.rebuild import write_log
from bench.sample import found
from projections.all import read_models
from projections.case_queue import CaseQueue
from projections.follower import Follower, Recorded
from projections.rebuild import Progress, Rebuild, Rebuilt
from tests.cli.support import eventually
from tests.support.faults import die, forking
from tests.support.following import Model, hashes
from tests.support.installation import app_over
from tests.support.soak import sizes

EVENTS = 2_000
KILLED_AT_RANDOM = 10
POINTS = ("begun", "following", "held", "mending", "mended")

EXPECTED: LiteralString = """
SELECT originator_id, max(originator_version), max(notification_id) FROM events
WHERE topic LIKE 'case:%%' AND notification_id <= %s GROUP BY originator_id ORDER BY originator_id
"""
SHOWN: LiteralString = "SELECT case_id, version, position FROM case_queue ORDER BY case_id"


class DyingQueue(CaseQueue):
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
        follower = Follower(database, DyingQueue() if seed % 5 == 0 else CaseQueue(), app.mapper)
        with follower.connect() as conn:
            begun.send_bytes(b"begun")
            while True:
                if not follower.step(conn, chance.randint(1, 20)):
                    with conn.transaction():
                        # the position first, as a step takes it: whoever waits for the dead one waits for it alone
                        conn.execute("UPDATE positions SET position = 0")
                        conn.execute("TRUNCATE case_queue")


@sizes(kills=(50, 1_000))
def test_rows_and_position_move_together(
    database: str, tmp_path: Path, counted: Callable[[str], None], kills: int
) -> None:
    """After each kill the rows are those of the log up to the position, no event more and none less."""
    context, chance = forking(), random.Random(4)  # noqa: S311 — a seed for a test
    with app_over(database, tmp_path, role="minhchung_operator", pool=1) as app:
        write_log(app, found(app), EVENTS, 50)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('case_queue', 0)")
        seen: set[int] = set()
        for kill in range(kills):
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
    assert len(seen) > min(kills, 100) // 5
    counted(
        f"B4 {kills} kills of a projection, {kills // 5} of them between rows and position:"
        f" stopped at {len(seen)} positions, rows and position together at each"
    )


class DyingRebuild(Rebuild):
    """Is killed at a named point."""

    point = ""

    def _begin(self, conn: psycopg.Connection[Any]) -> None:
        super()._begin(conn)
        self._pass("begun")

    def _swap(self, conn: psycopg.Connection[Any]) -> Rebuilt | None:
        done = super()._swap(conn)
        self._pass("mended")
        return done

    def _compare(self, conn: psycopg.Connection[Any], key: Sequence[Identifier]) -> tuple[int, int]:
        self._pass("held")
        return super()._compare(conn, key)

    def _mend(self, conn: psycopg.Connection[Any], key: Sequence[Identifier]) -> None:
        self._pass("mending")
        super()._mend(conn, key)

    def _pass(self, point: str) -> None:
        if point == self.point:
            die()


def rebuild_until_killed(database: str, keys: str, point: str, begun: Any) -> None:
    """A rebuild of the queue that does not live past *point*."""
    with app_over(database, Path(keys), role="minhchung_project", pool=1) as app:

        def told(at: Progress) -> None:
            if point == "following" and at.events:
                die()

        rebuild = DyingRebuild(Follower(database, CaseQueue(), app.mapper), told)
        rebuild.point = point
        begun.send_bytes(b"begun")
        while True:
            rebuild.run()


class TestKilled:
    """`kill -9` of a rebuild."""

    def test_rows_are_as_they_were_or_as_they_should_be(
        self, database: str, tmp_path: Path, counted: Callable[[str], None]
    ) -> None:
        """Killed at five points or at any moment, the live rows are those before or those after, and never between."""
        context, chance = forking(), random.Random(5)  # noqa: S311 — a seed for a test
        with app_over(database, tmp_path, role="minhchung_operator", pool=1) as app:
            write_log(app, found(app), EVENTS, 50)
            for model in read_models():
                with Model(database, model, app) as fed:
                    fed.follow()
            right = hashes(database)
            mended = 0
            for kill in range(len(POINTS) + KILLED_AT_RANDOM):
                with psycopg.connect(database, autocommit=True) as conn:
                    conn.execute(
                        "DELETE FROM case_queue WHERE case_id IN (SELECT case_id FROM case_queue LIMIT 50)"
                    )
                    conn.execute("UPDATE case_queue SET late = NOT late")
                damaged = hashes(database)
                heard, said = context.Pipe(duplex=False)
                point = POINTS[kill] if kill < len(POINTS) else ""
                child = context.Process(
                    target=rebuild_until_killed, args=(database, str(tmp_path), point, said)
                )
                child.start()
                said.close()
                assert heard.poll(30)
                if not point:
                    threading.Timer(chance.uniform(0.0, 0.12), child.kill).start()
                child.join(60)
                assert child.exitcode == -9
                heard.close()
                eventually(lambda: leftovers(database) == 0)
                left = hashes(database)
                assert left in ([damaged] if point else [damaged, right])
                mended += left == right
                assert Rebuild(Follower(database, CaseQueue(), app.mapper)).run().differed == (
                    0 if left == right else len_of(database)
                )
                assert hashes(database) == right
        counted(
            f"rebuild: {len(POINTS)} kills at named points and {KILLED_AT_RANDOM} at random: the rows before"
            f" {len(POINTS) + KILLED_AT_RANDOM - mended} times, the rows after {mended} times, nothing between"
        )


def len_of(database: str) -> int:
    """How many rows the queue has."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT count(*) FROM case_queue").fetchone()
    assert row is not None
    return int(row[0])


def leftovers(database: str) -> int:
    """How many temporary tables of rebuilds, and locks of theirs, are left."""
    with psycopg.connect(database) as conn:
        row = conn.execute(
            "SELECT (SELECT count(*) FROM pg_class WHERE relpersistence = 't')"
            " + (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'rebuild %%'"
            " AND datname = current_database())",
            [],
        ).fetchone()
    assert row is not None
    return int(row[0])
