"""Running the red light: who does, and everybody who nearly does."""

import numpy as np
import pytest

from detection.config import Signal, StopLine
from detection.rules import Crossing, RedLight
from detection.signal import SignalHead, State
from detection.tracker import Tracks

LINE = StopLine(start=(0, 200), end=(100, 200), towards=(50, 0), band=4)
SIGNAL = Signal(region=(0, 0, 9, 9), share=0.12, hold=2, grace_s=1.0)
Path = list[tuple[float, float] | None]


def run(*paths: Path, lights: list[State], fps: float = 10.0, line: StopLine = LINE) -> list[Crossing]:
    """Who is proposed, when each track's bottom centre takes its path; None is a frame without it."""
    head = SignalHead(SIGNAL.hold)
    rule = RedLight(line, SIGNAL, head)
    found: list[Crossing] = []
    for n, light in enumerate(lights):
        at_s = n / fps
        head.observe(light, at_s)
        here = [
            (t, place) for t, path in enumerate(paths) if n < len(path) and (place := path[n]) is not None
        ]
        boxes = np.array([(x - 10, y - 20, x + 10, y) for _, (x, y) in here], np.float32).reshape(-1, 4)
        ids = np.array([t for t, _ in here], np.int64)
        tracks = Tracks(ids, boxes, ids * 0, np.full(len(ids), 0.8), ids * 7, ids)
        found += rule.observe(tracks, at_s)
    return found


def drive(start: float, end: float, frames: int, x: float = 50.0) -> Path:
    """A straight drive up the picture."""
    return [(x, float(y)) for y in np.linspace(start, end, frames)]


RED: list[State] = ["RED"]
AMBER: list[State] = ["AMBER"]
GREEN: list[State] = ["GREEN"]
UNKNOWN: list[State] = ["UNKNOWN"]


class TestFires:
    """Who ran the light."""

    def test_on_red(self) -> None:
        """Who passes the line on red is proposed once, at the instant between the frames when it happened."""
        (crossing,) = run(drive(300, 100, 41), lights=RED * 60)
        assert crossing.at_s == pytest.approx(2.0)
        assert (crossing.track, crossing.confidence) == (0, 0.8)

    def test_between_frames(self) -> None:
        """The instant is interpolated: a vehicle at 15 px before and 5 px past was on the line after three quarters."""
        path: Path = [*drive(300, 215, 20), (50.0, 195.0), *drive(175, 100, 10)]
        (crossing,) = run(path, lights=RED * 60)
        assert crossing.at_s == pytest.approx(1.975)

    def test_two_side_by_side(self) -> None:
        """Two vehicles that pass together are two."""
        found = run(drive(300, 100, 41, x=30), drive(300, 100, 41, x=70), lights=RED * 60)
        assert [c.track for c in found] == [0, 1]

    def test_hidden_on_the_line(self) -> None:
        """A vehicle that is hidden while it passes is proposed when it is seen again."""
        path = drive(300, 100, 41)
        path[18:24] = [None] * 6
        (crossing,) = run(path, lights=RED * 60)
        assert crossing.at_s == pytest.approx(2.0)

    def test_slowly_through_the_band(self) -> None:
        """A vehicle that creeps over the line is proposed, at the instant its rear passed."""
        (crossing,) = run(drive(300, 190, 56), lights=RED * 60)
        assert crossing.at_s == pytest.approx(5.0)


class TestNeverFires:
    """Who did not."""

    def test_on_green(self) -> None:
        """Who passes on green did right, also when red comes later."""
        assert run(drive(300, 100, 41), lights=GREEN * 25 + RED * 60) == []

    def test_within_the_grace(self) -> None:
        """Who passes within a second of the change is let through."""
        assert run(drive(300, 100, 41), lights=GREEN * 11 + RED * 60) == []
        assert len(run(drive(300, 100, 41), lights=GREEN * 9 + RED * 60)) == 1

    def test_on_amber(self) -> None:
        """Amber is not red."""
        assert run(drive(300, 100, 41), lights=AMBER * 60) == []

    def test_unknown(self) -> None:
        """A signal that cannot be read accuses nobody."""
        assert run(drive(300, 100, 41), lights=RED * 15 + UNKNOWN * 20) == []

    def test_as_it_turns_green(self) -> None:
        """Who passes in the frame in which green comes passed on green, though it was believed two frames later."""
        assert run(drive(300, 100, 41), lights=RED * 20 + GREEN * 30) == []

    def test_stops_before_the_line(self) -> None:
        """Who stops one pixel before the line has not passed it."""
        assert run([*drive(300, 201, 20), *[(50.0, 201.0)] * 40], lights=RED * 60) == []

    def test_jitter_on_the_line(self) -> None:
        """A box that trembles by less than the band while its vehicle stands on the line is nothing."""
        rng = np.random.default_rng(3)
        standing: Path = [(50.0, 200 + float(rng.uniform(-3.9, 3.9))) for _ in range(300)]
        assert run([*drive(300, 203, 20), *standing], lights=RED * 320) == []

    def test_parked_on_the_line(self) -> None:
        """A vehicle that was on the line when first seen has not been seen to pass it, even if it leaves."""
        assert run([*[(50.0, 200.0)] * 20, *drive(200, 100, 20)], lights=RED * 60) == []

    def test_over_and_back(self) -> None:
        """Passing on green, rolling back and passing on red again within one track is judged once, as lawful."""
        path = [*drive(300, 180, 13), *drive(180, 220, 10), *drive(220, 100, 20)]
        assert run(path, lights=GREEN * 20 + RED * 60) == []

    def test_once(self) -> None:
        """Who runs the light, reverses and runs it again under one identity is proposed once."""
        path = [*drive(300, 150, 20), *drive(150, 250, 10), *drive(250, 100, 20)]
        assert len(run(path, lights=RED * 60)) == 1

    def test_towards_us(self) -> None:
        """Who comes the other way breaks another rule, if any."""
        assert run(drive(100, 300, 41), lights=RED * 60) == []

    def test_beside_the_line(self) -> None:
        """Who passes beside the end of the line is on another lane."""
        assert run(drive(300, 100, 41, x=130), lights=RED * 60) == []

    def test_id_born_beyond(self) -> None:
        """A track that begins beyond the line has not passed it."""
        assert run(drive(190, 100, 30), lights=RED * 60) == []


class TestDirection:
    """Lines lie as the road does."""

    def test_any_angle(self) -> None:
        """A line of any angle is passed towards its point beyond, and not away from it."""
        slanted = StopLine(start=(0, 100), end=(100, 200), towards=(100, 100), band=4)
        path: Path = [(30.0 + n * 2, 180.0 - n * 2) for n in range(40)]
        assert len(run(path, lights=RED * 60, line=slanted)) == 1
        assert run(list(reversed(path)), lights=RED * 60, line=slanted) == []


class TestMemory:
    """A worker runs for months."""

    def test_forgets(self) -> None:
        """Tracks that have gone are forgotten after a minute."""
        head = SignalHead(1)
        rule = RedLight(LINE, SIGNAL, head)
        none = np.zeros(0, np.int64)
        one = np.ones(1, np.int64)
        list(
            rule.observe(
                Tracks(one, np.array([[0, 0, 9, 9]], np.float32), one, one.astype(np.float64), one, one), 0.0
            )
        )
        assert len(rule._passages) == 1
        list(
            rule.observe(
                Tracks(none, np.zeros((0, 4), np.float32), none, none.astype(np.float64), none, none), 61.0
            )
        )
        assert len(rule._passages) == 0
