"""A camera: the source of proposals, with its class, its domain of use and its place. Its address is never an event.

Where it is and what opens it has no field here, so nothing can tell it (R-DH-5.3.0, R-DB-5.3.0).
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope


class Camera(Aggregate):
    """A registered camera; only what comes from a registered camera becomes a case (R-QT-5.2.b, R-DB-5.4.0)."""

    TOPIC = "camera"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a camera."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "camera:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """The camera is part of the system."""

        TOPIC = "camera:registered"
        code: str
        name: str
        camera_class: str
        domain: str
        area_path: str
        operating_unit_id: UUID

    @dataclass(frozen=True)
    class Renamed(Event):
        """The camera has another name from now on."""

        TOPIC = "camera:renamed"
        name: str

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one camera."""
        return uuid5(NAMESPACE_URL, f"/cameras/{code}")

    # -- decisions ----------------------------------------------------------

    def rename(self, name: str) -> None:
        """Give the camera another name; the same name records nothing."""
        if name != self.name:
            self._renamed(name=name)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(
        self,
        code: str,
        name: str,
        camera_class: str,
        domain: str,
        area_path: str,
        operating_unit_id: UUID,
    ) -> None:
        self.code = code
        self.name = name
        self.camera_class = camera_class
        self.domain = domain
        self.area_path = area_path
        self.operating_unit_id = operating_unit_id

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name
