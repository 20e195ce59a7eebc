"""Recommendations over HTTP: made of what the data show, sent, answered; seen by their parties."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cli import demo
from domain.camera import Camera
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.office import did, done

TEXT = "Vạch dừng đã mờ, nhiều xe vượt đèn đỏ do không thấy vạch"
CAMERA = str(Camera.create_id(demo.CAMERA))


def made(installation: Installation, name: str = "centre.approve", **given: Any) -> dict[str, Any]:
    """Make the usual one."""
    said = {"shortcoming": "TRAFFIC_ORGANISATION", "text": TEXT, "cameraIds": [CAMERA], **given}
    return done(installation.signed_in(name), "makeRecommendation", **said)


@pytest.mark.rule("R-QT-12.6.0")
def test_way(installation: Installation) -> None:
    """The Centre recommends, sends it to the city police under a document, and they say what they will do."""
    case = installation.detected()
    one = made(installation, caseIds=[str(case.id)])
    assert (one["number"], one["state"], one["text"]) == ("DH-KN-2026-000001", "MADE", TEXT)
    assert (one["caseIds"], one["cameraIds"], one["unit"]) == ([str(case.id)], [CAMERA], {"code": "TTGSDH"})
    assert {a["action"]: a["enabled"] for a in one["availableActions"]} == {
        "sendRecommendation": True,
        "answerRecommendation": False,
    }
    sent = done(
        installation.signed_in("centre.approve"),
        "sendRecommendation",
        recommendationId=one["id"],
        document="01/KN-VP",
        recipientUnitId=str(Unit.create_id("CATP")),
    )
    assert (sent["state"], sent["recipient"], sent["document"]) == ("SENT", {"code": "CATP"}, "01/KN-VP")
    answered = done(
        installation.signed_in("police.lead"),
        "answerRecommendation",
        recommendationId=one["id"],
        accepted=True,
        text="Sẽ sơn lại trong tháng",
    )
    assert (answered["state"], answered["accepted"], answered["version"]) == ("ANSWERED", True, 3)
    assert answered["answer"] == "Sẽ sơn lại trong tháng"
    assert [step["event"] for step in answered["history"]] == [
        "recommendation:made",
        "recommendation:sent",
        "recommendation:answered",
    ]
    installation.project()
    listed = installation.signed_in("police.handle").ask(
        "{ recommendations { totalCount nodes { number state text answer recipient { code } } } }"
    )["recommendations"]
    assert listed == {
        "totalCount": 1,
        "nodes": [
            {
                "number": "DH-KN-2026-000001",
                "state": "ANSWERED",
                "text": TEXT,
                "answer": "Sẽ sơn lại trong tháng",
                "recipient": {"code": "CATP"},
            }
        ],
    }


def test_links(installation: Installation) -> None:
    """What one may not look at is not named: it is as absent as what never was, and the attempt is on record."""
    case = installation.detected()
    for given, left in (
        ({"caseIds": [str(case.id)]}, ["attempt:refused"]),
        ({"caseIds": [str(uuid4())]}, []),
        ({"cameraIds": [str(uuid4())]}, []),
    ):
        before = installation.head()
        answer = did(
            installation.signed_in("police.handle"),
            "makeRecommendation",
            shortcoming="SECURITY",
            text=TEXT,
            **given,
        )
        assert answer["__typename"] == "NotFound"
        assert installation.since(before) == left


def test_scope(installation: Installation) -> None:
    """Whoever is no party and counts no such area sees none; a look at it is on record as an attempt."""
    one = made(installation)
    installation.project()
    counts = {
        name: installation.signed_in(name).ask("{ recommendations { totalCount } }")["recommendations"][
            "totalCount"
        ]
        for name in ("centre.approve", "police.handle", "commune.lead", "centre.execute", "centre.admin")
    }
    assert counts == {
        "centre.approve": 1,
        "police.handle": 1,
        "commune.lead": 0,
        "centre.execute": 0,
        "centre.admin": 0,
    }
    before = installation.head()
    asked = f'{{ recommendation(id: "{one["id"]}") {{ id }} }}'
    assert installation.signed_in("commune.lead").ask(asked) == {"recommendation": None}
    assert installation.since(before) == ["attempt:refused"]
    answer = did(
        installation.signed_in("commune.lead"), "sendRecommendation", recommendationId=one["id"], document="1"
    )
    assert answer["__typename"] == "NotFound"


@pytest.mark.parametrize("name", ["centre.execute", "centre.admin", "auditor"])
def test_not_theirs(installation: Installation, name: str) -> None:
    """Who may not run reports may not say what they show; that they tried is on record."""
    before = installation.head()
    answer = did(
        installation.signed_in(name), "makeRecommendation", shortcoming="SECURITY", text=TEXT, cameraIds=[]
    )
    assert answer["__typename"] == "Forbidden"
    assert installation.since(before) == ["attempt:refused"]


def test_past(installation: Installation) -> None:
    """Before it was made there is none; then it was as it was, and nothing can be done to the past."""
    one = made(installation)
    installation.project()
    centre = installation.signed_in("centre.approve")
    past = centre.ask(f'{{ recommendation(id: "{one["id"]}", asOf: "2020-01-01T00:00:00+07:00") {{ id }} }}')
    assert past == {"recommendation": None}
    far = centre.ask(
        f'{{ recommendation(number: "{one["number"]}", asOf: "2999-01-01T00:00:00+07:00")'
        " { state availableActions { action } } }"
    )
    assert far == {"recommendation": {"state": "MADE", "availableActions": []}}


def test_sealed(installation: Installation) -> None:
    """What it says is sealed under its own key."""
    one = made(installation)
    installation.project()
    with installation.as_owner() as conn:
        found = conn.execute(
            "SELECT text FROM recommendation_log WHERE recommendation_id = %s", [UUID(one["id"])]
        ).fetchone()
    assert found is not None
    assert TEXT not in found[0]
