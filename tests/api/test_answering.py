"""Devices are asked whether they answer: nothing that opens them is said, and nobody is waited for too long."""

import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.devices.answering import Asker
from domain.links import Tried
from tests.cli.support import eventually
from tests.support.devices import Device, Devices

ONE = UUID(int=1)
SECONDS = 20.0
HASTY = 0.3
"""How long is waited for a device that will not answer."""


@pytest.fixture(scope="module")
def devices() -> Iterator[Devices]:
    """A street of them."""
    with Devices() as made:
        yield made


def asked(url: str, *, seconds: float = SECONDS) -> bool:
    """Ask whoever is at an address; whether it answers."""
    with Asker(seconds=seconds) as asker:
        asker.ask(ONE, url)
        one: Tried = eventually(asker.outcome, 30.0)
        assert one.camera_id == ONE
        assert asker.outcome() is None
        return one.answered


@pytest.mark.parametrize("how", ["answers", "asks who it is", "knows no such method", "says too much"])
def test_alive(devices: Devices, how: str) -> None:
    """Whoever answers by its protocol is alive, whatever it says, and however much."""
    assert asked(devices.stand(how).url())


@pytest.mark.parametrize("how", ["answers a page", "sends elsewhere"])
def test_http(devices: Devices, how: str) -> None:
    """The same for one that speaks HTTP; it is followed nowhere."""
    assert asked(devices.stand(how).url("http"))


@pytest.mark.parametrize(
    "how", ["babbles", "greets as mail", "has no end of a line", "breaks off", "hangs up", "resets"]
)
def test_no_answer(devices: Devices, how: str) -> None:
    """What is no answer by its protocol is none, however it comes."""
    assert not asked(devices.stand(how).url())


@pytest.mark.parametrize("how", ["is silent", "drips"])
def test_slow(devices: Devices, how: str) -> None:
    """Who is silent is given up, and so is who sends a byte now and then."""
    assert not asked(devices.stand(how).url(), seconds=HASTY)


@pytest.mark.parametrize("url", ["rtsp://no-such-camera.invalid/", "http://[::1]:1/", "rtsp://a..b/"])
def test_nobody_there(url: str) -> None:
    """A host that is unknown, or at which nobody listens, does not answer."""
    assert not asked(url)


def test_full() -> None:
    """One that takes no connection any more is given up as well."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        assert not asked(f"rtsp://127.0.0.1:{address[1]}/", seconds=HASTY)
        for one in waiting:
            one.close()


def test_sealed(devices: Devices, tmp_path: Path) -> None:
    """A camera that signed its own certificate, as they do, is asked over TLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    file = tmp_path / "camera.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    assert asked(devices.stand(tls=tls).url("rtsps"))
    assert asked(devices.stand("answers a page", tls=tls).url("https"))
    assert not asked(devices.stand().url("rtsps"), seconds=HASTY)


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
@pytest.mark.parametrize("how", ["answers", "babbles", "resets"])
def test_not_disclosed(devices: Devices, caplog: pytest.LogCaptureFixture, how: str) -> None:
    """Neither path nor query of an address is sent to whoever is there, and no part of it is written to a log."""
    device = devices.stand(how)
    with caplog.at_level(logging.DEBUG):
        asked(device.url(rest="/secret?user=admin&password=Ca-na-ry"))
    assert device.heard == [
        f"OPTIONS rtsp://127.0.0.1:{device.port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode(),
    ]
    assert not [line for line in caplog.messages if "127.0.0.1" in line or str(device.port) in line]


@pytest.mark.parametrize("at_once, order", [(1, [1, 2]), (2, [2, 1])])
def test_in_turn(devices: Devices, at_once: int, order: list[int]) -> None:
    """So many are asked at a time and no more: the next one's turn comes when one was heard or given up."""
    with Asker(seconds=HASTY, at_once=at_once) as asker:
        asker.ask(UUID(int=1), devices.stand("is silent").url())
        asker.ask(UUID(int=2), devices.stand().url())
        told = [eventually(asker.outcome, 30.0) for _ in order]
    assert [(one.camera_id.int, one.answered) for one in told] == [(n, n == 2) for n in order]


def test_ended(devices: Devices) -> None:
    """Whoever is asked when it ends is not waited for, and did not answer."""
    device: Device = devices.stand("is silent")
    with Asker(seconds=600.0) as asker:
        asker.ask(ONE, device.url())
        eventually(lambda: device.heard)
    hung_up = asker.outcome()
    assert hung_up is not None
    assert (hung_up.camera_id, hung_up.answered) == (ONE, False)
