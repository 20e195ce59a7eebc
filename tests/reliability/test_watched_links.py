"""Links of cameras are watched: what is lost is put on record once, under kills, hurry, and a cable of one's own."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from uuid import UUID

import psycopg
import pytest

from cli.links import Links, turn_after
from domain.camera import Camera
from domain.links import Change
from projections.camera_registry import CameraRegistry
from tests.cli.support import eventually
from tests.support.devices import Device, Devices
from tests.support.faults import die, forking
from tests.support.following import Model
from tests.support.installation import app_over
from tests.support.linking import Time, Town, watching
from tests.support.servers import as_superuser
from tests.support.soak import sizes

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def devices() -> Iterator[Devices]:
    """A street of them."""
    with Devices() as made:
        yield made


@pytest.fixture
def device(devices: Devices) -> Device:
    """One that answers, as long as nobody says otherwise."""
    return devices.stand()


@pytest.fixture
def town(database: str, tmp_path: Path) -> Iterator[Town]:
    """A town without cameras, but for one that has no address."""
    with app_over(database, tmp_path, role="") as app, Model(database, CameraRegistry(), app) as registry:
        yield Town(database, tmp_path, app, registry)


@pytest.fixture
def time() -> Time:
    """A clock that stands still."""
    return Time()


@pytest.mark.rule("R-DB-17.2.0", "R-DH-5.1.0", "R-DB-5.1.0")
class TestWatched:
    """One camera, or two."""

    def test_lost_and_restored(
        self, database: str, tmp_path: Path, town: Town, device: Device, time: Time
    ) -> None:
        """A link that fails three times is lost since the first, opens one incident, and is up at the first answer."""
        camera = town.camera("DH-T-02", device)
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            device.how = "hangs up"
            watcher.round(2)
            assert town.told() == []
            began = time.now() - MINUTE
            watcher.round(3)
            town.registry.follow()
            watcher.round(3)
            assert town.told(camera) == [("lost", began)]
            assert (town.incidents()[camera].kind, town.incidents()[camera].detected_at) == (
                "LINK_LOSS",
                began,
            )
            device.how = "asks who it is"
            watcher.round()
            assert town.told(camera) == [("lost", began), ("restored", time.now())]
            town.registry.follow()
            watcher.round(3)
            assert len(town.told()) == 2
            assert watcher.problem() is None
        assert list(town.incidents()) == [camera]

    def test_between_levels(
        self, database: str, tmp_path: Path, town: Town, device: Device, time: Time
    ) -> None:
        """In Điện Biên a camera of level II is lost to level I, whose operator has a day to mend it."""
        device.how = "hangs up"
        cameras = {
            level: town.camera(f"DB-{level[-1]}", device, level=level) for level in ("LEVEL_1", "LEVEL_2")
        }
        with watching(database, tmp_path, time, profile="dien-bien") as watcher:
            watcher.round(3)
        lost = {level: town.links(camera)[0] for level, camera in cameras.items()}
        assert {level: one.kind for level, one in lost.items()} == {"LEVEL_1": "CENTRE", "LEVEL_2": "LEVEL_1"}
        assert {one.envelope.rule for one in lost.values()} == {"R-DB-5.1.0"}
        for level, camera in cameras.items():
            one = town.incidents()[camera]
            assert (one.handler_kind, one.due) == ("LEVEL_1_OPERATOR", lost[level].at + timedelta(hours=24))

    def test_restarts(self, database: str, tmp_path: Path, town: Town, device: Device, time: Time) -> None:
        """A camera that restarts and answers the third try lost nothing."""
        town.camera("DH-T-02", device)
        with watching(database, tmp_path, time) as watcher:
            for _ in range(3):
                device.how = "resets"
                watcher.round(2)
                device.how = "answers"
                watcher.round()
        assert town.told() == []

    def test_said_by_a_person(
        self, database: str, tmp_path: Path, town: Town, device: Device, time: Time
    ) -> None:
        """A loss that somebody reported stays until somebody takes it back, though the device answers."""
        camera = town.camera("DH-T-02", device)
        at = time.now()
        town.happens(camera, Camera.LinkLost, at=at, kind="CENTRE", incident_id=None)
        with watching(database, tmp_path, time) as watcher:
            watcher.round(3)
            assert town.told() == [("lost", at)]
            device.how = "hangs up"
            town.happens(camera, Camera.LinkRestored, at=time.now(), kind="CENTRE", incident_id=None)
            watcher.round(2)
            assert len(town.told()) == 2
            watcher.round()
            assert town.told()[2:] == [("lost", time.now() - 2 * MINUTE)]


@pytest.mark.rule("R-DB-17.2.0")
class TestMoves:
    """What changes is heeded with the next try."""

    def test_maintenance(self, database: str, tmp_path: Path, town: Town, device: Device, time: Time) -> None:
        """Who is worked on is not asked, and loses nothing, also while the registry does not show it yet."""
        camera = town.camera("DH-T-02", device)
        device.how = "hangs up"
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            town.happens(camera, Camera.MaintenanceBegan, at=time.now(), work_order_id=None, shown=False)
            watcher.round()
            town.registry.follow()
            asked = len(device.heard)
            watcher.round(3)
            assert (len(device.heard), town.told()) == (asked, [])
            town.happens(camera, Camera.MaintenanceEnded, at=time.now(), work_order_id=None)
            watcher.round(3)
            assert town.told() == []
            watcher.round()
            assert [what for what, _ in town.told()] == ["lost"]

    def test_retired(self, database: str, tmp_path: Path, town: Town, device: Device, time: Time) -> None:
        """Whoever is retired is asked no more, and its last try is forgotten."""
        camera = town.camera("DH-T-02", device)
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            town.happens(camera, Camera.Retired, document=None, shown=False)
            watcher.round(3)
            assert len(device.heard) == 2
            town.registry.follow()
            watcher.round()
        with psycopg.connect(database) as conn:
            assert conn.execute("SELECT * FROM link_tries").fetchall() == []

    def test_another_address(
        self, database: str, tmp_path: Path, town: Town, devices: Devices, time: Time
    ) -> None:
        """A camera that has another address is asked there."""
        before, after = devices.stand(), devices.stand()
        camera = town.camera("DH-T-02", before)
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            town.moved(camera, after, version=3)
            watcher.round(2)
        assert (len(before.heard), len(after.heard)) == (2, 2)

    def test_a_key_that_is_gone(
        self, database: str, tmp_path: Path, town: Town, device: Device, time: Time
    ) -> None:
        """Where an address cannot be opened its row says so, until the key is back, or the camera is gone."""
        camera = town.camera("DH-T-02", device)
        key = tmp_path / "camera-access.key"
        aside = key.rename(tmp_path / "aside")
        with watching(database, tmp_path, time) as watcher:
            watcher.round(4)
            said = watcher.problem()
            assert said is not None
            assert said.endswith("its address cannot be opened with this MINHCHUNG_KEYS")
            aside.rename(key)
            watcher.round()
            assert watcher.problem() is None
            assert device.heard != []
            key.rename(aside)
            watcher.round()
            town.happens(camera, Camera.Retired, document=None)
            watcher.round()
            assert watcher.problem() is None
        assert town.told() == []

    def test_nobody_has_an_address(self, database: str, tmp_path: Path, town: Town, time: Time) -> None:
        """A town without addresses is asked nothing, and nothing is kept of it."""
        town.registry.follow()
        with watching(database, tmp_path, time) as watcher:
            watcher.round(5)
            assert watcher.problem() is None
        with psycopg.connect(database) as conn:
            assert conn.execute("SELECT * FROM link_tries").fetchall() == []


@pytest.mark.rule("R-DB-17.2.0")
class TestAllAtOnce:
    """A cable of one's own, or everybody else's."""

    def test_cut_off(self, database: str, tmp_path: Path, town: Town, devices: Devices, time: Time) -> None:
        """Whoever sees all fail at once says so and puts nothing on record; when they answer, nothing happened."""
        street = [devices.stand() for _ in range(12)]
        for n, one in enumerate(street):
            town.camera(f"DH-S-{n:02}", one)
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            for one in street:
                one.how = "hangs up"
            watcher.round(10)
            said = watcher.problem()
            assert said is not None
            assert said.startswith("links: more than half of all links fail at once")
            for one in street:
                one.how = "answers"
            watcher.round(2)
            assert watcher.problem() is None
        assert town.told() == []

    def test_it_was_true(
        self, database: str, tmp_path: Path, town: Town, devices: Devices, time: Time
    ) -> None:
        """What still fails after a quarter of an hour is lost since its own first failed try, each once."""
        street = [devices.stand("hangs up") for _ in range(12)]
        cameras = {town.camera(f"DH-S-{n:02}", one) for n, one in enumerate(street)}
        with watching(database, tmp_path, time) as watcher:
            watcher.round()
            first = time.now()
            watcher.round(17)
            town.registry.follow()
            watcher.round(2)
        assert town.told() == [("lost", first)] * 12
        assert set(town.incidents()) == cameras


class TestTrouble:
    """What it needs is away, or cannot be read."""

    def test_lost_connections(
        self,
        database: str,
        postgres: str,
        tmp_path: Path,
        town: Town,
        device: Device,
        time: Time,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Its connections are cut between two tries, and it goes on: the loss is on record, once."""
        camera = town.camera("DH-T-02", device)
        device.how = "hangs up"
        with watching(database, tmp_path, time) as watcher:
            watcher.round(2)
            with psycopg.connect(as_superuser(database, postgres)) as conn:
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name IN ('follower links', 'minhchung_links')"
                )
            assert not watcher.comes_through()
            eventually(watcher.comes_through)
            watcher.round(3)
        assert [what for what, _ in town.told()] == ["lost"]
        assert list(town.incidents()) == [camera]
        assert "postgresql:" not in caplog.text

    def test_a_camera_that_cannot_be_read(
        self, database: str, tmp_path: Path, town: Town, device: Device, time: Time
    ) -> None:
        """It is named for a person, and what became of every other link is put on record."""
        odd, other = town.camera("DH-T-02", device), town.camera("DH-T-03", device)
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO events (originator_id, originator_version, topic, state)"
                " VALUES (%s, 2, 'camera:teleported', '{}')",
                (odd,),
            )
        device.how = "hangs up"
        with watching(database, tmp_path, time) as watcher:
            watcher.round(4)
            said = f"links: camera {odd}: its link cannot be told to be lost: TopicError"
            assert watcher.problem() == said
        assert [what for what, _ in town.told(other)] == ["lost"]
        assert list(town.incidents()) == [other]


