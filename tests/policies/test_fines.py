"""Fines are those of the decree in force on the day of the act, and nobody signs beyond their ceiling."""

from datetime import date

import pytest

from domain.rules import Bracket, VehicleGroup
from policies.rulebook import PROFILES, load

ACT_2022 = date(2022, 6, 1)
ACT_2024 = date(2024, 12, 31)
ACT_2025 = date(2025, 1, 1)


def bracket(kind: str, group: VehicleGroup, day: date, note: str | None = None) -> Bracket:
    """Return the one bracket of an act."""
    [found] = [one for one in load("dong-hoi").brackets(kind, day) if one.group is group and one.note == note]
    return found


@pytest.mark.parametrize(
    "kind,group,note,code,minimum,maximum,points",
    [
        ("RED_LIGHT", "CAR", None, "6.9.b", 18_000_000, 20_000_000, 4),
        ("RED_LIGHT", "MOTORBIKE", None, "7.7.c", 4_000_000, 6_000_000, 4),
        ("RED_LIGHT", "SPECIAL", None, "8.7.c", 6_000_000, 8_000_000, 0),
        ("RED_LIGHT", "BICYCLE", None, "9.2.đ", 150_000, 250_000, 0),
        ("WRONG_WAY", "CAR", "expressway", "6.11.đ", 30_000_000, 40_000_000, 10),
        ("WRONG_WAY", "MOTORBIKE", None, "7.7.a", 4_000_000, 6_000_000, 2),
        ("EXPRESSWAY_ENTRY", "MOTORBIKE", None, "7.7.b", 4_000_000, 6_000_000, 6),
        ("LANE", "CAR", None, "6.5.b", 4_000_000, 6_000_000, 2),
        ("LANE_CHANGE", "CAR", None, "6.2.a", 600_000, 800_000, 0),
        ("STOP_PARK", "CAR", "expressway", "6.7.c", 12_000_000, 14_000_000, 6),
        ("SPEED", "CAR", "over 35 km/h over", "6.7.a", 12_000_000, 14_000_000, 6),
        ("SPEED", "MOTORBIKE", "over 20 km/h over", "7.8.a", 6_000_000, 8_000_000, 4),
    ],
)
def test_decree_168(
    kind: str, group: str, note: str | None, code: str, minimum: int, maximum: int, points: int
) -> None:
    """From 2025 the fines and points are those of Decree 168/2024, and no licence is suspended."""
    found = bracket(kind, VehicleGroup(group), ACT_2025, note)
    assert (found.code, found.minimum, found.maximum, found.points) == (code, minimum, maximum, points)
    assert found.suspension_months is None
    assert marks(found) == {"CONFIRMED"}


def marks(found: Bracket) -> set[str]:
    """How well the rows that say this are known; no document and no refusal repeats it."""
    assert "[" not in found.basis
    return {row.mark for row in load("dong-hoi").fines if row.bracket() == found}


def test_decrees_before() -> None:
    """To the end of 2024 the fines are those of Decrees 100 and 123, with suspension, and marked as recalled."""
    for day in (ACT_2022, ACT_2024):
        car = bracket("RED_LIGHT", VehicleGroup.CAR, day)
        assert (car.minimum, car.maximum, car.suspension_months, car.points) == (
            4_000_000,
            6_000_000,
            (1, 3),
            0,
        )
        assert marks(car) == {"RECALLED"}
    wrong_way = bracket("WRONG_WAY", VehicleGroup.CAR, ACT_2024)
    assert wrong_way.suspension_months == (2, 4)
    assert bracket("WRONG_WAY", VehicleGroup.MOTORBIKE, ACT_2024).rule == "R-VN-ND100-6"


