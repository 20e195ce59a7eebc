"""The signal head: which lamp is lit, and since when."""

import numpy as np
import pytest

from detection.config import Signal
from detection.signal import SignalHead, State, read
from tests.detection.support import REGION, Phase, picture

SETTING = Signal(region=REGION, share=0.12, hold=2, grace_s=1.0)


class TestRead:
    """One picture."""

    @pytest.mark.parametrize("phase", ["RED", "AMBER", "GREEN", "UNKNOWN"])
    def test_lamp(self, phase: Phase) -> None:
        """Each lamp is read by its place and hue; a dark head is unknown."""
        assert read(picture([], phase, 0.0), SETTING) == phase

    def test_red_in_the_wrong_place(self) -> None:
        """A red thing where the green lamp is, is no lamp."""
        image = picture([], "UNKNOWN", 0.0)
        image[28:36, 141:151] = (40, 40, 255)
        assert read(image, SETTING) == "UNKNOWN"

    def test_hidden(self) -> None:
        """A head behind a lorry is unknown."""
        image = picture([], "RED", 0.0)
        image[0:40, 130:] = (120, 120, 120)
        assert read(image, SETTING) == "UNKNOWN"

    @pytest.mark.parametrize("noise", [5, 15, 25])
    def test_noise(self, noise: int) -> None:
        """A noisy picture changes no lamp."""
        rng = np.random.default_rng(noise)
        image = picture([], "AMBER", 0.0).astype(int) + rng.normal(0, noise, (128, 160, 3)).astype(int)
        assert read(np.clip(image, 0, 255).astype(np.uint8), SETTING) == "AMBER"


RED: list[State] = ["RED"]
AMBER: list[State] = ["AMBER"]
GREEN: list[State] = ["GREEN"]
UNKNOWN: list[State] = ["UNKNOWN"]


def observe(readings: list[State], hold: int = 3) -> SignalHead:
    """A head that has given these readings, ten a second."""
    head = SignalHead(hold)
    for n, reading in enumerate(readings):
        head.observe(reading, n / 10)
    return head


class TestHold:
    """Many pictures."""

    def test_since_the_first(self) -> None:
        """A state that has held is valid from the first of its frames, not from when it was believed."""
        head = observe(GREEN * 5 + RED * 3)
        assert head.state == "RED"
        assert head.at(0.7) == ("RED", 0.5)
        assert head.at(0.49) == ("GREEN", 0.0)

    def test_not_yet(self) -> None:
        """Until a change has held, what it will be is not settled."""
        head = observe(GREEN * 5 + RED * 2)
        assert (head.state, head.settled_s) == ("GREEN", 0.4)

    def test_flicker(self) -> None:
        """A lamp that flickers, as LED lamps do on video, stays what it is."""
        readings = RED * 4 + UNKNOWN + RED + UNKNOWN * 2 + RED
        assert observe(readings).at(0.8) == ("RED", 0.0)

    def test_change_through_a_third(self) -> None:
        """Readings that do not agree with each other make no state."""
        head = observe(GREEN * 4 + AMBER + RED + AMBER + RED + AMBER)
        assert head.state == "GREEN"

    def test_unknown_is_a_state(self) -> None:
        """A head hidden for long is unknown, and what it showed before is history."""
        head = observe(RED * 4 + UNKNOWN * 4)
        assert head.at(0.6) == ("UNKNOWN", 0.4)

    def test_nothing_yet(self) -> None:
        """Before it was seen, a head is unknown."""
        assert SignalHead(3).at(0.0)[0] == "UNKNOWN"

    def test_forgets(self) -> None:
        """History that nobody asks for goes; the state at the time asked for stays."""
        head = observe((RED * 3 + GREEN * 3) * 20)
        head.forget_before(11.8)
        assert head.at(11.8) == ("GREEN", 11.7)
        assert len(head._changes) == 1
