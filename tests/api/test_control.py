"""The controls of a camera: one person at a time, the higher rank first, each command on record with its outcome."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from cli import demo
from domain.camera import Camera as Registered
from domain.camera.address import Address
from store.camera_access import CameraAccess
from store.keys import KeyFolder
from tests.support.api import COMMUNE, POLICE, Installation
from tests.support.onvif import Camera, camera
from tests.support.people import Person
from tests.support.uses import CAMERA, PAYLOADS, did, done, uses, watched

MOVE = {"cameraId": CAMERA, "velocity": {"pan": 0.5, "tilt": 0.0, "zoom": 0.0}}
HOLD = {"cameraId": CAMERA, "purpose": "PATROL_CONTROL"}
ELSEWHERE = "quang-binh/dong-hoi/hai-dinh"


@pytest.fixture
def device(installation: Installation) -> Iterator[Camera]:
    """The camera of the demo, with its address on file."""
    factory: Any = installation.operator.factory
    with camera() as made:
        CameraAccess(factory.datastore, KeyFolder(installation.endpoints.keys)).put(
            Registered.create_id(demo.CAMERA),
            Address(
                stream_url="rtsp://127.0.0.1/",
                control_url=made.url,
                username=made.username,
                password=made.password,
            ),
            version=1,
        )
        yield made


@pytest.fixture
def officer(installation: Installation) -> Person:
    """A handler of the city police."""
    return installation.signed_in("police.handle")


@pytest.mark.rule("R-DH-12.2.b1", "R-QT-6.2.d")
def test_way(installation: Installation, device: Camera, officer: Person) -> None:
    """The controls are taken, the camera moves and stops, and they are let go of."""
    before = installation.head()
    held = done(officer, "reserveCamera", **HOLD)["use"]
    assert (held["kind"], held["rank"], held["commands"]) == ("CONTROL", 40, 0)
    moved = done(officer, "moveCamera", **MOVE)["use"]
    assert (moved["lastMovement"], moved["lastOutcome"], moved["commands"]) == ("MOVE", "DONE", 1)
    assert device.velocity == (0.5, 0.0, 0.0)
    stopped = done(officer, "stopCamera", cameraId=CAMERA)["use"]
    assert (stopped["lastMovement"], stopped["lastOutcome"]) == ("STOP", "DONE")
    done(officer, "moveCamera", cameraId=CAMERA, preset="cong")
    assert device.position == (0.5, -0.25, 0.0)
    released = done(officer, "releaseCamera", cameraId=CAMERA)["use"]
    assert (released["endedHow"], released["commands"]) == ("CLOSED", 3)
    assert installation.since(before) == [
        "camera-control:begun",
        "camera-control:reserved",
        *["camera-control:commanded", "camera-control:answered"] * 3,
        "camera-control:released",
    ]
    installation.project()
    [use] = uses(officer)
    assert (use["commands"], use["endedHow"], use["unit"]) == (3, "CLOSED", {"code": "CATP"})
    assert len(use["history"]) == 8
    diary = officer.ask("query($c: ID!) { diary(cameraId: $c) { nodes { event by { name } } } }", c=CAMERA)
    entries = [entry for entry in diary["diary"]["nodes"] if entry["event"].startswith("camera-control:")]
    assert [entry["event"] for entry in entries] == installation.since(before)
    assert {entry["by"]["name"] for entry in entries} == {"Phạm Thị Dung (police.handle)"}


def test_recorded_before_it_goes(installation: Installation, device: Camera, officer: Person) -> None:
    """A command whose camera hangs is on record, and its outcome is not known."""
    done(officer, "reserveCamera", **HOLD)
    device.behaviour["ContinuousMove"] = "hang"
    moved = done(officer, "moveCamera", **MOVE)["use"]
    assert (moved["lastOutcome"], moved["lastDetail"]) == ("UNKNOWN", "TIMEOUT")


def test_sent_again(device: Camera, officer: Person) -> None:
    """A command that is sent again moves nothing again."""
    done(officer, "reserveCamera", **HOLD)
    for _ in range(3):
        done(officer, "moveCamera", commandId="one", **MOVE)
    assert device.heard.count("ContinuousMove") == 1


def test_not_held(installation: Installation, device: Camera, officer: Person) -> None:
    """Whoever does not hold the controls moves nothing."""
    before = installation.head()
    for act, given in (
        ("moveCamera", MOVE),
        ("stopCamera", {"cameraId": CAMERA}),
        ("releaseCamera", {"cameraId": CAMERA}),
    ):
        assert did(officer, act, **given)["__typename"] == "WrongState"
    assert (device.heard, installation.since(before)) == ([], ["attempt:refused"] * 3)


def test_lapsed(installation: Installation, device: Camera, officer: Person) -> None:
    """Controls that nobody uses for a minute are free; each command is another minute."""
    done(officer, "reserveCamera", **HOLD)
    installation.now += timedelta(seconds=59)
    done(officer, "moveCamera", **MOVE)
    installation.now += timedelta(seconds=59)
    done(officer, "stopCamera", cameraId=CAMERA)
    installation.now += timedelta(seconds=60)
    assert did(officer, "moveCamera", **MOVE)["__typename"] == "WrongState"
    colleague = installation.open_account("police.second", unit_id=POLICE, role="HANDLER")
    done(colleague, "reserveCamera", **HOLD)


class TestRank:
    """Who goes first."""

    def test_alike(self, installation: Installation, officer: Person) -> None:
        """A colleague waits; whoever holds the controls already keeps them, which records nothing."""
        done(officer, "reserveCamera", **HOLD)
        colleague = installation.open_account("police.second", unit_id=POLICE, role="HANDLER")
        before = installation.head()
        refused = did(colleague, "reserveCamera", **HOLD)
        assert (refused["__typename"], refused["retryable"]) == ("WrongState", True)
        done(officer, "reserveCamera", **HOLD)
        assert installation.since(before) == []

    @pytest.mark.rule("R-DH-12.2.b1", "R-DH-12.2.c1")
    def test_higher(self, installation: Installation, device: Camera, officer: Person) -> None:
        """The city police take the controls from the commune's, both on record; not the other way about."""
        commune = installation.open_account("commune.handle", unit_id=COMMUNE, role="HANDLER")
        done(commune, "reserveCamera", **HOLD)
        before = installation.head()
        done(officer, "reserveCamera", **HOLD)
        assert installation.since(before) == ["camera-control:taken-over", "camera-control:reserved"]
        assert did(commune, "moveCamera", **MOVE)["__typename"] == "WrongState"
        assert did(commune, "reserveCamera", **HOLD)["__typename"] == "WrongState"
        installation.project()
        installation.now += timedelta(seconds=1)
        assert [use["endedHow"] for use in uses(commune)] == ["TAKEN_OVER"]

    @pytest.mark.rule("R-DH-12.2.c1")
    def test_other_area(self, installation: Installation) -> None:
        """The commune's police move nothing outside of their area, although they see it."""
        commune = installation.open_account("commune.handle", unit_id=COMMUNE, role="HANDLER")
        elsewhere = str(installation.register_camera("T-HD", area_path=ELSEWHERE))
        watched(commune, elsewhere)
        refused = did(commune, "reserveCamera", cameraId=elsewhere, purpose="PATROL_CONTROL")
        assert (refused["__typename"], refused["rule"]["id"]) == ("Forbidden", "R-DH-12.2.c1")

    def test_by_function(self, installation: Installation) -> None:
        """Whose function is not to control cameras takes no controls."""
        for name in ("police.lead", "centre.approve", "centre.admin", "auditor"):
            answer = did(installation.signed_in(name), "reserveCamera", **HOLD)
            assert answer["__typename"] in {"Forbidden", "NotFound"}, name


