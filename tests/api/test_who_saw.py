"""Who saw it: a camera, a plate, a case, or what an account saw, with totals by person and unit (R-DH-5.8.0)."""

from typing import Any
from uuid import UUID

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.clock import LEGAL_TIME
from tests.support.api import NAMES, Installation
from tests.support.people import Person, case_of

PERIOD = {"from": "2000-01-01T00:00:00+07:00", "to": "2099-01-01T00:00:00+07:00"}
ASK = """
query($camera: ID, $plate: String, $case: ID, $account: ID, $from: DateTime!, $to: DateTime!, $first: Int! = 20,
      $after: String) {
  whoSaw(camera: $camera, plate: $plate, case: $case, account: $account, from: $from, to: $to, first: $first,
         after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { position way by refused cameraId }
    byPerson { accountId by unit looks refused firstAt lastAt } byUnit { accountId by unit looks refused } } }
"""
PLATE = "73A-123.45"
CAMERA = str(Camera.create_id(demo.CAMERA))


@pytest.fixture
def place(installation: Installation) -> Installation:
    """An installation on a day on which the auditor's grant is in force."""
    installation.today()
    return installation


@pytest.fixture
def looked_at(place: Installation) -> UUID:
    """A case that two of the Centre looked at, one of them twice, and that a commune was refused."""
    case = place.detected()
    place.signed_in("centre.approve").does("approveCase", case.id, plate=PLATE)
    place.project()
    for name in ("centre.approve", "centre.approve", "centre.execute", "commune.lead"):
        case_of(place.signed_in(name), id=str(case.id))
    other = place.detected()
    case_of(place.signed_in("centre.approve"), id=str(other.id))
    return case.id


def saw(place: Installation, who: Person | None = None, **of: Any) -> Any:
    """What somebody, the auditor unless it is said, is answered."""
    place.project()
    return (who or place.signed_in("auditor")).ask(ASK, **{**PERIOD, **of})["whoSaw"]


def people(found: Any) -> list[tuple[str, int, int]]:
    """The totals of people."""
    return [(one["by"].rpartition("(")[2][:-1], one["looks"], one["refused"]) for one in found["byPerson"]]


@pytest.mark.rule("R-DH-5.8.0")
def test_a_case(place: Installation, looked_at: UUID) -> None:
    """Who saw a case, newest first, and how often each person and each unit did or was refused."""
    found = saw(place, case=str(looked_at))
    assert [node["by"].rpartition("(")[2][:-1] for node in found["nodes"]] == [
        "commune.lead",
        "centre.execute",
        "centre.approve",
        "centre.approve",
    ]
    assert found["totalCount"] == 4
    assert people(found)[0] == ("centre.approve", 2, 0)
    assert sorted(people(found)) == [
        ("centre.approve", 2, 0),
        ("centre.execute", 1, 0),
        ("commune.lead", 0, 1),
    ]
    assert found["byUnit"] == [
        {"accountId": None, "by": None, "unit": "Trung tâm Giám sát điều hành", "looks": 3, "refused": 0},
        {"accountId": None, "by": None, "unit": "Công an phường Nam Lý", "looks": 0, "refused": 1},
    ]
    first = found["byPerson"][0]
    assert first["accountId"] == str(Account.create_id("centre.approve"))
    assert first["firstAt"] == first["lastAt"] == place.now.astimezone(LEGAL_TIME).isoformat()


@pytest.mark.rule("R-DH-5.8.0")
def test_a_camera(place: Installation, looked_at: UUID) -> None:
    """Whoever saw a case, or a file of it, saw what its camera saw."""
    del looked_at
    found = saw(place, camera=CAMERA)
    assert found["totalCount"] == 5
    assert {node["cameraId"] for node in found["nodes"]} == {CAMERA}
    assert saw(place, camera=str(UUID(int=1)))["totalCount"] == 0


@pytest.mark.rule("R-DH-5.8.0")
def test_an_account(place: Installation, looked_at: UUID) -> None:
    """What one account saw, whatever it was."""
    del looked_at
    found = saw(place, account=str(Account.create_id("centre.approve")))
    assert (found["totalCount"], people(found)) == (3, [("centre.approve", 3, 0)])


@pytest.mark.rule("R-DH-5.8.0")
def test_a_plate(place: Installation, looked_at: UUID) -> None:
    """Who searched for a plate, and who saw a case it stands in; the question is on record as well."""
    police = place.signed_in("police.handle")
    for plate in (PLATE, "73A-543.21"):
        police.ask(
            "query($p: String!) { casesByPlate(plate: $p, purpose: SECURITY) { totalCount } }", p=plate
        )
    before = place.head()
    found = saw(place, plate="73a12345")
    assert [(node["way"], node["by"].rpartition("(")[2][:-1]) for node in found["nodes"]] == [
        ("casesByPlate", "police.handle"),
        ("case", "commune.lead"),
        ("case", "centre.execute"),
        ("case", "centre.approve"),
        ("case", "centre.approve"),
    ]
    assert place.since(before) == ["reading:recorded"]
    again = saw(place, plate=PLATE)
    assert (again["nodes"][0]["way"], again["nodes"][0]["by"]) == ("whoSaw", "Đặng Văn Hải (auditor)")
    assert (
        str(looked_at)
        in place.signed_in("auditor").ask("{ accessLog { nodes { ids } } }")["accessLog"]["nodes"][0]["ids"]
    )


def test_a_period(place: Installation, looked_at: UUID) -> None:
    """Only what was seen from an instant on, and before another."""
    now, later = place.now.isoformat(), "2098-01-01T00:00:00+07:00"
    assert saw(place, None, case=str(looked_at), **{"from": now})["totalCount"] == 4
    assert saw(place, case=str(looked_at), to=now)["totalCount"] == 0
    assert saw(place, None, case=str(looked_at), **{"from": later})["byPerson"] == []


def test_pages(place: Installation, looked_at: UUID) -> None:
    """Pages meet without gap or repeat, and each says how many there are in all."""
    seen, after = [], None
    for _ in range(2):
        page = saw(place, case=str(looked_at), first=2, after=after)
        seen += [node["position"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 4
    assert seen == [node["position"] for node in saw(place, case=str(looked_at))["nodes"]]


@pytest.mark.rule("R-DH-5.8.0")
@pytest.mark.parametrize("name", [name for name in NAMES if name != "auditor"])
def test_nobody_else(place: Installation, looked_at: UUID, name: str) -> None:
    """Who may not replay the audit is told of nobody; to ask it of a plate is on record as an attempt."""
    person = place.signed_in(name)
    nothing = {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
    nothing |= {"byPerson": [], "byUnit": []}
    assert saw(place, person, case=str(looked_at)) == nothing
    assert saw(place, person, camera=CAMERA) == nothing
    before = place.head()
    assert saw(place, person, plate=PLATE) == nothing
    assert place.since(before) == ["attempt:refused"]


@pytest.mark.parametrize("of", [{}, {"camera": CAMERA, "plate": PLATE}], ids=["nothing", "two things"])
def test_one_thing(place: Installation, of: dict[str, str]) -> None:
    """It is asked of one thing at a time."""
    error = place.signed_in("auditor").error(ASK, **PERIOD, **of)
    assert error["message"] == (
        "camera: cần đúng một trong camera, plate, case, account"
        " · camera: exactly one of camera, plate, case and account is expected"
    )
