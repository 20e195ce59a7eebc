"""A unit: registered once, renamed as agencies are."""

from uuid import UUID

import pytest

from domain.envelope import acting
from domain.unit import Unit
from tests.support.spec import CITY, SOMEBODY, fact, given, when

REGISTERED = fact(Unit.Registered, code="CATP", name="Công an thành phố", kind="CITY_POLICE", area_path=CITY)


@pytest.mark.rule("R-DH-3.10.0")
def test_registered() -> None:
    """A unit comes into being with its code, name, kind and area."""
    when(lambda: Unit(code="CATP", name="Công an thành phố", kind="CITY_POLICE", area_path=CITY)).then(
        REGISTERED
    )


def test_renamed() -> None:
    """A new name is recorded and is the name from then on."""
    unit = given(Unit, REGISTERED)
    with acting(SOMEBODY):
        unit.when(lambda unit: unit.rename("Công an phường Đồng Hới")).then(
            fact(Unit.Renamed, name="Công an phường Đồng Hới").under(by="system:test")
        )
    assert unit.aggregate.name == "Công an phường Đồng Hới"


def test_same_name() -> None:
    """The name it already has records nothing."""
    given(Unit, REGISTERED).when(lambda unit: unit.rename("Công an thành phố")).then_nothing()


@pytest.mark.rule("R-QT-4.6.b")
def test_outside_of_an_act() -> None:
    """Nothing is recorded without somebody who does it: there is no default envelope."""
    unit = given(Unit, REGISTERED)
    with pytest.raises(LookupError, match="envelope"):
        unit.when(lambda unit: unit.rename("Tên khác"))
    assert unit.aggregate.collect_events() == []


def test_identity() -> None:
    """One code is one unit, in every installation."""
    assert Unit.create_id("CATP") == UUID("dcf6ff6a-72eb-5764-8dcb-293b1ff8aa60")
