"""The child process that receives a camera's stream: it decodes, keeps what came last, and cuts evidence from that.

Behind the limits of `media`; of protocols it knows RTSP, with RTP inside its one TCP connection unless asked otherwise.
The address may hold the camera's password: an error leaves this process as a kind, never with its text.
"""

import contextlib
import math
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any, Final

import av
from av.codec import CodecContext
from av.container import InputContainer
from av.error import ExitError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detection.media import Album, Cut, Refused, Slots, confine, opened, remux, unfit

OPTIONS: Final = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtp,tcp,udp",
    "format_whitelist": "rtsp",
    # a connection's clock is the arrival of its first frame: that one may not have waited in a buffer
    "fflags": "nobuffer",
    "fpsprobesize": "0",
}
MOST_KEPT: Final = 256 << 20
"""Bytes of packets that are kept, however many seconds these are."""

LATE_S: Final = 3.0
"""How late frames may be taken before some are left out: a stall passes, a worker that is too slow does not."""

BACK_S: Final = 1.0
"""How far time stamps may go back, frames being left out, before it is another stream."""


@dataclass(frozen=True, slots=True)
class Late:
    """Frames are left out: the parent takes them more slowly than they come."""

    by_s: float


class _Unfit(Exception):  # noqa: N818 — it never leaves this module
    """The stream is none that can be watched; the text is ours and holds no address."""


def receive(url: str, keep_s: float, patience_s: float, frames: Connection, cuts: Connection) -> None:
    """Receive a stream until it ends, breaks, says nothing for so long, or the parent has enough."""
    confine()
    try:
        with _open(url, patience_s) as container:
            _watch(container, keep_s, patience_s, frames, cuts)
    except Exception as error:  # noqa: BLE001 — a traceback would print the address
        with contextlib.suppress(OSError):
            frames.send(Refused(_why(error, patience_s), "a stream"))


def _watch(
    container: InputContainer, keep_s: float, patience_s: float, frames: Connection, cuts: Connection
) -> None:
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"  # a thread for each frame would hold frames back
    recent = _Recent(round(keep_s / Fraction(stream.time_base or 1)))
    pictures = _pictures(container, stream, recent)
    first = next(pictures, None)
    if first is None:
        raise _Unfit("it ended before its first frame")
    arrived_at = time.time()
    frames.send((opened(container, stream, first.width, first.height), arrived_at))
    cutter = Thread(target=_serve_cuts, args=(cuts, recent, stream), daemon=True)
    cutter.start()
    try:
        why = _hand_over(frames, first, pictures, Fraction(stream.time_base or 1), patience_s)
    except Exception as error:  # noqa: BLE001 — a traceback would print the address
        why = _why(error, patience_s)
    recent.end()
    with contextlib.suppress(OSError):
        frames.send(why)
    cutter.join()  # of what was seen, evidence may still be asked for


