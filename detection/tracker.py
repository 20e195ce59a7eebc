"""Follows vehicles from frame to frame: a constant-velocity filter per box, boxes joined to tracks by overlap.

After ByteTrack: sure boxes first, then the unsure ones for the tracks still without, so that a half-hidden vehicle
keeps its identity.  Time is in seconds, so a camera that drops frames changes nothing.  All tracks move as arrays.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detection.boxes import Detections, overlaps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEEP_S: Final = 1.0
"""How long a track outlives its last box."""

CONFIRMING: Final = 3
"""Boxes in a row that make a track; a flicker of the detector makes none."""

OWN_SHARE: Final = 0.7
"""How much of a box must be its own, clear of older tracks, before its track is believed.

A detector that sees a vehicle twice makes a double that lies on it for all its life.
"""

LEAST_SURE: Final = 0.1
OVERLAP_SURE, OVERLAP_UNSURE, OVERLAP_NEW = 0.2, 0.5, 0.3
MEASURED, DRIFT, PUSH = 1 / 20, 1 / 20, 1 / 4
"""Noise, in sizes of the box: of a measurement, of a second's walk, and of a second's change of speed."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """The confirmed tracks that have a sure box in this frame: parallel arrays.

    An unsure box keeps a track alive and says too little of where its vehicle stands to be a rule's business.
    """

    id: Ints
    xyxy: NDArray[np.float32]
    class_id: Ints
    score: Floats
    started_pts: Ints
    ordinal: Ints


class Tracker:
    """The tracks of one camera."""

    def __init__(self, *, sure: float) -> None:
        self._sure = sure
        self._last_s: float | None = None
        self._born = 0
        self._box: Floats = np.zeros((0, 4))  # centre and extent
        self._speed: Floats = np.zeros((0, 4))
        self._spread: Floats = np.zeros((0, 3, 4))  # of the box, of both, of the speed
        self._id: Ints = np.zeros(0, np.int64)
        self._hits: Ints = np.zeros(0, np.int64)
        self._seen_s: Floats = np.zeros(0)
        self._own: NDArray[np.bool_] = np.zeros(0, bool)  # was once seen clear of older tracks
        self._score: Floats = np.zeros(0)
        self._started: Ints = np.zeros((0, 2), np.int64)  # time stamp, and number among those of that frame

    def update(self, found: Detections, *, pts: int, at_s: float) -> Tracks:
        """Move every track to this frame and join it with the boxes found."""
        self._predict(0.0 if self._last_s is None else at_s - self._last_s)
        self._last_s = at_s
        boxes = found.xyxy.astype(np.float64)
        measured = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], 1)
        owner = np.full(len(found), -1, np.int64)  # row of the track that a box belongs to
        sure = np.flatnonzero(found.score >= self._sure)
        unsure = np.flatnonzero((found.score < self._sure) & (found.score >= LEAST_SURE))
        confirmed = self._hits >= CONFIRMING

        waiting = np.flatnonzero(confirmed)
        waiting, sure = self._join(waiting, sure, boxes, owner, OVERLAP_SURE)
        self._join(waiting, unsure, boxes, owner, OVERLAP_UNSURE)
        _, sure = self._join(np.flatnonzero(~confirmed), sure, boxes, owner, OVERLAP_NEW)

        joined = np.flatnonzero(owner >= 0)
        self._correct(owner[joined], measured[joined], found.score[joined], at_s)
        tracks = self._report(found, joined, owner[joined])
        lost = at_s - self._seen_s > np.where(self._hits >= CONFIRMING, KEEP_S, 0.0)
        self._forget(lost)
        self._begin(measured[sure], found.score[sure], pts, at_s)
        return tracks

    def _predict(self, step_s: float) -> None:
        size = self._size()
        box, both, speed = self._spread[:, 0], self._spread[:, 1], self._spread[:, 2]
        self._box = self._box + self._speed * step_s
        self._box[:, 2:] = np.maximum(self._box[:, 2:], 1.0)
        self._spread = np.stack(
            [
                box + step_s * (2 * both + step_s * speed) + (DRIFT * size) ** 2 * step_s,
                both + step_s * speed,
                speed + (PUSH * size) ** 2 * step_s,
            ],
            1,
        )

    def _join(self, rows: Ints, which: Ints, boxes: Floats, owner: Ints, least: float) -> tuple[Ints, Ints]:
        """Join tracks and boxes, the largest overlap first; return those that stay alone."""
        if not len(rows) or not len(which):
            return rows, which
        half = self._box[rows, 2:] / 2
        placed = np.concatenate([self._box[rows, :2] - half, self._box[rows, :2] + half], 1)
        shared = overlaps(placed, boxes[which])
        taken_rows, taken = np.zeros(len(rows), bool), np.zeros(len(which), bool)
        for place in np.argsort(-shared, axis=None, kind="stable"):
            row, box = divmod(int(place), len(which))
            if shared[row, box] < least:
                break
            if not taken_rows[row] and not taken[box]:
                taken_rows[row] = taken[box] = True
                owner[which[box]] = rows[row]
        return rows[~taken_rows], which[~taken]

    def _correct(self, rows: Ints, measured: Floats, score: NDArray[np.float32], at_s: float) -> None:
        box, both, speed = (self._spread[rows, n] for n in range(3))
        total = box + (MEASURED * self._size()[rows]) ** 2
        gain, gain_speed = box / total, both / total
        error = measured - self._box[rows]
        self._box[rows] += gain * error
        self._speed[rows] += gain_speed * error
        self._spread[rows] = np.stack([(1 - gain) * box, (1 - gain) * both, speed - gain_speed * both], 1)
        self._hits[rows] += 1
        self._seen_s[rows] = at_s
        self._score[rows] += (score - self._score[rows]) / self._hits[rows]

    def _report(self, found: Detections, joined: Ints, rows: Ints) -> Tracks:
        shown = self._hits[rows] >= CONFIRMING
        self._believe(rows[shown], found.pick(joined[shown]))
        shown &= self._own[rows] & (found.score[joined] >= self._sure)
        boxes, rows = joined[shown], rows[shown]
        return Tracks(
            id=self._id[rows],
            xyxy=found.xyxy[boxes],
            class_id=found.class_id[boxes],
            score=self._score[rows],
            started_pts=self._started[rows, 0],
            ordinal=self._started[rows, 1],
        )

    def _believe(self, rows: Ints, found: Detections) -> None:
        """Mark the tracks whose box is for the most part no older track's of its class."""
        if self._own[rows].all():
            return
        xyxy, class_id = found.xyxy, found.class_id
        low = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2])
        high = np.minimum(xyxy[:, None, 2:], xyxy[None, :, 2:])
        covered = np.clip(high - low, 0, None).prod(2) / (xyxy[:, 2:] - xyxy[:, :2]).prod(1)[:, None]
        for n in np.argsort(self._id[rows]):
            older = self._own[rows] & (self._id[rows] < self._id[rows[n]]) & (class_id == class_id[n])
            if not self._own[rows[n]] and covered[n, older].max(initial=0.0) <= 1 - OWN_SHARE:
                self._own[rows[n]] = True

    def _forget(self, lost: NDArray[np.bool_]) -> None:
        if lost.any():
            kept = ~lost
            self._box, self._speed, self._spread = self._box[kept], self._speed[kept], self._spread[kept]
            self._id, self._hits, self._score = self._id[kept], self._hits[kept], self._score[kept]
            self._seen_s, self._started, self._own = self._seen_s[kept], self._started[kept], self._own[kept]

    def _begin(self, measured: Floats, score: NDArray[np.float32], pts: int, at_s: float) -> None:
        if not (count := len(measured)):
            return
        # from left to right: scores differ in the last digit from machine to machine, places do not
        order = np.lexsort((measured[:, 1], measured[:, 0]))
        measured, score = measured[order], score[order]
        size = np.maximum(measured[:, 2:].max(1), 1.0)[:, None]
        ones = np.ones((count, 4))
        spread = np.stack([ones * (2 * MEASURED * size) ** 2, 0 * ones, ones * (2 * size) ** 2], 1)
        started = np.stack([np.full(count, pts), np.arange(count)], 1)
        self._box = np.concatenate([self._box, measured])
        self._speed = np.concatenate([self._speed, np.zeros((count, 4))])
        self._spread = np.concatenate([self._spread, spread])
        self._id = np.concatenate([self._id, np.arange(self._born + 1, self._born + count + 1)])
        self._hits = np.concatenate([self._hits, np.ones(count, np.int64)])
        self._seen_s = np.concatenate([self._seen_s, np.full(count, at_s)])
        self._score = np.concatenate([self._score, score.astype(np.float64)])
        self._started = np.concatenate([self._started, started])
        self._own = np.concatenate([self._own, np.zeros(count, bool)])
        self._born += count

    def _size(self) -> Floats:
        """The larger side of each box, as a column."""
        larger: Floats = self._box[:, 2:].max(1, initial=1.0)
        return larger[:, None]
