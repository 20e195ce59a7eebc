"""`minhchung deadline` and `minhchung may` answer as the contract says."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import deadline, may
from cli.console import NO, USAGE, Stop


def asked(*arguments: str) -> tuple[int, Any, str]:
    """Return the status, the last line of the answer and the line for the person."""
    app = typer.Typer()
    deadline.register(app)
    may.register(app)
    result = CliRunner().invoke(app, [*arguments, "--json"])
    stopped = result.exception if isinstance(result.exception, Stop) else None
    status = stopped.status if stopped else result.exit_code
    return status, json.loads(result.stdout.splitlines()[-1]) if result.stdout else None, str(stopped or "")


def limit(timer: str, start: str, *more: str, profile: str = "dong-hoi") -> tuple[int, Any, str]:
    """Ask for a deadline."""
    return asked("deadline", "--profile", profile, "--timer", timer, "--from", start, *more)


def test_deadline() -> None:
    """A deadline answers when it ends, its last day, its rule and citation, and whether it bars the act."""
    status, answered, _ = limit("TRANSFER", "2022-04-29T16:00:00+07:00")
    assert status == 0
    assert answered == {
        "due": "2022-05-11T00:00:00+07:00",
        "last_day": "2022-05-10",
        "rule": "R-DH-11.3.a1",
        "basis": "DH 790 Đ11.3.a",
        "hard": False,
    }


@pytest.mark.parametrize(
    "start,due",
    [
        ("2022-09-30T16:30:00+07:00", "2022-10-01T16:30:00+07:00"),
        ("2022-09-30T09:30:00Z", "2022-10-01T16:30:00+07:00"),
        ("2022-09-30", "2022-10-01T00:00:00+07:00"),
    ],
)
def test_start(start: str, due: str) -> None:
    """The start may be written with any offset; a date is its first moment in Viet Nam."""
    assert limit("TRANSFER_RECORD", start)[1]["due"] == due


def test_not_set() -> None:
    """A timer the regulation does not set is no error: there is no deadline, and the status is 1."""
    status, answered, message = limit("KEEP_FOOTAGE", "2022-09-30")
    assert (status, answered, message) == (NO, {"due": None, "reason": "not set by this regulation"}, "")


def test_provisional() -> None:
    """A deadline counted through an unpublished year is marked."""
    assert limit("TRANSFER", "2031-03-03")[1]["provisional"] is True


@pytest.mark.parametrize(
    "start",
    [
        "yesterday",
        "2022-09-30T16:30:00",
        "2022-13-01",
        "2022-09-30T25:00:00+07:00",
        "2022-W01-1",
        "",
        "٢٠٢٢-09-30",
    ],
)
def test_unreadable_start(start: str) -> None:
    """A start that names no instant is refused with what was expected."""
    status, answered, message = limit("TRANSFER", start)
    assert (status, answered) == (USAGE, None)
    assert message.endswith("expected an instant with offset such as 2022-09-30T16:30:00+07:00, or a date")


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("timer", ["TRANSFER", "VERIFY", "TRANSFER_RECORD", "LIMITATION", "OWNER_APPEARANCE"])
def test_beyond_the_calendar(start: str, timer: str) -> None:
    """A start from which nothing can be counted is refused, or has no rule in force; it never breaks."""
    status, answered, message = limit(timer, start)
    assert (status, answered) == (USAGE, None) or (status, answered["due"]) == (NO, None)
    assert ("beyond the calendar" in message) is (status == USAGE)


def test_unknown_profile_and_variant() -> None:
    """An unknown profile or variant is refused with those there are."""
    assert limit("TRANSFER", "2022-09-30", profile="hue")[::2] == (
        USAGE,
        "unknown profile 'hue': expected one of national, dong-hoi, quang-tri, dien-bien, yen-bai",
    )
    assert limit("TRANSFER", "2022-09-30", "--variant", "FAST")[::2] == (
        USAGE,
        "TRANSFER has no variant FAST: expected none",
    )


def test_may() -> None:
    """An allowed action answers with its rules and needs, a denied one with status 1."""
    unit = ("may", "--profile", "dong-hoi", "--unit", "COMMUNE_POLICE", "--action", "extraction.request")
    assert asked(*unit) == (NO, {"allowed": False, "basis": ["R-DH-12.2.c2"], "needs": ["leader"]}, "")
    assert asked(*unit, "--leader") == (0, {"allowed": True, "basis": ["R-DH-12.2.c2"], "needs": []}, "")


def test_may_on() -> None:
    """An action on an object is asked with the object."""
    unit = ("may", "--profile", "dong-hoi", "--unit", "COMMUNE_COMMITTEE", "--action", "camera.view")
    assert asked(*unit, "--on", "SECURITY")[1] == {
        "allowed": True,
        "basis": ["R-DH-12.2.b1"],
        "needs": ["own-area"],
    }
    assert asked(*unit, "--on", "TRAFFIC")[0] == NO


def test_may_unknown() -> None:
    """What the matrix does not name is denied; an unknown profile cannot be asked."""
    assert asked("may", "--profile", "dong-hoi", "--unit", "GUEST", "--action", "case.approve")[0] == NO
    assert asked("may", "--profile", "hue", "--unit", "CENTRE", "--action", "case.approve")[0] == USAGE