def test_right_to_explain() -> None:
    """A suspension or a maximum of 15 million gives the right to explain: from 2025 to cars, no more to motorbikes."""
    assert bracket("RED_LIGHT", VehicleGroup.MOTORBIKE, ACT_2024).explainable is True
    assert bracket("RED_LIGHT", VehicleGroup.MOTORBIKE, ACT_2025).explainable is False
    assert bracket("RED_LIGHT", VehicleGroup.CAR, ACT_2025).explainable is True
    assert bracket("LANE", VehicleGroup.CAR, ACT_2025).explainable is False


def test_usual_act_first() -> None:
    """The usual act of a kind comes before its bands and places."""
    for kind in ("RED_LIGHT", "WRONG_WAY", "LANE", "LANE_CHANGE", "STOP_PARK"):
        found = load("dong-hoi").brackets(kind, ACT_2025)
        assert found[0].note is None
        assert found[0].group is VehicleGroup.CAR
    assert load("dong-hoi").brackets("JAYWALKING", ACT_2025) == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_fines_are_national(profile: str) -> None:
    """Every profile has the same fines and ceilings: no province sets its own."""
    assert load(profile).fines == load("national").fines
    assert load(profile).ceilings == load("national").ceilings


@pytest.mark.parametrize(
    "title,day,amount",
    [
        ("OFFICER", date(2026, 6, 30), 500_000),
        ("OFFICER", date(2026, 7, 1), 7_500_000),
        ("TEAM_LEADER", date(2026, 6, 30), 1_500_000),
        ("TEAM_LEADER", date(2026, 7, 1), 22_500_000),
        ("COMMUNE_POLICE_CHIEF", date(2025, 1, 1), 2_500_000),
        ("COMMUNE_POLICE_CHIEF", date(2026, 7, 1), 37_500_000),
        ("CITY_POLICE_CHIEF", date(2024, 12, 31), 15_000_000),
        ("CITY_POLICE_CHIEF", date(2025, 2, 28), 15_000_000),
        ("CITY_POLICE_CHIEF", date(2025, 3, 1), None),
        ("TRAFFIC_DIVISION_HEAD", date(2025, 1, 1), 15_000_000),
        ("PROVINCIAL_POLICE_DIRECTOR", date(2026, 7, 1), 75_000_000),
        ("COMMUNE_CHAIRMAN", date(2025, 1, 1), 5_000_000),
        ("PROVINCIAL_CHAIRMAN", date(2026, 7, 1), 75_000_000),
        ("TEAM_LEADER", date(2024, 12, 31), None),
        ("KING", date(2026, 7, 1), None),
    ],
)
def test_ceilings(title: str, day: date, amount: int | None) -> None:
    """A title's ceiling is that of the day; where none is set there is none, and nobody guesses one."""
    found = load("dong-hoi").ceiling(title, day)
    assert (found and found.amount) == amount
    if found:
        assert found.names.keys() == {"vi", "en"}


def test_titles_in_dong_hoi() -> None:
    """The head of the city police signs to the end of February 2025, then as a leader of a team."""
    rulebook = load("dong-hoi")
    assert rulebook.titles("CITY_POLICE", date(2025, 2, 28), leader=True) == ("CITY_POLICE_CHIEF",)
    assert rulebook.titles("CITY_POLICE", date(2025, 3, 1), leader=True) == ("TEAM_LEADER",)
    assert rulebook.titles("CITY_POLICE", date(2025, 3, 1), leader=False) == ("OFFICER",)
    assert rulebook.titles("COMMUNE_COMMITTEE", date(2025, 3, 1), leader=True) == ("COMMUNE_CHAIRMAN",)
    assert rulebook.titles("COMMUNE_POLICE", date(2025, 3, 1), leader=False) == ()
    assert rulebook.titles("OPERATIONS_CENTRE", date(2025, 3, 1), leader=True) == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_who_signs_may_decide(profile: str) -> None:
    """A kind of unit whose persons hold a title of the police or a committee may decide by the matrix."""
    rulebook = load(profile)
    for row in rulebook.signers:
        leader = row.leader == "yes"
        assert rulebook.access.decide(row.unit_kind, "case.decide", leader=leader).allowed, row
