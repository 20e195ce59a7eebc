"""What was found in a picture, whichever network found it, and one box a vehicle of it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MOST_CANDIDATES: Final = 300
ANY_CLASS_OVERLAP: Final = 0.7
"""A car and a truck on the same pixels are one vehicle; a rider close to a car is not."""


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found in one picture: parallel arrays, boxes in source pixels."""

    xyxy: Floats
    score: Floats
    class_id: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.score)

    @classmethod
    def none(cls) -> "Detections":
        """Nothing found."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    def pick(self, which: NDArray[Any]) -> "Detections":
        """Return some of them, by index or mask."""
        return Detections(self.xyxy[which], self.score[which], self.class_id[which])


def overlaps(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Intersection over union of each box of *a* with each of *b*."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    areas = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1)[None]
    shares: NDArray[np.float64] = shared / np.maximum(areas - shared, 1e-9)
    return shares


def best_of(found: Detections, *, same_class_overlap: float) -> Detections:
    """Keep the best of what overlaps, the surer first: more readily within a class than across classes."""
    order = np.argsort(-found.score, kind="stable")[:MOST_CANDIDATES]
    xyxy, class_id = found.xyxy[order], found.class_id[order]
    same = class_id[:, None] == class_id[None]
    rival = overlaps(xyxy, xyxy) > np.where(same, same_class_overlap, ANY_CLASS_OVERLAP)
    alive = np.ones(len(order), bool)
    for n in range(len(order)):
        if alive[n]:
            alive[n + 1 :] &= ~rival[n, n + 1 :]
    return found.pick(order[alive])
