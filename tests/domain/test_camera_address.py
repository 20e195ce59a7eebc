"""The address of a camera: who sets it, what is one, and that nothing of it is recorded or repeated."""

import pytest

from domain.camera import Camera
from domain.camera.address import Address, check_address
from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.domain.test_camera import REGISTERED
from tests.support.cameras import HOUSEHOLD, administrator, consent, registered
from tests.support.spec import ADMINISTRATOR, APPROVER, HANDLER, actor, context, fact, given, unit

ADDRESS = Address("rtsp://camera.example/live", "http://camera.example/onvif", "admin", "s3cret:@/")


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
def test_set() -> None:
    """The administrator of the operating unit sets it; the log says that it was, and by whom."""
    given(Camera, REGISTERED).when(lambda camera: camera.set_address(context(ADMINISTRATOR), ADDRESS)).then(
        fact(Camera.AddressSet).under(by=str(ADMINISTRATOR.account_id), unit_id=ADMINISTRATOR.unit_id)
    )


@pytest.mark.rule("R-DH-5.3.0")
@pytest.mark.parametrize("who, rule", [(HANDLER, "R-DH-10.1.0"), (APPROVER, "R-DH-3.5.0")])
def test_not_by(who: Actor, rule: str) -> None:
    """Nobody else does, whether they may view the camera or not."""
    given(Camera, REGISTERED).when(lambda camera: camera.set_address(context(who), ADDRESS)).then_refused(
        Forbidden, rule=rule
    )


@pytest.mark.rule("R-DB-5.3.0")
def test_own_system() -> None:
    """In Điện Biên a level II body sets the addresses of its own system, and of no other."""
    ours, theirs = unit("C2-A", "LEVEL_2_BODY"), unit("C2-B", "LEVEL_2_BODY")
    camera = given(Camera, fact(Camera.Registered, **{**REGISTERED.said, "operating_unit_id": ours.id}))
    mine, other = (
        context(actor(number, of, "ADMINISTRATOR"), profile="dien-bien")
        for number, of in ((20, ours), (21, theirs))
    )
    camera.when(lambda one: one.set_address(other, ADDRESS)).then_refused(Forbidden, rule="R-DB-7.4.0")
    camera.when(lambda one: one.set_address(mine, ADDRESS)).then(fact(Camera.AddressSet))


@pytest.mark.rule("R-DH-3.6.0")
def test_withdrawn() -> None:
    """Whoever does not agree any longer is connected to by nobody."""
    by = administrator()
    camera = registered(by, HOUSEHOLD)
    camera.file_consent(by, consent("HOUSEHOLDER"))
    camera.withdraw_consent(by, document="01/ĐN")
    with pytest.raises(WrongState, match="The owner withdrew the consent") as caught:
        camera.set_address(by, ADDRESS)
    assert caught.value.rule == "R-DH-3.6.0"


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.0.0.7/",
        "rtsp://camera.example:8554/user=admin&password=x&channel=1",
        "rtsps://[fd00::7]:322/live",
        "http://camera/video.mjpg?size=2",
        "https://camera.example/a%40b",
    ],
)
def test_any_place(url: str) -> None:
    """A camera is in a private network or not, by name or by number; how it is asked is its own affair."""
    assert check_address(Address(url)) is None


@pytest.mark.parametrize(
    "url, said",
    [
        ("", "followed by HOST"),
        ("rtsp://", "followed by HOST"),
        ("rtsp:///s3cret", "followed by HOST"),
        ("s3cret", "followed by HOST"),
        ("file:///etc/s3cret", "followed by HOST"),
        ("ftp://host/s3cret", "followed by HOST"),
        ("rtsp://host:99999/s3cret", "followed by HOST"),
        ("rtsp://host:0/s3cret", "followed by HOST"),
        ("rtsp://[s3cret/live", "followed by HOST"),
        ("rtsp://host/s3cret live", "followed by HOST"),
        ("rtsp://host/s3cret\r\nTeardown: x", "followed by HOST"),
        ("rtsp://host/s3cret\x00", "followed by HOST"),
        ("rtsp://máy/s3cret", "followed by HOST"),
        ("rtsp://host/#s3cret", "followed by HOST"),
        ("rtsp://host/" + "s3cret" * 400, "followed by HOST"),
        ("rtsp://admin:s3cret@host/live", "give username and password"),
        ("rtsp://s3cret@host/live", "give username and password"),
        ("rtsp://admin:s3c/ret@host/live", "give username and password"),
        ("rtsp://admin:s3cret?@host/live", "give username and password"),
    ],
)
@pytest.mark.parametrize("where", ["streamUrl", "controlUrl"])
@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
def test_no_address(url: str, said: str, where: str) -> None:
    """What can never be reached or holds an account is refused with what is expected, and never repeated."""
    refusal = check_address(Address(url) if where == "streamUrl" else Address("rtsp://host/", url))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, said in refusal.en, "s3c" in str(refusal)) == (where, True, False)


def test_control_is_asked_over_http() -> None:
    """A stream is no way to control a camera."""
    refusal = check_address(Address("rtsp://host/", "rtsp://host/onvif"))
    assert refusal is not None
    assert refusal.en.startswith("controlUrl: must be one of http://, https:// ")


@pytest.mark.parametrize(
    "username, password, path",
    [
        (None, "s3cret", "username"),
        ("", "s3cret", "username"),
        ("s3cret:", "x", "username"),
        ("s3cret\n", "x", "username"),
        ("s3cret" * 40, "x", "username"),
        ("admin", "s3cret\r\n", "password"),
        ("admin", "s3cret" * 40, "password"),
    ],
)
def test_no_account(username: str | None, password: str | None, path: str) -> None:
    """An account that no camera could be told is refused, and never repeated."""
    refusal = check_address(Address("rtsp://host/", None, username, password))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, "s3c" in str(refusal)) == (path, False)


def test_refused_before_it_is_looked_at() -> None:
    """Whoever may not set an address is told nothing of what is wrong with it."""
    given(Camera, REGISTERED).when(
        lambda camera: camera.set_address(context(HANDLER), Address("nothing"))
    ).then_refused(Forbidden, rule="R-DH-10.1.0")


def test_refused_where_it_is_none() -> None:
    """What is no address records nothing."""
    given(Camera, REGISTERED).when(
        lambda camera: camera.set_address(context(ADMINISTRATOR), Address("nothing"))
    ).then_refused(InvalidInput)
