"""What the provinces' rulebooks say besides the process: who operates, what they refer to, what may be switched on."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from domain.camera import Camera
from domain.commands.case import first_clocks
from domain.envelope import acting
from domain.rules import Track
from policies.reading import INSTALLED
from policies.rulebook import Rulebook, load, read
from policies.showing import entries
from tests.support.provinces import QT_CENTRE, YB_TRANSPORT
from tests.support.spec import SOMEBODY, legal

Edited = Callable[..., Rulebook]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """A copy of a rulebook with a line of one of its files said otherwise, or with more lines."""

    def edit(profile: str, name: str, was: str, becomes: str) -> Rulebook:
        folder = profile.replace("-", "_")
        shutil.copytree(INSTALLED / folder, tmp_path / folder)
        path = tmp_path / folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(was) == 1, was
        path.write_text(text.replace(was, becomes), encoding="utf-8")
        return read(profile, tmp_path)

    return edit


def shown(rulebook: Rulebook, day: date, name: str) -> dict[str, str]:
    """What `rules show` prints of a part on a day."""
    return {one.name: one.value for one in entries(rulebook, day) if one.name.startswith(name)}


@pytest.mark.rule("R-QT-4.1.0")
def test_repealed_before_it_was_cited() -> None:
    """The decree of 2013 is shown as repealed and followed in what replaced it, which is itself dated."""
    rulebook, today = load("quang-tri"), date(2023, 8, 2)
    assert shown(rulebook, today, "references") == {
        "references.NĐ 165/2013/NĐ-CP": (
            "repealed_on: 2022-01-01 · replaced_by: NĐ 135/2021/NĐ-CP · checked: yes"
        ),
        "references.TT 17/2014/TT-BCA": "checked: no",
    }
    assert "national_instruments.NĐ 135/2021/NĐ-CP" in shown(rulebook, today, "national_instruments")
    [settled] = shown(rulebook, today, "ambiguities.C9").values()
    assert "165/2013" in settled


@pytest.mark.rule("R-QT-3.2.0")
@pytest.mark.rule("R-QT-12.1.0")
def test_two_operators() -> None:
    """In Quảng Trị the Centre has the server and the police operate: two operators, each with its scope (C26)."""
    found = {one.unit_kind: (one.rule, one.scope.en) for one in load("quang-tri").says.operating_units}
    assert found == {
        "CENTRE": ("R-QT-8.1.0", "The server and the supply of information"),
        "PROVINCIAL_POLICE": ("R-QT-12.1.0", "Receiving, maintaining and operating the system"),
    }


@pytest.mark.rule("R-DH-QD.2.0")
def test_operating_unit_by_date(edited: Edited) -> None:
    """The city may name another operating unit from a day on: a line of data, and both are shown for their days."""
    office = "from: 2022-03-18, rule: R-DH-QD.2.0, settles: C27}"
    police = (
        "  - {unit_kind: CITY_POLICE, scope: {vi: Toàn bộ, en: All}, from: 2026-07-01, rule: R-DH-QD.2.0}"
    )
    handed_over = edited(
        "dong-hoi", "rulebook.yaml", office, f"{office.replace('rule:', 'to: 2026-06-30, rule:')}\n{police}"
    )
    for rulebook, day, kind in (
        (load("dong-hoi"), date(2026, 7, 1), "OPERATIONS_CENTRE"),
        (handed_over, date(2026, 6, 30), "OPERATIONS_CENTRE"),
        (handed_over, date(2026, 7, 1), "CITY_POLICE"),
    ):
        assert list(shown(rulebook, day, "operating_units")) == [
            f"operating_units.{kind}",
            f"operating_units.{kind}.scope",
        ]


@pytest.mark.parametrize(
    "profile, unit, rule",
    [
        pytest.param("quang-tri", QT_CENTRE, "R-QT-4.6.a", marks=pytest.mark.rule("R-QT-4.6.a")),
        pytest.param("yen-bai", YB_TRANSPORT, "R-YB-11.2.0", marks=pytest.mark.rule("R-YB-11.2.0")),
    ],
)
def test_service_levels_are_off(edited: Edited, profile: str, unit: object, rule: str) -> None:
    """«Timely» is no number: no clock of the transfer runs until somebody writes one down, as a row of data."""
    at = legal("2026-06-01 17:00")
    with acting(SOMEBODY):
        camera = Camera.in_use(
            code="C-1",
            name="Camera",
            camera_class="ANPR",
            domain="TRAFFIC",
            area_path=profile,
            operating_unit_id=QT_CENTRE.id,
        )
    head = "profile,timer,variant,start,amount,unit,rolls,from,to,missed,rule,citation\n"
    row = f"{profile},TRANSFER,,detection,2,working day,-,2026-01-01,,late,{rule},service level\n"
    chosen = edited(profile, "deadlines.csv", head, head + row)

    def clocks(rulebook: Rulebook) -> dict[str, str]:
        found = first_clocks(rulebook, camera, Track.SUPPLIED, at, at)
        return {clock.timer: f"{clock.due:%Y-%m-%d} {clock.rule}" for clock in found}

    assert clocks(load(profile)) == {"LIMITATION": "2027-06-01 R-VN-LXLVPHC-6.1.a"}
    assert clocks(chosen) == {
        "TRANSFER": f"2026-06-04 {rule}",
        "LIMITATION": "2027-06-01 R-VN-LXLVPHC-6.1.a",
    }
