"""An area: a node of the tree of paths, entered below its parent, renamed, ended with a successor."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.area import Area, AreaKind, register
from domain.boundary import written
from domain.commands.application import CaseSystem
from domain.commands.area import check_position, end_area, known_area, register_area, rename_area
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState
from tests.support.commands import keyed
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    CITY,
    NOW,
    SOMEBODY,
    context,
    fact,
    given,
    rules_on,
    when,
)

WARD = f"{CITY}/nam-ly"
BY = "R-DH-10.1.0"
"""Whose rule administers accounts and units."""
RULES = rules_on(NOW.date())
DOCUMENT = "16/NQ-HĐND"
SQUARE = [[[106.6, 17.4], [106.7, 17.4], [106.7, 17.5], [106.6, 17.5], [106.6, 17.4]]]
REGISTERED = fact(
    Area.Registered,
    area_path=CITY,
    name="Đồng Hới",
    kind="DISTRICT",
    valid_from=NOW,
    document=None,
    boundary=None,
)


def entered(app: CaseSystem, path: str, **said: object) -> Area:
    """An area that is on record."""
    with acting(SOMEBODY):
        area = Area.enter(
            **{"path": path, "parent": None, "name": path, "kind": "PLACE", "valid_from": NOW} | said  # type: ignore[arg-type]
        )
    app.record(area)
    return area


def end(one: Area, **said: Any) -> None:
    """End an area, in which nothing stands."""
    one.end(**{"at": NOW, "successor": None, "document": DOCUMENT, "standing": {}, "now": NOW} | said)


def empty(_path: str, _at: datetime) -> dict[str, int]:
    """Nothing stands in an area."""
    return {}


class TestRegister:
    """An area comes into the tree below one that stands."""

    def test_by_an_administrator(self) -> None:
        """Whoever administers units takes in an area within that of their unit."""
        when(
            lambda: register(
                context(ADMINISTRATOR), path=WARD, parent=None, name=" Nam Lý ", kind=AreaKind.COMMUNE
            )
        ).then(
            fact(
                Area.Registered,
                area_path=WARD,
                name="Nam Lý",
                kind="COMMUNE",
                valid_from=NOW,
                document=None,
                boundary=None,
            ).under(by=str(ADMINISTRATOR.account_id), rule=BY)
        )

    def test_by_another(self) -> None:
        """Whoever does not, does not."""
        with pytest.raises(Forbidden):
            register(context(APPROVER), path=WARD, parent=None, name="Nam Lý", kind="COMMUNE")

    @pytest.mark.parametrize("path", ["quang-binh", "quang-tri/dong-ha", f"{CITY}-2"])
    def test_elsewhere(self, path: str) -> None:
        """Beyond the area of one's own unit nobody draws the map."""
        with pytest.raises(Forbidden, match="lies outside of the unit's area") as refused:
            register(context(ADMINISTRATOR), path=path, parent=None, name="Nơi khác", kind="DISTRICT")
        assert refused.value.rule == BY

    @pytest.mark.parametrize(
        "given",
        [
            {"path": f"{CITY}/Nam Lý"},
            {"path": f"{CITY}/"},
            {"path": f"{CITY}//x"},
            {"path": f"{CITY}/{'a' * 120}"},
            {"path": f"{CITY}/a/b/c/d/e"},
            {"kind": "GALAXY"},
            {"name": " "},
            {"name": "x" * 201},
        ],
        ids=str,
    )
    def test_what_is_none(self, given: dict[str, str]) -> None:
        """A path that is none, an unknown kind, no name: each refused with the rule."""
        said: dict[str, Any] = {"path": WARD, "name": "Nam Lý", "kind": "COMMUNE"} | given
        with pytest.raises(InvalidInput) as refused:
            register(context(ADMINISTRATOR), parent=None, **said)
        assert (refused.value.path, refused.value.rule) == (next(iter(given)), BY)


class TestLater:
    """What may become of an area."""

    def test_renamed_once(self) -> None:
        """Another name is recorded, the same is not."""
        area = given(Area, REGISTERED)
        with acting(SOMEBODY):
            area.when(lambda one: one.rename("Phường Đồng Hới", document=DOCUMENT)).then(
                fact(Area.Renamed, name="Phường Đồng Hới", document=DOCUMENT)
            )
            area.when(lambda one: one.rename("Phường Đồng Hới")).then_nothing()

    def test_redrawn_once(self) -> None:
        """Another boundary is recorded, the same is not."""
        area = given(Area, REGISTERED)
        with acting(SOMEBODY):
            area.when(lambda one: one.redraw(SQUARE)).then(fact(Area.Redrawn, boundary=SQUARE, document=None))
            area.when(lambda one: one.redraw(SQUARE)).then_nothing()

    def test_ended_once(self) -> None:
        """It ends by a document, once, and never with itself as its successor."""
        area = given(Area, REGISTERED)
        with acting(SOMEBODY):
            area.when(lambda one: end(one, successor=one)).then_refused(InvalidInput)
            area.when(lambda one: end(one, document=" ")).then_refused(InvalidInput)
            area.when(end).then(fact(Area.Ended, ended_at=NOW, successor_path=None, document=DOCUMENT))
            area.when(end).then_refused(WrongState)

    def test_ended_in_time(self) -> None:
        """Until the day has come it stands, and the day may be changed; from then on nothing is."""
        area, later = given(Area, REGISTERED), NOW + timedelta(days=30)
        with acting(SOMEBODY):
            area.when(lambda one: end(one, at=later)).then(
                fact(Area.Ended, ended_at=later, successor_path=None, document=DOCUMENT)
            )
            assert area.aggregate.check_stands("area", NOW) is None
            assert area.aggregate.check_stands("area", later) is not None
            area.when(end).then(fact(Area.Ended, ended_at=NOW, successor_path=None, document=DOCUMENT))
            area.when(lambda one: end(one, at=later)).then_refused(WrongState)

    def test_ended_while_used(self) -> None:
        """What stands in it has to go somewhere; areas within it cannot, and end first."""
        area = given(Area, REGISTERED)
        with acting(SOMEBODY):
            heir = Area.enter(path="quang-binh/x", parent=None, name="X", kind="DISTRICT", valid_from=NOW)
            left = area.when(lambda one: end(one, standing={"cameras": 2, "units": 1, "clients": 0}))
            left.then_refused(InvalidInput)
            assert "2 cameras, 1 units stand in it still" in str(left.refusal)
            within = area.when(lambda one: end(one, successor=heir, standing={"areas": 3}))
            within.then_refused(InvalidInput)
            assert "3 areas within it stand still" in str(within.refusal)
            area.when(lambda one: end(one, successor=heir, standing={"cameras": 2, "areas": 0})).then(
                fact(Area.Ended, ended_at=NOW, successor_path="quang-binh/x", document=DOCUMENT)
            )


