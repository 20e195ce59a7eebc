"""A camera of our own: serves a clip over RTSP on loopback, as H.264 in RTP interleaved in the one connection.

It plays what it is told to, one part of the clip a connection, and then hangs up; killed, it is gone in the middle.
"""

import base64
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av

CLOCK = 90_000
LARGEST = 1400
"""Bytes of a packet's payload; what is longer goes in fragments."""


@dataclass(frozen=True)
class Play:
    """What one connection gets: a part of the clip, how fast, and what a fault puts in its place."""

    begins_s: float = 0.0
    ends_s: float = 1e9
    speed: float | None = None
    """So many times as fast as it was filmed; as fast as it is taken where none is set."""
    status: int = 200
    """What DESCRIBE is answered with."""
    login: str = ""
    """`user:password` that it asks for."""
    silent_from: str = ""
    """The request that gets no answer, nor does anything after it: `OPTIONS`, or `PLAY` for no pictures."""
    garbage: bytes = b""
    """What is sent for each RTP packet."""
    hangs_up: bool = True
    """Whether it closes the connection at the end; else it says nothing more."""


@dataclass(frozen=True)
class Unit:
    """One frame of the clip: when it shows, whether a decoder may begin with it, and its parts."""

    at_s: float
    key: bool
    nals: tuple[bytes, ...]


class RtspServer:
    """Serves one clip; the n-th connection gets the n-th play, and what comes after the last one gets 404."""

    def __init__(
        self,
        clip: Path,
        plays: Sequence[Play],
        *,
        port: int = 0,
        exhausted: Callable[[], None] = lambda: None,
    ) -> None:
        self._sps, self._pps, self._units = _read(clip)
        self._plays = list(plays)
        self._exhausted = exhausted
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._whole = threading.Lock()  # an answer may not fall into the middle of a packet
        self.asked: list[str] = []
        """The request lines that came."""
        self.sent = 0
        """The frames that went out."""
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]

    def url(self, login: str = "", query: str = "") -> str:
        """The address of the stream."""
        return f"rtsp://{login + '@' if login else ''}127.0.0.1:{self.port}/junction{query}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """Be gone at once, as by a power cut."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for conn in self._open:
                _hang_up(conn)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.append(conn)
                play = self._plays.pop(0) if self._plays else None
            if play is None:
                self._exhausted()
            self._start(self._serve, conn, play or Play(status=404))

    def _serve(self, conn: socket.socket, play: Play) -> None:
        lines = conn.makefile("rb")
        try:
            while (request := _request(lines)) is not None:
                method, url, headers = request
                self.asked.append(f"{method} {url}")
                if method == play.silent_from:
                    _wait_for_the_end(conn)
                    return
                answer = self._reply(method, url, headers, play)
                with self._whole:
                    _answer(conn, headers, *answer)
                if method == "PLAY":
                    self._start(self._send, conn, play)
        except (OSError, struct.error):  # gone, or gone in the middle of a report
            return
        finally:
            _hang_up(conn)

    def _reply(
        self, method: str, url: str, headers: dict[str, str], play: Play
    ) -> tuple[int, list[str], str]:
        if method == "OPTIONS":
            return 200, ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"], ""
        if method == "DESCRIBE":
            basic = f"Basic {base64.b64encode(play.login.encode()).decode()}"
            if play.login and headers.get("authorization") != basic:
                return 401, ['WWW-Authenticate: Basic realm="camera"'], ""
            base = url.partition("?")[0]
            return play.status, [f"Content-Base: {base}/", "Content-Type: application/sdp"], self._sdp()
        if method == "SETUP":
            return 200, ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1;timeout=60"], ""
        return 200, ["Session: 1"], ""

    def _sdp(self) -> str:
        sets = ",".join(base64.b64encode(part).decode() for part in (self._sps, self._pps))
        return "\r\n".join(
            (
                "v=0",
                "o=- 0 0 IN IP4 127.0.0.1",
                "s=junction",
                "c=IN IP4 0.0.0.0",
                "t=0 0",
                "a=control:*",
                "m=video 0 RTP/AVP 96",
                "a=rtpmap:96 H264/90000",
                f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}",
                "a=control:track1",
                "",
            )
        )

    def _send(self, conn: socket.socket, play: Play) -> None:
        number, began = 1000, time.monotonic()
        try:
            for unit in self._units:
                if not play.begins_s <= unit.at_s < play.ends_s:
                    continue
                if play.speed is not None:
                    time.sleep(max(0.0, began + (unit.at_s - play.begins_s) / play.speed - time.monotonic()))
                stamp = round(unit.at_s * CLOCK) + 123_456
                for payload, last in _payloads(unit):
                    header = struct.pack(
                        ">BBHII", 0x80, 96 | last << 7, number & 0xFFFF, stamp & 0xFFFFFFFF, 1
                    )
                    packet = play.garbage or header + payload
                    with self._whole:
                        conn.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
                    number += 1
                self.sent += 1
            if (
                play.hangs_up
            ):  # this way only: to close what was not read to its end would take back what was sent
                conn.shutdown(socket.SHUT_WR)
        except OSError:
            return


