"""Media that are damaged, or made to do damage: each from its number, the same on every run."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

WIDTH, HEIGHT, FRAMES = 96, 64, 24
LARGE = 30_000
EXTREMES = (0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"}
"""The boxes of an mp4 that hold boxes."""


@cache
def clip(codec: str, container: str) -> bytes:
    """Two seconds of a square that moves, with a keyframe in each."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as made:
        stream: Any = made.add_stream(codec, rate=12)
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = 12
        stream.codec_context.time_base = Fraction(1, 12)
        stream.codec_context.options = {"flags": "+bitexact"}
        for n in range(FRAMES):
            picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
            picture[10:30, 2 * n : 2 * n + 20] = (200, 180, 160)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        made.mux(stream.encode(None))
    return out.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "h264.mp4": lambda: clip("libx264", "mp4"),
    "mpeg4.mp4": lambda: clip("mpeg4", "mp4"),
    "mjpeg.avi": lambda: clip("mjpeg", "avi"),
    "h264.mkv": lambda: clip("libx264", "matroska"),
    "mjpeg.mp4": lambda: clip("mjpeg", "mp4"),
    "mpeg2.ts": lambda: clip("mpeg2video", "mpegts"),
    "picture.jpg": lambda: clip("mjpeg", "mjpeg"),
}


def damaged(sound: bytes, chance: random.Random) -> bytes:
    """Some bytes with some damage."""
    raw = bytearray(sound)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(WAYS)(raw, chance)
    return bytes(raw)


