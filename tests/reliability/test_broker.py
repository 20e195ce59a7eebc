"""Detections while their broker is killed, restarted, emptied and forgetful (A3, A8, C2)."""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio
import nats
import nats.errors
import psycopg
import pytest
from anyio.from_thread import start_blocking_portal

from api.messages.intake import Intake
from api.messages.streams import DETECTIONS, INTAKE, ensure
from cli.intake import _consume
from cli.up.nats import Nats
from cli.wiring import rulebook
from detection.contracts import subject, wrap
from domain.case import Case
from tests.support.detections import ACK_WAIT_S, SUBJECTS, consumed, detection, left, publish
from tests.support.faults import kill
from tests.support.installation import CAMERA, app_over, founded
from tests.support.serving import until
from tests.support.soak import sizes

PUBLISHERS = 8
IN_FLIGHT = 200
NO_WINDOW_S = 0.1


@pytest.fixture
def server(place: Path) -> Iterator[Nats]:
    """A broker of this test's own."""
    server = Nats(place)
    server.start()
    yield server
    server.stop(10)


def cases_of(database: str) -> list[str]:
    """The ids of all detected cases, as often as they are on record."""
    with psycopg.connect(database) as conn:
        rows = conn.execute("SELECT originator_id FROM events WHERE topic = 'case:detected'").fetchall()
    return sorted(str(row[0]) for row in rows)


def case_of(n: int) -> str:
    """The id of the case that the n-th detection must become."""
    return str(Case.create_id(detection(n).proposal_id))


@contextmanager
def consuming(url: str, intake: Intake) -> Iterator[None]:
    """Intake as its process runs it, for as long as the block lasts."""
    with start_blocking_portal() as portal:
        stop = portal.call(anyio.Event)
        # what was taken and not answered when the broker was killed comes again soon enough for a test
        running = portal.start_task_soon(partial(_consume, url, intake, stop, ack_wait_s=ACK_WAIT_S))
        try:
            yield
        finally:
            portal.call(stop.set)
            running.result(30)


