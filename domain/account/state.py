"""Where an account stands, and what its person was given besides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
class GivenAway:
    """A delegation as it was given: who may act for the person, in what, and until when (R-QT-5.3.0).

    It is known by the account of whoever gave it and the version in which they did.
    """

    number: int
    to_account_id: UUID
    actions: tuple[str, ...]
    document: str
    starts_at: datetime
    ends_at: datetime
