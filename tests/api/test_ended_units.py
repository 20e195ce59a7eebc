"""People of a unit that has ended: they do nothing there from that instant on, told or untold."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from api.sign_in import who
from cli.wiring import rulebook
from domain.account import Account
from domain.commands.succession import pass_on
from domain.unit import Unit
from tests.support.api import POLICE, Installation
from tests.support.people import Person
from tests.support.serving import until
from tests.support.staff import did, done
from tests.support.watching import PROTOCOL, watched

NAME = "doi.can-bo"
ACCOUNT = str(Account.create_id(NAME))
ME = "{ me { unit { code } } }"


@pytest.fixture
def person(installation: Installation) -> Person:
    """Somebody of a team of the traffic police."""
    installation.today()
    team = installation.register_unit("DOI-CU", kind="TRAFFIC_POLICE_TEAM")
    found = installation.open_account(NAME, unit_id=team, role="HANDLER")
    installation.project()
    return found


def ends(installation: Installation, at: datetime, successor: UUID | None = None) -> None:
    """The team ends."""
    record = installation.operator
    with installation.founding():
        team = record.find(Unit, Unit.create_id("DOI-CU"))
        heir = record.find(Unit, successor) if successor else None
        team.cease(at=at, successor=heir, document="9/QĐ")
        record.record(team)


@pytest.mark.rule("R-QT-2.0.0")
def test_nobody_from_then_on(installation: Installation, person: Person) -> None:
    """Who is in a unit that has ended is nobody, and nobody is named, given an account or given one back there."""
    admin, to = installation.signed_in("centre.admin"), str(Unit.create_id("DOI-CU"))
    new = {"unitId": to, "fullName": "Lý Văn Mới", "role": "HANDLER"}
    named = done(installation.signed_in("centre.approve"), "nominateAccount", name="doi.moi", **new)
    assert person.ask(ME)["me"]["unit"] == {"code": "DOI-CU"}
    ends(installation, installation.now)
    assert until(lambda: "errors" in person.answer(ME))  # as soon as the log is heard
    assert person.error(ME)["code"] == "UNAUTHENTICATED"
    answers = [
        did(admin, "nominateAccount", name="doi.nua", **new),
        did(admin, "issueAccount", accountId=named["id"]),
        did(
            admin, "directAccountChange", accountId=ACCOUNT, role="LEADER", document="1/QĐ"
        ),
    ]  # fmt: skip
    done(admin, "suspendAccount", accountId=ACCOUNT, text="Đơn vị đã kết thúc")
    answers.append(did(admin, "resumeAccount", accountId=ACCOUNT, document="1/QĐ"))
    assert [(answer["__typename"], answer.get("path")) for answer in answers] == [
        ("InvalidInput", "unitId")
    ] * 4


def test_until_they_have_passed_on(installation: Installation, person: Person) -> None:
    """Where another follows, they are of it as soon as the scheduler has passed them on, in the same session."""
    ends(installation, installation.now, POLICE)
    assert person.error(ME)["code"] == "UNAUTHENTICATED"
    pass_on(
        installation.operator,
        rulebook(),
        noun="account",
        subject_id=Account.create_id(NAME),
        unit_id=Unit.create_id("DOI-CU"),
        now=installation.now,
    )
    assert person.ask(ME)["me"]["unit"] == {"code": "CATP"}


def test_no_longer_known_than_the_unit_stands(installation: Installation, person: Person) -> None:
    """An end that is still to come is told by nothing when it comes: until then at most somebody is remembered."""
    assert person.token is not None
    before = who(installation.services, person.token)
    assert before is not None
    end = installation.now + timedelta(hours=1)
    ends(installation, end)
    found = who(installation.services, person.token)
    assert found is not None
    assert (found.actor.account_id, found.expires_at) == (before.actor.account_id, end)
    assert before.expires_at > end
    installation.now = end
    assert who(installation.services, person.token) is None


def test_on_a_socket(installation: Installation, person: Person) -> None:
    """A socket closes by itself when the unit of its person ends, though nothing happens then."""
    with (
        watched(installation) as now,
        now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session,
    ):
        session.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {person.token}"}})
        assert session.receive_json() == {"type": "connection_ack"}
        ends(installation, installation.now + timedelta(milliseconds=300))
        assert session.receive()["type"] == "websocket.close"


def test_acting_for_them(installation: Installation, person: Person) -> None:
    """Who acts for somebody of a unit does so no longer than the unit stands."""
    whom = installation.open_account("doi.nguoi-khac", unit_id=Unit.create_id("DOI-CU"), role="HANDLER")
    given = done(
        whom,
        "delegate",
        toAccountId=ACCOUNT,
        actions=["case.view"],
        document="2/UQ",
        startsAt=installation.now.isoformat(),
        endsAt=(installation.now + timedelta(days=7)).isoformat(),
    )
    assert person.token is not None
    end = installation.now + timedelta(hours=1)
    ends(installation, end)
    found = who(installation.services, person.token, given["delegations"][-1]["id"])
    assert found is not None
    assert found.expires_at == end
