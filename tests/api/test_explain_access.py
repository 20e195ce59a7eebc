"""Every yes and no is explained by its article, now and of a past instant; and who could is told to the audit."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.unit import Unit
from tests.support.api import BODY, CENTRE, NAMES, Installation
from tests.support.people import Person

WHY = """
query($action: String!, $on: ID, $account: ID, $at: DateTime, $purpose: AccessPurpose! = AUDIT) {
  explainAccess(action: $action, on: $on, account: $account, at: $at, purpose: $purpose) {
    allowed by unit unitKind role leader rules { id } basis missing message(language: EN) state rulebook
    grant { action document } } }
"""
WHO = """
query($on: ID!, $action: String!, $at: DateTime, $first: Int! = 20, $after: String) {
  whoCould(on: $on, action: $action, at: $at, first: $first, after: $after) {
    nodes { by rules { id } grant { document } } pageInfo { hasNextPage endCursor } } }
"""
CAMERA = str(Camera.create_id(demo.CAMERA))


@pytest.fixture
def place(installation: Installation) -> Installation:
    """An installation on a day on which the auditor's grant is in force."""
    installation.today()
    return installation


def why(who: Person, action: str, **of: Any) -> Any:
    """What somebody is told."""
    return who.ask(WHY, action=action, **of)["explainAccess"]


def who_could(who: Person, action: str, on: str, **of: Any) -> list[str]:
    """The names of those who could."""
    found = who.ask(WHO, action=action, on=on, **of)["whoCould"]
    return [node["by"].rpartition("(")[2][:-1] for node in found["nodes"]]


def account(name: str) -> str:
    """The id of an account."""
    return str(Account.create_id(name))


def then(place: Installation) -> str:
    """This instant, which the installation has reached."""
    place.now = datetime.now(UTC)
    return place.now.isoformat()


def changed(place: Installation, name: str, change: Callable[[Account], None]) -> str:
    """Change an account, and give the instant after."""
    with place.founding():
        found = place.operator.find(Account, Account.create_id(name))
        change(found)
        place.operator.record(found)
    place.project()
    return then(place)


class TestWhy:
    """One's own access, and that of others for the audit."""

    def test_yes(self, place: Installation) -> None:
        """A yes names the article, and the unit, function and rulebook it was decided for."""
        case = place.detected()
        found = why(place.signed_in("centre.approve"), "case.approve", on=str(case.id))
        assert {**found, "rulebook": ""} == {
            "allowed": True,
            "by": "Nguyễn Văn An (centre.approve)",
            "unit": "Trung tâm Giám sát điều hành",
            "unitKind": "OPERATIONS_CENTRE",
            "role": "APPROVER",
            "leader": False,
            "rules": [{"id": "R-DHV-1.3.0"}, {"id": "R-DH-11.3.a1"}],
            "basis": found["basis"],
            "missing": [],
            "message": None,
            "state": "DETECTED",
            "rulebook": "",
            "grant": None,
        }
        assert found["rulebook"].startswith("dong-hoi@")

    def test_no(self, place: Installation) -> None:
        """A no names the article and the need that failed; an act is explained by the guard that decides it."""
        case = place.detected()
        auditor = place.signed_in("auditor")
        found = why(auditor, "case.view", on=str(case.id), account=account("commune.lead"))
        assert (found["allowed"], found["missing"]) == (False, ["holds-case-or-camera"])
        assert "holds-case-or-camera" in found["message"]
        found = why(place.signed_in("centre.approve"), "receiveCase", on=str(case.id))
        assert (found["allowed"], found["rules"]) == (False, [{"id": "R-DHV-2.1.a"}])

    def test_out_of_order(self, place: Installation) -> None:
        """Whoever may do it in another state is told of the state."""
        case = place.detected()
        found = why(place.signed_in("centre.approve"), "publishCase", on=str(case.id))
        assert found["allowed"] is False
        assert found["state"] == "DETECTED"
        shown = place.signed_in("centre.approve").ask(
            "query($id: ID!) { case(id: $id, purpose: SECURITY) {"
            " availableActions { action reasons { message(language: EN) } } } }",
            id=str(case.id),
        )["case"]["availableActions"]
        [action] = [one for one in shown if one["action"] == "publishCase"]
        assert [reason["message"] for reason in action["reasons"]] == [found["message"]]

    def test_of_nothing(self, place: Installation) -> None:
        """Without a subject it is the matrix that answers, within one's function."""
        assert why(place.signed_in("centre.approve"), "report.run")["allowed"] is True
        found = why(place.signed_in("centre.execute"), "case.approve")
        assert (found["allowed"], found["missing"]) == (False, ["role"])

    @pytest.mark.rule("R-DB-4.4.0")
    def test_by_a_grant(self, place: Installation) -> None:
        """Where a grant makes it so, it is named with its document."""
        case = place.detected()
        found = why(place.signed_in("auditor"), "case.view", on=str(case.id))
        assert (found["allowed"], found["grant"]) == (
            True,
            {"action": "audit.replay", "document": demo.GRANT_DOCUMENT},
        )


