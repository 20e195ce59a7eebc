"""Processes of their own for foreign bytes: what each may come to is an error, told in a line, and no harm."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from detection.apart import DiedError, ask
from tests.detection.support import ROOT
from tests.support.crashing import MEMORY
from tests.support.serving import until

CRASHING = "tests.support.crashing"


@pytest.mark.parametrize(
    "kind, told",
    [
        ("bad-access", f"signal {signal.SIGSEGV.value}"),
        ("too-much", "status 1"),
        ("endless", f"signal {signal.SIGXCPU.value}"),
        ("nonsense", "status 0"),
        ("nothing", "status 0"),
    ],
)
def test_died(kind: str, told: str) -> None:
    """It reads where nothing is, wants all memory, never comes to an end, or answers nothing: we hear how, and live."""
    with pytest.raises(DiedError, match=rf"\Adied of it \({told}\)\Z"):
        ask(CRASHING, kind, within_s=60)


def test_stopped() -> None:
    """One that takes too long is ended."""
    with pytest.raises(DiedError, match=r"\Awas stopped after 0\.2 s\Z"):
        ask(CRASHING, "endless", within_s=0.2)


ASKED = "from detection.apart import ask; ask({module!r}, 'endless', {note!r}, within_s=60)"
SPAWNED = """
from detection.source import Child
from tests.support.crashing import crash
if __name__ == "__main__":
    Child(crash, "endless", {note!r}, name="film", stall_s=60).receive()
"""


@pytest.mark.parametrize("script", [ASKED, SPAWNED], ids=["asked", "spawned"])
def test_none_outlives_its_parent(script: str, tmp_path: Path) -> None:
    """A parent that is killed takes the process with it, even in the middle of an endless loop."""
    note, program = tmp_path / "pid", tmp_path / "parent.py"
    program.write_text(script.format(module=CRASHING, note=str(note)))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(program)], env=environment, stderr=subprocess.DEVNULL
    ) as parent:
        assert until(lambda: note.exists() and note.read_text() != "", seconds=30)
        child = int(note.read_text())
        assert until(lambda: busy(child), seconds=30)
        parent.kill()
    assert until(lambda: not Path(f"/proc/{child}").exists(), seconds=30)


def busy(pid: int) -> bool:
    """Whether a process has come to its loop: its limits are set."""
    limits = [line.split() for line in Path(f"/proc/{pid}/limits").read_text().splitlines()]
    return ["Max", "address", "space", str(MEMORY), str(MEMORY), "bytes"] in limits
