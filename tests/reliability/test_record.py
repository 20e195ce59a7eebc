"""The record under kills and lost answers: what was acknowledged is there, once (A1, A6, A7, B1)."""

import contextlib
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import OperationalError, RecordConflictError, StoredEvent

from domain.commands.application import Answer, CaseSystem
from domain.errors import CommandIdReused
from domain.unit import Unit
from store.recorder import Recorder
from tests.support.commands import answered, at_once, events_at, opened, renamed
from tests.support.faults import Link, forking, link_to
from tests.support.installation import app_over, founded, somebody_acts
from tests.support.soak import sizes

WRITERS = 8
TAIL_WRITERS = 6


def write_until_killed(database: str, keys: str, seed: int, acknowledged: Connection) -> None:
    """Eight writers that say each acknowledged command at once; runs until somebody kills it."""
    with app_over(database, Path(keys), pool=WRITERS) as app:
        done = threading.Event()

        def write(writer: int) -> None:
            count = 0
            while not done.is_set():
                count += 1
                command_id = f"{seed}-{writer}-{count}"
                answer = opened(app, command_id)
                acknowledged.send_bytes(
                    f"{command_id} {answer.position}".encode()
                )  # one write, so never half

        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(write, range(WRITERS)))


class TestKilledApplication:
    """A1: kill -9 of the application at random points under eight writers."""

    @sizes(kills=(20, 500))
    def test_every_acknowledged_command_is_there_once(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], kills: int
    ) -> None:
        """After each kill every acknowledged command is on record exactly once, with its one event."""
        context, chance = forking(), random.Random(20)  # noqa: S311 — a seed for a test
        acknowledged: dict[str, int] = {}
        for kill in range(kills):
            heard, said = context.Pipe(duplex=False)
            child = context.Process(target=write_until_killed, args=(database, str(tmp_path), kill, said))
            child.start()
            said.close()
            heard.poll(30)
            threading.Timer(chance.uniform(0.02, 0.25), child.kill).start()
            with heard, contextlib.suppress(EOFError):
                while True:
                    command_id, position = heard.recv_bytes().decode().split()
                    acknowledged[command_id] = int(position)
            child.join()
        stored, events = at_once(database)
        assert len(acknowledged) > kills
        assert {c: stored[c][2] for c in acknowledged} == acknowledged
        assert all(events[position] == (unit, version) for unit, version, position in stored.values())
        assert len({unit for unit, _, _ in stored.values()}) == len(stored) == len(events)
        counted(
            f"A1 {kills} kills under {WRITERS} writers: {len(acknowledged)} acknowledged, 0 lost, 0 twice,"
            f" {len(stored) - len(acknowledged)} stored without their answer heard"
        )


class TestLostAnswerToCommit:
    """A6: the answer to COMMIT is lost on the wire."""

    @sizes(cuts=(50, 1_000))
    def test_the_caller_hears_success_and_the_event_is_stored_once(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], cuts: int
    ) -> None:
        """Answers lost, with a command key and without: each call succeeds and each event is there once."""
        with link_to(database) as link, app_over(link.url, tmp_path, pool=1) as app:
            with somebody_acts():
                unit = Unit(code="DOI-1", name="Đội 0", kind="OTHER_BODY", area_path="quang-binh")
            app.record(unit)
            for n in range(1, cuts + 1):
                link.lose_answer_to(b"unit:renamed")
                answer = renamed(app, unit.id, f"c{n}", f"Đội {n}") if n % 2 else _unkeyed(app, unit.id, n)
                assert answer.version == n + 1
            assert link.cuts == cuts
        events = events_at(database)
        assert sorted(version for _, version in events.values()) == list(range(1, cuts + 2))
        assert len(answered(database)) == cuts // 2
        counted(f"A6 {cuts} lost answers to COMMIT: {cuts} reported as success, each stored once")

    def test_a_conflict_with_somebody_else_stays_a_conflict(self, database: str, tmp_path: Path) -> None:
        """An answer lost after another writer took the version is no success of one's own."""
        with link_to(database) as link, app_over(link.url, tmp_path, pool=1) as app:
            with somebody_acts():
                unit = Unit(code="DOI-1", name="Đội 0", kind="OTHER_BODY", area_path="quang-binh")
            app.record(unit)
            stale = app.find(Unit, unit.id)
            with app_over(database, tmp_path, pool=1) as other:
                renamed(other, unit.id, "theirs", "Đội 1")
            with somebody_acts():
                stale.rename("Đội 2")
            link.lose_answer_to(b"unit:renamed")
            with pytest.raises(RecordConflictError):
                app.record(stale)
            assert link.cuts == 1
        assert len(events_at(database)) == 2

    def test_a_database_that_stays_away_is_a_definite_error(self, database: str, tmp_path: Path) -> None:
        """Who cannot reach the record hears so within a bounded time, and nothing is half done."""
        link = Link(database)
        with app_over(link.url, tmp_path, pool=1) as app:
            opened(app, "before")
            link.close()
            with pytest.raises(OperationalError):
                opened(app, "during")


