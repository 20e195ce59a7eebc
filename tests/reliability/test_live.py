"""Whoever watches through slow readers, thousands of sockets, a database that goes away, and the end (C3, C4, C8)."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import InterfaceError, OperationalError
from starlette.websockets import WebSocketDisconnect

from api.live import BACKLOG
from cli import demo
from cli.migrate import migrate
from cli.up.postgres import OWNER, SUPERUSER, Postgres
from cli.up.server import Server
from tests.support.api import Found, Installation, endpoints_of, session
from tests.support.serving import resident_kib, until
from tests.support.soak import sizes
from tests.support.watching import CHANGED, PROTOCOL, Served, followers, served, watched
from tests.support.wire import Wire, arrivals

READERS = 200
MUCH = 10
CHANGES = 20
SOCKETS = 1_000
DISTURBANCES = 9
FLAT_KIB = 16 * 1024
"""How much more the process may hold after the last round than after the first; a leak of 16 KiB a socket is twice."""
LARGE = CHANGED.replace(
    "version }",
    "version evidence { id kind sha256 size capturedAt } history { position event at recordedAt by unit }"
    " availableActions { action enabled reasons { message en: message(language: EN) rule { id citation } } } }",
)


def watching(at: Served, token: str, count: int, **asked: Any) -> list[Wire]:
    """So many sockets that are subscribed."""
    before = len(at.live.subscribers)
    wires = []
    for _ in range(count):
        wire = Wire(at.address, token)
        wire.begin()
        wire.watch(**asked)
        wires.append(wire)
    assert until(lambda: len(at.live.subscribers) == before + count, seconds=30)
    return wires


def watching_much(at: Served, token: str, *, buffer: int | None = None) -> Wire:
    """One socket with several subscriptions, each to much of a case."""
    wire = Wire(at.address, token, buffer=buffer)
    wire.begin()
    before = len(at.live.subscribers)
    for n in range(MUCH):
        wire.watch(query=LARGE, id=str(n))
    assert until(lambda: len(at.live.subscribers) == before + MUCH)
    return wire


class TestSlowReaders:
    """C3: one that never reads costs the others nothing and is let go; memory is bounded."""

    @pytest.mark.timeout(300)
    def test_a_stuck_one_beside_many(
        self, installation: Installation, counted: Callable[[str], None]
    ) -> None:
        """200 sockets are told of every change while one beside them reads nothing; that one is cut off."""
        token = installation.tokens["centre.approve"]
        with served(installation, read_seconds=2) as at:
            readers = watching(at, token, READERS)
            reading = watching_much(at, token)
            alone = []
            for _ in range(CHANGES):
                alone += told(installation, readers)
                for _ in range(MUCH):
                    assert reading.receive()["type"] == "next"
            reading.hang_up()
            assert until(lambda: len(at.live.subscribers) == READERS)
            stuck = watching_much(at, token, buffer=4096)
            beside = list(chain(*(told(installation, readers) for _ in range(CHANGES))))
            more = 0
            while len(at.live.subscribers) > READERS and more < CHANGES * 5:
                told(installation, readers)
                more += 1
            assert until(lambda: len(at.live.subscribers) == READERS)
            assert until(lambda: len(at.live.people.present) == READERS)
            for wire in (*readers, stuck):
                wire.hang_up()
            assert at.empty()
        figures = [f"{1000 * quantiles(phase, n=100)[98]:.0f} ms" for phase in (alone, beside)]
        counted(
            f"C3 {READERS} readers, {CHANGES} changes: all told of all; p99 {figures[0]} beside one"
            f" that reads as well, {figures[1]} beside one that reads nothing, which was cut off"
        )

    @pytest.mark.timeout(120)
    def test_one_that_reads_too_late(self, installation: Installation) -> None:
        """Who comes back late reads what had been sent, is told TOO_SLOW, and resumes without a gap or repeat."""
        token = installation.tokens["centre.approve"]
        start = installation.head()
        with served(installation, read_seconds=60) as at:
            late = Wire(at.address, token, buffer=4096)
            late.begin()
            late.watch(query=LARGE)
            assert until(lambda: len(at.live.subscribers) == 1)
            [subscriber] = at.live.subscribers
            wrote = []
            while subscriber._failed is None:
                wrote += [str(case.id) for case in installation.many_detected([installation.now] * 200)]
                head = installation.head()
                assert until(lambda head=head: at.live.position == head)  # type: ignore[misc]
            read, message = [], late.receive()
            while message["type"] == "next":
                read.append(message["payload"]["data"]["caseChanged"])
                message = late.receive()
            assert message["payload"][0]["extensions"] == {
                "code": "TOO_SLOW",
                "rule": None,
                "retryable": True,
            }
            assert len(wrote) - len(read) > BACKLOG
            late.watch(after=int(read[-1]["position"]) if read else start, id="2")
            while len(read) < len(wrote):
                read.append(late.receive()["payload"]["data"]["caseChanged"])
            assert [changed["case"]["id"] for changed in read] == wrote
            late.hang_up()
            assert at.empty()


def told(installation: Installation, readers: list[Wire]) -> list[float]:
    """How long each reader waited for the next change, from its commit."""
    case = installation.detected(project=False)
    committed = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        projecting = beside.submit(installation.project)
        times, messages = arrivals(readers)
        projecting.result()
    assert {m["payload"]["data"]["caseChanged"]["case"]["id"] for m in messages} == {str(case.id)}
    assert len(messages) == len(readers)
    return [arrived - committed for arrived in times]


class TestManySockets:
    """C4: sockets that come and go leave nothing."""

    @pytest.mark.timeout(300)
    @sizes(rounds=(3, 100))
    def test_a_thousand_come_and_go(
        self, installation: Installation, counted: Callable[[str], None], rounds: int
    ) -> None:
        """A thousand sockets subscribe and go, politely and not, again and again: none of it stays."""
        token = installation.tokens["centre.approve"]
        with served(installation) as at:
            for wire in watching(at, token, 1):
                wire.hang_up()
            assert at.empty()
            idle = at.tasks()
            held = []
            for turn in range(rounds):
                wires = watching(at, token, SOCKETS)
                installation.detected()
                _, messages = arrivals(wires)
                assert len(messages) == SOCKETS
                for n, wire in enumerate(wires):
                    wire.hang_up(politely=(n + turn) % 2 == 0)
                assert at.empty()
                assert until(lambda: at.tasks() <= idle)
                del wires, messages
                gc.collect()
                held.append(resident_kib())
        assert held[-1] - held[0] < FLAT_KIB
        growth = ", ".join(f"{(kib - held[0]) / 1024:+.1f} MiB" for kib in held[-2:])
        counted(
            f"C4 {rounds} x {SOCKETS} sockets subscribed, told and gone: 0 subscribers, 0 more tasks,"
            f" memory after the first round {growth}"
        )

    def test_more_than_there_is_room_for(self, installation: Installation) -> None:
        """One socket too many is refused with 503; when one goes there is room again."""
        token = installation.tokens["centre.approve"]
        with served(installation, connections=3) as at:
            wires = watching(at, token, 3)
            refused = Wire(at.address, token)
            assert refused.status == 503
            refused.hang_up()
            wires.pop().hang_up()
            assert until(lambda: len(at.live.subscribers) == 2)
            wires.append(Wire(at.address, token))
            assert wires[-1].status == 101
            for wire in wires:
                wire.hang_up()

    def test_the_end_of_the_server(self, installation: Installation, counted: Callable[[str], None]) -> None:
        """A server that stops says so to 200 open sockets, and is gone within ten seconds."""
        token = installation.tokens["centre.approve"]
        with served(installation) as at:
            wires = watching(at, token, READERS)
            stopping = time.monotonic()
        took = time.monotonic() - stopping
        assert [wire.receive() for wire in wires] == [1012] * READERS
        assert not at.live.subscribers
        assert at.loops[0].is_closed()
        for wire in wires:
            wire.hang_up()
        counted(f"C8 a stop with {READERS} open sockets: each was told, over in {took:.1f} s")


class TestDatabaseAway:
    """C1: the database goes away and comes back; whoever stayed on their socket misses nothing."""

    @pytest.mark.timeout(300)
    def test_nothing_is_missed_or_repeated(
        self, own: Installation, own_postgres: Postgres, counted: Callable[[str], None]
    ) -> None:
        """Through restarts, killed connections and lost notifications each change is told once, in order."""
        wrote: list[str] = []
        with followers(own), watched(own) as now, now.socket("centre.approve") as reader:
            reader.watch()
            for n in range(DISTURBANCES):
                if n % 3 == 0:
                    Server.stop(own_postgres, 10)
                    own_postgres.start()
                elif n % 3 == 1:
                    with psycopg.connect(own_postgres.url_of(SUPERUSER, "postgres")) as conn:
                        conn.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name LIKE 'minhchung_serve%'"
                        )
                wrote += [str(case.id) for case in written(own)]
            told = [reader.changed() for _ in wrote]
            last = str(own.detected(project=False).id)
            assert reader.event() == ("case:detected", last)
        assert [changed["case"]["id"] for changed in told] == wrote
        positions = [changed["position"] for changed in told]
        assert positions == sorted(set(positions))
        counted(f"C1 {DISTURBANCES} outages under an open subscription: 0 missed, 0 repeated of {len(told)}")

    def test_while_it_is_away(self, own: Installation, own_postgres: Postgres) -> None:
        """What is begun during an outage is refused as retryable, at the cost of nothing that was open."""
        with followers(own), watched(own) as now, now.socket("centre.approve") as reader:
            reader.watch()
            Server.stop(own_postgres, 10)
            reader.send(CHANGED, id="2")
            error = reader.error()
            assert (error["code"], error["retryable"]) == ("UNAVAILABLE", True)
            with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as other:
                said = {"authorization": f"Bearer {own.tokens['centre.approve']}"}
                other.send_json({"type": "connection_init", "payload": said})
                with pytest.raises(WebSocketDisconnect) as closed:
                    other.receive_json()
                assert closed.value.code == 1013
            own_postgres.start()
            [case] = written(own, 1)
            assert reader.event() == ("case:detected", str(case.id))


@pytest.fixture
def own(own_postgres: Postgres, tmp_path: Path) -> Iterator[Installation]:
    """An installation with the demo on a PostgreSQL of this test's own."""
    with psycopg.connect(own_postgres.url_of(SUPERUSER, "postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE watched OWNER {OWNER}")
    migrate(own_postgres.url_of(OWNER, "watched"))
    endpoints = endpoints_of(own_postgres, "watched", tmp_path / "keys")
    demo.load(endpoints)
    made = Installation(endpoints, {}, {})
    made.tokens["centre.approve"] = session(made.operator, "centre.approve")
    yield made
    made.close()


def written(installation: Installation, count: int = 3) -> list[Found]:
    """Cases put on record as soon as the database takes them."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return installation.many_detected([installation.now] * count, project=False)
        except (OperationalError, InterfaceError):
            assert time.monotonic() < deadline
