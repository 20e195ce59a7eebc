"""The tables are those of the regulations, and a table with a mistake stops the load."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import holidays
import pytest

from policies.rulebook import PROFILES, RulebookInvalid, UnknownProfile, load, read

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
POLICIES = ROOT / "policies"


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as they are written."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CONTRACT_DEADLINES = table(HERE / "contract_deadlines.csv")
CONTRACT_ACCESS = table(HERE / "contract_access.csv")


def of(profile: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of one profile."""
    return [row for row in rows if row["profile"] == profile]


OWN = [profile for profile in PROFILES if profile != "national"]
BEYOND = {"DRAW_RECORD_WITNESSED", "DECIDE_AFTER_CRIMINAL", "RECIDIVISM"}
"""National timers of the law that the contract leaves to us."""


@pytest.mark.parametrize("profile", PROFILES)
def test_deadlines_are_the_contract(profile: str) -> None:
    """Every deadline of a profile is a row of the contract, and every row of the contract a deadline."""
    ours = table(POLICIES / profile.replace("-", "_") / "deadlines.csv")
    assert [row for row in ours if row["timer"] not in BEYOND] == of(profile, CONTRACT_DEADLINES)
    assert {row["timer"] for row in ours} & BEYOND == (BEYOND if profile == "national" else set())


@pytest.mark.parametrize("profile", OWN)
def test_cells_are_the_contract(profile: str) -> None:
    """Every cell of a profile's matrix is a row of the contract with the rules its basis stands on."""
    ours = table(POLICIES / profile.replace("-", "_") / "access.csv")
    without_rules = [{name: value for name, value in row.items() if name != "rules"} for row in ours]
    assert without_rules == of(profile, CONTRACT_ACCESS)


def test_calendar_against_the_package() -> None:
    """From 2022 to 2026 the weekdays off are those of the holidays package, and 2 January 2026, which it lacks."""
    ours = load("national").calendar
    package = holidays.country_holidays("VN", years=range(2022, 2027))
    computed = {day for day in package if day.weekday() < 5}
    published = {day for day in ours.holidays | ours.swap_days if day.year in ours.confirmed}
    assert {day.isoformat() for day in computed ^ published} == {"2026-01-02"}
    made_up = {day.isoformat() for day in ours.makeup_days if day.year in ours.confirmed}
    assert made_up == {"2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"}
    assert ours.confirmed == {2022, 2023, 2024, 2025, 2026}


@pytest.mark.rule("R-DH-3.4.0", "R-DH-11.2.0")
def test_closed_lists() -> None:
    """Kinds of unit, purposes, violation kinds and grounds to discard are closed lists, named in both languages."""
    rulebook = load("dong-hoi")
    assert list(rulebook.purposes) == [
        "PATROL_CONTROL",
        "VIOLATION_HANDLING",
        "TRAFFIC_DIRECTION",
        "SECURITY",
        "PROFESSIONAL_MEASURES",
        "AUDIT",
    ]
    assert list(rulebook.violation_kinds) == ["RED_LIGHT", "LANE", "STOP_PARK"]
    assert list(rulebook.reasons) == ["FALSE_ALARM", "EXEMPT_VEHICLE", "DUPLICATE", "TEST"]
    assert list(rulebook.unit_kinds) == [
        "OPERATIONS_CENTRE",
        "CITY_POLICE",
        "TRAFFIC_POLICE_TEAM",
        "COMMUNE_POLICE",
        "URBAN_ORDER_TEAM",
        "COMMUNE_COMMITTEE",
        "OTHER_BODY",
    ]
    assert all(reason.reviewable for reason in rulebook.reasons.values())


def test_immutable() -> None:
    """A rulebook that is loaded cannot be changed, and is loaded once."""
    rulebook = load("dong-hoi")
    assert load("dong-hoi") is rulebook
    with pytest.raises(TypeError, match="does not support item assignment"):
        rulebook.access.table["x"] = rulebook.access.denied  # type: ignore[index]
    with pytest.raises(AttributeError, match="cannot assign"):
        rulebook.code = "XX"  # type: ignore[misc]


def test_unknown_profile() -> None:
    """An unknown profile is refused with those there are."""
    with pytest.raises(
        UnknownProfile, match="unknown profile 'hue': expected one of national, dong-hoi, quang-tri"
    ):
        load("hue")


