"""MINHCHUNG_PROFILE: the regulation of an installation, in every process that `up` starts."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from api.messages.streams import Subjects
from cli.wiring import profile, rulebook
from tests.cli.support import SERVE, Up

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
