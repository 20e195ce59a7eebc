"""Every benchmark runs, in sizes too small to say anything about speed."""

import asyncio
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import nats
import psycopg
import pytest

import bench
from bench import (
    append_command,
    append_statement,
    authorise,
    cameras,
    case_load,
    deadline,
    extract,
    intake,
    login_storm,
    outbox,
    queue_growth,
    queue_page,
    rebuild,
    subscribe,
)
from bench.installation import Installation
from cli.bench import ALONE, NAMES, ON_SERVERS, installation
from cli.console import Stop
from cli.up.nats import Nats
from cli.up.server import PATIENCE_S

ROOT = Path(__file__).parents[2]
FIELDS = {"name", "value", "unit", "baseline", "ratio"}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A nats-server of this module's own: the benchmark of intake makes and deletes the product's streams."""
    server = Nats(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop(PATIENCE_S)


@pytest.fixture
def at(database: str, broker: Nats, tmp_path: Path) -> Installation:
    """An empty installation."""
    return Installation(database, broker.url, tmp_path / "keys")


def read_back(lines: Iterator[dict[str, object]]) -> list[dict[str, Any]]:
    """Return the lines as a reader of the command's output gets them, each with the fields of the contract."""
    found = [json.loads(json.dumps(line)) for line in lines]
    for line in found:
        assert line.keys() >= FIELDS
        assert line["value"] > 0
        assert line["baseline"] > 0
    return found


def count(at: Installation, topic: str) -> int:
    """Return how many events of a topic are on record."""
    with at.connect() as conn:
        row = conn.execute("SELECT count(*) FROM events WHERE topic = %s", [topic]).fetchone()
    return int(row[0]) if row else 0


def test_append_statement(at: Installation) -> None:
    """Both sides append the same number of rows to the log, the first turn of each to warm up."""
    [line] = read_back(append_statement.run(at, rounds=2, appends=3))
    assert line["name"] == "append_statement"
    assert count(at, append_statement.TOPIC) == 18


def test_append_command(at: Installation) -> None:
    """Each act is measured with one writer against the library's, and with several against one."""
    lines = read_back(append_command.run(at, rounds=1, commands=4, writers=2))
    assert [(line["name"], line["act"], line["writers"]) for line in lines] == [
        ("append_command", "create", 1),
        ("append_command", "approve", 1),
        ("append_command", "receive", 1),
        ("append_command_writers", "create", 2),
        ("append_command_writers", "approve", 2),
        ("append_command_writers", "receive", 2),
    ]
    # a round to warm up and one that counts, by one writer and by two
    assert [count(at, f"case:{what}") for what in ("detected", "approved", "received")] == [16, 16, 16]
    with at.connect() as conn:
        assert conn.execute("SELECT count(*) FROM stock_events").fetchone() == (49,)


def test_rebuild(at: Installation) -> None:
    """The queue is built from a log in which cases have come to every stage, twice to the same rows."""
    [line] = read_back(rebuild.run(at, events=1000, rounds=1, wave=30))
    assert line["name"] == "rebuild"
    assert line["events"] >= 1000
    assert count(at, "case:result-notified") > 0


