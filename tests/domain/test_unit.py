"""A unit: registered once, renamed as agencies are."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.case import Case
from domain.envelope import acting
from domain.errors import InvalidInput, WrongState
from domain.unit import Unit
from domain.unit_guards import check_change, check_name_successor
from policies.rulebook import load
from tests.support.cases import PLATE, detected
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    CITY,
    COMMUNE,
    NOW,
    POLICE,
    SOMEBODY,
    context,
    fact,
    given,
    legal,
    when,
)

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


class TestCease:
    """A unit ends by a document, and what it would have been sent goes to its successor."""

    def test_with_a_successor(self) -> None:
        """When, by which document, and who follows is on record."""
        unit = given(Unit, REGISTERED)
        with acting(SOMEBODY):
            unit.when(lambda unit: unit.cease(at=NOW, successor=COMMUNE, document="16/QĐ-UBND")).then(
                fact(
                    Unit.Ceased,
                    ceased_at=NOW,
                    successor_unit_id=COMMUNE.id,
                    successor_code="CAP",
                    document="16/QĐ-UBND",
                )
            )

    def test_twice(self) -> None:
        """What has ceased does not cease again."""
        ended = fact(Unit.Ceased, ceased_at=NOW, successor_unit_id=None, successor_code=None, document="1")
        unit = given(Unit, REGISTERED, ended)
        with acting(SOMEBODY):
            unit.when(lambda unit: unit.cease(at=NOW, successor=None, document="2")).then_refused(WrongState)

    def test_no_cycle(self) -> None:
        """No unit follows itself, nor does one that is no more."""
        unit = given(Unit, REGISTERED)
        with acting(SOMEBODY):
            gone = Unit(code="CAX", name="Công an xã", kind="COMMUNE_POLICE", area_path=CITY)
            gone.cease(at=NOW, successor=None, document="1")
            unit.when(lambda unit: unit.cease(at=NOW, successor=unit, document="2")).then_refused(
                InvalidInput
            )
            unit.when(lambda unit: unit.cease(at=NOW, successor=gone, document="2")).then_refused(
                InvalidInput
            )

    def test_as_a_recipient(self) -> None:
        """A case is not sent to a unit that is no more: its successor is offered."""
        with acting(SOMEBODY):
            gone = Unit(code="CATP-CU", name="Công an thành phố", kind="CITY_POLICE", area_path=CITY)
            gone.cease(at=NOW, successor=POLICE, document="1")
        refusal = (
            given(Case, detected())
            .when(lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=gone))
            .then_refused(InvalidInput)
        )
        assert refusal.en == "recipientUnitId: the unit CATP-CU has ceased to exist; its successor is CATP"


class TestValidity:
    """A unit is at work from its first day on until its last has gone by, and at no other time."""

    @pytest.mark.rule("R-DH-3.10.0")
    def test_day_to_come(self) -> None:
        """Until the day on which it ends has come it stands, is changed, and its end may be said otherwise."""
        unit, later = given(Unit, REGISTERED), NOW + timedelta(days=30)
        with acting(SOMEBODY):
            unit.when(lambda unit: unit.cease(at=later, successor=COMMUNE, document="1", now=NOW)).then(
                fact(
                    Unit.Ceased,
                    ceased_at=later,
                    successor_unit_id=COMMUNE.id,
                    successor_code="CAP",
                    document="1",
                )
            )
            assert unit.aggregate.check_stands("unit", NOW) is None
            assert unit.aggregate.check_stands("unit", later) is not None
            assert check_change(unit.aggregate, context(ADMINISTRATOR)) is None
            assert check_name_successor(unit.aggregate, context(ADMINISTRATOR)) is not None
            unit.when(lambda unit: unit.cease(at=NOW, successor=None, document="2", now=NOW)).then(
                fact(Unit.Ceased, ceased_at=NOW, successor_unit_id=None, successor_code=None, document="2")
            )
            unit.when(lambda unit: unit.cease(at=later, successor=None, document="3", now=NOW)).then_refused(
                WrongState
            )

    def test_before_it_begins(self) -> None:
        """Nothing is sent to it before, and it does not end before."""
        begins = NOW + timedelta(days=365)
        with acting(SOMEBODY):
            unit = Unit(
                code="CATP-MOI", name="Công an", kind="CITY_POLICE", area_path=CITY, valid_from=begins
            )
            refused = (
                given(Case, detected())
                .when(lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=unit))
                .then_refused(InvalidInput)
            )
            assert refused.en == "recipientUnitId: the unit CATP-MOI begins on 2027-06-02"
            with pytest.raises(InvalidInput, match="at: lies before the unit began on 2027-06-02"):
                unit.cease(at=NOW, successor=None, document="1", now=NOW)
            unit.cease(at=begins, successor=None, document="1", now=NOW)
            assert unit.ceased_at == begins

    def test_successor(self) -> None:
        """Whoever follows is at work by then, and is not to end itself."""
        unit, later = given(Unit, REGISTERED), NOW + timedelta(days=30)
        with acting(SOMEBODY):
            ends = Unit(code="A", name="A", kind="OTHER_BODY", area_path=CITY)
            ends.cease(at=later, successor=None, document="1", now=NOW)
            begins = Unit(code="B", name="B", kind="OTHER_BODY", area_path=CITY, valid_from=later)
            for heir in (ends, begins):
                with pytest.raises(InvalidInput, match="is no other unit that stands"):
                    unit.aggregate.cease(at=NOW, successor=heir, document="2", now=NOW)
            assert unit.when(
                lambda unit: unit.cease(at=later, successor=begins, document="2", now=NOW)
            ).events

    @pytest.mark.rule("R-QT-2.0.0")
    def test_kind_of_before(self) -> None:
        """A kind of unit that ended is none for a unit that is taken in now, though it began before that."""
        rules = load("quang-tri")
        with (
            acting(SOMEBODY),
            pytest.raises(InvalidInput, match="there is no DISTRICT_POLICE after 2025-02-28"),
        ):
            Unit.enter(
                rules,
                code="CAH",
                name="Công an huyện",
                kind="DISTRICT_POLICE",
                area_path="quang-tri",
                valid_from=legal("2024-06-01 00:00"),
                now=NOW,
            )


def test_identity() -> None:
    """One code is one unit, in every installation."""
    assert Unit.create_id("CATP") == UUID("dcf6ff6a-72eb-5764-8dcb-293b1ff8aa60")
