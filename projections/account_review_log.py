"""Reviews of accounts: what is to be looked at, what was decided, and what nobody came to."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.account_review import AccountReview, ReviewState
from domain.envelope import Event
from domain.personal import Personal
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """A review, with all that its guards ask for."""

    review_id: UUID
    number: str
    state: str
    of_unit_id: UUID | None
    account_ids: list[UUID]
    reviewed: list[dict[str, Any]] = field(default_factory=list)
    """What was decided of each account, in order, as JSON has it."""
    suspended: list[UUID] = field(default_factory=list)
    opened_by: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def unreviewed(self) -> list[UUID]:
        """The accounts that nobody has come to."""
        seen = {one["account_id"] for one in self.reviewed}
        return [one for one in self.account_ids if str(one) not in seen]

    @property
    def left(self) -> int:
        """How many those are."""
        return len(self.unreviewed)

    def sealed(self, value: str) -> Personal[str]:
        """The words of a decision, for whoever may open them."""
        return Personal(self.review_id, sealed=value)


def fold(row: ReviewRow | None, event: Event, position: int) -> ReviewRow | None:
    """What the row becomes by one event."""
    if isinstance(event, AccountReview.Opened):
        return _opened(event, position)
    if not isinstance(event, AccountReview.Event):
        return row
    if row is None:
        raise LookupError(f"review {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    match event:
        case AccountReview.Reviewed():
            decided = {
                "account_id": str(event.account_id),
                "outcome": event.outcome,
                "text": event.text.sealed or "",
                "by": event.envelope.by,
                "at": event.envelope.took_place_at.isoformat(),
            }
            return replace(row, reviewed=[*row.reviewed, decided])
        case AccountReview.Closed():
            return replace(
                row,
                state=ReviewState.CLOSED,
                suspended=event.suspended,
                closed_at=event.envelope.took_place_at,
            )
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of reviews")


def _opened(event: AccountReview.Opened, position: int) -> ReviewRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"review {event.originator_id} was opened for no unit")
    return ReviewRow(
        review_id=event.originator_id,
        number=event.number,
        state=ReviewState.OPEN,
        of_unit_id=event.of_unit_id,
        account_ids=event.account_ids,
        opened_by=said.by,
        opened_at=said.took_place_at,
        due_at=event.due_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


LOG = Register(AccountReview, ReviewRow, fold, table="account_review_log", key="review_id")
"""Feeds the log of reviews."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ReviewNarrow:
    """What a reader narrows the reviews to; None does not narrow."""

    states: list[str] | None = None
    number: str | None = None


LISTING = Listing(
    table="account_review_log",
    row=ReviewRow,
    order="opened_at DESC, review_id",
    place=("opened_at", "review_id"),
    beyond="""
    opened_at < %(after_opened_at)s
    OR (opened_at = %(after_opened_at)s AND review_id > %(after_review_id)s::uuid)""",
    narrowed={"states": "state = ANY(%(states)s)", "number": "number = %(number)s"},
)
"""Reviews, newest first."""
