"""A detector and its manifest: what it finds, and what is refused before it is asked."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from detection.boxes import Detections, best_of
from detection.manifest import ModelError, read_manifest
from detection.model import Detector
from detection.reading import ConfigError
from tests.detection.support import HEIGHT, SHARED, WIDTH, Square, picture, write_manifest, write_model


def load(folder: Path, *, classes: tuple[str, ...] = ("car",), score: float = 0.4) -> Detector:
    """Load the model of a folder."""
    return Detector(read_manifest(folder / "detector.yaml"), classes=classes, score=score)


class TestDetect:
    """What the network's answer means."""

    def test_boxes(self, tmp_path: Path) -> None:
        """Two squares on the grid are found where they are, the surer first."""
        write_model(tmp_path)
        image = picture([Square(16, 0.0), Square(80, 0.0)], "UNKNOWN", -0.8)
        found = load(tmp_path).detect(image)
        boxes = sorted(found.xyxy.round().astype(int).tolist())
        assert boxes == [[16, 64, 40, 88], [80, 64, 104, 88]]
        assert found.xyxy.dtype == np.float32
        assert found.class_id.tolist() == [0, 0]

    def test_scaled(self, tmp_path: Path) -> None:
        """Boxes are in pixels of the source, whatever its size."""
        write_model(tmp_path)
        image = picture([Square(16, 0.0)], "UNKNOWN", -0.8)
        large = np.repeat(np.repeat(image, 3, 0), 3, 1)
        found = load(tmp_path).detect(large)
        assert found.xyxy.round().astype(int).tolist() == [[48, 192, 120, 264]]

    def test_other_shape(self, tmp_path: Path) -> None:
        """A picture of another aspect lies at the upper left, the rest is grey, and boxes end at its border."""
        write_model(tmp_path)
        detector = load(tmp_path)
        tensor, fit = detector.prepare(np.zeros((HEIGHT // 2, WIDTH, 3), np.uint8))
        assert (fit.scale, fit.corner) == ((1.0, 1.0), (0, 0))
        assert tensor.shape == (1, 3, HEIGHT, WIDTH)
        assert tensor[0, :, : HEIGHT // 2].max() == 0
        assert set(tensor[0, :, HEIGHT // 2 :].ravel().tolist()) == {114}

    def test_nothing(self, tmp_path: Path) -> None:
        """An empty junction has no boxes."""
        write_model(tmp_path)
        found = load(tmp_path).detect(picture([], "RED", 0.0))
        assert (len(found), found.xyxy.shape) == (0, (0, 4))

    def test_class_not_wanted(self, tmp_path: Path) -> None:
        """Classes that a camera does not watch are not reported."""
        write_model(tmp_path)
        found = load(tmp_path, classes=("motorcycle",)).detect(picture([Square(16, 0.0)], "RED", -0.8))
        assert len(found) == 0

    def test_broken_numbers(self, tmp_path: Path) -> None:
        """A network that answers with numbers that are none finds nothing."""
        write_model(tmp_path)
        detector = load(tmp_path)
        tensor, fit = detector.prepare(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        raw = np.full_like(detector.infer(tensor)[0], np.nan)
        raw[..., 4:] = 1.0
        assert len(detector.decode([raw], fit, (WIDTH, HEIGHT))) == 0


class TestSuppress:
    """One box a vehicle."""

    def found(self, *rows: tuple[float, float, int]) -> list[int]:
        """What is kept of boxes 100 wide, at x, with a score and a class."""
        boxes = Detections(
            np.array([[x, 0, x + 100, 50] for x, _, _ in rows], np.float32),
            np.array([score for _, score, _ in rows], np.float32),
            np.array([name for *_, name in rows], np.int64),
        )
        kept = best_of(boxes, same_class_overlap=0.45)
        return [[x for x, _, _ in rows].index(x) for x in kept.xyxy[:, 0]]

    def test_same_class(self) -> None:
        """Of one class, the best of what overlaps by more than 0.45 stays."""
        assert self.found((0, 0.6, 0), (30, 0.9, 0), (200, 0.5, 0)) == [1, 2]

    def test_other_class(self) -> None:
        """Of two classes both stay, unless they overlap by more than 0.7: then they are one vehicle."""
        assert self.found((0, 0.6, 0), (30, 0.9, 1)) == [1, 0]
        assert self.found((0, 0.6, 0), (10, 0.9, 1)) == [1]

    def test_suppressed_suppress_nothing(self) -> None:
        """What was dropped drops nothing itself."""
        assert self.found((0, 0.9, 0), (30, 0.8, 0), (60, 0.7, 0)) == [0, 2]


class TestRefused:
    """Models and manifests that do not fit."""

    def test_tampered(self, tmp_path: Path) -> None:
        """A model that is not the one of its manifest is not run."""
        write_model(tmp_path)
        raw = bytearray((tmp_path / "detector.onnx").read_bytes())
        raw[-1] ^= 1
        (tmp_path / "detector.onnx").write_bytes(raw)
        with pytest.raises(
            ModelError, match=r"detector\.onnx: sha256 [0-9a-f]{64} is expected by its manifest"
        ):
            load(tmp_path)

    def test_not_a_model(self, tmp_path: Path) -> None:
        """A file that is no ONNX model is named in one line."""
        (tmp_path / "detector.onnx").write_bytes(b"no model\n" * 100)
        write_manifest(tmp_path, b"no model\n" * 100)
        with pytest.raises(ModelError, match=r"\A[^\n]*detector\.onnx: an ONNX model is expected: [^\n]+\Z"):
            load(tmp_path)

    def test_missing(self, tmp_path: Path) -> None:
        """A manifest without its model is refused."""
        write_manifest(tmp_path, b"")
        with pytest.raises(
            ModelError, match=r"detector\.onnx: the model's ONNX file is expected: No such file"
        ):
            load(tmp_path)

    def test_unknown_output_shape(self, tmp_path: Path) -> None:
        """A model of another output shape is refused with both shapes."""
        write_model(tmp_path, outputs=85)
        with pytest.raises(
            ModelError, match=r"raw yolox output \[1, 420, 7\] is expected .* output is \[1, 420, 85\]"
        ):
            load(tmp_path)

    def test_other_input(self, tmp_path: Path) -> None:
        """A model of another input size than its manifest's is refused."""
        write_model(tmp_path)
        write_manifest(
            tmp_path, (tmp_path / "detector.onnx").read_bytes(), input={"width": 320, "height": 320}
        )
        with pytest.raises(ModelError, match=r"a float input \[1, 3, 320, 320\] is expected"):
            load(tmp_path)

    def test_other_kind_of_model(self, tmp_path: Path) -> None:
        """A model that takes no pictures is refused."""
        helper, kinds = onnx.helper, onnx.TensorProto
        graph = helper.make_graph(
            [helper.make_node("Identity", ["words"], ["answer"])],
            "words",
            [helper.make_tensor_value_info("words", kinds.INT64, [1, 4])],
            [helper.make_tensor_value_info("answer", kinds.INT64, [1, 4])],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        raw = model.SerializeToString()
        (tmp_path / "detector.onnx").write_bytes(raw)
        write_manifest(tmp_path, raw)
        with pytest.raises(ModelError, match=r"\Adetector\.onnx: a float input [^\n]+\Z"):
            load(tmp_path)

    def test_class_unknown_to_the_model(self, tmp_path: Path) -> None:
        """A camera cannot watch for what its model does not know."""
        write_model(tmp_path)
        with pytest.raises(ConfigError, match=r"classes: tram: not among those of the model detector\.onnx"):
            load(tmp_path, classes=("car", "tram"))

    @pytest.mark.parametrize(
        "change, said",
        [
            ({"family": "yolo"}, r"detector\.yaml: family: one of yolox, detr is expected"),
            (
                {"input": {"width": 160, "height": 128, "resize": "plain"}},
                r"input\.resize: unknown; expected here: width, height",
            ),
            ({"sha256": "abc"}, r"detector\.yaml: sha256: 64 hex digits is expected"),
            ({"input": {"width": 100, "height": 128}}, r"input\.width: a multiple of 32 is expected"),
            ({"input": {"width": 160}}, r"input\.height: missing"),
            ({"classes": ["car", "car"]}, r"classes: a list of different names is expected"),
            ({"colour": "RGB"}, r"colour: unknown; expected here: family, path, sha256, input, classes"),
        ],
    )
    def test_manifest(self, tmp_path: Path, change: dict[str, object], said: str) -> None:
        """A wrong manifest is refused with the file, the key and what was expected."""
        write_manifest(tmp_path, b"", **change)
        with pytest.raises(ConfigError, match=said):
            read_manifest(tmp_path / "detector.yaml")


@pytest.fixture(scope="module")
def nano(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    """The real YOLOX-Nano, where it is present."""
    path = SHARED / "models/yolox_nano_416.onnx"
    if not path.exists():
        pytest.skip("shared models are absent")
    folder = tmp_path_factory.mktemp("nano")
    names = [name for name in (SHARED / "models/coco80.txt").read_text().splitlines() if name]
    write_manifest(
        folder, path.read_bytes(), path=str(path), classes=names, input={"width": 416, "height": 416}
    )
    return load(folder, classes=("car", "bus", "truck", "motorbike"), score=0.35)


class TestRealModel:
    """The real YOLOX-Nano."""

    def test_real_junction(self, nano: Detector) -> None:
        """YOLOX-Nano finds most of the cars of a real junction, each once, inside the picture."""
        import cv2

        counts = []
        for number in range(1, 51):
            image = cv2.imread(str(SHARED / f"opendatacam_frames/{number:03}.jpg"))
            assert image is not None
            found = nano.detect(image.astype(np.uint8))
            assert found.xyxy.min() >= 0
            assert (found.xyxy.max(0) <= (640, 360, 640, 360)).all()
            counts.append(len(found))
        # 15 to 20 vehicles a frame, the far ones too small for it: detection.md's loop found 1253 in 250 frames
        assert 4 <= np.median(counts) <= 20
