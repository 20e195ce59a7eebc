"""The tree of areas as an administrator sees and draws it."""

from typing import Any
from uuid import uuid4

import pytest

from cli import demo
from domain.area import Area
from tests.support.api import Installation
from tests.support.people import REFUSED, Person

AREA = "id path name kind validFrom document boundary endedAt successor version parent history { event }"
AREAS = f"""
query($filter: AreaFilter, $first: Int! = 100, $at: Position) {{
  areas(filter: $filter, first: $first, minPosition: $at) {{
    totalCount nodes {{ {AREA} availableActions {{ action enabled }} }} }} }}
"""
DONE = {"registerArea": "AreaRegistered", "renameArea": "AreaRenamed", "endArea": "AreaEnded"}
SQUARE = (
    '{"type": "Polygon", "coordinates":'
    " [[[106.6, 17.4], [106.7, 17.4], [106.7, 17.5], [106.6, 17.5], [106.6, 17.4]]]}"
)
NAM_LY = f"{demo.CITY}/nam-ly"


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered."""
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {DONE[act]} {{ position area {{ {AREA} }} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


class TestAreas:
    """The tree, for whoever is signed in."""

    def test_listed(self, installation: Installation) -> None:
        """The demo has a province, its city and a ward, each before those within it."""
        found = installation.signed_in("commune.lead").ask(AREAS, filter={"stands": True})["areas"]
        assert [(node["path"], node["kind"], node["parent"]) for node in found["nodes"]][:3] == [
            ("quang-binh", "PROVINCE", None),
            (demo.CITY, "DISTRICT", "quang-binh"),
            (NAM_LY, "COMMUNE", demo.CITY),
        ]

    def test_nobody(self, installation: Installation) -> None:
        """Nobody sees them without signing in."""
        assert installation.anonymous.error(AREAS)["code"] == "UNAUTHENTICATED"

    def test_what_one_may_do(self, installation: Installation) -> None:
        """The Centre's administrator changes the tree below the city, and nobody else any of it."""
        enabled = {}
        for name in ("centre.admin", "police.lead"):
            nodes = installation.signed_in(name).ask(AREAS)["areas"]["nodes"]
            enabled[name] = {
                node["path"]: {a["action"] for a in node["availableActions"] if a["enabled"]}
                for node in nodes
            }
        assert enabled["centre.admin"][NAM_LY] == {"renameArea", "endArea"}
        assert enabled["centre.admin"]["quang-binh"] == set()
        assert set().union(*enabled["police.lead"].values()) == set()


class TestChanged:
    """An area is registered, renamed, ended."""

    def test_its_life(self, installation: Installation) -> None:
        """A ward comes with its boundary, is renamed, and ends with another that follows it."""
        admin = installation.signed_in("centre.admin")
        path = f"{demo.CITY}/x-{uuid4().hex[:6]}"
        made = did(
            admin, "registerArea", path=path, name="Phường Mẫu", kind="COMMUNE", boundary=SQUARE, document="1"
        )
        area = made["area"]
        assert (made["__typename"], area["boundary"], area["parent"], area["document"]) == (
            "AreaRegistered",
            SQUARE,
            demo.CITY,
            "1",
        )
        did(admin, "renameArea", areaId=area["id"], name="Phường Mẫu Mới", expectedVersion=1)
        ended = did(admin, "endArea", areaId=area["id"], document="2/NQ", successor=NAM_LY)["area"]
        assert [step["event"] for step in ended["history"]] == [
            "area:registered",
            "area:renamed",
            "area:ended",
        ]
        installation.project()
        shown = admin.ask(AREAS, filter={"within": path}, at=ended and made["position"])["areas"]["nodes"]
        assert [(one["name"], one["successor"], one["endedAt"] is None) for one in shown] == [
            ("Phường Mẫu Mới", NAM_LY, False)
        ]
        again = did(admin, "renameArea", areaId=area["id"], name="Tên khác")
        assert (again["__typename"], again["rule"]["id"]) == ("WrongState", "R-DH-10.1.0")

    @pytest.mark.parametrize(
        "given, path",
        [
            ({"path": f"{demo.CITY}/nowhere/x"}, "path"),
            ({"path": NAM_LY}, "path"),
            ({"path": f"{NAM_LY}/Chợ"}, "path"),
            ({"boundary": "{}"}, "boundary"),
            ({"name": ""}, "name"),
        ],
        ids=str,
    )
    def test_bad_input(self, installation: Installation, given: dict[str, str], path: str) -> None:
        """What is no area, lies in none that is known, or is there already, is refused; nothing is recorded."""
        said = {"path": f"{NAM_LY}/cho", "name": "Chợ", "kind": "PLACE"} | given
        before = installation.head()
        answer = did(installation.signed_in("centre.admin"), "registerArea", **said)
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)
        assert installation.head() == before

    def test_elsewhere(self, installation: Installation) -> None:
        """Beyond one's own area it is refused with the rule, and the attempt is on record."""
        before = installation.head()
        given = {"path": "quang-binh/ba-don", "name": "Ba Đồn", "kind": "DISTRICT"}
        answer = did(installation.signed_in("centre.admin"), "registerArea", **given)
        assert (answer["__typename"], answer["rule"]["id"]) == ("Forbidden", "R-DH-10.1.0")
        assert installation.since(before) == ["attempt:refused"]
        assert Area.create_id("quang-binh/ba-don") not in installation.operator.repository
