"""What can happen to the rights that a person holds besides their function: stored for ever, as all events are."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from domain.account.events import Event
from domain.account.state import GivenAway
from domain.context import Grant

if TYPE_CHECKING:
    from domain.account.account import Account


@dataclass(frozen=True)
class GrantDirected(Event):
    """The managing body directed that a right be given; whoever operates the system gives it (R-DB-7.3.0)."""

    TOPIC = "account:grant-directed"
    action: str
    purpose: str
    document: str
    starts_at: datetime
    ends_at: datetime
    area_path: str | None
    camera_ids: list[UUID]
    out_of_function: bool
    document_at: datetime | None
    issuer_unit_id: UUID | None

    def apply(self, aggregate: "Account") -> None:
        """It waits for whoever operates the system."""
        aggregate.directions[self.originator_version] = self


@dataclass(frozen=True)
class Granted(Event):
    """A right of its own, for a time and a purpose, with the document that gives it; for a place since version 2.

    *direction*: the version of the account that directed so. *document_at*, *issuer_unit_id*: when and by which unit
    of the People's Committee the consent was written, where it lies outside of the unit's function (R-DB-8.2.0).
    """

    TOPIC = "account:granted"
    class_version: ClassVar[int] = 2
    action: str
    document: str
    starts_at: datetime
    ends_at: datetime | None
    purpose: str | None
    area_path: str | None
    camera_ids: list[UUID]
    out_of_function: bool
    document_at: datetime | None
    issuer_unit_id: UUID | None
    direction: int | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Earlier rights named no purpose and no place, and none lay outside of a unit's function."""
        state |= {
            "purpose": None,
            "area_path": None,
            "camera_ids": [],
            "out_of_function": False,
            "document_at": None,
            "issuer_unit_id": None,
            "direction": None,
        }

    def apply(self, aggregate: "Account") -> None:
        """It is held under the version that gave it."""
        if self.direction is not None:
            aggregate.directions.pop(self.direction, None)
        aggregate.grants.append(
            Grant(
                action=self.action,
                document=self.document,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                purpose=self.purpose,
                area_path=self.area_path,
                camera_ids=tuple(self.camera_ids),
                out_of_function=self.out_of_function,
                number=self.originator_version,
            )
        )


@dataclass(frozen=True)
class GrantRevoked(Event):
    """A right ended before its time; *number* is the version of the account that gave it."""

    TOPIC = "account:grant-revoked"
    number: int

    def apply(self, aggregate: "Account") -> None:
        """It is over."""
        aggregate.grants = [one for one in aggregate.grants if one.number != self.number]


@dataclass(frozen=True)
class Delegated(Event):
    """The person let another act for them, in writing, in these actions and for a time (R-QT-5.3.0).

    In the unit in which the other was then, since version 2: somebody who works elsewhere is given it again.
    """

    TOPIC = "account:delegated"
    class_version: ClassVar[int] = 2
    to_account_id: UUID
    to_unit_id: UUID | None
    actions: list[str]
    document: str
    starts_at: datetime
    ends_at: datetime

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Earlier ones did not say in which unit."""
        state["to_unit_id"] = None

    def apply(self, aggregate: "Account") -> None:
        """It is known by the version that gave it."""
        aggregate.delegations[self.originator_version] = GivenAway(
            number=self.originator_version,
            to_account_id=self.to_account_id,
            to_unit_id=self.to_unit_id,
            actions=tuple(self.actions),
            document=self.document,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


@dataclass(frozen=True)
class DelegationRevoked(Event):
    """A delegation ended before its time; *number* is the version of the account that gave it."""

    TOPIC = "account:delegation-revoked"
    number: int

    def apply(self, aggregate: "Account") -> None:
        """It is over."""
        aggregate.delegations.pop(self.number, None)
