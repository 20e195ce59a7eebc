"""What the regulation of Đồng Hới gives to whom, and until when, obligation by obligation."""

from datetime import date, datetime

import pytest

from policies.rulebook import load

POLICE = {"CITY_POLICE", "TRAFFIC_POLICE_TEAM", "COMMUNE_POLICE", "URBAN_ORDER_TEAM"}
"""The units that the regulation names to verify and to handle."""


def may(action: str) -> dict[str, tuple[str, ...]]:
    """Each kind of unit that may do an act, with what must be true besides."""
    rulebook = load("dong-hoi")
    decided = {unit: rulebook.access.decide(unit, action) for unit in rulebook.unit_kinds}
    return {unit: grant.needs for unit, grant in decided.items() if grant.allowed}


def rules(unit: str, action: str) -> tuple[str, ...]:
    """The rules that an answer stands on."""
    return load("dong-hoi").access.decide(unit, action).rules


@pytest.mark.rule("R-DH-11.3.a2")
def test_the_office_searches_traffic_cameras() -> None:
    """The Office searches footage of traffic cameras and runs reports, under its own rule."""
    assert may("footage.search")["OPERATIONS_CENTRE"] == ("traffic-cameras",)
    assert may("report.run")["OPERATIONS_CENTRE"] == ()
    assert {rules("OPERATIONS_CENTRE", action)[0] for action in ("footage.search", "report.run")} == {
        "R-DH-11.3.a2"
    }


@pytest.mark.rule("R-DH-11.3.b6")
@pytest.mark.parametrize("action", ["footage.search", "report.run"])
def test_police_and_teams_search_and_report(action: str) -> None:
    """Police and teams search for road users and make statistics; another body does neither."""
    assert {unit for unit in may(action) if "R-DH-11.3.b6" in rules(unit, action)} == POLICE
    assert "OTHER_BODY" not in may(action)


@pytest.mark.rule("R-DH-12.2.b1", "R-DH-12.2.c1")
@pytest.mark.parametrize(
    "action, besides", [("camera.ptz", ("own-area",)), ("face.recognise", ("own-area", "grant"))]
)
def test_within_the_area_one_manages(action: str, besides: tuple[str, ...]) -> None:
    """Cameras are turned and faces recognised within the own area only, and not by the Office or another body."""
    assert may(action) == dict.fromkeys((*POLICE, "COMMUNE_COMMITTEE"), besides)
    assert "R-DH-12.2.c1" in rules("COMMUNE_POLICE", action)
    assert {unit for unit in may(action) if "R-DH-12.2.b1" in rules(unit, action)} == {
        *POLICE - {"COMMUNE_POLICE"},
        "COMMUNE_COMMITTEE",
    }


@pytest.mark.rule("R-DH-10.1.0")
@pytest.mark.parametrize("action", ["account.administer", "camera.administer", "unit.administer"])
def test_only_the_operating_unit_administers(action: str) -> None:
    """Accounts, cameras and units are administered by the operating unit, and by no other."""
    assert may(action) == {"OPERATIONS_CENTRE": ()}


@pytest.mark.rule("R-DH-11.1.0")
def test_purposes() -> None:
    """Public order and the handling of violations are among what data may be used for."""
    assert {"VIOLATION_HANDLING", "SECURITY"} <= set(load("dong-hoi").purposes)


@pytest.mark.parametrize(
    "timer, variant, start, last_day, rule",
    [
        pytest.param(
            "DRAW_RECORD",
            None,
            "2026-03-31",
            "2026-04-03",
            "R-DH-13.1.1",
            marks=pytest.mark.rule("R-DH-13.1.1"),
        ),
        pytest.param(
            "DRAW_RECORD",
            None,
            "2026-04-01",
            "2026-04-08",
            "R-DH-13.1.1",
            marks=pytest.mark.rule("R-DH-13.1.1", "R-DH-18.0.0", "R-DH-11.3.b2"),
        ),
        pytest.param(
            "DECIDE",
            "ORDINARY",
            "2026-06-01",
            "2026-06-10",
            "R-DH-13.2.1",
            marks=pytest.mark.rule("R-DH-13.2.1"),
        ),
        pytest.param(
            "DECIDE",
            "FILE_TRANSFERRED",
            "2026-06-01",
            "2026-06-15",
            "R-DH-13.2.2",
            marks=pytest.mark.rule("R-DH-13.2.2"),
        ),
        pytest.param(
            "DECIDE",
            "EXPLANATION",
            "2026-06-01",
            "2026-07-01",
            "R-DH-13.2.3",
            marks=pytest.mark.rule("R-DH-13.2.3"),
        ),
        pytest.param(
            "DECIDE",
            "COMPLEX",
            "2026-06-01",
            "2026-08-03",
            "R-DH-13.2.4",
            marks=pytest.mark.rule("R-DH-13.2.4"),
        ),
        pytest.param(
            "MONTHLY_REPORT",
            None,
            "2027-02-01",
            "2027-02-28",
            "R-DHV-1.4.b",
            marks=pytest.mark.rule("R-DHV-1.4.b"),
        ),
    ],
)
def test_periods(timer: str, variant: str | None, start: str, last_day: str, rule: str) -> None:
    """Each period ends on its day, by the value in force when it starts; a decision after its end is barred."""
    deadline = load("dong-hoi").deadline(timer, datetime.fromisoformat(f"{start}T09:00+07:00"), variant)
    assert deadline is not None
    assert (deadline.last_day, deadline.rule, deadline.hard) == (
        date.fromisoformat(last_day),
        rule,
        timer == "DECIDE",
    )
