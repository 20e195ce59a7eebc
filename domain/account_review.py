"""A review of accounts (*rà soát tài khoản*): each is kept, changed or revoked by a named reviewer, with a reason.

R-DB-13.2.b asks for it from time to time; how often, and what becomes of accounts that nobody came to, is the profile's
to say (C21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.account import Account, AccountState
from domain.account.guards import not_oneself
from domain.case.inputs import words
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, NotFound, Refusal, WrongState, refuse
from domain.personal import Personal
from domain.rules import Unreviewed
from domain.unit import Unit

MOST: Final = 2000
"""Accounts of one review; a larger body is reviewed unit by unit."""
IN_USE: Final = (AccountState.ACTIVE, AccountState.SUSPENDED)


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class ReviewOutcome(StrEnum):
    """What a reviewer decides of an account."""

    KEPT = "KEPT"
    CHANGED = "CHANGED"
    REVOKED = "REVOKED"


class ReviewFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a review."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def area_path(self) -> str:
        """Of which area the accounts are."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that reviews."""

    @property
    def due_at(self) -> datetime:
        """By when."""

    @property
    def left(self) -> int:
        """How many accounts nobody has come to yet."""


# -- guards -------------------------------------------------------------------------


def check_open(context: Context, area_path: str) -> Refusal | None:
    """Whoever reviews accounts opens a review of those of their area."""
    refusal = context.check_may("account.review")
    if refusal is None and not context.actor.covers(area_path):
        return Forbidden(
            "Ngoài địa bàn của đơn vị", "It lies outside of the unit's area", rule=rule_of(context)
        )
    return refusal


def check_view(one: ReviewFacts, context: Context) -> Refusal | None:
    """Whoever reviews accounts of its area sees it, and the audit."""
    if context.permission("audit.replay").allowed and context.actor.covers(one.area_path):
        return None
    return check_open(context, one.area_path)


def check_review(one: ReviewFacts, context: Context) -> Refusal | None:
    """Accounts are reviewed as long as the review is open."""
    refusal = check_open(context, one.area_path)
    if refusal is None and one.state != ReviewState.OPEN:
        return WrongState("Đợt rà soát đã kết thúc", "The review is closed", rule=rule_of(context))
    return refusal


def check_close(one: ReviewFacts, context: Context) -> Refusal | None:
    """It is closed when everybody was reviewed, or its time is over."""
    refusal = check_review(one, context)
    if refusal is None and one.left and context.now < one.due_at:
        return WrongState(
            f"Còn {one.left} tài khoản chưa rà soát và chưa hết hạn",
            f"{one.left} accounts are not reviewed yet, and there is time left",
            rule=rule_of(context),
        )
    return refusal


def rule_of(context: Context) -> str | None:
    """The rule that asks for reviews, or by which somebody may make one."""
    return context.rulebook.account_rules.review_rule or context.rule_of("account.review")


GUARDS: Final[dict[str, Callable[[ReviewFacts, Context], Refusal | None]]] = {
    "reviewAccount": check_review,
    "closeAccountReview": check_close,
}