def _read(clip: Path) -> tuple[bytes, bytes, list[Unit]]:
    """The parameter sets and the frames of an MP4 file with H.264."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        extra = stream.codec_context.extradata or b""
        (length,) = struct.unpack(">H", extra[6:8])
        sps, rest = extra[8 : 8 + length], extra[8 + length :]
        (length,) = struct.unpack(">H", rest[1:3])
        base = stream.time_base
        assert base is not None
        units = [
            Unit(float((packet.pts or 0) * base), packet.is_keyframe, tuple(_nals(bytes(packet))))
            for packet in container.demux(stream)
            if packet.size
        ]
        return sps, rest[3 : 3 + length], units


def _nals(sample: bytes) -> Iterator[bytes]:
    while sample:
        (length,) = struct.unpack(">I", sample[:4])
        yield sample[4 : 4 + length]
        sample = sample[4 + length :]


def _payloads(unit: Unit) -> Iterator[tuple[bytes, bool]]:
    """Packets of RFC 6184: a small part alone, a large one in fragments; the frame's last one is marked."""
    for n, nal in enumerate(unit.nals):
        final = n == len(unit.nals) - 1
        if len(nal) <= LARGEST:
            yield nal, final
            continue
        pieces = [nal[i : i + LARGEST] for i in range(1, len(nal), LARGEST)]
        for m, piece in enumerate(pieces):
            first, last = m == 0, m == len(pieces) - 1
            indicator = (nal[0] & 0xE0) | 28
            yield bytes((indicator, first << 7 | last << 6 | nal[0] & 0x1F)) + piece, final and last


def _request(lines: BinaryIO) -> tuple[str, str, dict[str, str]] | None:
    """Read a request; what the client sends interleaved, its receiver reports, is passed over."""
    while (first := lines.read(1)) == b"$":
        _, length = struct.unpack(">BH", lines.read(3))
        lines.read(length)
    if not first:
        return None
    line = (first + lines.readline()).decode().split()
    headers = {}
    while header := lines.readline().decode().strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    return line[0], line[1], headers


def _answer(conn: socket.socket, headers: dict[str, str], status: int, more: list[str], body: str) -> None:
    reason = {200: "OK", 401: "Unauthorized", 404: "Not Found"}[status]
    lines = [f"RTSP/1.0 {status} {reason}", f"CSeq: {headers.get('cseq', '0')}", *more]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    conn.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())


def _wait_for_the_end(conn: socket.socket) -> None:
    while conn.recv(4096):
        pass


def _hang_up(conn: socket.socket) -> None:
    with contextlib.suppress(OSError):
        conn.shutdown(socket.SHUT_RDWR)
    conn.close()