class Publishers:
    """Several that publish detections one after another, each until it is acknowledged."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count()
        self._stop = False
        self.acknowledged: set[int] = set()

    async def run(self) -> None:
        """Publish until told to stop."""
        await asyncio.gather(*(self._publish() for _ in range(PUBLISHERS)))

    async def stop(self) -> None:
        """Let each finish what it has begun."""
        self._stop = True

    async def _publish(self) -> None:
        async def quiet(_: Exception) -> None:
            """The publisher tries again; there is nothing to say."""

        connection = await nats.connect(
            self._url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=quiet
        )
        js = connection.jetstream(timeout=1)
        while not self._stop:
            n = next(self._numbers)
            one = detection(n)
            while n not in self.acknowledged:
                try:
                    await js.publish(
                        subject("dong-hoi", one.camera),
                        wrap(one),
                        headers={"Nats-Msg-Id": str(one.proposal_id)},
                    )
                    self.acknowledged.add(n)
                except (nats.errors.Error, OSError):
                    await asyncio.sleep(0.02)
        await connection.close()


class TestKilledBroker:
    """A3, C2: kill -9 of nats-server under eight publishers, and a consumer that nobody restarts."""

    @pytest.mark.timeout(400)
    @sizes(kills=(20, 500))
    def test_every_acknowledged_detection_is_one_case(
        self, database: str, server: Nats, tmp_path: Path, counted: Callable[[str], None], kills: int
    ) -> None:
        """After each kill the consumer goes on by itself; in the end no detection is lost, none is doubled."""
        chance = random.Random(3)  # noqa: S311 — a seed for a test
        publishers = Publishers(server.url)
        resumed = 0
        with app_over(database, tmp_path) as app:
            founded(app)
            intake = Intake(app, rulebook())
            with consuming(server.url, intake), start_blocking_portal() as portal:
                assert until(lambda: portal.call(stands, server.url))
                publishing = portal.start_task_soon(publishers.run)
                for _ in range(kills):
                    wanted = len(publishers.acknowledged) + chance.randint(20, 200)
                    assert until(lambda: len(publishers.acknowledged) >= wanted, seconds=60)  # noqa: B023
                    kill(server)
                    before = len(cases_of(database))
                    server.start()
                    assert until(lambda: len(cases_of(database)) > before, seconds=60)  # noqa: B023
                    resumed += 1
                portal.call(publishers.stop)
                publishing.result(60)
                assert until(lambda: portal.call(emptied, server.url), seconds=120)
        assert cases_of(database) == sorted(map(case_of, publishers.acknowledged))
        total = len(publishers.acknowledged)
        counted(
            f"A3 {kills} kills of nats-server under {PUBLISHERS} publishers: {total} acknowledged, 0 lost, 0 doubled"
        )
        counted(f"C2 {resumed} broken connections of intake: it resumed by itself after each")


async def stands(url: str) -> bool:
    """Whether the stream of detections is there to publish to."""
    connection = await nats.connect(url)
    try:
        await left(connection.jetstream())
    except nats.errors.Error:
        return False
    finally:
        await connection.close()
    return True


async def emptied(url: str) -> bool:
    """Whether every detection was taken."""
    connection = await nats.connect(url)
    try:
        return not await left(connection.jetstream())
    finally:
        await connection.close()


class TestForgotten:
    """What a killed nats-server sometimes leaves: messages that their consumer counts as answered."""

    def test_given_again(self, database: str, server: Nats, tmp_path: Path) -> None:
        """Intake has them given again: what was a case stays one, what was none becomes one, and none is left over."""

        async def forgotten() -> None:
            connection = await nats.connect(server.url)
            js = connection.jetstream()
            await ensure(js, SUBJECTS)
            await publish(js, [detection(1), detection(2)])
            await js.reset_consumer(DETECTIONS, INTAKE, seq=3)
            info = await js.consumer_info(DETECTIONS, INTAKE)
            assert (info.num_pending, info.num_ack_pending, await left(js)) == (0, 0, 2)
            await connection.close()

        with app_over(database, tmp_path) as app:
            founded(app)
            intake = Intake(app, rulebook())
            assert intake.commit([wrap(detection(1))]) == [None]
            anyio.run(forgotten)
            with consuming(server.url, intake), start_blocking_portal() as portal:
                assert until(lambda: portal.call(emptied, server.url), seconds=60)
        assert cases_of(database) == sorted(map(case_of, (1, 2)))


class Sender:
    """Sends every detection at once, as often as one likes."""

    def __init__(self, url: str, ids: int) -> None:
        self._url = url
        # made once: what is sent again is the same to the byte
        self._messages = [(str(detection(n).proposal_id), wrap(detection(n))) for n in range(ids)]

    async def send(self) -> int:
        """Send all of them; how many the server takes as new."""
        connection = await nats.connect(self._url)
        js = connection.jetstream()
        await ensure(js, SUBJECTS)
        new = 0
        for start in range(0, len(self._messages), IN_FLIGHT):
            acks = await asyncio.gather(
                *(
                    js.publish(subject("dong-hoi", CAMERA), raw, headers={"Nats-Msg-Id": name})
                    for name, raw in self._messages[start : start + IN_FLIGHT]
                )
            )
            new += sum(not ack.duplicate for ack in acks)
        await connection.close()
        return new

    async def empty(self) -> None:
        """Purge the stream, as an operator does."""
        connection = await nats.connect(self._url)
        await connection.jetstream().purge_stream(DETECTIONS)
        await connection.close()

    async def forget(self) -> None:
        """Make the server's window so short that a restart takes longer: it knows none of the ids any more."""
        connection = await nats.connect(self._url)
        js = connection.jetstream()
        config = (await js.stream_info(DETECTIONS)).config
        await js.update_stream(config.evolve(duplicate_window=NO_WINDOW_S))
        await connection.close()


class TestRepeatedDetection:
    """A8: the same detection five times, wherever the server has forgotten it, is one case."""

    @sizes(ids=(1_000, 100_000))
    def test_many_ids(
        self, database: str, server: Nats, tmp_path: Path, counted: Callable[[str], None], ids: int
    ) -> None:
        """Within the window, past it, across a purge and across a restart of everything: as many cases as ids."""
        sender = Sender(server.url, ids)

        def past_the_window() -> None:
            anyio.run(sender.forget)
            kill(server)
            server.start()

        def taken() -> None:
            with app_over(database, tmp_path) as app:  # another process each time
                anyio.run(consumed, server.url, Intake(app, rulebook()))

        with app_over(database, tmp_path) as app:
            founded(app)
        assert anyio.run(sender.send) == ids
        assert anyio.run(sender.send) == 0  # the server knows them still
        taken()
        assert len(cases_of(database)) == ids
        past_the_window()
        assert anyio.run(sender.send) == ids
        taken()
        past_the_window()
        assert anyio.run(sender.send) == ids
        anyio.run(sender.empty)
        past_the_window()
        assert anyio.run(sender.send) == ids
        kill(server)
        server.start()
        taken()
        assert cases_of(database) == sorted(map(case_of, range(ids)))
        counted(
            f"A8 {ids} detections sent 5 times each, within the window, past it, across a purge and a restart:"
            f" {ids} cases"
        )
