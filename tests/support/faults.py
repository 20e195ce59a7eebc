"""Faults on purpose: a link that loses the answer to a commit, and processes that are killed where it hurts most."""

import contextlib
import importlib
import multiprocessing
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.up.server import Server
from detection.apart import DiedError, end_of

READY_FOR_QUERY = b"Z\x00\x00\x00\x05I"
"""How PostgreSQL says that the transaction is over: from here on it is committed."""

SLOW_S = 0.2
RESET_AFTER = 1024
RESET = struct.pack("ii", 1, 0)
"""With this lingering, a socket that is closed says RST instead of an orderly end."""

MOUNT, UMOUNT = "/bin/mount", "/bin/umount"
FAULTS = ("slow", "silent", "mute", "resetting", "answers-ended", "questions-ended")
"""200 ms each way; nothing passes; no answer passes; RST after so many bytes; one direction closed, or the other."""


def forking() -> ForkServerContext:
    """Children that start in a few milliseconds: forked from a process that has everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "tests.support.faults",
            "cli.wiring",
            "cli.schedule",
            "cli.links",
            "domain.commands.case",
            "api.messages.intake",
            "api.messages.outbox",
            "detection.cutting",
            "detection.decoder",
            "numpy",
        ]
    )
    return context


class Hand:
    """Does what `python -m MODULE` does, behind the same limits: one thing after another in one process."""

    def __init__(self, *, works: int = 25) -> None:
        self._works = self._left = works
        self._child: BaseProcess | None = None
        self._conn: Connection

    def __call__(self, module: str, *arguments: str, within_s: float) -> dict[str, Any]:
        """Stand in for `ask`."""
        child = self._child or self._begin()
        self._conn.send((module, arguments))
        try:
            if not self._conn.poll(within_s):
                child.kill()
                raise DiedError(f"was stopped after {within_s:g} s")
            answered: dict[str, Any] = self._conn.recv()
        except EOFError:
            child.join()
            raise DiedError(f"died of it ({end_of(child.exitcode)})") from None
        finally:
            self._left -= 1
            if not (self._left and child.is_alive()):
                self.close()
        return answered

    def _begin(self) -> BaseProcess:
        self._conn, theirs = forking().Pipe()
        self._child, self._left = forking().Process(target=_answer, args=(theirs,)), self._works
        self._child.start()
        theirs.close()
        return self._child

    def close(self) -> None:
        """Let it go."""
        if self._child:
            self._conn.close()
            self._child.join()
        self._child = None


def _answer(asked: Connection) -> None:
    with contextlib.suppress(EOFError):
        while True:
            module, arguments = asked.recv()
            asked.send(importlib.import_module(module).main(*arguments))


def die() -> None:
    """Be killed, here and now, as by power loss: nothing is flushed, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill(*servers: Server) -> None:
    """Kill servers with all their children, at once; they can be started again."""
    for pid in [pid for server in servers if server.process for pid in _family(server.process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for server in servers:
        Server.stop(server, 10)  # takes note; an address that a server's own stop would give up stays


def _family(pid: int) -> list[int]:
    """A process and all that it has started, the eldest first; itself alone where there is no /proc."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


class SmallDisk:
    """Mounts folders that hold so much and no more; the test is skipped where nobody may."""

    def __init__(self) -> None:
        self._mounted: list[Path] = []

    def __call__(self, size: int, *, place: Path | None = None) -> Path:
        """Mount one of so many bytes."""
        place = place or Path(tempfile.mkdtemp(prefix="minhchung-disk-"))
        if not Path(MOUNT).exists():
            pytest.skip("this machine has no mount")
        told = subprocess.run(
            [MOUNT, "-t", "tmpfs", "-o", f"size={size},mode=711", "tmpfs", str(place)],
            capture_output=True,
            check=False,
        )
        if told.returncode:
            pytest.skip("whoever runs the tests may not mount a disk")
        self._mounted.append(place)
        return place

    def grow(self, place: Path, size: int) -> None:
        """Make room."""
        subprocess.run([MOUNT, "-o", f"remount,size={size}", str(place)], check=True)

    def unmount(self) -> None:
        """Take all of them away."""
        for place in self._mounted:
            subprocess.run([UMOUNT, "-l", str(place)], check=True)
            place.rmdir()


class Link:
    """A TCP link to a PostgreSQL on a local socket, which can lose exactly one answer, or be faulty for a while.

    What a silent link holds passes once the fault is over, as it does when TCP sends again: a statement may arrive
    long after whoever sent it has given up.
    """

    def __init__(self, database_url: str) -> None:
        self._socket = parse_qs(urlsplit(database_url).query)["host"][0] + "/.s.PGSQL.5432"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = database_url.split("?", 1)[0].replace("@/", f"@127.0.0.1:{self.port}/")
        self._marker: bytes | None = None
        self._open: list[socket.socket] = []
        self._fault = ""
        self._over = threading.Event()
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answer_to(self, marker: bytes) -> None:
        """Let the next statement that carries *marker* be committed, and lose what the server says to it."""
        self._marker = marker

    @contextlib.contextmanager
    def faulty(self, fault: str) -> Iterator[None]:
        """Have a fault for as long as the block lasts."""
        self._over.clear()
        self._fault = fault
        try:
            yield
        finally:
            self._fault = ""
            self._over.set()

    def close(self) -> None:
        """Accept nobody any more, and drop whoever is connected."""
        self._over.set()
        _shut(self._listening, *self._open)  # closing alone would let one more in

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._open.append(client)
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._socket)
        cutting = threading.Event()
        threading.Thread(target=self._answers, args=(server, client, cutting), daemon=True).start()
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self._marker is not None and self._marker in data:
                    self._marker = None
                    cutting.set()
                if self._passes(server, ends="questions-ended", holds={"silent"}):
                    server.sendall(data)
        _shut(client, server)

    def _answers(self, server: socket.socket, client: socket.socket, cutting: threading.Event) -> None:
        seen, passed = b"", 0
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if cutting.is_set():
                    seen += data
                    if READY_FOR_QUERY in seen:
                        self.cuts += 1
                        break
                    continue
                if not self._passes(client, ends="answers-ended", holds={"silent", "mute"}):
                    continue
                client.sendall(data)
                passed += len(data)
                if self._fault == "resetting" and passed >= RESET_AFTER:
                    self.cuts += 1
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    client.close()
        _shut(client, server)

    def _passes(self, onward: socket.socket, *, ends: str, holds: set[str]) -> bool:
        """Let the fault happen to what is on its way *onward*; false where it is lost."""
        if self._fault == "slow":
            self._over.wait(SLOW_S)
        elif self._fault in holds:
            self._over.wait()
        elif self._fault == ends:
            # half closed: the other direction stays open, and nobody says that this one is not
            with contextlib.suppress(OSError):
                onward.shutdown(socket.SHUT_WR)
            return False
        return True


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextlib.contextmanager
def link_to(database_url: str) -> Iterator[Link]:
    """A link for as long as the block lasts."""
    link = Link(database_url)
    try:
        yield link
    finally:
        link.close()
