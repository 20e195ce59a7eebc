"""A reading: somebody looked, at what, and why. Looking is an act too."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate, event

from domain import envelope


class Reading(Aggregate):
    """One look at something that is on record."""

    TOPIC = "reading"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a reading."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "reading:created"

    @dataclass(frozen=True)
    class Recorded(Created):
        """Somebody was shown these, for this purpose."""

        TOPIC = "reading:recorded"
        way: str
        noun: str
        ids: list[UUID]
        purpose: str

    @staticmethod
    def create_id() -> UUID:
        """Every look is one of its own."""
        return uuid4()

    # -- state --------------------------------------------------------------

    @event(Recorded)
    def __init__(self, way: str, noun: str, ids: list[UUID], purpose: str) -> None:
        self.way = way
        self.noun = noun
        self.ids = ids
        self.purpose = purpose
