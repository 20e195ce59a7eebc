"""Extractions under kills and a full disk: cut once, kept whole, or not said to be cut at all."""

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from cli.footage import StoredFootage, stored_footage
from cli.up.endpoints import Endpoints
from cli.wiring import application, rulebook
from detection import cutting
from detection.apart import ask
from detection.evidence_store import EvidenceFolder
from detection.sample import CLIP
from domain.account import Account
from domain.commands.account import actor_of
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.extraction import execute_extraction
from domain.context import Context
from domain.extraction import FootageExtraction
from projections import recordings
from tests.support.api import Installation
from tests.support.faults import SmallDisk, die, forking
from tests.support.footage import Footage
from tests.support.soak import sizes

POINTS = (
    "before the cut",
    "after the cut",
    "before it is named",
    "after it is named",
    "after it is recorded",
)


def execute(
    app: CaseSystem, installation_now: Any, footage: StoredFootage, extraction_id: str, command_id: str
) -> Answer:
    """Execute an extraction as the Centre does."""
    rules = rulebook()
    actor = actor_of(app, Account.create_id("centre.execute"), now=datetime.now(UTC))
    context = Context(actor=actor, now=installation_now, rulebook=rules, authority=rules.authority)

    def covering(*window: Any) -> Any:
        with app.factory.datastore.get_connection() as conn:  # type: ignore[attr-defined] # our factory has one
            return recordings.covering(conn, *window)

    return execute_extraction(
        app,
        context,
        Command.of(actor.account_id, command_id, "executeExtraction", {}, None),
        extraction_id=UUID(extraction_id),
        covering=covering,
        footage=footage,
    )


def execute_and_die(
    endpoints: Endpoints, now: Any, extraction_id: str, command_id: str, point: str | None
) -> None:
    """Execute in a process of its own, which is killed at a point, or whenever somebody kills it."""
    with application(endpoints, role="minhchung_serve") as app:
        footage = stored_footage(endpoints, writer="serve")
        if point is not None:
            _mine(point)
        execute(app, now, footage, extraction_id, command_id)
        if point == "after it is recorded":
            die()


def _mine(point: str) -> None:
    """Lay the charge."""
    from cli import footage

    cut, keep_file = footage.cut, EvidenceFolder.keep_file  # type: ignore[attr-defined]

    def cutting(*arguments: Any) -> Any:
        if point == "before the cut":
            die()
        clip = cut(*arguments)
        if point == "after the cut":
            die()
        return clip

    def keeping(store: EvidenceFolder, draft: Path, suffix: str) -> Any:
        if point == "before it is named":
            die()
        kept = keep_file(store, draft, suffix)
        if point == "after it is named":
            die()
        return kept

    footage.cut = cutting  # type: ignore[attr-defined,assignment]
    EvidenceFolder.keep_file = keeping  # type: ignore[method-assign,assignment]


@pytest.fixture
def footage(installation: Installation) -> Footage:
    """Twenty-four seconds of the demo camera."""
    installation.today()
    return Footage(installation)


def _kill(
    installation: Installation, extraction_id: str, command_id: str, point: str | None, after_s: float
) -> int:
    child = forking().Process(
        target=execute_and_die,
        args=(installation.endpoints, installation.now, extraction_id, command_id, point),
    )
    child.start()
    child.join(after_s)
    if child.is_alive():
        child.kill()
        child.join()
    return child.exitcode or 0


