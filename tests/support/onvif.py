"""A camera that is not there: a real HTTP server that speaks ONVIF, keeps a position and can be as bad as real ones.

It checks the digest, its age and that a nonce is used once; everything else it does is set by a test.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree as ET

from api.devices.soap import BASE64, DEVICE, DIGEST, ENVELOPE, MEDIA, PTZ, SCHEMA, WSSE, WSU

FRESH = timedelta(seconds=60)
"""How old a token may be, by the clock of the camera."""


@dataclass
class Camera:
    """What the camera is like, and what was done to it."""

    username: str = "camera"
    password: str = "mật khẩu & <bí mật>"
    ahead: timedelta = timedelta()
    """How far its clock is ahead."""
    presets: dict[str, tuple[float, float, float]] = field(
        default_factory=lambda: {"cong": (0.5, -0.25, 0.0)}
    )
    behaviour: dict[str, str] = field(default_factory=dict)
    """What it does instead of answering, by operation."""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    timeout: str | None = None
    heard: list[str] = field(default_factory=list)
    nonces: set[bytes] = field(default_factory=set)
    xaddr_host: str | None = None
    """Another host that it names in the addresses of its services."""
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""


class FaultError(Exception):
    """What it refuses."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    camera: Camera
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Be heard where somebody follows a redirect."""
        self.camera.heard.append("GET")
        self._answer(200, b"")

    def do_POST(self) -> None:
        """Hear one request, and answer or misbehave."""
        data = self.rfile.read(int(self.headers["content-length"]))
        envelope = ET.fromstring(data)  # noqa: S314 — what we said ourselves
        body = envelope.find(f"{{{ENVELOPE}}}Body")
        assert body is not None
        said = body[0]
        name = said.tag.rpartition("}")[2]
        self.camera.heard.append(name)
        if (bad := self.camera.behaviour.get(name)) is not None:
            self._misbehave(bad)
            return
        try:
            if name != "GetSystemDateAndTime":
                self._check(envelope)
            inner = self._operations()[name](said)
        except FaultError as fault:
            self._answer(500, _fault(str(fault)))
            return
        self._answer(200, _envelope(inner))

    def _operations(self) -> dict[str, Callable[[ET.Element], str]]:
        return {
            "GetSystemDateAndTime": self._get_system_date_and_time,
            "GetServices": self._get_services,
            "GetProfiles": self._get_profiles,
            "ContinuousMove": self._continuous_move,
            "AbsoluteMove": self._absolute_move,
            "GotoPreset": self._goto_preset,
            "Stop": self._stop,
        }

    # -- operations --------------------------------------------------------------

    def _get_system_date_and_time(self, _: ET.Element) -> str:
        now = datetime.now(UTC) + self.camera.ahead
        return (
            f'<d:GetSystemDateAndTimeResponse xmlns:d="{DEVICE}" xmlns:t="{SCHEMA}"><d:SystemDateAndTime>'
            f"<t:UTCDateTime><t:Time><t:Hour>{now.hour}</t:Hour><t:Minute>{now.minute}</t:Minute>"
            f"<t:Second>{now.second}</t:Second></t:Time><t:Date><t:Year>{now.year}</t:Year>"
            f"<t:Month>{now.month}</t:Month><t:Day>{now.day}</t:Day></t:Date></t:UTCDateTime>"
            "</d:SystemDateAndTime></d:GetSystemDateAndTimeResponse>"
        )

    def _get_services(self, _: ET.Element) -> str:
        host = self.camera.xaddr_host or self.camera.url.removesuffix("/onvif/device_service")
        services = "".join(
            f"<d:Service><d:Namespace>{namespace}</d:Namespace><d:XAddr>{host}{path}</d:XAddr></d:Service>"
            for namespace, path in (
                (DEVICE, "/onvif/device_service"),
                (MEDIA, "/onvif/Media"),
                (PTZ, "/onvif/PTZ"),
            )
        )
        return f'<d:GetServicesResponse xmlns:d="{DEVICE}">{services}</d:GetServicesResponse>'

    def _get_profiles(self, _: ET.Element) -> str:
        return (
            f'<m:GetProfilesResponse xmlns:m="{MEDIA}" xmlns:t="{SCHEMA}">'
            '<m:Profiles token="fixed"><t:Name>fixed</t:Name></m:Profiles>'
            '<m:Profiles token="p1"><t:Name>ptz</t:Name><t:PTZConfiguration token="z"/></m:Profiles>'
            "</m:GetProfilesResponse>"
        )

    def _continuous_move(self, said: ET.Element) -> str:
        _profile(said)
        self.camera.velocity = _vector(said, "Velocity")
        self.camera.timeout = said.findtext(f"{{{PTZ}}}Timeout")
        return f'<p:ContinuousMoveResponse xmlns:p="{PTZ}"/>'

    def _absolute_move(self, said: ET.Element) -> str:
        _profile(said)
        self.camera.position = _vector(said, "Position")
        return f'<p:AbsoluteMoveResponse xmlns:p="{PTZ}"/>'

    def _goto_preset(self, said: ET.Element) -> str:
        _profile(said)
        token = said.findtext(f"{{{PTZ}}}PresetToken") or ""
        if token not in self.camera.presets:
            raise FaultError("ter:NoToken")
        self.camera.position = self.camera.presets[token]
        return f'<p:GotoPresetResponse xmlns:p="{PTZ}"/>'

    def _stop(self, said: ET.Element) -> str:
        _profile(said)
        self.camera.velocity = (0.0, 0.0, 0.0)
        return f'<p:StopResponse xmlns:p="{PTZ}"/>'

    # -- who asks ------------------------------------------------------------------

    def _check(self, envelope: ET.Element) -> None:
        token = envelope.find(f"{{{ENVELOPE}}}Header/{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
        if token is None:
            raise FaultError("ter:NotAuthorized")
        password = token.find(f"{{{WSSE}}}Password")
        nonce = token.find(f"{{{WSSE}}}Nonce")
        created = token.findtext(f"{{{WSU}}}Created") or ""
        assert password is not None
        assert nonce is not None
        assert (password.get("Type"), nonce.get("EncodingType")) == (DIGEST, BASE64)
        raw = base64.b64decode(nonce.text or "")
        right = hashlib.sha1(raw + created.encode() + self.camera.password.encode()).digest()  # noqa: S324 — as WS-UsernameToken has it
        age = abs(datetime.now(UTC) + self.camera.ahead - datetime.fromisoformat(created))
        known = token.findtext(f"{{{WSSE}}}Username") == self.camera.username
        if (
            not known
            or base64.b64decode(password.text or "") != right
            or age > FRESH
            or raw in self.camera.nonces
        ):
            raise FaultError("ter:NotAuthorized")
        self.camera.nonces.add(raw)

    # -- how it goes wrong ------------------------------------------------------------

    def _misbehave(self, how: str) -> None:
        self.close_connection = True
        known: dict[str, Callable[[], None]] = {
            "hang": self._hang,
            "drip": self._drip,
            "flood": self._flood,
            "redirect": self._redirect,
            "close": lambda: None,
            "unauthorised": lambda: self._answer(401, b""),
            "fault": lambda: self._answer(500, _fault("ter:ActionNotSupported")),
            "odd-fault": lambda: self._answer(500, _fault("x: rtsp://camera:secret@10.0.0.5/")),
        }
        known.get(how, lambda: self._answer(200, how.encode()))()

    def _hang(self) -> None:
        self.camera.release.wait(30)

    def _drip(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not self.camera.release.wait(0.02):
                self.wfile.write(b" ")

    def _flood(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for _ in range(10_000):
                self.wfile.write(b"<" * 65536)

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"{self.camera.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _profile(said: ET.Element) -> None:
    if said.findtext(f"{{{PTZ}}}ProfileToken") != "p1":
        raise FaultError("ter:NoProfile")


def _vector(said: ET.Element, name: str) -> tuple[float, float, float]:
    vector = said.find(f"{{{PTZ}}}{name}")
    assert vector is not None
    pan_tilt, zoom = vector.find(f"{{{SCHEMA}}}PanTilt"), vector.find(f"{{{SCHEMA}}}Zoom")
    assert pan_tilt is not None
    assert zoom is not None
    return float(pan_tilt.attrib["x"]), float(pan_tilt.attrib["y"]), float(zoom.attrib["x"])


def _envelope(inner: str) -> bytes:
    return f'<?xml version="1.0"?><e:Envelope xmlns:e="{ENVELOPE}"><e:Body>{inner}</e:Body></e:Envelope>'.encode()


def _fault(code: str) -> bytes:
    return _envelope(
        "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>ter:OperationProhibited</e:Value>"
        f"<e:Subcode><e:Value>{code}</e:Value></e:Subcode></e:Subcode></e:Code>"
        '<e:Reason><e:Text xml:lang="en">no</e:Text></e:Reason></e:Fault>'
    )


@contextmanager
def camera() -> Iterator[Camera]:
    """A camera at an address of its own."""
    made = Camera()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"camera": made}))
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/onvif/device_service"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
