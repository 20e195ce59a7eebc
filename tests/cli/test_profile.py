"""MINHCHUNG_PROFILE: the regulation of an installation, in every process that `up` starts."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from api.messages.streams import Subjects
from cli.wiring import profile, rulebook
from tests.cli.support import PYTHON, ROOT, SERVE, Up

CODES = {"dong-hoi": "DH", "quang-tri": "QT", "dien-bien": "DB", "yen-bai": "YB"}
ASKS = """
import os, sys
open(os.environ["MINHCHUNG_DATA"] + "/told", "w").write(os.environ["MINHCHUNG_PROFILE"])
"""


@pytest.mark.parametrize("name", CODES)
def test_regulation_and_subjects(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The variable names the rulebook, the prefix of case numbers and the jurisdiction in every subject."""
    monkeypatch.setenv("MINHCHUNG_PROFILE", name)
    assert (rulebook().profile, rulebook().code) == (name, CODES[name])
    subjects = Subjects(profile())
    assert (subjects.detections, subjects.event("case")) == (
        f"mc.v1.{name}.detection.>",
        f"mc.v1.{name}.event.case",
    )


def test_processes(up: Callable[..., Up], environment: dict[str, str]) -> None:
    """What `up` starts runs under the same regulation; the demo, which is of Đồng Hới, is not loaded for another."""
    demo = [{"name": "centre.approve", "password": "never-shown", "unit_kind": "CENTRE", "role": "APPROVER"}]
    one = up(more={"MINHCHUNG_PROFILE": "quang-tri"}, accounts=demo, processes={"serve": ASKS + SERVE})
    assert one.ready()["accounts"] == []
    assert (Path(environment["MINHCHUNG_DATA"]) / "told").read_text(encoding="utf-8") == "quang-tri"
    assert one.end(signal.SIGTERM) == 0
    assert "never-shown" not in one.said()


def test_another_regulation(up: Callable[..., Up], environment: dict[str, str]) -> None:
    """An empty record says how people come in; what was begun under one regulation is not started under another."""
    one = up(more={"MINHCHUNG_PROFILE": "dien-bien"}, as_json=False)
    while "bootstrap" not in (line := one.line()):
        assert line
    assert line.endswith("Nobody can sign in yet: minhchung accounts bootstrap --help\n")
    founding = [
        "STTTT",
        "--name",
        "Sở",
        "--kind",
        "LEVEL_1_MANAGER",
        "--area",
        "dien-bien",
        "--document",
        "1/QĐ",
    ]
    people = ["--administrator", "quan.tri", "Lý Văn Mẫu", "--leader", "lanh.dao", "Lý Thị Mẫu"]
    subprocess.run(
        [PYTHON, "-m", "cli.main", "accounts", "bootstrap", *founding, *people],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment, "MINHCHUNG_PROFILE": "dien-bien"},
        capture_output=True,
        check=True,
    )
    assert one.end(signal.SIGTERM) == 0
    another = up()
    assert another.process.wait(30) == 1
    assert another.said().splitlines()[-1] == (
        "minhchung: MINHCHUNG_PROFILE: expected dien-bien, by which this record has been kept from the first;"
        " got dong-hoi"
    )
