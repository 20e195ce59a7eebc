"""What happens to recordings and extractions in the tests, as facts, and who looks at them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.extraction import FootageExtraction
from domain.personal import Personal
from domain.reading import Attempt, Reading
from domain.recording import Recording
from tests.support.spec import CENTRE, CITY, COMMUNE, ID, NOW, Fact, fact

AREA = f"{CITY}/nam-ly"
CAMERA = UUID(int=0xCA)
RECEIVER = UUID(int=0x2EC)
NOTE = "Va chạm giữa hai xe máy"
WHY = "Không nêu rõ vụ việc"
STARTS_AT = NOW - timedelta(hours=2)
ENDS_AT = STARTS_AT + timedelta(minutes=1)

FILE: dict[str, Any] = {
    "id": UUID(int=0xF1),
    "recording_id": UUID(int=0x4E),
    "name": f"ff/{'f' * 64}.mp4",
    "sha256": "f" * 64,
    "size": 54_321,
    "media_type": "video/mp4",
    "starts_at": STARTS_AT,
    "ends_at": ENDS_AT,
}


def kept(camera_id: UUID, **said: Any) -> Fact:
    """Footage of a camera is kept."""
    facts = {
        "camera_id": camera_id,
        "area_path": AREA,
        "operating_unit_id": CENTRE.id,
        "name": f"dd/{'d' * 64}.mp4",
        "sha256": "d" * 64,
        "size": 1_000_000,
        "media_type": "video/mp4",
        "starts_at": STARTS_AT - timedelta(minutes=5),
        "length_s": 600.0,
    }
    return fact(Recording.Registered, **{**facts, **said})


DAMAGED = fact(Recording.FoundDamaged, found_sha256=None, found_size=0)


def requested(extraction_id: UUID = ID, number: int = 1, **said: Any) -> Fact:
    """The leader of the commune police asked."""
    facts = {
        "number": f"DH-TX-2026-{number:06d}",
        "camera_id": CAMERA,
        "domain": "TRAFFIC",
        "area_path": AREA,
        "operating_unit_id": CENTRE.id,
        "requesting_unit_kind": "COMMUNE_POLICE",
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "purpose": "VIOLATION_HANDLING",
        "note": Personal.said(extraction_id, NOTE),
        "document_number": "12/ĐN-CAP",
        "undertaking": False,
        "case_id": None,
    }
    return fact(FootageExtraction.Requested, **{**facts, **said}).under(
        by=str(UUID(int=8)), unit_id=COMMUNE.id
    )


APPROVED = fact(FootageExtraction.Approved).under(by=str(UUID(int=5)))
REJECTED = fact(FootageExtraction.Rejected, text=Personal.said(ID, WHY)).under(by=str(UUID(int=5)))
EXECUTED = fact(FootageExtraction.Executed, files=[], gaps=[]).under(by=str(UUID(int=2)), unit_id=CENTRE.id)
HANDED_OVER = fact(FootageExtraction.HandedOver, receiver_account_id=RECEIVER)
ACCEPTED = fact(FootageExtraction.Accepted)
WAYS = ([APPROVED, EXECUTED, HANDED_OVER, ACCEPTED], [REJECTED])

LOOK = fact(
    Reading.Recorded,
    way="case",
    noun="case",
    ids=[UUID(int=0x400)],
    purpose="VIOLATION_HANDLING",
    area_path=AREA,
    address=None,
    camera_id=None,
    plate=None,
)
REFUSED = fact(
    Attempt.Refused,
    way="approveCase",
    noun="case",
    ids=[UUID(int=0x400), UUID(int=0x401)],
    code="FORBIDDEN",
    purpose=None,
    area_path=AREA,
    address=None,
    camera_id=None,
    plate=None,
)
