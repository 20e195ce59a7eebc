"""Statistics over HTTP: the numbers of one's area, the cases behind each, and nothing for whoever runs no reports."""

from datetime import timedelta
from typing import Any

import pytest

from api.graphql.report.statistics_cells import read_back
from cli import demo
from domain.errors import InvalidInput
from projections.statistics import By
from tests.support.api import DETECTED_AT, Installation, cursor_of
from tests.support.people import Person

CELLS = (
    "asOf position standing { value cases }"
    " cells { key area cameraId cameraCode kind month outcome state unit { code }"
    " detected discarded transferred concluded recorded decided executed late fines paid"
    " counts { fact cases amount by { value cases } } }"
)


def statistics(person: Person, *by: str, **narrow: Any) -> Any:
    """Ask for statistics."""
    return person.ask(
        f"query ($by: [StatisticsBy!], $filter: StatisticsFilter)"
        f" {{ caseStatistics(by: $by, filter: $filter) {{ {CELLS} }} }}",
        by=list(by),
        filter=narrow,
    )["caseStatistics"]


@pytest.fixture
def town(installation: Installation) -> Installation:
    """Four detections of the demo's camera: two approved, one a false alarm, one untouched."""
    centre = installation.signed_in("centre.approve")
    found = installation.many_detected([DETECTED_AT + timedelta(minutes=n) for n in range(4)])
    for case in found[:2]:
        centre.does("approveCase", case.id)
    centre.does("discardCase", found[2].id)
    installation.project()
    return installation


@pytest.mark.rule("R-DH-11.3.a2")
def test_numbers(town: Installation) -> None:
    """The Centre counts what was detected, transferred and discarded, with the reason, and where all of it stands."""
    found = statistics(town.signed_in("centre.approve"))
    [cell] = found["cells"]
    assert {name: cell[name] for name in ("detected", "discarded", "transferred", "concluded", "late")} == {
        "detected": 4,
        "discarded": 1,
        "transferred": 2,
        "concluded": 0,
        "late": 0,
    }
    assert cell["counts"] == [
        {"fact": "DETECTED", "cases": 4, "amount": None, "by": [{"value": "MACHINE", "cases": 4}]},
        {"fact": "DISCARDED", "cases": 1, "amount": None, "by": [{"value": "FALSE_ALARM", "cases": 1}]},
        {"fact": "TRANSFERRED", "cases": 2, "amount": None, "by": [{"value": "SOFTWARE", "cases": 2}]},
    ]
    assert found["standing"] == [
        {"value": "APPROVED", "cases": 2},
        {"value": "DETECTED", "cases": 1},
        {"value": "DISCARDED", "cases": 1},
    ]
    assert (cell["fines"], cell["paid"]) == (0, 0)


def test_groups(town: Installation) -> None:
    """Told apart by camera, month, unit, state."""
    person = town.signed_in("police.handle")
    [cell] = statistics(person, "CAMERA", "MONTH")["cells"]
    assert (cell["cameraCode"], cell["month"], cell["area"]) == (demo.CAMERA, "2026-06", None)
    states = {cell["state"]: cell["detected"] for cell in statistics(person, "STATE")["cells"]}
    assert states == {"APPROVED": 2, "DETECTED": 1, "DISCARDED": 1}
    units = {cell["unit"]["code"]: cell["transferred"] for cell in statistics(person, "UNIT")["cells"]}
    assert units == {"TTGSDH": 2}


def test_narrowed(town: Installation) -> None:
    """A period, a kind, an area; as of an instant before anything was recorded there is nothing."""
    person = town.signed_in("centre.approve")
    minute = (DETECTED_AT + timedelta(minutes=1)).isoformat()
    assert statistics(person, to=minute)["cells"][0]["detected"] == 1
    assert statistics(person, kind="LANE")["cells"] == []
    assert statistics(person, area="quang-tri")["cells"] == []
    assert statistics(person, asOf=(DETECTED_AT - timedelta(days=400)).isoformat())["cells"] == []


