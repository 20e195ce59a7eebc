"""The report of unusual access: counts above the profile's thresholds, with the accesses behind each (R-DH-5.8.0)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.account import Account
from domain.clock import LEGAL_TIME
from domain.envelope import Envelope, acting
from domain.personal import Personal
from domain.reading import Attempt, Reading, searches_of
from tests.support.api import CENTRE, COMMUNE, NAMES, POLICE, Installation
from tests.support.people import Person

REPORT = """
query($from: DateTime!, $to: DateTime!) { unusualAccess(from: $from, to: $to) { truncated rulebook lines {
  kind by plate day count usual threshold accesses { position way by } } } }
"""
DAY = datetime(2026, 11, 2, 9, 0, tzinfo=LEGAL_TIME)
PERIOD = {"from": "2026-11-01T00:00:00+07:00", "to": "2026-11-10T00:00:00+07:00"}
UNITS = {"centre": CENTRE, "police": POLICE, "commune": COMMUNE}
NAM_LY = "quang-binh/dong-hoi/nam-ly"


@pytest.fixture
def place(installation: Installation) -> Installation:
    """An installation on a day on which the auditor's grant is in force."""
    installation.today()
    return installation


def on_record(
    place: Installation,
    name: str,
    instants: Sequence[datetime],
    *,
    refused: bool = False,
    area: str = NAM_LY,
    plate: str | None = None,
) -> None:
    """Put looks of somebody on record, or refused attempts, at these instants."""
    made: list[Reading | Attempt] = []
    for at in instants:
        envelope = Envelope(
            by=str(Account.create_id(name)),
            unit_id=UNITS[name.partition(".")[0]],
            took_place_at=at.astimezone(UTC),
            rulebook="dong-hoi@test",
            correlation_id=uuid4(),
        )
        said: dict[str, Any] = {"noun": "case", "ids": [UUID(int=1)], "area_path": area, "address": None}
        if plate is not None:
            said["plate"] = Personal.said(searches_of(at), plate)
        with acting(envelope):
            if refused:
                made.append(Attempt.record(way="case", code="FORBIDDEN", purpose=None, **said))
            else:
                made.append(Reading.record(uuid4(), way="case", purpose="SECURITY", **said))
    place.operator.record_all(made)


def report(place: Installation, who: Person | None = None) -> list[dict[str, Any]]:
    """The lines of the report."""
    place.project()
    found = (who or place.signed_in("auditor")).ask(REPORT, **PERIOD)["unusualAccess"]
    assert found["truncated"] is False
    lines: list[dict[str, Any]] = found["lines"]
    return lines


def minutes(at: datetime, count: int) -> list[datetime]:
    """So many instants, a minute apart."""
    return [at + timedelta(minutes=n) for n in range(count)]


def kinds(lines: list[dict[str, Any]]) -> list[tuple[str, str | None, int]]:
    """What is told, of whom, and how many."""
    return [(one["kind"], one["by"] and one["by"].rpartition("(")[2][:-1], one["count"]) for one in lines]


@pytest.mark.rule("R-DH-5.8.0")
def test_nothing_unusual(place: Installation) -> None:
    """Ordinary work is not in the report."""
    on_record(place, "centre.approve", minutes(DAY, 49))
    on_record(place, "centre.execute", minutes(DAY.replace(hour=22), 9))
    on_record(place, "commune.lead", minutes(DAY, 2), refused=True, area="quang-binh/dong-hoi/bac-ly")
    assert report(place) == []


@pytest.mark.rule("R-DH-5.8.0")
def test_more_than_ones_habit(place: Installation) -> None:
    """Sixty looks on a day are many for somebody who has ten a day, and none for somebody who has thirty."""
    for back in range(1, 6):
        on_record(place, "centre.approve", minutes(DAY - timedelta(days=back), 10))
        on_record(place, "police.handle", minutes(DAY - timedelta(days=back), 30))
    for name in ("centre.approve", "police.handle"):
        on_record(place, name, minutes(DAY, 60))
    [line] = report(place)
    assert {**line, "accesses": len(line["accesses"])} == {
        "kind": "VOLUME",
        "by": "Nguyễn Văn An (centre.approve)",
        "plate": None,
        "day": "2026-11-02",
        "count": 60,
        "usual": 10.0,
        "threshold": 50.0,
        "accesses": 60,
    }
    assert {access["by"] for access in line["accesses"]} == {"Nguyễn Văn An (centre.approve)"}


@pytest.mark.rule("R-DH-5.8.0")
def test_out_of_hours(place: Installation) -> None:
    """The hours are those of Viet Nam: ten looks before six or from ten at night on are told."""
    on_record(place, "centre.approve", minutes(DAY.replace(hour=5, minute=50), 10))
    on_record(place, "centre.execute", minutes(DAY.replace(hour=5, minute=51), 10))
    on_record(place, "police.handle", minutes(DAY.replace(hour=22), 10))
    assert sorted(kinds(report(place))) == [
        ("OUT_OF_HOURS", "centre.approve", 10),
        ("OUT_OF_HOURS", "police.handle", 10),
    ]


@pytest.mark.rule("R-DH-5.8.0", "R-QT-5.2.a")
def test_refused_and_elsewhere(place: Installation) -> None:
    """Attempts outside of the unit's area are told from three on, refusals of any kind from five."""
    on_record(place, "commune.lead", minutes(DAY, 3), refused=True, area="quang-binh/dong-hoi/bac-ly")
    on_record(place, "centre.approve", minutes(DAY, 5), refused=True)
    assert kinds(report(place)) == [("ELSEWHERE", "commune.lead", 3), ("REFUSALS", "centre.approve", 5)]


@pytest.mark.rule("R-DH-5.8.0")
def test_one_plate_by_many(place: Installation) -> None:
    """A plate that four people searched for is told, with their searches; of three it is not."""
    people = ("centre.approve", "centre.execute", "police.handle", "police.lead")
    for name in people:
        on_record(place, name, [DAY, DAY], plate="73A12345")
    for name in people[:3]:
        on_record(place, name, [DAY], plate="73A54321")
    [line] = report(place)
    assert (line["kind"], line["plate"], line["count"], len(line["accesses"])) == (
        "SAME_PLATE",
        "73A12345",
        4,
        8,
    )


def test_of_the_period(place: Installation) -> None:
    """What lies before or after it is not in the report."""
    for at in (DAY - timedelta(days=3), DAY + timedelta(days=9)):
        on_record(place, "centre.approve", minutes(at, 5), refused=True)
    assert report(place) == []


@pytest.mark.rule("R-DH-5.8.0")
@pytest.mark.parametrize("name", [name for name in NAMES if name != "auditor"])
def test_nobody_else(place: Installation, name: str) -> None:
    """Who may not replay the audit is told nothing, and that they tried is on record."""
    before = place.head()
    assert place.signed_in(name).error(REPORT, **PERIOD)["code"] == "FORBIDDEN"
    assert place.since(before) == ["attempt:refused"]


def test_it_is_on_record(place: Installation) -> None:
    """That somebody asked for the report is on record like any look."""
    before = place.head()
    report(place)
    assert place.since(before) == ["reading:recorded"]


@pytest.mark.parametrize("to", ["2026-11-01T00:00:00+07:00", "2027-11-01T00:00:00+07:00"])
def test_a_period_that_is_none(place: Installation, to: str) -> None:
    """A report is about a quarter at most, and about something."""
    error = place.signed_in("auditor").error(REPORT, **{**PERIOD, "to": to})
    assert error["message"].endswith("to: after from, by at most 92 days")
