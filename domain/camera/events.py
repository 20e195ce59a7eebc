"""What can happen to a camera, in the past tense. These are stored for ever: add events, never edit one.

What opens a camera — its address, its password — has no field here, so nothing can tell it (R-DH-5.3.0, R-DB-5.3.0).
"""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain import envelope
from domain.camera.state import Placement


class Event(envelope.Event):
    """What happened to a camera."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of one, whichever it is."""

    TOPIC = "camera:created"


@dataclass(frozen=True)
class Registered(Created):
    """The camera is part of the system; its kind, its place and its managing body since version 2.

    *in_use*: it was at work already when it was registered, as those of version 1 were.
    """

    TOPIC = "camera:registered"
    class_version: ClassVar[int] = 2
    code: str
    name: str
    camera_class: str
    domain: str
    area_path: str
    operating_unit_id: UUID
    kind: str
    placement: str
    manager_unit_id: UUID | None
    custodian_unit_id: UUID | None
    longitude: float | None
    latitude: float | None
    view: str | None
    channel: str | None
    in_use: bool

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Earlier cameras said none of it, and were in use."""
        state |= {
            "kind": "OTHER",
            "placement": Placement.PUBLIC.value,
            "manager_unit_id": None,
            "custodian_unit_id": None,
            "longitude": None,
            "latitude": None,
            "view": None,
            "channel": None,
            "in_use": True,
        }


@dataclass(frozen=True)
class Renamed(Event):
    """The camera has another name from now on."""

    TOPIC = "camera:renamed"
    name: str
