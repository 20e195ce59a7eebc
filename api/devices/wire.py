"""One request to a device and its answer: to the address on file alone, in bounded time, of bounded size.

Devices are old, badly made, or somebody else's by now. No redirect is followed, nothing is decompressed, and a device
that drips byte by byte is hung up on like one that is silent.
"""

import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Final
from urllib.parse import urlsplit

LARGEST: Final = 256 * 1024
CHUNK: Final = 16 * 1024


class UnreachedError(Exception):
    """Nothing was said to the device: no connection came about."""


class UnansweredError(Exception):
    """The device may have heard it; no answer came that can be read."""


@dataclass(frozen=True)
class Answered:
    """What a device answered."""

    status: int
    body: bytes


def post(base: str, path: str, body: bytes, headers: dict[str, str], *, seconds: float) -> Answered:
    """Send *body* to a path of the host of *base*, and read what comes back, all of it within *seconds*.

    Raises:
        UnreachedError: nothing was sent.
        UnansweredError: it was sent, and what came back is nothing, too late or too much.
    """
    parts = urlsplit(base)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.connect()
    except (OSError, ssl.SSLError, UnicodeError) as error:
        connection.close()
        raise UnreachedError(type(error).__name__) from None
    # a timeout of the socket is one of each read; this is one of all of them
    late = Event()
    hang_up = Timer(seconds, _shut, [connection.sock, late])
    hang_up.daemon = True
    hang_up.start()
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        said = bytearray()
        while chunk := response.read1(CHUNK):
            said += chunk
            if len(said) > LARGEST:
                raise UnansweredError("TOO_LARGE")
        if late.is_set():
            raise UnansweredError("TIMEOUT")
        return Answered(response.status, bytes(said))
    except (OSError, HTTPException, ValueError) as error:
        in_time = not isinstance(error, TimeoutError) and not late.is_set()
        raise UnansweredError("BROKEN" if in_time else "TIMEOUT") from None
    finally:
        hang_up.cancel()
        connection.close()


def _shut(sock: socket.socket, late: Event) -> None:
    late.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is gone already
