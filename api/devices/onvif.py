"""ONVIF PTZ: cameras that are moved by SOAP at the address on file (ADR 32).

A device is asked for its clock, its services and its profiles once, and told what to do from then on. The addresses
it names are used for their path alone: nothing but the host on file is ever called.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from api.devices.soap import (
    DEVICE,
    MEDIA,
    PTZ,
    SCHEMA,
    FaultError,
    MalformedError,
    answer,
    envelope,
    username_token,
)
from api.devices.wire import UnansweredError, UnreachedError, post
from domain.camera.address import Address
from domain.control import Movement, Order, Outcome, Reply

logger = logging.getLogger(__name__)

SECONDS: Final = 4.0
"""How long a device may take over one answer."""
RUN_ON_S: Final = 3
"""How long a camera moves that hears no more: whoever wants more sends more."""
REMEMBERED: Final = 10_000
SERVICES_XADDR: Final = f"{{{DEVICE}}}XAddr"


class Addresses(Protocol):
    """Where the addresses of cameras are kept."""

    def get(self, camera_id: UUID) -> Address | None:
        """The address on file; None where there is none."""


@dataclass(frozen=True)
class Device:
    """What is remembered of a device: how to ask it, by which clock, and nothing that opens it."""

    address_sha256: bytes
    path: str
    profile: str
    ahead: timedelta


class OnvifPtz:
    """Tells cameras what to do."""

    def __init__(
        self,
        addresses: Addresses,
        *,
        seconds: float = SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._addresses = addresses
        self._seconds = seconds
        self._now = now
        self._known: dict[UUID, Device] = {}
        self._lock = threading.Lock()

    def send(self, camera_id: UUID, order: Order) -> Reply:
        """Tell a camera; whatever goes wrong is a reply, which names no address."""
        try:
            return self._send(camera_id, order)
        except Exception as error:
            # an address that cannot be opened, or a device nobody thought of: on record as not done, and told here
            logger.exception("camera %s could not be told: %s", camera_id, type(error).__name__)
            return Reply(Outcome.UNKNOWN, "ERROR")

    def _send(self, camera_id: UUID, order: Order) -> Reply:
        address = self._addresses.get(camera_id)
        if address is None or address.control_url is None:
            return Reply(Outcome.UNREACHABLE, "NO_ADDRESS")
        device = self._remembered(camera_id, address)
        reply = self._tell(address, device, order) if device is not None else None
        if reply is None or reply.outcome is Outcome.REFUSED:
            # whoever refuses did nothing; its clock or its profiles may be others by now
            self._forget(camera_id)
            found = self._learned(address)
            if isinstance(found, Reply):
                return found
            reply = self._tell(address, found, order)
            if reply.outcome is Outcome.DONE:
                self._remember(camera_id, found)
        return reply

    # -- what is said --------------------------------------------------------------

    def _tell(self, address: Address, device: Device, order: Order) -> Reply:
        name, body = request(device.profile, order)
        try:
            self._ask(address, device.path, body, f"{{{PTZ}}}{name}Response", ahead=device.ahead)
        except UnreachedError as error:
            return Reply(Outcome.UNREACHABLE, str(error))
        except UnansweredError as error:
            return Reply(Outcome.UNKNOWN, str(error))
        except MalformedError:
            return Reply(Outcome.UNKNOWN, "MALFORMED")
        except FaultError as fault:
            return Reply(Outcome.REFUSED, fault.code)
        return Reply(Outcome.DONE)

    def _learned(self, address: Address) -> Device | Reply:
        """The device, or why there is none: the command itself was never sent."""
        try:
            return self._learn(address)
        except (UnreachedError, UnansweredError) as error:
            return Reply(Outcome.UNREACHABLE, str(error))
        except MalformedError:
            return Reply(Outcome.UNREACHABLE, "MALFORMED")
        except FaultError as fault:
            return Reply(Outcome.REFUSED, fault.code)

    def _learn(self, address: Address) -> Device:
        path = _path(address.control_url or "")
        ahead = self._ahead(address, path)
        services = self._ask(
            address,
            path,
            f'<t:GetServices xmlns:t="{DEVICE}"><t:IncludeCapability>false</t:IncludeCapability></t:GetServices>',
            f"{{{DEVICE}}}GetServicesResponse",
            ahead=ahead,
        )
        paths = {
            (one.findtext(f"{{{DEVICE}}}Namespace") or "").strip(): (
                one.findtext(SERVICES_XADDR) or ""
            ).strip()
            for one in services.iter(f"{{{DEVICE}}}Service")
        }
        if PTZ not in paths or MEDIA not in paths:
            raise FaultError("PTZNotSupported")
        profiles = self._ask(
            address,
            _path(paths[MEDIA]),
            f'<t:GetProfiles xmlns:t="{MEDIA}"/>',
            f"{{{MEDIA}}}GetProfilesResponse",
            ahead=ahead,
        )
        profile = _profile(profiles)
        if profile is None:
            raise FaultError("NoPTZProfile")
        return Device(_digest(address), _path(paths[PTZ]), profile, ahead)

    def _ahead(self, address: Address, path: str) -> timedelta:
        """How far the clock of the device is ahead of ours: a digest is good by its clock. Anybody may ask this."""
        found = self._ask(
            address,
            path,
            f'<t:GetSystemDateAndTime xmlns:t="{DEVICE}"/>',
            f"{{{DEVICE}}}GetSystemDateAndTimeResponse",
        )
        said = found.find(f".//{{{SCHEMA}}}UTCDateTime")
        if said is None:
            return timedelta()
        try:
            numbers = [
                int(said.findtext(f".//{{{SCHEMA}}}{part}") or "")
                for part in ("Year", "Month", "Day", "Hour", "Minute", "Second")
            ]
            year, month, day, hour, minute, second = numbers
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - self._now()
        except (ValueError, OverflowError):
            raise MalformedError from None

    def _ask(
        self, address: Address, path: str, body: str, expected: str, *, ahead: timedelta | None = None
    ) -> ET.Element:
        security = ""
        if ahead is not None and address.username is not None:
            security = username_token(address.username, address.password or "", self._now() + ahead)
        headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Connection": "close"}
        said = post(
            address.control_url or "", path, envelope(body, security=security), headers, seconds=self._seconds
        )
        if said.status in {401, 403}:
            raise FaultError("NotAuthorized")
        if 300 <= said.status < 400:  # noqa: PLR2004 — redirects, wherever to
            raise FaultError("Redirected")
        return answer(said.body, expected)

    # -- what is remembered ------------------------------------------------------------

    def _remembered(self, camera_id: UUID, address: Address) -> Device | None:
        with self._lock:
            device = self._known.get(camera_id)
        return device if device is not None and device.address_sha256 == _digest(address) else None

    def _remember(self, camera_id: UUID, device: Device) -> None:
        with self._lock:
            while len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[camera_id] = device

    def _forget(self, camera_id: UUID) -> None:
        with self._lock:
            self._known.pop(camera_id, None)


def request(profile: str, order: Order) -> tuple[str, str]:
    """The name of an operation and what is said by it."""
    vector = (
        f'<x:PanTilt xmlns:x="{SCHEMA}" x="{order.pan:.4f}" y="{order.tilt:.4f}"/>'
        f'<x:Zoom xmlns:x="{SCHEMA}" x="{order.zoom:.4f}"/>'
    )
    said = {
        Movement.MOVE: (
            "ContinuousMove",
            f"<t:Velocity>{vector}</t:Velocity><t:Timeout>PT{RUN_ON_S}S</t:Timeout>",
        ),
        Movement.GO_TO: ("AbsoluteMove", f"<t:Position>{vector}</t:Position>"),
        Movement.PRESET: ("GotoPreset", f"<t:PresetToken>{escape(order.preset or '')}</t:PresetToken>"),
        Movement.STOP: ("Stop", "<t:PanTilt>true</t:PanTilt><t:Zoom>true</t:Zoom>"),
    }
    name, inner = said[order.movement]
    token = f"<t:ProfileToken>{escape(profile)}</t:ProfileToken>"
    return name, f'<t:{name} xmlns:t="{PTZ}">{token}{inner}</t:{name}>'


def _profile(profiles: ET.Element) -> str | None:
    """The first profile that can be moved."""
    for one in profiles.iter(f"{{{MEDIA}}}Profiles"):
        if one.find(f"{{{SCHEMA}}}PTZConfiguration") is not None:
            return one.get("token")
    return None


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path or "/"
    if not path.startswith("/") or any(not 0x21 <= ord(letter) <= 0x7E for letter in path + parts.query):  # noqa: PLR2004 — what a request line may hold
        raise MalformedError
    return f"{path}?{parts.query}" if parts.query else path


def _digest(address: Address) -> bytes:
    return hashlib.sha256(f"{address.control_url}\0{address.username}".encode()).digest()
