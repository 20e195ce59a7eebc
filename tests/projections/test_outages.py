"""How much of a time a camera worked: whatever overlaps, what is lost twice at once is lost once."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from domain.camera import Camera
from domain.commands.application import CaseSystem
from domain.incident import Incident
from domain.personal import Personal
from projections.camera_registry import CameraRegistry
from projections.outages import By, Outages, available
from projections.scope import Scope
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import CENTRE, CITY, OTHER_CENTRE, Fact, fact, legal

EVERYTHING = Scope("true")
START = legal("2026-06-01 00:00")
MINUTE = timedelta(minutes=1)
NUMBERS = count(1)


def registered(code: str, *, unit: UUID = CENTRE.id, level: str = "LEVEL_2", in_use: bool = True) -> Fact:
    """A camera that was at work when it was registered, at the beginning of the time, or was not."""
    return fact(
        Camera.Registered,
        code=code,
        name=code,
        camera_class=level,
        domain="TRAFFIC",
        area_path=CITY,
        operating_unit_id=unit,
        kind="OTHER",
        placement="PUBLIC",
        manager_unit_id=None,
        custodian_unit_id=None,
        longitude=None,
        latitude=None,
        view=None,
        channel=None,
        in_use=in_use,
    ).under(took_place_at=START)


def at(minute: int) -> datetime:
    """So many minutes after the beginning."""
    return START + minute * MINUTE


def _minute(one: datetime | None) -> int | None:
    return None if one is None else (one - START) // MINUTE


class Told:
    """The read models, and what they tell."""

    def __init__(self, outages: Model, registry: Model, app: CaseSystem) -> None:
        self.outages, self.registry, self.app = outages, registry, app

    def camera(self, *facts: Fact, **said: Any) -> UUID:
        """Put a camera on record with what happened to it."""
        number = next(NUMBERS)
        camera_id = UUID(int=0xCA000000 + number)
        happened(self.app, Camera, camera_id, registered(f"C-{number}", **said), *facts)
        return camera_id

    def rows(self, camera_id: UUID) -> list[tuple[int | None, int | None]]:
        """From which minute to which each time of a camera that was at work was, in the order of the record."""
        self.outages.follow()
        found = self.outages.conn.execute(
            "SELECT began_at, ended_at FROM outages WHERE camera_id = %s AND cause <> 'ABSENT'"
            " ORDER BY began_position",
            (camera_id,),
        )
        return [(_minute(began), _minute(ended)) for began, ended in found]

    def of(self, from_: datetime, to: datetime, by: By = By.CAMERA, **only: Any) -> list[Any]:
        """What is told of a time."""
        self.outages.follow()
        self.registry.follow()
        return available(self.outages.conn, EVERYTHING, from_, to, by, **only)


@pytest.fixture(scope="module")
def told(common: str, app: CaseSystem) -> Any:
    """Both read models over one log."""
    with Model(common, Outages(), app) as outages, Model(common, CameraRegistry(), app) as registry:
        yield Told(outages, registry, app)


def lost(minute: int) -> Fact:
    """Its link went down."""
    return fact(Camera.LinkLost, at=at(minute), kind="CENTRE", incident_id=None)


def restored(minute: int) -> Fact:
    """It came up again."""
    return fact(Camera.LinkRestored, at=at(minute), kind="CENTRE", incident_id=None)


def faulty(minute: int, kind: str = "NO_PICTURE", incident_id: UUID | None = None) -> Fact:
    """It was at fault."""
    return fact(Camera.FaultBegan, at=at(minute), kind=kind, incident_id=incident_id)


def mended(minute: int, kind: str = "NO_PICTURE", incident_id: UUID | None = None) -> Fact:
    """It was no more."""
    return fact(Camera.FaultEnded, at=at(minute), kind=kind, incident_id=incident_id)


def worked_on(minute: int) -> Fact:
    """It was taken into maintenance."""
    return fact(Camera.MaintenanceBegan, at=at(minute), work_order_id=None)


def put_back(minute: int) -> Fact:
    """It was put to work again."""
    return fact(Camera.MaintenanceEnded, at=at(minute), work_order_id=None)


HOUR_S = 3600.0


@pytest.mark.rule("R-DB-16.2.0", "R-DB-17.2.0", "R-DH-15.1.0")
class TestTold:
    """What a time of one camera comes to."""

    def test_overlapping(self, told: Told) -> None:
        """A link that is lost while there is no picture is one outage, from the first to the last."""
        camera = told.camera(lost(10), faulty(20), restored(30), mended(40))
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert (one.expected_s, one.down_s, one.maintenance_s, one.outages) == (HOUR_S, 1800.0, 0.0, 1)
        assert one.ratio == 0.5

    def test_still_down(self, told: Told) -> None:
        """What has not ended lasts to the end of the time, and its link is told to be down there, not before."""
        camera = told.camera(lost(30))
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert (one.down_s, one.links_lost) == (1800.0, 1)
        [before] = told.of(at(0), at(20), camera_id=camera)
        assert (before.down_s, before.links_lost) == (0.0, 0)

    def test_maintenance(self, told: Told) -> None:
        """Work on a camera counts as time in which it does not work, and is told apart."""
        camera = told.camera(worked_on(0), put_back(15), lost(45))
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert (one.down_s, one.maintenance_s, one.outages) == (1800.0, 900.0, 2)

    def test_defect(self, told: Told) -> None:
        """A clock that is wrong is a fault, and the camera shows what there is all the same."""
        camera = told.camera(faulty(0, "CLOCK"), mended(30, "CLOCK"))
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert one.down_s == 0.0

    def test_not_in_service(self, told: Told) -> None:
        """Before it is activated and after it is retired nobody expects it to work."""
        camera = told.camera(
            fact(Camera.Activated).under(took_place_at=at(20)),
            lost(30),
            fact(Camera.Retired, document=None).under(took_place_at=at(40)),
            in_use=False,
        )
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert (one.expected_s, one.down_s, one.ratio) == (1200.0, 600.0, 0.5)
        [before] = told.of(at(0), at(10), camera_id=camera)
        assert (before.expected_s, before.ratio) == (0.0, None)

    def test_seen_earlier(self, told: Told) -> None:
        """An incident that turns out to have been seen earlier makes its outage longer."""
        incident = UUID(int=0x1C1)
        camera = told.camera(faulty(30, incident_id=incident), mended(40))
        backdated = fact(Incident.Backdated, detected_at=at(10), due=None, text=Personal.said(incident, "x"))
        first = fact(
            Incident.Reported,
            number="DH-SC-2026-000777",
            kind="DEVICE_FAULT",
            camera_id=camera,
            area_path=CITY,
            camera_class="LEVEL_2",
            reporting_unit_id=CENTRE.id,
            operating_unit_id=CENTRE.id,
            handler_kind=None,
            detected_at=at(30),
            notified_at=at(30),
            leader_account_id=None,
            leader_told_at=None,
            fault="NO_PICTURE",
            due=None,
            due_rule=None,
            text=Personal.said(incident, "x"),
        )
        happened(told.app, Incident, incident, first, backdated)
        [one] = told.of(at(0), at(60), camera_id=camera)
        assert one.down_s == 1800.0


class TestEachItsOwn:
    """Times that overlap, each put on record by an incident of its own or by somebody without one."""

    FIRST, SECOND = UUID(int=0x1C2), UUID(int=0x1C3)

    def test_overlapping(self, told: Told) -> None:
        """What ends one ends no other; what was stored before each had its own ends whatever there is."""
        first, second = self.FIRST, self.SECOND
        began = [faulty(10, incident_id=first), faulty(5, incident_id=second), faulty(20)]
        ended = mended(30, incident_id=first)
        assert told.rows(told.camera(*began, ended)) == [(10, 30), (5, None), (20, None)]
        assert told.rows(told.camera(*began, mended(30))) == [(10, None), (5, None), (20, 30)]
        assert told.rows(told.camera(*began[:2], mended(30))) == [(10, 30), (5, 30)]

    def test_begun_earlier(self, told: Told) -> None:
        """What is said to have begun earlier began then, and nothing else did."""
        earlier = fact(Camera.Backdated, at=at(2), kind="NO_PICTURE", incident_id=None, said_at=at(20))
        camera = told.camera(faulty(20), faulty(20, "CLOCK"), faulty(20, incident_id=self.FIRST), earlier)
        assert told.rows(camera) == [(2, None), (20, None), (20, None)]

    def test_of_a_retired_camera(self, told: Told) -> None:
        """What was wrong with it when it was retired, or is found afterwards, was over by then, or earlier."""
        retired = fact(Camera.Retired, document=None).under(took_place_at=at(40))
        camera = told.camera(
            faulty(30), retired, faulty(10, "CLOCK"), mended(20, "CLOCK"), faulty(15, "POWER")
        )
        assert told.rows(camera) == [(30, 40), (10, 20), (15, 40)]


@pytest.mark.rule("R-DB-16.2.0")
def test_by_tier_and_unit(told: Told) -> None:
    """Cameras of a tier or of a unit are told of together: their times are added."""
    month = START - timedelta(days=400)
    cameras = [
        told.camera(lost(0), restored(30), unit=OTHER_CENTRE.id, level="LEVEL_3"),
        told.camera(unit=OTHER_CENTRE.id, level="LEVEL_3"),
    ]
    [unit] = [one for one in told.of(at(0), at(60), By.UNIT) if one.unit_id == OTHER_CENTRE.id]
    [tier] = [one for one in told.of(at(0), at(60), By.TIER) if one.tier == 3]
    for one in (unit, tier):
        assert (one.cameras, one.expected_s, one.down_s, one.outages) == (len(cameras), 7200.0, 1800.0, 1)
        assert one.ratio == 0.75
    assert all(one.expected_s == 0.0 for one in told.of(month, month + timedelta(days=1), By.TIER))


LENGTH = 120


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, Fact, str]]:
    """What happened to a camera in two hours: losses, faults and work, in the order in which they were recorded."""
    found: list[tuple[int, Fact, str]] = []
    ways = {"link": (lost, restored), "fault": (faulty, mended), "work": (worked_on, put_back)}
    for name, (begin, end) in ways.items():
        minutes = sorted(draw(st.lists(st.integers(0, LENGTH), unique=True, max_size=6)))
        found += [(minute, (begin, end)[n % 2](minute), name) for n, minute in enumerate(minutes)]
    return sorted(found, key=lambda one: one[0])


@settings(max_examples=40, deadline=None)
@drawn_from(lives(), st.integers(0, LENGTH - 1), st.integers(1, LENGTH))
def test_minute_by_minute(told: Told, life: list[tuple[int, Fact, str]], first: int, length: int) -> None:
    """Whatever happens to it, the time it was down is that of the minutes in which it was."""
    camera = told.camera(*(happening for _, happening, _ in life))
    down, minutes, times = 0, range(first, first + length), 0
    before = False
    for minute in minutes:
        is_down = any(
            sum(one <= minute for one, _, name in life if name == way) % 2
            for way in ("link", "fault", "work")
        )
        down += is_down
        times += is_down and not before
        before = is_down
    [one] = told.of(at(first), at(first + length), camera_id=camera)
    assert (one.expected_s, one.down_s, one.outages) == (60.0 * length, 60.0 * down, times)
