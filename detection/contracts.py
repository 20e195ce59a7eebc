"""The messages a worker publishes and the names of its evidence. Standard library only; versioned by class.

A published version is never edited: a second version gets a class and a type of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import NAMESPACE_URL, UUID, uuid5

LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes; pixels never travel in a message."""

CAMERA: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
WORD: Final = re.compile(r"[A-Z][A-Z_]{0,31}")
NAME: Final = re.compile(r"[A-Za-z0-9._/-]{1,200}")
EVIDENCE_NAME: Final = re.compile(
    r"(?P<folder>[0-9a-f]{2})/(?P<sha256>(?P=folder)[0-9a-f]{62})\.[a-z0-9]{1,8}"
)
"""What `evidence_name` makes, and nothing else: a name that could leave its store is none."""
MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]{1,60}")
KINDS: Final = ("FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER", "CLIP")
MOST_EVIDENCE: Final = 16
YEARS: Final = range(2000, 2100)
"""What lies outside is a clock that was never set, and beyond what every database can hold."""


class MalformedMessage(ValueError):  # noqa: N818 — the one thing that waiting cannot cure
    """A message that is not what it says it is: the path in it, and what was expected there."""


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """One object of evidence, named after its content."""

    kind: str
    name: str
    sha256: str
    size: int
    media_type: str
    captured_at: datetime


@dataclass(frozen=True, kw_only=True)
class ViolationDetectedV1:
    """One violation that a model and a rule propose: a proposal, never a decision."""

    TYPE: ClassVar[str] = "vn.minhchung.detection.violation.v1"
    KIND: ClassVar[str] = "violation"

    proposal_id: UUID
    camera: str
    rule: str
    occurred_at: datetime
    detected_at: datetime
    track_started_at: datetime
    confidence: float
    model: str
    model_sha256: str
    source_sha256: str
    evidence: tuple[EvidenceItem, ...]

    @staticmethod
    def identify(*, camera: str, rule: str, source_sha256: str, track_started_pts: int) -> UUID:
        """The same camera, rule, file and track give the same proposal, on every run."""
        return uuid5(NAMESPACE_URL, f"/proposals/{camera}/{rule}/{source_sha256}/{track_started_pts}")

    def to_data(self) -> dict[str, Any]:
        """The payload as plain JSON values."""
        return {
            "proposal_id": str(self.proposal_id),
            "camera": self.camera,
            "rule": self.rule,
            "occurred_at": self.occurred_at.isoformat(),
            "detected_at": self.detected_at.isoformat(),
            "track_started_at": self.track_started_at.isoformat(),
            "confidence": self.confidence,
            "model": self.model,
            "model_sha256": self.model_sha256,
            "source_sha256": self.source_sha256,
            "evidence": [
                {**vars(item), "captured_at": item.captured_at.isoformat()} for item in self.evidence
            ],
        }

    @classmethod
    def from_data(cls, data: object) -> "ViolationDetectedV1":
        """Read a payload, every field of it.

        Raises:
            MalformedMessage: naming the path and what was expected.
        """
        given = _fields(data, "data", cls)
        items = given["evidence"]
        if not isinstance(items, list) or not 1 <= len(items) <= MOST_EVIDENCE:
            raise MalformedMessage(f"data.evidence: a list of 1 to {MOST_EVIDENCE} objects is expected")
        return cls(
            proposal_id=_uuid(given["proposal_id"], "data.proposal_id"),
            camera=_text(given["camera"], "data.camera", CAMERA, "a camera code such as DH-NT-01"),
            rule=_text(given["rule"], "data.rule", WORD, "a rule such as RED_LIGHT"),
            occurred_at=_instant(given["occurred_at"], "data.occurred_at"),
            detected_at=_instant(given["detected_at"], "data.detected_at"),
            track_started_at=_instant(given["track_started_at"], "data.track_started_at"),
            confidence=_share(given["confidence"], "data.confidence"),
            model=_text(given["model"], "data.model", NAME, "a model's name"),
            model_sha256=_text(given["model_sha256"], "data.model_sha256", SHA256, "64 hex digits"),
            source_sha256=_text(given["source_sha256"], "data.source_sha256", SHA256, "64 hex digits"),
            evidence=tuple(_item(item, f"data.evidence[{n}]") for n, item in enumerate(items)),
        )


