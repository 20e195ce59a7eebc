"""A town whose cameras answer or do not, whoever watches their links, and a clock that goes on when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from api.devices.answering import Asker
from cli.links import ROLE, Links
from domain.camera import Camera
from domain.camera.address import Address
from domain.camera.events import Event, LinkLost, LinkRestored
from domain.commands.application import CaseSystem
from domain.incident import Incident
from domain.links import PERIOD_S
from policies.rulebook import load
from projections.follower import AwayError
from store.camera_access import CameraAccess
from store.keys import KeyFolder
from tests.cli.support import eventually
from tests.support.devices import Device
from tests.support.following import Model
from tests.support.installation import a_camera, app_over, founded, somebody_acts

BEGINS = datetime(2026, 6, 1, 1, tzinfo=UTC)


class Time:
    """A clock, and the seconds that go by."""

    def __init__(self, begins: datetime = BEGINS) -> None:
        self.begins = begins
        self.passed = 0.0

    def now(self) -> datetime:
        """The instant."""
        return self.begins + timedelta(seconds=self.passed)

    def ticks(self) -> float:
        """The seconds."""
        return self.passed


class Watcher:
    """Whoever watches, a round at a time."""

    def __init__(self, links: Links, time: Time) -> None:
        self.links = links
        self.time = time
        self.connect()
        self.links.step(self._conn)

    def connect(self) -> None:
        """Come to the database, or come back to it."""
        self._conn = self.links.connect()
        self._conn.execute(
            "INSERT INTO positions (name, position) VALUES ('links', 0) ON CONFLICT DO NOTHING"
        )

    def round(self, count: int = 1) -> None:
        """Let minutes go by, in each of which all that are watched are asked and heard."""
        for _ in range(count):
            self.time.passed += PERIOD_S
            self.links.step(self._conn)
            eventually(self._all_heard, 60.0)

    def comes_through(self) -> bool:
        """Let a minute go by; whether the database was there for it, to which it comes back otherwise."""
        try:
            self.round()
        except (psycopg.OperationalError, AwayError):
            self.close()
            self.connect()
            return False
        return True

    def _all_heard(self) -> bool:
        self.links.step(self._conn)
        return not self.links.asked

    def problem(self) -> str | None:
        """What its row says is in its way; its next look writes it."""
        self.time.passed += 1
        self.links.step(self._conn)
        [(said,)] = self._conn.execute("SELECT problem FROM positions WHERE name = 'links'").fetchall()
        return None if said is None else str(said)

    def close(self) -> None:
        """Go."""
        self._conn.close()


@contextmanager
def watching(
    database: str, keys: Path, time: Time, cls: type[Links] = Links, *, profile: str = "dong-hoi"
) -> Iterator[Watcher]:
    """Somebody who watches, under a role of its own."""
    with (
        app_over(database, keys, role=ROLE, pool=1) as app,
        Asker(seconds=20.0, clock=time.now, ticks=time.ticks) as asker,
    ):
        access = CameraAccess(app.factory.datastore, KeyFolder(keys))  # type: ignore[attr-defined] # our factory has one
        watcher = Watcher(
            cls(database, app, load(profile), access, asker, clock=time.now, ticks=time.ticks), time
        )
        try:
            yield watcher
        finally:
            watcher.close()


class Town:
    """Its cameras, its record and its registry."""

    def __init__(self, database: str, keys: Path, app: CaseSystem, registry: Model) -> None:
        self.database, self.app, self.registry = database, app, registry
        self._access = CameraAccess(app.factory.datastore, KeyFolder(keys))  # type: ignore[attr-defined] # as above
        founded(app)

    def camera(self, code: str, device: Device, *, level: str = "SMART_CITY") -> UUID:
        """Put one up."""
        with somebody_acts():
            made = a_camera(code, level)
            self.app.record(made)
        self.moved(made.id, device)
        return made.id

    def cameras(self, count: int, device: Device) -> list[UUID]:
        """Put many up, which are all one device."""
        with somebody_acts():
            made = [a_camera(f"DH-P-{device.port}-{n}") for n in range(count)]
        self.app.record_all(made)
        for one in made:
            self._access.put(one.id, Address(device.url()), version=2)
        self.registry.follow()
        return [one.id for one in made]

    def moved(self, camera_id: UUID, device: Device, *, version: int = 2) -> None:
        """It stands elsewhere, or is another device."""
        self._access.put(
            camera_id, Address(device.url(), username="admin", password="Ca-na-ry"), version=version
        )
        self.registry.follow()

    def happens(self, camera_id: UUID, event: type[Event], *, shown: bool = True, **said: Any) -> None:
        """Something happens to one, by somebody."""
        camera = self.app.find(Camera, camera_id)
        with somebody_acts():
            camera.trigger_event(event, **said)
        self.app.record(camera)
        if shown:
            self.registry.follow()

    def links(self, camera_id: UUID | None = None) -> list[LinkLost | LinkRestored]:
        """What was put on record of links, of one camera or of all, in order."""
        with psycopg.connect(self.database) as conn:
            rows = conn.execute(
                "SELECT DISTINCT originator_id FROM events WHERE topic LIKE 'camera:link-%'"
            ).fetchall()
        return [
            event
            for (one,) in rows
            if camera_id in {None, one}
            for event in self.app.events.get(one)
            if isinstance(event, LinkLost | LinkRestored)
        ]

    def told(self, camera_id: UUID | None = None) -> list[tuple[str, datetime]]:
        """The same as words, and since when."""
        return [(one.TOPIC.removeprefix("camera:link-"), one.at) for one in self.links(camera_id)]

    def incidents(self) -> dict[UUID | None, Incident]:
        """The incidents, by camera; no camera has two."""
        with psycopg.connect(self.database) as conn:
            rows = conn.execute(
                "SELECT originator_id FROM events WHERE topic = 'incident:reported'"
            ).fetchall()
        found = [self.app.find(Incident, one) for (one,) in rows]
        by_camera = {one.camera_id: one for one in found}
        assert len(by_camera) == len(found)
        return by_camera