def _hand_over(
    conn: Connection, first: VideoFrame, rest: Iterator[VideoFrame], base: Fraction, gap_s: float
) -> str:
    """Hand frames over until one does not follow from those before; returns why."""
    width, height = first.width, first.height
    slots = Slots(conn, width, height)
    last, ahead_s, late = -math.inf, math.inf, False
    try:
        for frame in chain((first,), rest):
            if (frame.width, frame.height) != (width, height):
                return f"its picture changed from {width}x{height} to {frame.width}x{frame.height}"
            pts = frame.pts or 0
            if math.isfinite(last) and not -BACK_S <= (step_s := float((pts - last) * base)) <= gap_s:
                return f"its time stamps jumped by {step_s:.1f} s"
            if pts <= last:
                continue
            last = pts
            # how late it is against the one that came soonest: a slow worker, not a slow camera
            behind_s = time.monotonic() - float(pts * base)
            ahead_s = min(ahead_s, behind_s)
            if slots.full and behind_s - ahead_s > LATE_S:
                if not late:
                    conn.send(Late(behind_s - ahead_s))
                late = True
                continue
            slots.put(frame, pts)
        return "the stream ended"
    finally:
        slots.close()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A packet as it came."""

    data: bytes
    pts: int
    dts: int | None
    duration: int | None
    key: bool

    def packet(self, stream: VideoStream) -> "Packet[Any]":
        packet = Packet(self.data)
        packet.time_base = stream.time_base or Fraction(1)
        packet.pts, packet.dts, packet.duration = self.pts, self.dts, self.duration
        packet.is_keyframe = self.key
        return packet


class _Recent:
    """The packets of the last so many ticks and the keyframe before them, as far as memory allows."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        self._packets: deque[_Kept] = deque()
        self._keys: deque[int] = deque()
        self._bytes = 0
        self._newest = -math.inf
        self._over = False
        self._changed = Condition()

    def add(self, packet: "Packet[Any]") -> None:
        if packet.pts is None:
            return
        kept = _Kept(bytes(packet), packet.pts, packet.dts, packet.duration, packet.is_keyframe)
        with self._changed:
            self._packets.append(kept)
            self._bytes += len(kept.data)
            self._newest = max(self._newest, kept.pts)
            if kept.key:
                self._keys.append(kept.pts)
            self._trim()
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more comes: nobody need wait for it."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def window(self, start: int, end: int) -> list[_Kept]:
        """Wait until something after *end* has come; return what is kept from the keyframe before *start*."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._newest > end)
            kept = list(self._packets)
        return kept[_keyframe(kept, start) :]

    def _trim(self) -> None:
        """Drop the oldest: whole groups of pictures, for nothing can be shown without their keyframe."""
        horizon = self._newest - self._ticks
        while self._packets and (
            self._bytes > MOST_KEPT
            or not self._packets[0].key
            or (len(self._keys) > 1 and self._keys[1] <= horizon)
        ):
            gone = self._packets.popleft()
            self._bytes -= len(gone.data)
            if gone.key:
                self._keys.popleft()


def _keyframe(kept: list[_Kept], start: int) -> int:
    """Where the last keyframe at or before a time stamp is; the first packet where there is none."""
    return max((n for n, one in enumerate(kept) if one.key and one.pts <= start), default=0)


def _serve_cuts(conn: Connection, recent: _Recent, stream: VideoStream) -> None:
    """Answer requests for evidence, `(frames, start, end)` in time stamps, until the parent closes the pipe."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            wanted, start, end = conn.recv()
            try:
                conn.send(_cut(recent, stream, wanted, start, end))
            except (av.FFmpegError, ValueError, MemoryError, _Unfit) as error:
                conn.send(Refused(_why(error), "evidence"))


def _cut(recent: _Recent, stream: VideoStream, wanted: tuple[int, ...], start: int, end: int) -> Cut:
    """Decode the frames wanted out of what is kept, and put the packets of the window into a clip."""
    kept = recent.window(min(start, *wanted), max(end, *wanted))
    if not kept or kept[0].pts > sorted(wanted)[len(wanted) // 2]:
        raise _Unfit("the moment itself is kept no more")
    given = stream.codec_context
    context: Any = CodecContext.create(given.name, "r")
    context.extradata = given.extradata
    album = Album(wanted)
    for one in kept:
        if album.full:
            break
        with contextlib.suppress(av.FFmpegError):
            album.show(context.decode(one.packet(stream)))
    if not album.full:
        album.show(context.decode(None))
    clip = [one for one in kept[_keyframe(kept, start) :] if one.pts <= end]
    data, suffix, media_type = remux(stream, [one.packet(stream) for one in clip])
    return Cut(
        pictures=album.pictures(),
        clip=data,
        suffix=suffix,
        media_type=media_type,
        starts_pts=min((one.pts for one in clip), default=start),
    )


def _pictures(container: InputContainer, stream: VideoStream, recent: _Recent) -> Iterator[VideoFrame]:
    """Yield each whole frame, its packet kept by then."""
    for packet in container.demux(stream):
        if not packet.size:
            continue
        recent.add(packet)
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            continue
        for frame in decoded:
            if isinstance(frame, VideoFrame) and frame.pts is not None and not frame.is_corrupt:
                yield frame


def _open(url: str, patience_s: float) -> InputContainer:
    patience, began = (patience_s, patience_s), time.monotonic()
    try:
        container = av.open(
            url, "r", format="rtsp", options=OPTIONS, timeout=patience, metadata_errors="replace"
        )
    except av.FFmpegError:
        # interrupted for its time is up, the demuxer may give any reason
        if time.monotonic() - began >= patience_s:
            raise _Unfit(_nothing(patience_s)) from None
        raise
    if why := unfit(container):
        container.close()
        raise _Unfit(why)
    return container


def _why(error: Exception, patience_s: float = 0.0) -> str:
    if isinstance(error, ExitError):
        return _nothing(patience_s)
    if isinstance(error, av.FFmpegError):
        return str(error.strerror or type(error).__name__)
    return str(error) if isinstance(error, _Unfit) else type(error).__name__


def _nothing(patience_s: float) -> str:
    return f"no picture came for {patience_s:g} s"