class TestSameCommandAgain:
    """A7: the same command, sent several times at once and again after a restart."""

    @sizes(commands=(500, 100_000))
    def test_one_event_and_the_same_answer(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], commands: int
    ) -> None:
        """Commands, each sent 2 to 10 times in parallel: one event each, one answer to all, also later."""
        chance = random.Random(7)  # noqa: S311 — a seed for a test
        answers: dict[str, Answer] = {}
        sent = 0
        with app_over(database, tmp_path, pool=WRITERS) as app, ThreadPoolExecutor(WRITERS) as senders:
            for n in range(commands):
                times = chance.randint(2, 10)
                sent += times
                [answers[f"c{n}"]] = set(senders.map(lambda _, n=n: opened(app, f"c{n}"), range(times)))
        with app_over(database, tmp_path) as restarted:
            assert {c: opened(restarted, c) for c in answers} == answers
            with pytest.raises(CommandIdReused):
                renamed(restarted, answers["c1"].id, "c1", "khác")
        assert len(events_at(database)) == commands == len(answered(database))
        counted(
            f"A7 {commands} commands sent {sent} times in parallel and again after a restart: {commands} events"
        )


def append_many(database: str, keys: str, seed: int, count: int) -> None:
    """One writer of several: batches of one to three events as fast as they go."""
    chance = random.Random(seed)  # noqa: S311 — a seed for a test
    with app_over(database, Path(keys), pool=1) as app:
        left = count
        while left > 0:
            size = min(left, chance.randint(1, 3))
            app.recorder.insert_events(
                [StoredEvent(uuid4(), 1, "unit:registered", b"{}") for _ in range(size)]
            )
            left -= size


class TestTailingReader:
    """B1: somebody who reads the log in order, while six processes write, misses nothing."""

    @sizes(tailed=(20_000, 10_000_000))
    def test_a_reader_at_the_head_sees_every_event_in_order(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], tailed: int
    ) -> None:
        """Events from six writers: none passed over, none out of order."""
        context = forking()
        with app_over(database, tmp_path) as app:
            founded(app)  # makes the key folder before the writers do
            recorder = app.recorder
            assert isinstance(recorder, Recorder)
            share = tailed // TAIL_WRITERS + 1
            writers = [
                context.Process(target=append_many, args=(database, str(tmp_path), seed, share))
                for seed in range(TAIL_WRITERS)
            ]
            for writer in writers:
                writer.start()
            seen: list[int] = []
            while True:
                writing = any(writer.is_alive() for writer in writers)
                batch = recorder.select_notifications(seen[-1] + 1 if seen else 1, 500)
                seen += [notification.id for notification in batch]
                if not batch and not writing:
                    break
            assert [writer.exitcode for writer in writers] == [0] * TAIL_WRITERS
        with psycopg.connect(database) as conn:
            rows = conn.execute("SELECT notification_id FROM events ORDER BY notification_id")
            written = [row[0] for row in rows]
        assert seen == written
        assert len(written) == share * TAIL_WRITERS + 2
        counted(f"B1 {TAIL_WRITERS} writers, {len(written)} events: 0 missed by a tailing reader")


def _unkeyed(app: CaseSystem, unit_id: UUID, n: int) -> Answer:
    unit = app.find(Unit, unit_id)
    with somebody_acts():
        unit.rename(f"Đội {n}")
    return app.record(unit)
