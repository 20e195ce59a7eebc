"""Extractions through the API: a need of the commune police becomes a file in one person's hands, on record."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import pytest

from detection.sample import CLIP
from domain.camera import Camera
from domain.clock import LEGAL_TIME
from tests.support.api import CENTRE, NAMES, Installation
from tests.support.footage import ACTS, EXTRACTION, WAY, Footage, open_file
from tests.support.mutations import nothing_recorded

LIST = f"""
query($filter: ExtractionFilter, $first: Int! = 20, $after: String) {{
  extractions(filter: $filter, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {EXTRACTION} }} }} }}
"""
ONE = f"""
query($id: ID, $number: String, $asOf: DateTime) {{ extraction(id: $id, number: $number, asOf: $asOf) {{
  {EXTRACTION} availableActions {{ action enabled reasons {{ message rule {{ id }} }} }}
  history {{ event by unit reason rule {{ id }} }} }} }}
"""


@pytest.mark.rule("R-DH-12.2.c2", "R-DH-12.2.b2", "R-DB-16.3.b")
def test_the_whole_way(installation: Installation, footage: Footage) -> None:
    """The leader asks, the police allow, the Centre cuts and hands over, the leader downloads what was recorded."""
    extraction = footage.extraction_in("ACCEPTED")
    auditor = installation.signed_in("auditor")
    [shown] = auditor.ask(LIST)["extractions"]["nodes"]
    assert (shown["number"], shown["state"], shown["purpose"]) == (
        extraction.number,
        "ACCEPTED",
        "VIOLATION_HANDLING",
    )
    assert shown["note"] == "Va chạm giữa hai xe máy"
    people = (
        shown["requestedBy"]["name"],
        shown["decision"]["by"]["name"],
        shown["execution"]["by"]["name"],
        shown["handOver"]["receiver"]["name"],
    )
    assert people == (
        "Võ Thị Giang (commune.lead)",
        "Hoàng Văn Em (police.lead)",
        "Trần Thị Bình (centre.execute)",
        "Võ Thị Giang (commune.lead)",
    )
    assert shown["execution"]["complete"] is True
    [file] = shown["execution"]["files"]
    window = [datetime.fromisoformat(file[end]) - footage.starts_at for end in ("from", "to")]
    assert window == [timedelta(seconds=5), timedelta(seconds=15)]
    opened = open_file(installation.signed_in("commune.lead"), file["id"])
    data = installation.client.get(opened["url"]).content
    assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])


class TestCut:
    """What is cut is what was recorded, packet by packet."""

    def test_without_re_encoding(self, installation: Installation, footage: Footage, tmp_path: Path) -> None:
        """From the keyframe at or before the window to its end, every packet's bytes are the source's."""
        extraction = footage.extraction_in("ACCEPTED", window=(5, 8))
        leader = installation.signed_in("commune.lead")
        [file] = leader.ask(ONE, id=extraction.id)["extraction"]["execution"]["files"]
        url = open_file(leader, file["id"])["url"]
        cut = tmp_path / "cut.mp4"
        cut.write_bytes(installation.client.get(url).content)
        assert _packets(cut) == _packets(CLIP)[5 * 12 : 8 * 12]

    def test_again(self, installation: Installation, footage: Footage) -> None:
        """The command sent again answers the same, and nothing is cut twice."""
        extraction = footage.extraction_in("APPROVED")
        command_id = str(uuid4())
        first = footage.act("executeExtraction", extraction.id, commandId=command_id)
        with nothing_recorded(installation):
            again = footage.act("executeExtraction", extraction.id, commandId=command_id)
        assert again == first

    def test_two_recordings(self, installation: Installation, footage: Footage) -> None:
        """A window over two recordings gives a file of each, and names the time between them."""
        other = _other(CLIP, footage.folder)
        footage.keep(other, footage.starts_at + timedelta(seconds=30))
        extraction = footage.extraction_in("EXECUTED", window=(20, 36))
        execution = _execution(installation, extraction.id)
        assert len(execution["files"]) == 2
        assert [(g["reason"], g["recordingId"]) for g in execution["gaps"]] == [("NO_RECORDING", None)]
        assert execution["complete"] is False

    def test_half_missing(self, installation: Installation, footage: Footage) -> None:
        """Of a window that is half recorded the half is cut, and the rest is named as never recorded."""
        extraction = footage.extraction_in("EXECUTED", window=(20, 60))
        execution = _execution(installation, extraction.id)
        assert len(execution["files"]) == 1
        [gap] = execution["gaps"]
        assert (gap["reason"], gap["to"]) == (
            "NO_RECORDING",
            (footage.starts_at + timedelta(seconds=60)).astimezone(LEGAL_TIME).isoformat(),
        )


def _other(clip: Path, folder: Path) -> Path:
    """The same film under another hash: a remark at its end that no player reads."""
    path = folder / "other.mp4"
    path.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    return path


def _packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def _execution(installation: Installation, extraction_id: str) -> Any:
    person = installation.signed_in("centre.execute")
    return person.ask(ONE, id=extraction_id)["extraction"]["execution"]


class TestDamaged:
    """A recording that is no longer what was registered is found, named, and never given out."""

    @pytest.mark.parametrize("damage", ["flipped", "truncated", "gone"])
    def test_the_only_one(self, installation: Installation, footage: Footage, damage: str) -> None:
        """Nothing is delivered; the recording is named and stays named."""
        extraction = footage.extraction_in("APPROVED")
        data = footage.kept.read_bytes()
        try:
            _damage(footage.kept, damage)
            answer = footage.act("executeExtraction", extraction.id)
        finally:
            footage.kept.write_bytes(data)
        [recording_id] = footage.recordings
        assert (answer["__typename"], answer["code"]) == ("WrongState", "WRONG_STATE")
        assert str(recording_id) in answer["en"]
        assert installation.topics(recording_id) == ["recording:registered", "recording:found-damaged"]
        assert installation.topics_of(extraction.id)[-1] == "footage-extraction:approved"

    def test_one_of_two(self, installation: Installation, footage: Footage) -> None:
        """What is whole is delivered; the damaged part is a gap with the recording's name."""
        other = _other(CLIP, footage.folder)
        footage.keep(other, footage.starts_at + timedelta(seconds=24))
        extraction = footage.extraction_in("APPROVED", window=(20, 30))
        data = footage.kept.read_bytes()
        try:
            _damage(footage.kept, "flipped")
            answer = footage.act("executeExtraction", extraction.id)
        finally:
            footage.kept.write_bytes(data)
        execution = answer["extraction"]["execution"]
        assert len(execution["files"]) == 1
        assert [(g["reason"], g["recordingId"]) for g in execution["gaps"]] == [
            ("DAMAGED", str(footage.recordings[0]))
        ]

    def test_the_cut_itself(self, installation: Installation, footage: Footage) -> None:
        """A cut that has changed since is not given out either: who opens it is told."""
        extraction = footage.extraction_in("ACCEPTED")
        leader = installation.signed_in("commune.lead")
        [file] = leader.ask(ONE, id=extraction.id)["extraction"]["execution"]["files"]
        path = footage.folder / file["sha256"][:2] / f"{file['sha256']}.mp4"
        _damage(path, "flipped")
        with nothing_recorded(installation):
            answer = open_file(leader, file["id"])
        path.unlink()
        assert (answer["__typename"], "its hash has changed" in answer["en"]) == ("WrongState", True)


