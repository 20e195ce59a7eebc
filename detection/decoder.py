"""The child processes that read a video file: one decodes, one cuts evidence, behind limits; each may die alone.

A hostile file that aborts FFmpeg takes its process with it and nothing else.  They open files only, by demuxers that
read one file: a playlist that names others is not a video.  They write no file and start nothing.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any, Final

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detection.media import (
    LONGEST_FILM_S,
    MOST_PIXELS,
    Album,
    Cut,
    Ended,
    Refused,
    Slots,
    confine,
    opened,
    reason,
    remux,
    unfit,
)

FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,h264,hevc,m4v,mxf,dv,ivf,yuv4mpegpipe"
EARLIER_S: Final = (0, 5, 30, 300)
"""How much before a moment its keyframe is looked for, until one is found."""

BOUNDED: Final = {"max_pixels": str(MOST_PIXELS)}
"""A container may say one size and its frames another: what the decoder is told, it holds them to."""


def decode(path: str, conn: Connection) -> None:
    """Decode a file into the slots of a shared memory that the parent makes once it knows the size."""
    confine()
    try:
        with open_file(path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            frames = _frames(container, stream)
            first = next((one for one in frames if one is not None), None)
            if first is None:
                conn.send(Refused("no frame of it can be decoded"))
                return
            width, height = first.width, first.height
            said = opened(container, stream, width, height)
            if not 0 <= said.length_s <= LONGEST_FILM_S:
                conn.send(Refused(f"it says that it lasts {said.length_s:g} s"))
                return
            conn.send(said)
            _hand_over(conn, first, frames, stream, width, height)
    except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
        with contextlib.suppress(OSError):
            conn.send(Refused(reason(error)))
    except (EOFError, BrokenPipeError):  # the parent has gone
        pass


def serve_cuts(path: str, conn: Connection) -> None:
    """Answer requests for evidence, `(frames, start, end)` in time stamps, until the parent closes the pipe."""
    confine()
    with contextlib.suppress(EOFError, OSError):
        while True:
            wanted, start, end = conn.recv()
            try:
                conn.send(_cut(path, wanted, start, end))
            except (av.FFmpegError, ValueError, MemoryError) as error:
                conn.send(Refused(reason(error)))


def _hand_over(
    conn: Connection,
    first: VideoFrame,
    frames: Iterator[VideoFrame | None],
    stream: VideoStream,
    width: int,
    height: int,
) -> None:
    slots = Slots(conn, width, height)
    count = broken = resized = 0
    clock, base = _Clock(_step(stream)), Fraction(stream.time_base or 1)
    first_pts: int | None = None
    try:
        frame: VideoFrame | None = first
        while True:
            if frame is None:
                broken += 1
            else:
                resized += (frame.width, frame.height) != (width, height)
                pts = clock.read(frame)
                first_pts = pts if first_pts is None else first_pts
                if (pts - first_pts) * base > LONGEST_FILM_S:
                    conn.send(Refused(f"its time stamps span more than {LONGEST_FILM_S / 86_400:g} days"))
                    return
                slots.put(frame, pts)
                count += 1
            try:
                frame = next(frames)
            except StopIteration:
                break
        conn.send(Ended(count, broken, clock.guessed, resized))
    finally:
        slots.close()


class _Clock:
    """Gives each frame a later time stamp than the last: its `pts`, or its `dts` where a container has `pts` wrong."""

    def __init__(self, step: int) -> None:
        self.guessed = 0
        self._step = step
        self._last: int | None = None
        self._seen: list[int | None] = [None, None]
        self._faults = [0, 0]

    def read(self, frame: VideoFrame) -> int:
        stamps = (frame.pts, frame.dts)
        for n, stamp in enumerate(stamps):
            before = self._seen[n]
            if stamp is None or (before is not None and stamp <= before):
                self._faults[n] += 1
            if stamp is not None:
                self._seen[n] = stamp
        stamp = stamps[0] if self._faults[0] <= self._faults[1] else stamps[1]
        if stamp is None or (self._last is not None and stamp <= self._last):
            self.guessed += 1
            stamp = 0 if self._last is None else self._last + (self._step if stamp is None else 1)
        self._last = stamp
        return stamp


def _cut(path: str, wanted: tuple[int, ...], start: int, end: int) -> Cut:
    """Re-read the window of a file: the frame at or after each time stamp wanted, and its packets, remuxed."""
    with open_file(path) as container:
        stream = container.streams.video[0]
        first_key = seek(container, stream, start)
        album = Album(wanted)
        packets: list[Any] = []
        for packet in container.demux(stream):
            stamp = packet.dts if packet.dts is not None else packet.pts
            if stamp is not None and stamp > end and album.full:
                break
            if (
                packet.size
                and not (stamp is not None and stamp > end)
                and (packets or begins(packet, first_key))
            ):
                packets.append(packet)
            with contextlib.suppress(av.FFmpegError):
                album.show(packet.decode())
        first = min((p.pts for p in packets if p.pts is not None), default=start)  # remuxing moves them
        data, suffix, media_type = remux(stream, packets)
    return Cut(pictures=album.pictures(), clip=data, suffix=suffix, media_type=media_type, starts_pts=first)


def seek(container: InputContainer, stream: VideoStream, start: int) -> int | None:
    """Go to where the last keyframe at or before a time stamp is still to come; return its time stamp.

    None: there is none before, and the first one will do.  A format without an index (MPEG-TS) goes to any packet.
    """
    second = round(1 / stream.time_base) if stream.time_base else 1
    for earlier_s in EARLIER_S:
        with contextlib.suppress(av.FFmpegError):
            place = max(start - earlier_s * second, 0)
            container.seek(place, stream=stream, backward=True)
            if (found := _last_keyframe(container, stream, start)) is not None:
                container.seek(place, stream=stream, backward=True)
                return found
    container.seek(0)
    return None


def stamp_of(packet: Any) -> int | None:
    """When a packet is shown; where its container does not say, when it is decoded."""
    stamp: int | None = packet.pts if packet.pts is not None else packet.dts
    return stamp


def begins(packet: Any, first_key: int | None) -> bool:
    """Whether a packet is the keyframe that `seek` found, or any where it found none."""
    stamp = stamp_of(packet)
    return bool(packet.is_keyframe) and (first_key is None or (stamp is not None and stamp >= first_key))


def _last_keyframe(container: InputContainer, stream: VideoStream, start: int) -> int | None:
    found: int | None = None
    for packet in container.demux(stream):
        if packet.dts is not None and packet.dts > start:
            break
        stamp = stamp_of(packet)
        if packet.size and packet.is_keyframe and stamp is not None and stamp <= start:
            found = stamp
    return found


def open_file(path: str) -> InputContainer:
    """Open one video file, and nothing that it names.

    Raises:
        ValueError: it has no video, or too large a one.
        av.FFmpegError: it cannot be read.
    """
    container = av.open(
        path,
        "r",
        options={"format_whitelist": FORMATS, "protocol_whitelist": "file", **BOUNDED},
        metadata_errors="replace",
    )
    if why := unfit(container):
        container.close()
        raise ValueError(why)
    container.streams.video[0].codec_context.options = BOUNDED
    return container


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame | None]:
    """Yield each frame, and None for a packet that cannot be decoded."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:  # the container breaks off here
            yield None
            return
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            yield None
            continue
        for frame in decoded:
            if isinstance(frame, VideoFrame):
                yield frame


def _step(stream: VideoStream) -> int:
    """One frame in time stamps, for files that have none."""
    if not stream.average_rate or not stream.time_base:
        return 1
    return max(1, round(1 / (stream.average_rate * stream.time_base)))
