"""The worker over rendered junctions: who is proposed is who in truth ran the red light."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detection.boxes import Detections
from detection.config import CameraConfig, EvidenceWindow, Signal, StopLine, read_config
from detection.evidence import altered
from detection.evidence_store import EvidenceFolder
from detection.source import Frame, SourceError, VideoFile
from detection.training import drawing
from detection.training.drawing import LIGHTS, SIGNAL_BOX, STOP_LINE_Z
from detection.training.scenes import CLASSES, GRACE_S, Scene
from detection.worker import Camera, Watch, crossings, load_detector, propose
from tests.detection.support import SHARED, STARTS_AT, Square, write_camera, write_clip, write_detr

SEEDS = range(7000, 7020)
SEEN = 0.3
"""The share of a vehicle that a detector must see to find it."""

UNJUDGED_S = 0.5
"""What passes the line this shortly before the end of a scene is not judged: its frames have not come yet."""


def rendered() -> CameraConfig:
    """The settings of the rendered junction."""
    left, y = drawing.project(0.35, 0, STOP_LINE_Z)
    right, _ = drawing.project(9.9, 0, STOP_LINE_Z)
    x1, y1, x2, y2 = SIGNAL_BOX
    return CameraConfig(
        path=Path("rendered.yaml"),
        model=Path("none.yaml"),
        rule="RED_LIGHT",
        stop_line=StopLine(start=(left - 10, y), end=(right + 15, y), towards=(left, 0), band=3),
        signal=Signal(region=(x1, y1, x2, y2), share=0.12, hold=3, grace_s=GRACE_S),
        score=0.4,
        classes=CLASSES,
        evidence=EvidenceWindow(before_s=1, after_s=1, clip_s=3),
    )


class TrueBoxes:
    """A detector that knows the truth, but for what is hidden, and errs by a pixel or two."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rng = np.random.default_rng(scene.seed)
        self._at_s = 0.0
        self.owners: list[tuple[NDArray[np.float32], int]] = []

    def frames(self) -> Iterator[Frame]:
        """The frames of the scene."""
        for number, (at_s, image) in enumerate(self._scene.frames()):
            self._at_s = at_s
            yield Frame(number, number, at_s, image)

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        """The true boxes of the frame that was handed out last, a little off."""
        seen = [label for label in self._scene.labels(self._at_s) if label.visible >= SEEN]
        boxes = np.array([label.xyxy for label in seen], np.float32).reshape(-1, 4)
        boxes = (boxes + self._rng.normal(0, 0.7, boxes.shape)).astype(np.float32)
        kinds = np.array([CLASSES.index(label.kind) for label in seen], np.int64)
        return Detections(boxes, np.full(len(seen), 0.9, np.float32), kinds)