class AccountReview(Aggregate):
    """A review. State keeps what the guards ask for."""

    TOPIC = "account-review"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a review."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "account-review:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """These accounts are to be looked at by a day; they are those that were in use when it was opened."""

        TOPIC = "account-review:opened"
        number: str
        area_path: str
        of_unit_id: UUID | None
        account_ids: list[UUID]
        due_at: datetime

    @dataclass(frozen=True)
    class Reviewed(Event):
        """Somebody looked at an account and decided; the text says why."""

        TOPIC = "account-review:reviewed"
        account_id: UUID
        outcome: str
        text: Personal[str]

    @dataclass(frozen=True)
    class Closed(Event):
        """It is over; nobody came to these accounts, and some were suspended for it."""

        TOPIC = "account-review:closed"
        unreviewed: list[UUID]
        suspended: list[UUID]

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command opens one review, however often it is sent."""
        return uuid5(account_id, f"/account-reviews/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def open(
        cls,
        context: Context,
        *,
        review_id: UUID,
        number: Callable[[], str],
        area_path: str,
        of_unit_id: UUID | None,
        account_ids: list[UUID],
        due_at: datetime,
    ) -> "AccountReview":
        """Open a review of accounts of an area, or of one unit of it."""
        refuse(check_open(context, area_path))
        if due_at <= context.now:
            raise InvalidInput("dueAt", "đã qua", "has passed already")
        longest = context.rulebook.account_rules.review_interval
        if due_at > context.now + longest:
            raise InvalidInput(
                "dueAt",
                f"phải trong {longest.days} ngày, chu kỳ rà soát",
                f"is expected within {longest.days} days, in which accounts are to be reviewed again",
                rule=rule_of(context),
            )
        if not 1 <= len(account_ids) <= MOST:
            raise InvalidInput(
                "areaPath", f"phải có từ 1 đến {MOST} tài khoản", f"1 to {MOST} accounts are reviewed at once"
            )
        with acting(context.envelope("account.review", rule=rule_of(context))):
            return cls._create(
                cls.Opened,
                id=review_id,
                number=number(),
                area_path=area_path,
                of_unit_id=of_unit_id,
                account_ids=sorted(account_ids),
                due_at=due_at,
            )

    def review(
        self, context: Context, account: Account, unit: Unit, *, outcome: str, text: str, role: str | None
    ) -> None:
        """Decide on one account, which is kept or ended with that; nobody reviews their own.

        That its function is to be another is decided by whoever may decide so at all, and another person does it.
        """
        refuse(check_review(self, context))
        if account.id not in self.account_ids:
            raise NotFound("tài khoản trong đợt rà soát", "account in this review", account.id)
        refuse(not_oneself(account.placed(unit), context))
        if account.id in self.reviewed:
            raise WrongState(
                "Tài khoản đã được rà soát", "The account was reviewed already", rule=rule_of(context)
            )
        words("text", text, rule=rule_of(context))
        if (role is not None) != (outcome == ReviewOutcome.CHANGED):
            raise InvalidInput(
                "role", "nêu chức năng mới khi và chỉ khi CHANGED", "is given with CHANGED, and only then"
            )
        if role is not None:
            account.direct_change(context, unit, role=role, document=self.number)
        with acting(context.envelope("account.review", rule=rule_of(context))):
            self.trigger_event(
                self.Reviewed, account_id=account.id, outcome=outcome, text=Personal.said(self.id, text)
            )
            account.reviewed(self.number, outcome=outcome)
        if outcome == ReviewOutcome.REVOKED and account.state != AccountState.CLOSED:
            account.end(context, text=text, rule=rule_of(context))

    def close(self, context: Context, unreviewed: list[Account]) -> None:
        """End it; accounts that nobody came to are listed, and suspended where the profile says so.

        Whoever closes it is not suspended by their own hand: they are listed.
        """
        refuse(check_close(self, context))
        taken = context.rulebook.account_rules.unreviewed is Unreviewed.SUSPEND
        suspended = [
            one
            for one in unreviewed
            if taken and one.state == AccountState.ACTIVE and str(one.id) not in context.actor.people
        ]
        for one in suspended:
            one.take_back(
                context,
                text=f"Không được rà soát trong đợt {self.number} · Not reviewed in {self.number}",
                rule=rule_of(context),
            )
        with acting(context.envelope("account.review", rule=rule_of(context))):
            self.trigger_event(
                self.Closed,
                unreviewed=sorted(one.id for one in unreviewed),
                suspended=sorted(one.id for one in suspended),
            )

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(
        self,
        number: str,
        area_path: str,
        account_ids: list[UUID],
        due_at: datetime,
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.area_path = area_path
        self.owner_unit = envelope.unit_id
        self.state: str = ReviewState.OPEN
        self.account_ids = set(account_ids)
        self.reviewed: set[UUID] = set()
        self.due_at = due_at

    @property
    def left(self) -> int:
        """How many accounts nobody has come to yet."""
        return len(self.account_ids - self.reviewed)

    @event(Reviewed)
    def _reviewed(self, account_id: UUID) -> None:
        self.reviewed.add(account_id)

    @event(Closed)
    def _closed(self) -> None:
        self.state = ReviewState.CLOSED
