"""Units by code, for whoever is signed in."""

from tests.support.api import Installation, cursor_of
from tests.support.people import POLICE

UNITS = """
query($filter: UnitFilter, $first: Int! = 100, $after: String) {
  units(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id code name kind version }
  }
}
"""

NOT_OURS = "after: không phải con trỏ của danh sách này · after: not a cursor that this list gave"


class TestUnits:
    """Units by code, for whoever is signed in."""

    def test_all(self, installation: Installation) -> None:
        """The demo has four, under the names of now."""
        found = installation.signed_in("commune.lead").ask(UNITS)["units"]
        assert [(node["code"], node["kind"]) for node in found["nodes"]] == [
            ("CAP-NL", "COMMUNE_POLICE"),
            ("CATP", "CITY_POLICE"),
            ("TTGSDH", "OPERATIONS_CENTRE"),
            ("TTR", "OTHER_BODY"),
        ]
        assert found["totalCount"] == 4

    def test_filter_and_pages(self, installation: Installation) -> None:
        """A kind narrows; pages follow the code."""
        person = installation.signed_in("centre.approve")
        found = person.ask(UNITS, filter={"kind": "CITY_POLICE"})["units"]
        assert [node["id"] for node in found["nodes"]] == [str(POLICE)]
        first = person.ask(UNITS, first=3)["units"]
        rest = person.ask(UNITS, first=3, after=first["pageInfo"]["endCursor"])["units"]
        assert [node["code"] for node in rest["nodes"]] == ["TTR"]
        assert person.error(UNITS, after=cursor_of("cases", "CATP"))["message"] == NOT_OURS

    def test_nobody(self, installation: Installation) -> None:
        """Nobody sees the units without signing in."""
        assert installation.anonymous.error(UNITS)["code"] == "UNAUTHENTICATED"