class TestOnRecord:
    """Areas are found by their path; nothing reads all of them."""

    def test_known(self, app: CaseSystem) -> None:
        """What is on record is known; what is not is refused with the rule of whoever asks, and the way out."""
        entered(app, CITY)
        assert known_area(app, CITY, NOW).area_path == CITY
        with pytest.raises(InvalidInput, match="register it by registerArea") as refused:
            known_area(app, WARD, NOW, field="areaPath", rule=BY)
        assert (refused.value.path, refused.value.rule) == ("areaPath", BY)

    def test_ended(self, app: CaseSystem) -> None:
        """Nothing new is registered in an area that has ended; its successor is named, and no cycle comes about."""
        one, other = entered(app, f"{CITY}/a"), entered(app, f"{CITY}/b")
        by = context(ADMINISTRATOR)
        end_area(
            app,
            by,
            keyed("1"),
            area_id=one.id,
            document=DOCUMENT,
            standing=empty,
            successor_path=other.area_path,
        )
        with pytest.raises(InvalidInput, match="it is quang-binh/dong-hoi/b now"):
            known_area(app, one.area_path, NOW)
        with pytest.raises(InvalidInput, match="successor"):
            end_area(
                app,
                by,
                keyed("2"),
                area_id=other.id,
                document=DOCUMENT,
                standing=empty,
                successor_path=one.area_path,
            )
        with pytest.raises(WrongState):
            rename_area(app, by, keyed("3"), area_id=one.id, name="Tên khác")

    def test_register(self, app: CaseSystem) -> None:
        """A command registers one below its parent, sent twice it does so once; another of that path is refused."""
        entered(app, CITY)
        facts: dict[str, Any] = {"path": WARD, "name": "Nam Lý", "kind": "COMMUNE", "drawn": written(SQUARE)}
        by = context(ADMINISTRATOR)
        first = register_area(app, by, keyed("1"), **facts)
        assert register_area(app, by, keyed("1"), **facts) == first
        assert app.find(Area, first.id).boundary == SQUARE
        with pytest.raises(InvalidInput, match="there is an area quang-binh/dong-hoi/nam-ly already"):
            register_area(app, by, keyed("2"), **facts)

    def test_without_a_parent(self, app: CaseSystem) -> None:
        """An area in no area that is known is refused, and nothing is recorded."""
        with pytest.raises(InvalidInput, match="there is no area quang-binh/dong-hoi/nam-ly") as refused:
            register_area(
                app, context(ADMINISTRATOR), keyed("1"), path=f"{WARD}/cho", name="Chợ", kind="PLACE"
            )
        assert refused.value.rule == BY
        assert Area.create_id(f"{WARD}/cho") not in app.repository

    @pytest.mark.parametrize(
        "path, point, said",
        [
            (WARD, (106.65, 17.45), None),
            (f"{WARD}/cho", (106.65, 17.45), None),
            (f"{WARD}/cho", (106.55, 17.45), "outside of the boundary of quang-binh/dong-hoi/nam-ly"),
            (CITY, (106.55, 17.45), None),
            (CITY, (105.85, 21.03), "outside of the jurisdiction's 106.45 to 106.75, 17.3 to 17.6"),
            (WARD, (105.85, 21.03), "outside of the jurisdiction's"),
            (f"{CITY}/unknown", (106.65, 17.45), "there is no area"),
        ],
    )
    def test_position(self, app: CaseSystem, path: str, point: tuple[float, float], said: str | None) -> None:
        """A point lies in the jurisdiction, and within the nearest boundary from its area up; else it is refused."""
        for one, drawn in (("quang-binh", None), (CITY, None), (WARD, SQUARE), (f"{WARD}/cho", None)):
            entered(app, one, boundary=drawn)
        refused: Refusal | None = None
        try:
            check_position(app, path, *point, RULES, rule=BY)
        except InvalidInput as refusal:
            refused = refusal
        assert (refused is None) == (said is None)
        assert refused is None or (str(said) in refused.en and refused.rule == BY)
