"""What opens a camera: where its stream and its control are, and the account it asks for.

None of it is an event, an answer or a line of a log: it is set, and read by what has to reach the camera
(R-DH-5.3.0, R-DB-5.3.0).
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from domain.camera import events
from domain.camera.guards import CameraFacts, check_agrees, check_camera
from domain.camera.state import CameraState
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.camera.camera import Camera

STREAMS: Final = ("rtsp", "rtsps", "http", "https")
CONTROLS: Final = ("http", "https")

PLAIN: Final = re.compile(r"[\x21-\x7e]{1,2000}")
LONGEST_ACCOUNT: Final = 200


@dataclass(frozen=True)
class Address:
    """The address of a camera; no part of it shows in its representation.

    The account stands beside the URLs: whoever has to show where it connects can do so without the password.
    """

    stream_url: str = field(repr=False)
    control_url: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AddressSet(events.Event):
    """What opens the camera was set anew, and by whom; never what it is."""

    TOPIC = "camera:address-set"


# -- guards -------------------------------------------------------------------------


def check_set_address(camera: CameraFacts, context: Context) -> Refusal | None:
    """Guard: whoever administers the camera sets what opens it, for as long as there is something to open."""
    refusal = check_camera(camera, context, "camera.administer")
    if refusal is None and camera.state == CameraState.RETIRED:
        return WrongState(
            "Camera đã thôi hoạt động, không còn địa chỉ", "The camera is retired and has no address any more"
        )
    return refusal or check_agrees(camera, context)


def check_address(address: Address) -> Refusal | None:
    """Guard: it can be reached, and no URL holds an account; what was given is not repeated.

    Cameras stand in private networks, so any host will do.
    """
    return (
        _check_url("streamUrl", address.stream_url, STREAMS)
        or (address.control_url is not None and _check_url("controlUrl", address.control_url, CONTROLS))
        or _check_account(address)
        or None
    )


def _check_url(path: str, url: str, schemes: tuple[str, ...]) -> Refusal | None:
    # behind the host as well: what looks like the host is the beginning of a password then
    if "@" in url:
        return InvalidInput(
            path,
            "không ghi tài khoản trong địa chỉ (@ trong đường dẫn viết %40); dùng username và password",
            "an address holds no account (an @ of its path is written %40); give username and password",
        )
    try:
        parts = urlsplit(url)
        reached = parts.scheme in schemes and parts.hostname and parts.port != 0 and not parts.fragment
    except ValueError:
        reached = False
    if not reached or not PLAIN.fullmatch(url):
        known = ", ".join(f"{scheme}://" for scheme in schemes)
        return InvalidInput(
            path,
            f"phải là {known} rồi HOST[:PORT]/PATH, không dấu cách",
            f"must be one of {known} followed by HOST[:PORT]/PATH, without spaces",
        )
    return None


def _check_account(address: Address) -> Refusal | None:
    if address.username is None:
        if address.password is None:
            return None
        return InvalidInput("username", "phải có khi có password", "must be given where a password is")
    # in what a camera is asked with, a colon ends the name
    if not _one_line(address.username) or ":" in address.username:
        return InvalidInput(
            "username",
            f"từ 1 đến {LONGEST_ACCOUNT} ký tự in được, không có dấu hai chấm",
            f"must be 1 to {LONGEST_ACCOUNT} printable characters without a colon",
        )
    if address.password and not _one_line(address.password):
        return InvalidInput(
            "password",
            f"nhiều nhất {LONGEST_ACCOUNT} ký tự in được",
            f"must be at most {LONGEST_ACCOUNT} printable characters",
        )
    return None


def _one_line(text: str) -> bool:
    return 1 <= len(text) <= LONGEST_ACCOUNT and text.isprintable()


# -- decisions ----------------------------------------------------------------------


def set_address(self: "Camera", context: Context, address: Address) -> None:
    """Record that somebody set its address; what it is stays with whoever keeps it."""
    refuse(check_set_address(self, context) or check_address(address))
    with acting(context.envelope("camera.administer")):
        self.trigger_event(AddressSet)