class TestByName:
    """A mutation is asked of by its name, whatever it is done to."""

    def test_the_row_of_the_matrix(self, place: Installation) -> None:
        """A yes of a mutation stands on the row of the matrix that its guard asked, and never on a prohibition."""
        case = place.detected()
        centre = place.signed_in("centre.approve")
        by_name, by_row = (why(centre, action, on=str(case.id)) for action in ("approveCase", "case.approve"))
        assert by_name["allowed"] is by_row["allowed"] is True
        assert (by_name["rules"], by_name["basis"]) == (by_row["rules"], by_row["basis"])

    def test_a_camera(self, place: Installation) -> None:
        """Whoever works with a camera may say that it is at fault; who could, is told to the audit."""
        assert why(place.signed_in("centre.execute"), "reportCameraFault", on=CAMERA)["allowed"] is True
        assert why(place.signed_in("commune.lead"), "reportCameraFault", on=CAMERA)["allowed"] is False
        assert why(place.signed_in("police.handle"), "openLiveView", on=CAMERA)["allowed"] is True
        auditor = place.signed_in("auditor")
        assert who_could(auditor, "retireCamera", CAMERA) == ["centre.admin"]
        assert "centre.execute" in who_could(auditor, "reportCameraFault", CAMERA)

    def test_another_noun(self, place: Installation) -> None:
        """An account, a unit, what is made anew: each by the guard that decides it."""
        admin, other = place.signed_in("centre.admin"), account("centre.approve")
        assert why(admin, "suspendAccount", on=other)["allowed"] is True
        assert why(admin, "resetPassword", on=other)["allowed"] is True
        assert why(place.signed_in("centre.execute"), "resetPassword", on=other) is None
        auditor, asked = place.signed_in("auditor"), {"on": other, "account": account("centre.execute")}
        assert why(auditor, "resetPassword", **asked)["allowed"] is False
        assert why(admin, "renameUnit", on=str(CENTRE))["allowed"] is True
        assert why(admin, "registerCamera")["allowed"] is True
        assert why(place.signed_in("police.handle"), "registerCamera")["allowed"] is False

    def test_one_that_is_administered(self, place: Installation) -> None:
        """Whoever is shown a camera because they administer it is told why; that is no attempt."""
        admin, before = place.signed_in("centre.admin"), place.head()
        found = why(admin, "camera.administer", on=CAMERA)
        assert (found["allowed"], place.since(before)) == (True, [])

    @pytest.mark.parametrize(
        "action,on,message",
        [
            ("nonsense.action", None, "action: neither an action of the matrix"),
            ("camera.views", CAMERA, "action: neither an action of the matrix"),
            ("approveCase", None, "on: approveCase is done to: case"),
            ("approveCase", CAMERA, "on: approveCase is done to: case"),
            ("camera.view", str(CENTRE), "action: of this (unit) ask by mutation: reportBreach, renameUnit"),
        ],
    )
    def test_what_there_is_not(self, place: Installation, action: str, on: str | None, message: str) -> None:
        """What is no action, or is not done to this, is said to be none: a no would be a statement of the law."""
        auditor, before = place.signed_in("auditor"), place.head()
        answers = [auditor.error(WHY, action=action, on=on, account=account("centre.approve"))]
        if on is not None:
            answers.append(auditor.error(WHO, action=action, on=on))
        for error in answers:
            assert (error["code"], message in error["message"]) == ("INVALID_INPUT", True), error
        assert place.since(before) == []


class TestThen:
    """Of a past instant, everything is as it was recorded then."""

    def test_a_grant_that_came_and_an_account_that_ended(self, place: Installation) -> None:
        """Before the grant a no, under it a yes, a no once the account was disabled; whenever it is asked."""
        place.open_account("audit.two", unit_id=BODY, role="AUDITOR")
        place.project()
        before = then(place)
        granted = changed(
            place,
            "audit.two",
            lambda one: one.grant("audit.replay", document="02/QĐ-UBND", starts_at=place.now, ends_at=None),
        )
        disabled = changed(place, "audit.two", Account.disable)
        auditor = place.signed_in("auditor")
        for _ in range(2):
            told = [
                why(auditor, "audit.replay", account=account("audit.two"), at=at)
                for at in (before, granted, disabled)
            ]
            assert [(one["allowed"], one["grant"]) for one in told] == [
                (False, None),
                (True, {"action": "audit.replay", "document": "02/QĐ-UBND"}),
                (False, None),
            ]
            assert told[2]["message"] == "The account is disabled"
            place.now = datetime.now(UTC)

    def test_a_case_that_went_on(self, place: Installation) -> None:
        """What was open then was open then, however far the case is now."""
        case = place.detected()
        before = then(place)
        place.signed_in("centre.approve").does("approveCase", case.id)
        place.project()
        then(place)
        auditor, centre = place.signed_in("auditor"), account("centre.approve")
        told = [why(auditor, "approveCase", on=str(case.id), account=centre, at=at) for at in (before, None)]
        assert [(one["allowed"], one["state"]) for one in told] == [(True, "DETECTED"), (False, "APPROVED")]

    def test_what_was_not_there_yet(self, place: Installation) -> None:
        """A case that was not there yet has no answer, nor has an account."""
        before = then(place)
        case = place.detected()
        place.open_account("late.comer", unit_id=CENTRE, role="APPROVER")
        place.project()
        then(place)
        auditor = place.signed_in("auditor")
        assert why(auditor, "case.view", on=str(case.id), at=before) is None
        assert why(auditor, "case.view", account=account("late.comer"), at=before) is None
        assert why(auditor, "camera.view", account=account("late.comer"), on=CAMERA)["allowed"] is True

    @pytest.mark.parametrize(
        "at,message",
        [("2099-01-01T00:00:00Z", "lies in the future"), ("2001-01-01T00:00:00Z", "not in force")],
    )
    def test_another_time(self, place: Installation, at: str, message: str) -> None:
        """What is to come is not known, and before the regulation there was none."""
        assert message in place.signed_in("auditor").error(WHY, action="case.view", at=at)["message"]


