"""What opens an account: its failures and locks, its second factor, its linked identity. Secrets are no part of it.

The log says that something was set, tried or taken away; what it was is kept elsewhere, hashed or sealed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.account import Account
from domain.context import Context
from domain.errors import NotFound, Refusal, SamePerson, WrongState, refuse
from domain.personal import Personal
from domain.unit import Unit

ADMINISTER: Final = "account.administer"
OWN: Final = frozenset({"own-unit", "own-system"})


# -- guards -------------------------------------------------------------------------


def check_administers(context: Context) -> Refusal | None:
    """Guard: somebody administers accounts at all; whose, is said of each."""
    return context.check_may(ADMINISTER, facts=OWN)


def check_administer(account: Account, unit: Unit, context: Context) -> Refusal | None:
    """Guard: this account is somebody's to administer; any other is as absent as one that never was."""
    if (refusal := check_administers(context)) is not None:
        return refusal
    facts = OWN if account.unit_id == context.actor.unit_id else frozenset[str]()
    if context.permission(ADMINISTER, facts=facts).allowed and context.actor.covers(unit.area_path):
        return None
    return NotFound("tài khoản", "account", account.id)


def check_watch(account: Account, unit: Unit, context: Context) -> Refusal | None:
    """Guard: its own person, the leader of its unit, and whoever administers it see where an account is in use."""
    actor = context.actor
    if account.id == actor.account_id or (actor.leader and actor.unit_id == account.unit_id):
        return None
    return check_administer(account, unit, context)


def has_second_factor() -> Refusal:
    """Why no device is enrolled beside another."""
    return WrongState(
        "Tài khoản đã có yếu tố xác thực thứ hai; quản trị viên phải đặt lại trước",
        "The account has a second factor; an administrator resets it first",
    )


# -- the aggregate ------------------------------------------------------------------


