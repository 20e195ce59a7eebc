"""Who still holds a folder: a lock that a process inherits and that dies with the last of its descendants.

A pid file lies after `kill -9`: the pid may be free, or belong to somebody else by now.
An inherited `flock` cannot: the kernel keeps it exactly as long as one process holds the descriptor.
"""

import contextlib
import fcntl
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.console import Stop

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.05


def take(path: Path) -> int | None:
    """Return the descriptor that holds the lock, or None while another process holds it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def take_over(path: Path, *, ending: int, patience: float = 15.0) -> int:
    """Hold the lock, and stop whatever a killed run has left holding it.

    It is given *patience* seconds to end by itself or by the signal *ending*, then it is killed.
    """
    name, told, began = path.stem, False, time.monotonic()
    while (fd := take(path)) is None:
        waited = time.monotonic() - began
        # it may be on its way out already: the leash has pulled it
        if not told and waited > patience / 10:
            logger.warning("%s of a killed run is still there: stopping it", name)
            _signal(_recorded(path), ending)
            told = True
        if waited > patience:
            for pid in holders(path) or _recorded(path):
                _signal([pid], signal.SIGKILL)
        if waited > 2 * patience:
            raise Stop(f"{name} of an earlier run cannot be stopped: processes {holders(path)} hold {path}")
        time.sleep(LOOK_EVERY_S)
    return fd


def record(fd: int, pid: int) -> None:
    """Write down who was given the lock, for systems that cannot say who holds a file."""
    os.ftruncate(fd, 0)
    os.pwrite(fd, f"{pid}\n".encode(), 0)


@contextmanager
def only_one(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock for a block; whoever comes second is refused with *refusal*."""
    fd = take(path)
    if fd is None:
        raise Stop(refusal)
    try:
        record(fd, os.getpid())
        yield
    finally:
        os.close(fd)


def holders(path: Path) -> list[int]:
    """Return the processes that have the file open, where the system can say (Linux)."""
    found, wanted = set(), path.resolve()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            if link.readlink() == wanted:
                found.add(int(link.parts[2]))
    return sorted(found - {os.getpid()})


def _recorded(path: Path) -> list[int]:
    """Return the recorded pid, if it is among the holders or the holders cannot be known."""
    text = path.read_text().strip()
    known = holders(path)
    return [int(text)] if text.isdecimal() and (not known or int(text) in known) else known


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
