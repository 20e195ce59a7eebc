"""What inspection centres are told of a vehicle (R-QT-13.4.0), and that each look-up is on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.api import DETECTED_AT, Installation
from tests.support.people import Person
from tests.support.provinces import CAR
from tests.support.sites import QUANG_TRI, Settled, Site

FLAGS = """
query($plate: String!, $purpose: AccessPurpose! = VIOLATION_HANDLING) {
  vehicleFlags(plate: $plate, purpose: $purpose) {
    refused warned flags { kind since decisionNumber rule { id citation } }
  }
}
"""
LOG = "{ accessLog(first: 50) { nodes { way noun ids purpose refused unit } } }"
NO_PLATE = "plate: không phải biển số (ví dụ 74A-123.45) · plate: not a plate (such as 74A-123.45)"
CLEAN = {"refused": False, "warned": False, "flags": []}


def asked(who: Person, plate: str = CAR) -> Any:
    """What somebody is told of a plate."""
    return who.ask(FLAGS, plate=plate)["vehicleFlags"]


@pytest.fixture
def quang_tri(settled: Callable[[Site], Settled]) -> Settled:
    """An installation of Quảng Trị."""
    return settled(QUANG_TRI)


def look_ups(place: Installation) -> list[Any]:
    """The look-ups that the auditor of the Safety Board is shown."""
    place.project()
    entries = place.signed_in("board.audit").ask(LOG)["accessLog"]["nodes"]
    return [entry for entry in entries if entry["way"] == "vehicleFlags"]


@pytest.mark.rule("R-QT-13.4.0")
def test_refused_until_executed(quang_tri: Settled) -> None:
    """From the decision to its execution in full the vehicle is refused, however its plate is written; then no more."""
    place, station = quang_tri.place, quang_tri.place.signed_in("station")
    case = quang_tri.case_in("HEARD")
    assert asked(station) == CLEAN
    quang_tri.goes_on(case.id, "decidePenalty")
    told = {
        "refused": True,
        "warned": False,
        "flags": [
            {
                "kind": "REFUSAL",
                "since": place.now.isoformat(),
                "decisionNumber": "QĐ-01",
                "rule": {"id": "R-QT-13.4.0", "citation": "1689/QĐ-UBND (Quảng Trị), Đ13.4"},
            }
        ],
    }
    assert [asked(station, plate) for plate in (CAR, "74a 12345", "74A12345")] == [told] * 3
    assert asked(station, "74A-543.21") == CLEAN
    quang_tri.goes_on(case.id, "sendDecision", "confirmDelivery", "recordPayment")
    assert asked(station) == told
    quang_tri.goes_on(case.id, "executeDecision")
    assert asked(station) == CLEAN


@pytest.mark.rule("R-QT-13.4.0")
def test_two_cases(quang_tri: Settled) -> None:
    """What is held by several cases is told of each; those of other vehicles are not among them."""
    second = {**QUANG_TRI.otherwise["decidePenalty"], "number": "QĐ-02"}
    other = {"plate": "74A-543.21"}
    quang_tri.case_in("DECIDED")
    quang_tri.case_in("DECIDED", at=DETECTED_AT + timedelta(minutes=30), decidePenalty=second)
    approved = {**QUANG_TRI.otherwise["approveCase"], **other}
    quang_tri.case_in("DECIDED", approveCase=approved, identifyOwner=other)
    station = quang_tri.place.signed_in("station")
    assert [flag["decisionNumber"] for flag in asked(station)["flags"]] == ["QĐ-01", "QĐ-02"]
    assert [flag["decisionNumber"] for flag in asked(station, "74A-543.21")["flags"]] == ["QĐ-01"]
    both = station.ask(
        f'{{ a: vehicleFlags(plate: "{CAR}", purpose: PATROL_CONTROL) {{ flags {{ decisionNumber }} }}'
        ' b: vehicleFlags(plate: "74A-543.21", purpose: PATROL_CONTROL) { flags { decisionNumber } } }'
    )
    assert [len(told["flags"]) for told in both.values()] == [2, 1], "two vehicles in one document"


@pytest.mark.rule("R-QT-7.3.0")
def test_on_record(quang_tri: Settled) -> None:
    """Each look-up is on record with its purpose and the cases it told of, also where it told of none."""
    case = quang_tri.case_in("DECIDED")
    place, station = quang_tri.place, quang_tri.place.signed_in("station")
    asked(station)
    asked(station, "74A-543.21")
    usual = {"way": "vehicleFlags", "noun": "case", "purpose": "VIOLATION_HANDLING", "refused": None}
    assert look_ups(place) == [
        {**usual, "unit": "Đơn vị QT-DK", "ids": []},
        {**usual, "unit": "Đơn vị QT-DK", "ids": [str(case.id)]},
    ]
    assert station.ask("{ cases { totalCount } }") == {"cases": {"totalCount": 0}}
    look = "query($id: ID) { case(id: $id, purpose: VIOLATION_HANDLING) { id } }"
    assert station.ask(look, id=str(case.id)) == {"case": None}
    with place.as_owner() as conn:
        conn.execute(
            "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", (case.id,)
        )
    assert asked(station) == CLEAN, "an erased plate is no longer found"


@pytest.mark.rule("R-QT-13.4.0")
@pytest.mark.rule("R-QT-7.3.0")
def test_refusals(quang_tri: Settled) -> None:
    """Nobody but whoever inspects is told, and who asks all the same is on record; a mistake in the form is not."""
    place, station = quang_tri.place, quang_tri.place.signed_in("station")
    for plate in ("", "x", "74A"):
        refused = station.error(FLAGS, plate=plate)
        assert (refused["code"], refused["message"]) == ("INVALID_INPUT", NO_PLATE)
    refused = station.error(FLAGS, plate=CAR, purpose="FOREST_FIRE")
    assert (refused["code"], refused["rule"], refused["message"].partition(" · ")[2]) == (
        "INVALID_INPUT",
        "R-QT-7.3.0",
        "purpose: must be one of AUDIT, PATROL_CONTROL, SECURITY, TRAFFIC_DIRECTION, VIOLATION_HANDLING",
    )
    assert look_ups(place) == []
    others = ("centre.approve", "police.handle", "inspector", "board", "station.lead")
    for name in others:
        refused = place.signed_in(name).error(FLAGS, plate=CAR)
        assert (refused["code"], refused["retryable"]) == ("FORBIDDEN", False), name
    found = [(entry["refused"], entry["purpose"], entry["ids"]) for entry in look_ups(place)]
    assert found == [("FORBIDDEN", "VIOLATION_HANDLING", [])] * len(others)


def test_silent_elsewhere(installation: Installation) -> None:
    """Where a regulation has nobody who refuses inspections, nobody is told."""
    refused = installation.signed_in("police.handle").error(FLAGS, plate="73A-123.45")
    assert refused["code"] == "FORBIDDEN"
