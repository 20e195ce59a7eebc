"""An account: one person's way in, in one unit, with one function (R-DH-3.10.0), issued and ended.

Accounts are personal (R-QT-5.3.0, R-QT-7.1.0).
Passwords are not events: the log says that one was set, a table of its own keeps the hash.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import context, envelope
from domain.errors import Forbidden, Refusal
from domain.personal import Personal


class Account(Aggregate):
    """A person's account in a unit."""

    TOPIC = "account"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an account."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "account:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """The account exists and belongs to a unit."""

        TOPIC = "account:opened"
        name: str
        full_name: Personal[str]
        unit_id: UUID
        role: str
        leader: bool

    @dataclass(frozen=True)
    class Renamed(Event):
        """The person has another name from now on; older acts keep the old one."""

        TOPIC = "account:renamed"
        full_name: Personal[str]

    @dataclass(frozen=True)
    class Granted(Event):
        """A right of its own, for a time, with the document that gives it."""

        TOPIC = "account:granted"
        action: str
        document: str
        starts_at: datetime
        ends_at: datetime | None

    @dataclass(frozen=True)
    class PasswordSet(Event):
        """A password was set; never which."""

        TOPIC = "account:password-set"

    @dataclass(frozen=True)
    class Disabled(Event):
        """Nobody signs in with this account any more."""

        TOPIC = "account:disabled"

    @staticmethod
    def create_id(name: str) -> UUID:
        """One account name, one account."""
        return uuid5(NAMESPACE_URL, f"/accounts/{name}")

    # -- decisions ----------------------------------------------------------

    def rename(self, full_name: str) -> None:
        """Record that the person has another name."""
        self._renamed(full_name=Personal.said(self.id, full_name))

    def grant(self, action: str, *, document: str, starts_at: datetime, ends_at: datetime | None) -> None:
        """Give the person a dated right; without a document there is none (R-DB-4.4.0)."""
        self._granted(action=action, document=document, starts_at=starts_at, ends_at=ends_at)

    def set_password(self) -> None:
        """Record that a password was set."""
        self._password_set()

    def disable(self) -> None:
        """Close the way in; once is enough."""
        if not self.disabled:
            self._disabled()

    def check_sign_in(self) -> Refusal | None:
        """Guard: a disabled account opens nothing."""
        if self.disabled:
            return Forbidden("Tài khoản đã bị khoá", "The account is disabled")
        return None

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(self, name: str, full_name: Personal[str], unit_id: UUID, role: str, leader: bool) -> None:  # noqa: FBT001 — the names and order of the event
        self.name = name
        self.full_name = full_name
        self.unit_id = unit_id
        self.role = role
        self.leader = leader
        self.grants: list[context.Grant] = []
        self.disabled = False

    @event(Renamed)
    def _renamed(self, full_name: Personal[str]) -> None:
        self.full_name = full_name

    @event(Granted)
    def _granted(self, action: str, document: str, starts_at: datetime, ends_at: datetime | None) -> None:
        self.grants.append(
            context.Grant(action=action, document=document, starts_at=starts_at, ends_at=ends_at)
        )

    @event(PasswordSet)
    def _password_set(self) -> None:
        pass

    @event(Disabled)
    def _disabled(self) -> None:
        self.disabled = True
