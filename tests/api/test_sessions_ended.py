"""An account that is taken back takes its sessions with it: each is on record as ended, and no token comes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from domain.session import Session
from tests.support.api import Installation, session, session_of
from tests.support.door import events_since, is_nobody
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.sites import TIERS, Settled, Site
from tests.support.staff import did, done

NAME = "police.handle"
ADMIN = "centre.admin"
ACCOUNT = {"accountId": str(Account.create_id(NAME))}


def soon(place: Installation) -> str:
    """A month from now."""
    return (place.now + timedelta(days=30)).isoformat()


@pytest.mark.rule("R-DB-10.4.0")
def test_suspended(installation: Installation) -> None:
    """A token of before a suspension, such as that of a lost telephone, opens nothing once the account is resumed."""
    installation.today()
    token, lost = session_of(installation.operator, NAME)
    person, admin = Person(installation.client, token), installation.signed_in(ADMIN)
    assert person.ask("{ me { name } }")
    before = installation.head()
    done(admin, "suspendAccount", **ACCOUNT, text="Mất điện thoại")
    *ended, suspended = events_since(installation, before)
    assert [type(one) for one in ended] == [Session.Revoked] * 2
    assert lost in {one.originator_id for one in ended}
    assert isinstance(suspended, Account.Suspended)
    assert {one.envelope for one in ended} == {suspended.envelope}
    done(admin, "resumeAccount", **ACCOUNT, document="5/QĐ")
    assert is_nobody(person)
    assert is_nobody(installation.signed_in(NAME))
    assert Person(installation.client, session(installation.operator, NAME)).ask("{ me { name } }")


@pytest.mark.rule("R-DB-10.4.0")
def test_closed(installation: Installation) -> None:
    """So do those of an account that is closed; where that is refused they go on."""
    installation.today()
    admin = installation.signed_in(ADMIN)
    with nothing_recorded(installation):
        assert did(admin, "closeAccount", **ACCOUNT, text=" ")["__typename"] == "InvalidInput"
    assert installation.signed_in(NAME).ask("{ me { name } }")
    before = installation.head()
    done(admin, "closeAccount", **ACCOUNT, text="Thôi việc")
    assert installation.since(before) == ["session:revoked", "account:closed"]


def test_reviewed(installation: Installation) -> None:
    """So do those of an account that a review takes away."""
    installation.today()
    installation.project()
    admin = installation.signed_in(ADMIN)
    review = done(admin, "openAccountReview", dueAt=soon(installation))
    before = installation.head()
    done(admin, "reviewAccount", reviewId=review["id"], **ACCOUNT, outcome="REVOKED", text="Chuyển công tác")
    assert installation.since(before)[0] == "session:revoked"


def test_never_reviewed(settled: Callable[[Site], Settled]) -> None:
    """So do those of accounts that nobody came to, where the regulation suspends them."""
    place = settled(TIERS).place
    place.today()
    people: dict[str, Any] = {name: place.signed_in(name) for name in ("two.handle", "two.admin")}
    assert all(person.ask("{ me { name } }") for person in people.values())
    admin = place.signed_in("manager.admin")
    review = done(admin, "openAccountReview", dueAt=soon(place))
    place.now += timedelta(days=31)
    before = place.head()
    closed = done(admin, "closeAccountReview", reviewId=review["id"])
    recorded = place.since(before)
    assert (
        recorded.count("session:revoked") == recorded.count("account:suspended") == len(closed["suspended"])
    )
    assert len(closed["suspended"]) > len(people)
