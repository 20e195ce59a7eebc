"""A unit as its administrator registers, renames, moves and ends it; old acts keep its old name."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.unit import Unit
from tests.support.api import CENTRE, POLICE, Installation
from tests.support.people import REFUSED, Person

LEAF = "id code name kind area version"
UNIT = (
    f"id unit {{ {LEAF} }} validFrom ceasedAt parent {{ code }} successor {{ code name }} document head {{ name }}"
    " administrator { name unit { code } } regulations { document title issuedAt }"
    " history { event reason rule { id } } availableActions { action enabled }"
)
DONE = {
    "registerUnit": "UnitRegistered",
    "renameUnit": "UnitRenamed",
    "moveUnit": "UnitMoved",
    "endUnit": "UnitEnded",
    "assignOfficer": "OfficerAssigned",
    "fileInternalRegulation": "InternalRegulationFiled",
}
ONE = f"query($id: ID, $code: String, $asOf: DateTime) {{ unit(id: $id, code: $code, asOf: $asOf) {{ {UNIT} }} }}"
CASE_OF = """
query($id: ID) { case(id: $id, purpose: VIOLATION_HANDLING) { holder { name } history { event unit } } }
"""
NAM_LY = f"{demo.CITY}/nam-ly"
BY, UNITS = "R-DH-10.1.0", "R-DH-3.10.0"
"""Whose rule administers units, and the rule that knows them."""


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered."""
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {DONE[act]} {{ position unit {{ {UNIT} }} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def registered(installation: Installation, **given: Any) -> dict[str, Any]:
    """Register a unit and let it be shown; what is shown of it."""
    said = {"code": f"X-{uuid4().hex[:6]}", "name": "Tổ công tác", "kind": "OTHER_BODY", "area": NAM_LY}
    answer = did(installation.signed_in("centre.admin"), "registerUnit", **(said | given))
    assert answer["__typename"] == "UnitRegistered", answer
    installation.project()
    unit: dict[str, Any] = answer["unit"]
    return unit


@pytest.fixture
def admin(installation: Installation) -> Person:
    """The administrator of the Centre."""
    return installation.signed_in("centre.admin")


class TestRegister:
    """A unit comes into being below another, by a document."""

    @pytest.mark.rule("R-DH-3.10.0", "R-QT-2.0.0")
    def test_registered(self, installation: Installation) -> None:
        """It is of a kind of the regulation, in an area that is known, part of a unit that stands."""
        unit = registered(
            installation,
            parentId=str(POLICE),
            kind="TRAFFIC_POLICE_TEAM",
            document="15/QĐ",
            name=" Đội CSGT ",
        )
        assert (unit["unit"]["name"], unit["parent"]["code"], unit["document"]) == (
            "Đội CSGT",
            "CATP",
            "15/QĐ",
        )
        assert unit["history"] == [{"event": "unit:registered", "reason": None, "rule": {"id": BY}}]
        assert [a["action"] for a in unit["availableActions"] if a["enabled"]] == [
            "renameUnit",
            "moveUnit",
            "endUnit",
            "assignOfficer",
            "fileInternalRegulation",
        ]

    @pytest.mark.parametrize(
        "given, path, rule",
        [
            ({"kind": "STARFLEET"}, "kind", UNITS),
            ({"kind": "LEVEL_2_BODY"}, "kind", UNITS),
            ({"area": f"{demo.CITY}/nowhere"}, "area", UNITS),
            ({"code": "CATP"}, "code", UNITS),
            ({"code": " "}, "code", UNITS),
            ({"name": ""}, "name", UNITS),
            ({"kind": "TRAFFIC_POLICE_TEAM", "parentId": str(CENTRE)}, "parent", UNITS),
        ],
        ids=str,
    )
    def test_bad_input(
        self, installation: Installation, admin: Person, given: dict[str, str], path: str, rule: str
    ) -> None:
        """An unknown kind or area, a code that is taken, a parent that such units have not: refused with the rule."""
        before = installation.head()
        said = {"code": "X-1", "name": "Tổ", "kind": "OTHER_BODY", "area": NAM_LY} | given
        answer = did(admin, "registerUnit", **said)
        assert (answer["__typename"], answer["path"], answer["rule"]["id"]) == ("InvalidInput", path, rule)
        assert installation.head() == before

    def test_by_another(self, installation: Installation) -> None:
        """Whoever does not administer units registers none; the attempt is on record."""
        before = installation.head()
        answer = did(
            installation.signed_in("police.lead"),
            "registerUnit",
            code="X-2",
            name="Tổ",
            kind="OTHER_BODY",
            area=NAM_LY,
        )
        assert (answer["__typename"], answer["rule"]["id"]) == ("Forbidden", BY)
        assert installation.since(before) == ["attempt:refused"]


class TestLater:
    """A unit changes, and what was recorded before keeps what it was."""

    def test_old_names(self, installation: Installation, admin: Person) -> None:
        """A unit that is renamed has its new name, and had its old one: in its past, and in every act of that time."""
        unit = registered(installation)
        before = datetime.now(UTC)
        did(admin, "renameUnit", unitId=unit["id"], name="Tổ công tác mới", document="16/QĐ")
        installation.project()
        now = admin.ask(ONE, id=unit["id"])["unit"]
        assert (now["unit"]["name"], now["unit"]["version"]) == ("Tổ công tác mới", 2)
        assert now["history"][1]["reason"] == "16/QĐ"
        then = admin.ask(ONE, id=unit["id"], asOf=before.isoformat())["unit"]
        assert (then["unit"]["name"], then["availableActions"]) == ("Tổ công tác", [])

    def test_old_cases(self, installation: Installation, admin: Person) -> None:
        """What was done in a case keeps the name the unit had then; whoever holds it has the name of today."""
        found = installation.detected()
        police = installation.signed_in("centre.approve")
        police.does("approveCase", found.id, recipientUnitId=str(POLICE), plate="73A-123.45")
        did(admin, "renameUnit", unitId=str(CENTRE), name="Trung tâm Điều hành mới", document="16/QĐ")
        did(admin, "renameUnit", unitId=str(POLICE), name="Công an phường Đồng Hới", document="16/QĐ")
        installation.project()
        shown = police.ask(CASE_OF, id=str(found.id))["case"]
        assert shown["holder"]["name"] == "Công an phường Đồng Hới"
        approved = next(step for step in shown["history"] if step["event"] == "case:approved")
        assert approved["unit"] == "Trung tâm Giám sát điều hành"

    def test_moved(self, installation: Installation, admin: Person) -> None:
        """It becomes part of another unit and works in another area; never part of what is part of it."""
        top = registered(installation)
        below = registered(installation, parentId=top["id"])
        moved = did(admin, "moveUnit", unitId=below["id"], area=demo.CITY, document="17/QĐ")["unit"]
        assert (moved["unit"]["area"], moved["parent"]["code"]) == (demo.CITY, top["unit"]["code"])
        cycle = did(admin, "moveUnit", unitId=top["id"], parentId=below["id"], document="18/QĐ")
        assert (cycle["__typename"], cycle["path"], cycle["rule"]["id"]) == ("InvalidInput", "parent", UNITS)
        itself = did(admin, "moveUnit", unitId=top["id"], parentId=top["id"], document="18/QĐ")
        assert (itself["__typename"], itself["path"]) == ("InvalidInput", "parent")

    def test_merged(self, installation: Installation, admin: Person) -> None:
        """Two units end with one successor; what has ended is changed no more, and no successor follows in a circle."""
        heir, *merged = registered(installation), registered(installation), registered(installation)
        for one in merged:
            ended = did(admin, "endUnit", unitId=one["id"], document="19/NQ", successorId=heir["id"])["unit"]
            assert (ended["successor"]["code"], ended["ceasedAt"] is None) == (
                heir["unit"]["code"],
                False,
            )
        for act, given in (
            ("renameUnit", {"name": "Tên khác"}),
            ("endUnit", {"document": "20"}),
            ("moveUnit", {"document": "20"}),
        ):
            again = did(admin, act, unitId=merged[0]["id"], **given)
            assert (again["__typename"], again["rule"]["id"]) == ("WrongState", UNITS)
        circle = did(admin, "endUnit", unitId=heir["id"], document="20/NQ", successorId=merged[0]["id"])
        assert (circle["__typename"], circle["path"], circle["rule"]["id"]) == (
            "InvalidInput",
            "successor",
            UNITS,
        )

    @pytest.mark.rule("R-QT-10.4.a")
    def test_day_to_come(self, installation: Installation, admin: Person) -> None:
        """A unit that will end goes on until then: it is renamed, gets people, and its day is changed."""
        unit = registered(installation)
        heir = registered(installation)
        later = (installation.now + timedelta(days=30)).isoformat()
        said = {"unitId": unit["id"], "document": "16/NQ"}
        ended = did(admin, "endUnit", **said, successorId=heir["id"], at=later)["unit"]
        enabled = {one["action"] for one in ended["availableActions"] if one["enabled"]}
        assert {"endUnit", "renameUnit", "assignOfficer"} <= enabled
        assert "nameSuccessor" not in enabled
        assert did(admin, "renameUnit", **said, name="Tổ mới")["__typename"] == "UnitRenamed"
        camera = Camera.create_id("DH-NL-01")
        named = admin.ask(
            "mutation($input: NameCameraCustodianInput!) { nameCameraCustodian(input: $input) { __typename } }",
            input={
                "commandId": str(uuid4()),
                "cameraId": str(installation.register_camera("DH-NL-01")),
                "custodianUnitId": unit["id"],
            },
        )["nameCameraCustodian"]
        assert named == {"__typename": "CameraCustodianNamed"}
        assert installation.operator.find(Camera, camera).custodian_unit_id == UUID(unit["id"])
        sooner = did(admin, "endUnit", **said)["unit"]
        assert (sooner["successor"], sooner["ceasedAt"] < later) == (None, True)
        assert did(admin, "renameUnit", **said, name="Tổ khác")["__typename"] == "WrongState"

    def test_before_it_begins(self, installation: Installation, admin: Person) -> None:
        """A unit that begins later is in no list of those that stand, and is sent nothing until then."""
        unit = registered(installation, kind="CITY_POLICE", validFrom="2030-01-01T00:00:00+07:00")
        found = installation.detected()
        refused = installation.signed_in("centre.approve").ask(
            "mutation($input: ApproveCaseInput!) { approveCase(input: $input)"
            " { __typename ... on InvalidInput { path } } }",
            input={
                "commandId": str(uuid4()),
                "caseId": str(found.id),
                "plate": "73A-123.45",
                "recipientUnitId": unit["id"],
            },
        )["approveCase"]
        assert refused == {"__typename": "InvalidInput", "path": "recipientUnitId"}
        early = did(admin, "endUnit", unitId=unit["id"], document="1", at="1990-01-01T00:00:00+07:00")
        assert (early["__typename"], early["path"]) == ("InvalidInput", "at")
        stand = admin.ask('{ units(filter: { stands: true, kind: "CITY_POLICE" }) { nodes { code } } }')
        assert unit["unit"]["code"] not in {one["code"] for one in stand["units"]["nodes"]}

    def test_officers(self, installation: Installation, admin: Person) -> None:
        """A unit has a named head and a named administrator, each one of its own people; others are nobody to it."""
        unit = registered(installation)
        name = f"officer-{uuid4().hex[:6]}"
        installation.open_account(name, unit_id=UUID(unit["id"]), role="ADMINISTRATOR")
        for post, field in (("HEAD", "head"), ("ADMINISTRATOR", "administrator")):
            shown = did(
                admin, "assignOfficer", unitId=unit["id"], post=post, accountId=str(Account.create_id(name))
            )["unit"]
            assert shown[field] is not None
        installation.project()
        assert admin.ask(ONE, code=unit["unit"]["code"])["unit"]["administrator"]["name"].endswith(
            f"({name})"
        )
        for other in (Account.create_id("police.lead"), uuid4()):
            answer = did(admin, "assignOfficer", unitId=unit["id"], post="HEAD", accountId=str(other))
            assert answer["__typename"] == "NotFound"

    @pytest.mark.rule("R-DB-16.1.0", "R-DB-18.1.0")
    def test_own_regulation(self, installation: Installation, admin: Person) -> None:
        """A unit's own regulation is on file by its number, once."""
        unit = registered(installation)
        given = {
            "unitId": unit["id"],
            "document": "21/QĐ",
            "title": "Quy định nội bộ",
            "issuedAt": "2026-01-05T08:00:00+07:00",
        }
        for _ in range(2):
            shown = did(admin, "fileInternalRegulation", **given)["unit"]
            assert shown["regulations"] == [
                {"document": "21/QĐ", "title": "Quy định nội bộ", "issuedAt": "2026-01-05T08:00:00+07:00"}
            ]
        late = did(admin, "fileInternalRegulation", **(given | {"issuedAt": "2100-01-01T00:00:00Z"}))
        assert (late["__typename"], late["path"]) == ("InvalidInput", "issuedAt")

    def test_nothing_by_that_code(self, admin: Person) -> None:
        """A code of no unit is no unit, and an id of something else neither."""
        assert admin.ask(ONE, code="NOBODY")["unit"] is None
        assert admin.ask(ONE, id=str(Account.create_id("police.lead")))["unit"] is None
        assert admin.error(ONE)["code"] == "INVALID_INPUT"
        assert admin.ask(ONE, code="CATP")["unit"]["id"] == str(Unit.create_id("CATP"))
