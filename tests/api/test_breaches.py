"""Breaches over HTTP: reported, heard, examined, dealt with; who is shown what of whom; and the report by unit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.personal import Personal
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.breaches import Breaches, did, done, given_of

CATP, NL = str(Unit.create_id("CATP")), str(Unit.create_id("CAP-NL"))
LISTED = "{ breaches { totalCount nodes { number state accused { name } reporter { name } } } }"


@pytest.fixture
def town(installation: Installation) -> Breaches:
    """The demo today, with a colleague in the city police."""
    installation.today()
    installation.open_account("police.other", unit_id=Unit.create_id("CATP"), role="HANDLER")
    installation.project()
    return Breaches(installation, {})


def ask(town: Breaches, name: str, document: str, **given: Any) -> Any:
    """What somebody is answered, with all that is on record to be seen."""
    town.place.project()
    return town.place.signed_in(name).ask(document, **given)


@pytest.mark.rule("R-DH-16.4.b")
def test_way(town: Breaches) -> None:
    """A colleague reports it, the person is heard, the head finds and deals with it, and it is closed."""
    one = town.reported("police.other", "CATP", "police.handle")
    assert (one["number"][:6], one["state"], one["text"]) == ("DH-VP-", "REPORTED", "Cho mượn tài khoản")
    assert (one["unit"], one["rule"]) == ({"code": "CATP"}, {"id": "R-DH-5.3.0"})
    assert one["accused"]["name"].endswith("(police.handle)")
    assert one["reporter"]["name"].endswith("(police.other)")
    about = {"breachId": one["id"]}
    heard = town.does("police.handle", "answerBreach", **about)
    assert heard["answers"] == ["Tôi quên đăng xuất"]
    found = town.does("police.lead", "examineBreach", **about, document=None)
    assert (found["state"], found["finding"]) == ("CONFIRMED", "CONFIRMED")
    assert (found["findings"], found["document"]) == ("Hai phiên cùng lúc từ hai nơi", None)
    assert found["examinedBy"]["name"].endswith("(police.lead)")
    dealt = town.does("police.lead", "dealWithBreach", **about)
    [measure] = dealt["measures"]
    assert (measure["measure"], measure["document"], measure["rule"]) == (
        "DISCIPLINE",
        "06/QĐ-CATP",
        {"id": "R-DH-16.4.b"},
    )
    closed = town.does("police.lead", "closeBreach", **about, expectedVersion=4)
    assert (closed["state"], closed["version"]) == ("CLOSED", 5)
    assert [step["event"].partition(":")[2] for step in closed["history"]] == [
        "reported",
        "answered",
        "examined",
        "dealt-with",
        "closed",
    ]
    again = town.does("police.lead", "reopenBreach", **about)
    assert (again["state"], again["finding"], again["measures"], again["closedAt"]) == (
        "REPORTED",
        None,
        [],
        None,
    )
    listed = ask(town, "police.lead", LISTED)["breaches"]
    assert (listed["totalCount"], listed["nodes"][0]["state"]) == (1, "REPORTED")
    past = ask(
        town,
        "police.lead",
        "query($id: ID!, $at: DateTime!) { breach(id: $id, asOf: $at) { state availableActions { action } } }",
        id=one["id"],
        at=closed_at(town, closed),
    )
    assert past["breach"]["availableActions"] == []


def closed_at(town: Breaches, closed: dict[str, Any]) -> str:
    """An instant after all that was done."""
    assert closed["closedAt"]
    return (town.place.now + timedelta(days=1)).isoformat()


def test_who_is_shown_what(town: Breaches) -> None:
    """Whoever examines it and the person see it, only the former who reported it; all others learn of none."""
    one = town.reported("police.other", "CATP", "police.handle")
    shown = {}
    for name in (
        "police.handle",
        "police.lead",
        "centre.approve",
        "police.other",
        "centre.execute",
        "commune.lead",
    ):
        page = ask(town, name, LISTED)["breaches"]
        single = ask(
            town, name, f'{{ breach(id: "{one["id"]}") {{ reporter {{ name }} history {{ by unit }} }} }}'
        )
        assert (single["breach"] is not None) == (page["totalCount"] == 1) == (len(page["nodes"]) == 1)
        reporter = single["breach"] and single["breach"]["reporter"]
        shown[name] = (page["totalCount"], reporter is not None)
        if single["breach"]:
            assert single["breach"]["history"][0] == {
                "by": "(người báo cáo · whoever reported it)",
                "unit": "",
            }
    assert shown == {
        "police.handle": (1, False),
        "police.lead": (1, True),
        "centre.approve": (1, True),
        "police.other": (0, False),
        "centre.execute": (0, False),
        "commune.lead": (0, False),
    }


def test_named_of_its_unit_at_the_time(town: Breaches) -> None:
    """The person was of the unit when it happened; whoever moved since may still be named, and is still heard."""
    place, colleague = town.place, town.place.signed_in("police.other")
    hour_ago = given_of(place, "reportBreach")
    for of in (str(Account.create_id("commune.lead")), CATP):
        stranger = did(colleague, "reportBreach", unitId=CATP, accountId=of, **hour_ago)
        assert (stranger["__typename"], stranger["path"]) == ("InvalidInput", "accountId")
    moved = place.operator.find(Account, Account.create_id("police.handle"))
    with place.founding():
        moved.trigger_event(
            Account.Moved, unit_id=Unit.create_id("CAP-NL"), role="HANDLER", leader=False, document="01/QĐ"
        )
        place.operator.record(moved)
    place.today()
    one = done(colleague, "reportBreach", unitId=CATP, accountId=str(moved.id), **hour_ago)
    now = {"happenedAt": place.now.isoformat()}
    later = did(colleague, "reportBreach", unitId=CATP, accountId=str(moved.id), **now)
    assert (later["__typename"], later["path"]) == ("InvalidInput", "accountId")
    assert ask(town, "police.handle", LISTED)["breaches"]["nodes"][0]["number"] == one["number"]


def test_only_in_ones_own_unit(town: Breaches) -> None:
    """In another unit only whoever checks it reports one; who tried is on record, and nothing else."""
    before = town.place.head()
    refused = did(
        town.place.signed_in("commune.lead"),
        "reportBreach",
        unitId=CATP,
        accountId=str(Account.create_id("police.handle")),
        **given_of(town.place, "reportBreach"),
    )
    assert refused["__typename"] == "Forbidden"
    assert town.place.since(before) == ["attempt:refused"]
    assert town.reported("centre.execute", "CATP", None)["accused"] is None


def test_evidence(town: Breaches) -> None:
    """It names what is on record and shown to whoever reports it; what is not is as absent as what never was."""
    case = town.place.case_in("APPROVED")
    camera = str(Camera.create_id(demo.CAMERA))
    one = town.reported("police.other", "CATP", "police.handle", caseIds=[str(case.id)], cameraIds=[camera])
    assert (one["caseIds"], one["cameraIds"]) == ([str(case.id)], [camera])
    commune, told = (
        town.place.signed_in("commune.lead"),
        {"unitId": NL, **given_of(town.place, "reportBreach")},
    )
    before = town.place.head()
    for hidden in ({"caseIds": [str(case.id)]}, {"attempts": [f"{before:016d}"]}):
        answer = did(commune, "reportBreach", **told, **hidden)
        assert answer["__typename"] == "NotFound", answer
    [attempt] = town.place.since(before)
    assert attempt == "attempt:refused"
    position = f"{town.place.head():016d}"
    seen = did(commune, "reportBreach", **told, attempts=[position])
    assert seen["__typename"] == "NotFound"
    auditor = next(person.name for person in demo.PEOPLE if person.role == "AUDITOR")
    audited = town.reported(auditor, "CAP-NL", "commune.lead", attempts=[position])
    assert audited["attempts"] == [position]


def test_of_the_head(town: Breaches) -> None:
    """What is said of the head is found above: the head decides nothing, and whoever checks does."""
    one = town.reported("police.other", "CATP", "police.lead")
    about = {"breachId": one["id"]}
    lead = town.place.signed_in("police.lead")
    before = town.place.head()
    assert did(lead, "examineBreach", **about)["__typename"] == "SamePerson"
    assert town.place.since(before) == ["attempt:refused"]
    assert town.does("police.lead", "answerBreach", **about)["reporter"] is None
    found = town.does("centre.approve", "examineBreach", **about)
    assert found["history"][-1]["rule"] == {"id": "R-DH-17.1.0"}
    refused = did(lead, "reopenBreach", **about)
    assert refused["__typename"] == "SamePerson"


def test_repeated(town: Breaches) -> None:
    """A command that is sent again reports nothing again, and shows what it left."""
    given = {"unitId": CATP, "commandId": "c-1", **given_of(town.place, "reportBreach")}
    person = town.place.signed_in("police.other")
    first, again = (done(person, "reportBreach", **given) for _ in range(2))
    assert first == again
    other = did(person, "reportBreach", **given, accountId=str(Account.create_id("police.handle")))
    assert other["__typename"] == "CommandIdReused"


def test_a_measure_that_is_put_to_another_body(town: Breaches) -> None:
    """A measure may be the recommendation that one made; one that is not shown to whoever deals is not there."""
    one = town.reported("centre.execute", "CATP", None)
    about = {"breachId": one["id"]}
    town.does("centre.approve", "examineBreach", **about)
    made = town.place.signed_in("centre.approve").ask(
        "mutation($i: MakeRecommendationInput!) { makeRecommendation(input: $i) {"
        " ... on RecommendationMade { recommendation { id } } } }",
        i={
            "shortcoming": "SECURITY",
            "text": "Đề nghị xem xét trách nhiệm",
            "cameraIds": [str(Camera.create_id(demo.CAMERA))],
            "commandId": "c-2",
        },
    )["makeRecommendation"]["recommendation"]["id"]
    hidden = did(
        town.place.signed_in("centre.approve"),
        "dealWithBreach",
        **about,
        **given_of(town.place, "dealWithBreach"),
        recommendationId=one["id"],
    )
    assert hidden["__typename"] == "NotFound"
    dealt = town.does("centre.approve", "dealWithBreach", **about, measure="ADVICE", recommendationId=made)
    assert dealt["measures"][0]["recommendationId"] == made
    assert dealt["measures"][0]["rule"] == {"id": "R-DH-17.1.0"}


def strings(value: Any) -> Iterator[str]:
    """Every text in an answer."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def test_only_counts_for_others(town: Breaches) -> None:
    """Whoever runs reports learns how many there are in their area, and of nobody it is said of."""
    town.reported("police.other", "CATP", "police.handle")
    asked = (
        "query($from: DateTime!, $to: DateTime!) { breachReport(from: $from, to: $to) { rows { unit { code }"
        " head { name } numbers { reported } } total { reported } } }"
    )
    period = {
        "from": (town.place.now - timedelta(days=1)).isoformat(),
        "to": (town.place.now + timedelta(days=1)).isoformat(),
    }
    found = ask(town, "police.other", asked, **period)["breachReport"]
    [row] = found["rows"]
    assert (row["unit"], row["numbers"], row["head"]) == ({"code": "CATP"}, {"reported": 1}, None)
    assert not any("police.handle" in one for one in strings(found))
    assert ask(town, "commune.lead", asked, **period)["breachReport"]["total"] == {"reported": 0}
    town.place.project()
    before = town.place.head()
    error = town.place.signed_in("centre.admin").error(asked, **period)
    assert error["code"] == "FORBIDDEN"
    assert town.place.since(before) == ["attempt:refused"]
    backwards = town.place.signed_in("police.other").error(
        asked, **{"from": period["to"], "to": period["from"]}
    )
    assert backwards["code"] == "INVALID_INPUT"


