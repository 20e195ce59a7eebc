"""What can happen to an account, in the past tense. These are stored for ever: add events, never edit one.

No password and nothing that opens an account has a field here: the log says that one was set.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from domain import envelope
from domain.account.state import AccountState, Decision
from domain.personal import Personal

if TYPE_CHECKING:
    from domain.account.account import Account


class Event(envelope.Event):
    """What happened to an account."""


@dataclass(frozen=True)
class Created(envelope.Created):
    """The first event of one, whichever it is."""

    TOPIC = "account:created"


@dataclass(frozen=True)
class Opened(Created):
    """The account exists and belongs to a unit: opened at the machine, by whoever keeps the installation."""

    TOPIC = "account:opened"
    name: str
    full_name: Personal[str]
    unit_id: UUID
    role: str
    leader: bool


@dataclass(frozen=True)
class Nominated(Created):
    """A unit named somebody who is to have an account; it opens nothing yet."""

    TOPIC = "account:nominated"
    name: str
    full_name: Personal[str]
    unit_id: UUID
    role: str
    leader: bool
    document: str | None

    def apply(self, aggregate: "Account") -> None:
        """It opens nothing yet."""
        aggregate.state = AccountState.NOMINATED
        aggregate.stepped_by = self.envelope.people


@dataclass(frozen=True)
class Approved(Event):
    """The leader of the unit allowed the person into the system (R-QT-5.6.0)."""

    TOPIC = "account:approved"
    document: str | None

    def apply(self, aggregate: "Account") -> None:
        """The next step may be taken."""
        aggregate.state = AccountState.APPROVED
        aggregate.stepped_by = self.envelope.people


@dataclass(frozen=True)
class Directed(Event):
    """The managing body directed that the account be given (R-DB-7.3.0)."""

    TOPIC = "account:directed"
    document: str

    def apply(self, aggregate: "Account") -> None:
        """What gives it names this."""
        aggregate.state = AccountState.DIRECTED
        aggregate.stepped_by = self.envelope.people
        aggregate.directed = self.originator_version


@dataclass(frozen=True)
class Issued(Event):
    """The account opens what its function gives; *direction* is the version of it that directed so (R-DB-17.3.0)."""

    TOPIC = "account:issued"
    direction: int | None

    def apply(self, aggregate: "Account") -> None:
        """It is in use."""
        aggregate.state = AccountState.ACTIVE
        aggregate.stepped_by = self.envelope.people


@dataclass(frozen=True)
class Trained(Event):
    """The person was trained in the procedure and the handling (R-QT-6.1.b, R-DB-13.6.1)."""

    TOPIC = "account:trained"
    trained_at: datetime
    document: str

    def apply(self, aggregate: "Account") -> None:
        """The last time counts."""
        aggregate.trained_at = self.trained_at


@dataclass(frozen=True)
class Renamed(Event):
    """The person has another name from now on; older acts keep the old one. By which document since version 2."""

    TOPIC = "account:renamed"
    class_version: ClassVar[int] = 2
    full_name: Personal[str]
    document: str | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Earlier names came without."""
        state["document"] = None

    def apply(self, aggregate: "Account") -> None:
        """From now on."""
        aggregate.full_name = self.full_name


@dataclass(frozen=True)
class ChangeDirected(Event):
    """It was decided that the person has another function, leads or not, or goes to another unit; another does it.

    What stays as it is, is None. What was decided before and not carried out is over.
    """

    TOPIC = "account:change-directed"
    role: str | None
    leader: bool | None
    unit_id: UUID | None
    document: str

    def apply(self, aggregate: "Account") -> None:
        """It waits for whoever gives the account."""
        aggregate.decision = self.decided(aggregate.unit_id)

    def decided(self, in_unit_id: UUID) -> Decision:
        """As the guards ask for it, of somebody in that unit."""
        return Decision(
            number=self.originator_version,
            in_unit_id=in_unit_id,
            role=self.role,
            leader=self.leader,
            unit_id=self.unit_id,
            document=self.document,
            people=self.envelope.people,
        )


@dataclass(frozen=True)
class RoleChanged(Event):
    """The person has another function from now on."""

    TOPIC = "account:role-changed"
    role: str
    document: str

    def apply(self, aggregate: "Account") -> None:
        """From now on."""
        aggregate.role = self.role
        aggregate.decision = aggregate.decision and aggregate.decision.without("role")


@dataclass(frozen=True)
class LeaderChanged(Event):
    """The person leads the unit from now on, or no more."""

    TOPIC = "account:leader-changed"
    leader: bool
    document: str

    def apply(self, aggregate: "Account") -> None:
        """From now on."""
        aggregate.leader = self.leader
        aggregate.decision = aggregate.decision and aggregate.decision.without("leader")


@dataclass(frozen=True)
class Moved(Event):
    """The person works in another unit from now on; what they were granted in the old one ended with that."""

    TOPIC = "account:moved"
    unit_id: UUID
    role: str
    leader: bool
    document: str

    def apply(self, aggregate: "Account") -> None:
        """What was given in the old unit is over."""
        aggregate.unit_id = self.unit_id
        aggregate.role = self.role
        aggregate.leader = self.leader
        aggregate.grants = []
        aggregate.directions = {}
        aggregate.delegations = {}
        aggregate.duties = set()
        aggregate.decision = None


@dataclass(frozen=True)
class DutyAssigned(Event):
    """The person has a task of the unit, under a name of the regulation (R-DHV-1.1.0)."""

    TOPIC = "account:duty-assigned"
    duty: str
    document: str

    def apply(self, aggregate: "Account") -> None:
        """It is theirs."""
        aggregate.duties.add(self.duty)


@dataclass(frozen=True)
class DutyEnded(Event):
    """The task is no longer theirs."""

    TOPIC = "account:duty-ended"
    duty: str
    document: str

    def apply(self, aggregate: "Account") -> None:
        """It is theirs no more."""
        aggregate.duties.discard(self.duty)


@dataclass(frozen=True)
class PasswordSet(Event):
    """A password was set; never which."""

    TOPIC = "account:password-set"


@dataclass(frozen=True)
class Suspended(Event):
    """Nobody signs in with this account until it is resumed; the text says why."""

    TOPIC = "account:suspended"
    text: Personal[str]

    def apply(self, aggregate: "Account") -> None:
        """It opens nothing."""
        aggregate.state = AccountState.SUSPENDED


@dataclass(frozen=True)
class Resumed(Event):
    """The account opens again what its function gives."""

    TOPIC = "account:resumed"
    document: str

    def apply(self, aggregate: "Account") -> None:
        """It opens again."""
        aggregate.state = AccountState.ACTIVE


@dataclass(frozen=True)
class Closed(Event):
    """The account is over, and so is a nomination that came to nothing; the text says why."""

    TOPIC = "account:closed"
    text: Personal[str]

    def apply(self, aggregate: "Account") -> None:
        """It is over."""
        aggregate.state = AccountState.CLOSED


@dataclass(frozen=True)
class Disabled(Event):
    """Nobody signs in with this account any more: what closing was called at the machine."""

    TOPIC = "account:disabled"


@dataclass(frozen=True)
class Reviewed(Event):
    """A review came to the account, under its number; where a function was named, the person has had it since.

    None is named any more: what a review changes is decided by it and carried out by another person.
    """

    TOPIC = "account:reviewed"
    review: str
    outcome: str
    role: str | None

    def apply(self, aggregate: "Account") -> None:
        """What was changed holds."""
        aggregate.role = self.role or aggregate.role
