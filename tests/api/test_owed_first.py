"""What whoever administers accounts owes before anything else, however they came to administer them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account
from tests.support.api import Installation
from tests.support.door import comes_in
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.sites import QUANG_TRI, TIERS, Settled, Site
from tests.support.staff import lets_act

ADMIN = "centre.admin"
HANDLER = "centre.execute"
PASSWORD = "Cầu Hiền Lương 17!"
AGED = "UPDATE credentials SET changed_at = now() - interval '200 days'"


def code_of(person: Person) -> str | None:
    """Why somebody may do nothing; None where they may."""
    errors = person.answer("{ units { totalCount } }").get("errors")
    return str(errors[0]["extensions"]["code"]) if errors else None


@pytest.mark.rule("R-QT-10.4.b", "R-DB-17.4.a")
def test_an_old_password_by_delegation(installation: Installation) -> None:
    """Whoever acts for an administrator changes a password that is too old for one, and does nothing before."""
    installation.today()
    to_administer = lets_act(installation, ADMIN, HANDLER, "account.administer")
    to_look = lets_act(installation, ADMIN, HANDLER, "camera.administer")
    handler = comes_in(installation, HANDLER, installation.passwords[HANDLER])
    acting = replace(handler, delegation=to_administer)
    assert code_of(acting) is None
    with installation.as_owner() as conn:
        conn.execute(AGED)
    installation.app.state.live.people.forget(None)
    given = f'{{commandId: "1", accountId: "{Account.create_id("centre.approve")}", text: "Nghi mất máy"}}'
    suspends = f"mutation {{ suspendAccount(input: {given}) {{ __typename }} }}"
    with nothing_recorded(installation):
        assert acting.error(suspends)["code"] == "PASSWORD_EXPIRED"
    assert code_of(acting) == "PASSWORD_EXPIRED"
    assert code_of(handler) is None
    assert code_of(replace(handler, delegation=to_look)) is None


@pytest.mark.rule("R-QT-10.4.b")
def test_a_device_by_delegation(settled: Callable[[Site], Settled]) -> None:
    """Under Quảng Trị whoever acts for an administrator enrols a device of their own first."""
    seat = (QUANG_TRI.operator, "ADMINISTRATOR", False)
    place = settled(replace(QUANG_TRI, people={**QUANG_TRI.people, ADMIN: seat})).place
    place.today()
    place.services.credentials.set_password(Account.create_id("centre.approve"), PASSWORD)
    delegation = lets_act(place, ADMIN, "centre.approve", "account.administer")
    approver = comes_in(place, "centre.approve", PASSWORD)
    assert code_of(approver) is None
    assert code_of(replace(approver, delegation=delegation)) == "SECOND_FACTOR_MISSING"


@pytest.mark.rule("R-DB-17.4.a")
def test_a_device_by_a_grant(settled: Callable[[Site], Settled]) -> None:
    """Under Điện Biên a grant of administering accounts asks for a device from the moment it begins."""
    place = settled(TIERS).place
    place.today()
    account_id = Account.create_id("operator.handle")
    place.services.credentials.set_password(account_id, PASSWORD)
    begins = place.now + timedelta(minutes=30)
    ends = begins + timedelta(minutes=30)
    account = place.operator.find(Account, account_id)
    with place.founding():
        account.trigger_event(
            Account.Granted,
            action="account.administer",
            document="Văn bản đồng ý mẫu 12/UBND",
            starts_at=begins,
            ends_at=ends,
            purpose=None,
            area_path=None,
            camera_ids=[],
            out_of_function=True,
            document_at=None,
            issuer_unit_id=None,
            direction=None,
        )
        place.operator.record(account)
    person = comes_in(place, "operator.handle", PASSWORD)
    asked = []
    for place.now in (begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends):
        asked.append(code_of(person))
    assert asked == [None, "SECOND_FACTOR_MISSING", "SECOND_FACTOR_MISSING", None]
