"""Who may do what with areas and units, said a second time in plain sentences."""

from typing import Any, Final
from uuid import uuid4

from cli import demo
from tests.support.jurisdiction import AREAS
from tests.support.oracle import CENTRE, DONE, Noun, Somebody, outcome, sees
from tests.support.oracle_facts import AreaFacts, UnitFacts

TREE_ACTS: Final[dict[str, type[AreaFacts | UnitFacts]]] = {
    "registerArea": AreaFacts,
    "renameArea": AreaFacts,
    "endArea": AreaFacts,
    "registerUnit": UnitFacts,
    "renameUnit": UnitFacts,
    "moveUnit": UnitFacts,
    "endUnit": UnitFacts,
    "nameSuccessor": UnitFacts,
    "assignOfficer": UnitFacts,
    "fileInternalRegulation": UnitFacts,
}
"""What each act is about; what is registered is registered below it."""
MAKING: Final = {"registerArea", "registerUnit"}
EVENTS: Final = {
    "registerArea": "area:registered",
    "renameArea": "area:renamed",
    "endArea": "area:ended",
    "registerUnit": "unit:registered",
    "renameUnit": "unit:renamed",
    "moveUnit": "unit:moved",
    "endUnit": "unit:ceased",
    "assignOfficer": "unit:officer-assigned",
    "fileInternalRegulation": "unit:regulation-filed",
}
FACTS: Final[dict[str, dict[str, Any]]] = {
    "registerArea": {"name": "Chợ Mới", "kind": "PLACE"},
    "renameArea": {"name": "Tên mới"},
    "endArea": {"document": "16/NQ-HĐND"},
    "registerUnit": {"name": "Tổ công tác", "kind": "OTHER_BODY"},
    "renameUnit": {"name": "Tên mới"},
    "moveUnit": {"document": "17/QĐ-UBND"},
    "endUnit": {"document": "18/QĐ-UBND"},
    "nameSuccessor": {"document": "18/QĐ-UBND"},
    "assignOfficer": {"post": "HEAD"},
    "fileInternalRegulation": {
        "document": "19/QĐ",
        "title": "Quy định nội bộ",
        "issuedAt": "2026-01-05T08:00:00+07:00",
    },
}


def given(noun: Noun, act: str) -> dict[str, Any]:
    """What the act says, with nothing that anybody would find fault with."""
    said = FACTS[act]
    if isinstance(noun, AreaFacts):
        about = {"path": f"{noun.area}/x-{uuid4().hex[:8]}"} if act == "registerArea" else {"areaId": noun.id}
        more = {"endArea": {"successor": _other(noun.area)}}
        return about | more.get(act, {}) | said
    assert isinstance(noun, UnitFacts)
    if act == "registerUnit":
        return {"code": uuid4().hex[:8], "area": noun.area, "parentId": noun.id} | said
    more = {
        "nameSuccessor": {"successorId": noun.id},
        "moveUnit": {"area": _other(noun.area)},
        "assignOfficer": {"accountId": noun.somebody},
    }
    return {"unitId": noun.id} | more.get(act, {}) | said


def _other(area: str) -> str:
    """Another area, in the same province."""
    if area == demo.CITY:
        return f"{demo.CITY}/nam-ly"
    return demo.CITY if area.startswith(demo.CITY) else "quang-tri/dong-ha/phuong-1"


# -- what one is shown, and may do -------------------------------------------------------


@sees.register(AreaFacts)
@sees.register(UnitFacts)
def _(noun: AreaFacts | UnitFacts, who: Somebody) -> bool:
    """Whoever is signed in knows areas and units."""
    return True


@outcome.register(AreaFacts)
@outcome.register(UnitFacts)
def _(noun: AreaFacts | UnitFacts, who: Somebody, act: str) -> str:
    """The administrators of a Centre, within the area of the Centre."""
    if who.kind != CENTRE or who.role != "ADMINISTRATOR" or not who.covers(noun.area):
        return "Forbidden"
    if act == "moveUnit" and not who.covers(_other(noun.area)):
        return "Forbidden"
    if act == "endArea" and any(path.startswith(f"{noun.area}/") for path in AREAS):
        return "InvalidInput"  # those within it end first
    return "WrongState" if act == "nameSuccessor" else DONE  # every unit of this world stands


def administers(who: Somebody, other: Somebody) -> bool:
    """Whoever has that function in a Centre administers the accounts of all units of its area."""
    return who.role == "ADMINISTRATOR" and who.kind == CENTRE and who.covers(other.area)
