"""What can happen to an incident, in the past tense. These are stored for ever: add events, never edit one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import envelope
from domain.personal import Personal


class Event(envelope.Event):
    """What happened to an incident."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of one, whichever it is."""

    TOPIC = "incident:created"


@dataclass(frozen=True)
class Reported(Created):
    """Somebody, or the system itself, noticed that something is wrong."""

    TOPIC = "incident:reported"
    number: str
    kind: str
    camera_id: UUID | None
    area_path: str
    camera_class: str | None
    reporting_unit_id: UUID
    operating_unit_id: UUID | None
    handler_kind: str | None
    detected_at: datetime
    notified_at: datetime
    """When whoever handles it was told."""
    leader_account_id: UUID | None
    leader_told_at: datetime | None
    fault: str | None
    """What is wrong with the camera while it is handled."""
    due: datetime | None
    """When it has to be fixed; None where no time is set."""
    due_rule: str | None
    text: Personal[str]


@dataclass(frozen=True)
class Received(Event):
    """A unit took it on."""

    TOPIC = "incident:received"


@dataclass(frozen=True)
class HandlingBegan(Event):
    """Somebody is at it, by a process of which this is the document and version."""

    TOPIC = "incident:handling-began"
    process: str | None


@dataclass(frozen=True)
class Fixed(Event):
    """It works again."""

    TOPIC = "incident:fixed"
    fixed_at: datetime
    text: Personal[str]
    late_reason: Personal[str] | None


@dataclass(frozen=True)
class Reopened(Event):
    """It does not: whoever was to confirm it found it as it was."""

    TOPIC = "incident:reopened"
    text: Personal[str]


@dataclass(frozen=True)
class Closed(Event):
    """Whoever reported or handled it confirmed that it is over."""

    TOPIC = "incident:closed"


@dataclass(frozen=True)
class Backdated(Event):
    """It turned out to have been seen earlier, so its time is over earlier as well."""

    TOPIC = "incident:backdated"
    detected_at: datetime
    due: datetime | None
    text: Personal[str]


@dataclass(frozen=True)
class DueSoon(Event):
    """Its time comes to its end, and it is not fixed; said once."""

    TOPIC = "incident:due-soon"
    due: datetime


@dataclass(frozen=True)
class Overdue(Event):
    """Its time was over, and it was not fixed."""

    TOPIC = "incident:overdue"
    due: datetime