def _whole(installation: Installation, footage: Footage, extraction_id: str, command_id: str) -> None:
    """Send the command again: the extraction is executed once, its file is whole, and nothing half-written stays."""
    again = stored_footage(installation.endpoints, writer="serve")  # and sweeps
    first = execute(installation.cases, installation.now, again, extraction_id, command_id)
    assert execute(installation.cases, installation.now, again, extraction_id, command_id) == first
    assert installation.topics_of(extraction_id) == [
        "footage-extraction:requested",
        "footage-extraction:approved",
        "footage-extraction:executed",
    ]
    for file in installation.cases.find(FootageExtraction, UUID(extraction_id)).files:
        assert hashlib.sha256((footage.folder / file.name).read_bytes()).hexdigest() == file.sha256
    assert list((footage.folder / ".incoming").glob("*/*")) == []


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(installation: Installation, footage: Footage, point: str) -> None:
    """A kill between any two steps leaves nothing announced that is not kept; the command sent again completes it."""
    extraction, command_id = footage.extraction_in("APPROVED"), str(uuid4())
    assert _kill(installation, extraction.id, command_id, point, 60) == -9
    recorded = installation.topics_of(extraction.id)[-1] == "footage-extraction:executed"
    assert recorded == (point == "after it is recorded")
    _whole(installation, footage, extraction.id, command_id)


@sizes(kills=(20, 300))
def test_killed_at_any_moment(
    installation: Installation, footage: Footage, counted: Callable[[str], None], kills: int
) -> None:
    """Killed whenever it happens: as many executions, each there once and whole in the end."""
    chance = random.Random(0xA5)  # noqa: S311 — moments, not secrets
    killed = 0
    for n in range(kills):
        extraction, command_id = footage.extraction_in("APPROVED", window=(n % 20, n % 20 + 3)), str(uuid4())
        killed += _kill(installation, extraction.id, command_id, None, chance.uniform(0.05, 1.0)) == -9
        _whole(installation, footage, extraction.id, command_id)
    counted(
        f"A5 {len(POINTS)} points of an extraction and {killed} kills at any moment:"
        f" {len(POINTS) + kills} extractions, each cut once and whole"
    )


@pytest.mark.parametrize("kind", ["bad-access", "too-much", "endless"])
def test_a_film_that_kills_its_cutter(
    installation: Installation, footage: Footage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whatever a film does to its cutter, the extraction is refused in words, and may be tried again."""
    extraction = footage.extraction_in("APPROVED")
    before = installation.head()
    with monkeypatch.context() as patched:
        patched.setattr(
            cutting, "ask", lambda *_, within_s: ask("tests.support.crashing", kind, within_s=within_s)
        )
        refused = footage.act("executeExtraction", extraction.id)
    assert (refused["__typename"], refused["code"]) == ("WrongState", "WRONG_STATE")
    assert str(footage.recordings[0]) in refused["en"]
    assert installation.since(before) == ["attempt:refused"]
    assert list((footage.folder / ".incoming").glob("*/*")) == []
    assert footage.act("executeExtraction", extraction.id)["__typename"] == "ExtractionExecuted"


def test_disk_full(apart: Installation, disk: SmallDisk, counted: Callable[[str], None]) -> None:
    """A disk that fills up in the middle of a cut: told as that, nothing recorded, nothing left; later it succeeds."""
    small = disk(CLIP.stat().st_size * 4 // 3)  # room for the sample clip and a third of it again
    apart.endpoints = replace(apart.endpoints, evidence_url=(small / "evidence").as_uri())
    apart.today()
    footage = Footage(apart)
    extraction, command_id = footage.extraction_in("APPROVED", window=(0, 24)), str(uuid4())
    person = apart.signed_in("centre.execute")
    document = "mutation($i: ExecuteExtractionInput!) { executeExtraction(input: $i) { __typename } }"
    given = {"extractionId": extraction.id, "commandId": command_id}
    before = apart.head()
    threads = [threading.Thread(target=person.answer, args=[document], kwargs={"i": given}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    error = person.error(document, i=given)
    assert (error["code"], error["retryable"]) == ("UNAVAILABLE", True)
    assert str(small) not in error["message"]
    assert apart.head() == before
    assert list((footage.folder / ".incoming").glob("*/*")) == []
    disk.grow(small, 20 << 20)
    answer = person.ask(document, i=given)["executeExtraction"]
    assert answer == {"__typename": "ExtractionExecuted"}
    counted(
        "A11 1 disk full in the middle of a cut: refused as that, nothing recorded, done once there was room"
    )
