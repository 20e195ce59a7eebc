"""Where a camera stands in its life, in what kind of place, and what is on file about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar
from uuid import UUID


class CameraState(StrEnum):
    """How far a camera is."""

    REGISTERED = "REGISTERED"
    INSTALLED = "INSTALLED"
    CONNECTED = "CONNECTED"
    ACTIVE = "ACTIVE"
    FAULTY = "FAULTY"
    MAINTENANCE = "MAINTENANCE"
    RETIRED = "RETIRED"


AT_WORK: Final = (CameraState.ACTIVE, CameraState.FAULTY, CameraState.MAINTENANCE)
"""It was activated, and is not retired."""
LINKED: Final = (CameraState.CONNECTED, *AT_WORK)
"""Its images come to the system."""


class Placement(StrEnum):
    """Whose place it looks at; what lies inside and what is private is out of scope unless its owner connects it.

    R-DB-1.3.0, R-DB-3.7.0, R-DB-6.2.0, R-DB-6.4.0, R-DB-7.6.0.
    """

    PUBLIC = "PUBLIC"
    STATE_AREA = "STATE_AREA"
    INTERNAL = "INTERNAL"
    PRIVATE = "PRIVATE"


class Transmission(StrEnum):
    """By which way its images come (R-DH-3.7.0, R-DH-7.1.0)."""

    PRIVATE_CHANNEL = "PRIVATE_CHANNEL"
    INTERNET = "INTERNET"


class OwnerKind(StrEnum):
    """Whose it is (R-DH-3.6.0, R-DH-6.2.a)."""

    UNIT = "UNIT"
    HOUSEHOLDER = "HOUSEHOLDER"
    ORGANISATION = "ORGANISATION"


class ConsentKind(StrEnum):
    """What somebody agreed to in writing."""

    PLACE_AND_TECHNICAL_PLAN = "PLACE_AND_TECHNICAL_PLAN"
    MANAGING_BODY_OF_AREA = "MANAGING_BODY_OF_AREA"
    RELATED_AGENCY = "RELATED_AGENCY"
    SECURITY_REVIEW = "SECURITY_REVIEW"
    INVESTMENT_CONSULTATION = "INVESTMENT_CONSULTATION"
    HOUSEHOLDER = "HOUSEHOLDER"
    """Whoever owns the camera; the only one that can be withdrawn (R-DH-3.6.0, R-DB-7.6.0)."""
    ATTACHMENT_MANAGER = "ATTACHMENT_MANAGER"
    ATTACHMENT_OPERATOR = "ATTACHMENT_OPERATOR"
    """Attaching a device takes two: the managing body and the operating unit (R-DH-5.4.0)."""


PLACE_BOUND: Final = frozenset(
    {ConsentKind.PLACE_AND_TECHNICAL_PLAN, ConsentKind.MANAGING_BODY_OF_AREA, ConsentKind.RELATED_AGENCY}
)
"""What is agreed to of one place, and of no other (R-DB-6.2.0, R-DB-6.4.0)."""


class Measure(StrEnum):
    """What a camera measures, which only counts while it is verified for that (R-QT-3.9.0)."""

    SPEED = "SPEED"


class FaultKind(StrEnum):
    """What is wrong with what a camera shows."""

    NO_PICTURE = "NO_PICTURE"
    POOR_PICTURE = "POOR_PICTURE"
    """Covered, dirty or too dark (R-DH-15.4.0)."""
    MOVED = "MOVED"
    CLOCK = "CLOCK"
    MEASUREMENT = "MEASUREMENT"
    POWER = "POWER"
    DAMAGE = "DAMAGE"
    OTHER = "OTHER"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A document by which somebody agreed."""

    kind: str
    document: str
    dated: date
    issued_by: str
    reference: str | None = None
    """Where its scan is kept, if it is."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A metrological verification (*kiểm định*): what was measured, by whom, and until when it counts."""

    number: str
    body: str
    measures: str
    issued_on: date
    valid_until: date
    """The last day on which it counts."""

    def covers(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.issued_on <= day <= self.valid_until


@dataclass(frozen=True, kw_only=True)
class Link:
    """How its images come from an instant on: by which way, and through which client if through one (R-DH-7.1.0)."""

    since: datetime | None
    """None of one that was at work before it was registered: always."""
    channel: str | None
    client_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A time in which it was at work: since it was activated, until its owner withdrew or it was retired."""

    since: datetime | None
    """None of one that was at work before it was registered: always."""
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A time in which something was known to be wrong with a camera; open while it has no end.

    Each incident has its own, and so has what somebody reports without one: they may overlap.
    """

    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    incident_id: UUID | None = None

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.began_at <= at and (self.ended_at is None or at < self.ended_at)


class OfIncident(Protocol):
    """What an incident put on record, or somebody without one."""

    @property
    def incident_id(self) -> UUID | None:
        """The incident; None where there is none."""


Put = TypeVar("Put", bound=OfIncident)


def put_by(open_: Iterable[Put], incident_id: UUID | None) -> list[Put]:
    """Of what is open, what this incident put on record, or somebody without one; if nothing is, all that there is.

    Before each incident had windows of its own there was one at a time, which ended whoever said that it was over.
    """
    found = list(open_)
    return [one for one in found if one.incident_id == incident_id] or found