def _flip(raw: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 4, 16, len(raw) // 200 + 1))):
        raw[_somewhere(raw, chance)] ^= 1 << chance.randrange(8)


def _cut(raw: bytearray, chance: random.Random) -> None:
    del raw[chance.randrange(1, len(raw)) :]


def _blank(raw: bytearray, chance: random.Random) -> None:
    start, length = _somewhere(raw, chance), chance.choice((4, 64, 1024))
    raw[start : start + length] = bytes([chance.choice((0, 0xFF))]) * len(raw[start : start + length])


def _number(raw: bytearray, chance: random.Random) -> None:
    start = min(_somewhere(raw, chance), max(len(raw) - 4, 0))
    raw[start : start + 4] = chance.choice(EXTREMES).to_bytes(4, chance.choice(("big", "little")))


def _repeat(raw: bytearray, chance: random.Random) -> None:
    start = _somewhere(raw, chance)
    raw[start:start] = raw[start : start + chance.choice((16, 256, 4096))]


def _swap(raw: bytearray, chance: random.Random) -> None:
    """Swap two neighbouring boxes; where there are none, two pieces of the file."""
    pairs = [(a, b) for a, b in _neighbours(bytes(raw), 0, len(raw)) if b[1] <= len(raw)]
    if not pairs:
        middle = len(raw) // 2
        pairs = [((0, middle), (middle, len(raw)))]
    (a, b), (_, c) = chance.choice(pairs)
    raw[a:c] = raw[b:c] + raw[a:b]


WAYS = (_flip, _cut, _blank, _number, _number, _repeat, _swap)


def _somewhere(raw: bytearray, chance: random.Random) -> int:
    """A place, more often than not where the index is: at the beginning or the end."""
    edge = min(len(raw), 1500)
    return chance.choice(
        (chance.randrange(len(raw)), chance.randrange(edge), len(raw) - 1 - chance.randrange(edge))
    )


Span = tuple[int, int]


def _neighbours(raw: bytes, start: int, end: int) -> Iterator[tuple[Span, Span]]:
    before: Span | None = None
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", raw, start)
        if size < 8 or start + size > end or not kind.isalnum():
            return
        span = (start, start + size)
        if before:
            yield before, span
        if kind in INSIDE:
            yield from _neighbours(raw, start + 8, start + size)
        before, start = span, start + size


# -- what is no accident ------------------------------------------------------


def zip_bomb() -> bytes:
    """A zip that is a thousand times as large when it is opened."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.mp4", bytes(64 << 20))
    return out.getvalue()


def header_bomb() -> bytes:
    """An mp4 whose index is compressed, and says that it is two gigabytes."""
    packed = zlib.compress(bytes(64 << 20))
    inside = _box(b"dcom", b"zlib") + _box(b"cmvd", struct.pack(">I", 0x7FFF_FFFF) + packed)
    return _box(b"ftyp", b"isom\0\0\2\0isom") + _box(b"moov", _box(b"cmov", inside))


def picture_bomb(*, told: bool) -> bytes:
    """A film of one picture of 900 million pixels, in a container that says so, or that tells another size."""
    line = bytes(1 + (LARGE + 7) // 8)
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(line) for _ in range(LARGE)) + packing.flush()
    header = struct.pack(">IIBBBBB", LARGE, LARGE, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )
    out = io.BytesIO()
    with av.open(out, "w", format="avi") as made:
        stream = made.add_stream("png", rate=12)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "monob"
        packet = av.Packet(png)
        packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 12)
        packet.is_keyframe = True
        made.mux(packet)
    small, large = struct.pack("<II", WIDTH, HEIGHT), struct.pack("<II", LARGE, LARGE)
    return out.getvalue().replace(small, large) if told else out.getvalue()


def for_ever() -> bytes:
    """A film in which every frame is shown for years."""
    slow = _patched(unedited(), b"stts", lambda body: body[:12] + struct.pack(">I", 0x3FFF_FFFF) + body[16:])
    return _patched(slow, b"mdhd", lambda body: body[:12] + struct.pack(">I", 1) + body[16:])


def said_for_ever() -> bytes:
    """A film that says of itself that it lasts for ever."""
    return _patched(unedited(), b"mdhd", lambda body: body[:16] + struct.pack(">I", 0xFFFF_FFFF) + body[20:])


def unedited() -> bytes:
    """A film without a list of what of it is shown."""
    return clip("mpeg4", "mp4").replace(b"edts", b"free")


def echoing(times: int = 2_000) -> bytes:
    """A film whose index names one packet two thousand times: as a file of its own it is a thousand times as large."""
    sound = unedited()
    with av.open(io.BytesIO(sound), "r") as film:
        packet = next(film.demux(video=0))
        at, size = int(packet.pos or 0), 64 << 10

    def body(kind: bytes, data: bytes) -> bytes:
        return _box(kind, bytes(4) + data)

    table = {
        b"stts": body(b"stts", struct.pack(">III", 1, times, 512)),
        b"stss": body(
            b"stss", struct.pack(">I", times) + b"".join(struct.pack(">I", n + 1) for n in range(times))
        ),
        b"stsc": body(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        b"stsz": body(b"stsz", struct.pack(">II", size, times)),
        b"stco": body(b"stco", struct.pack(">I", times) + struct.pack(">I", at) * times),
        b"ctts": b"",
    }
    made = _rebuilt(sound, table)
    return made + bytes(size)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _rebuilt(raw: bytes, table: dict[bytes, bytes]) -> bytes:
    """The boxes with some in the place of others; `mdat` must come first, for it is named by its place."""
    made, start = b"", 0
    while start + 8 <= len(raw):
        size, kind = struct.unpack_from(">I4s", raw, start)
        body = raw[start + 8 : start + size]
        made += (
            table[kind] if kind in table else _box(kind, _rebuilt(body, table) if kind in INSIDE else body)
        )
        start += size
    return made


def _patched(raw: bytes, wanted: bytes, change: Callable[[bytes], bytes]) -> bytes:
    at = raw.index(wanted) - 4
    (size,) = struct.unpack_from(">I", raw, at)
    return raw[: at + 8] + change(raw[at + 8 : at + size]) + raw[at + size :]


MALICE: dict[str, Callable[[], bytes]] = {
    "zip-bomb.mp4": zip_bomb,
    "header-bomb.mp4": header_bomb,
    "picture-bomb.avi": lambda: picture_bomb(told=True),
    "hidden-picture-bomb.avi": lambda: picture_bomb(told=False),
    "for-ever.mp4": for_ever,
    "said-for-ever.mp4": said_for_ever,
    "echoing.mp4": echoing,
}
