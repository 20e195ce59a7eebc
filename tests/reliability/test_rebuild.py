"""Read models rebuilt beside live writes and readers (B5)."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg.sql import Identifier

from bench.rebuild import write_log
from bench.sample import found
from domain.case import Case
from domain.commands.application import CaseSystem
from projections.all import read_models
from projections.case_queue import CaseQueue
from projections.follower import CannotApplyError, Follower
from projections.rebuild import NotRebuiltError, Rebuild, Rebuilt
from tests.cli.support import eventually
from tests.support import api
from tests.support.api import Installation
from tests.support.cases import RECEIVED, detected
from tests.support.following import Model, following, hashes
from tests.support.installation import app_over
from tests.support.people import Person
from tests.support.record import happened
from tests.support.servers import as_superuser
from tests.support.soak import sizes

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation


def head(database: str) -> int:
    """The position of the last event."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT coalesce(max(notification_id), 0) FROM events").fetchone()
    assert row is not None
    return int(row[0])


class TestLiveWrites:
    """B5: rebuilt from zero while live writes go on, it is what was built event by event."""

    @pytest.mark.timeout(300)
    @sizes(events=(10_000, 1_000_000))
    def test_rebuilt_equals_live(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], events: int
    ) -> None:
        """Each rebuild while events are written finds no row that differs, nor does one from nothing after."""
        rebuilds = beside = 0
        with app_over(database, tmp_path, role="minhchung_operator", pool=3) as app:
            followers = [Follower(database, model, app.mapper) for model in read_models()]
            sample = found(app)
            write_log(app, sample, events // 2, 50)
            writer = threading.Thread(target=write_log, args=(app, sample, events // 2, 50))
            with following(*followers):
                eventually(lambda: all(f.leading.is_set() for f in followers))
                writer.start()
                while writer.is_alive() or not rebuilds:
                    for model in read_models():
                        before = head(database)
                        assert Rebuild(Follower(database, model, app.mapper)).run().differed == 0
                        rebuilds += 1
                        beside += head(database) > before
                writer.join()
                eventually(lambda: {at for _, at in hashes(database).values()} == {head(database)})
            incremental = hashes(database)
            for model in read_models():
                with Model(database, model, app) as again:
                    again.empty()
                    again.follow()
        assert hashes(database) == incremental
        assert head(database) >= events
        assert beside > 0
        counted(
            f"B5 {head(database)} events: {rebuilds} rebuilds of {len(incremental)} read models, {beside} of them"
            " while events came in: 0 rows differed; the hash of every table as built from zero afterwards"
        )

    def test_it_comes_to_an_end(self, database: str, tmp_path: Path) -> None:
        """However often others write meanwhile, it ends, and the rows are right as of that moment."""
        with app_over(database, tmp_path) as app, Model(database, CaseQueue(), app) as queue:

            def goes_on(*_: object) -> None:
                another_case(app)
                queue.follow()

            goes_on()
            assert Rebuild(queue.follower, goes_on).run() == Rebuilt(2, 2, 0)
            goes_on()
            assert len(queue.rows("number")) == 3

    def test_a_live_one_that_is_far_ahead_is_let_go(
        self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where more than a little came before the live rows were held, they are let go and followed once more."""
        monkeypatch.setattr("projections.rebuild.CLOSE", 2)
        with app_over(database, tmp_path) as app, Model(database, CaseQueue(), app) as queue:
            left = [0, 3]

            class Overtaken(Rebuild):
                def _follow(self, conn: psycopg.Connection[Any]) -> None:
                    super()._follow(conn)
                    for _ in range(left.pop() if left else 0):
                        another_case(app)
                    queue.follow()

            another_case(app)
            queue.follow()
            assert Overtaken(queue.follower).run() == Rebuilt(4, 4, 0)
            assert left == []

    def test_the_live_follower_waits_while_rows_are_compared(self, database: str, tmp_path: Path) -> None:
        """What is recorded once the live row is held is applied after it was let go, and is no difference."""
        with (
            app_over(database, tmp_path) as app,
            Model(database, CaseQueue(), app) as queue,
            psycopg.connect(database, autocommit=True) as conn,
        ):

            class Overtaken(Rebuild):
                def _compare(
                    self, held: psycopg.Connection[Any], key: Sequence[Identifier]
                ) -> tuple[int, int]:
                    another_case(app)
                    live.start()
                    eventually(lambda: conn.execute(WAITING).fetchone() == ("follower case_queue",))
                    return super()._compare(held, key)

            another_case(app)
            queue.follow()
            live = threading.Thread(target=queue.follow)
            assert Overtaken(queue.follower).run() == Rebuilt(1, 1, 0)
            live.join(30)
            assert len(queue.rows("number")) == 2


WAITING = """
SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def another_case(app: CaseSystem) -> None:
    """One more case on record."""
    noun = uuid4()
    happened(app, Case, noun, detected(number=str(noun), proposal_id=noun))


QUEUE = """
query { cases(first: 100) { totalCount pageInfo { hasNextPage } nodes { id number } } }
"""


class Poller:
    """Somebody who looks at a page of the queue all the time."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.totals: list[int] = []
        self.pages: list[int] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _look(self) -> None:
        while not self._stop.is_set():
            shown = self._person.ask(QUEUE)["cases"]
            self.totals.append(shown["totalCount"])
            self.pages.append(len(shown["nodes"]))

    def looks(self, more: int) -> None:
        """Wait until there were so many looks more."""
        wanted = len(self.totals) + more
        eventually(lambda: len(self.totals) >= wanted or not self._thread.is_alive())
        assert self._thread.is_alive()


class Watched(Rebuild):
    """Lets somebody look before rows are mended, and when they are but not yet committed."""

    def __init__(self, follower: Follower, look: Callable[[], None]) -> None:
        super().__init__(follower)
        self._look = look

    def _mend(self, conn: psycopg.Connection[Any], key: Sequence[Identifier]) -> None:
        self._look()
        super()._mend(conn, key)
        self._look()


class TestReaders:
    """Whoever reads meanwhile sees what was there, then what is right."""

    def test_no_page_is_empty_or_shorter(
        self, installation: Installation, postgres: str, counted: Callable[[str], None]
    ) -> None:
        """While lost and changed rows are mended and people act, no page shows fewer cases than before."""
        put_in = installation.many_detected([api.DETECTED_AT] * 60)
        centre = installation.signed_in("centre.approve")
        queue = next(f for f in installation.followers if f.name == "case_queue")
        damaged = as_superuser(installation.endpoints.database_url, postgres)
        kept = [case.id for case in put_in[:40]]
        with psycopg.connect(damaged, autocommit=True) as conn, following(*installation.followers):
            conn.execute("DELETE FROM case_queue WHERE NOT case_id = ANY(%s)", [kept])
            conn.execute("UPDATE case_queue SET kind = 'X', late = true WHERE case_id = ANY(%s)", [kept[20:]])
            with Poller(centre) as poller:
                poller.looks(2)
                for n, case_id in enumerate(kept[:20]):
                    centre.does("approveCase", case_id)
                    if n == 10:
                        done = Watched(queue, lambda: poller.looks(2)).run()
                poller.looks(2)
        assert poller.totals == sorted(poller.totals)
        assert (poller.totals[0], poller.totals[-1]) == (40, 60)
        assert poller.pages == sorted(poller.pages)
        assert (poller.pages[0], poller.pages[-1]) == (40, 60)
        assert done.differed == 20 + 20
        assert Rebuild(queue).run().differed == 0
        counted(
            f"rebuild: {len(poller.pages)} pages read while {done.differed} rows were mended: none empty, none shorter"
        )


class TestStopped:
    """A read model that met an event it cannot apply."""

    def test_the_same_event_stops_the_rebuild(self, database: str, tmp_path: Path) -> None:
        """It stops with the same position and cause, and neither rows nor position nor problem change."""
        with app_over(database, tmp_path) as app, Model(database, CaseQueue(), app) as queue:
            poisoned(app)
            with pytest.raises(CannotApplyError) as live:
                queue.follow()
            before = (queue.rows("number"), queue.standing())
            with pytest.raises(CannotApplyError) as rebuilt:
                Rebuild(queue.follower).run()
            assert (rebuilt.value.position, rebuilt.value.told) == (live.value.position, live.value.told)
            assert (queue.rows("number"), queue.standing()) == before

    def test_one_that_lost_a_row_is_brought_to_the_head(self, database: str, tmp_path: Path) -> None:
        """Where only the rows were at fault, a rebuild takes it past the event; started again, it goes on."""
        with app_over(database, tmp_path) as app, Model(database, CaseQueue(), app) as queue:
            noun = UUID(int=0x401)
            [_, last] = happened(app, Case, noun, detected(number="DH-2026-000001"), RECEIVED)
            queue.follower.step(queue.conn, 1)
            queue.conn.execute("TRUNCATE case_queue")
            with pytest.raises(CannotApplyError) as stopped:
                queue.follow()
            assert Rebuild(queue.follower).run() == Rebuilt(2, 1, 1, stopped=True)
            assert queue.standing() == (last, stopped.value.told)
            with following(queue.follower):
                eventually(lambda: queue.standing() == (last, None))
            assert [row[1] for row in queue.rows("number")] == ["DH-2026-000001"]


class TestHeld:
    """A live follower that cannot be held."""

    def test_it_is_let_alone(self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A position that somebody else keeps is waited for a while only, and the rows stay as they are."""
        monkeypatch.setattr("projections.rebuild.LOCK_S", 0.05)
        with app_over(database, tmp_path) as app, Model(database, CaseQueue(), app) as queue:
            happened(app, Case, UUID(int=0x401), detected(number="DH-2026-000001"))
            queue.follow()
            queue.conn.execute("UPDATE case_queue SET late = true")
            rows = queue.rows("number")
            with queue.conn.transaction():
                queue.conn.execute("SELECT FROM positions FOR UPDATE")
                with pytest.raises(
                    NotRebuiltError, match=r"^case_queue was not rebuilt: its follower cannot"
                ):
                    Rebuild(queue.follower).run()
            assert queue.rows("number") == rows
            assert Rebuild(queue.follower).run().differed == 1


def poisoned(app: CaseSystem) -> None:
    """A case, and an event that nobody can read."""
    noun = UUID(int=0x401)
    happened(app, Case, noun, detected(number="DH-2026-000001"))
    app.recorder.insert_events([StoredEvent(noun, 2, "case:received", b"{")])
