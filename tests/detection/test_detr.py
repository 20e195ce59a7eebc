"""Detectors whose boxes come ready: where they lie in the source, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detection.boxes import overlaps
from detection.manifest import ModelError, read_manifest
from detection.model import Detector
from detection.reading import ConfigError
from detection.source import VideoFile
from tests.detection.support import (
    HEIGHT,
    SHARED,
    WIDTH,
    Square,
    picture,
    write_detr,
    write_manifest,
    write_model,
)

SIZE = {"width": WIDTH, "height": HEIGHT}
CLASSES = ["car", "motorcycle", "truck"]


def load(folder: Path, *, classes: tuple[str, ...] = ("car", "truck"), score: float = 0.4) -> Detector:
    """Load the model of a folder."""
    return Detector(read_manifest(folder / "detector.yaml"), classes=classes, score=score)


def changed(folder: Path, **manifest: object) -> None:
    """Write the DETR and a manifest with some keys changed."""
    write_detr(folder)
    given = {"family": "detr", "input": {**SIZE, "resize": "plain"}, "classes": CLASSES, **manifest}
    write_manifest(folder, (folder / "detector.onnx").read_bytes(), **given)


class TestDetect:
    """What the network's answer means."""

    def test_boxes(self, tmp_path: Path) -> None:
        """Two squares are found where they are, once each though the network says car and truck of both."""
        write_detr(tmp_path)
        found = load(tmp_path).detect(picture([Square(16, 0.0), Square(80, 0.0)], "UNKNOWN", -0.8))
        boxes = sorted(found.xyxy.round().astype(int).tolist())
        assert boxes == [[16, 64, 40, 88], [80, 64, 104, 88]]
        assert found.xyxy.dtype == np.float32
        assert found.class_id.tolist() == [0, 0]

    def test_abreast(self, tmp_path: Path) -> None:
        """Two of one class that overlap by half are two: the network has told them apart itself."""
        write_detr(tmp_path)
        detector = load(tmp_path)
        _, fit = detector.prepare(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        boxes = np.array([[[0, 0, 60, 40], [20, 0, 80, 40], [2, 0, 62, 40]]], np.float32)
        answers: list[NDArray[Any]] = [
            np.zeros((1, 3), np.int64),
            boxes,
            np.array([[0.9, 0.8, 0.7]], np.float32),
        ]
        assert detector.decode(answers, fit, (WIDTH, HEIGHT)).xyxy[:, 0].tolist() == [0, 20]

    def test_stretched(self, tmp_path: Path) -> None:
        """A picture of another shape is stretched, and boxes are in its own pixels, each side by its own scale."""
        write_detr(tmp_path)
        image = picture([Square(16, 0.0)], "UNKNOWN", -0.8)
        found = load(tmp_path).detect(np.repeat(np.repeat(image, 2, 0), 5, 1))
        assert found.xyxy.round().astype(int).tolist() == [[80, 128, 200, 176]]

    def test_letterbox(self, tmp_path: Path) -> None:
        """Where a model wants the shape kept, a flat picture lies in the middle, black above and below."""
        changed(tmp_path, input={**SIZE, "resize": "letterbox"})
        detector = load(tmp_path)
        flat = picture([Square(16, 0.0)], "UNKNOWN", -0.8)[32:96]
        tensor, fit = detector.prepare(flat)
        assert (fit.scale, fit.corner, fit.size) == ((1.0, 1.0), (0, 32), (WIDTH, HEIGHT // 2))
        assert tensor[0, :, :32].max() == tensor[0, :, 96:].max() == 0
        assert detector.detect(flat).xyxy.round().astype(int).tolist() == [[16, 32, 40, 56]]

    def test_colours(self, tmp_path: Path) -> None:
        """The network sees red first, from 0 to 1."""
        write_detr(tmp_path)
        blue, green, red = 51, 102, 255
        tensor, _ = load(tmp_path).prepare(np.full((HEIGHT, WIDTH, 3), (blue, green, red), np.uint8))
        assert tensor.shape == (1, 3, HEIGHT, WIDTH)
        assert tensor.dtype == np.float32
        assert tensor[0, :, 5, 5].tolist() == pytest.approx([1.0, 0.4, 0.2])

    def test_mean_and_deviation(self, tmp_path: Path) -> None:
        """A model that wants a mean taken off and a deviation divided by gets it, red first."""
        changed(tmp_path, input={**SIZE, "resize": "plain", "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.2, 0.1]})
        tensor, _ = load(tmp_path).prepare(np.full((HEIGHT, WIDTH, 3), (51, 102, 255), np.uint8))
        assert tensor[0, :, 5, 5].tolist() == pytest.approx([1.0, 0.0, -1.0], abs=1e-6)

    def test_class_not_wanted(self, tmp_path: Path) -> None:
        """Classes that a camera does not watch are not reported, and no rival hides those it does."""
        write_detr(tmp_path)
        image = picture([Square(16, 0.0)], "RED", -0.8)
        assert len(load(tmp_path, classes=("motorcycle",)).detect(image)) == 0
        assert load(tmp_path, classes=("truck",)).detect(image).class_id.tolist() == [2]

    def test_class_without_a_name(self, tmp_path: Path) -> None:
        """A class that the manifest does not name is watched by nobody, and breaks nothing."""
        changed(tmp_path, classes=["car", "motorcycle"])
        found = load(tmp_path, classes=("car",)).detect(picture([Square(16, 0.0)], "RED", -0.8))
        assert found.class_id.tolist() == [0]

    def test_broken_numbers(self, tmp_path: Path) -> None:
        """A network that answers with numbers that are none finds nothing."""
        write_detr(tmp_path)
        detector = load(tmp_path)
        tensor, fit = detector.prepare(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        labels, boxes, scores = detector.infer(tensor)
        for answer in ([labels, boxes * np.nan, scores + 1], [labels, boxes, scores * np.nan]):
            assert len(detector.decode(answer, fit, (WIDTH, HEIGHT))) == 0


class TestRefused:
    """Models that are not what their manifest says."""

    def test_of_another_family(self, tmp_path: Path) -> None:
        """Neither family's model passes for the other's; the line says what is missing."""
        write_model(tmp_path)
        raw = (tmp_path / "detector.onnx").read_bytes()
        write_manifest(tmp_path, raw, family="detr", input={**SIZE, "resize": "plain"})
        with pytest.raises(
            ModelError,
            match=r"\Adetector\.onnx: the inputs images, orig_target_sizes are expected of the family detr,"
            r" it has images\Z",
        ):
            load(tmp_path, classes=("car",))
        changed(tmp_path, family="yolox", input=SIZE)
        with pytest.raises(
            ModelError,
            match=r"one input and one output are expected of the family yolox,"
            r" it has images, orig_target_sizes and labels, boxes, scores",
        ):
            load(tmp_path)

    @pytest.mark.parametrize(
        "names, said",
        [
            (
                {"orig_target_sizes": "sizes"},
                "the inputs images, orig_target_sizes are expected .* images, sizes",
            ),
            ({"boxes": "dets"}, "the outputs labels, boxes, scores are expected .* labels, dets, scores"),
            (
                {"labels": "scores", "scores": "labels"},
                r"labels int\[1, n\], .* it answers labels float32\[1, 640\], .* scores int64\[1, 640\]",
            ),
            (
                {"boxes": "scores", "scores": "boxes"},
                r"boxes float\[1, n, 4\], .* boxes float32\[1, 640\], scores float32\[1, 640, 4\]",
            ),
        ],
    )
    def test_other_names(self, tmp_path: Path, names: dict[str, str], said: str) -> None:
        """Inputs and outputs of other names, or a name on another thing, are refused in one line, never guessed."""
        write_detr(tmp_path, **names)
        with pytest.raises(ModelError, match=rf"\Adetector\.onnx: [^\n]*{said}\Z"):
            load(tmp_path)

    def test_other_size(self, tmp_path: Path) -> None:
        """A model of another input size than its manifest's is refused."""
        changed(tmp_path, input={"width": 320, "height": 320, "resize": "plain"})
        with pytest.raises(ModelError, match=r"a float input \[1, 3, 320, 320\] is expected"):
            load(tmp_path)

    @pytest.mark.parametrize(
        "change, said",
        [
            ({}, r"input\.resize: missing"),
            ({"resize": "corner"}, r"input\.resize: one of plain, letterbox is expected"),
            ({"resize": "plain", "mean": [0, 0, 0]}, r"input\.std: missing"),
            ({"resize": "plain", "std": [1, 1, 1]}, r"input\.mean: missing"),
            (
                {"resize": "plain", "mean": [0.5, 0.5], "std": [1, 1, 1]},
                r"input\.mean: \[red, green, blue\] from 0 to 1 is expected",
            ),
            (
                {"resize": "plain", "mean": [123.7, 116.3, 103.5], "std": [1, 1, 1]},
                r"input\.mean: \[red, green, blue\] from 0 to 1 is expected",
            ),
            (
                {"resize": "plain", "mean": [0, 0, 0], "std": [1, 0, 1]},
                r"input\.std: numbers above 0 are expected",
            ),
        ],
    )
    def test_manifest(self, tmp_path: Path, change: dict[str, object], said: str) -> None:
        """What no shape tells has to be said, and is said right or refused with its key."""
        changed(tmp_path, input={**SIZE, **change})
        with pytest.raises(ConfigError, match=said):
            read_manifest(tmp_path / "detector.yaml")


def real(folder: Path, model: str, **manifest: object) -> Detector:
    """A real model of the shared data; the test skips where it is absent."""
    path = SHARED / "models" / model
    if not path.exists():
        pytest.skip("shared models are absent")
    folder.mkdir()
    names = [name for name in (SHARED / "models/coco80.txt").read_text().splitlines() if name]
    write_manifest(folder, path.read_bytes(), path=str(path), classes=names, **manifest)
    return load(folder, classes=("car", "bus", "truck", "motorbike"), score=0.35)


class TestRealModel:
    """DEIMv2-Femto beside YOLOX-Nano."""

    @pytest.mark.parametrize("resize", ["plain", "letterbox"])
    def test_the_same_street(self, tmp_path: Path, resize: str) -> None:
        """On a real clip both find the same vehicles in the same places, DEIMv2 more of them."""
        square = {"width": 416, "height": 416}
        nano = real(tmp_path / "nano", "yolox_nano_416.onnx", input=square)
        deim = real(
            tmp_path / "deim",
            "deimv2_hgnetv2_femto_coco.onnx",
            family="detr",
            input={**square, "resize": resize},
        )
        clip = SHARED / "videos/ahmetozlu_input_video.mp4"
        if not clip.exists():
            pytest.skip("shared clips are absent")
        best: list[float] = []
        counts = np.zeros(2, int)
        with VideoFile(clip) as video:
            for frame in video.frames():
                if frame.number % 30 == 0:
                    theirs, ours = nano.detect(frame.image), deim.detect(frame.image)
                    counts += len(theirs), len(ours)
                    sure = theirs.xyxy[theirs.score >= 0.5]
                    shares = overlaps(sure, ours.xyxy) if len(ours) else np.zeros((len(sure), 1))
                    best += shares.max(1).tolist()
        assert len(best) > 50
        assert counts[1] > counts[0]
        assert np.median(best) > 0.7
        assert np.mean(np.array(best) > 0.5) > 0.8
