"""Where an account stands, and what its person was given besides."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from domain.rules import AccountStep


class AccountState(StrEnum):
    """How far an account is; it opens something while it is ACTIVE."""

    NOMINATED = "NOMINATED"
    APPROVED = "APPROVED"
    DIRECTED = "DIRECTED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


LEADS_TO = {
    AccountStep.NOMINATE: AccountState.NOMINATED,
    AccountStep.APPROVE: AccountState.APPROVED,
    AccountStep.DIRECT: AccountState.DIRECTED,
    AccountStep.ISSUE: AccountState.ACTIVE,
}
"""Where each step of the way leaves an account."""
ON_THE_WAY = (AccountState.NOMINATED, AccountState.APPROVED, AccountState.DIRECTED)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A change of function, leadership or unit that somebody decided, and another person is to carry out.

    It is of the unit that the person was in then, and ends with their being there.
    """

    number: int
    in_unit_id: UUID
    role: str | None
    leader: bool | None
    unit_id: UUID | None
    """The unit they go to; None where they stay."""
    document: str
    people: tuple[str, ...]
    """Who decided it."""

    def without(self, part: Literal["role", "leader"]) -> "Decision | None":
        """What is left of it once a part was carried out; a move is one, and has none."""
        if self.unit_id is not None:
            return self
        rest = replace(self, role=None) if part == "role" else replace(self, leader=None)
        return None if rest.role is None and rest.leader is None else rest


@dataclass(frozen=True, kw_only=True)
class GivenAway:
    """A delegation as it was given: who may act for the person, in what, and until when (R-QT-5.3.0).

    It is known by the account of whoever gave it and the version in which they did.
    """

    number: int
    to_account_id: UUID
    to_unit_id: UUID | None
    """The unit they were in then, and in which they may; None of old, where nothing said so."""
    actions: tuple[str, ...]
    document: str
    starts_at: datetime
    ends_at: datetime
