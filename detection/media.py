"""What the child processes that touch video share: their limits, what they say, and how they handle frames."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Final

import av
import av.logging
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detection import apart

MOST_PIXELS: Final = 7680 * 4320
LONGEST_FILM_S: Final = 31 * 86_400.0
"""Of nothing that lasts longer there is one file: what says so has wrong time stamps."""

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
    """The source cannot be read as what was expected, and why."""

    reason: str
    expected: str = "a video file"


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


class Slots:
    """The places for frames in a shared memory that the parent makes; it says which of them it is done with."""

    def __init__(self, conn: Connection, width: int, height: int) -> None:
        self._conn, self._width, self._height = conn, width, height
        name, count = conn.recv()
        self._memory = SharedMemory(name)
        self._free = list(range(count))

    @property
    def full(self) -> bool:
        """Whether the parent is done with none of them."""
        while self._conn.poll():
            self._free.append(self._conn.recv())
        return not self._free

    def put(self, frame: VideoFrame, pts: int) -> None:
        """Hand a frame over, once there is a place for it."""
        if not self._free:
            self._free.append(self._conn.recv())
        slot, size = self._free.pop(), self._width * self._height * 3
        view = self._memory.buf
        assert view is not None  # noqa: S101 — open until `close`
        view[slot * size : (slot + 1) * size] = _bgr(frame, self._width, self._height)
        del view
        self._conn.send((slot, pts))

    def close(self) -> None:
        """Let go of the memory, which is the parent's."""
        self._memory.close()


class Album:
    """The frame at or after each time stamp wanted; for what lies beyond the end, the last frame there is."""

    def __init__(self, wanted: Sequence[int]) -> None:
        self._wanted = wanted
        self._missing = sorted(wanted)
        self._found: dict[int, Picture] = {}
        self._newest: VideoFrame | None = None

    @property
    def full(self) -> bool:
        """Whether nothing more is wanted."""
        return not self._missing

    def show(self, frames: Iterable[object]) -> None:
        """Look at what was decoded, in order."""
        for frame in frames:
            if not isinstance(frame, VideoFrame) or frame.pts is None:
                continue
            self._newest = frame
            while self._missing and frame.pts >= self._missing[0]:
                self._found[self._missing.pop(0)] = _picture(frame)

    def pictures(self) -> tuple[Picture, ...]:
        """What was found, in the order of the wanting."""
        if self._newest is not None:
            for pts in self._missing:
                self._found[pts] = _picture(self._newest)
        return tuple(self._found[pts] for pts in self._wanted if pts in self._found)


def remux(stream: VideoStream, packets: list[Any]) -> tuple[bytes, str, str]:
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


def unfit(container: InputContainer) -> str:
    """Why a container cannot be decoded here, or nothing."""
    if not container.streams.video:
        return "it has no video stream"
    context: VideoCodecContext | None = container.streams.video[0].codec_context
    if context is None:
        return "nothing here decodes it"
    if context.width * context.height > MOST_PIXELS:
        return f"{context.width}x{context.height} pixels are more than 7680x4320"
    return ""


def opened(container: InputContainer, stream: VideoStream, width: int, height: int) -> Opened:
    """What a container says of its stream, and how large its first frame is."""
    base = Fraction(stream.time_base or Fraction(1, 1000))
    rate = float(stream.average_rate or 0)
    length = float(stream.duration * base) if stream.duration else (container.duration or 0) / 1_000_000
    return Opened(width, height, base, rate, stream.frames, length)


def reason(error: Exception) -> str:
    """What an error says, without the address it says it of."""
    if isinstance(error, MemoryError):
        return "it needs more memory than it may have"
    if isinstance(error, av.FFmpegError):
        return str(error.strerror or type(error).__name__)
    return str(error)


def confine(**limits: int) -> None:
    """Give up what decoding does not need."""
    av.logging.set_level(None)
    apart.confine(**limits)


def _bgr(frame: VideoFrame, width: int, height: int) -> memoryview:
    pixels: Any = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    return memoryview(pixels.reshape(-1))


def _picture(frame: VideoFrame) -> Picture:
    pixels = frame.reformat(format="bgr24").to_ndarray()
    return Picture(int(frame.pts or 0), frame.width, frame.height, pixels.tobytes())
