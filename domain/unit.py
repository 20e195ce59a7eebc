"""A unit: an agency, team or office that holds accounts, cameras and cases, under the name it had at the time."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope


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

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one unit."""
        return uuid5(NAMESPACE_URL, f"/units/{code}")

    # -- decisions ----------------------------------------------------------

    def rename(self, name: str) -> None:
        """Give the unit another name; the same name records nothing."""
        if name != self.name:
            self._renamed(name=name)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(self, code: str, name: str, kind: str, area_path: str) -> None:
        self.code = code
        self.name = name
        self.kind = kind
        self.area_path = area_path

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name
