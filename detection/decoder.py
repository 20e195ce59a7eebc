"""The child process that touches video: it decodes, and cuts evidence, behind limits, and may die alone.

A hostile file that aborts FFmpeg takes this process with it and nothing else.  It opens files only, by demuxers that
read one file: a playlist that names others is not a video.  It writes no file and starts nothing.
"""

import contextlib
import io
import logging
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Final

import av
import av.logging
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

MOST_MEMORY: Final = 6 << 30
MOST_FILES: Final = 64
MOST_PIXELS: Final = 7680 * 4320
FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,h264,hevc,m4v,mxf,dv,ivf,yuv4mpegpipe"
CLIP_FORMATS: Final = (
    ("mp4", "mp4", "video/mp4"),
    ("matroska", "mkv", "video/x-matroska"),
    ("avi", "avi", "video/x-msvideo"),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the container says of its first video stream."""

    width: int
    height: int
    time_base: Fraction
    rate: float
    frames: int
    length_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How the decoding ended: what came, and what did not."""

    frames: int
    broken: int
    guessed: int
    resized: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The file cannot be read as a video, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded frame, BGR, with its time stamp."""

    pts: int
    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The frames asked for and the clip around them, its packets as they were in the source."""

    pictures: tuple[Picture, ...]
    clip: bytes
    suffix: str
    media_type: str
    starts_pts: int


def decode(path: str, conn: Connection) -> None:
    """Decode a file into the slots of a shared memory that the parent makes once it knows the size."""
    _confine()
    try:
        with _open(path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            frames = _frames(container, stream)
            first = next((one for one in frames if one is not None), None)
            if first is None:
                conn.send(Refused("no frame of it can be decoded"))
                return
            width, height = first.width, first.height
            conn.send(_opened(container, stream, width, height))
            _hand_over(conn, first, frames, stream, width, height)
    except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
        with contextlib.suppress(OSError):
            conn.send(Refused(_reason(error)))
    except (EOFError, BrokenPipeError):  # the parent has gone
        pass


def serve_cuts(path: str, conn: Connection) -> None:
    """Answer requests for evidence, `(frames, start, end)` in time stamps, until the parent closes the pipe."""
    _confine()
    with contextlib.suppress(EOFError, OSError):
        while True:
            wanted, start, end = conn.recv()
            try:
                conn.send(_cut(path, wanted, start, end))
            except (av.FFmpegError, ValueError, MemoryError) as error:
                conn.send(Refused(_reason(error)))


def _hand_over(
    conn: Connection,
    first: VideoFrame,
    frames: Iterator[VideoFrame | None],
    stream: VideoStream,
    width: int,
    height: int,
) -> None:
    name, slots = conn.recv()
    memory = SharedMemory(name)
    view = memory.buf
    assert view is not None  # noqa: S101 — it has just been opened
    size = width * height * 3
    count = broken = resized = 0
    clock = _Clock(_step(stream))
    try:
        free = list(range(slots))
        frame: VideoFrame | None = first
        while True:
            if frame is None:
                broken += 1
            else:
                resized += (frame.width, frame.height) != (width, height)
                if not free:
                    free.append(conn.recv())
                slot = free.pop()
                view[slot * size : (slot + 1) * size] = _bgr(frame, width, height)
                conn.send((slot, clock.read(frame)))
                count += 1
            try:
                frame = next(frames)
            except StopIteration:
                break
        conn.send(Ended(count, broken, clock.guessed, resized))
    finally:
        del view
        memory.close()


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


def _bgr(frame: VideoFrame, width: int, height: int) -> memoryview:
    pixels: Any = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    return memoryview(pixels.reshape(-1))


def _cut(path: str, wanted: tuple[int, ...], start: int, end: int) -> Cut:
    """Re-read the window of a file: the frame at or after each time stamp wanted, and its packets, remuxed."""
    with _open(path) as container:
        stream = container.streams.video[0]
        _seek(container, stream, start)
        pictures: dict[int, Picture] = {}
        packets: list[Any] = []
        newest: VideoFrame | None = None
        missing = sorted(wanted)
        for packet in container.demux(stream):
            stamp = packet.dts if packet.dts is not None else packet.pts
            if stamp is not None and stamp > end and not missing:
                break
            if packet.size and not (stamp is not None and stamp > end) and (packets or packet.is_keyframe):
                packets.append(packet)
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                continue
            for frame in decoded:
                if not isinstance(frame, VideoFrame) or frame.pts is None:
                    continue
                newest = frame
                while missing and frame.pts >= missing[0]:
                    pictures[missing.pop(0)] = _picture(frame)
        if newest is not None:  # what was asked for beyond the end is the last frame there is
            for pts in missing:
                pictures[pts] = _picture(newest)
        first = min((p.pts for p in packets if p.pts is not None), default=start)  # remuxing moves them
        data, suffix, media_type = _remux(stream, packets)
    return Cut(
        pictures=tuple(pictures[pts] for pts in wanted if pts in pictures),
        clip=data,
        suffix=suffix,
        media_type=media_type,
        starts_pts=first,
    )


def _seek(container: InputContainer, stream: VideoStream, start: int) -> None:
    """Go to the keyframe at or before a time stamp; from the start where the format cannot."""
    with contextlib.suppress(av.FFmpegError):
        container.seek(max(start, 0), stream=stream, backward=True)
        return
    container.seek(0)


def _remux(stream: VideoStream, packets: list[Any]) -> tuple[bytes, str, str]:
    """Put packets, as they are, into the first container that takes them; none of them may."""
    stamps = [(p.pts, p.dts, p.duration) for p in packets]
    base = min((s for pair in stamps for s in pair[:2] if s is not None), default=0)
    for name, suffix, media_type in CLIP_FORMATS if packets else ():
        buffer = io.BytesIO()
        try:
            with av.open(buffer, "w", format=name, options={"fflags": "+bitexact"}) as out:
                target = out.add_stream_from_template(stream)
                for packet, (pts, dts, duration) in zip(packets, stamps, strict=True):
                    packet.stream = target
                    packet.time_base = stream.time_base
                    packet.pts = None if pts is None else pts - base
                    packet.dts = None if dts is None else dts - base
                    packet.duration = duration
                    out.mux(packet)
        except (av.FFmpegError, ValueError):
            continue
        return buffer.getvalue(), suffix, media_type
    return b"", "", ""


def _picture(frame: VideoFrame) -> Picture:
    pixels = frame.reformat(format="bgr24").to_ndarray()
    return Picture(int(frame.pts or 0), frame.width, frame.height, pixels.tobytes())


def _open(path: str) -> InputContainer:
    container = av.open(
        path,
        "r",
        options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
        metadata_errors="replace",
    )
    if why := _unfit(container):
        container.close()
        raise ValueError(why)
    return container


def _unfit(container: InputContainer) -> str:
    if not container.streams.video:
        return "it has no video stream"
    context = container.streams.video[0].codec_context
    if context.width * context.height > MOST_PIXELS:
        return f"{context.width}x{context.height} pixels are more than 7680x4320"
    return ""


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


def _opened(container: InputContainer, stream: VideoStream, width: int, height: int) -> Opened:
    base = Fraction(stream.time_base or Fraction(1, 1000))
    rate = float(stream.average_rate or 0)
    length = float(stream.duration * base) if stream.duration else (container.duration or 0) / 1_000_000
    return Opened(width, height, base, rate, stream.frames, length)


def _step(stream: VideoStream) -> int:
    """One frame in time stamps, for files that have none."""
    if not stream.average_rate or not stream.time_base:
        return 1
    return max(1, round(1 / (stream.average_rate * stream.time_base)))


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"it needs more than {MOST_MEMORY >> 30} GiB of memory"
    if isinstance(error, av.FFmpegError):
        return str(error.strerror or type(error).__name__)
    return str(error)


def _confine() -> None:
    """Give up what decoding does not need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; its end closes our pipe
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    av.logging.set_level(None)
    logging.disable(logging.CRITICAL)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
