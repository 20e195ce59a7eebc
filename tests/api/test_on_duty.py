"""Somebody is on duty at every hour: who counts is there, is in one place at a time, and it is told where nobody is."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from tests.support.api import Installation
from tests.support.operation import did, done, june
from tests.support.people import REFUSED, Person

ON_DUTY = """
query($unit: ID, $at: DateTime, $days: Int! = 31) { duty(unitId: $unit, at: $at, days: $days) {
    at unit { code } rule { id } turns { person { name } } gaps { startsAt endsAt } } }
"""
ANH, BINH = "centre.approve", "centre.execute"
MID_JUNE, JULY, AUGUST = (f"2026-{day}T00:00:00+07:00" for day in ("06-16", "07-01", "08-01"))


def suspend(by: Person, name: str) -> None:
    """Take somebody's account back."""
    said = {"accountId": str(Account.create_id(name)), "text": "Chuyển công tác", "commandId": f"off-{name}"}
    document = (
        f"mutation($i: SuspendAccountInput!) {{ suspendAccount(input: $i) {{ __typename {REFUSED} }} }}"
    )
    answer = by.ask(document, i=said)["suspendAccount"]
    assert answer["__typename"] == "AccountSuspended", answer


def gap(begin: str, end: str) -> dict[str, str]:
    """Nobody is there."""
    return {"startsAt": begin, "endsAt": end}


def names(turns: list[Any]) -> list[str]:
    """Whose turns these are."""
    return [turn["person"]["name"].rpartition("(")[2].rstrip(")") for turn in turns]


@pytest.mark.rule("R-DH-15.1.0")
def test_gone(installation: Installation) -> None:
    """Whoever may not sign in any more is on duty no more: not published, and told where it was published before."""
    admin = installation.signed_in("centre.admin")
    held = done(admin, "drawRoster", turns=june(ANH, BINH))
    done(admin, "publishRoster", rosterId=held["id"])
    planned = done(admin, "drawRoster", turns=june(ANH, BINH), post="Trực phụ")
    installation.now += timedelta(hours=1)
    suspend(admin, BINH)
    installation.project()
    admin = installation.signed_in("centre.admin")
    refused = did(admin, "publishRoster", rosterId=planned["id"])
    assert refused["__typename"] == "NotFound"
    asked = "query($id: ID!) { roster(id: $id) { gaps { startsAt endsAt } absences { startsAt person { name } } } }"
    told = admin.ask(asked, id=held["id"])["roster"]
    assert told["gaps"] == [gap(MID_JUNE, JULY)]
    assert (names(told["absences"]), told["absences"][0]["startsAt"]) == ([BINH], MID_JUNE)
    assert admin.ask(ON_DUTY, days=50)["duty"]["gaps"][0]["startsAt"] == MID_JUNE


@pytest.mark.rule("R-DH-15.1.0")
def test_two_posts(installation: Installation) -> None:
    """Nobody is on duty at two posts of the unit at once, nor in two months; who draws such a roster is told of it."""
    admin = installation.signed_in("centre.admin")
    done(admin, "publishRoster", rosterId=done(admin, "drawRoster", turns=june(ANH))["id"])
    installation.project()
    other = done(admin, "drawRoster", turns=june(BINH, ANH), post="Trực phụ")
    assert [names(other["doubleBookings"]), other["doubleBookings"][0]["startsAt"]] == [[ANH], MID_JUNE]
    refused = did(admin, "publishRoster", rosterId=other["id"])
    assert (refused["__typename"], refused["rule"]["id"]) == ("WrongState", "R-DH-15.1.0")
    assert MID_JUNE in refused["en"]
    july = [{"accountId": str(Account.create_id(ANH)), "startsAt": MID_JUNE, "endsAt": AUGUST}]
    following = done(admin, "drawRoster", turns=july, month="2026-07")
    assert did(admin, "publishRoster", rosterId=following["id"])["__typename"] == "WrongState"
    done(admin, "redrawRoster", rosterId=other["id"], turns=june(BINH))
    done(admin, "publishRoster", rosterId=other["id"])
    installation.project()
    swap = did(admin, "swapDuty", rosterId=other["id"], accountId=str(Account.create_id(ANH)))
    assert (swap["__typename"], swap["path"]) == ("InvalidInput", "accountId")


@pytest.mark.rule("R-DH-15.1.0")
def test_who_is(installation: Installation) -> None:
    """Who is on duty is told to the unit and the audit, with when nobody will be, also where no roster is."""
    admin = installation.signed_in("centre.admin")
    drawn = done(admin, "drawRoster", turns=june(ANH, BINH))
    installation.project()
    now = installation.now.isoformat()
    before = admin.ask(ON_DUTY)["duty"]
    assert (before["turns"], before["rule"], before["unit"]) == (
        [],
        {"id": "R-DH-15.1.0"},
        {"code": "TTGSDH"},
    )
    assert len(before["gaps"]) == 1
    done(admin, "publishRoster", rosterId=drawn["id"])
    installation.project()
    for at, who in ((now, ANH), (MID_JUNE, BINH)):
        told = installation.signed_in(BINH).ask(ON_DUTY, at=at, days=60)["duty"]
        assert names(told["turns"]) == [who]
        [left] = told["gaps"]
        assert left["startsAt"] == JULY
    police = installation.signed_in("police.handle")
    assert police.ask(ON_DUTY)["duty"]["rule"] is None
    unit = {"unit": str(installation.operator.find(Account, Account.create_id(ANH)).unit_id)}
    assert police.ask(ON_DUTY, **unit)["duty"] is None
    installation.today()
    assert installation.signed_in("auditor").ask(ON_DUTY, **unit)["duty"]["unit"] == {"code": "TTGSDH"}