class Credentials(Aggregate):
    """What opens one account."""

    TOPIC = "credentials"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to what opens an account."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "credentials:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """There is something to say of what opens this account."""

        TOPIC = "credentials:opened"
        account_id: UUID

    @dataclass(frozen=True)
    class Failed(Event):
        """Somebody tried to sign in and did not, so many times between two instants, from these addresses."""

        TOPIC = "credentials:failed"
        attempts: int
        since: datetime
        until: datetime
        addresses: Personal[str]

    @dataclass(frozen=True)
    class Locked(Event):
        """Attempts ran out: whoever tries from there waits."""

        TOPIC = "credentials:locked"
        addresses: Personal[str]

    @dataclass(frozen=True)
    class Overlapped(Event):
        """A session joined another that was in use at the same time, from another network."""

        TOPIC = "credentials:overlapped"
        session_id: UUID
        other_id: UUID
        addresses: Personal[str]

    @dataclass(frozen=True)
    class SecondFactorConfirmed(Event):
        """From here on a code of a device is asked for besides the password."""

        TOPIC = "credentials:second-factor-confirmed"

    @dataclass(frozen=True)
    class RecoveryCodeUsed(Event):
        """Somebody signed in with a recovery code; so many are left."""

        TOPIC = "credentials:recovery-code-used"
        left: int

    @dataclass(frozen=True)
    class SecondFactorReset(Event):
        """The second factor was taken away, so that another can be enrolled."""

        TOPIC = "credentials:second-factor-reset"

    @dataclass(frozen=True)
    class IdentityLinked(Event):
        """A person of an identity provider enters this account, and no other of theirs does."""

        TOPIC = "credentials:identity-linked"
        issuer: str
        subject: Personal[str]

    @dataclass(frozen=True)
    class IdentityUnlinked(Event):
        """Nobody enters this account from an identity provider any more."""

        TOPIC = "credentials:identity-unlinked"

    @staticmethod
    def create_id(account_id: UUID) -> UUID:
        """One account, one aggregate of what opens it."""
        return uuid5(account_id, "/credentials")

    @classmethod
    def open(cls, account_id: UUID) -> "Credentials":
        """Begin what is said of an account; inside an act."""
        return cls._create(cls.Opened, id=cls.create_id(account_id), account_id=account_id)

    # -- decisions ----------------------------------------------------------

    def fail(self, *, attempts: int, since: datetime, until: datetime, addresses: str, locked: bool) -> None:
        """Record attempts that failed, all at once, and that they ran out."""
        said = Personal.said(self.account_id, addresses)
        self._failed(attempts=attempts, since=since, until=until, addresses=said)
        if locked:
            self._locked(addresses=said)

    def overlap(self, session_id: UUID, other_id: UUID, networks: str) -> None:
        """Record that the account was in use in two places at once (R-QT-5.3.0)."""
        said = Personal.said(self.account_id, networks)
        self._overlapped(session_id=session_id, other_id=other_id, addresses=said)

    def check_enrol(self) -> Refusal | None:
        """Guard: one has one second factor; another is enrolled once an administrator has taken away the first."""
        return has_second_factor() if self.second_factor else None

    def confirm_second_factor(self) -> None:
        """Record that codes are asked for from here on."""
        refuse(self.check_enrol())
        self._second_factor_confirmed()

    def use_recovery_code(self, left: int) -> None:
        """Record that a recovery code is spent."""
        self._recovery_code_used(left=left)

    def check_reset(self, context: Context, *, kept: bool = False) -> Refusal | None:
        """Guard: another's second factor, and there is one: on record, or *kept* and asked for at the door."""
        if self.account_id == context.actor.account_id:
            return SamePerson(
                "Không tự đặt lại yếu tố xác thực thứ hai của mình; quản trị viên khác phải làm",
                "Nobody resets their own second factor; another administrator does",
            )
        if not (self.second_factor or kept):
            return WrongState("Tài khoản chưa có yếu tố xác thực thứ hai", "The account has no second factor")
        return None

    def reset_second_factor(self, context: Context, *, kept: bool = False) -> None:
        """Take the second factor away."""
        refuse(self.check_reset(context, kept=kept))
        self._second_factor_reset()

    def link_identity(self, *, issuer: str, subject: str) -> None:
        """Let a person of an identity provider enter."""
        self._identity_linked(issuer=issuer, subject=Personal.said(self.account_id, subject))

    def check_unlink(self) -> Refusal | None:
        """Guard: somebody enters from outside."""
        if not self.linked:
            return WrongState("Tài khoản chưa liên kết danh tính nào", "No identity is linked to the account")
        return None

    def unlink_identity(self) -> None:
        """Let nobody enter from an identity provider."""
        refuse(self.check_unlink())
        self._identity_unlinked()

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(self, account_id: UUID) -> None:
        self.account_id = account_id
        self.second_factor = False
        self.linked = False

    @event(Failed)
    def _failed(self, attempts: int, since: datetime, until: datetime, addresses: Personal[str]) -> None:
        pass

    @event(Locked)
    def _locked(self, addresses: Personal[str]) -> None:
        pass

    @event(Overlapped)
    def _overlapped(self, session_id: UUID, other_id: UUID, addresses: Personal[str]) -> None:
        pass

    @event(SecondFactorConfirmed)
    def _second_factor_confirmed(self) -> None:
        self.second_factor = True

    @event(RecoveryCodeUsed)
    def _recovery_code_used(self, left: int) -> None:
        pass

    @event(SecondFactorReset)
    def _second_factor_reset(self) -> None:
        self.second_factor = False

    @event(IdentityLinked)
    def _identity_linked(self, issuer: str, subject: Personal[str]) -> None:  # noqa: ARG002 — the fields of the event
        self.linked = True

    @event(IdentityUnlinked)
    def _identity_unlinked(self) -> None:
        self.linked = False


class Stranger(Aggregate):
    """Attempts to sign in under names that nobody has: how many, and nothing of the names."""

    TOPIC = "stranger"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to it."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "stranger:created"

    @dataclass(frozen=True)
    class Tried(Created):
        """So many attempts between two instants under names of nobody: what was typed may have been a password."""

        TOPIC = "stranger:tried"
        attempts: int
        since: datetime
        until: datetime

    # -- decisions ----------------------------------------------------------

    @classmethod
    def record(cls, *, attempts: int, since: datetime, until: datetime) -> "Stranger":
        """Record attempts of nobody, all at once; inside an act."""
        return cls._create(cls.Tried, id=uuid4(), attempts=attempts, since=since, until=until)

    # -- state --------------------------------------------------------------

    @event(Tried)
    def __init__(self, attempts: int, since: datetime, until: datetime) -> None:
        self.attempts = attempts
        self.since = since
        self.until = until
