"""The log of accesses: who looked at what, when, from where and why, and who was not allowed to."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from tests.support.api import NAMES, Installation
from tests.support.people import Person, case_of
from tests.support.staff import done

LOG = """
query($filter: AccessFilterInput, $first: Int! = 20, $after: String) {
  accessLog(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { position at by unit way noun ids purpose address refused } } }
"""


@pytest.fixture
def auditor(installation: Installation) -> Person:
    """Whoever may replay the audit; their grant begins today."""
    installation.today()
    return installation.signed_in("auditor")


def log_of(installation: Installation, who: Person, **narrow: Any) -> list[dict[str, Any]]:
    """What somebody is shown of the log, newest first."""
    installation.project()
    found = who.ask(LOG, filter=narrow or None)["accessLog"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


@pytest.mark.rule("R-DH-5.8.0")
def test_a_look(installation: Installation, auditor: Person) -> None:
    """Opening a case file is on record with purpose, person, unit, instant, address and what was shown."""
    case = installation.detected()
    case_of(installation.signed_in("centre.approve"), number=case.number, purpose="TRAFFIC_DIRECTION")
    [entry] = log_of(installation, auditor)
    assert entry == {
        "position": f"{installation.head():016d}",
        "at": entry["at"],
        "by": "Nguyễn Văn An (centre.approve)",
        "unit": "Trung tâm Giám sát điều hành",
        "way": "case",
        "noun": "case",
        "ids": [str(case.id)],
        "purpose": "TRAFFIC_DIRECTION",
        "address": "testclient",
        "refused": None,
    }


@pytest.mark.rule("R-DB-5.5.0")
def test_a_refused_look(installation: Installation, auditor: Person) -> None:
    """Whoever asked for a case of others learned nothing, and is on record."""
    case = installation.detected()
    assert case_of(installation.signed_in("commune.lead"), id=str(case.id), purpose="SECURITY") is None
    [entry] = log_of(installation, auditor)
    assert (entry["by"], entry["ids"], entry["purpose"], entry["refused"]) == (
        "Võ Thị Giang (commune.lead)",
        [str(case.id)],
        "SECURITY",
        "FORBIDDEN",
    )


@pytest.mark.rule("R-QT-5.2.a", "R-QT-18.2.0", "R-DB-5.5.0")
def test_a_refused_act(installation: Installation, auditor: Person) -> None:
    """So is whoever tried to decide what is not theirs to decide."""
    case = installation.detected()
    installation.signed_in("police.handle").act("concludeCase", case.id)
    installation.signed_in("centre.execute").act("approveCase", case.id)
    assert [(e["by"].split("(")[1], e["way"], e["refused"]) for e in log_of(installation, auditor)] == [
        ("centre.execute)", "approveCase", "FORBIDDEN"),
        ("police.handle)", "concludeCase", "FORBIDDEN"),
    ]


@pytest.mark.rule("R-QT-5.2.a")
def test_an_act_out_of_its_order(installation: Installation, auditor: Person) -> None:
    """What is not open yet is refused and on record: once a minute, so that nobody fills the log with it."""
    case = installation.detected()
    installation.signed_in("centre.approve").does("approveCase", case.id)
    before = installation.head()
    for _ in range(3):
        again = installation.signed_in("centre.approve").act("approveCase", case.id)
        assert (again["__typename"], again["code"]) == ("WrongState", "WRONG_STATE")
    assert installation.since(before) == ["attempt:refused"]
    installation.now += timedelta(minutes=1)
    installation.signed_in("centre.approve").act("approveCase", case.id)
    installation.signed_in("centre.approve").act("discardCase", case.id)
    assert installation.since(before) == ["attempt:refused"] * 3
    assert [(e["way"], e["refused"], e["ids"]) for e in log_of(installation, auditor)] == [
        ("discardCase", "WRONG_STATE", [str(case.id)]),
        ("approveCase", "WRONG_STATE", [str(case.id)]),
        ("approveCase", "WRONG_STATE", [str(case.id)]),
    ]


def test_nothing_shown_nothing_recorded(installation: Installation, auditor: Person) -> None:
    """A case that never was, a case before it was, and a list are no look at anything."""
    case = installation.detected()
    handler = installation.signed_in("centre.approve")
    before = installation.head()
    assert case_of(handler, number="DH-2026-999999") is None
    assert case_of(handler, id=str(case.id), asOf="2026-01-01T00:00:00+07:00") is None
    handler.ask("{ cases { nodes { number plate } } }")
    assert installation.head() == before
    assert log_of(installation, auditor) == []


def test_each_look_is_one(installation: Installation, auditor: Person) -> None:
    """Two looks in one document are two on record."""
    case = installation.detected()
    installation.signed_in("centre.approve").ask(
        "query($id: ID!) {"
        " a: case(id: $id, purpose: SECURITY) { number } b: case(id: $id, purpose: AUDIT) { number } }",
        id=str(case.id),
    )
    assert {e["purpose"] for e in log_of(installation, auditor)} == {"SECURITY", "AUDIT"}


@pytest.mark.rule("R-DH-5.8.0")
def test_filter(installation: Installation, auditor: Person) -> None:
    """By what was looked at, by whom, why, when, and whether it was refused."""
    cases = [installation.detected(), installation.detected()]
    for name in ("centre.approve", "centre.execute", "commune.lead"):
        case_of(installation.signed_in(name), id=str(cases[0].id), purpose="SECURITY")
    case_of(installation.signed_in("centre.approve"), id=str(cases[1].id))
    assert len(log_of(installation, auditor)) == 4
    assert len(log_of(installation, auditor, subjectId=str(cases[0].id))) == 3
    assert len(log_of(installation, auditor, accountId=str(Account.create_id("centre.approve")))) == 2
    assert len(log_of(installation, auditor, purpose="SECURITY")) == 3
    assert len(log_of(installation, auditor, refused=True)) == 1
    assert len(log_of(installation, auditor, refused=False)) == 3
    later = (installation.now + timedelta(seconds=1)).isoformat()
    assert len(log_of(installation, auditor, until=later)) == 4
    assert log_of(installation, auditor, since=later) == []


def test_pages(installation: Installation, auditor: Person) -> None:
    """Newest first, and pages meet without gap or repeat."""
    case = installation.detected()
    for _ in range(5):
        case_of(installation.signed_in("centre.approve"), id=str(case.id))
    whole = [entry["position"] for entry in log_of(installation, auditor)]
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = auditor.ask(LOG, first=2, after=after)["accessLog"]
        seen += [node["position"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (seen, whole) == (sorted(whole, reverse=True), seen)


@pytest.mark.rule("R-DH-5.8.0")
@pytest.mark.parametrize("name", NAMES)
def test_who_reads_it(installation: Installation, auditor: Person, name: str) -> None:
    """The log is the audit's, within its area; to everybody else it is empty."""
    del auditor
    case = installation.detected()
    case_of(installation.signed_in("centre.approve"), id=str(case.id))
    assert len(log_of(installation, installation.signed_in(name))) == (name == "auditor")


def test_names_of_the_time(installation: Installation, auditor: Person) -> None:
    """Who has another name since is shown under the name of the time."""
    case = installation.detected()
    case_of(installation.signed_in("centre.approve"), id=str(case.id))
    account = str(Account.create_id("centre.approve"))
    admin = installation.signed_in("centre.admin")
    done(admin, "renameAccount", accountId=account, fullName="Nguyễn Văn Khác", document="9/QĐ-VP")
    [entry] = log_of(installation, auditor)
    assert entry["by"] == "Nguyễn Văn An (centre.approve)"
