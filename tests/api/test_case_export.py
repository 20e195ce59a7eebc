"""A list that is taken out: with a purpose, within one's scope, and each case of it on record (R-QT-7.3.0)."""

import csv
from hashlib import sha256
from typing import Any

import pytest

from cli import demo
from tests.support.api import Installation
from tests.support.people import Person
from tests.support.uses import CAMERA

EXPORT = """
query($purpose: AccessPurpose!, $filter: CaseFilter) {
  caseExport(purpose: $purpose, filter: $filter) { csv count sha256 } }
"""
LOG = "{ accessLog(first: 1) { nodes { way noun ids purpose by } } }"


def exported(who: Person, purpose: str = "VIOLATION_HANDLING", **narrow: Any) -> Any:
    """The file that somebody is given."""
    return who.ask(EXPORT, purpose=purpose, filter=narrow or None)["caseExport"]


@pytest.mark.rule("R-QT-7.3.0", "R-DH-5.8.0")
def test_taken_out_and_on_record(installation: Installation) -> None:
    """Each case of the file is on record with who took it out and what for; the file holds no plate."""
    installation.today()
    cases = [installation.detected() for _ in range(2)]
    installation.signed_in("centre.approve").does("approveCase", cases[0].id, plate="73A-123.45")
    installation.project()
    found = exported(installation.signed_in("centre.approve"))
    lines = list(csv.DictReader(found["csv"].splitlines()))
    assert {line["number"]: (line["state"], line["camera"], line["holder"]) for line in lines} == {
        cases[0].number: ("APPROVED", demo.CAMERA, "CATP"),
        cases[1].number: ("DETECTED", demo.CAMERA, "TTGSDH"),
    }
    assert (found["count"], found["sha256"]) == (2, sha256(found["csv"].encode()).hexdigest())
    assert "123.45" not in found["csv"]
    installation.project()
    [entry] = installation.signed_in("auditor").ask(LOG)["accessLog"]["nodes"]
    assert {**entry, "ids": sorted(entry["ids"])} == {
        "way": "caseExport",
        "noun": "case",
        "ids": sorted([CAMERA, *(str(case.id) for case in cases)]),
        "purpose": "VIOLATION_HANDLING",
        "by": "Nguyễn Văn An (centre.approve)",
    }


def test_narrowed_to_ones_scope(installation: Installation) -> None:
    """A file holds what a list would: the cases of one's scope, narrowed alike."""
    case = installation.detected()
    assert exported(installation.signed_in("police.handle"))["count"] == 0
    centre = installation.signed_in("centre.approve")
    assert exported(centre, number=case.number)["count"] == 1
    before = installation.head()
    assert exported(centre, number="DH-2026-999999")["count"] == 0
    assert installation.head() == before


@pytest.mark.rule("R-QT-7.3.0")
def test_without_a_purpose(installation: Installation) -> None:
    """Without a purpose that the regulation lists nothing is taken out, and nothing is on record."""
    installation.detected()
    centre, before = installation.signed_in("centre.approve"), installation.head()
    assert "purpose" in centre.answer("{ caseExport { count } }")["errors"][0]["message"]
    assert centre.error(EXPORT, purpose="FOREST_FIRE")["code"] == "INVALID_INPUT"
    assert installation.head() == before
