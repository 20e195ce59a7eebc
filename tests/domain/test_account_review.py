"""Reviews of accounts: what becomes of those that nobody came to is the profile's to say."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from domain.account import Account
from domain.account_review import AccountReview
from domain.errors import Forbidden
from domain.personal import Personal
from tests.support.spec import NOW, Fact, Given, actor, context, fact, given, unit

PROVINCE = "tinh"
MANAGER = unit("STTTT", "LEVEL_1_MANAGER", PROVINCE)
REVIEWER = actor(32, MANAGER, "ADMINISTRATOR")
BODY = unit("SGD", "EXPLOITING_BODY", PROVINCE)
PEOPLE = [UUID(int=n) for n in (1, 2, 3)]
OPENED = fact(
    AccountReview.Opened,
    number="DB-RS-2026-000001",
    area_path=PROVINCE,
    of_unit_id=None,
    account_ids=PEOPLE,
    due_at=NOW,
).under(unit_id=MANAGER.id)
REVIEWED = fact(
    AccountReview.Reviewed, account_id=PEOPLE[0], outcome="KEPT", text=Personal.said(UUID(int=9), "x")
)


def account(account_id: UUID, *more: Fact) -> Account:
    """An account in use."""
    opened = fact(
        Account.Opened,
        name="ai.do",
        full_name=Personal.said(account_id, "Người Mẫu"),
        unit_id=BODY.id,
        role="HANDLER",
        leader=False,
    )
    one = given(Account, opened, *more).aggregate
    one._id = account_id
    return one


def review(*more: Fact) -> Given[AccountReview]:
    """A review of three accounts whose time is over."""
    return given(AccountReview, OPENED, *more)


@pytest.mark.rule("R-DB-13.2.b")
def test_suspended_in_dien_bien() -> None:
    """Điện Biên suspends whom nobody came to, but not by the hand of who is among them; Đồng Hới only lists them."""
    own = replace(REVIEWER, account_id=PEOPLE[2])
    left = [account(PEOPLE[1]), account(PEOPLE[2])]
    one = review(REVIEWED)
    one.when(lambda one: one.close(context(own, profile="dien-bien"), left)).then(
        fact(AccountReview.Closed, unreviewed=PEOPLE[1:], suspended=[PEOPLE[1]]).under(rule="R-DB-13.2.b")
    )
    assert [one.state for one in left] == ["SUSPENDED", "ACTIVE"]
    assert [type(event).__name__ for event in left[0].collect_events()] == ["Suspended"]


@pytest.mark.rule("R-DB-13.2.b")
def test_by_the_manager_alone() -> None:
    """In Điện Biên the manager of level I reviews; its operator and the bodies do not."""
    for kind in ("LEVEL_1_OPERATOR", "LEVEL_2_BODY", "EXPLOITING_BODY"):
        who = actor(40, unit("X", kind, PROVINCE), "ADMINISTRATOR")
        act = context(who, profile="dien-bien")
        refused = review().when(partial(AccountReview.close, context=act, unreviewed=[]))
        assert isinstance(refused.refusal, Forbidden)


def test_suspended_ones_stay_so() -> None:
    """An account that was suspended before is listed, and not suspended twice."""
    left = [account(PEOPLE[1], fact(Account.Suspended, text=Personal.said(PEOPLE[1], "x")))]
    review(REVIEWED).when(
        lambda one: one.close(context(REVIEWER, now=NOW + timedelta(days=1), profile="dien-bien"), left)
    ).then(fact(AccountReview.Closed, unreviewed=[PEOPLE[1]], suspended=[]))
    assert left[0].collect_events() == []
