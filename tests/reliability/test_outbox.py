"""The outbox under kills and outages: what is committed is published, once, in order (A5)."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from psycopg import Connection

from api.messages.event_stream import EventStream, Message
from api.messages.outbox import Outbox
from cli.up.nats import Nats
from domain.commands.application import CaseSystem
from projections.follower import BATCH
from tests.support.faults import die, forking, kill
from tests.support.installation import app_over
from tests.support.outbox import SUBJECTS, broker_at, happens, logged, marked, post
from tests.support.serving import until

POINTS = ("committed", "half published", "published", "marked")
TIMES = 3
EVENTS_EACH = 40
AWAY = 2 * BATCH + 500
"""Events that happen while the broker is away: more than are published at a time."""


class DyingStream(EventStream):
    """Is killed before, in the middle of, or after the publishing."""

    point = ""

    def append(self, after: int, messages: Iterable[Message]) -> None:
        """Publish, or die on one side of it or within."""
        if self.point == "committed":
            die()
        super().append(after, self._some(list(messages)))
        if self.point == "published":
            die()

    def _some(self, messages: list[Message]) -> Iterator[Message]:
        for n, message in enumerate(messages):
            if self.point == "half published" and n == EVENTS_EACH // 2:
                die()
            yield message


class DyingOutbox(Outbox):
    """Is killed when what it published has been marked."""

    point = ""

    def step(self, conn: Connection[tuple[object, ...]], limit: int = BATCH) -> int:
        """Publish and mark, and die before anything else."""
        seen = super().step(conn, limit)
        if seen and self.point == "marked":
            die()
        return seen


def publish_and_die(nats_url: str, database: str, keys: str, point: str) -> None:
    """An outbox that does not live past *point*."""
    with app_over(database, Path(keys)) as app, start_blocking_portal() as portal:
        stream = DyingStream(portal, nats_url, SUBJECTS)
        outbox = DyingOutbox(database, stream, app.mapper)
        stream.point = outbox.point = point
        outbox.run(threading.Event())


class TestKilledOutbox:
    """A5: kill -9 between each pair of steps: committed, published, marked."""

    def test_every_event_is_there_once(
        self, database: str, nats_url: str, tmp_path: Path, counted: Callable[[str], None]
    ) -> None:
        """Whatever step the outbox is killed at, the stream is the log afterwards, event by event."""
        context = forking()
        with app_over(database, tmp_path) as app, broker_at(nats_url) as broker:
            for point in POINTS * TIMES:
                happens(app, EVENTS_EACH)
                child = context.Process(
                    target=publish_and_die, args=(nats_url, database, str(tmp_path), point)
                )
                child.start()
                child.join(60)
                assert child.exitcode == -9
            with post(database, broker, app) as last:
                last.publish()
            told = broker.told()
            assert told == logged(database)
            assert [one.sequence for one in broker.heard()] == list(range(1, len(told) + 1))
        assert len(told) == len(POINTS) * TIMES * EVENTS_EACH
        counted(
            f"A5 {len(POINTS) * TIMES} kills at {len(POINTS)} points of the outbox: {len(told)} events, each in"
            " EVENTS once, in the order of the log"
        )


@contextmanager
def running(database: str, url: str, app: CaseSystem) -> Iterator[Outbox]:
    """An outbox in a thread of its own."""
    stop = threading.Event()
    with start_blocking_portal() as portal:
        stream = EventStream(portal, url, SUBJECTS)
        outbox = Outbox(database, stream, app.mapper)
        thread = threading.Thread(target=outbox.run, args=(stop,))
        thread.start()
        try:
            yield outbox
        finally:
            stop.set()
            thread.join(30)
            assert not thread.is_alive()
            stream.close()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the follower has logged."""
    return [record.getMessage() for record in caplog.records if record.name == "projections.follower"]


class TestBrokerAway:
    """However long the broker is away, what happens meanwhile is published when it is back."""

    def test_all_of_it_comes(
        self,
        database: str,
        place: Path,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        counted: Callable[[str], None],
    ) -> None:
        """Nothing is lost, nothing twice; it is told once when the broker goes, and there is no problem to mend."""
        server = Nats(place)
        server.start()
        try:
            with (
                caplog.at_level(logging.INFO, logger="projections.follower"),
                app_over(database, tmp_path) as app,
                running(database, server.url, app),
            ):
                happens(app, 5)
                assert until(lambda: marked(database) == 5)
                kill(server)
                for _ in range(5):
                    happens(app, AWAY // 5)
                assert until(lambda: bool(said(caplog)))
                server.start()
                assert until(lambda: marked(database) == AWAY + 5, seconds=60)
            with broker_at(server.url, fresh=False) as broker:
                assert broker.told() == logged(database)
        finally:
            server.stop(10)
        *waits, last = said(caplog)
        assert last == "outbox goes on"
        assert {text.split(":")[0] for text in waits} == {"outbox waits for the broker"}
        assert all(one != other for one, other in pairwise(waits))
        counted(f"A broker away while {AWAY} events happen: all of them in EVENTS afterwards, in order, once")
