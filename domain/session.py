"""A session: somebody signed in, and out again. Every one is on record (R-DB-10.4.0); its token never is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain import envelope


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
        """Somebody signed in."""

        TOPIC = "session:opened"
        account_id: UUID
        expires_at: datetime

    @dataclass(frozen=True)
    class Closed(Event):
        """Somebody signed out."""

        TOPIC = "session:closed"

    # -- decisions ----------------------------------------------------------

    def close(self) -> None:
        """Sign out; once is enough."""
        if not self.closed:
            self._closed()

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(self, account_id: UUID, expires_at: datetime) -> None:
        self.account_id = account_id
        self.expires_at = expires_at
        self.closed = False

    @event(Closed)
    def _closed(self) -> None:
        self.closed = True
