"""The registry of cameras: whoever's unit may view their kind sees them, by area and code."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import CENTRE, DETECTED_AT, Installation, cursor_of
from tests.support.people import Person

CAMERAS = """
query($filter: CameraFilter, $first: Int! = 100, $after: String) {
  cameras(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { code class domain area operatingUnit { code } version }
  }
}
"""

NOT_OURS = "after: không phải con trỏ của danh sách này · after: not a cursor that this list gave"


def cameras(person: Person, **narrow: Any) -> list[str]:
    """The codes of the cameras that somebody may view, which their total agrees with."""
    found = person.ask(CAMERAS, filter=narrow)["cameras"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["code"] for node in found["nodes"]]


class TestCameras:
    """The registry, within what one's unit may view (790/QĐ-UBND 11, 12)."""

    @pytest.fixture(autouse=True)
    def registered(self, installation: Installation) -> None:
        """Cameras of both domains, inside and outside of the communes, of two classes."""
        area = "quang-binh/dong-hoi/nam-ly"
        installation.register_camera("S-CITY", domain="SECURITY")
        installation.register_camera("S-COMMUNE", domain="SECURITY", area_path=area)
        installation.register_camera(
            "S-PUBLIC", domain="SECURITY", area_path=area, camera_class="PUBLIC", unit_id=CENTRE
        )
        installation.register_camera("S-AWAY", domain="SECURITY", area_path="quang-tri")
        installation.project()

    def test_everybody(self, installation: Installation) -> None:
        """Traffic cameras are for the Centre and the police; security cameras by class and area."""
        assert {name: cameras(installation.signed_in(name)) for name in installation.tokens} == {
            "centre.approve": ["S-CITY", "DH-NT-01", "S-COMMUNE", "S-AWAY"],
            "centre.execute": ["S-CITY", "DH-NT-01", "S-COMMUNE", "S-AWAY"],
            "centre.admin": ["S-CITY", "DH-NT-01", "S-COMMUNE", "S-PUBLIC", "S-AWAY"],
            "police.handle": ["S-CITY", "DH-NT-01", "S-COMMUNE", "S-PUBLIC"],
            "police.lead": ["S-CITY", "DH-NT-01", "S-COMMUNE", "S-PUBLIC"],
            "commune.lead": ["DH-NT-01", "S-COMMUNE", "S-PUBLIC"],
            "auditor": [],
        }

    def test_filter(self, installation: Installation) -> None:
        """A filter narrows within the scope."""
        police = installation.signed_in("police.handle")
        assert cameras(police, code="DH-NT-01") == ["DH-NT-01"]
        assert cameras(police, code="S-AWAY") == []
        assert cameras(police, area="quang-binh/dong-hoi/nam-ly") == ["DH-NT-01", "S-COMMUNE", "S-PUBLIC"]
        assert cameras(police, area="quang-binh/dong-hoi/nam") == []
        assert cameras(police, **{"class": "PUBLIC"}) == ["S-PUBLIC"]

    def test_pages(self, installation: Installation) -> None:
        """Pages of one row come in the order of areas and codes."""
        person, after, shown = installation.signed_in("commune.lead"), None, []
        for _ in range(3):
            found = person.ask(CAMERAS, first=1, after=after)["cameras"]
            after = found["pageInfo"]["endCursor"]
            shown += [node["code"] for node in found["nodes"]]
        assert (shown, found["pageInfo"]["hasNextPage"]) == (["DH-NT-01", "S-COMMUNE", "S-PUBLIC"], False)
        cursor = cursor_of("cases", None, DETECTED_AT, uuid4())
        assert person.error(CAMERAS, after=cursor)["message"] == NOT_OURS

    def test_nobody(self, installation: Installation) -> None:
        """Nobody sees the registry without signing in."""
        assert installation.anonymous.error(CAMERAS)["code"] == "UNAUTHENTICATED"