def _damage(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    match how:
        case "flipped":
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        case "truncated":
            path.write_bytes(data[: len(data) // 2])
        case _:
            path.unlink()


class TestAway:
    """What is away is not gone, and what is not known yet was not never recorded."""

    def test_not_mounted(self, installation: Installation, footage: Footage) -> None:
        """Where the evidence store is away, nothing is said about the footage: the command may be sent again."""
        extraction = footage.extraction_in("APPROVED")
        elsewhere = footage.folder.with_name("elsewhere")
        installation.services  # noqa: B018 — its store is open before the folder goes away
        footage.folder.rename(elsewhere)
        footage.folder.mkdir()
        before = installation.head()
        document = "mutation($i: ExecuteExtractionInput!) { executeExtraction(input: $i) { __typename } }"
        given = {"extractionId": extraction.id, "commandId": "c-1"}
        try:
            error = installation.signed_in("centre.execute").error(document, i=given)
        finally:
            footage.folder.rmdir()
            elsewhere.rename(footage.folder)
        assert (error["code"], error["retryable"]) == ("UNAVAILABLE", True)
        assert installation.head() == before
        done = installation.signed_in("centre.execute").ask(document, i=given)["executeExtraction"]
        assert done == {"__typename": "ExtractionExecuted"}

    def test_not_known_yet(self, installation: Installation, footage: Footage) -> None:
        """While the table of recordings is behind the log, nothing is cut: a gap would be recorded for ever."""
        extraction = footage.extraction_in("APPROVED")
        with installation.founding():
            installation.operator.record(
                Camera.in_use(
                    code="DH-X",
                    name="X",
                    camera_class="SMART_CITY",
                    domain="TRAFFIC",
                    area_path="quang-binh/dong-hoi",
                    operating_unit_id=CENTRE,
                )
            )
        document = "mutation($i: ExecuteExtractionInput!) { executeExtraction(input: $i) { __typename } }"
        given = {"extractionId": extraction.id, "commandId": "c-1"}
        error = installation.signed_in("centre.execute").error(document, i=given)
        assert (error["code"], error["retryable"]) == ("NOT_YET_VISIBLE", True)

    def test_unreadable(self, installation: Installation, footage: Footage, tmp_path: Path) -> None:
        """A recording that is whole and cannot be cut is a gap with its name; the rest is delivered."""
        film = tmp_path / "no-film.mp4"
        film.write_bytes(b"registered as it is " * 1000)
        other = footage.keep(film, footage.starts_at + timedelta(seconds=24))
        extraction = footage.extraction_in("EXECUTED", window=(20, 30))
        execution = _execution(installation, extraction.id)
        assert len(execution["files"]) == 1
        assert [(g["reason"], g["recordingId"]) for g in execution["gaps"]] == [("UNREADABLE", str(other))]


def test_sent_again_later(installation: Installation, footage: Footage) -> None:
    """A command that is sent again shows what it left, not what came after: it is no way to look."""
    extraction, command_id = footage.extraction_in("REQUESTED"), str(uuid4())
    first = footage.act("approveExtraction", extraction.id, commandId=command_id)
    footage.act("executeExtraction", extraction.id)
    assert footage.act("approveExtraction", extraction.id, commandId=command_id) == first
    assert first["extraction"]["state"] == "APPROVED"


class TestRefused:
    """What may not be, and what cannot be."""

    @pytest.mark.parametrize(
        "given, path",
        [
            pytest.param({"window": (-600, -500)}, "from", id="nothing-recorded"),
            pytest.param({"window": (5, 5)}, "to", id="empty"),
            pytest.param({"window": (5, 3700)}, "to", id="longer-than-an-hour"),
            pytest.param({"window": (1790, 1810)}, "to", id="in-the-future"),
            pytest.param({"cameraId": "DH-NT-01"}, "cameraId", id="no-id"),
            pytest.param({"caseId": "1"}, "caseId", id="no-case-id"),
            pytest.param({"from": "2026-06-01T08:30:05"}, "from", id="no-offset"),
            pytest.param({"note": "x" * 4001}, "note", id="long-note"),
        ],
    )
    def test_input(
        self, installation: Installation, footage: Footage, given: dict[str, Any], path: str
    ) -> None:
        """A field that cannot be accepted is named; nothing is recorded, and no number is used up."""
        with nothing_recorded(installation):
            answer = footage.ask(**given)
        assert (answer["__typename"], answer.get("path")) == ("InvalidInput", path), answer
        assert footage.extraction_in("REQUESTED").number.endswith("-000001")

    def test_unknown(self, installation: Installation, footage: Footage) -> None:
        """A camera or a case that is not there, or not for one's eyes, is absent."""
        case = installation.case_in("VERIFYING")
        installation.register_camera("DH-AN-01", domain="SECURITY", area_path="quang-binh/dong-hoi/bac-ly")
        installation.project()
        hidden = Camera.create_id("DH-AN-01")
        ways: list[dict[str, Any]] = [
            {"cameraId": str(uuid4())},
            {"cameraId": str(hidden)},
            {"caseId": str(case.id)},
        ]
        for given in ways:
            assert footage.ask(**given)["__typename"] == "NotFound"
        assert footage.ask()["__typename"] == "ExtractionRequested"

    def test_slip_of_the_pen(self, installation: Installation, footage: Footage) -> None:
        """Naming a case that never was is a mistake; naming one that is not for one's eyes is an attempt."""
        case = installation.case_in("VERIFYING")
        before = installation.head()
        footage.ask(caseId=str(uuid4()))
        assert installation.since(before) == []
        footage.ask(caseId=str(case.id))
        assert installation.since(before) == ["attempt:refused"]

    @pytest.mark.rule("R-QT-5.5.0")
    @pytest.mark.parametrize("name", NAMES)
    def test_who_may_ask(self, installation: Installation, footage: Footage, name: str) -> None:
        """Of the demo only the leader of the commune police asks; whoever else tries is on record."""
        before = installation.head()
        answer = footage.ask(by=name)
        if name == "commune.lead":
            assert answer["__typename"] == "ExtractionRequested"
        else:
            assert answer["__typename"] in {"Forbidden", "NotFound"}
            assert installation.since(before) == ["attempt:refused"]

    @pytest.mark.rule("R-QT-5.2.a")
    @pytest.mark.parametrize("state", WAY)
    @pytest.mark.parametrize("name", NAMES)
    def test_every_act(self, installation: Installation, footage: Footage, name: str, state: str) -> None:
        """What `availableActions` says is what the mutations do; what is refused leaves no event but the refusal."""
        extraction = footage.extraction_in(state)
        person = installation.signed_in(name)
        shown = person.ask(ONE, id=extraction.id)["extraction"]
        said = {a["action"]: a["enabled"] for a in shown["availableActions"]} if shown else {}
        for mutation in ACTS.keys() - {"requestExtraction"}:
            if said.get(mutation):
                assert (name, state) in MAY[mutation]
                continue
            assert (name, state) not in MAY[mutation]
            before = installation.head()
            answer = footage.act(mutation, extraction.id, by=name)
            assert answer["__typename"] == ("NotFound" if shown is None else answer["__typename"])
            barred = shown is None or answer["__typename"] in {"Forbidden", "SamePerson"}
            assert answer["__typename"] in {"Forbidden", "SamePerson", "WrongState", "NotFound"}
            assert installation.since(before) == ["attempt:refused"] * barred


MAY = {
    "issueHandoverMinutes": {("centre.execute", "HANDED_OVER"), ("centre.execute", "ACCEPTED")},
    "approveExtraction": {("police.handle", "REQUESTED"), ("police.lead", "REQUESTED")},
    "rejectExtraction": {("police.handle", "REQUESTED"), ("police.lead", "REQUESTED")},
    "executeExtraction": {("centre.execute", "APPROVED"), ("police.handle", "APPROVED")},
    "handOverExtraction": {("centre.execute", "EXECUTED"), ("centre.execute", "HANDED_OVER")},
    "acceptExtraction": {("commune.lead", "HANDED_OVER")},
}
"""All that anybody of the demo may do, by where an extraction stands."""
