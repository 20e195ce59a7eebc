"""Cameras are moved by ONVIF: told the right thing by whoever knows the password, and believed no more than is safe."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from api.devices.onvif import OnvifPtz
from domain.camera.address import Address
from domain.control import Movement, Order, Outcome, Reply
from tests.support.onvif import Camera, camera

ID = UUID(int=7)
MOVE = Order(movement=Movement.MOVE, pan=0.5, tilt=-0.25, zoom=0.1)
STOP = Order(movement=Movement.STOP)
SECONDS = 20.0
HASTY = 1.5
"""How long is waited for a camera that will not answer, and which has answered until then."""


@pytest.fixture
def device() -> Iterator[Camera]:
    """A camera over real HTTP."""
    with camera() as made:
        yield made


class On:
    """The addresses on file."""

    def __init__(self, address: Address | None) -> None:
        self.address = address

    def get(self, camera_id: UUID) -> Address | None:
        """The one there is."""
        return self.address if camera_id == ID else None


def address_of(device: Camera, **otherwise: str) -> Address:
    """The address of the camera, as an administrator set it."""
    said = {"control_url": device.url, "username": device.username, "password": device.password, **otherwise}
    return Address(stream_url="rtsp://127.0.0.1/", **said)


def ptz(device: Camera, *, seconds: float = SECONDS, **otherwise: str) -> OnvifPtz:
    """What moves it."""
    return OnvifPtz(On(address_of(device, **otherwise)), seconds=seconds)


def test_move(device: Camera) -> None:
    """A camera is asked for its clock, services and profiles, and moves for no longer than it hears more."""
    assert ptz(device).send(ID, MOVE) == Reply(Outcome.DONE)
    assert device.heard == ["GetSystemDateAndTime", "GetServices", "GetProfiles", "ContinuousMove"]
    assert (device.velocity, device.timeout) == ((0.5, -0.25, 0.1), "PT3S")


def test_remembered(device: Camera) -> None:
    """The second command is one request; each has a nonce of its own."""
    moves = ptz(device)
    moves.send(ID, MOVE)
    device.heard.clear()
    assert moves.send(ID, STOP) == Reply(Outcome.DONE)
    assert (device.heard, device.velocity) == (["Stop"], (0.0, 0.0, 0.0))
    assert len(device.nonces) == 4


def test_go_to(device: Camera) -> None:
    """A camera goes to a place, and to a preset; of a preset it does not have it says so."""
    moves = ptz(device)
    assert moves.send(ID, Order(movement=Movement.GO_TO, pan=-1, tilt=1, zoom=0.75)).outcome is Outcome.DONE
    assert device.position == (-1.0, 1.0, 0.75)
    assert moves.send(ID, Order(movement=Movement.PRESET, preset="cong")).outcome is Outcome.DONE
    assert device.position == (0.5, -0.25, 0.0)
    unknown = Order(movement=Movement.PRESET, preset="</x>")
    assert moves.send(ID, unknown) == Reply(Outcome.REFUSED, "NoToken")


@pytest.mark.parametrize("hours", [-9, 7, 24 * 400])
def test_clock_of_the_camera(device: Camera, hours: int) -> None:
    """A camera whose clock is wrong is spoken to by its own clock."""
    device.ahead = timedelta(hours=hours)
    assert ptz(device).send(ID, MOVE) == Reply(Outcome.DONE)


def test_clock_that_was_set(device: Camera) -> None:
    """A camera whose clock was set since then refuses once, is asked again, and moves."""
    moves = ptz(device)
    moves.send(ID, MOVE)
    device.ahead = timedelta(hours=1)
    device.heard.clear()
    assert moves.send(ID, STOP) == Reply(Outcome.DONE)
    assert device.heard == ["Stop", "GetSystemDateAndTime", "GetServices", "GetProfiles", "Stop"]


def test_password(device: Camera) -> None:
    """A wrong password moves nothing."""
    assert ptz(device, password="khác").send(ID, MOVE) == Reply(Outcome.REFUSED, "NotAuthorized")
    assert device.velocity == (0.0, 0.0, 0.0)


def test_new_address(device: Camera) -> None:
    """What was remembered of a camera counts for nothing at another address."""
    moves = ptz(device)
    moves.send(ID, MOVE)
    with camera() as other:
        moves._addresses = On(address_of(other))
        assert moves.send(ID, STOP) == Reply(Outcome.DONE)
        assert other.heard == ["GetSystemDateAndTime", "GetServices", "GetProfiles", "Stop"]


def test_no_other_host(device: Camera) -> None:
    """Addresses that a camera names are used for their path: no other host is ever called."""
    with camera() as elsewhere:
        device.xaddr_host = elsewhere.url.removesuffix("/onvif/device_service")
        assert ptz(device).send(ID, MOVE) == Reply(Outcome.DONE)
        assert elsewhere.heard == []


def test_no_redirect(device: Camera) -> None:
    """A redirect is not followed."""
    device.behaviour["ContinuousMove"] = "redirect"
    assert ptz(device).send(ID, MOVE) == Reply(Outcome.REFUSED, "Redirected")
    assert "GET" not in device.heard


MALFORMED = {
    "nothing": "",
    "text": "ok",
    "broken": "<a><b></a>",
    "other": "<html/>",
    "entities": '<!DOCTYPE e [<!ENTITY a "b">]><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>',
    "laughs": '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
    "outside": '<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>',
    "unanswered": '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>',
    "deep": "<a>" * 20_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed(device: Camera, body: str) -> None:
    """An answer that cannot be read says nothing of whether the camera moved; entities are not looked at."""
    device.behaviour["ContinuousMove"] = body
    assert ptz(device).send(ID, MOVE) == Reply(Outcome.UNKNOWN, "MALFORMED")


@pytest.mark.parametrize(
    "how, why", [("hang", "TIMEOUT"), ("drip", "TIMEOUT"), ("flood", "TOO_LARGE"), ("close", "BROKEN")]
)
def test_no_answer(device: Camera, how: str, why: str) -> None:
    """Of a command that got no answer it is not known what became of it."""
    device.behaviour["ContinuousMove"] = how
    assert ptz(device, seconds=HASTY).send(ID, MOVE) == Reply(Outcome.UNKNOWN, why)


@pytest.mark.parametrize("asked", ["GetSystemDateAndTime", "GetServices", "GetProfiles"])
@pytest.mark.parametrize("how, why", [("hang", "TIMEOUT"), ("close", "BROKEN"), ("ok", "MALFORMED")])
def test_never_told(device: Camera, asked: str, how: str, why: str) -> None:
    """A camera that cannot be asked what it is was not told anything either."""
    device.behaviour[asked] = how
    assert ptz(device, seconds=HASTY).send(ID, MOVE) == Reply(Outcome.UNREACHABLE, why)
    assert "ContinuousMove" not in device.heard


@pytest.mark.parametrize(
    "how, code", [("fault", "ActionNotSupported"), ("unauthorised", "NotAuthorized"), ("odd-fault", "FAULT")]
)
def test_faults(device: Camera, how: str, code: str) -> None:
    """What a camera refuses is on record by its code; of what it says else nothing is kept."""
    device.behaviour["ContinuousMove"] = how
    assert ptz(device).send(ID, MOVE) == Reply(Outcome.REFUSED, code)


def test_nobody_there() -> None:
    """A camera that cannot be connected to was not told."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/onvif/device_service"
        moves = OnvifPtz(On(Address(stream_url="rtsp://127.0.0.1/", control_url=url)), seconds=SECONDS)
        assert moves.send(ID, MOVE) == Reply(Outcome.UNREACHABLE, "ConnectionRefusedError")


@pytest.mark.parametrize("address", [None, Address(stream_url="rtsp://127.0.0.1/")])
def test_no_address(address: Address | None) -> None:
    """A camera without an address on file is not told."""
    assert OnvifPtz(On(address)).send(ID, MOVE) == Reply(Outcome.UNREACHABLE, "NO_ADDRESS")
