"""Invented people, plates and units, and the circumstances they act under: what the examples are made of."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.account import Account
from domain.camera import Camera
from domain.case import Case, EvidenceItem
from domain.envelope import Envelope
from domain.extraction import FootageExtraction
from domain.recording import Recording
from domain.unit import Unit

AT: Final = datetime(2026, 6, 2, 1, 30, 0, 250_000, tzinfo=UTC)

UNIT: Final = Unit.create_id("TTGS")
POLICE: Final = Unit.create_id("CATP")
ACCOUNT: Final = Account.create_id("centre.approve")
CAMERA: Final = Camera.create_id("DH-NT-01")
PROPOSAL: Final = UUID(int=0x70)
CASE: Final = Case.create_id(PROPOSAL)
SESSION: Final = UUID(int=0x5E)
READING: Final = UUID(int=0x4E)
ATTEMPT: Final = UUID(int=0xA7)
RECORDING: Final = Recording.create_id(CAMERA, "d" * 64)
EXTRACTION: Final = FootageExtraction.create_id(ACCOUNT, "c-1")

NAME: Final = "Nguyễn Thị Mẫu"
PLATE: Final = "73A-123.45"
NOTE: Final = "Xe cứu thương đang làm nhiệm vụ"
TEXT: Final = "Người điều khiển xe không chấp hành hiệu lệnh của đèn tín hiệu"
ADDRESS: Final = "192.0.2.17"
SAID: Final = (NAME, PLATE, NOTE, TEXT, ADDRESS)
"""What identifies somebody in these examples: it must not be found in what is stored."""

ENVELOPE: Final = Envelope(
    by=str(ACCOUNT),
    unit_id=UNIT,
    took_place_at=AT - timedelta(seconds=1),
    rulebook="dong-hoi@2026-04-01+0a1b2c3d",
    correlation_id=UUID(int=0xC0),
    causation_id=UUID(int=0xCA),
    delegation="Quyết định 07/QĐ-VP",
    reason="TEST",
    rule="R-DHV-1.3.0",
)
EVIDENCE: Final = EvidenceItem(
    id=UUID(int=0xE1),
    kind="FRAME_AT",
    name="sha256/aa/frame.jpg",
    sha256="a" * 64,
    size=123_456,
    media_type="image/jpeg",
    captured_at=AT - timedelta(minutes=1),
)
