"""The supervisor: what it does about processes that end, and about those that do not."""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from cli.console import Stop
from cli.up import supervisor as module
from cli.up.postgres import Postgres
from cli.up.supervisor import Backoff, ProcessSpec, Supervisor
from tests.cli.support import eventually, held

SOON = Backoff(first_s=0.01)
FOR_EVER = "import signal; print('here', flush=True); signal.pause()"


def spec(name: str, script: str, *, restart: bool = True) -> ProcessSpec:
    """Return a Python script as a process."""
    return ProcessSpec(name, [sys.executable, "-S", "-c", script], restart)


def for_at_most(seconds: float) -> Callable[[], bool]:
    """Return a condition that fails the test when it is still asked after *seconds*."""
    deadline = time.monotonic() + seconds

    def over() -> bool:
        assert time.monotonic() < deadline, "it did not come to pass in time"
        return False

    return over


class TestBackoff:
    """The waits grow, are bounded, and too many ends within the time are too many."""

    def test_waits(self) -> None:
        """Each wait doubles the one before; the sixth end in a minute is one too many."""
        ends = deque[float]()
        waits = [Backoff().delay(ends, now) for now in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)]
        assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, None]

    def test_forgets(self) -> None:
        """Ends longer ago than a minute count no more."""
        ends = deque[float]()
        assert [Backoff().delay(ends, now) for now in (0.0, 61.0, 122.0)] == [0.25, 0.25, 0.25]


class TestRestart:
    """What ends is started again, what runs once is not."""

    def test_restarts(self, place: Path) -> None:
        """A process that ended is started again."""
        told = place / "told"
        script = f"import os\nwith open({str(told)!r}, 'a') as file: file.write('x')\n"
        with Supervisor(place, backoff=SOON) as one:
            one.start(spec("worker", script))
            one.watch(until=lambda: told.exists() and len(told.read_text()) == 3)
        assert told.read_text() == "xxx"

    def test_gives_up(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The sixth end in a minute ends everything, with the name and the last words of the process."""

        def run() -> None:
            with Supervisor(place, backoff=SOON) as one:
                one.start(spec("other", FOR_EVER))
                one.start(spec("worker", "raise SystemExit('no queue')"))
                one.watch(until=for_at_most(15))

        with pytest.raises(Stop) as caught:
            run()
        expected = "worker ended 6 times within 60 s, the last time with status 1: no queue"
        assert (str(caught.value), caught.value.status) == (expected, 1)
        assert capsys.readouterr().err.count("worker | no queue\n") == 6
        assert held(place) == set()

    @pytest.mark.parametrize(
        "script, expected",
        [("print('seen 5')", "once is done"), ("raise SystemExit(3)", "once failed with status 3")],
    )
    def test_once(self, place: Path, caplog: pytest.LogCaptureFixture, script: str, expected: str) -> None:
        """A process that runs once is not started again, and its failure stops nobody."""
        caplog.set_level("INFO")
        with Supervisor(place, backoff=SOON) as one:
            one.start(spec("worker", FOR_EVER))
            one.start(spec("once", script, restart=False))
            one.watch(until=lambda: expected in caplog.text)
            assert held(place) == {"worker"}
        assert held(place) == set()

    def test_server_killed(self, data: Path, place: Path) -> None:
        """A server that was killed is started again under its address, with what was committed."""
        server = Postgres(data, durable=False, sockets=place)
        with Supervisor(data, backoff=SOON) as one:
            one.start_server(server)
            url, first = server.url, server.process
            with psycopg.connect(url) as conn:
                conn.execute("CREATE TABLE kept AS SELECT 7 AS number")
            assert first is not None
            os.kill(first.pid, signal.SIGKILL)
            one.watch(until=lambda: server.process is not first and server.running())
            with psycopg.connect(url) as conn:
                assert conn.execute("SELECT number FROM kept").fetchone() == (7,)
        assert held(data) == set()


class TestEnd:
    """Everything is ended, in reverse, in bounded time."""

    def test_order(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Processes are asked to end in the reverse order of their start."""
        asked: list[str] = []
        monkeypatch.setattr(module.Child, "ask_to_end", lambda child: asked.append(child.name))
        monkeypatch.setattr(module, "END_WITHIN_S", 5.0)
        with Supervisor(place) as one:
            for name in ("first", "second", "third"):
                one.start(spec(name, FOR_EVER))
        assert asked == ["third", "second", "first"]
        assert held(place) == set()

    def test_stubborn(
        self, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A process that ignores the request to end is killed when its time is over, with its own processes."""
        monkeypatch.setattr(module, "END_WITHIN_S", 0.3)
        script = (
            "import signal, subprocess, sys\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "child = subprocess.Popen([sys.executable, '-S', '-c', 'import signal; signal.pause()'])\n"
            "print('child', child.pid, flush=True)\n"
            "signal.pause()\n"
        )
        text = ""

        def told() -> bool:
            nonlocal text
            text += capsys.readouterr().err
            return "stubborn | child" in text

        with Supervisor(place) as one:
            one.start(spec("stubborn", script))
            one.watch(until=told)
        assert held(place) == set()
        grandchild = int(text.split("child ")[1])
        eventually(lambda: not _lives(grandchild))

    def test_signal(self, place: Path) -> None:
        """A signal while it watches ends everything and is no error."""
        killer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGTERM])
        before = signal.getsignal(signal.SIGTERM)
        with Supervisor(place) as one:
            one.start(spec("worker", FOR_EVER))
            killer.start()
            one.watch(until=for_at_most(15))
        assert held(place) == set()
        assert signal.getsignal(signal.SIGTERM) == before


def _lives(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and ") Z " in stat.read_text())
