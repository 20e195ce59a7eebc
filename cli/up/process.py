"""A process of the installation: it holds a lease, runs on a leash, and is ended in order."""

import logging
import os
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import ClassVar

from cli.console import Stop
from cli.up import lease, leash
from cli.up.files import folder

logger = logging.getLogger(__name__)

NO_DESCRIPTOR = -1
AFTER_ASKING_S = 5.0


def leashed(
    program: Sequence[str], *, ending: int, held: int = NO_DESCRIPTOR, account: str = "-"
) -> list[str]:
    """Return the command that runs *program* for no longer than this process lives."""
    own = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(int(ending)), account, str(held)]
    return [*own, *program]


def program_of(distribution: str, name: str) -> Path:
    """Return the program that an installed wheel brought along."""
    try:
        known = files(distribution) or []
    except PackageNotFoundError:
        known = []
    for file in known:
        if file.name == name:
            return Path(str(file.locate())).resolve()
    raise Stop(f"the program {name} was expected from the package {distribution}: install the requirements")


def plain_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without PG…, LC_… and whatever else would change a program's mind."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", **(more or {})}


class Process(ABC):
    """One process; `start` is prepare, then launch.

    Launching belongs to the main thread: the kernel pulls the leash when the thread that launched ends.
    """

    endings: ClassVar[tuple[signal.Signals, ...]] = (signal.SIGTERM,)
    """What ends it, the clean way first; then it is killed."""

    folder: ClassVar[str | None] = "/"
    """Where it runs; an account that was dropped to may not be able to stay here."""

    def __init__(self, name: str, data: Path) -> None:
        self.name = name
        self.data = data.absolute()
        self.process: subprocess.Popen[bytes] | None = None
        self._lease = NO_DESCRIPTOR

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program and its arguments, known once prepared."""

    @abstractmethod
    def last_words(self) -> str:
        """What it said last, on one line."""

    @abstractmethod
    def _output(self) -> int:
        """Return what its output goes to, as Popen takes it."""

    def environment(self) -> Mapping[str, str]:
        """The environment it runs in."""
        return plain_environment()

    def account(self) -> str:
        """`uid:gid` it runs as, or `-` for the account of this process."""
        return "-"

    def prepare(self) -> None:
        """Hold the lease, and end whatever a killed run has left holding it."""
        self._release()
        path = folder(self.data / "run") / f"{self.name}.lock"
        self._lease = lease.take_over(path, ending=self.endings[0])

    def launch(self) -> None:
        """Start the program; it alone holds the lease from here on."""
        output = self._output()
        try:
            self.process = subprocess.Popen(
                leashed(self.command(), ending=self.endings[0], held=self._lease, account=self.account()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self.environment(),
                pass_fds=[self._lease],
                start_new_session=True,  # Ctrl-C is for the supervisor, which ends things in order
            )
            lease.record(self._lease, self.process.pid)
        finally:
            if output >= 0:
                os.close(output)
            self._release()

    def start(self) -> None:
        """Prepare and launch."""
        self.prepare()
        self.launch()

    def running(self) -> bool:
        """Whether the process is there; says nothing about its health."""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Send the signal of a clean end, and do not wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.endings[0])

    def stop(self, patience: float) -> None:
        """End it the clean way, then the quick way, then by force; returns when it is gone."""
        self._release()
        process, self.process = self.process, None
        if process is None:
            return
        for number, seconds in zip(self.endings, (patience, AFTER_ASKING_S), strict=False):
            if process.poll() is None:
                process.send_signal(number)
                try:
                    process.wait(seconds)
                except subprocess.TimeoutExpired:
                    logger.warning("%s does not end on %s", self.name, number.name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _release(self) -> None:
        if self._lease != NO_DESCRIPTOR:
            os.close(self._lease)
            self._lease = NO_DESCRIPTOR
