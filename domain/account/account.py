"""An account: one person's way in, in one unit, with one function (R-DH-3.10.0), given, changed and ended.

Accounts are personal (R-QT-5.3.0, R-QT-7.1.0).
Passwords are not events: the log says that one was set, a table of its own keeps the hash.
Decisions may refuse; state may not, because it is replayed.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.account import changes, events, guards, right_events, rights, way
from domain.account.state import AccountState, Decision, GivenAway
from domain.context import Actor, Context, Grant
from domain.errors import Forbidden, Refusal
from domain.personal import Personal
from domain.rules import AccountStep
from domain.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Placed(guards.Place):
    """An account with the unit it belongs to, as its guards ask for it."""

    account_id: UUID
    state: str
    stepped_by: tuple[str, ...]
    trained_at: datetime | None
    leader: bool
    decision: Decision | None


class Account(Aggregate):
    """A person's account in a unit."""

    TOPIC = "account"

    Event = events.Event
    Created = events.Created

    # -- the way to it
    Opened = events.Opened
    Nominated = events.Nominated
    Approved = events.Approved
    Directed = events.Directed
    Issued = events.Issued
    Trained = events.Trained
    nominate = classmethod(way.nominate)
    approve = way.approve
    direct = way.direct
    issue = way.issue
    train = way.train

    # -- what changes, and how it ends
    Renamed = events.Renamed
    ChangeDirected = events.ChangeDirected
    RoleChanged = events.RoleChanged
    LeaderChanged = events.LeaderChanged
    Moved = events.Moved
    DutyAssigned = events.DutyAssigned
    DutyEnded = events.DutyEnded
    PasswordSet = events.PasswordSet
    Reviewed = events.Reviewed
    Suspended = events.Suspended
    Resumed = events.Resumed
    Closed = events.Closed
    Disabled = events.Disabled
    rename = changes.rename
    direct_change = changes.direct_change
    change_role = changes.change_role
    change_leader = changes.change_leader
    move = changes.move
    assign = changes.assign
    end_duty = changes.end_duty
    reviewed = changes.reviewed
    suspend = changes.suspend
    take_back = changes.take_back
    give_back = changes.give_back
    resume = changes.resume
    close = changes.close
    end = changes.end

    # -- rights besides
    GrantDirected = right_events.GrantDirected
    Granted = right_events.Granted
    GrantRevoked = right_events.GrantRevoked
    Delegated = right_events.Delegated
    DelegationRevoked = right_events.DelegationRevoked
    direct_grant = rights.direct_grant
    give_grant = rights.give_grant
    execute_grant = rights.execute_grant
    revoke_grant = rights.revoke_grant
    delegate = rights.delegate
    revoke_delegation = rights.revoke_delegation

    @staticmethod
    def create_id(name: str) -> UUID:
        """One account name, one account."""
        return uuid5(NAMESPACE_URL, f"/accounts/{name}")

    # -- at the machine, inside of an act of whoever keeps the installation ------

    def grant(self, action: str, *, document: str, starts_at: datetime, ends_at: datetime | None) -> None:
        """Give the person a dated right; without a document there is none (R-DB-4.4.0)."""
        self.trigger_event(
            self.Granted,
            action=action,
            document=document,
            starts_at=starts_at,
            ends_at=ends_at,
            purpose=None,
            area_path=None,
            camera_ids=[],
            out_of_function=False,
            document_at=None,
            issuer_unit_id=None,
            direction=None,
        )

    def set_password(self) -> None:
        """Record that a password was set."""
        self._password_set()

    def disable(self) -> None:
        """Close the way in; once is enough."""
        if self.state != AccountState.CLOSED:
            self._disabled()

    # -- what others ask of it ----------------------------------------------------

    def check_sign_in(self) -> Refusal | None:
        """Guard: an account that was not given yet, or was taken back, opens nothing."""
        if self.state in guards.ENDED:
            return Forbidden("Tài khoản đã bị khoá", "The account is disabled")
        if self.state != AccountState.ACTIVE:
            return Forbidden("Tài khoản chưa được cấp", "The account was not given yet")
        return None

    def check_acted_for(self, by: UUID, unit_id: UUID, number: int, now: datetime) -> Refusal | None:
        """Guard: the delegation of that number is to this person, where they are, in force, and so is the account."""
        given = self.delegations.get(number)
        if given is None or given.to_account_id != by or not given.starts_at <= now < given.ends_at:
            return Forbidden(
                "Ủy quyền không có hiệu lực cho tài khoản này",
                "No such delegation to this account is in force",
            )
        if given.to_unit_id != unit_id:
            return Forbidden(
                "Ủy quyền này không dành cho đơn vị hiện tại của người được ủy quyền; phải ủy quyền lại",
                "The delegation is not for the unit in which its person works now; it is to be given again",
            )
        return self.check_sign_in()

    def placed(self, unit: Unit) -> Placed:
        """The account with its unit, as its guards ask for it."""
        return Placed(
            account_id=self.id,
            state=self.state,
            stepped_by=self.stepped_by,
            trained_at=self.trained_at,
            leader=self.leader,
            decision=self.decision,
            owner_unit=unit.id,
            unit_kind=unit.kind,
            area_path=unit.area_path,
        )

    def actor(self, unit: Unit, *, grants: tuple[Grant, ...] | None = None) -> Actor:
        """The person in their unit, with what they hold, or would hold."""
        return Actor(
            account_id=self.id,
            unit_id=unit.id,
            unit_kind=unit.kind,
            area_path=unit.area_path,
            role=self.role,
            leader=self.leader,
            grants=tuple(self.grants) if grants is None else grants,
            unit_ends_at=unit.ceased_at,
        )

    def step(
        self, context: Context, unit: Unit, step: AccountStep
    ) -> AbstractContextManager[envelope.Envelope]:
        """The circumstances of a step of the way, under the rule that gives it to whoever takes it."""
        rule = guards.rule_of(self.placed(unit), context, step)
        return envelope.acting(context.envelope(guards.ACTIONS[step], rule=rule))

    # -- state: replayed from events, so nothing here may refuse ------------------

    @event(Opened)
    def __init__(self, name: str, full_name: Personal[str], unit_id: UUID, role: str, leader: bool) -> None:  # noqa: FBT001 — the names and order of the event
        self.name = name
        self.full_name = full_name
        self.unit_id = unit_id
        self.role = role
        self.leader = leader
        self.state: str = AccountState.ACTIVE
        self.stepped_by: tuple[str, ...] = ()
        self.directed: int | None = None
        """In which version it was directed that the account be given."""
        self.trained_at: datetime | None = None
        self.decision: Decision | None = None
        self.duties: set[str] = set()
        self.grants: list[Grant] = []
        self.directions: dict[int, right_events.GrantDirected] = {}
        """What was directed and not given yet, by the version it was directed in."""
        self.delegations: dict[int, GivenAway] = {}

    @event(PasswordSet)
    def _password_set(self) -> None:
        pass

    @event(Disabled)
    def _disabled(self) -> None:
        self.state = AccountState.CLOSED
