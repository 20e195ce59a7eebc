"""Cutting a window out of a video file without re-encoding, in a process of its own: `python -m detection.cutting`.

A hostile file that aborts FFmpeg takes that process with it and nothing else.  Video only: sound is never taken out.
"""

import errno
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from detection.apart import DiedError, ask

LONGEST_S: Final = 600.0
"""How long one cut may take before its process is ended."""

MOST_MEMORY: Final = 2 << 30
LEAST_CPU_S: Final = 20
CPU_S_A_MIB: Final = 0.25
"""Processor time by the size of the file: a small one cannot keep a processor busy for long."""

LEAST_ROOM: Final = 1 << 20
TIMES_AS_LARGE: Final = 2
"""How large a cut may be beside its file: an index can name the same packet a million times."""

MEASURE: Final = "measure"


class CutError(Exception):
    """A file cannot be cut, and why; *full* where the disk is what was missing."""

    def __init__(self, reason: str, *, full: bool = False) -> None:
        super().__init__(reason)
        self.full = full


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What was cut: the window it really shows, in seconds from the first frame of its source."""

    starts_s: float
    ends_s: float
    suffix: str
    media_type: str


def cut(source: Path, target: Path, from_s: float, to_s: float) -> Clip | None:
    """Write the packets from the keyframe at or before *from_s* up to *to_s* to *target*; None if there are none.

    Raises:
        CutError: the source cannot be read as a video, or the target cannot be written.
    """
    answer = _ask(str(source), str(target), repr(from_s), repr(to_s))
    return Clip(**answer) if answer else None


def measure(source: Path) -> float:
    """How long a video shows something, in seconds, by its packets: what a container says of itself may be anything.

    Raises:
        CutError: it cannot be read as a video, or shows nothing.
    """
    length_s = float(_ask(str(source), MEASURE)["length_s"])
    if length_s <= 0:
        raise CutError("it shows nothing")
    return length_s


def _ask(*arguments: str) -> dict[str, Any]:
    try:
        answer = ask("detection.cutting", *arguments, within_s=LONGEST_S)
    except DiedError as error:
        raise CutError(f"the cutter {error}") from None
    if "refused" in answer:
        raise CutError(answer["refused"], full=answer["full"])
    return answer


def main(source: str, target: str, *window: str) -> dict[str, Any]:
    """Do it here, behind limits, and answer."""
    import av

    from detection.media import confine, reason

    file = Path(source)
    size = file.stat().st_size if file.is_file() else 0
    confine(
        memory=MOST_MEMORY,
        writes=TIMES_AS_LARGE * size + LEAST_ROOM,
        cpu_s=LEAST_CPU_S + math.ceil(CPU_S_A_MIB * (size >> 20)),
    )
    try:
        if target == MEASURE:
            return {"length_s": _measure(source)}
        clip = _cut(source, target, *map(float, window))
    except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
        full = getattr(error, "errno", None) == errno.ENOSPC
        return {"refused": reason(error), "full": full}
    return asdict(clip) if clip else {}


def _measure(source: str) -> float:
    from detection.decoder import open_file

    with open_file(source) as container:
        stream = container.streams.video[0]
        ends = (p.pts + (p.duration or 0) for p in container.demux(stream) if p.size and p.pts is not None)
        return _plausible((max(ends, default=0) - (stream.start_time or 0)) * (stream.time_base or 0))


def _plausible(instant: Any) -> float:
    """Seconds from the first frame."""
    from detection.media import LONGEST_FILM_S

    if abs(instant) > LONGEST_FILM_S:
        raise ValueError(f"its time stamps span more than {LONGEST_FILM_S / 86_400:g} days")
    return float(instant)


def _cut(source: str, target: str, from_s: float, to_s: float) -> Clip | None:
    from detection.decoder import open_file
    from detection.media import CLIP_FORMATS

    for name, suffix, media_type in CLIP_FORMATS:
        with open_file(source) as container:
            stream = container.streams.video[0]
            written = _copy(container, stream, target, name, from_s, to_s)
        if written is None:
            continue  # this container does not take these packets, the next may
        starts_s, ends_s = written
        if ends_s <= max(starts_s, from_s):
            return None  # the keyframe before the window is all there is
        return Clip(starts_s=starts_s, ends_s=ends_s, suffix=suffix, media_type=media_type)
    raise ValueError("no container takes its packets")


def _copy(
    container: Any, stream: Any, target: str, name: str, from_s: float, to_s: float
) -> tuple[float, float] | None:
    """Copy packets into one kind of container; None where it refuses the first of them."""
    import av

    from detection.decoder import begins, seek

    base, first = stream.time_base, stream.start_time or 0
    start, end = math.floor(from_s / base) + first, math.ceil(to_s / base) + first
    first_key = seek(container, stream, start)
    begun: int | None = None
    offset = 0
    shown: list[int] = []
    Path(target).unlink(missing_ok=True)
    with av.open(target, "w", format=name, options={"fflags": "+bitexact"}) as out:
        try:
            copy = out.add_stream_from_template(stream)
        except (av.FFmpegError, ValueError):
            return None
        for packet in container.demux(stream):
            if not packet.size or (begun is None and not begins(packet, first_key)):
                continue
            stamp = packet.dts if packet.dts is not None else packet.pts
            if stamp is not None and stamp >= end:
                break
            pts, duration = packet.pts, packet.duration or 0
            if begun is None:
                begun, offset = pts, min(s for s in (pts, stamp) if s is not None)
            if pts is not None:
                shown += (pts, pts + duration)
            packet.stream, packet.time_base = copy, base
            packet.pts = None if pts is None else pts - offset
            packet.dts = None if packet.dts is None else packet.dts - offset
            try:
                out.mux(packet)
            except (av.FFmpegError, ValueError) as error:
                if len(shown) > 2 or getattr(error, "errno", None) == errno.ENOSPC:  # noqa: PLR2004 — the first packet's two
                    raise
                return None
    if not shown:
        return 0.0, 0.0
    return _plausible((min(shown) - first) * base), _plausible((max(shown) - first) * base)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
