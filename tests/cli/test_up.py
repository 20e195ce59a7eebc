"""`minhchung up`: what a person who starts, stops and kills it finds."""

import json
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from cli.settings import load, resolve
from cli.up import endpoints
from tests.cli.support import SERVE, Up, eventually, held, holders

Start = Callable[..., Up]
EVERYTHING = {"up", "postgres", "nats", "serve"}
on_linux = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="needs Linux: /proc, PR_SET_PDEATHSIG"
)


def remember(data: Path, word: str) -> None:
    """Commit a word to the database of a running installation."""
    with psycopg.connect(endpoints.read(data).database_url) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS remembered (word text)")
        conn.execute("INSERT INTO remembered VALUES (%s)", [word])


def remembered(data: Path) -> list[str]:
    """Return the words committed so far."""
    with psycopg.connect(endpoints.read(data).database_url) as conn:
        return [word for (word,) in conn.execute("SELECT word FROM remembered")]


class TestStartAndStop:
    """A start answers once, a stop leaves nothing."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_clean_stop(self, up: Start, environment: dict[str, str], number: signal.Signals) -> None:
        """A signal to stop ends every process, removes the record, and is a success."""
        one = up(fresh=True)
        url = f"http://127.0.0.1:{environment['MINHCHUNG_PORT']}"
        assert one.ready() == {"ready": True, "url": url, "accounts": []}
        assert held(one.data) == EVERYTHING
        assert one.end(number) == 0
        assert held(one.data) == set()
        assert not endpoints.path_of(one.data).exists()
        assert one.line() == ""

    def test_record(self, up: Start) -> None:
        """Other subcommands find the running servers in a file for their owner alone; a second start keeps data."""
        first = up()
        first.ready()
        remember(first.data, "kept")
        assert first.end() == 0
        one = up()
        one.ready()
        assert remembered(one.data) == ["kept"]
        assert endpoints.path_of(one.data).stat().st_mode & 0o777 == 0o600
        found = resolve(load({"MINHCHUNG_DATA": one.data}))
        with psycopg.connect(found.database_url) as conn:
            assert conn.execute("SELECT current_user, current_database()").fetchone() == ("minhchung",) * 2
        assert found.evidence_url == f"file://{one.data}/evidence"
        assert found.keys == one.data / "keys"

    def test_accounts_are_shown_once(self, up: Start) -> None:
        """Passwords go to the terminal, and to no log and no file."""
        account = {
            "name": "truc-ban",
            "password": "canary-5071",
            "unit_kind": "OPERATIONS_CENTRE",
            "role": "approve",
        }
        one = up(accounts=[account], as_json=False)
        assert one.process.stdout is not None
        shown = ""
        while "graphql" not in shown:
            shown += one.line()
        assert shown.count("canary-5071") == 1
        one.end()
        assert "canary-5071" not in one.said()
        texts = [path.read_bytes() for path in one.data.rglob("*") if path.is_file()]
        assert not any(b"canary-5071" in text for text in texts)

    def test_accounts_as_json(self, up: Start) -> None:
        """A program is given the accounts in the one line that says ready."""
        account = {"name": "a", "password": "canary-5072", "unit_kind": "CITY_POLICE", "role": "conclude"}
        assert up(accounts=[account]).ready()["accounts"] == [account]

    def test_given_servers(self, up: Start, database: str, nats_url: str, place: Path) -> None:
        """With the three URLs set nothing is embedded, and the processes are told those URLs."""
        more = {
            "DATABASE_URL": database,
            "NATS_URL": nats_url,
            "EVIDENCE_URL": (place / "elsewhere").as_uri(),
            "MINHCHUNG_KEYS": str(place / "keys"),
        }
        tell = f"import json, os\nprint(json.dumps({{n: os.environ[n] for n in {list(more)}}}), flush=True)\n{SERVE}"
        one = up(fresh=True, more=more, processes={"serve": tell})
        one.ready()
        assert held(one.data) == {"up", "serve"}
        assert {path.name for path in one.data.iterdir()} == {"up.lock", "run", "endpoints.json"}
        told = next(line for line in one.said().splitlines() if line.startswith("serve | {"))
        assert json.loads(told.removeprefix("serve | ")) == more


class TestRefusals:
    """What cannot be started says so in one line."""

    def test_second_up(self, up: Start) -> None:
        """A second start on the same folder is refused, and the first goes on."""
        first = up()
        first.ready()
        second = up()
        assert second.process.wait(10) == 1
        refusal = f"minhchung: another `minhchung up` runs on {first.data}: stop it, or choose another --data"
        assert second.said().splitlines()[-1] == f"{refusal} (MINHCHUNG_DATA)"
        assert held(first.data) == EVERYTHING

    def test_port_in_use(self, up: Start, environment: dict[str, str]) -> None:
        """A port somebody listens on is named with the ways to choose another."""
        port = int(environment["MINHCHUNG_PORT"])
        with socket.create_server(("127.0.0.1", port)):
            one = up()
            assert one.process.wait(10) == 1
        expected = f"port {port} of 127.0.0.1 is in use: choose another with MINHCHUNG_PORT or --port"
        assert one.said() == f"minhchung: {expected}\n"
        assert held(one.data) == set()

    def test_data_is_a_file(self, up: Start, environment: dict[str, str]) -> None:
        """A data folder that is a file is named."""
        Path(environment["MINHCHUNG_DATA"]).write_text("")
        one = up()
        assert one.process.wait(10) == 1
        assert one.said() == f"minhchung: {one.data}: expected a folder that can be written to: File exists\n"

    def test_process_that_cannot_run(self, up: Start) -> None:
        """A process that keeps failing ends everything, is named, and is quoted."""
        one = up(processes={"serve": "raise SystemExit('no such table')"})
        assert one.process.wait(30) == 1
        last = one.said().splitlines()[-1]
        expected = "minhchung: serve ended 6 times within 60 s, the last time with status 1: no such table"
        assert last == expected
        assert held(one.data) == set()
        assert one.line() == ""


class TestKilled:
    """What a killed run leaves is recovered."""

    @on_linux
    def test_supervisor_killed(self, up: Start) -> None:
        """When the supervisor is killed, nothing outlives it, and the next start keeps the data."""
        first = up()
        first.ready()
        remember(first.data, "committed")
        first.end(signal.SIGKILL)
        eventually(lambda: not held(first.data))
        second = up()
        second.ready()
        assert remembered(second.data) == ["committed"]

    @on_linux
    def test_everything_killed(self, up: Start) -> None:
        """After kill -9 of everything at once the next start keeps what was committed, twice over."""
        words = ["one", "two"]
        for word in words:
            one = up()
            one.ready()
            remember(one.data, word)
            for pid in (one.process.pid, *holders(one.data)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            one.process.wait(10)
        last = up()
        last.ready()
        assert remembered(last.data) == words
        assert last.end() == 0
        assert held(last.data) == set()
