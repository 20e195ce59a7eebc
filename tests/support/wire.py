"""A client at the level of the socket: it reads when it is told to, and hangs up without a word."""

import base64
import json
import os
import selectors
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

from tests.support.watching import CHANGED, PROTOCOL

PATIENCE_S = 60.0
CLOSE, PING, PONG = 8, 9, 10


class Wire:
    """One socket to a served application."""

    def __init__(self, address: tuple[str, int], token: str, *, buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if buffer is not None:  # before connecting: the window is agreed on then
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(address)
        self._received = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /graphql HTTP/1.1\r\nhost: {address[0]}\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n"
            f"sec-websocket-protocol: {PROTOCOL}\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._received:
            self._read()
        head, self._received = self._received.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])

    def begin(self) -> None:
        """Introduce oneself."""
        self.send({"type": "connection_init"})
        assert self.receive() == {"type": "connection_ack"}

    def watch(self, *, query: str = CHANGED, id: str = "1", after: int | None = None) -> None:  # noqa: A002
        """Subscribe."""
        variables = {"p": None if after is None else f"{after:016d}"}
        self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        data = json.dumps(message).encode()
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        self.socket.sendall(b"\x81" + length + bytes(4) + data)  # masked with zeros

    def receive(self) -> Any:
        """The next message; the code where it is the last."""
        while (message := self.at_hand()) is None:
            self._read()
        return message

    def at_hand(self) -> Any:
        """The next message if all of it has been read."""
        received = self._received
        if len(received) < 2:
            return None
        length, start = received[1], 2
        if length == 126:
            start = 4
            length = struct.unpack("!H", received[2:4])[0] if len(received) >= 4 else 0xFFFF
        elif length == 127:
            start = 10
            length = struct.unpack("!Q", received[2:10])[0] if len(received) >= 10 else 1 << 30
        if len(received) < start + length:
            return None
        data, self._received = received[start : start + length], received[start + length :]
        kind = received[0] & 0xF
        if kind == PING:
            self.socket.sendall(bytes([0x80 | PONG, 0x80 | len(data)]) + bytes(4) + data)
            return self.at_hand()
        if kind == PONG:
            return self.at_hand()
        if kind == CLOSE:
            return struct.unpack("!H", data[:2])[0]
        return json.loads(data)

    def _read(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionResetError("the other end hung up")
        self._received += data

    def hang_up(self, *, politely: bool = False) -> None:
        """Be gone: after a word, or with a reset."""
        if politely:
            self.send({"id": "1", "type": "complete"})
            self.socket.sendall(b"\x88\x82" + bytes(4) + struct.pack("!H", 1000))
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def arrivals(wires: Sequence[Wire]) -> tuple[list[float], list[Any]]:
    """When each of these has its next message, and what it says."""
    times, messages = [], []
    with selectors.DefaultSelector() as waiting:
        for wire in wires:
            waiting.register(wire.socket, selectors.EVENT_READ, wire)
        deadline = time.monotonic() + PATIENCE_S
        while waiting.get_map():
            ready = waiting.select(deadline - time.monotonic())  # pings are something to read as well
            assert ready, f"{len(waiting.get_map())} of {len(wires)} sockets were told nothing"
            for key, _ in ready:
                key.data._read()
                if (message := key.data.at_hand()) is not None:
                    times.append(time.monotonic())
                    messages.append(message)
                    waiting.unregister(key.fileobj)
    return times, messages
