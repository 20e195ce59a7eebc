"""The registry of cameras: whoever's unit may view their kind sees them, by area and code."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.api import CENTRE, DETECTED_AT, Installation, cursor_of
from tests.support.people import Person
from tests.support.uses import CAMERA

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


@pytest.mark.rule("R-QT-5.2.a")
@pytest.mark.parametrize(
    "asked,nothing",
    [
        ("camera(id: $id) { code }", None),
        ("diary(cameraId: $id) { totalCount }", {"totalCount": 0}),
        ('availability(cameraId: $id, by: CAMERA, from: "2026-01-01T00:00:00+07:00") { cameras }', []),
        ("links(cameraId: $id, by: CAMERA) { cameras }", []),
    ],
    ids=["camera", "diary", "availability", "links"],
)
def test_asked_of_by_its_id(installation: Installation, asked: str, nothing: object) -> None:
    """Whoever asks of a camera that is not theirs to see is told nothing, and that they asked is on record."""
    hidden = installation.register_camera("S-1", domain="SECURITY", area_path="quang-binh/dong-hoi/hai-dinh")
    installation.project()
    document, way = f"query($id: ID!) {{ {asked} }}", asked.partition("(")[0]
    commune, before = installation.signed_in("commune.lead"), installation.head()
    assert commune.ask(document, id=str(hidden)) == {way: nothing}
    assert installation.since(before) == ["attempt:refused"]
    assert commune.ask(document, id=CAMERA)[way]
    assert commune.ask(document, id=str(UUID(int=1))) == {way: nothing}
    assert installation.since(before) == ["attempt:refused"]
