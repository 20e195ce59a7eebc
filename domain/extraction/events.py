"""What can happen to an extraction, in the past tense. These are stored for ever: add events, never edit one.

Purpose, time, requester and executor of every extraction are on record by construction (R-DB-16.3.b): the purpose and
the window in `Requested`, the instants and the people in the envelopes of `Requested` and `Executed`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import envelope
from domain.personal import Personal


@dataclass(frozen=True, kw_only=True)
class ExtractedFile:
    """One file that was cut: the window it really shows, and the hash it must still have.

    A cut without re-encoding begins at the keyframe at or before what was asked for.
    """

    id: UUID
    recording_id: UUID
    name: str
    sha256: str
    size: int
    media_type: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A part of the window that is not in any file, and why; *recording_id* names what was damaged."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    recording_id: UUID | None


class Event(envelope.Event):
    """What happened to an extraction."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of an extraction, whichever it is."""

    TOPIC = "footage-extraction:created"


@dataclass(frozen=True)
class Requested(Created):
    """Somebody asked for the footage of one camera, of one window, for one purpose."""

    TOPIC = "footage-extraction:requested"
    number: str
    camera_id: UUID
    domain: str
    area_path: str
    operating_unit_id: UUID
    requesting_unit_kind: str
    starts_at: datetime
    ends_at: datetime
    purpose: str
    note: Personal[str] | None
    document_number: str | None
    undertaking: bool
    case_id: UUID | None


@dataclass(frozen=True)
class Approved(Event):
    """Whoever the regulation names allowed it."""

    TOPIC = "footage-extraction:approved"


@dataclass(frozen=True)
class Rejected(Event):
    """Whoever the regulation names refused it, and said why."""

    TOPIC = "footage-extraction:rejected"
    text: Personal[str]


@dataclass(frozen=True)
class Executed(Event):
    """The footage was cut and kept; what of the window is missing stands beside it."""

    TOPIC = "footage-extraction:executed"
    files: list[ExtractedFile]
    gaps: list[Gap]


@dataclass(frozen=True)
class HandedOver(Event):
    """The files were handed to one named person."""

    TOPIC = "footage-extraction:handed-over"
    receiver_account_id: UUID


@dataclass(frozen=True)
class Accepted(Event):
    """The receiver took them over, and answers for them from here on."""

    TOPIC = "footage-extraction:accepted"


@dataclass(frozen=True)
class MinutesIssued(Event):
    """The minutes of the handing over were made (*biên bản bàn giao*): under which number, with which hash."""

    TOPIC = "footage-extraction:minutes-issued"
    document_id: UUID
    number: str
    edition: int
    template: str
    """The template they were made from, by its digest."""
    sha256: str
    size: int
    name: str
    """Where their bytes are kept, sealed."""


@dataclass(frozen=True)
class MinutesPrinted(Event):
    """The minutes were opened to be printed."""

    TOPIC = "footage-extraction:minutes-printed"
    document_id: UUID
    copies: int
