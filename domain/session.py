"""A session: somebody signed in, and out again. Every one is on record (R-DB-10.4.0); its token never is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.errors import Refusal, WrongState, refuse
from domain.personal import Personal


class Session(Aggregate):
    """One sign-in of one account."""

    TOPIC = "session"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a session."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "session:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """Somebody signed in; from which address, since version 2."""

        TOPIC = "session:opened"
        class_version: ClassVar[int] = 2
        account_id: UUID
        expires_at: datetime
        address: Personal[str] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier sessions did not say."""
            state |= {"address": None}

    @dataclass(frozen=True)
    class Closed(Event):
        """Somebody signed out."""

        TOPIC = "session:closed"

    @dataclass(frozen=True)
    class Revoked(Event):
        """Somebody ended it from elsewhere: its own person, or whoever administers the account."""

        TOPIC = "session:revoked"

    # -- decisions ----------------------------------------------------------

    def close(self) -> None:
        """Sign out; once is enough."""
        if not self.ended:
            self._closed()

    def check_revoke(self) -> Refusal | None:
        """Guard: there is something to end."""
        if self.ended:
            return WrongState("Phiên đã kết thúc", "The session has ended")
        return None

    def revoke(self) -> None:
        """End it from elsewhere."""
        refuse(self.check_revoke())
        self._revoked()

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(self, account_id: UUID, expires_at: datetime, address: Personal[str] | None) -> None:
        self.account_id = account_id
        self.expires_at = expires_at
        self.address = address
        self.ended = False

    @event(Closed)
    def _closed(self) -> None:
        self.ended = True

    @event(Revoked)
    def _revoked(self) -> None:
        self.ended = True