class TestOnRecord:
    """To ask of others is a look like any other."""

    @pytest.mark.rule("R-QT-7.3.0")
    def test_asking_of_another(self, place: Installation) -> None:
        """That somebody's access was explained is on record; one's own is not."""
        auditor, before = place.signed_in("auditor"), place.head()
        why(auditor, "camera.view", account=account("centre.approve"))
        assert place.since(before) == ["reading:recorded"]
        why(auditor, "camera.view", on=CAMERA)
        why(place.signed_in("centre.approve"), "camera.view", on=CAMERA)
        assert place.since(before) == ["reading:recorded"]
        who_could(auditor, "camera.view", CAMERA)
        assert place.since(before) == ["reading:recorded"] * 2
        place.project()
        nodes = auditor.ask("{ accessLog(first: 2) { nodes { way noun ids purpose } } }")["accessLog"][
            "nodes"
        ]
        assert nodes == [
            {"way": "whoCould", "noun": "account", "ids": [CAMERA], "purpose": "AUDIT"},
            {
                "way": "explainAccess",
                "noun": "account",
                "ids": [account("centre.approve")],
                "purpose": "AUDIT",
            },
        ]

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "auditor"])
    def test_nobody_else(self, place: Installation, name: str) -> None:
        """Who may not replay the audit learns of nobody but themselves, and that they tried is on record."""
        person, before = place.signed_in(name), place.head()
        other = "centre.approve" if name != "centre.approve" else "police.lead"
        assert person.error(WHY, action="camera.view", account=account(other))["code"] == "FORBIDDEN"
        assert person.error(WHO, action="camera.view", on=CAMERA)["code"] == "FORBIDDEN"
        assert place.since(before) == ["attempt:refused"] * 2

    def test_what_is_hidden(self, place: Installation) -> None:
        """What one may not know of has no explanation, as what never was."""
        case = place.detected()
        commune, before = place.signed_in("commune.lead"), place.head()
        assert why(commune, "case.view", on=str(case.id)) is None
        assert why(commune, "case.view", on=str(Unit.create_id("none"))) is None
        assert place.since(before) == ["attempt:refused"]


class TestWhoCould:
    """Who could do something to a camera or a case, at an instant."""

    def test_now_and_then(self, place: Installation) -> None:
        """Whoever came since could not see it then, whoever was disabled since could."""
        before = then(place)
        changed(place, "centre.execute", Account.disable)
        place.open_account("centre.new", unit_id=CENTRE, role="APPROVER")
        place.project()
        then(place)
        auditor = place.signed_in("auditor")
        always = ["centre.approve", "commune.lead", "police.handle", "police.lead"]
        assert who_could(auditor, "camera.view", CAMERA, at=before) == sorted([*always, "centre.execute"])
        assert who_could(auditor, "camera.view", CAMERA) == sorted([*always, "centre.new"])

    def test_pages(self, place: Installation) -> None:
        """Pages meet without gap or repeat."""
        auditor = place.signed_in("auditor")
        whole = who_could(auditor, "camera.view", CAMERA)
        seen: list[str] = []
        after, more = None, True
        while more:
            page = auditor.ask(WHO, on=CAMERA, action="camera.view", first=2, after=after)["whoCould"]
            seen += [node["by"].rpartition("(")[2][:-1] for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == whole
        assert len(whole) == 5

    def test_with_its_reason(self, place: Installation) -> None:
        """Each is told with what it stands on: of a case, the auditor by a grant."""
        case = place.detected()
        found = place.signed_in("auditor").ask(WHO, on=str(case.id), action="case.view")["whoCould"]["nodes"]
        assert {
            node["by"].rpartition("(")[2][:-1]: (node["grant"] or {}).get("document") for node in found
        } == {
            "auditor": demo.GRANT_DOCUMENT,
            "centre.approve": None,
            "centre.execute": None,
        }
