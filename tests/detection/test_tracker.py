"""Tracks: one identity a vehicle, through gaps and crossings, and none for a flicker."""

from collections.abc import Sequence

import numpy as np

from detection.boxes import Detections
from detection.tracker import Tracker

Box = tuple[float, float, float, float]


def boxes(*given: Box, score: float = 0.9) -> Detections:
    """Boxes of one frame."""
    return Detections(
        np.array(given, np.float32).reshape(-1, 4),
        np.full(len(given), score, np.float32),
        np.zeros(len(given), np.int64),
    )


def follow(
    frames: Sequence[Detections], *, fps: float = 10.0, tracker: Tracker | None = None
) -> list[dict[int, Box]]:
    """The confirmed tracks of each frame, by identity."""
    tracker = tracker or Tracker(sure=0.4)
    told = []
    for n, found in enumerate(frames):
        tracks = tracker.update(found, pts=n * 100, at_s=n / fps)
        told.append(dict(zip(tracks.id.tolist(), map(tuple, tracks.xyxy.tolist()), strict=True)))
    return told


def moving(n: int, *, x: float = 0.0, speed: float = 10.0) -> Box:
    """A car 40 wide that moves to the right."""
    return x + speed * n, 100, x + speed * n + 40, 130


class TestIdentity:
    """Who is who."""

    def test_confirmed_after_three(self) -> None:
        """A vehicle is reported from its third box on, and under one identity."""
        told = follow([boxes(moving(n)) for n in range(10)])
        assert [list(t) for t in told] == [[], [], *[[1]] * 8]

    def test_flicker(self) -> None:
        """A box that comes and goes within two frames is nobody."""
        told = follow([boxes(moving(n)) if n in {2, 3, 6} else boxes() for n in range(10)])
        assert told == [{}] * 10

    def test_reports_boxes_as_found(self) -> None:
        """A track's box is the one the detector gave, not a guess."""
        told = follow([boxes(moving(n)) for n in range(5)])
        assert told[4] == {1: moving(4)}

    def test_gap(self) -> None:
        """A vehicle hidden for eight tenths of a second keeps its identity, and is not reported meanwhile."""
        hidden = range(10, 18)
        told = follow([boxes() if n in hidden else boxes(moving(n)) for n in range(25)])
        assert all(not told[n] for n in hidden)
        assert [list(told[n]) for n in range(18, 25)] == [[1]] * 7

    def test_gone_too_long(self) -> None:
        """A vehicle hidden for longer than a second comes back as somebody else."""
        told = follow([boxes() if 10 <= n < 22 else boxes(moving(n, speed=1.0)) for n in range(30)])
        assert list(told[9]) == [1]
        assert list(told[29]) == [2]

    def test_time_not_frames(self) -> None:
        """Frames that a camera drops change nothing: motion is counted in seconds."""
        tracker = Tracker(sure=0.4)
        seen = set()
        for n in (0, 1, 2, 3, 4, 5, 6, 10, 11, 15, 16, 17):
            tracks = tracker.update(boxes(moving(n, speed=12.0)), pts=n, at_s=n / 10)
            seen |= set(tracks.id.tolist())
        assert seen == {1}

    def test_crossing_paths(self) -> None:
        """Two vehicles that pass each other keep their identities."""
        frames = []
        for n in range(40):
            right = (10.0 * n, 100.0, 10.0 * n + 40, 130.0)
            left = (400 - 10.0 * n, 112.0, 440 - 10.0 * n, 142.0)
            frames.append(boxes(right, left))
        told = follow(frames)
        first = dict(told[5])
        for track, box in told[39].items():
            assert box[1] == first[track][1]

    def test_two_in_one_frame(self) -> None:
        """Two vehicles that come into view in one frame are told apart, from left to right."""
        tracker = Tracker(sure=0.4)
        for n in range(3):
            tracks = tracker.update(boxes(moving(n, x=300), moving(n, x=20)), pts=n * 100, at_s=n / 10)
        assert tracks.started_pts.tolist() == [0, 0]
        assert {(int(o), b[0]) for o, b in zip(tracks.ordinal, tracks.xyxy.tolist(), strict=True)} == {
            (0, 40.0),
            (1, 320.0),
        }


class TestUnsure:
    """What the detector doubts."""

    def test_unsure_boxes_start_nothing(self) -> None:
        """What the detector is unsure of makes no track."""
        told = follow([boxes(moving(n), score=0.3) for n in range(10)])
        assert told == [{}] * 10

    def test_unsure_boxes_continue(self) -> None:
        """What the detector is unsure of keeps an identity for as long as it takes, and is not reported itself."""
        told = follow([boxes(moving(n), score=0.2 if 5 <= n < 39 else 0.9) for n in range(40)])
        assert [list(t) for t in told[4:39]] == [[1], *[[]] * 34]
        assert list(told[39]) == [1]

    def test_confidence(self) -> None:
        """A track's score is the mean of its boxes."""
        tracker = Tracker(sure=0.4)
        for n, score in enumerate((0.9, 0.9, 0.6)):
            tracks = tracker.update(boxes(moving(n), score=score), pts=n, at_s=n / 10)
        assert np.allclose(tracks.score, [0.8])


class TestDoubles:
    """A detector that sees one vehicle twice."""

    def test_double(self) -> None:
        """A second box that lies on a vehicle for all its life is nobody."""
        frames = [
            boxes(moving(n), *([(10.0 * n, 90.0, 10.0 * n + 40, 116.0)] if n > 4 else [])) for n in range(30)
        ]
        assert {track for told in follow(frames) for track in told} == {1}

    def test_one_behind_another(self) -> None:
        """A vehicle that was seen clear of the one it follows is somebody, however close it comes later."""
        frames = [boxes(moving(n), moving(n, x=-60 + 1.5 * n)) for n in range(30)]
        told = follow(frames)
        assert sorted(told[29]) == [1, 2]

    def test_other_class(self) -> None:
        """A motorcycle in front of a lorry is covered by its box, and is somebody."""
        tracker = Tracker(sure=0.4)
        for n in range(8):
            both = boxes((10.0 * n, 40, 10.0 * n + 100, 140), (10.0 * n + 30, 80, 10.0 * n + 50, 138))
            found = Detections(both.xyxy, both.score, np.array([0, 1]))
            tracks = tracker.update(found, pts=n, at_s=n / 10)
        assert sorted(tracks.id.tolist()) == [1, 2]


class TestEmpty:
    """Nobody there."""

    def test_nothing_ever(self) -> None:
        """An empty road has no tracks."""
        assert follow([boxes()] * 5) == [{}] * 5
