"""Searching by plate: with a purpose, within one's scope, and on record before anything is shown (R-QT-7.3.0)."""

from typing import Any

import pytest

from domain.reading import searches_of
from tests.support.api import Installation
from tests.support.people import Person
from tests.support.uses import CAMERA

SEARCH = """
query($plate: String!, $purpose: AccessPurpose! = VIOLATION_HANDLING, $from: DateTime, $to: DateTime) {
  casesByPlate(plate: $plate, purpose: $purpose, from: $from, to: $to) {
    totalCount pageInfo { endCursor } nodes { number plate } } }
"""
LOG = """
{ accessLog { nodes { way noun ids plate purpose refused by unit address } } }
"""
PLATE = "73A-123.45"


@pytest.fixture
def place(installation: Installation) -> Installation:
    """An installation on a day on which the auditor's grant is in force."""
    installation.today()
    return installation


def approved(place: Installation, plate: str) -> Any:
    """A case that the Centre approved under a plate, and that the police hold."""
    found = place.detected()
    place.signed_in("centre.approve").does("approveCase", found.id, plate=plate)
    place.project()
    return found


def numbers(who: Person, plate: str = PLATE, **asked: Any) -> list[str]:
    """The cases that somebody finds."""
    found = who.ask(SEARCH, plate=plate, **asked)["casesByPlate"]
    assert found["totalCount"] == len(found["nodes"])
    return sorted(node["number"] for node in found["nodes"])


def logged(place: Installation) -> list[dict[str, Any]]:
    """What the auditor is shown, newest first."""
    place.project()
    nodes: list[dict[str, Any]] = place.signed_in("auditor").ask(LOG)["accessLog"]["nodes"]
    return nodes


@pytest.mark.rule("R-QT-7.3.0", "R-DH-5.8.0")
def test_found_and_on_record(place: Installation) -> None:
    """However it is written, a plate is found, and who searched for it and what came back is on record."""
    one, other = approved(place, PLATE), approved(place, "73A-543.21")
    police = place.signed_in("police.handle")
    assert numbers(police, "73a 12345") == [one.number]
    assert numbers(police, "73A-543.21") == [other.number]
    assert numbers(police, "73A-999.99") == []
    assert logged(place)[2] == {
        "way": "casesByPlate",
        "noun": "case",
        "ids": [str(one.id), CAMERA],
        "plate": "73A12345",
        "purpose": "VIOLATION_HANDLING",
        "refused": None,
        "by": "Phạm Thị Dung (police.handle)",
        "unit": "Công an thành phố",
        "address": "testclient",
    }
    assert [entry["ids"] for entry in logged(place)[:2]] == [[], [str(other.id), CAMERA]]


@pytest.mark.rule("R-QT-7.3.0")
def test_without_a_purpose(place: Installation) -> None:
    """Without a purpose, or for one that the regulation does not list, nothing is searched, shown or recorded."""
    approved(place, PLATE)
    police, before = place.signed_in("police.handle"), place.head()
    bare = police.answer('{ casesByPlate(plate: "73A-123.45") { totalCount } }')
    assert "data" not in bare or bare["data"] is None
    assert "purpose" in bare["errors"][0]["message"]
    refused = police.error(SEARCH, plate=PLATE, purpose="FOREST_FIRE")
    assert (refused["code"], refused["message"].partition(":")[0]) == ("INVALID_INPUT", "purpose")
    assert place.head() == before


def test_within_ones_scope(place: Installation) -> None:
    """Whoever has no part in a case does not find it by its plate, and their search is on record all the same."""
    approved(place, PLATE)
    before = place.head()
    assert numbers(place.signed_in("commune.lead")) == []
    assert place.since(before) == ["reading:recorded"]
    assert logged(place)[0]["ids"] == []


def test_no_plate(place: Installation) -> None:
    """What is no plate is said to be none, and nobody has searched for anything."""
    before = place.head()
    assert place.signed_in("police.handle").error(SEARCH, plate="nobody")["message"] == (
        "plate: không phải biển số (ví dụ 74A-123.45) · plate: not a plate (such as 74A-123.45)"
    )
    assert place.head() == before


def test_a_period(place: Installation) -> None:
    """A search may be narrowed to acts of a period."""
    case = approved(place, PLATE)
    police = place.signed_in("police.handle")
    day = {"from": "2026-06-01T00:00:00+07:00", "to": "2026-06-02T00:00:00+07:00"}
    assert numbers(police, **day) == [case.number]
    assert numbers(police, to=day["from"]) == []
    assert numbers(police, **{"from": day["to"]}) == []


@pytest.mark.rule("R-QT-7.3.0")
def test_nothing_shown_that_is_not_on_record(place: Installation) -> None:
    """Where the search cannot be put on record, nothing is shown."""
    approved(place, PLATE)
    with place.as_owner() as conn:
        conn.execute("REVOKE INSERT (state) ON events FROM minhchung_serve")
        try:
            answer = place.signed_in("police.handle").answer(SEARCH, plate=PLATE)
        finally:
            conn.execute("GRANT INSERT (state) ON events TO minhchung_serve")
    assert answer["data"] is None
    assert answer["errors"]


def test_the_plate_is_not_in_a_dump(place: Installation) -> None:
    """Neither the log nor the read model holds the plate, nor the same text for the same plate."""
    approved(place, PLATE)
    for _ in range(2):
        numbers(place.signed_in("police.handle"))
    place.project()
    with place.as_owner() as conn:
        states = [
            bytes(state).decode()
            for (state,) in conn.execute(
                "SELECT state FROM events WHERE topic = 'reading:recorded'"
            ).fetchall()
        ]
        sealed = [plate for (plate,) in conn.execute("SELECT plate FROM access_log").fetchall()]
    assert not [state for state in states if "73A12345" in state or PLATE in state]
    assert len(set(sealed)) == len(sealed) == 2


@pytest.mark.rule("R-DH-5.8.0")
def test_forgotten_with_its_month(place: Installation) -> None:
    """Without the key of its month nobody can tell any more what was searched for; that somebody did, stays."""
    approved(place, PLATE)
    numbers(place.signed_in("police.handle"))
    with place.as_owner() as conn:
        conn.execute(
            "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s",
            [searches_of(place.now)],
        )
    assert logged(place)[0]["plate"] == "[đã xoá · erased]"
