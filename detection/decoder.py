"""The child processes that read a video file: one decodes, one cuts evidence, behind limits; each may die alone.

A hostile file that aborts FFmpeg takes its process with it and nothing else.  They open files only, by demuxers that
read one file: a playlist that names others is not a video.  They write no file and start nothing.
"""

import contextlib
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any, Final

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detection.media import Album, Cut, Ended, Refused, Slots, confine, opened, reason, remux, unfit

FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,h264,hevc,m4v,mxf,dv,ivf,yuv4mpegpipe"


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
            conn.send(opened(container, stream, width, height))
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
    clock = _Clock(_step(stream))
    try:
        frame: VideoFrame | None = first
        while True:
            if frame is None:
                broken += 1
            else:
                resized += (frame.width, frame.height) != (width, height)
                slots.put(frame, clock.read(frame))
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
        seek(container, stream, start)
        album = Album(wanted)
        packets: list[Any] = []
        for packet in container.demux(stream):
            stamp = packet.dts if packet.dts is not None else packet.pts
            if stamp is not None and stamp > end and album.full:
                break
            if packet.size and not (stamp is not None and stamp > end) and (packets or packet.is_keyframe):
                packets.append(packet)
            with contextlib.suppress(av.FFmpegError):
                album.show(packet.decode())
        first = min((p.pts for p in packets if p.pts is not None), default=start)  # remuxing moves them
        data, suffix, media_type = remux(stream, packets)
    return Cut(pictures=album.pictures(), clip=data, suffix=suffix, media_type=media_type, starts_pts=first)


def seek(container: InputContainer, stream: VideoStream, start: int) -> None:
    """Go to the keyframe at or before a time stamp; from the start where the format cannot."""
    with contextlib.suppress(av.FFmpegError):
        container.seek(max(start, 0), stream=stream, backward=True)
        return
    container.seek(0)


def open_file(path: str) -> InputContainer:
    """Open one video file, and nothing that it names.

    Raises:
        ValueError: it has no video, or too large a one.
        av.FFmpegError: it cannot be read.
    """
    container = av.open(
        path,
        "r",
        options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
        metadata_errors="replace",
    )
    if why := unfit(container):
        container.close()
        raise ValueError(why)
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
