"""What a signal head shows: which of its three lamps is lit, by place and hue, held until it is sure.

A lamp that flickers or is hidden reads as unknown; unknown is a state of its own, and nobody runs an unknown light.
"""

from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detection import config

State = Literal["RED", "AMBER", "GREEN", "UNKNOWN"]

LAMPS: Final[tuple[State, ...]] = ("RED", "AMBER", "GREEN")
SATURATED, BRIGHT = 80, 120
HUES: Final = (((0, 11), (165, 180)), ((11, 36),), ((36, 100),))
"""OpenCV's hues, 0 to 180, of each lamp; amber and LED green lie wide."""


def read(image: NDArray[np.uint8], setting: config.Signal) -> State:
    """Say which lamp of one picture is lit; UNKNOWN where none is clearly."""
    x1, y1, x2, y2 = (round(v) for v in setting.region)
    hsv = cv2.cvtColor(image[y1:y2, x1:x2], cv2.COLOR_BGR2HSV)
    lit = (hsv[..., 1] >= SATURATED) & (hsv[..., 2] >= BRIGHT)
    shares = []
    for third, bands in zip(np.array_split(np.arange(len(hsv)), 3), HUES, strict=True):
        hue = hsv[third, :, 0]
        right = np.zeros(hue.shape, bool)
        for low, high in bands:
            right |= (hue >= low) & (hue < high)
        shares.append(float((right & lit[third]).mean()))
    best = int(np.argmax(shares))
    return LAMPS[best] if shares[best] >= setting.share else "UNKNOWN"


class SignalHead:
    """The state of one signal over time; it changes once a reading has held for some frames, from the first of them."""

    def __init__(self, hold: int) -> None:
        self._hold = hold
        self._changes: list[tuple[float, State]] = [(float("-inf"), "UNKNOWN")]
        self._candidate: State = "UNKNOWN"
        self._since_s = 0.0
        self._count = 0
        self.settled_s = float("-inf")
        """Up to here the state is decided; after it, a change may still turn out to have begun."""

    @property
    def state(self) -> State:
        """What it shows, as far as that is decided."""
        return self._changes[-1][1]

    def observe(self, reading: State, at_s: float) -> None:
        """Take in the reading of one frame."""
        if reading == self.state:
            self._count, self.settled_s = 0, at_s
            return
        if self._count == 0 or reading != self._candidate:
            self._candidate, self._since_s, self._count = reading, at_s, 0
        self._count += 1
        if self._count >= self._hold:
            self._changes.append((self._since_s, reading))
            self._count, self.settled_s = 0, at_s

    def at(self, at_s: float) -> tuple[State, float]:
        """What it showed at an instant not after `settled_s`, and since when."""
        since_s, state = next(change for change in reversed(self._changes) if change[0] <= at_s)
        return state, since_s

    def forget_before(self, at_s: float) -> None:
        """Let go of what no rule asks for any more."""
        while len(self._changes) > 1 and self._changes[1][0] <= at_s:
            self._changes.pop(0)
