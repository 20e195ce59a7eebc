"""Everything under kill -9 of its servers, one at a time and all at once (A2, A4)."""

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from eventsourcing.persistence import InterfaceError, OperationalError

from api.messages.client import connect
from api.messages.event_stream import EventStream
from api.messages.intake import Intake
from api.messages.outbox import Outbox
from cli.intake import _consume
from cli.migrate import migrate
from cli.up.nats import Nats
from cli.up.postgres import Postgres
from cli.wiring import rulebook
from domain.case import Case
from domain.commands.application import CaseSystem
from tests.support.commands import answered, at_once, opened
from tests.support.detections import ACK_WAIT_S, consumed, detection, publish
from tests.support.faults import forking, kill
from tests.support.installation import app_over, founded
from tests.support.outbox import SUBJECTS, broker_at, logged, post
from tests.support.serving import until
from tests.support.soak import sizes

WRITERS = 8
PUBLISHERS = 2
NOT_NOW = (OperationalError, InterfaceError)


@pytest.fixture
def postgres(place: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, as durable as that of the product."""
    server = Postgres(place, sockets=place)
    server.start()
    yield server
    server.stop(10)


@pytest.fixture
def nats(place: Path) -> Iterator[Nats]:
    """A nats-server of this test's own."""
    server = Nats(place)
    server.start()
    yield server
    server.stop(10)


class Writers:
    """Several that send commands one after another, each until it is answered."""

    def __init__(self, app: CaseSystem) -> None:
        self._app = app
        self._numbers = itertools.count()
        self._done = threading.Event()
        self.acknowledged: dict[str, int] = {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write for as long as the block lasts."""
        with ThreadPoolExecutor(WRITERS) as threads:
            writers = [threads.submit(self._write) for _ in range(WRITERS)]
            try:
                yield
            finally:
                self._done.set()
            for writer in writers:
                writer.result(60)

    def _write(self) -> None:
        while not self._done.is_set():
            command_id = f"c{next(self._numbers)}"
            while command_id not in self.acknowledged:
                with contextlib.suppress(*NOT_NOW):
                    self.acknowledged[command_id] = opened(self._app, command_id).position


class TestKilledDatabase:
    """A2: kill -9 of the postmaster and all its children under eight writers."""

    @pytest.mark.timeout(600)
    @sizes(kills=(20, 300))
    def test_every_acknowledged_command_is_there_once(
        self, postgres: Postgres, place: Path, counted: Callable[[str], None], kills: int
    ) -> None:
        """The writers outlive all kills; every command they heard an answer to is on record once, with that answer."""
        migrate(postgres.url)
        chance = random.Random(2)  # noqa: S311 — a seed for a test
        slowest = 0.0
        with app_over(postgres.url, place / "keys", pool=WRITERS) as app:
            writers = Writers(app)
            with writers.writing():
                for _ in range(kills):
                    wanted = len(writers.acknowledged) + chance.randint(20, 400)
                    assert until(lambda: len(writers.acknowledged) >= wanted, seconds=60)  # noqa: B023
                    kill(postgres)
                    began = time.monotonic()
                    postgres.start()
                    slowest = max(slowest, time.monotonic() - began)
        stored, events = at_once(postgres.url)
        assert {command: answer[2] for command, answer in stored.items()} == writers.acknowledged
        assert {events[position] for position in writers.acknowledged.values()} == set(events.values())
        assert len(set(events.values())) == len(events) == len(stored)
        counted(
            f"A2 {kills} kills of PostgreSQL with all its children under {WRITERS} writers: {len(stored)} acknowledged,"
            f" 0 lost, 0 twice; back after {slowest:.1f} s at most"
        )


def everything(database: str, nats_url: str, keys: str, round_: int, heard: Connection) -> None:
    """Writers, publishers, intake and outbox in one process, until somebody kills it; it says what was acknowledged."""

    def say(what: str) -> None:
        heard.send_bytes(what.encode())  # one write, so never half

    async def publishing(publisher: int) -> None:
        js = (await connect(nats_url)).jetstream()
        for n in itertools.count():
            number = (round_ * PUBLISHERS + publisher) * 1_000_000 + n
            await publish(js, [detection(number)])
            say(f"detection {number}")

    def write(app: CaseSystem, writer: int) -> None:
        for n in itertools.count():
            command_id = f"{round_}-{writer}-{n}"
            say(f"command {command_id} {opened(app, command_id).position}")

    with app_over(database, Path(keys), pool=WRITERS) as app, start_blocking_portal() as portal:
        stop = portal.call(anyio.Event)
        intake = Intake(app, rulebook())
        portal.start_task_soon(partial(_consume, nats_url, intake, stop, ack_wait_s=ACK_WAIT_S))
        outbox = Outbox(database, EventStream(portal, nats_url, SUBJECTS), app.mapper)
        threading.Thread(target=outbox.run, args=(threading.Event(),)).start()
        with broker_at(nats_url, fresh=False) as broker:
            assert until(lambda: bool(broker.streams() >= {"DETECTIONS", "EVENTS"}))
        for publisher in range(PUBLISHERS):
            portal.start_task_soon(publishing, publisher)
        with ThreadPoolExecutor(WRITERS) as threads:
            list(threads.map(lambda writer: write(app, writer), range(WRITERS)))


class Acknowledged:
    """What the processes of all rounds have said before they were killed."""

    def __init__(self) -> None:
        self.commands: dict[str, int] = {}
        self.detections: set[int] = set()

    def hear(self, said: Connection, until_killed: Callable[[int], None]) -> None:
        """Hear all that one process says; after each, somebody may kill it."""
        heard = 0
        with said, contextlib.suppress(EOFError):
            while True:
                kind, name, *position = said.recv_bytes().decode().split()
                if kind == "command":
                    self.commands[name] = int(position[0])
                else:
                    self.detections.add(int(name))
                heard += 1
                until_killed(heard)


class TestEverythingKilled:
    """A4: PostgreSQL, nats-server and the application, all at once."""

    @pytest.mark.timeout(600)
    @sizes(kills=(10, 100))
    def test_nothing_acknowledged_is_lost(
        self, postgres: Postgres, nats: Nats, place: Path, counted: Callable[[str], None], kills: int
    ) -> None:
        """After kills of everything: commands once, a case a detection, and the stream of events is the log."""
        migrate(postgres.url)
        keys = place / "keys"
        with app_over(postgres.url, keys) as app:
            founded(app)
        context, chance = forking(), random.Random(4)  # noqa: S311 — a seed for a test
        acknowledged = Acknowledged()
        for n in range(kills):
            said, saying = context.Pipe(duplex=False)
            child = context.Process(target=everything, args=(postgres.url, nats.url, str(keys), n, saying))
            child.start()
            saying.close()
            last = chance.randint(100, 600)
            acknowledged.hear(said, lambda heard: kill_all(heard == last, child, postgres, nats))  # noqa: B023
            child.join(30)
            assert child.exitcode == -9
            postgres.start()
            nats.start()
        with app_over(postgres.url, keys) as app:
            anyio.run(consumed, nats.url, Intake(app, rulebook()))
            with broker_at(nats.url, fresh=False) as broker, post(postgres.url, broker, app) as outbox:
                before = len(broker.told())
                outbox.publish()
                assert broker.told() == logged(postgres.url)
        stored = answered(postgres.url)
        events = logged(postgres.url)
        cases = [event_id for _, event_id, topic in events if topic == "case:detected"]
        wanted = {f"{Case.create_id(detection(n).proposal_id)}/1" for n in acknowledged.detections}
        assert before > kills
        assert {name: stored[name][2] for name in acknowledged.commands} == acknowledged.commands
        assert len(set(cases)) == len(cases)
        assert wanted <= set(cases)
        assert len({event_id for _, event_id, _ in events}) == len(events)
        counted(
            f"A4 {kills} kills of PostgreSQL, nats-server and the application at once:"
            f" {len(acknowledged.commands)} commands and {len(wanted)} detections acknowledged, 0 lost, 0 twice;"
            f" all {len(events)} events in EVENTS once, in order, {before} of them published between the kills"
        )


def kill_all(now: bool, child: BaseProcess, *servers: Postgres | Nats) -> None:
    """Kill everything, if it is time."""
    if now:
        child.kill()
        kill(*servers)
