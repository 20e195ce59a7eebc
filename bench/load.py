"""Load on an HTTP server: so many connections, each of which asks again as soon as it is answered."""

import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import cast

PATIENCE_S = 30.0


@dataclass
class Load:
    """What came back."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    """Of each answer, from the request, in seconds."""
    body: bytes = b""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds


def request(path: str, body: bytes, token: str | None = None) -> bytes:
    """A POST of JSON, as bytes for the wire."""
    head = [
        f"POST {path} HTTP/1.1",
        "host: bench",
        "content-type: application/json",
        f"content-length: {len(body)}",
        *([f"authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def load(port: int, asked: bytes, *, connections: int, seconds: float) -> Load:
    """Ask for that long.

    Raises:
        AssertionError: an answer is not 200, or not the same as the others.
    """
    found = Load()
    with selectors.DefaultSelector() as waiting:
        began = time.perf_counter()
        for _ in range(connections):
            connection = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(asked)
            waiting.register(connection, selectors.EVENT_READ, [b"", time.perf_counter()])
        while waiting.get_map():
            ready = waiting.select(PATIENCE_S)
            if not ready:
                raise AssertionError("the server answers nothing")
            for key, _ in ready:
                connection, state = cast("socket.socket", key.fileobj), key.data
                data = connection.recv(1 << 18)
                state[0] += data
                if not data or not _whole(state[0]):
                    if not data:
                        raise AssertionError(f"the server hung up: {state[0][:200]!r}")
                    continue
                now = time.perf_counter()
                found.waits.append(now - state[1])
                found.body = _body(state[0])
                if now - began < seconds:
                    state[:] = b"", now
                    connection.sendall(asked)
                else:
                    waiting.unregister(connection)
                    connection.close()
        found.seconds = time.perf_counter() - began
    return found


def _whole(received: bytes) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    start = received.lower().find(b"content-length:", 0, end)
    length = int(received[start + 15 : received.index(b"\r\n", start)])
    return len(received) >= end + 4 + length


def _body(received: bytes) -> bytes:
    if not received.startswith(b"HTTP/1.1 200"):
        raise AssertionError(f"expected 200, not {received[:300]!r}")
    return received.partition(b"\r\n\r\n")[2]
