"""A recording: footage of one camera that is kept, with the hash its bytes must still have.

It is a noun of its own and not part of its camera's history: a camera makes thousands, and whoever decides something
about a camera would have to read them all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera import Camera


class Recording(Aggregate):
    """Kept footage of one camera, from its first frame on."""

    TOPIC = "recording"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a recording."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "recording:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """Footage is kept: its hash, its start, its length."""

        TOPIC = "recording:registered"
        camera_id: UUID
        area_path: str
        operating_unit_id: UUID
        name: str
        sha256: str
        size: int
        media_type: str
        starts_at: datetime
        length_s: float

    @dataclass(frozen=True)
    class FoundDamaged(Event):
        """Its bytes are no longer what was registered; *found_sha256* is None where they are gone."""

        TOPIC = "recording:found-damaged"
        found_sha256: str | None
        found_size: int

    @staticmethod
    def create_id(camera_id: UUID, sha256: str) -> UUID:
        """One camera and one content, one recording, however often it is registered."""
        return uuid5(camera_id, f"/recordings/{sha256}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def register(cls, camera: Camera, *, sha256: str, **said: Any) -> "Recording":
        """Record that footage of a camera is kept; the facts are those of `Registered`."""
        return cls._create(
            cls.Registered,
            id=cls.create_id(camera.id, sha256),
            camera_id=camera.id,
            area_path=camera.area_path,
            operating_unit_id=camera.operating_unit_id,
            sha256=sha256,
            **said,
        )

    def find_damaged(self, found_sha256: str | None, found_size: int) -> None:
        """Record that the bytes have changed; the same finding is recorded once."""
        if self.found != (found_sha256, found_size):
            self._found_damaged(found_sha256=found_sha256, found_size=found_size)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(
        self,
        camera_id: UUID,
        area_path: str,
        operating_unit_id: UUID,
        name: str,
        sha256: str,
        size: int,
        media_type: str,
        starts_at: datetime,
        length_s: float,
    ) -> None:
        self.camera_id = camera_id
        self.area_path = area_path
        self.operating_unit_id = operating_unit_id
        self.name = name
        self.sha256 = sha256
        self.size = size
        self.media_type = media_type
        self.starts_at = starts_at
        self.ends_at = starts_at + timedelta(seconds=length_s)
        self.found: tuple[str | None, int] | None = None

    @event(FoundDamaged)
    def _found_damaged(self, found_sha256: str | None, found_size: int) -> None:
        self.found = (found_sha256, found_size)
