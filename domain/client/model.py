"""To which client a model is registered: to one at a time, so that it is known who sent what it found."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope


class Model(Aggregate):
    """A model by the SHA-256 of its file. Inside an act of whoever registers a client."""

    TOPIC = "model"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a model."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "model:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """It was registered to a client for the first time."""

        TOPIC = "model:registered"
        sha256: str
        client_id: UUID

    @dataclass(frozen=True)
    class RegisteredAnew(Event):
        """The client before was withdrawn, and another has it."""

        TOPIC = "model:registered-anew"
        client_id: UUID

    @staticmethod
    def create_id(sha256: str) -> UUID:
        """One file, one model."""
        return uuid5(NAMESPACE_URL, f"/models/{sha256}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def register(cls, sha256: str, client_id: UUID) -> "Model":
        """Register it to its first client."""
        return cls._create(cls.Registered, id=cls.create_id(sha256), sha256=sha256, client_id=client_id)

    def register_anew(self, client_id: UUID) -> None:
        """Register it to the next."""
        self.trigger_event(self.RegisteredAnew, client_id=client_id)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(self, sha256: str, client_id: UUID) -> None:
        self.sha256 = sha256
        self.client_ids = [client_id]
        """One after the other."""

    @event(RegisteredAnew)
    def _registered_anew(self, client_id: UUID) -> None:
        self.client_ids = [*self.client_ids, client_id]
