"""Obstacles over HTTP: reported by anybody, settled or put before the People's Committee in writing."""

import pytest

from tests.support.api import NAMES, Installation
from tests.support.office import did, done

TEXT = "Không tra cứu được chủ xe ngoại tỉnh"


@pytest.mark.rule("R-DH-17.2.0", "R-DHV-5.0.0")
def test_way(installation: Installation) -> None:
    """A commune reports it, the operating unit puts it before the committee, and puts the answer on record."""
    one = done(installation.signed_in("commune.lead"), "reportObstacle", text=TEXT, ruleId="R-DH-11.3.b3")
    assert (one["number"], one["state"], one["text"]) == ("DH-VM-2026-000001", "REPORTED", TEXT)
    assert (one["unit"], one["rule"]) == ({"code": "CAP-NL"}, {"id": "R-DH-11.3.b3"})
    assert one["addressed"] == {"unitKind": "OPERATIONS_CENTRE", "name": "Đơn vị vận hành"}
    assert [step["rule"]["id"] for step in one["history"]] == ["R-DH-17.2.0"]
    centre = installation.signed_in("centre.approve")
    up = done(centre, "escalateObstacle", obstacleId=one["id"], document="03/BC-VP")
    assert (up["state"], up["escalatedTo"]) == ("ESCALATED", "UBND thành phố")
    assert up["addressed"] == {"unitKind": None, "name": "UBND thành phố"}
    refused = did(centre, "settleObstacle", obstacleId=one["id"], text="Đã có quy chế phối hợp")
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "document")
    settled = done(
        centre,
        "settleObstacle",
        obstacleId=one["id"],
        text="Đã có quy chế phối hợp",
        document="04/CV-UBND",
        expectedVersion=2,
    )
    assert (settled["state"], settled["document"], settled["version"]) == ("SETTLED", "04/CV-UBND", 3)
    assert settled["answer"] == "Đã có quy chế phối hợp"
    installation.project()
    listed = installation.signed_in("commune.lead").ask(
        "{ obstacles { totalCount nodes { number state answer availableActions { enabled } } } }"
    )["obstacles"]
    assert listed["totalCount"] == 1
    assert listed["nodes"][0]["answer"] == "Đã có quy chế phối hợp"
    assert [action["enabled"] for action in listed["nodes"][0]["availableActions"]] == [False, False]


@pytest.mark.parametrize("name", NAMES)
def test_by_anybody(installation: Installation, name: str) -> None:
    """Whoever has an account reports one, and sees it."""
    one = done(installation.signed_in(name), "reportObstacle", text=TEXT)
    installation.project()
    asked = f'{{ obstacle(id: "{one["id"]}") {{ number text }} }}'
    assert installation.signed_in(name).ask(asked)["obstacle"] == {"number": one["number"], "text": TEXT}


def test_scope(installation: Installation) -> None:
    """It is seen by its unit and by who is asked; for everybody else there is none."""
    one = done(installation.signed_in("commune.lead"), "reportObstacle", text=TEXT)
    installation.project()
    counts = {
        name: installation.signed_in(name).ask("{ obstacles { totalCount } }")["obstacles"]["totalCount"]
        for name in ("commune.lead", "centre.approve", "centre.execute", "police.handle", "police.lead")
    }
    assert counts == {
        "commune.lead": 1,
        "centre.approve": 1,
        "centre.execute": 0,
        "police.handle": 0,
        "police.lead": 0,
    }
    answer = did(installation.signed_in("police.lead"), "settleObstacle", obstacleId=one["id"], text="x")
    assert answer["__typename"] == "NotFound"
    before = installation.head()
    own = did(installation.signed_in("commune.lead"), "settleObstacle", obstacleId=one["id"], text="x")
    assert own["__typename"] == "Forbidden"
    assert installation.since(before) == ["attempt:refused"]


def test_of_a_case(installation: Installation) -> None:
    """It may name a case that one may look at, and no other; who names one that is hidden is on record."""
    case = installation.case_in("APPROVED")
    one = done(installation.signed_in("police.handle"), "reportObstacle", text=TEXT, caseId=str(case.id))
    assert one["caseId"] == str(case.id)
    before = installation.head()
    hidden = did(installation.signed_in("commune.lead"), "reportObstacle", text=TEXT, caseId=str(case.id))
    assert hidden["__typename"] == "NotFound"
    assert installation.since(before) == ["attempt:refused"]
    unknown = did(installation.signed_in("commune.lead"), "reportObstacle", text=TEXT, ruleId="R-DH-99")
    assert (unknown["__typename"], unknown["path"]) == ("InvalidInput", "ruleId")


def test_chain(installation: Installation) -> None:
    """Whom it goes to is said to whoever asks, in both languages."""
    asked = "{ obstacleChain { unitKind name en: name(language: EN) } }"
    assert installation.signed_in("commune.lead").ask(asked)["obstacleChain"] == [
        {"unitKind": "OPERATIONS_CENTRE", "name": "Đơn vị vận hành", "en": "Operating unit"},
        {"unitKind": None, "name": "UBND thành phố", "en": "City People's Committee"},
    ]
