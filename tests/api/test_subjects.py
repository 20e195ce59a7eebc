"""Subjects are made of words of ours: nobody chooses one, widens one, or ends a line in one (G6)."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.messages.cloudevents import noun_of
from api.messages.intake import Dead, Intake
from api.messages.outbox import message_of
from api.messages.streams import Subjects
from cli import detect
from cli.console import USAGE, Stop
from cli.wiring import rulebook
from detection.contracts import MalformedMessage, subject, wrap
from projections.follower import Recorded
from tests.support.api import Installation
from tests.support.detections import detection
from tests.support.examples import EXAMPLES

HOSTILE = (
    "", " ", "*", ">", ".", "..", "DH.>", "DH-*", "DH.*.violation", "DH-NT-01.>", "*.violation", "DH NT 01", "DH\tNT",
    "DH-NT-01\r\nPUB mc.v1.dong-hoi.event.case 2\r\n{}", "DH-NT-01\n", "\nDH-NT-01", "DH-NT-01\0", "\0", "DH-NT-01 ",
    " DH-NT-01", "dh-nt-01", "DH_NT_01", "-DH", "DH-NT-01.violation.mc.v1", "$JS.API.>", "$SYS.REQ.SERVER.PING",
    "_INBOX.x", "mc.v1.dong-hoi.event.case", "ＤＨ-ＮＴ-０１", "DH\u2024NT", "DH\u00adNT", "DH\u202eNT", "ĐH-NT-01",
    "DH/NT", "DH%2ENT", "DH:NT", "DH{NT}", "x" * 33, "D" * 33, "D" * 10_000,
)  # fmt: skip
SUBJECT = re.compile(
    r"mc\.v1\.dong-hoi\.(detection\.[A-Z0-9-]{1,32}\.violation|event\.[a-z]+(-[a-z]+)*|dead\.[a-z]+)"
)


def test_codes(installation: Installation, tmp_path: Path, counted: Callable[[str], None]) -> None:
    """What is no code of a camera names no subject, is no message, and starts no worker."""
    intake = Intake(installation.intake, rulebook())
    app = typer.Typer()
    detect.register(app)
    before = installation.head()
    for code in HOSTILE:
        with pytest.raises(MalformedMessage):
            subject("dong-hoi", code)
        [verdict] = intake.commit([wrap(replace(detection(1), camera=code))])
        assert isinstance(verdict, Dead)
        assert verdict.reason == "MALFORMED"
        ran = CliRunner().invoke(
            app, ["--dry-run", "--source", str(tmp_path / "clip.mp4"), f"--camera={code}"]
        )
        assert isinstance(ran.exception, Stop), (code, ran.output)
        assert ran.exception.status == USAGE
        assert str(ran.exception).startswith("--camera: ")
        assert str(ran.exception).isprintable()
    assert installation.head() == before
    counted(
        f"G6 {len(HOSTILE)} codes with wildcards, spaces, NUL, line ends: 0 became a subject, a message or a worker"
    )


def test_what_there_is() -> None:
    """Every subject there is has one form; the words in it are those of the code, not of anybody's input."""
    subjects = Subjects("dong-hoi")
    made = {
        subject("dong-hoi", "DH-NT-01"),
        subjects.dead("intake"),
        *(subjects.event(noun_of(event)) for event in EXAMPLES.values()),
    }
    assert [one for one in made if not SUBJECT.fullmatch(one)] == []
    for position, event in enumerate(EXAMPLES.values(), 1):
        message = message_of(Recorded(position, event))
        assert re.fullmatch(r"[0-9]{16}", message.id)
        assert json.loads(message.body)["type"].startswith(f"{message.noun}:")