def test_forced(installation: Installation, officer: Person) -> None:
    """Whoever administers the camera ends a hold, with a reason; then there is none to end."""
    done(officer, "reserveCamera", **HOLD)
    admin = installation.signed_in("centre.admin")
    forced = done(admin, "forceReleaseCamera", cameraId=CAMERA, reason="Cần bảo trì ngay")["use"]
    assert forced["endedHow"] == "FORCED"
    again = did(admin, "forceReleaseCamera", cameraId=CAMERA, reason="Cần bảo trì ngay")
    assert again["__typename"] == "WrongState"
    assert did(officer, "forceReleaseCamera", cameraId=CAMERA, reason="x")["__typename"] == "Forbidden"
    assert did(officer, "moveCamera", **MOVE)["__typename"] == "WrongState"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"preset": "cong", "velocity": {"pan": 1}},
        {"velocity": {"pan": 1.01}},
        {"position": {"tilt": -2}},
        {"preset": ""},
        {"preset": "x" * 65},
    ],
)
def test_nonsense(installation: Installation, device: Camera, officer: Person, given: dict[str, Any]) -> None:
    """A command that says nothing, two things, or too much goes nowhere."""
    done(officer, "reserveCamera", **HOLD)
    before = installation.head()
    assert did(officer, "moveCamera", cameraId=CAMERA, **given)["__typename"] == "InvalidInput"
    assert (device.heard, installation.since(before)) == ([], [])


def test_at_once(installation: Installation, device: Camera) -> None:
    """Of several who reach for the controls at once, one has them."""
    people = [installation.open_account(f"police.{n}", unit_id=POLICE, role="HANDLER") for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda one: did(one, "reserveCamera", **HOLD)["__typename"], people))
    assert sorted(answers) == ["CameraReserved", *["WrongState"] * 3]


def test_no_address(officer: Person) -> None:
    """A camera whose address is not on file is not reached, and that is on record."""
    done(officer, "reserveCamera", **HOLD)
    moved = done(officer, "moveCamera", **MOVE)["use"]
    assert (moved["lastOutcome"], moved["lastDetail"]) == ("UNREACHABLE", "NO_ADDRESS")


def test_shown(installation: Installation, officer: Person) -> None:
    """A camera shows which unit holds it, until when, and what whoever asks may do."""
    done(officer, "reserveCamera", **HOLD)
    installation.project()
    asked = "{ cameras { nodes { hold { unit { code } rank mine } availableActions { action enabled } } } }"

    def shown(name: str) -> tuple[Any, set[str]]:
        [node] = installation.signed_in(name).ask(asked)["cameras"]["nodes"]
        return node["hold"], {one["action"] for one in node["availableActions"] if one["enabled"]} & set(
            PAYLOADS
        )

    hold, may = shown("police.handle")
    assert hold == {"unit": {"code": "CATP"}, "rank": 40, "mine": True}
    assert may == {
        "openLiveView",
        "searchFootage",
        "reserveCamera",
        "moveCamera",
        "stopCamera",
        "releaseCamera",
    }
    hold, may = shown("police.lead")
    assert (hold["mine"], may) == (False, {"openLiveView", "searchFootage"})
