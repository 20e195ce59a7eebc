"""Every row of the contract tables is answered as it says, by the command line itself."""

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import deadline, may
from cli.console import NO, Stop
from policies.rulebook import PROFILES, load

HERE = Path(__file__).parent
OWN = [profile for profile in PROFILES if profile != "national"]
COUNTS = {"dong-hoi": 143, "quang-tri": 135, "dien-bien": 152, "yen-bai": 57}
"""Cells of the matrix of each regulation."""


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a contract table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def app() -> typer.Typer:
    """Return the two subcommands."""
    made = typer.Typer()
    deadline.register(made)
    may.register(made)
    return made


def asked(*arguments: str) -> tuple[int, Any]:
    """Return the status and the answer."""
    result = CliRunner().invoke(app(), [*arguments, "--json"])
    status = result.exception.status if isinstance(result.exception, Stop) else result.exit_code
    return status, json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("profile", OWN)
def test_every_cell(profile: str) -> None:
    """`minhchung may` answers each cell with yes or no, with rules of the regulation, and with what it needs."""
    rows = [row for row in table("contract_access.csv") if row["profile"] == profile]
    assert len(rows) == COUNTS[profile]
    rules = load(profile).rules
    for row in rows:
        on = ("--on", row["on"]) if row["on"] else ()
        for leader in (True, False):
            if row["leader"] not in {"", "yes" if leader else "no"}:
                continue
            flag = ("--leader",) if leader else ()
            status, answer = asked(
                "may",
                *("--profile", profile, "--unit", row["unit_kind"], "--action", row["action"]),
                *on,
                *flag,
            )
            allowed = row["allowed"] == "yes"
            assert (status, answer["allowed"]) == (0 if allowed else NO, allowed), row
            assert answer["needs"] == row["needs"].split(), row
            assert answer["basis"], row
            assert set(answer["basis"]) <= rules.keys(), row


@pytest.mark.parametrize(
    "row",
    table("contract_deadlines.csv"),
    ids=lambda row: f"{row['profile']}-{row['timer']}-{row['variant']}",
)
def test_every_deadline(row: dict[str, str]) -> None:
    """`minhchung deadline` answers each time limit by its rule and citation, and says whether a miss bars the act."""
    start = row["from"] or row["to"] or "2025-06-02"
    variant = ("--variant", row["variant"]) if row["variant"] else ()
    status, answer = asked(
        "deadline", "--profile", row["profile"], "--timer", row["timer"], "--from", start, *variant
    )
    assert status == 0
    assert (answer["rule"], answer["basis"]) == (row["rule"], row["citation"])
    assert answer["hard"] is (row["missed"] == "bars")
    assert answer["last_day"] >= start


@pytest.mark.parametrize("profile", PROFILES)
def test_set_or_inherited_or_not(profile: str) -> None:
    """What a regulation does not set comes from the national rules, or is not set at all."""
    names = {row["timer"] for row in table("contract_deadlines.csv")}
    set_here = {
        row["timer"] for row in table("contract_deadlines.csv") if row["profile"] in {profile, "national"}
    }
    for name in names:
        status, answer = asked("deadline", "--profile", profile, "--timer", name, "--from", "2026-05-04")
        if name in set_here:
            assert status == 0, name
        else:
            assert (status, answer) == (NO, {"due": None, "reason": "not set by this regulation"}), name


@pytest.mark.rule("R-DB-7.5.a", "R-DB-11.2.b")
def test_deadlines_of_dien_bien() -> None:
    """E23: a fault is handled within 24 hours; a camera is connected in 5 days that roll; footage stays 30 days."""
    ask = ("deadline", "--profile", "dien-bien")
    fix = asked(*ask, "--timer", "FIX_INCIDENT", "--from", "2024-08-31T22:15:00+07:00")[1]
    assert fix["due"] == "2024-09-01T22:15:00+07:00"
    assert asked(*ask, "--timer", "CONNECT_CAMERA", "--from", "2024-08-28")[1]["last_day"] == "2024-09-04"
    assert asked(*ask, "--timer", "KEEP_FOOTAGE", "--from", "2024-08-01")[1]["last_day"] == "2024-08-31"


@pytest.mark.parametrize("profile", ["national", *OWN])
def test_national_timers_beyond_the_contract(profile: str) -> None:
    """A record without a device, a decision after a criminal file and the recidivism window are national."""
    rulebook = load(profile)

    def last(timer: str, start: str, variant: str) -> str:
        status, answer = asked(
            "deadline", "--profile", profile, "--timer", timer, "--from", start, "--variant", variant
        )
        assert status == 0
        return str(answer["last_day"])

    if rulebook.effective_from <= date(2025, 5, 1):
        assert last("DRAW_RECORD_WITNESSED", "2025-04-28", "NORMAL") == "2025-05-05"
    assert last("DRAW_RECORD_WITNESSED", "2025-05-05", "NORMAL") == "2025-05-08"
    assert last("DRAW_RECORD_WITNESSED", "2025-05-05", "COMPLEX") == "2025-05-12"
    assert last("DECIDE_AFTER_CRIMINAL", "2025-06-02", "NORMAL") == "2025-07-02"
    assert last("DECIDE_AFTER_CRIMINAL", "2025-06-02", "EXTENDED") == "2025-07-17"
    assert last("RECIDIVISM", "2025-06-02", "FINE") == "2026-06-02"
    assert last("RECIDIVISM", "2025-06-02", "WARNING") == "2025-12-02"
