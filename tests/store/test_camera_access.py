"""The addresses of cameras: sealed, kept in the order of commands, and gone with the camera."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.camera import Camera
from store.camera_access import Address, CameraAccess
from store.datastore import Datastore
from store.keys import KeyFolder, KeyUnreadableError

ADDRESS = Address(
    "rtsp://camera.example:554/live/main?channel=7", "http://camera.example/onvif", "admin", "Ca-na-ry 7!x"
)
OTHER = Address("rtsps://other.example/other")


@pytest.fixture
def access(datastore: Datastore, folder: KeyFolder) -> CameraAccess:
    """The addresses of the module's installation, as `serve` sets them."""
    return CameraAccess(datastore, folder)


def closed(owner: Datastore, camera_id: UUID, topic: str) -> None:
    """Put on record that a camera is closed, as its third event."""
    with owner.get_connection() as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 3, %s, '{}')",
            (camera_id, topic),
        )


class TestKept:
    """What is put is got, by whoever has the key."""

    @pytest.mark.parametrize("address", [ADDRESS, OTHER], ids=["whole", "stream-only"])
    def test_comes_back(self, access: CameraAccess, address: Address) -> None:
        """An address comes back as it was set."""
        camera = uuid4()
        access.put(camera, address, version=2)
        assert access.get(camera) == address

    def test_none(self, access: CameraAccess) -> None:
        """A camera without an address has none."""
        assert access.get(uuid4()) is None

    def test_several(self, access: CameraAccess, datastore: Datastore) -> None:
        """Those that are on file are got together, and of one that was altered that it cannot be opened."""
        one, other, altered, none = uuid4(), uuid4(), uuid4(), uuid4()
        for camera, address in ((one, ADDRESS), (other, OTHER), (altered, OTHER)):
            access.put(camera, address, version=2)
        with datastore.get_connection() as conn:
            conn.execute(
                "UPDATE camera_access SET sealed = sealed || '\\x00' WHERE camera_id = %s", (altered,)
            )
        found = access.several([one, other, altered, none])
        assert isinstance(found.pop(altered), KeyUnreadableError)
        assert found == {one: ADDRESS, other: OTHER}

    def test_forgotten(self, access: CameraAccess) -> None:
        """What is deleted is gone; deleting it again is no error."""
        camera = uuid4()
        access.put(camera, ADDRESS, version=2)
        access.delete(camera)
        access.delete(camera)
        assert access.get(camera) is None

    @pytest.mark.parametrize("versions, left", [((2, 3), OTHER), ((3, 2), ADDRESS), ((2, 2), OTHER)])
    def test_the_later_stays(self, access: CameraAccess, versions: tuple[int, int], left: Address) -> None:
        """Of two commands the one with the later version stays, also where the earlier one is sent again after it."""
        camera = uuid4()
        for address, version in zip((ADDRESS, OTHER), versions, strict=True):
            access.put(camera, address, version=version)
        assert access.get(camera) == left

    def test_read_by_the_worker(self, common: str, access: CameraAccess, folder: KeyFolder) -> None:
        """The worker's role reads an address; it may do nothing else."""
        camera = uuid4()
        access.put(camera, ADDRESS, version=2)
        with Datastore(common, role="minhchung_detect", pool_size=1) as datastore:
            assert CameraAccess(datastore, folder).get(camera) == ADDRESS


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
class TestNotDisclosed:
    """Who has the database alone has no address."""

    def test_in_the_database(self, access: CameraAccess, common: str) -> None:
        """No part of an address is in its row, and the same one never looks the same twice."""
        cameras = [uuid4(), uuid4()]
        for camera in cameras:
            access.put(camera, ADDRESS, version=2)
        with psycopg.connect(common) as conn:
            rows = conn.execute(
                "SELECT * FROM camera_access WHERE camera_id = ANY(%s)", (cameras,)
            ).fetchall()
        assert len({bytes(row[-1]) for row in rows}) == 2
        for part in (b"camera.example", b"live", b"admin", b"Ca-na-ry"):
            assert all(part not in bytes(row[-1]) for row in rows)

    def test_not_shown(self) -> None:
        """Nothing of an address is in its representation."""
        assert repr(ADDRESS) == "Address()"

    def test_moved_to_another_camera(self, access: CameraAccess, owner: Datastore) -> None:
        """A row belongs to its camera: under another's id it is altered."""
        mine, theirs = uuid4(), uuid4()
        access.put(mine, ADDRESS, version=2)
        with owner.get_connection() as conn:
            conn.execute("UPDATE camera_access SET camera_id = %s WHERE camera_id = %s", (theirs, mine))
        with pytest.raises(
            KeyUnreadableError, match=f"the address of camera {theirs} was sealed under another"
        ):
            access.get(theirs)

    @pytest.mark.parametrize(
        "alter",
        [
            lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
            lambda raw: raw[:-1],
            lambda raw: raw[:5],
            lambda _: b"",
        ],
        ids=["last-bit", "shorter", "cut", "empty"],
    )
    def test_altered(self, access: CameraAccess, owner: Datastore, alter: Callable[[bytes], bytes]) -> None:
        """A row with a bit changed or missing is recognised, and the error repeats nothing."""
        camera = uuid4()
        access.put(camera, ADDRESS, version=2)
        with owner.get_connection() as conn:
            [row] = conn.execute(
                "SELECT sealed FROM camera_access WHERE camera_id = %s", (camera,)
            ).fetchall()
            conn.execute(
                "UPDATE camera_access SET sealed = %s WHERE camera_id = %s",
                (alter(bytes(row["sealed"])), camera),
            )
        with pytest.raises(KeyUnreadableError) as caught:
            access.get(camera)
        assert "camera.example" not in str(caught.value)

    def test_the_key_is_gone(self, access: CameraAccess, datastore: Datastore, tmp_path: Path) -> None:
        """Without the key an address is neither read nor set under a new one, which would lose the others."""
        camera = uuid4()
        access.put(camera, ADDRESS, version=2)
        elsewhere = CameraAccess(datastore, KeyFolder(tmp_path))
        with pytest.raises(KeyUnreadableError, match=r"camera-access\.key is missing"):
            elsewhere.get(camera)
        with pytest.raises(KeyUnreadableError, match=r"camera-access\.key is missing"):
            elsewhere.put(camera, OTHER, version=3)
        assert not KeyFolder(tmp_path).path_of("camera-access").exists()
        assert access.get(camera) == ADDRESS


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0", "R-DH-3.6.0")
@pytest.mark.parametrize("topic", [Camera.Retired.TOPIC, Camera.ConsentWithdrawn.TOPIC])
class TestClosed:
    """A camera that is retired, or whose owner withdraws, has no address, whoever wrote that."""

    def test_gone(self, access: CameraAccess, owner: Datastore, topic: str) -> None:
        """The event that closes a camera takes its address away in the same transaction, and no other's."""
        camera, another = uuid4(), uuid4()
        for one in (camera, another):
            access.put(one, ADDRESS, version=2)
        closed(owner, camera, topic)
        assert (access.get(camera), access.get(another)) == (None, ADDRESS)

    def test_not_set_again(self, access: CameraAccess, owner: Datastore, topic: str) -> None:
        """An earlier command that comes late sets nothing any more; a later one does, if it is let."""
        camera = uuid4()
        closed(owner, camera, topic)
        access.put(camera, ADDRESS, version=2)
        assert access.get(camera) is None
        access.put(camera, OTHER, version=4)
        assert access.get(camera) == OTHER
