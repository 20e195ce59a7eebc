"""Foreign bytes are read by processes of their own, behind limits: each may die alone, and none outlives its parent.

`ask` runs `python -m MODULE` to its end: it is told files, knows no address and no secret, and answers with one line
of JSON.  Whatever it dies of is an error here, and no harm.
"""

import contextlib
import fcntl
import json
import logging
import multiprocessing
import os
import resource
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

MOST_MEMORY: Final = 6 << 30
MOST_FILES: Final = 64


class DiedError(Exception):
    """A process died of what it read, or was stopped; the text says how and goes on after a word for the process."""


def ask(module: str, *arguments: str, within_s: float) -> dict[str, Any]:
    """Let a process of its own do it, and read its answer.

    Raises:
        DiedError: it gave none.
    """
    # not our environment: it holds addresses and passwords, and a parser of foreign files needs none
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONSAFEPATH": "1"}
    theirs, ours = os.pipe()  # nothing is ever said: it closes when we end
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            stdin=theirs,
            env=environment,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise DiedError(f"was stopped after {within_s:g} s") from None
    except ValueError:
        raise DiedError(f"died of it ({end_of(done.returncode)})") from None
    finally:
        os.close(theirs)
        os.close(ours)
    return answer


def end_of(status: int | None) -> str:
    """How a process ended."""
    return f"signal {-status}" if status and status < 0 else f"status {status}"


def confine(*, memory: int = MOST_MEMORY, writes: int = 0, cpu_s: int | None = None) -> None:
    """Give up what reading foreign bytes does not need; a file may grow to so many bytes, by default to none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; its end is ours
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    _end_with_parent()
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_FSIZE: writes,
        resource.RLIMIT_AS: memory,
    }
    if cpu_s is not None:
        limits[resource.RLIMIT_CPU] = cpu_s
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS limits no address space
            resource.setrlimit(limit, (most, most + (limit == resource.RLIMIT_CPU)))  # SIGXCPU, then SIGKILL


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent does, even in the middle of an endless loop.

    The parent alone holds the other end of a pipe: once that is closed, SIGIO comes, of which Linux ends a process.
    """
    parent = multiprocessing.parent_process()
    pipe = parent.sentinel if parent else sys.stdin.fileno()
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it ended before we were here
        sys.exit(1)
