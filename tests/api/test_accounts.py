"""Accounts over HTTP: nominated, given, changed and ended, each holding at once; rights, and who acts for whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.account import Account
from tests.support.api import COMMUNE, POLICE, Installation, session
from tests.support.footage import Footage
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.staff import did, done
from tests.support.watching import PROTOCOL, watched

LOGIN = "mutation($input: LoginInput!) { login(input: $input) { __typename ... on Session { token } } }"
NEW = {"unitId": str(COMMUNE), "name": "commune.new", "fullName": "Lý Thị Mới", "role": "HANDLER"}


def logs_in(installation: Installation, name: str, password: str) -> Person | None:
    """Somebody with a session, if the password opens one."""
    answer = installation.anonymous.ask(LOGIN, input={"name": name, "password": password})["login"]
    return Person(installation.client, answer["token"]) if answer["__typename"] == "Session" else None


def given_account(installation: Installation) -> tuple[dict[str, Any], Person]:
    """An account of commune police that was nominated by its leader and given by the Centre; and its person."""
    one = done(installation.signed_in("commune.lead"), "nominateAccount", **NEW)
    answer = did(installation.signed_in("centre.admin"), "issueAccount", accountId=one["id"])
    assert answer["__typename"] == "AccountIssued", answer
    person = logs_in(installation, "commune.new", answer["password"])
    assert person is not None
    return answer["account"], person


@pytest.mark.rule("R-DH-10.2.a", "R-QT-7.1.0", "R-QT-2.0.0")
def test_from_nothing(installation: Installation) -> None:
    """The using unit nominates, the operating unit gives; the person signs in and may do what their function gives."""
    installation.today()
    before = installation.head()
    one = done(installation.signed_in("commune.lead"), "nominateAccount", **NEW)
    assert (one["state"], one["fullName"], one["unit"]) == ("NOMINATED", "Lý Thị Mới", {"code": "CAP-NL"})
    said = {"accountId": one["id"], "commandId": str(uuid4())}
    admin = installation.signed_in("centre.admin")
    answer = did(admin, "issueAccount", **said)
    assert (answer["__typename"], answer["account"]["state"]) == ("AccountIssued", "ACTIVE")
    assert [step["rule"]["id"] for step in answer["account"]["history"]] == ["R-DH-10.2.a"] * 2
    assert installation.since(before) == ["account:nominated", "account:issued", "account:password-set"]
    again = did(admin, "issueAccount", **said)
    assert (again["__typename"], again["password"]) == ("AccountIssued", None)
    person = logs_in(installation, "commune.new", answer["password"])
    assert person is not None
    assert person.ask("{ me { name role leader state unit { code } } }")["me"] == {
        "name": "commune.new",
        "role": "HANDLER",
        "leader": False,
        "state": "ACTIVE",
        "unit": {"code": "CAP-NL"},
    }
    installation.project()
    assert person.error("{ cameras { totalCount } }")["code"] == "PASSWORD_EXPIRED"
    chosen = {"current": answer["password"], "new": "Con-Song-8-Nguon!", "commandId": "chosen"}
    person.ask("mutation($i: ChangePasswordInput!) { changePassword(input: $i) { __typename } }", i=chosen)
    assert person.ask("{ cameras { totalCount } }")["cameras"]["totalCount"] == 1
    refused = did(person, "issueAccount", accountId=one["id"])
    assert (refused["__typename"], refused["rule"]["id"]) == ("Forbidden", "R-DH-10.1.0")
    stored = installation.operator.recorder.select_events(Account.create_id("commune.new"))
    assert all(answer["password"].encode() not in event.state for event in stored)
    assert all("Lý Thị Mới".encode() not in event.state for event in stored)


def test_nominated_opens_nothing(installation: Installation) -> None:
    """Who was nominated signs in with nothing, and whoever nominated them does not give the account."""
    admin = installation.signed_in("centre.admin")
    one = done(admin, "nominateAccount", **NEW)
    with nothing_recorded(installation):
        assert did(admin, "issueAccount", accountId=one["id"])["__typename"] == "SamePerson"
        assert logs_in(installation, "commune.new", "Mot-mat-khau-1") is None
        taken = did(installation.signed_in("commune.lead"), "nominateAccount", **NEW)
        assert (taken["__typename"], taken["path"]) == ("InvalidInput", "name")
    closed = done(admin, "closeAccount", accountId=one["id"], text="Không còn nhu cầu")
    assert closed["state"] == "CLOSED"


@pytest.mark.rule("R-DH-10.1.0", "R-DHV-1.1.0", "R-QT-10.4.c")
def test_changed(installation: Installation) -> None:
    """Function, leadership, duty and unit are changed by the operating unit, by a document, and at once."""
    installation.today()
    one, person = given_account(installation)
    admin = installation.signed_in("centre.admin")
    said = {"accountId": one["id"], "document": "5/QĐ-VP"}
    wrong = did(admin, "changeRole", **said, role="APPROVER")
    assert (wrong["__typename"], wrong["path"], wrong["rule"]["id"]) == (
        "InvalidInput",
        "role",
        "R-DH-10.1.0",
    )
    assert done(admin, "changeRole", **said, role="LEADER")["role"] == "LEADER"
    assert done(admin, "changeLeader", **said, leader=True)["leader"] is True
    assert person.ask("{ me { role leader } }")["me"] == {"role": "LEADER", "leader": True}
    moved = done(admin, "moveAccount", **said, unitId=str(POLICE), role="HANDLER")
    assert (moved["unit"], moved["role"], moved["leader"]) == ({"code": "CATP"}, "HANDLER", False)
    assert person.ask("{ me { unit { code } } }")["me"]["unit"] == {"code": "CATP"}
    centre = str(Account.create_id("centre.execute"))
    duty = done(admin, "assignDuty", accountId=centre, duty="MONITORING", document="6/QĐ-VP")
    assert duty["duties"] == ["MONITORING"]
    assert duty["history"][-1]["rule"] == {"id": "R-DHV-1.1.0"}
    assert did(admin, "assignDuty", **said, duty="MONITORING")["__typename"] == "InvalidInput"
    assert done(admin, "endDuty", accountId=centre, duty="MONITORING", document="7/QĐ-VP")["duties"] == []
    own = str(Account.create_id("centre.admin"))
    alone = did(admin, "changeLeader", accountId=own, leader=True, document="8/QĐ-VP")
    assert alone["__typename"] == "SamePerson"


@pytest.mark.rule("R-QT-7.1.0")
def test_ended(installation: Installation) -> None:
    """Who is suspended is nobody at once, signs in again only when resumed, and never when closed."""
    installation.today()
    answer_id, person = given_account(installation)
    admin, said = installation.signed_in("centre.admin"), {"accountId": answer_id["id"]}
    suspended = done(admin, "suspendAccount", **said, text="Chuyển công tác")
    assert (suspended["state"], suspended["history"][-1]["event"]) == ("SUSPENDED", "account:suspended")
    assert person.error("{ me { id } }")["code"] == "UNAUTHENTICATED"
    assert did(admin, "suspendAccount", **said, text="x")["__typename"] == "WrongState"
    assert done(admin, "resumeAccount", **said, document="9/QĐ-VP")["state"] == "ACTIVE"
    assert person.error("{ me { id } }")["code"] == "UNAUTHENTICATED"
    person = Person(installation.client, session(installation.operator, "commune.new"))
    assert person.ask("{ me { state } }")["me"]["state"] == "ACTIVE"
    assert done(admin, "closeAccount", **said, text="Thôi việc")["state"] == "CLOSED"
    assert person.error("{ me { id } }")["code"] == "UNAUTHENTICATED"
    assert did(admin, "resumeAccount", **said, document="9/QĐ-VP")["__typename"] == "WrongState"


@pytest.mark.rule("R-DB-4.4.0")
def test_grant(installation: Installation) -> None:
    """A right names its purpose, document, time and place; it is shown, and is over when it is revoked."""
    installation.today()
    admin = installation.signed_in("centre.admin")
    handler = str(Account.create_id("police.handle"))
    said = {
        "accountId": handler,
        "action": "face.recognise",
        "purpose": "SECURITY",
        "document": "16/QĐ-UBND",
        "startsAt": installation.now.isoformat(),
        "endsAt": (installation.now + timedelta(days=30)).isoformat(),
    }
    one = done(admin, "giveGrant", **said, area="quang-binh/dong-hoi/nam-ly")
    [grant] = one["grants"]
    assert (grant["action"], grant["purpose"], grant["area"]) == (
        "face.recognise",
        "SECURITY",
        "quang-binh/dong-hoi/nam-ly",
    )
    listed = did(admin, "giveGrant", **{**said, "purpose": "FOREST_FIRE"})
    assert (listed["__typename"], listed["path"]) == ("InvalidInput", "purpose")
    nowhere = did(admin, "giveGrant", **said, area="quang-binh/khong-co")
    assert (nowhere["__typename"], nowhere["path"], nowhere["rule"]["id"]) == (
        "InvalidInput",
        "area",
        "R-DH-3.10.0",
    )
    beyond = did(admin, "giveGrant", **{**said, "action": "case.approve"})
    assert (beyond["__typename"], beyond["rule"]["id"]) == ("Forbidden", "R-DHV-1.3.0")
    assert did(admin, "directGrant", **said)["__typename"] == "WrongState"
    assert did(admin, "executeGrant", accountId=handler, direction=2)["__typename"] == "WrongState"
    assert done(admin, "revokeGrant", accountId=handler, number=grant["number"])["grants"] == []


class TestDelegation:
    """Somebody acts for another, in writing: as whom they are, with the rights of the other."""

    def delegated(self, installation: Installation, *actions: str, to: str = "centre.execute") -> Person:
        """The executor of the Centre, who acts for its approver."""
        installation.today()
        given = {
            "toAccountId": str(Account.create_id(to)),
            "actions": list(actions),
            "document": "23/UQ-VP",
            "startsAt": installation.now.isoformat(),
            "endsAt": (installation.now + timedelta(days=7)).isoformat(),
        }
        one = done(installation.signed_in("centre.approve"), "delegate", **given)
        return replace(installation.signed_in(to), delegation=one["delegations"][-1]["id"])

    @pytest.mark.rule("R-QT-5.3.0", "R-QT-4.6.b")
    def test_acts(self, installation: Installation) -> None:
        """The delegate approves a case for the approver; the event names both, and the unit is the approver's."""
        case = installation.detected()
        person = self.delegated(installation, "case.approve", "case.view")
        own = replace(person, delegation=None)
        assert own.act("approveCase", case.id)["__typename"] == "Forbidden"
        assert own.ask("{ actingFor { id } }") == {"actingFor": None}
        assert person.ask("{ me { name } actingFor { id actions } }") == {
            "me": {"name": "centre.execute"},
            "actingFor": {"id": person.delegation, "actions": ["case.approve", "case.view"]},
        }
        person.does("approveCase", case.id)
        stored = installation.operator.recorder.select_events(case.id)[-1]
        event: Any = installation.operator.mapper.to_domain_event(stored)
        assert (event.envelope.by, event.envelope.delegation) == (
            str(Account.create_id("centre.execute")),
            person.delegation,
        )
        assert event.envelope.people == (event.envelope.by, str(Account.create_id("centre.approve")))

    def test_no_more_than_delegated(self, installation: Installation) -> None:
        """What was not delegated is refused, even where one may do it oneself; and no one passes it on."""
        person = self.delegated(installation, "case.approve", "case.view")
        assert person.ask("{ cameras { totalCount } }")["cameras"]["totalCount"] == 0
        refused = did(
            person,
            "delegate",
            toAccountId=str(Account.create_id("centre.admin")),
            actions=["case.approve"],
            document="1",
            startsAt=installation.now.isoformat(),
            endsAt=(installation.now + timedelta(days=1)).isoformat(),
        )
        assert refused["__typename"] == "Forbidden"

    def test_in_no_chain_twice(self, installation: Installation) -> None:
        """Nobody approves by a delegation what the one they act for, or they themselves by it, have asked for."""
        installation.today()
        footage = Footage(installation)
        lead = installation.open_account("police.third", unit_id=POLICE, role="LEADER", leader=True)
        del lead
        asked = footage.ask()["extraction"]
        given = {
            "toAccountId": str(Account.create_id("police.third")),
            "actions": ["extraction.approve", "extraction.view", "camera.view"],
            "document": "24/UQ-CA",
            "startsAt": installation.now.isoformat(),
            "endsAt": (installation.now + timedelta(days=7)).isoformat(),
        }
        one = done(installation.signed_in("police.handle"), "delegate", **given)
        person = replace(installation.signed_in("police.third"), delegation=one["delegations"][-1]["id"])
        approve = (
            "mutation($input: ApproveExtractionInput!) { approveExtraction(input: $input) { __typename } }"
        )
        said = {"extractionId": asked["id"], "commandId": str(uuid4())}
        assert person.ask(approve, input=said)["approveExtraction"]["__typename"] == "ExtractionApproved"
        # whose right approved it does not cut it either
        cut = footage.act("executeExtraction", asked["id"], by="police.handle")
        assert cut["__typename"] == "SamePerson"
        installation.project()
        shown = installation.signed_in("police.handle").ask(
            "{ extractions { nodes { availableActions { action enabled } } } }"
        )["extractions"]["nodes"][0]["availableActions"]
        assert {"action": "executeExtraction", "enabled": False} in shown

    def test_over(self, installation: Installation) -> None:
        """It is over when it is revoked, when its time is, and when the other's account is suspended: at once."""
        person = self.delegated(installation, "case.view")
        number = int(str(person.delegation).rpartition(":")[2])
        whose = str(Account.create_id("centre.approve"))
        done(installation.signed_in("centre.approve"), "revokeDelegation", accountId=whose, number=number)
        assert person.error("{ me { id } }")["code"] in {"FORBIDDEN", "INVALID_INPUT"}
        person = self.delegated(installation, "case.view")
        now, installation.now = installation.now, installation.now + timedelta(days=8)
        assert person.error("{ me { id } }")["code"] == "FORBIDDEN"
        installation.now = now
        assert person.ask("{ me { name } }") == {"me": {"name": "centre.execute"}}
        admin = installation.signed_in("centre.admin")
        done(admin, "suspendAccount", accountId=whose, text="Nghỉ việc")
        assert person.error("{ me { id } }")["code"] == "FORBIDDEN"
        assert replace(person, delegation=None).ask("{ me { name } }") == {"me": {"name": "centre.execute"}}

    @pytest.mark.rule("R-QT-5.3.0")
    def test_on_a_socket(self, installation: Installation) -> None:
        """A socket is somebody's for whom they act as long as the delegation is; it ends with it."""
        person = self.delegated(installation, "case.view")
        said = {"authorization": f"Bearer {person.token}", "delegation": person.delegation}
        with (
            watched(installation) as now,
            now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session,
        ):
            session.send_json({"type": "connection_init", "payload": said})
            assert session.receive_json() == {"type": "connection_ack"}
            payload = {"query": "{ actingFor { id } }"}
            session.send_json({"id": "1", "type": "subscribe", "payload": payload})
            assert session.receive_json()["payload"] == {"data": {"actingFor": {"id": person.delegation}}}
            assert session.receive_json()["type"] == "complete"
            whose, _, number = str(person.delegation).partition(":")
            done(
                installation.signed_in("centre.approve"),
                "revokeDelegation",
                accountId=whose,
                number=int(number),
            )
            assert session.receive()["type"] == "websocket.close"

    @pytest.mark.parametrize(
        "named", ["x", "x:1", f"{UUID(int=5)}:2", "0", ":", f"{Account.create_id('auditor')}:1"]
    )
    def test_forged(self, installation: Installation, named: str) -> None:
        """A header that names no delegation to oneself is refused, and not taken as nothing."""
        person = replace(installation.signed_in("centre.execute"), delegation=named)
        with nothing_recorded(installation):
            assert person.error("{ me { id } }")["code"] == "INVALID_INPUT"
        theirs = replace(
            self.delegated(installation, "case.view"), token=installation.tokens["police.handle"]
        )
        assert theirs.error("{ me { id } }")["code"] == "FORBIDDEN"
