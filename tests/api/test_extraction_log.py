"""The log of extractions: purpose, time, requester, executor, for those whom it concerns."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import NAMES, Installation
from tests.support.footage import EXTRACTION, Footage
from tests.support.people import Person

LIST = f"""
query($filter: ExtractionFilter, $first: Int! = 20, $after: String) {{
  extractions(filter: $filter, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {EXTRACTION} }} }} }}
"""
ONE = f"""
query($id: ID, $number: String, $asOf: DateTime) {{ extraction(id: $id, number: $number, asOf: $asOf) {{
  {EXTRACTION} availableActions {{ action enabled reasons {{ message rule {{ id }} }} }}
  history {{ event by unit reason rule {{ id }} }} }} }}
"""


def listed(person: Person, **narrow: Any) -> list[str]:
    """The numbers that somebody is shown."""
    found = person.ask(LIST, filter=narrow or None)["extractions"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["number"] for node in found["nodes"]]


def test_scope(installation: Installation, footage: Footage) -> None:
    """The parties and the audit see it, in lists and by id alike; nobody else learns of it."""
    extraction = footage.extraction_in("REQUESTED")
    unit = installation.register_unit("CAP-2", kind="COMMUNE_POLICE", area="quang-binh/dong-hoi/bac-ly")
    installation.open_account("other.lead", unit_id=unit, role="LEADER", leader=True)
    sees = {name for name in (*NAMES, "other.lead") if listed(installation.signed_in(name))}
    assert sees == {
        "centre.approve",
        "centre.execute",
        "centre.lead",
        "police.handle",
        "police.lead",
        "commune.lead",
        "auditor",
    }
    for name in (*NAMES, "other.lead"):
        one = installation.signed_in(name).ask(ONE, number=extraction.number)["extraction"]
        assert (one is not None) == (name in sees)


def test_filter_and_pages(installation: Installation, footage: Footage) -> None:
    """Newest first, by state, camera, number and time; pages meet without gap or repeat."""
    made = [footage.extraction_in(state).number for state in ("REQUESTED", "APPROVED", "REJECTED")]
    leader = installation.signed_in("commune.lead")
    assert sorted(listed(leader)) == sorted(made)
    assert listed(leader, states=["APPROVED"]) == [made[1]]
    assert listed(leader, number=made[2]) == [made[2]]
    assert listed(leader, cameraId=str(uuid4())) == []
    assert listed(leader, purpose="SECURITY") == []
    assert sorted(listed(leader, until=(installation.now + timedelta(seconds=1)).isoformat())) == sorted(made)
    assert listed(leader, until=installation.now.isoformat()) == []
    seen: list[str] = []
    after = None
    while True:
        page = leader.ask(LIST, first=1, after=after)["extractions"]
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == listed(leader)


def test_as_of(installation: Installation, footage: Footage) -> None:
    """As of an earlier instant it is shown as it was then."""
    extraction = footage.extraction_in("EXECUTED")
    leader = installation.signed_in("commune.lead")
    events = installation.operator.recorder.select_events(extraction.id)
    second: Any = installation.operator.mapper.to_domain_event(events[1])
    then = leader.ask(ONE, id=extraction.id, asOf=second.timestamp.isoformat())["extraction"]
    assert (then["state"], then["execution"], then["availableActions"]) == ("APPROVED", None, [])
    assert [step["event"] for step in then["history"]] == [
        "footage-extraction:requested",
        "footage-extraction:approved",
    ]


@pytest.mark.rule("R-DB-16.3.b")
def test_executor_is_never_missing(installation: Installation, footage: Footage) -> None:
    """The table itself refuses an executed extraction without its executor."""
    footage.extraction_in("EXECUTED")
    with pytest.raises(Exception, match="an_extraction_has_its_executor"):
        installation._conn.execute("UPDATE extraction_log SET executed_by = NULL")
