"""An installation without processes: the application of a role over a test's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from cli.up.endpoints import Endpoints
from cli.wiring import application
from domain.camera import Camera
from domain.commands.application import CaseSystem
from domain.envelope import Envelope, acting
from domain.unit import Unit

UNIT = "TTGSDH"
CAMERA = "DH-T-01"


def endpoints(database_url: str, keys: Path) -> Endpoints:
    """Where this installation's record is; nothing else of it runs."""
    return Endpoints(
        database_url=database_url, nats_url="", evidence_url=keys.with_name("evidence").as_uri(), keys=keys
    )


@contextmanager
def app_over(
    database_url: str, keys: Path, *, role: str = "minhchung_intake", pool: int = 2
) -> Iterator[CaseSystem]:
    """The application under a role."""
    with application(endpoints(database_url, keys), role=role, pool=pool) as app:
        yield app


@contextmanager
def somebody_acts() -> Iterator[Envelope]:
    """An act of nobody in particular."""
    with acting(
        Envelope(
            by="system:test",
            unit_id=None,
            took_place_at=datetime.now(UTC),
            rulebook="test",
            correlation_id=uuid4(),
        )
    ) as envelope:
        yield envelope


def founded(app: CaseSystem) -> UUID:
    """A unit with one camera; the unit's id."""
    with somebody_acts():
        unit = Unit(code=UNIT, name="Trung tâm", kind="OPERATIONS_CENTRE", area_path="quang-binh/dong-hoi")
        app.record_all([unit, a_camera(CAMERA)])
    return unit.id


def a_camera(code: str, camera_class: str = "SMART_CITY") -> Camera:
    """A camera of that unit, not saved; somebody acts."""
    return Camera.in_use(
        code=code,
        name="Ngã tư",
        camera_class=camera_class,
        domain="TRAFFIC",
        area_path="quang-binh/dong-hoi/nam-ly",
        operating_unit_id=Unit.create_id(UNIT),
    )


def a_registered_camera(code: str) -> Camera:
    """A camera of that unit that does not work yet, not saved."""
    with somebody_acts():
        return Camera(
            code=code,
            name="Ngã ba",
            camera_class="SMART_CITY",
            domain="TRAFFIC",
            area_path="quang-binh/dong-hoi/nam-ly",
            operating_unit_id=Unit.create_id(UNIT),
            kind="SANCTION",
            placement="PUBLIC",
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=False,
        )


def an_activated_camera(code: str, *, withdrawn: bool = False) -> Camera:
    """A camera of that unit that was activated five minutes ago, and whose owner withdrew a minute ago or did not."""
    made = a_registered_camera(code)
    with somebody_acts() as now:
        pass
    with acting(replace(now, took_place_at=now.took_place_at - timedelta(minutes=5))):
        made.trigger_event(Camera.Activated)
    if withdrawn:
        with acting(replace(now, took_place_at=now.took_place_at - timedelta(minutes=1))):
            made.trigger_event(Camera.ConsentWithdrawn, document=None)
    return made


def a_retired_camera(code: str) -> Camera:
    """A camera of that unit that was retired five minutes ago, not saved."""
    with somebody_acts() as now:
        made = a_camera(code)
    with acting(replace(now, took_place_at=now.took_place_at - timedelta(minutes=5))):
        made.trigger_event(Camera.Retired, document=None)
    return made
