"""What can happen to a camera, in the past tense. These are stored for ever: add events, never edit one.

What opens a camera — its address, its password — has no field here, so nothing can tell it (R-DH-5.3.0, R-DB-5.3.0).
The reason of an act, where there is one, is in its envelope.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain import envelope
from domain.camera.body import Linked, Moved, lose, settle
from domain.camera.state import CameraState, Placement, Window, put_by
from domain.case.clocks import Clock, Stopped


class Event(envelope.Event):
    """What happened to a camera."""

    def apply(self, aggregate: Linked) -> None:
        """Move the camera, and remember how it is linked and when it works; nothing here may refuse: it is replay."""
        self.move(aggregate)
        aggregate.remember_link(self.envelope.took_place_at)
        aggregate.remember_work(self.envelope.took_place_at)

    def move(self, camera: Moved) -> None:
        """Change the camera, or the row that shows it: all that a guard looks at."""
        self.change(camera)

    def change(self, camera: Moved) -> None:
        """Change what this event changes."""


class Timed(Event):
    """What starts the clock of the connection to level I, or stops it (ADR 28)."""

    clocks: tuple[Clock, ...] = field(default=(), kw_only=True)
    stopped: tuple[Stopped, ...] = field(default=(), kw_only=True)

    def move(self, camera: Moved) -> None:
        """Move the clock, then change what the event changes; of another clock nothing was told yet."""
        if self.stopped:
            camera.connect_due = camera.connect_rule = None
        for clock in self.clocks:
            camera.connect_due, camera.connect_rule = clock.due, clock.rule
        if self.stopped or self.clocks:
            camera.connect_due_soon_told_at = camera.connect_missed_told_at = None
        self.change(camera)


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


# -- its life -------------------------------------------------------------------------


@dataclass(frozen=True)
class Installed(Timed):
    """It stands in its place; where it has to be connected to level I, the time for that begins (R-DB-7.5.a)."""

    TOPIC = "camera:installed"
    installed_on: date

    def change(self, camera: Moved) -> None:
        """It stands."""
        camera.state, camera.installed_on = CameraState.INSTALLED.value, self.installed_on


@dataclass(frozen=True)
class Connected(Timed):
    """Its images come to the system; with the documents that were given for that (R-DB-7.5.b).

    Through which gateway or recorder, since version 2 (R-DH-6.2.b).
    """

    TOPIC = "camera:connected"
    class_version: ClassVar[int] = 2
    channel: str
    documents: tuple[str, ...]
    client_id: UUID | None = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Of earlier ones that was not said."""
        state["client_id"] = None

    def change(self, camera: Moved) -> None:
        """It is linked; what was changed at work goes on working."""
        camera.channel, camera.client_id = self.channel, self.client_id
        if camera.state == CameraState.INSTALLED:
            camera.state = CameraState.CONNECTED.value


@dataclass(frozen=True)
class ConnectionDueSoon(Event):
    """The time in which it is to be connected to level I comes to its end; said once."""

    TOPIC = "camera:connection-due-soon"
    due: datetime

    def change(self, camera: Moved) -> None:
        """It need not be said again."""
        camera.connect_due_soon_told_at = self.envelope.took_place_at


@dataclass(frozen=True)
class ConnectionMissed(Event):
    """That time was over, and it was not connected; said once. It is connected all the same, and late."""

    TOPIC = "camera:connection-missed"
    due: datetime

    def change(self, camera: Moved) -> None:
        """It need not be said again."""
        camera.connect_missed_told_at = self.envelope.took_place_at


@dataclass(frozen=True)
class Activated(Event):
    """It is at work: what it detects becomes cases."""

    TOPIC = "camera:activated"

    def change(self, camera: Moved) -> None:
        """It works, or is at fault from the beginning."""
        camera.state, camera.activated_at = CameraState.ACTIVE.value, self.envelope.took_place_at
        settle(camera)


@dataclass(frozen=True)
class FaultBegan(Event):
    """What it shows is not to be relied on, from an instant on."""

    TOPIC = "camera:fault-began"
    at: datetime
    kind: str
    incident_id: UUID | None

    def change(self, camera: Moved) -> None:
        """It is at fault."""
        began = Window(kind=self.kind, began_at=self.at, incident_id=self.incident_id)
        camera.faults = [*camera.faults, began]
        settle(camera)


@dataclass(frozen=True)
class FaultEnded(Event):
    """What was wrong is in order, from an instant on."""

    TOPIC = "camera:fault-ended"
    at: datetime
    kind: str
    incident_id: UUID | None

    def change(self, camera: Moved) -> None:
        """That fault is over; another, or the same of another incident, may not be."""
        open_ = (one for one in camera.faults if one.kind == self.kind and one.ended_at is None)
        over = put_by(open_, self.incident_id)
        camera.faults = [replace(one, ended_at=self.at) if one in over else one for one in camera.faults]
        settle(camera)


@dataclass(frozen=True)
class LinkLost(Event):
    """Nothing comes from it, from an instant on (R-DH-5.1.0, R-DB-5.1.0)."""

    TOPIC = "camera:link-lost"
    at: datetime
    kind: str
    incident_id: UUID | None

    def change(self, camera: Moved) -> None:
        """Its link is down."""
        lost = Window(kind=self.kind, began_at=self.at, incident_id=self.incident_id)
        lose(camera, [*camera.losses, lost])


@dataclass(frozen=True)
class LinkRestored(Event):
    """Its images come again, from an instant on."""

    TOPIC = "camera:link-restored"
    at: datetime
    kind: str
    incident_id: UUID | None

    def change(self, camera: Moved) -> None:
        """Its link is up, unless somebody else said that it is down as well."""
        over = put_by(camera.losses, self.incident_id)
        lose(camera, [one for one in camera.losses if one not in over])


@dataclass(frozen=True)
class Backdated(Event):
    """What was said to be wrong since an instant was wrong earlier: what was captured in between counts as such."""

    TOPIC = "camera:backdated"
    at: datetime
    kind: str
    incident_id: UUID | None
    said_at: datetime
    """Since when it was said to be."""

    def change(self, camera: Moved) -> None:
        """That fault, or that loss of its link, began earlier."""
        camera.faults = [self._earlier(one) for one in camera.faults]
        lose(camera, [self._earlier(one) for one in camera.losses])

    def _earlier(self, one: Window) -> Window:
        said = (self.kind, self.incident_id, self.said_at)
        return replace(one, began_at=self.at) if (one.kind, one.incident_id, one.began_at) == said else one


@dataclass(frozen=True)
class MaintenanceBegan(Event):
    """It is being worked on (R-QT-3.11.0, R-DH-9.1.0)."""

    TOPIC = "camera:maintenance-began"
    at: datetime
    work_order_id: UUID | None

    def change(self, camera: Moved) -> None:
        """It is being worked on."""
        camera.maintenance = True
        settle(camera)


@dataclass(frozen=True)
class MaintenanceEnded(Event):
    """The work on it is done."""

    TOPIC = "camera:maintenance-ended"
    at: datetime
    work_order_id: UUID | None

    def change(self, camera: Moved) -> None:
        """It works again, or is still at fault."""
        camera.maintenance = False
        settle(camera)


@dataclass(frozen=True)
class Retired(Timed):
    """It is taken out of the system; what it saw before stays what it was."""

    TOPIC = "camera:retired"
    document: str | None

    def change(self, camera: Moved) -> None:
        """It is no more."""
        camera.state, camera.retired_at = CameraState.RETIRED.value, self.envelope.took_place_at
        camera.published = False
