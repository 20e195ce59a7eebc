"""Running the red light: the rear of a vehicle passes the stop line while red has been showing for long enough.

A track is *unknown* until it was seen clearly before the line, then *approaching*, and *done* once it was seen clearly
past it: one judgement a track, ever.  Clearly means by the band, so jitter on the line and a vehicle parked on it are
nothing.  A crossing is judged by what the signal showed at that instant, when that is settled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from detection.config import Signal, StopLine
from detection.signal import SignalHead
from detection.tracker import Tracks

FORGET_S: Final = 60.0
"""How long a track that is gone is remembered; the tracker has given up its number long before."""

Stage = Literal["unknown", "approaching", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A vehicle that ran the red light."""

    track: int
    at_s: float
    started_pts: int
    ordinal: int
    confidence: float


@dataclass(slots=True)
class _Passage:
    """Where one track is with regard to the line; `crossed_s` is when it last came from before it to beyond it."""

    stage: Stage = "unknown"
    seen_s: float = 0.0
    distance: float = 0.0
    along: float = 0.0
    crossed_s: float | None = None
    inside: bool = False


@dataclass(slots=True)
class RedLight:
    """The rule over one stop line and one signal."""

    line: StopLine
    signal: Signal
    head: SignalHead
    _passages: dict[int, _Passage] = field(default_factory=dict)
    _pending: list[Crossing] = field(default_factory=list)

    def observe(self, tracks: Tracks, at_s: float) -> Iterator[Crossing]:
        """Take in the tracks of one frame; yield what is now known to be a violation."""
        distances, alongs = self._places(tracks.xyxy)
        for n, track in enumerate(tracks.id.tolist()):
            passage = self._passages.setdefault(track, _Passage(seen_s=at_s, distance=float(distances[n])))
            crossed_s = self._move(passage, float(distances[n]), float(alongs[n]), at_s)
            if crossed_s is not None:
                self._pending.append(
                    Crossing(
                        track=track,
                        at_s=crossed_s,
                        started_pts=int(tracks.started_pts[n]),
                        ordinal=int(tracks.ordinal[n]),
                        confidence=float(np.clip(tracks.score[n], 0, 1)),
                    )
                )
        yield from self._judge()
        self._tidy(at_s)

    def _places(self, xyxy: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How far the bottom centre of each box is past the line, and where along it, 0 to 1."""
        start, end, beyond = (np.array(p) for p in (self.line.start, self.line.end, self.line.towards))
        along = end - start
        normal = np.array([-along[1], along[0]]) / np.hypot(*along)
        if normal @ (beyond - start) < 0:
            normal = -normal
        feet = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]], 1).astype(np.float64) - start
        return feet @ normal, feet @ along / (along @ along)

    def _move(self, passage: _Passage, distance: float, along: float, at_s: float) -> float | None:
        """Move one passage on; return when it crossed, once that is certain."""
        if passage.distance < 0 <= distance:
            share = -passage.distance / (distance - passage.distance)
            passage.crossed_s = passage.seen_s + share * (at_s - passage.seen_s)
            place = passage.along + share * (along - passage.along)
            passage.inside = 0 <= place <= 1
        passage.seen_s, passage.distance, passage.along = at_s, distance, along
        if passage.stage == "unknown" and distance <= -self.line.band:
            passage.stage = "approaching"
        elif passage.stage == "approaching" and distance >= self.line.band and distance > 0:
            if not passage.inside:  # it passed beside the line
                passage.stage = "unknown"
                return None
            passage.stage = "done"
            return passage.crossed_s
        return None

    def _judge(self) -> Iterator[Crossing]:
        waiting = []
        for crossing in self._pending:
            if crossing.at_s > self.head.settled_s:
                waiting.append(crossing)
                continue
            state, since_s = self.head.at(crossing.at_s)
            if state == "RED" and crossing.at_s - since_s >= self.signal.grace_s:
                yield crossing
        self._pending = waiting

    def _tidy(self, at_s: float) -> None:
        gone = [track for track, passage in self._passages.items() if at_s - passage.seen_s > FORGET_S]
        for track in gone:
            del self._passages[track]
        self.head.forget_before(at_s - FORGET_S)