def test_behind(town: Installation) -> None:
    """From a number to its cases, page by page; whoever counts a case that is not theirs to open is not shown it."""
    document = (
        "query ($cell: String!, $fact: CaseFact!, $first: Int!, $after: String) {"
        " casesBehind(cell: $cell, fact: $fact, first: $first, after: $after)"
        " { totalCount nodes { number state } pageInfo { hasNextPage endCursor } } }"
    )
    centre = town.signed_in("centre.approve")
    [cell] = statistics(centre)["cells"]
    first = centre.ask(document, cell=cell["key"], fact="TRANSFERRED", first=1)["casesBehind"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    after = first["pageInfo"]["endCursor"]
    rest = centre.ask(document, cell=cell["key"], fact="TRANSFERRED", first=9, after=after)["casesBehind"]
    assert [node["state"] for node in (*first["nodes"], *rest["nodes"])] == ["APPROVED", "APPROVED"]
    police = town.signed_in("police.handle")
    [same] = statistics(police)["cells"]
    assert same["discarded"] == 1
    assert police.ask(document, cell=same["key"], fact="DISCARDED", first=9)["casesBehind"]["nodes"] == []


@pytest.mark.parametrize(
    "document",
    [
        "caseStatistics { asOf }",
        "detectionPrecision { approved }",
        "caseHotspots { cases }",
        'casesBehind(cell: "", fact: DETECTED) { totalCount }',
    ],
)
@pytest.mark.parametrize("name", ["centre.execute", "centre.admin", "auditor"])
def test_not_theirs(town: Installation, name: str, document: str) -> None:
    """Whose unit or function runs no reports is refused, and that they tried is on record."""
    before = town.head()
    answer = town.signed_in(name).answer(f"{{ {document} }}")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert town.since(before) == ["attempt:refused"]


@pytest.mark.rule("R-QT-17.1.0")
def test_commune(town: Installation) -> None:
    """The commune's police count their own area alone."""
    town.register_camera("DH-BL-01", area_path=f"{demo.CITY}/bac-ly")
    town.project()
    town.detected(camera="DH-BL-01")
    centre = statistics(town.signed_in("centre.approve"), "AREA")["cells"]
    commune = statistics(town.signed_in("commune.lead"), "AREA")["cells"]
    assert len(centre) == 2
    assert [(cell["area"], cell["detected"]) for cell in commune] == [(f"{demo.CITY}/nam-ly", 4)]


@pytest.mark.rule("R-QT-15.1.0")
def test_precision(town: Installation) -> None:
    """Two right of three decided, with how sure that is, and that it is few."""
    person = town.signed_in("centre.approve")
    asked = "cameraCode kind approved falseAlarms otherDiscards precision low high few"
    [one] = person.ask(f"{{ detectionPrecision(by: CAMERA) {{ {asked} }} }}")["detectionPrecision"]
    assert (one["cameraCode"], one["approved"], one["falseAlarms"], one["few"]) == (demo.CAMERA, 2, 1, True)
    assert round(one["precision"], 3) == 0.667
    assert (round(one["low"], 3), round(one["high"], 3)) == (0.208, 0.939)
    [kind] = person.ask(f"{{ detectionPrecision(by: KIND) {{ {asked} }} }}")["detectionPrecision"]
    assert (kind["kind"], kind["cameraCode"]) == ("RED_LIGHT", None)


def test_hotspots(town: Installation) -> None:
    """Three cases stand at the demo's crossing."""
    person = town.signed_in("centre.approve")
    [spot] = person.ask("{ caseHotspots { area kind cases } }")["caseHotspots"]
    assert spot == {"area": f"{demo.CITY}/nam-ly", "kind": "RED_LIGHT", "cases": 3}


@pytest.mark.parametrize(
    "document, path",
    [
        ("caseStatistics(by: [AREA, CAMERA, KIND, MONTH]) { asOf }", "by"),
        ('caseStatistics(filter: {asOf: "2999-01-01T00:00:00+07:00"}) { asOf }', "filter.asOf"),
        ('caseStatistics(filter: {from: "2026-06-01T00:00:00"}) { asOf }', "filter.from"),
        ('caseStatistics(filter: {unitId: "x"}) { asOf }', "filter.unitId"),
        ("detectionPrecision(by: MONTH) { approved }", "by"),
        ("caseHotspots(by: KIND) { cases }", "by"),
        ('casesBehind(cell: "x", fact: DETECTED) { totalCount }', "cell"),
    ],
)
def test_not_asked_so(installation: Installation, document: str, path: str) -> None:
    """What cannot be counted is refused by the name of its argument."""
    answer = installation.signed_in("centre.approve").answer(f"{{ {document} }}")
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["message"].partition(":")[0]) == ("INVALID_INPUT", path)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("cases", {}, {}),
        ("cell", {}, {}),
        ("cell", {"upto": 1, "starts_at": "2026-06-01T00:00:00"}, {}),
        ("cell", {"upto": -1}, {}),
        ("cell", {"upto": 1, "area": 1}, {}),
        ("cell", {"upto": 1, "area": "\0"}, {}),
        ("cell", {"upto": 1, "more": 1}, {}),
        ("cell", {"upto": 1}, {"PLATE": "x"}),
    ],
)
def test_no_key(parts: tuple[Any, ...]) -> None:
    """What no group gave is no key."""
    with pytest.raises(InvalidInput):
        read_back(cursor_of(*parts))


def test_key(town: Installation) -> None:
    """A key says what was asked, and of which group."""
    [cell] = statistics(town.signed_in("centre.approve"), "KIND", kind="RED_LIGHT")["cells"]
    question, group = read_back(cell["key"])
    assert (question.kind, group) == ("RED_LIGHT", {By.KIND: "RED_LIGHT"})
