"""Sockets at the level of their frames: bounded in size, in number of parts and in time, whatever a client sends."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from api.graphql.protocol import GraphQLEndpoint
from api.http.guard import guards
from api.http.slow_clients import PIECES, server_settings
from tests.support.graphql_sample import sample_schema
from tests.support.memory import resident
from tests.support.serving import serving, until
from tests.support.wire import Wire

CONTINUED, TEXT, BYTES, PING = 0, 1, 2, 9
LAST = 0x80
MASKED = 0x80
Address = tuple[str, int]


def frame(
    kind: int, data: bytes = b"", *, last: bool = True, masked: bool = True, of: int | None = None
) -> bytes:
    """Write a frame, or the head of one that says it is longer than what is there."""
    length = len(data) if of is None else of
    mask = MASKED if masked else 0
    if length < 126:
        said = bytes([mask | length])
    elif length < 65_536:
        said = bytes([mask | 126]) + struct.pack("!H", length)
    else:
        said = bytes([mask | 127]) + struct.pack("!Q", length)
    return bytes([(LAST if last else 0) | kind]) + said + (bytes(4) if masked else b"") + data


def sample() -> Starlette:
    """The sample schema behind the endpoint and the guards."""
    endpoint: GraphQLEndpoint[Any, Any] = GraphQLEndpoint(sample_schema())
    return Starlette(routes=[WebSocketRoute("/graphql", endpoint)], middleware=guards())


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Serve the sample, with little time for a message."""
    with serving(sample(), **server_settings(message_seconds=0.5)) as served:
        yield served


@contextmanager
def opened(address: Address, *, buffer: int | None = None) -> Iterator[Wire]:
    """One socket, introduced."""
    wire = Wire(address, "", buffer=buffer)
    wire.begin()
    yield wire
    wire.hang_up()


def taken(wire: Wire, piece: bytes, size: int) -> bool:
    """Whether so many bytes are taken, or at some point nothing is for as long as the socket waits."""
    try:
        for _ in range(size // len(piece)):
            wire.socket.sendall(piece)
    except TimeoutError:
        return False
    return True


def is_served(address: Address) -> bool:
    """Whether somebody else is answered."""
    with opened(address) as other:
        other.send({"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
        return bool(other.receive()["payload"] == {"data": {"hello": "Chào bạn"}})


class TestSize:
    """A message has so many bytes, in so many parts."""

    def test_in_parts(self, address: Address) -> None:
        """A message may come in parts, with a ping between them."""
        with opened(address) as wire:
            wire.socket.sendall(frame(TEXT, b'{"type":', last=False) + frame(CONTINUED, last=False))
            wire.socket.sendall(frame(PING, b"?") + frame(CONTINUED, b'"ping"}'))
            assert wire.receive() == {"type": "pong"}

    @pytest.mark.parametrize(
        "sent",
        [
            frame(TEXT, of=256 * 1024 + 1),
            frame(BYTES, of=2**62),
            frame(TEXT, b"x" * 200_000, last=False) + frame(CONTINUED, of=100_000),
            frame(TEXT, last=False) + frame(CONTINUED, last=False) * PIECES,
            frame(TEXT, b"x", last=False) + frame(CONTINUED, b"x", last=False) * 10_000 + frame(CONTINUED),
        ],
        ids=["a frame", "a frame without end", "parts together", "empty parts", "crumbs"],
    )
    def test_too_much(self, address: Address, sent: bytes) -> None:
        """What is too large, or in too many parts, is refused as soon as that is known, and the socket closed."""
        with opened(address) as wire:
            wire.socket.sendall(sent)
            assert wire.receive() == 1009

    @pytest.mark.parametrize(
        "sent, code",
        [
            (frame(TEXT, b"{}", masked=False), 1002),
            (bytes([0xF1, MASKED]) + bytes(4), 1002),
            (frame(3, b""), 1002),
            (frame(CONTINUED, b"{}"), 1002),
            (frame(TEXT, b"{", last=False) + frame(TEXT, b"}"), 1002),
            (frame(PING, b"x" * 126), 1002),
            (frame(TEXT, b"\xff\xfe"), 1007),
            (frame(BYTES, b"{}"), 4400),
            (frame(TEXT, b""), 4400),
            (frame(TEXT, b"[" * 100_000), 4400),
        ],
    )
    def test_malformed(self, address: Address, sent: bytes, code: int) -> None:
        """What is no frame, no text or no message closes the socket with the code for it."""
        with opened(address) as wire:
            wire.socket.sendall(sent)
            assert wire.receive() == code


class TestTime:
    """What was begun must end."""

    @pytest.mark.parametrize("trickle", [False, True])
    def test_unfinished_message(self, address: Address, trickle: bool) -> None:
        """A message whose end does not come closes the socket; a part now and then does not buy time."""
        with opened(address) as wire:
            wire.socket.sendall(frame(TEXT, b"{", last=False))

            def ended() -> bool:
                if trickle:
                    with suppress(ConnectionError):
                        wire.socket.sendall(frame(CONTINUED, b" ", last=False))
                wire.socket.settimeout(0.05)
                try:
                    return bool(wire.receive() == 1008)
                except TimeoutError:
                    return False

            assert until(ended)

    def test_unfinished_frame(self) -> None:
        """In the middle of a frame no ping can be answered: the socket is cut."""
        settings = server_settings() | {"ws_ping_interval": 0.3, "ws_ping_timeout": 0.3}
        with serving(sample(), **settings) as address, opened(address) as wire:
            wire.socket.sendall(frame(TEXT, b"{", of=100))
            with suppress(ConnectionError):
                assert wire.receive() == 1011

    def test_idle(self) -> None:
        """Whoever says nothing but answers pings may stay."""
        settings = server_settings() | {"ws_ping_interval": 0.1}
        with serving(sample(), **settings) as address, opened(address) as wire:
            for _ in range(2):
                while wire._received[:1] != bytes([LAST | PING]):
                    wire._read()
                assert wire.at_hand() is None
            wire.send({"type": "ping"})
            assert wire.receive() == {"type": "pong"}


class TestFloods:
    """Whoever sends without end, and reads nothing of what is answered, costs little and is cut."""

    def test_unread(self) -> None:
        """No ping more is taken in while the answers are not read; meanwhile others are answered."""
        before = resident()
        with (
            serving(sample(), **server_settings(read_seconds=60)) as address,
            opened(address, buffer=4096) as wire,
        ):
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            wire.socket.settimeout(1)
            assert not taken(wire, frame(PING, b"x" * 125) * 1_000, 2**26)
            assert is_served(address)
        assert resident() - before < 16 * 1024 * 1024

    def test_cut(self) -> None:
        """Who reads nothing for too long is cut."""
        with (
            serving(sample(), **server_settings(read_seconds=0.3)) as address,
            opened(address, buffer=4096) as wire,
        ):
            wire.socket.settimeout(0.05)

            def cut() -> bool:
                try:
                    for _ in range(50):
                        wire.socket.sendall(frame(PING, b"x" * 125) * 1_000)
                except ConnectionError:
                    return True
                except TimeoutError:
                    return False
                return False

            assert not cut()
            assert until(cut)

    def test_smallest(self, address: Address) -> None:
        """A hundred thousand of the smallest frames are worked off beside others."""
        with opened(address) as wire:
            wire.socket.sendall(frame(10) * 100_000)  # pongs that nobody asked for
            assert is_served(address)
            wire.send({"type": "ping"})
            assert wire.receive() == {"type": "pong"}
