"""A unit: an agency, team or office that holds accounts, cameras and cases, under the name it had at the time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.errors import InvalidInput, WrongState


class Unit(Aggregate):
    """An agency with a kind, an area and a name that may change."""

    TOPIC = "unit"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a unit."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "unit:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """The unit exists."""

        TOPIC = "unit:registered"
        code: str
        name: str
        kind: str
        area_path: str

    @dataclass(frozen=True)
    class Renamed(Event):
        """The unit has another name from now on; older acts keep the old one."""

        TOPIC = "unit:renamed"
        name: str

    @dataclass(frozen=True)
    class Ceased(Event):
        """The unit is no more; what it would have been sent goes to its successor, if it has one."""

        TOPIC = "unit:ceased"
        ceased_at: datetime
        successor_unit_id: UUID | None
        successor_code: str | None
        document: str

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one unit."""
        return uuid5(NAMESPACE_URL, f"/units/{code}")

    # -- decisions ----------------------------------------------------------

    def rename(self, name: str) -> None:
        """Give the unit another name; the same name records nothing."""
        if name != self.name:
            self._renamed(name=name)

    def cease(self, *, at: datetime, successor: "Unit | None", document: str) -> None:
        """End the unit by a document; its successor must stand, so that no unit follows itself."""
        if self.ceased_at is not None:
            raise WrongState(
                f"Đơn vị {self.code} đã kết thúc hoạt động", f"The unit {self.code} has ceased already"
            )
        if successor is not None and (successor.id == self.id or successor.ceased_at is not None):
            raise InvalidInput(
                "successor",
                f"{successor.code} không phải đơn vị khác đang hoạt động",
                f"{successor.code} is no other unit that stands",
            )
        if not document.strip():
            raise InvalidInput("document", "phải nêu văn bản", "names the document that ends it")
        self.trigger_event(
            self.Ceased,
            ceased_at=at,
            successor_unit_id=successor.id if successor else None,
            successor_code=successor.code if successor else None,
            document=document,
        )

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(self, code: str, name: str, kind: str, area_path: str) -> None:
        self.code = code
        self.name = name
        self.kind = kind
        self.area_path = area_path
        self.ceased_at: datetime | None = None
        self.successor_code: str | None = None

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name

    @event(Ceased)
    def _ceased(self, ceased_at: datetime, successor_code: str | None) -> None:
        self.ceased_at = ceased_at
        self.successor_code = successor_code