def test_rebuild_compares(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A baseline that gives other rows than ours is no baseline."""
    monkeypatch.setattr(
        rebuild, "CHANGING", "SELECT 1 WHERE" + " %s::text IS NULL OR" * 19 + " %s::text IS NULL"
    )
    with pytest.raises(AssertionError, match="different rows"):
        list(rebuild.run(at, events=1000, rounds=1, wave=30))


def test_case_load(at: Installation) -> None:
    """A case with as many events as are said is loaded and decided on, beside its rows as they are read."""
    [line] = read_back(case_load.run(at, rounds=2))
    assert line["name"] == "case_load"


def test_intake(at: Installation) -> None:
    """Every message of both sides is a case on record, and no stream is left behind."""
    [line] = read_back(intake.run(at, rounds=1, messages=30, singly=5))
    assert line["name"] == "intake"
    assert count(at, "case:detected") == 35
    assert streams(at) == []


def test_outbox(at: Installation) -> None:
    """Both sides publish the same messages, all of them each time, and leave no stream behind."""
    with at.connect() as conn:  # what another benchmark has left in the log is no part of it
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state)"
            " VALUES (gen_random_uuid(), 1, 'x', '')"
        )
    [line] = read_back(outbox.run(at, count=100, rounds=1, wave=30))
    assert line["name"] == "outbox"
    with at.connect() as conn:
        assert conn.execute("SELECT count(*) FROM events").fetchone() == (line["events"] + 1,)
    assert streams(at) == []


def streams(at: Installation) -> list[str | None]:
    """Return the streams that are left on the broker."""

    async def names() -> list[str | None]:
        connection = await nats.connect(at.nats_url)
        try:
            return [info.config.name for info in await connection.jetstream().streams_info()]
        finally:
            await connection.close()

    return asyncio.run(names())


def test_subscribe(at: Installation) -> None:
    """Every subscriber is told of every change, by the product and by the bare server beside it."""
    [line] = read_back(subscribe.run(at, subscribers=5, rounds=2))
    assert (line["name"], line["unit"], line["subscribers"], line["changes"]) == ("subscribe", "ms", 5, 2)
    assert count(at, "case:detected") == 3


def test_queue_page(at: Installation) -> None:
    """The product and plain strawberry show the same page of the same table."""
    [line] = read_back(queue_page.run(at, rows=200, seconds=0.2, rounds=1))
    assert (line["name"], line["unit"], line["rows"]) == ("queue_page", "pages/s", 200)


def test_queue_growth(at: Installation) -> None:
    """A longer queue is measured beside a shorter one."""
    [line] = read_back(queue_growth.run(at, short=100, long=300, seconds=0.2, rounds=1))
    assert (line["name"], line["unit"], line["rows"], line["rows_of_baseline"]) == (
        "queue_growth",
        "ms",
        300,
        100,
    )


def test_cameras(at: Installation) -> None:
    """A page of one's own cameras is measured beside a page of all of them."""
    [line] = read_back(cameras.run(at, rows=5000, seconds=0.2, rounds=1))
    assert (line["name"], line["unit"], line["rows"], line["of_the_tier"]) == ("cameras", "ms p95", 5000, 100)


def test_login_storm(at: Installation) -> None:
    """Pages are read while nobody signs in and while somebody does; every sign-in opens a session on record."""
    [line] = read_back(login_storm.run(at, rows=100, seconds=0.5, rounds=1))
    assert (line["name"], line["unit"], line["sign_ins"]) == ("login_storm", "ms p99", 10)
    assert count(at, "session:opened") == 21  # whoever reads the pages, ten to warm up, and ten


def test_authorise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision of the table is measured beside casbin's."""
    monkeypatch.setattr(authorise, "DECISIONS", 50)
    monkeypatch.setattr(authorise, "BASELINE_DECISIONS", 5)
    [line] = read_back(authorise.run())
    assert line["name"] == "authorise"


def test_deadline() -> None:
    """Every time limit is counted by the rulebook and over the package's days off, to the same last days."""
    [line] = read_back(deadline.run(count=300, rounds=1))
    assert (line["name"], line["unit"]) == ("deadline", "deadlines/s")
    assert line["timers"] > 10


def test_deadline_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A baseline that comes to other days than ours is no baseline."""
    monkeypatch.setattr(deadline, "by_package", lambda *_: date(2022, 6, 1))
    with pytest.raises(AssertionError, match="another last day"):
        list(deadline.run(count=1, rounds=1))


def test_extract() -> None:
    """A second is cut out of four, and the same bytes are copied and hashed."""
    [line] = read_back(extract.run(rounds=1, seconds=4, cut_s=1))
    assert line["name"] == "extract"
    assert 0 < line["cut_bytes"] < line["recording_bytes"]


def test_all_are_listed() -> None:
    """Whatever module of the package can be run is a benchmark of the command line."""
    modules = {module.name for module in pkgutil.iter_modules(bench.__path__)}
    assert {name for name in modules if hasattr(import_module(f"bench.{name}"), "run")} == set(
        NAMES
    ) & modules
    assert set(ON_SERVERS) <= modules
    assert set(ON_SERVERS).isdisjoint(ALONE)


def test_unknown_name() -> None:
    """A name that is none is a mistake of usage, answered with the names there are."""
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", "nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"minhchung: bench: expected one of {', '.join(NAMES)}, not nothing\n"


def test_given_servers(database: str, broker: Nats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of one's own are measured where the log is empty, and refused where it is not."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("NATS_URL", broker.url)
    with installation() as at:
        assert (at.database_url, at.nats_url) == (database, broker.url)
        folder = at.keys.parent
    assert not folder.exists()
    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state)"
            " VALUES (gen_random_uuid(), 1, 'x', '')"
        )
    with pytest.raises(Stop, match="DATABASE_URL: expected a database with an empty log"), installation():
        pass


@pytest.mark.parametrize("stream", ["DETECTIONS", "EVENTS"])
def test_given_broker_in_use(
    stream: str, database: str, broker: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker whose detections or events somebody waits for is not measured on."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("NATS_URL", broker.url)

    async def made(*, wanted: bool) -> None:
        connection = await nats.connect(broker.url)
        try:
            js = connection.jetstream()
            if wanted:
                await js.add_stream(name=stream, subjects=["mc.v1.x.>"])
            else:
                await js.delete_stream(stream)
        finally:
            await connection.close()

    asyncio.run(made(wanted=True))
    try:
        with (
            pytest.raises(Stop, match=f"NATS_URL: expected a broker without a stream {stream}"),
            installation(),
        ):
            pass
    finally:
        asyncio.run(made(wanted=False))