def wrap(message: ViolationDetectedV1) -> bytes:
    """Give the CloudEvents 1.0 structured form of a message."""
    return json.dumps(
        {
            "specversion": "1.0",
            "type": message.TYPE,
            "id": str(message.proposal_id),
            "source": f"/cameras/{message.camera}",
            "subject": message.rule,
            "time": message.detected_at.isoformat(),
            "datacontenttype": "application/json",
            "data": message.to_data(),
        },
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def unwrap(raw: bytes) -> ViolationDetectedV1:
    """Read a CloudEvent that carries a detection.

    Raises:
        MalformedMessage: naming the path and what was expected.
    """
    if len(raw) > LARGEST_MESSAGE:
        raise MalformedMessage(f"message: at most {LARGEST_MESSAGE} bytes are expected, these are {len(raw)}")
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedMessage("message: JSON in UTF-8 is expected") from None
    if not isinstance(event, dict):
        raise MalformedMessage("message: a CloudEvent in structured JSON is expected")
    # the raw attributes first: an SDK may invent what is missing
    expected: dict[str, Callable[[object], bool]] = {
        "specversion": lambda v: v == "1.0",
        "type": lambda v: v == ViolationDetectedV1.TYPE,
        "id": lambda v: isinstance(v, str) and 0 < len(v) <= 100,  # noqa: PLR2004
        "source": lambda v: isinstance(v, str) and 0 < len(v) <= 200,  # noqa: PLR2004
    }
    for name, right in expected.items():
        if not right(event.get(name)):
            raise MalformedMessage(f"{name}: not what a {ViolationDetectedV1.TYPE} of CloudEvents 1.0 has")
    message = ViolationDetectedV1.from_data(event.get("data"))
    if event["id"] != str(message.proposal_id) or event["source"] != f"/cameras/{message.camera}":
        raise MalformedMessage("id, source: they must name the proposal and the camera of data")
    return message


def subject(jurisdiction: str, camera: str, kind: str = ViolationDetectedV1.KIND) -> str:
    """Name the subject of a detection; a camera's code is the only thing in it.

    Raises:
        MalformedMessage: it is no such code, and might be a subject of somebody else's.
    """
    _text(camera, "camera", CAMERA, "a camera code such as DH-NT-01")
    return f"mc.v1.{jurisdiction}.detection.{camera}.{kind}"


def evidence_name(sha256: str, suffix: str) -> str:
    """Name an object of evidence after its content."""
    return f"{sha256[:2]}/{sha256}.{suffix}"


def _fields(value: object, path: str, cls: type) -> Mapping[str, Any]:
    names = {field.name for field in fields(cls)}
    if not isinstance(value, dict):
        raise MalformedMessage(f"{path}: an object is expected")
    if missing := sorted(names - value.keys()):
        raise MalformedMessage(f"{path}: {', '.join(missing)} expected")
    # as ASCII: what a stranger wrote goes into a log and a table, a NUL or half a character with it
    if unknown := sorted(ascii(key[:40]) for key in value.keys() - names):
        raise MalformedMessage(f"{path}: {', '.join(unknown[:5])} unknown")
    return value


def _item(value: object, path: str) -> EvidenceItem:
    given = _fields(value, path, EvidenceItem)
    if given["kind"] not in KINDS:
        raise MalformedMessage(f"{path}.kind: one of {', '.join(KINDS)} is expected")
    size = given["size"]
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size < 2**40:
        raise MalformedMessage(f"{path}.size: a number of bytes is expected")
    sha256 = _text(given["sha256"], f"{path}.sha256", SHA256, "64 hex digits")
    name = given["name"]
    if not isinstance(name, str) or not (form := EVIDENCE_NAME.fullmatch(name)) or form["sha256"] != sha256:
        raise MalformedMessage(f"{path}.name: {evidence_name(sha256, 'SUFFIX')} is expected")
    return EvidenceItem(
        kind=given["kind"],
        name=name,
        sha256=sha256,
        size=size,
        media_type=_text(given["media_type"], f"{path}.media_type", MEDIA_TYPE, "a media type"),
        captured_at=_instant(given["captured_at"], f"{path}.captured_at"),
    )


def _text(value: object, path: str, pattern: re.Pattern[str], expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedMessage(f"{path}: {expected} is expected")
    return value


def _uuid(value: object, path: str) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else _not_a_uuid(path)
    except ValueError:
        return _not_a_uuid(path)


def _not_a_uuid(path: str) -> UUID:
    raise MalformedMessage(f"{path}: a UUID is expected")


def _instant(value: object, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.year not in YEARS:
        raise MalformedMessage(f"{path}: an instant of this century with an offset is expected")
    return instant


def _share(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise MalformedMessage(f"{path}: a number from 0 to 1 is expected")
    return float(value)