def replaced(old: str, new: str) -> Callable[[str], str]:
    """Return an edit that replaces *old*, which must be there, once."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


MISTAKES = [
    (
        "deadlines.csv",
        replaced("working day,-,2022", "fortnight,-,2022"),
        "deadlines.csv, row 2: unit: expected",
    ),
    (
        "deadlines.csv",
        replaced("detection,5,", "detection,0,"),
        "deadlines.csv, row 2: amount: expected greater than 0",
    ),
    ("deadlines.csv", replaced("detection,5,", "detection,five,"), "deadlines.csv, row 2: amount: "),
    ("deadlines.csv", replaced("R-DH-11.3.a1", "R-DH-11.9.z"), "deadlines.csv, row 2: rule: expected one of"),
    (
        "deadlines.csv",
        replaced("dong-hoi,TRANSFER,", "hue,TRANSFER,"),
        "deadlines.csv, row 2: profile: expected one of",
    ),
    (
        "deadlines.csv",
        replaced("2022-03-18,2026-03-31", "2026-03-18,2022-03-31"),
        "row 3: expected `to` on or after",
    ),
    (
        "deadlines.csv",
        replaced("2022-03-18,2026-03-31", "2022-03-18,"),
        "row 5: from: expected after the value",
    ),
    ("deadlines.csv", replaced("month,yes", "month,-"), "row 3: expected `rolls` to be - for working days"),
    ("deadlines.csv", replaced("hour,no", "hour,yes"), "row 10: expected `rolls` no for hour"),
    (
        "deadlines.csv",
        replaced("variant,", ""),
        "deadlines.csv, row 1: expected the columns profile,timer,variant",
    ),
    ("deadlines.csv", replaced("Đ11.3.a\n", 'Đ11.3.a,"more"\n'), "deadlines.csv, row 2: expected 12 cells"),
    (
        "access.csv",
        replaced("CITY_POLICE", "VILLAGE_POLICE"),
        "access.csv, row 3: unit_kind: expected one of",
    ),
    ("access.csv", replaced("camera.view", "camera.steal"), "access.csv, row 2: action: expected one of"),
    ("access.csv", replaced(",yes,", ",maybe,"), "access.csv, row 2: allowed: expected 'yes' or 'no'"),
    ("access.csv", replaced("own-area", "own-aera"), "access.csv, row 11: needs: expected one of"),
    ("access.csv", replaced("R-DH-11.2.0 R-DH-11.3.a2", ""), "access.csv, row 2: rules: expected a value"),
    (
        "access.csv",
        replaced("dong-hoi,CITY_POLICE", "dong-hoi,OPERATIONS_CENTRE"),
        "row 3: expected each cell once",
    ),
    ("rules.csv", replaced("R-DH-3.8.0", "R-DH-3.10.0"), "id: expected once"),
    ("rulebook.yaml", replaced("code: DH", "code: dh"), "rulebook.yaml, line 3: code: "),
    (
        "rulebook.yaml",
        replaced("profile: dong-hoi", "profile: hue"),
        "rulebook.yaml, line 2: profile: expected one of dong-hoi",
    ),
    (
        "rulebook.yaml",
        replaced("R-DH-5.5.0", "R-DH-5.5.9"),
        "standing.deny_by_default.rules: expected one of the",
    ),
    (
        "rulebook.yaml",
        replaced("effective_from: {date: 2022-03-18, ", "effective_from: {"),
        "line 7: effective_from.date: expected a value",
    ),
    (
        "rulebook.yaml",
        replaced("profile:", "{profile:"),
        "rulebook.yaml, line 3: expected a readable YAML file",
    ),
]


@pytest.mark.parametrize("file,edit,expected", MISTAKES)
def test_mistake_stops_the_load(tmp_path: Path, file: str, edit: Callable[[str], str], expected: str) -> None:
    """A mistake in a table stops the load with one line: the file, the row and what was expected."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root)
    path = root / "dong_hoi" / file
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(RulebookInvalid, match=expected) as refused:
        read("dong-hoi", root)
    assert str(refused.value).startswith("dong_hoi/")
    assert "\n" not in str(refused.value)


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    """A file that is missing or not UTF-8 stops the load and is named."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root)
    (root / "national" / "calendar.csv").write_bytes(b"date,kind,name,source\n2022-01-03,OFF,\xff,x\n")
    with pytest.raises(
        RulebookInvalid, match=r"national/calendar\.csv: expected a readable CSV file in UTF-8"
    ):
        read("dong-hoi", root)
    (root / "national" / "calendar.csv").unlink()
    with pytest.raises(RulebookInvalid, match=r"national/calendar\.csv: expected a readable CSV file"):
        read("dong-hoi", root)


def test_weekend_day_off(tmp_path: Path) -> None:
    """A Saturday can only be a make-up day, and a weekday only a day off."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root)
    path = root / "national" / "calendar.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2024-05-04", "2024-05-06"), encoding="utf-8")
    with pytest.raises(RulebookInvalid, match=r"kind: expected MAKEUP on a weekend.*2024-05-06 is Monday"):
        read("dong-hoi", root)


def test_digest_follows_the_files(tmp_path: Path) -> None:
    """Two rulebooks read from different files have different versions; from the same files, the same."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root)
    assert read("dong-hoi", root).version == load("dong-hoi").version
    path = root / "dong_hoi" / "deadlines.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("detection,5,", "detection,6,"), encoding="utf-8"
    )
    assert read("dong-hoi", root).version != load("dong-hoi").version