@pytest.mark.rule("R-DB-17.2.0")
@sizes(cameras=(150, 10_000))
def test_a_large_town(
    database: str,
    tmp_path: Path,
    town: Town,
    devices: Devices,
    time: Time,
    counted: Callable[[str], None],
    cameras: int,
) -> None:
    """However many there are, each is asked once a minute, and those that are lost are put on record, each once."""
    device, gone = devices.stand(), devices.stand("hangs up")
    lost = set(town.cameras(cameras // 5, gone))
    town.cameras(cameras - len(lost), device)
    with watching(database, tmp_path, time) as watcher:
        before = monotonic()
        watcher.round(2)
        asked = monotonic() - before
        assert (len(device.heard), len(gone.heard)) == (2 * (cameras - len(lost)), 2 * len(lost))
        before = monotonic()
        watcher.round()
        told = monotonic() - before
    assert len(town.told()) == len(lost)
    assert set(town.incidents()) == lost
    counted(
        f"links: {cameras} cameras asked in {asked / 2:.1f} s of the minute;"
        f" with {len(lost)} losses to put on record {told:.1f} s"
    )


class TestTurns:
    """Each is asked once in a minute, all of them evenly."""

    def test_evenly(self) -> None:
        """Ten thousand cameras have their turns spread over the minute: no second has far more than its part."""
        turns = [turn_after(Camera.create_id(f"DH-{n}"), 0.0) for n in range(10_000)]
        seconds = [sum(second < turn <= second + 1 for turn in turns) for second in range(60)]
        assert sum(seconds) == 10_000
        assert max(seconds) < 250

    def test_once(self) -> None:
        """Whenever a camera was heard, its next turn is the same instant of the next minute, never at once."""
        for camera in (UUID(int=0), UUID(int=59_999), Camera.create_id("DH-1")):
            turn = turn_after(camera, 0.0)
            for late in (0.0, 0.5, 59.0):
                assert turn_after(camera, turn + late) == pytest.approx(turn + 60)
            assert turn_after(camera, turn + 60.5) == pytest.approx(turn + 120)


class DyingLinks(Links):
    """Is killed at a named point of the first loss."""

    point = ""

    def _put(self, camera_id: UUID, change: Change) -> None:
        if self.point == "found":
            die()
        if self.point == "decided":
            self._app.record = lambda *_, **__: die()  # type: ignore[method-assign, assignment]
        super()._put(camera_id, change)
        die()


def watch_until_killed(database: str, keys: str, now: datetime, point: str, begun: Connection) -> None:
    """Somebody who does not watch for long."""
    DyingLinks.point = point
    with watching(database, Path(keys), Time(now), DyingLinks) as watcher:
        begun.send_bytes(b"begun")
        watcher.round(10)


@pytest.mark.rule("R-DB-17.2.0")
@pytest.mark.parametrize("point, shown", [("found", True), ("decided", True), ("recorded", False)])
def test_killed(
    database: str, tmp_path: Path, town: Town, device: Device, time: Time, point: str, shown: bool
) -> None:
    """Killed in the middle of a loss and started again, it puts that loss on record once: one incident."""
    camera = town.camera("DH-T-02", device)
    device.how = "hangs up"
    heard, speaks = forking().Pipe(duplex=False)
    child = forking().Process(
        target=watch_until_killed, args=(database, str(tmp_path), time.now(), point, speaks), daemon=True
    )
    child.start()
    speaks.close()
    assert heard.poll(30)
    child.join(60)
    heard.close()
    assert child.exitcode == -9
    assert len(town.told()) == (1 if point == "recorded" else 0)
    if shown:
        town.registry.follow()
    time.passed += 600
    with watching(database, tmp_path, time) as watcher:
        watcher.round(4)
    assert [what for what, _ in town.told(camera)] == ["lost"]
    assert list(town.incidents()) == [camera]
