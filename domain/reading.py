"""A reading: somebody looked, at what, and why. Looking is an act too, and so is trying to and being refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.clock import legal_date
from domain.personal import Personal


def searches_of(at: datetime) -> UUID:
    """Whose key a plate that was searched for is sealed under: the searches of its month share one.

    A plate is nobody's here, and its own key would have to be found by it. The key of a month is destroyed when the
    searches of that month need not be told any more; until then a plate is found by opening them (ADR 29).
    """
    day = legal_date(at)
    return _searches_of(day.year, day.month)


@cache
def _searches_of(year: int, month: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"/searches/{year}-{month:02d}")


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
        """Somebody was shown these, for this purpose.

        Where it lies and from which address since version 2; of which camera, or of which plate that was searched
        for, since version 3.
        """

        TOPIC = "reading:recorded"
        class_version: ClassVar[int] = 3
        way: str
        noun: str
        ids: list[UUID]
        purpose: str
        area_path: str | None
        address: Personal[str] | None
        camera_id: UUID | None
        plate: Personal[str] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier readings said neither."""
            state |= {"area_path": None, "address": None}

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            """Earlier readings said neither."""
            state |= {"camera_id": None, "plate": None}

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
        camera_id: UUID | None = None,
        plate: Personal[str] | None = None,
    ) -> "Reading":
        """Record that somebody was shown these; inside an act, whose envelope says who."""
        said = {"way": way, "noun": noun, "ids": list(ids), "purpose": purpose}
        where = {"area_path": area_path, "address": address, "camera_id": camera_id, "plate": plate}
        return cls._create(cls.Recorded, id=reading_id, **said, **where)

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
        camera_id: UUID | None,
        plate: Personal[str] | None,
    ) -> None:
        self.read_at = envelope.took_place_at
        self.way = way
        self.noun = noun
        self.ids = ids
        self.purpose = purpose
        self.area_path = area_path
        self.address = address
        self.camera_id = camera_id
        self.plate = plate


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
        """Somebody tried, and was not allowed to, or not yet: the code of the refusal says why.

        Of which camera, or of which plate that was searched for, since version 2.
        """

        TOPIC = "attempt:refused"
        class_version: ClassVar[int] = 2
        way: str
        noun: str
        ids: list[UUID]
        code: str
        purpose: str | None
        area_path: str | None
        address: Personal[str] | None
        camera_id: UUID | None
        plate: Personal[str] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier attempts said neither."""
            state |= {"camera_id": None, "plate": None}

    @staticmethod
    def out_of_order(account_id: UUID, way: str, ids: Sequence[UUID], at: datetime) -> UUID:
        """An act that is not open yet is on record once a minute: who sends it all the time fills no log."""
        named = ",".join(map(str, ids))
        return uuid5(account_id, f"/attempts/{way}/{named}/{at.astimezone(UTC):%Y-%m-%dT%H:%M}")

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
        attempt_id: UUID | None = None,
        camera_id: UUID | None = None,
        plate: Personal[str] | None = None,
    ) -> "Attempt":
        """Record that somebody was not allowed to; inside an act, whose envelope says who."""
        said = {"way": way, "noun": noun, "ids": list(ids), "code": code, "purpose": purpose}
        where = {"area_path": area_path, "address": address, "camera_id": camera_id, "plate": plate}
        return cls._create(cls.Refused, id=attempt_id or uuid4(), **said, **where)

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
        camera_id: UUID | None,
        plate: Personal[str] | None,
    ) -> None:
        self.way = way
        self.noun = noun
        self.ids = ids
        self.code = code
        self.purpose = purpose
        self.area_path = area_path
        self.address = address
        self.camera_id = camera_id
        self.plate = plate
