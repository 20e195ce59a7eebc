"""The leash and the lease: nothing outlives its supervisor, and what does is known."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.console import Stop
from cli.up import lease
from cli.up.process import leashed
from tests.cli.support import ROOT, eventually

PAUSE = [sys.executable, "-S", "-c", "import signal; signal.pause()"]
PARENT = """
import os, subprocess, sys
from cli.up.process import leashed
fd = int(sys.argv[1])
child = subprocess.Popen(leashed(sys.argv[2:], ending=15, held=fd), pass_fds=[fd], start_new_session=True)
os.close(fd)
print("started", flush=True)
child.wait()
"""


def free(path: Path) -> bool:
    """Whether nobody holds the lease."""
    fd = lease.take(path)
    if fd is None:
        return False
    os.close(fd)
    return True


@pytest.mark.parametrize("stays", ["", "1"], ids=["becomes", "stays"])
def test_parent_killed(tmp_path: Path, stays: str) -> None:
    """When the parent is killed its program ends, by the kernel's signal or by the leash that stayed."""
    path = tmp_path / "one.lock"
    fd = lease.take(path)
    assert fd is not None
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(fd), *PAUSE],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MINHCHUNG_LEASH_STAYS": stays},
        stdout=subprocess.PIPE,
        pass_fds=[fd],
    ) as parent:
        os.close(fd)
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        # the program itself runs, not only the leash
        eventually(
            lambda: (
                b"signal.pause" in b"".join(_lines_of(path)) and len(_lines_of(path)) == (2 if stays else 1)
            )
        )
        assert not free(path)
        parent.kill()
    eventually(lambda: free(path))


def _lines_of(path: Path) -> list[bytes]:
    """Return the command lines of those who hold the lease, but for the parent."""
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in lease.holders(path)]
    return [line for line in lines if PARENT.encode()[:20] not in line]


@pytest.mark.parametrize("stays", ["", "1"], ids=["becomes", "stays"])
def test_status_and_signals(stays: str) -> None:
    """The leash passes on the exit status of its program, and the signals to it."""
    environment = {**os.environ, "MINHCHUNG_LEASH_STAYS": stays}
    ended = subprocess.run(
        leashed([sys.executable, "-c", "raise SystemExit(3)"], ending=15), env=environment, check=False
    )
    assert ended.returncode == 3
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(4))\n"
        "print('here', flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen(
        leashed([sys.executable, "-c", script], ending=15), env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 4


def test_taken_over(tmp_path: Path) -> None:
    """Whoever still holds a lease is asked to end, then killed, and the lease passes on."""
    path = tmp_path / "one.lock"
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('here', flush=True); signal.pause()"
    fd = lease.take(path)
    assert fd is not None
    with subprocess.Popen([sys.executable, "-c", deaf], pass_fds=[fd], stdout=subprocess.PIPE) as process:
        lease.record(fd, process.pid)
        os.close(fd)
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        os.close(lease.take_over(path, ending=15, patience=0.3))
        assert process.wait(10) == -signal.SIGKILL


def test_only_one(tmp_path: Path) -> None:
    """The second to come is refused, until the first is done."""
    path = tmp_path / "one.lock"
    with lease.only_one(path, "taken"):
        with pytest.raises(Stop, match=r"^taken$"), lease.only_one(path, "taken"):
            pass
        assert path.read_text() == f"{os.getpid()}\n"
    assert free(path)
