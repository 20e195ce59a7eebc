"""Who saw it: a camera, a plate, a case, or what an account saw, with totals by person and unit (R-DH-5.8.0)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from domain.clock import LEGAL_TIME
from tests.support import staff
from tests.support.api import NAMES, Installation
from tests.support.people import Person, case_of
from tests.support.uses import CAMERA, did, done, granted, watched

PERIOD = {"from": "2000-01-01T00:00:00+07:00", "to": "2099-01-01T00:00:00+07:00"}
ASK = """
query($camera: ID, $plate: String, $case: ID, $account: ID, $from: DateTime!, $to: DateTime!, $first: Int! = 20,
      $after: String) {
  whoSaw(camera: $camera, plate: $plate, case: $case, account: $account, from: $from, to: $to, first: $first,
         after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { position way by onBehalfOf refused cameraId }
    byPerson { accountId by onBehalfOf unit looks refused firstAt lastAt }
    byUnit { accountId by unit looks refused } } }
"""
PLATE = "73A-123.45"


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
def test_a_camera_that_was_watched(place: Installation) -> None:
    """Whoever watched it, searched it among others, took out or found its cases saw it; who asks who could did not."""
    centre, commune, police = map(place.signed_in, ("centre.approve", "commune.lead", "police.handle"))
    other = str(place.register_camera("DH-2"))
    hidden = str(place.register_camera("S-1", domain="SECURITY", area_path="quang-binh/dong-hoi/hai-dinh"))
    case = place.detected()
    centre.does("approveCase", case.id, plate=PLATE)
    granted(place, "police.handle", "face.recognise")
    place.project()
    since = {"from": (place.now - timedelta(hours=2)).isoformat(), "to": place.now.isoformat()}
    watched(police)
    done(police, "searchFootage", task="SEARCH", cameraIds=[CAMERA, other], purpose="PATROL_CONTROL", **since)
    done(police, "recogniseFaces", document="1", cameraIds=[other, CAMERA], purpose="PATROL_CONTROL", **since)
    centre.ask("{ caseExport(purpose: SECURITY) { count } }")
    police.ask(
        "query($p: String!) { casesByPlate(plate: $p, purpose: SECURITY) { totalCount } }",
        p=PLATE,
    )
    ask_camera = "query($id: ID!) { camera(id: $id) { code } }"
    assert commune.ask(ask_camera, id=hidden) == {"camera": None}
    did(commune, "openLiveView", cameraId=hidden, purpose="PATROL_CONTROL")
    place.signed_in("auditor").ask(
        'query($id: ID!) { whoCould(on: $id, action: "camera.view") { nodes { by } } }', id=CAMERA
    )

    def ways(camera: str) -> list[tuple[str, bool]]:
        found = saw(place, camera=camera)
        assert (
            found["totalCount"]
            == len(found["nodes"])
            == sum(p["looks"] + p["refused"] for p in found["byPerson"])
        )
        assert found["totalCount"] == sum(unit["looks"] + unit["refused"] for unit in found["byUnit"])
        return [(node["way"], node["cameraId"] == camera) for node in found["nodes"]]

    several = [("recogniseFaces", False), ("searchFootage", False)]
    assert ways(CAMERA) == [("casesByPlate", False), ("caseExport", False), *several, ("openLiveView", True)]
    assert ways(other) == several
    assert ways(hidden) == [("openLiveView", True), ("camera", True)]


@pytest.mark.rule("R-QT-5.3.0")
def test_by_a_delegation(place: Installation) -> None:
    """Both people stand in every look: whose rights they were is told, in totals too, and it is a look of theirs."""
    place.detected()
    case = place.detected()
    given = {
        "toAccountId": str(Account.create_id("centre.execute")),
        "actions": ["case.view"],
        "document": "23/UQ-VP",
        "startsAt": place.now.isoformat(),
        "endsAt": (place.now + timedelta(days=7)).isoformat(),
    }
    centre = place.signed_in("centre.approve")
    delegation = staff.done(centre, "delegate", **given)["delegations"][-1]["id"]
    own = place.signed_in("centre.execute")
    for person in (own, replace(own, delegation=delegation)):
        case_of(person, id=str(case.id))
    found = saw(place, case=str(case.id))
    delegate, principal = "Trần Thị Bình (centre.execute)", "Nguyễn Văn An (centre.approve)"
    assert [(node["by"], node["onBehalfOf"]) for node in found["nodes"]] == [
        (delegate, principal),
        (delegate, None),
    ]
    assert {(one["by"], one["onBehalfOf"], one["looks"]) for one in found["byPerson"]} == {
        (delegate, principal, 1),
        (delegate, None, 1),
    }
    [look] = saw(place, account=str(Account.create_id("centre.approve")))["nodes"]
    assert (look["by"], look["onBehalfOf"]) == (delegate, principal)
    assert saw(place, account=str(Account.create_id("centre.execute")))["totalCount"] == 2
    log = place.signed_in("auditor").ask("{ accessLog(first: 2) { nodes { onBehalfOf delegation } } }")
    assert log["accessLog"]["nodes"] == [
        {"onBehalfOf": principal, "delegation": delegation},
        {"onBehalfOf": None, "delegation": None},
    ]


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
    """Who may not replay the audit is told of nobody, whatever they ask of; that they asked is on record."""
    person, person_id = place.signed_in(name), Account.create_id(name)
    nothing = {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
    nothing |= {"byPerson": [], "byUnit": []}
    before = place.head()
    asked = {"case": str(looked_at), "camera": CAMERA, "account": str(person_id), "plate": PLATE}
    for what, value in asked.items():
        assert saw(place, person, **{what: value}) == nothing
    assert place.since(before) == ["attempt:refused"] * len(asked)
    place.project()
    log = place.signed_in("auditor").ask("{ accessLog(first: 4) { nodes { way refused ids plate } } }")
    assert log["accessLog"]["nodes"] == [
        {"way": "whoSaw", "refused": "FORBIDDEN", "ids": ids, "plate": plate}
        for plate, ids in [
            ("73A12345", []),
            *((None, [asked[what]]) for what in ("account", "camera", "case")),
        ]
    ]


@pytest.mark.parametrize("of", [{}, {"camera": CAMERA, "plate": PLATE}], ids=["nothing", "two things"])
def test_one_thing(place: Installation, of: dict[str, str]) -> None:
    """It is asked of one thing at a time."""
    error = place.signed_in("auditor").error(ASK, **PERIOD, **of)
    assert error["message"] == (
        "camera: cần đúng một trong camera, plate, case, account"
        " · camera: exactly one of camera, plate, case and account is expected"
    )