class TestRenderedScenes:
    """Twenty rendered junctions, with true boxes."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_violators_exactly(self, seed: int) -> None:
        """With true boxes, tracker, signal and rule propose the violators, all of them and nobody else."""
        scene = Scene(seed, light=LIGHTS[seed % len(LIGHTS)])
        eyes = TrueBoxes(scene)
        found = sorted(c.at_s for c in crossings(eyes.frames(), eyes, rendered()))
        true = sorted(v.crossed_at_s for v in scene.violators if v.crossed_at_s < scene.seconds - UNJUDGED_S)
        found = [at_s for at_s in found if at_s < scene.seconds - UNJUDGED_S]
        assert found == pytest.approx(true, abs=0.15)

    def test_the_seeds_have_both(self) -> None:
        """The scenes above hold violators and lawful vehicles, under every light."""
        scenes = [Scene(seed, light=LIGHTS[seed % len(LIGHTS)]) for seed in SEEDS]
        assert sum(len(s.violators) for s in scenes) == 10
        assert sum(v.path == "ahead" for s in scenes for v in s.vehicles) == 241
        assert {s.look.light for s in scenes} == set(LIGHTS)


class TestMiniature:
    """From a file to proposals, through a real network."""

    def test_proposals(self, junction: Path, tmp_path: Path) -> None:
        """Two vehicles of four ran the light: two proposals, each true in time and complete in evidence."""
        setting = read_config(junction / "junction.yaml")
        store, watch = EvidenceFolder(tmp_path, writer="c"), Watch()
        with VideoFile(junction / "clip.mp4") as video:
            made = list(
                propose(
                    video,
                    load_detector(setting),
                    setting,
                    Camera(code="DH-NT-01", starts_at=STARTS_AT),
                    store,
                    now=lambda: STARTS_AT,
                    watch=watch,
                )
            )
        # boxes are found on a grid of 8 px and driven at 30 px a second
        assert [(p.occurred_at - STARTS_AT).total_seconds() for p in made] == pytest.approx(
            [3.0, 4.2], abs=0.3
        )
        assert [[i.kind for i in p.evidence] for p in made] == [
            ["FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER", "CLIP"]
        ] * 2
        assert {p.model_sha256 for p in made} == {load_detector(setting).sha256}
        assert {p.source_sha256 for p in made} == {video.sha256}
        assert all(STARTS_AT < p.track_started_at < p.occurred_at for p in made)
        assert [list(altered(p.evidence, store)) for p in made] == [[], []]
        assert watch.frames == 60

    def test_boxes_that_come_ready(self, junction: Path, tmp_path: Path) -> None:
        """A detector of the other family proposes the same two."""
        setting = read_config(write_camera(tmp_path))
        write_detr(tmp_path)
        store = EvidenceFolder(tmp_path / "evidence", writer="c")
        with VideoFile(junction / "clip.mp4") as video:
            camera = Camera(code="C", starts_at=STARTS_AT)
            made = list(propose(video, load_detector(setting), setting, camera, store))
        assert [(p.occurred_at - STARTS_AT).total_seconds() for p in made] == pytest.approx(
            [3.0, 4.2], abs=0.3
        )

    def test_same_again(self, junction: Path, tmp_path: Path) -> None:
        """The same file gives the same proposals, evidence included, whoever runs it and where."""
        setting = read_config(junction / "junction.yaml")
        runs = []
        for name in ("a", "b"):
            with VideoFile(junction / "clip.mp4") as video:
                camera, store = (
                    Camera(code="C", starts_at=STARTS_AT),
                    EvidenceFolder(tmp_path / name, writer="c"),
                )
                made = propose(video, load_detector(setting), setting, camera, store, now=lambda: STARTS_AT)
                runs.append(list(made))
        assert runs[0] == runs[1]

    def test_source_breaks_off(self, junction: Path, tmp_path: Path) -> None:
        """Who ran the light before a source broke off is proposed, and then the break is told."""

        class Breaks(VideoFile):
            def frames(self) -> Iterator[Frame]:
                for frame in super().frames():
                    if frame.at_s > 3.6:
                        raise SourceError("it broke off")
                    yield frame

        setting, made = read_config(junction / "junction.yaml"), []
        with Breaks(junction / "clip.mp4") as video:
            camera, store = Camera(code="C", starts_at=STARTS_AT), EvidenceFolder(tmp_path, writer="c")
            proposals = propose(video, load_detector(setting), setting, camera, store)
            made.append(next(proposals))
            with pytest.raises(SourceError, match="it broke off"):
                next(proposals)
        assert [(p.occurred_at - STARTS_AT).total_seconds() for p in made] == pytest.approx([3.0], abs=0.3)

    def test_together(self, tmp_path: Path) -> None:
        """Two vehicles that come into view in one frame and run the light side by side are two proposals."""
        config = write_camera(tmp_path)
        setting = read_config(config)
        squares = (Square(16, 3.0), Square(80, 3.0))
        write_clip(tmp_path / "pair.mp4", squares, (("RED", 9.0),))
        store = EvidenceFolder(tmp_path / "evidence", writer="c")
        with VideoFile(tmp_path / "pair.mp4") as video:
            camera = Camera(code="C", starts_at=STARTS_AT)
            made = list(propose(video, load_detector(setting), setting, camera, store))
        assert len({p.proposal_id for p in made}) == 2
        assert made[0].track_started_at == made[1].track_started_at
        assert made[0].occurred_at - made[1].occurred_at < timedelta(seconds=0.1)


class TestRealClips:
    """Real clips, real model."""

    @pytest.mark.parametrize("name", ["intel_car-detection.mp4", "ahmetozlu_input_video.mp4"])
    def test_no_signal_no_proposal(self, name: str, tmp_path: Path) -> None:
        """YOLOX-Nano follows real cars over a line, and accuses nobody where no signal can be read."""
        import dataclasses

        from tests.detection.support import write_manifest

        model, path = SHARED / "models/yolox_nano_416.onnx", SHARED / "videos" / name
        if not (model.exists() and path.exists()):
            pytest.skip("shared models and clips are absent")
        names = [n for n in (SHARED / "models/coco80.txt").read_text().splitlines() if n]
        write_manifest(
            tmp_path, model.read_bytes(), path=str(model), classes=names, input={"width": 416, "height": 416}
        )
        dark = dataclasses.replace(rendered().signal, region=(2, 2, 12, 32))
        setting = dataclasses.replace(
            rendered(), model=tmp_path / "detector.yaml", classes=("car", "bus", "truck"), signal=dark
        )
        watch = Watch()
        with VideoFile(path) as video:
            frames = (f for f in video.frames() if f.number < 120)
            assert list(crossings(frames, load_detector(setting), setting, watch)) == []
        assert watch.frames == 120