@pytest.mark.rule("R-DH-16.4.b", "R-QT-18.2.0")
def test_the_head_answers(town: Breaches) -> None:
    """The report says of each unit who headed it at the end of the period, and what is on record of it by itself."""
    place = town.place
    unit = place.operator.find(Unit, Unit.create_id("CATP"))
    head = place.operator.find(Account, Account.create_id("police.lead"))
    with place.founding():
        unit.assign("HEAD", head.id, unit.id, document="02/QĐ-UBND")
        place.operator.record(unit)
    place.today()
    begins = place.now - timedelta(hours=1)
    one = town.reported("police.other", "CATP", "police.handle")
    town.reported("police.other", "CATP", None)
    town.does("police.lead", "examineBreach", breachId=one["id"])
    town.does("police.lead", "dealWithBreach", breachId=one["id"])
    town.does("police.lead", "closeBreach", breachId=one["id"])
    tried = did(place.signed_in("police.handle"), "examineBreach", breachId=one["id"])
    assert tried["__typename"] == "Forbidden"
    place.today()
    ends = place.now
    asked = (
        "query($from: DateTime!, $to: DateTime!) { breachReport(from: $from, to: $to) { from to"
        " rows { unit { code } head { accountId name } numbers { ...N } } total { ...N } } }"
        " fragment N on BreachNumbers { reported confirmed unfounded open refusedAttempts missedObligations"
        " measures { measure breaches } }"
    )
    period = {"from": begins.isoformat(), "to": ends.isoformat()}
    numbers = {
        "reported": 2,
        "confirmed": 1,
        "unfounded": 0,
        "open": 1,
        "refusedAttempts": 1,
        "missedObligations": 0,
        "measures": [{"measure": "DISCIPLINE", "breaches": 1}],
    }
    report = ask(town, "police.lead", asked, **period)["breachReport"]
    [row] = report["rows"]
    assert row["unit"] == {"code": "CATP"}
    assert (row["head"]["accountId"], row["head"]["name"]) == (str(head.id), "Hoàng Văn Em (police.lead)")
    assert (row["numbers"], report["total"]) == (numbers, numbers)
    with place.founding():
        named = Personal.said(head.id, "Hoàng Văn Em Út")
        head.trigger_event(Account.Renamed, full_name=named, document="03/QĐ-UBND")
        place.operator.record(head)
    assert ask(town, "police.lead", asked, **period)["breachReport"]["rows"][0]["head"] == row["head"]


def test_seen_before_it_is_decided(town: Breaches) -> None:
    """Whoever decides on what somebody else has decided meanwhile is told so, and decides nothing."""
    about = {"breachId": town.reported("police.other", "CATP", "police.handle")["id"], "expectedVersion": 1}
    town.does("centre.approve", "examineBreach", **about)
    late = did(town.place.signed_in("police.lead"), "examineBreach", **about, finding="UNFOUNDED")
    assert late["__typename"] == "VersionConflict"
