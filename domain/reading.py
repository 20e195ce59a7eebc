"""A reading: somebody looked, at what, and why. Looking is an act too, and so is trying to and being refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.personal import Personal


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
        """Somebody was shown these, for this purpose; where it lies, and from which address, since version 2."""

        TOPIC = "reading:recorded"
        class_version: ClassVar[int] = 2
        way: str
        noun: str
        ids: list[UUID]
        purpose: str
        area_path: str | None
        address: Personal[str] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier readings said neither."""
            state |= {"area_path": None, "address": None}

    @staticmethod
    def create_id() -> UUID:
        """Every look is one of its own."""
        return uuid4()

    @staticmethod
    def of_command(account_id: UUID, command_id: str) -> UUID:
        """A look that was asked for by a command is one look, however often the command is sent."""
        return uuid5(account_id, f"/readings/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def record(
        cls,
        reading_id: UUID,
        *,
        way: str,
        noun: str,
        ids: Sequence[UUID],
        purpose: str,
        area_path: str | None,
        address: Personal[str] | None,
    ) -> "Reading":
        """Record that somebody was shown these; inside an act, whose envelope says who."""
        said = {"way": way, "noun": noun, "ids": list(ids), "purpose": purpose}
        return cls._create(cls.Recorded, id=reading_id, area_path=area_path, address=address, **said)

    # -- state --------------------------------------------------------------

    @event(Recorded)
    def __init__(
        self,
        way: str,
        noun: str,
        ids: list[UUID],
        purpose: str,
        envelope: envelope.Envelope,
        area_path: str | None,
        address: Personal[str] | None,
    ) -> None:
        self.read_at = envelope.took_place_at
        self.way = way
        self.noun = noun
        self.ids = ids
        self.purpose = purpose
        self.area_path = area_path
        self.address = address


class Attempt(Aggregate):
    """One act that was refused to somebody who was not allowed to do it."""

    TOPIC = "attempt"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an attempt."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "attempt:created"

    @dataclass(frozen=True)
    class Refused(Created):
        """Somebody tried, and was not allowed to: the code of the refusal says why."""

        TOPIC = "attempt:refused"
        way: str
        noun: str
        ids: list[UUID]
        code: str
        purpose: str | None
        area_path: str | None
        address: Personal[str] | None

    # -- decisions ----------------------------------------------------------

    @classmethod
    def record(
        cls,
        *,
        way: str,
        noun: str,
        ids: Sequence[UUID],
        code: str,
        purpose: str | None,
        area_path: str | None,
        address: Personal[str] | None,
    ) -> "Attempt":
        """Record that somebody was not allowed to; inside an act, whose envelope says who."""
        said = {"way": way, "noun": noun, "ids": list(ids), "code": code, "purpose": purpose}
        return cls._create(cls.Refused, id=uuid4(), area_path=area_path, address=address, **said)

    # -- state --------------------------------------------------------------

    @event(Refused)
    def __init__(
        self,
        way: str,
        noun: str,
        ids: list[UUID],
        code: str,
        purpose: str | None,
        area_path: str | None,
        address: Personal[str] | None,
    ) -> None:
        self.way = way
        self.noun = noun
        self.ids = ids
        self.code = code
        self.purpose = purpose
        self.area_path = area_path
        self.address = address
