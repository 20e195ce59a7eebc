"""Kept footage of the demo camera, and whoever takes a minute of it through the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from cli import demo
from detection.evidence_store import digest_of, open_store
from detection.sample import CLIP
from domain.account import Account
from domain.camera import Camera
from domain.commands.extraction import register_recording
from domain.envelope import Envelope
from tests.support.api import Installation
from tests.support.people import REFUSED, Person

CAMERA: Final = Camera.create_id(demo.CAMERA)
LENGTH_S: Final = 24.0
"""Of the sample clip, which has a keyframe every second."""
LEADER: Final = Account.create_id("commune.lead")

ACTS: Final = {
    "requestExtraction": ("commune.lead", "ExtractionRequested"),
    "approveExtraction": ("police.lead", "ExtractionApproved"),
    "rejectExtraction": ("police.lead", "ExtractionRejected"),
    "executeExtraction": ("centre.execute", "ExtractionExecuted"),
    "handOverExtraction": ("centre.execute", "ExtractionHandedOver"),
    "acceptExtraction": ("commune.lead", "ExtractionAccepted"),
    "issueHandoverMinutes": ("centre.execute", "HandoverMinutesIssued"),
}
"""Who does it, and what it answers."""
WAY: Final = {
    "REQUESTED": (),
    "REJECTED": ("rejectExtraction",),
    "APPROVED": ("approveExtraction",),
    "EXECUTED": ("approveExtraction", "executeExtraction"),
    "HANDED_OVER": ("approveExtraction", "executeExtraction", "handOverExtraction"),
    "ACCEPTED": ("approveExtraction", "executeExtraction", "handOverExtraction", "acceptExtraction"),
}
FACTS: Final[dict[str, dict[str, Any]]] = {
    "rejectExtraction": {"text": "Không nêu rõ vụ việc"},
    "handOverExtraction": {"receiverAccountId": str(LEADER)},
    "issueHandoverMinutes": {"number": "09"},
}
EXTRACTION: Final = """
id number state version from to purpose note documentNumber caseId requestedAt camera { code }
requestedBy { accountId name unit { code } }
decision { approved at reason by { name unit { code } } }
execution { complete at by { name unit { code } } files { id sha256 size mediaType from to }
  gaps { from to reason recordingId } }
handOver { at acceptedAt receiver { name unit { code } } }
"""
OPEN: Final = f"""
mutation($input: OpenEvidenceInput!) {{ openEvidence(input: $input) {{ __typename
  ... on EvidenceOpened {{ url expiresAt position }} {REFUSED} }} }}
"""


@dataclass(frozen=True)
class Asked:
    """An extraction that was asked for."""

    id: str
    number: str


class Footage:
    """Twenty-four seconds of the demo camera, kept in the evidence store of an installation."""

    def __init__(self, installation: Installation, *, begins: timedelta = timedelta(minutes=-30)) -> None:
        self.installation = installation
        self.starts_at = (installation.now + begins).replace(microsecond=0)
        self.recordings = [self.keep(CLIP, self.starts_at)]

    def keep(
        self, file: Path, starts_at: datetime, length_s: float = LENGTH_S, *, camera: UUID = CAMERA
    ) -> UUID:
        """Keep a file as footage of the demo camera, unless it is said of which."""
        store = open_store(self.installation.endpoints.evidence_url, writer="test")
        with store.draft() as draft:
            draft.write_bytes(file.read_bytes())
            name, sha256, size = store.keep_file(draft, "mp4")
        act = Envelope(
            by="operator:test",
            unit_id=None,
            took_place_at=starts_at,
            rulebook="dong-hoi@test",
            correlation_id=uuid4(),
        )
        operator = self.installation.operator
        recording_id = register_recording(
            operator,
            act,
            operator.find(Camera, camera),
            name=name,
            sha256=sha256,
            size=size,
            media_type="video/mp4",
            starts_at=starts_at,
            length_s=length_s,
        )
        self.installation.project()
        return recording_id

    @property
    def folder(self) -> Path:
        """Where the evidence is."""
        return Path(unquote(urlsplit(self.installation.endpoints.evidence_url).path))

    @property
    def kept(self) -> Path:
        """The file of the sample clip in the evidence store."""
        sha256, _ = digest_of(CLIP)
        return self.folder / sha256[:2] / f"{sha256}.mp4"

    def window(self, start_s: int, end_s: int) -> dict[str, str]:
        """A window, in seconds from the first frame."""
        start, end = (self.starts_at + timedelta(seconds=s) for s in (start_s, end_s))
        return {"from": start.isoformat(), "to": end.isoformat()}

    def act(
        self, mutation: str, extraction_id: str, *, by: str | None = None, **given: Any
    ) -> dict[str, Any]:
        """What a mutation on an extraction answers."""
        who = by or ACTS[mutation][0]
        self.installation.project()  # what is recorded must be known before it is cut
        facts = {"extractionId": extraction_id, "commandId": str(uuid4()), **FACTS.get(mutation, {}), **given}
        return act(self.installation.signed_in(who), mutation, facts)

    def ask(
        self, *, by: str = "commune.lead", window: tuple[int, int] = (5, 15), **given: Any
    ) -> dict[str, Any]:
        """What asking for some of it answers."""
        self.installation.project()
        facts = {
            "cameraId": str(CAMERA),
            **self.window(*window),
            "purpose": "VIOLATION_HANDLING",
            "note": "Va chạm giữa hai xe máy",
            "documentNumber": "12/ĐN-CAP",
            "commandId": str(uuid4()),
            **given,
        }
        return act(self.installation.signed_in(by), "requestExtraction", facts)

    def extraction_in(self, state: str, *, window: tuple[int, int] = (5, 15)) -> Asked:
        """An extraction that went as far as a state."""
        asked = self.ask(window=window)
        assert asked["__typename"] == "ExtractionRequested", asked
        found = Asked(asked["extraction"]["id"], asked["extraction"]["number"])
        for mutation in WAY[state]:
            answer = self.act(mutation, found.id)
            assert answer["__typename"] == ACTS[mutation][1], answer
        self.installation.project()
        return found


def act(person: Person, mutation: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What a mutation answers: its payload, or its refusal."""
    document = (
        f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{ __typename"
        f" ... on {ACTS[mutation][1]} {{ position extraction {{ {EXTRACTION} }} }} {REFUSED} }} }}"
    )
    answered: dict[str, Any] = person.ask(document, input=facts)[mutation]
    return answered


def open_file(person: Person, file_id: str, **given: Any) -> dict[str, Any]:
    """What opening a file answers."""
    facts = {"evidenceId": file_id, "purpose": "VIOLATION_HANDLING", "commandId": str(uuid4()), **given}
    answered: dict[str, Any] = person.ask(OPEN, input=facts)["openEvidence"]
    return answered
