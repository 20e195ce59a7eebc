"""Keeps the processes of an installation running, and ends all of them.

One thread does everything, because a leash hangs on the thread that launched; others only pass on output.
A signal to stop is an exception in the main thread, like Ctrl-C: whatever is under way is given up, and the way
out of `with Supervisor(…)` ends every process in reverse order.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

from cli.console import Stop
from cli.up.process import Process
from cli.up.server import PATIENCE_S, Server

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
TRIM_EVERY_S = 5.0
END_WITHIN_S = 8.0
LONGEST_LINE = 1 << 16
REMEMBERED = 5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping(BaseException):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or a terminal that went away."""


@dataclass(frozen=True)
class ProcessSpec:
    """A process to run; without *restart* it runs once, and its failure is told, not cured."""

    name: str
    argv: Sequence[str]
    restart: bool = True
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Backoff:
    """How long to wait before each restart, and how many of them in what time are too many."""

    first_s: float = 0.25
    longest_s: float = 8.0
    restarts: int = 5
    within_s: float = 60.0

    def delay(self, ends: deque[float], now: float) -> float | None:
        """Note an end at *now*, and return how long to wait; None when it is one too many."""
        ends.append(now)
        while now - ends[0] > self.within_s:
            ends.popleft()
        if len(ends) > self.restarts:
            return None
        return min(self.longest_s, self.first_s * 2.0 ** (len(ends) - 1))


class Child(Process):
    """A process of ours, whose output goes to stderr with its name before each line."""

    folder = None  # an address it is given may name a file relative to where we were started

    def __init__(self, spec: ProcessSpec, data: Path) -> None:
        super().__init__(spec.name, data)
        self.spec = spec
        self._said: deque[str] = deque(maxlen=REMEMBERED)
        self._reader: threading.Thread | None = None

    def command(self) -> Sequence[str]:
        """As specified."""
        return self.spec.argv

    def environment(self) -> Mapping[str, str]:
        """Our own environment, and what the specification adds."""
        return {**os.environ, **self.spec.env}

    def launch(self) -> None:
        """Start it, and pass on what it says."""
        self._said.clear()
        super().launch()
        if self.process is not None and self.process.stdout is not None:
            self._reader = threading.Thread(target=self._pass_on, args=[self.process.stdout], daemon=True)
            self._reader.start()

    def last_words(self) -> str:
        """Return its last lines."""
        if self._reader is not None:
            self._reader.join(1.0)  # it has ended, so has its output, unless a process of its own holds on
        return " | ".join(self._said)

    def _output(self) -> int:
        return subprocess.PIPE

    def _pass_on(self, output: IO[bytes]) -> None:
        with output:
            while raw := output.readline(LONGEST_LINE):
                line = raw.decode(errors="replace").rstrip()
                self._said.append(line)
                sys.stderr.write(f"{self.name} | {line}\n")


@dataclass
class Kept:
    """A process under supervision."""

    process: Process
    restart: bool = True
    ends: deque[float] = field(default_factory=deque)
    due: float | None = None
    """When it is to be started again; None while it runs."""


class Supervisor:
    """Starts processes in order, keeps them running, ends them in reverse."""

    def __init__(self, data: Path, *, backoff: Backoff | None = None) -> None:
        self.data = data.absolute()
        self._backoff = backoff or Backoff()
        self._kept: list[Kept] = []
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        """Listen for the signals that mean stop."""
        self._before = {number: signal.signal(number, self._stop) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """End everything; being asked to stop is no error."""
        try:
            self._end_all(END_WITHIN_S, PATIENCE_S)
        except Stopping:  # asked a second time: now
            self._end_all(0.0, 0.0)
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
        return kind is Stopping

    def start_server(self, server: Server) -> None:
        """Start a server, return when it answers, and keep it from then on."""
        # kept first: a signal in the middle of it still finds it
        self._kept.append(Kept(server))
        began = time.monotonic()
        server.start()
        logger.info("%s answers after %.2f s", server.name, time.monotonic() - began)

    def start(self, spec: ProcessSpec) -> None:
        """Start a process, and keep it from then on."""
        child = Child(spec, self.data)
        self._kept.append(Kept(child, restart=spec.restart))
        child.start()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Restart what ends, until *until* says so, somebody asks to stop, or it happens too often."""
        trimmed = time.monotonic()
        while not until():
            now = time.monotonic()
            for kept in tuple(self._kept):
                self._look_after(kept, now)
            if now - trimmed > TRIM_EVERY_S:
                trimmed = now
                for server in self._servers():
                    server.log.trim()
            time.sleep(LOOK_EVERY_S)

    def _look_after(self, kept: Kept, now: float) -> None:
        process = kept.process
        if process.running():
            return
        if kept.due is None:
            status = process.process.returncode if process.process else None
            if not kept.restart:
                self._kept.remove(kept)
                if status == 0:
                    logger.info("%s is done", process.name)
                else:
                    logger.warning("%s failed with status %s: %s", process.name, status, process.last_words())
                return
            delay = self._backoff.delay(kept.ends, now)
            if delay is None:
                raise Stop(
                    f"{process.name} ended {len(kept.ends)} times within {self._backoff.within_s:.0f} s, the last"
                    f" time with status {status}: {process.last_words() or 'it said nothing'}"
                )
            logger.warning("%s ended with status %s, again in %.2f s", process.name, status, delay)
            kept.due = now + delay
        elif now >= kept.due:
            kept.due = None
            self._start_again(process)

    @staticmethod
    def _start_again(process: Process) -> None:
        before = process.url if isinstance(process, Server) else ""
        try:
            process.start()
        except Stop as stop:
            logger.warning("%s", stop)  # it does not run: the next look counts that as another end
        if isinstance(process, Server) and process.url != before:
            raise Stop(
                f"{process.name} had to change its address, which its clients cannot follow: start again"
            )

    def _end_all(self, children_s: float, server_s: float) -> None:
        deadline = time.monotonic() + children_s
        children = [kept.process for kept in reversed(self._kept) if not isinstance(kept.process, Server)]
        for child in children:
            child.ask_to_end()
        for child in children:
            child.stop(max(0.0, deadline - time.monotonic()))
        for server in reversed(self._servers()):
            server.stop(server_s)

    def _servers(self) -> list[Server]:
        return [kept.process for kept in self._kept if isinstance(kept.process, Server)]

    @staticmethod
    def _stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopping
