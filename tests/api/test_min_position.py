"""`minPosition`: a reader waits a bounded while for what they know was written."""

import threading
from typing import Any

import pytest

from tests.support.api import Installation
from tests.support.watching import followers

QUERIES = {
    "case": "query($id: ID, $p: Position) { case(id: $id, purpose: AUDIT, minPosition: $p) { state } }",
    "cases": "query($p: Position) { cases(minPosition: $p) { totalCount nodes { state } } }",
    "cameras": "query($p: Position) { cameras(minPosition: $p) { totalCount } }",
}
AHEAD = 1_000_000


def ask(installation: Installation, query: str, position: str | None, **more: Any) -> dict[str, Any]:
    """The answer to a query that wants to see a position; only `case` takes an id."""
    given = more if query == "case" else {}
    return installation.signed_in("centre.approve").answer(QUERIES[query], p=position, **given)


def test_reads_its_own_write(installation: Installation) -> None:
    """While followers run, whoever asks for the position of their act is shown it."""
    case = installation.detected()
    centre = installation.signed_in("centre.approve")
    with followers(installation):
        position = centre.does("approveCase", case.id)["position"]
        for query, shown in (
            ("case", {"case": {"state": "APPROVED"}}),
            ("cases", {"cases": {"totalCount": 1, "nodes": [{"state": "APPROVED"}]}}),
            ("cameras", {"cameras": {"totalCount": 1}}),
        ):
            assert ask(installation, query, position, id=str(case.id)) == {"data": shown}


def test_waits_until_it_is_there(installation: Installation) -> None:
    """A reader who came too early is answered as soon as the followers have come up."""
    case = installation.detected()
    position = installation.signed_in("centre.approve").does("approveCase", case.id)["position"]
    answers: list[dict[str, Any]] = []
    reader = threading.Thread(
        target=lambda: answers.append(ask(installation, "case", position, id=str(case.id)))
    )
    reader.start()
    installation.project()
    reader.join(10)
    assert answers == [{"data": {"case": {"state": "APPROVED"}}}]


@pytest.mark.parametrize("query", QUERIES)
def test_what_was_reached_costs_no_wait(installation: Installation, query: str) -> None:
    """A position that is behind, or none at all, is answered at once."""
    case = installation.detected()
    position = f"{installation.head():016d}"
    for wanted in (position, "0" * 16, None):
        assert "errors" not in ask(installation, query, wanted, id=str(case.id))


def test_gives_up(installation: Installation) -> None:
    """While no follower runs, the reader is told after two seconds that trying again may help."""
    case = installation.detected()
    head = installation.head()
    answer = ask(installation, "case", f"{head + AHEAD:016d}", id=str(case.id))
    [error] = answer["errors"]
    assert error["message"] == (
        f"Chưa hiển thị đến vị trí {head + AHEAD}; hãy thử lại sau giây lát"
        f" · Position {head + AHEAD} is not visible yet; try again in a moment"
    )
    assert error["extensions"] == {"code": "NOT_YET_VISIBLE", "rule": None, "retryable": True}
    assert answer["data"] == {"case": None}


@pytest.mark.parametrize(
    "position",
    ["", "1", "000000000000001", "00000000000000001", "-000000000000001", "000000000000000a", "٠" * 16, 7],
)
def test_no_position(installation: Installation, position: object) -> None:
    """A position is as another answer gave it; anything else is no position."""
    body = installation.signed_in("centre.approve").answer(QUERIES["cases"], p=position)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_nobody_waits_for_nothing(installation: Installation) -> None:
    """Whoever is not signed in is told so at once."""
    for query in QUERIES.values():
        assert installation.anonymous.error(query, p=f"{AHEAD:016d}")["code"] == "UNAUTHENTICATED"
