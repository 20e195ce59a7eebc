"""Clocks that are wrong, jump or disagree: deadlines follow the act, the log follows itself (C6)."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine

from api.messages.intake import Dead, Intake
from cli.wiring import rulebook
from detection.contracts import wrap
from domain.case import Case
from domain.envelope import Event
from domain.unit import Unit
from store.credentials import NewSession
from tests.support.api import NOW, Installation
from tests.support.commands import events_at, opened, renamed
from tests.support.detections import detection
from tests.support.installation import app_over, founded
from tests.support.spec import legal

DAY = timedelta(days=1)
ZONES = ("UTC", "Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def case_of(database: str, keys: Path, at: datetime, *, now: datetime) -> Case:
    """The case of a detection at an instant, taken in at another."""
    with app_over(database, keys) as app:
        one = detection(int(at.timestamp()), at=at)
        assert Intake(app, rulebook(), now=lambda: now).commit([wrap(one)]) == [None]
        return app.find(Case, Case.create_id(one.proposal_id))


@contextmanager
def zone(name: str) -> Iterator[None]:
    """A machine that is set to another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@pytest.fixture
def jurisdiction(database: str, tmp_path: Path) -> Path:
    """A unit with a camera; the folder of its keys."""
    with app_over(database, tmp_path) as app:
        founded(app)
    return tmp_path


def test_a_worker_a_day_ahead(database: str, jurisdiction: Path) -> None:
    """A detection from tomorrow is set aside with its reason; within five minutes it is taken."""
    with app_over(database, jurisdiction) as app:
        intake = Intake(app, rulebook(), now=lambda: NOW)
        ahead, nearly = (wrap(detection(n, at=NOW + by)) for n, by in enumerate((DAY, timedelta(minutes=4))))
        [refused, taken] = intake.commit([ahead, nearly])
    assert isinstance(refused, Dead)
    assert (refused.reason, taken) == ("FROM_THE_FUTURE", None)


def test_a_worker_a_day_behind(database: str, jurisdiction: Path) -> None:
    """A deadline is counted from the detection, however late that comes in."""
    case = case_of(database, jurisdiction, NOW - DAY, now=NOW)
    due = rulebook().deadline("TRANSFER", NOW - DAY)
    assert due is not None
    assert case.clocks["TRANSFER"].due == due.due


def test_a_clock_that_jumps_back(database: str, jurisdiction: Path) -> None:
    """Writers whose clocks disagree by days write one after another: the log has the order in which they did."""
    today = datetime.now(UTC)
    with app_over(database, jurisdiction) as app:
        unit_id = opened(app, "c0").id
        for n, by in enumerate((DAY, -DAY, timedelta())):
            with time_machine.travel(today + by):
                renamed(app, unit_id, f"c{n + 1}", f"Đội {n}", expected=n + 1)
        written = [event for event in app.events.get(unit_id) if isinstance(event, Event)]
        assert app.find(Unit, unit_id).name == "Đội 2"
    days = [(event.timestamp.date() - today.date()).days for event in written[1:]]
    assert days == [1, -1, 0]
    of_unit = {
        position: version for position, (unit, version) in events_at(database).items() if unit == unit_id
    }
    assert [of_unit[position] for position in sorted(of_unit)] == [1, 2, 3, 4]


def test_a_leap_day(database: str, jurisdiction: Path) -> None:
    """29 February is a day like others: it ends at midnight in Viet Nam, and five working days follow it."""
    later = legal("2028-03-02 08:00")
    last, first = legal("2028-02-29 23:59"), legal("2028-03-01 00:00")
    leap, march = (case_of(database, jurisdiction, at, now=later) for at in (last, first))
    assert [case.clocks["TRANSFER"].due for case in (leap, march)] == [
        legal("2028-03-08 00:00"),
        legal("2028-03-09 00:00"),
    ]
    assert [case.number[:8] for case in (leap, march)] == ["DH-2028-", "DH-2028-"]


@pytest.mark.parametrize("at", ["2026-03-29 02:30", "2026-10-25 02:30", "2026-12-31 23:30"])
def test_a_machine_elsewhere(database: str, jurisdiction: Path, at: str) -> None:
    """Whatever zone a machine is set to, and whether clocks change that night: the same day, the same due."""
    found = set()
    for n, name in enumerate(ZONES):
        with zone(name):
            case = case_of(
                database, jurisdiction, legal(at) + timedelta(seconds=n), now=legal("2027-01-02 08:00")
            )
            found.add((case.clocks["TRANSFER"].due, case.number[:8]))
    assert len(found) == 1


def test_a_token_to_the_second(installation: Installation, counted: Callable[[str], None]) -> None:
    """A token stands for somebody until its instant and not a second longer, by the clock that all processes share."""
    credentials = installation.services.credentials
    there = credentials.session(installation.tokens["centre.approve"])
    assert there is not None
    tokens = [
        credentials.open_session(there.account_id, NewSession(uuid4(), by)).token
        for by in (timedelta(minutes=5), timedelta(seconds=-1))
    ]
    assert [credentials.session(token) is not None for token in tokens] == [True, False]
    counted(
        "C6 6 clocks: a worker a day ahead and a day behind, one that jumps back, a leap day,"
        f" {len(ZONES)} zones in 3 nights, a token to the second: no deadline and no order follows the wrong one"
    )
