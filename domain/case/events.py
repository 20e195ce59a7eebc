"""What can happen to a case, in the past tense. These are stored for ever: add events, never edit one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import envelope
from domain.personal import Personal


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """One object of evidence: what it shows, and the hash it must still have."""

    id: UUID
    kind: str
    name: str
    sha256: str
    size: int
    media_type: str
    captured_at: datetime


class Event(envelope.Event):
    """What happened to a case."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of a case, whichever it is."""

    TOPIC = "case:created"


@dataclass(frozen=True)
class Detected(Created):
    """A machine proposed a violation. It is a proposal: nobody has found anything yet."""

    TOPIC = "case:detected"
    number: str
    proposal_id: UUID
    camera_id: UUID
    domain: str
    area_path: str
    holder_unit_id: UUID
    rule: str
    occurred_at: datetime
    detected_at: datetime
    confidence: float
    model: str
    model_sha256: str
    source_sha256: str
    evidence: list[EvidenceItem]
    due: datetime | None
    due_rule: str | None


@dataclass(frozen=True)
class Discarded(Event):
    """The Centre found that this is no violation, for a reason of the closed list."""

    TOPIC = "case:discarded"
    reason_code: str
    note: Personal[str] | None
    late: bool


@dataclass(frozen=True)
class Approved(Event):
    """The Centre approved the proposal and handed it over in one act (*Phê duyệt*, R-DHV-1.3.0); no guilt is found."""

    TOPIC = "case:approved"
    plate: Personal[str]
    recipient_unit_id: UUID
    due: datetime | None
    due_rule: str | None
    late: bool


@dataclass(frozen=True)
class Received(Event):
    """The police took the data over (*tiếp nhận*, R-DHV-2.1.a)."""

    TOPIC = "case:received"


@dataclass(frozen=True)
class VerificationStarted(Event):
    """The police accepted the case for verification (*thụ lý xác minh*)."""

    TOPIC = "case:verification-started"


@dataclass(frozen=True)
class Concluded(Event):
    """The police concluded (*kết luận*, R-DH-11.3.b4)."""

    TOPIC = "case:concluded"
    finding: str
    text: Personal[str]
    due: datetime | None
    due_rule: str | None
    late: bool


@dataclass(frozen=True)
class ResultNotified(Event):
    """The Centre was told the result (R-DH-11.3.b5)."""

    TOPIC = "case:result-notified"
    late: bool
