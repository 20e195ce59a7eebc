"""A detector: a manifest, its ONNX file, and the boxes it finds.

One family is read, `yolox`: the raw export, whose grid and strides are added here.
"""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detection.reading import ConfigError, Mapping, read_yaml

Floats = NDArray[np.float32]

STRIDES: Final = (8, 16, 32)
PAD: Final = 114
LARGEST_SIDE: Final = 4096
LARGEST_MODEL: Final = 512 << 20
MOST_CANDIDATES: Final = 300
SAME_CLASS_OVERLAP: Final = 0.45
ANY_CLASS_OVERLAP: Final = 0.7
"""A car and a truck on the same pixels are one vehicle; a rider close to a car is not."""


class ModelError(Exception):
    """A model cannot be used: its file, and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of a model without loading it."""

    family: str
    path: Path
    sha256: str
    width: int
    height: int
    classes: tuple[str, ...]


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


def read_manifest(path: Path) -> Manifest:
    """Read a model's manifest.

    Raises:
        ConfigError: naming the file, the key and what was expected.
    """
    top = read_yaml(path).only("family", "path", "sha256", "input", "classes")
    size = top.mapping("input").only("width", "height")
    return Manifest(
        family=top.one_of("family", ("yolox",)),
        path=path.parent / top.text("path"),
        sha256=top.matching("sha256", r"[0-9a-f]{64}", "64 hex digits"),
        width=_side(size, "width"),
        height=_side(size, "height"),
        classes=top.texts("classes"),
    )


class Detector:
    """A YOLOX detector on one thread; constructed, it has answered once and is known to fit its manifest."""

    def __init__(self, manifest: Manifest, *, classes: tuple[str, ...], score: float) -> None:
        self.name = manifest.path.name
        self.sha256 = manifest.sha256
        self.classes = manifest.classes
        self._manifest = manifest
        self._score = score
        if unknown := [name for name in classes if name not in manifest.classes]:
            raise ConfigError(f"classes: {', '.join(unknown)}: not among those of the model {self.name}")
        self._wanted = np.isin(np.array(manifest.classes), np.array(classes))
        self._session = _load(manifest)
        self._input = self._session.get_inputs()[0].name
        self._grid, self._stride = _anchors(manifest.width, manifest.height)
        self._canvas = np.full((manifest.height, manifest.width, 3), PAD, np.uint8)
        self._check()

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        """Find what a picture shows."""
        tensor, scale = self.prepare(image)
        height, width = image.shape[:2]
        return self.decode(self.infer(tensor), scale, (width, height))

    def prepare(self, image: NDArray[np.uint8]) -> tuple[Floats, float]:
        """Fit a picture into the model's input, at its upper left corner; returns it with the scale."""
        height, width = image.shape[:2]
        scale = min(self._manifest.width / width, self._manifest.height / height)
        fit_w, fit_h = max(1, round(width * scale)), max(1, round(height * scale))
        canvas = self._canvas
        if (canvas.shape[1] - fit_w) or (canvas.shape[0] - fit_h):
            canvas[:] = PAD
        if (fit_w, fit_h) == (width, height):
            canvas[:fit_h, :fit_w] = image
        else:
            cv2.resize(image, (fit_w, fit_h), dst=canvas[:fit_h, :fit_w], interpolation=cv2.INTER_LINEAR)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1), dtype=np.float32)
        return tensor[None], scale

    def infer(self, tensor: Floats) -> Floats:
        """Run the network."""
        answer: Floats = self._session.run(None, {self._input: tensor})[0]
        return answer

    def decode(self, raw: Floats, scale: float, size: tuple[int, int]) -> Detections:
        """Turn the network's answer into boxes in a picture of this size."""
        rows = raw[0]
        # an object score bounds every class score: most rows end here
        kept = np.flatnonzero(rows[:, 4] >= self._score)
        if not len(kept):
            return Detections.none()
        shares = rows[kept, 5:]
        class_id = shares.argmax(1)
        score = rows[kept, 4] * shares[np.arange(len(kept)), class_id]
        good = (score >= self._score) & self._wanted[class_id]
        kept, score, class_id = kept[good], score[good], class_id[good]
        centre = (rows[kept, :2] + self._grid[kept]) * self._stride[kept, None]
        extent = np.exp(np.minimum(rows[kept, 2:4], 20.0)) * self._stride[kept, None]
        corners = np.concatenate([centre - extent / 2, centre + extent / 2], 1) / scale
        width, height = size
        xyxy: Floats = np.clip(corners, 0, (width, height, width, height)).astype(np.float32)
        # NaN compares false: a broken network finds nothing
        sound = (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
        found = Detections(xyxy[sound], score[sound].astype(np.float32), class_id[sound])
        return found.pick(_suppress(found))

    def _check(self) -> None:
        """Answer once, which also warms up, and hold the shape against the manifest."""
        blank = np.full((1, 3, self._manifest.height, self._manifest.width), PAD, np.float32)
        expected = (1, len(self._grid), 5 + len(self.classes))
        try:
            answer = self._session.run(None, {self._input: blank})
        except Exception as error:  # noqa: BLE001 — onnxruntime's errors share no other ancestor
            raise ModelError(
                f"{self.name}: a float input [1, 3, {self._manifest.height}, {self._manifest.width}] is expected,"
                f" as its manifest says: {_first_line(error)}"
            ) from None
        shape = getattr(answer[0], "shape", None)
        if shape != expected:
            raise ModelError(
                f"{self.name}: a raw yolox output {list(expected)} is expected for {self._manifest.width}x"
                f"{self._manifest.height} and {len(self.classes)} classes, its output is {list(shape or ())}"
            )


def overlaps(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Intersection over union of each box of *a* with each of *b*."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    areas = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1)[None]
    shares: NDArray[np.float64] = shared / np.maximum(areas - shared, 1e-9)
    return shares


def _suppress(found: Detections) -> NDArray[np.int64]:
    """Keep the best of what overlaps: more readily within a class than across classes."""
    order = np.argsort(-found.score, kind="stable")[:MOST_CANDIDATES]
    xyxy, class_id = found.xyxy[order], found.class_id[order]
    same = class_id[:, None] == class_id[None]
    rival = overlaps(xyxy, xyxy) > np.where(same, SAME_CLASS_OVERLAP, ANY_CLASS_OVERLAP)
    alive = np.ones(len(order), bool)
    for n in range(len(order)):
        if alive[n]:
            alive[n + 1 :] &= ~rival[n, n + 1 :]
    return order[alive]


def _anchors(width: int, height: int) -> tuple[Floats, Floats]:
    grids, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[: height // stride, : width // stride]
        grids.append(np.stack([xs, ys], 2).reshape(-1, 2))
        strides.append(np.full(xs.size, stride))
    return np.concatenate(grids).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _load(manifest: Manifest) -> onnxruntime.InferenceSession:
    path = manifest.path
    try:
        if path.stat().st_size > LARGEST_MODEL:
            raise ModelError(f"{path}: at most {LARGEST_MODEL >> 20} MiB are expected of a model")
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the model's ONNX file is expected: {error.strerror}") from None
    if (got := hashlib.sha256(raw).hexdigest()) != manifest.sha256:
        raise ModelError(f"{path}: sha256 {manifest.sha256} is expected by its manifest, the file has {got}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        # the bytes that were hashed, not the path: what was checked is what runs
        return onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 — onnxruntime's errors share no other ancestor
        raise ModelError(f"{path}: an ONNX model is expected: {_first_line(error)}") from None


def _side(size: Mapping, key: str) -> int:
    side = size.integer(key, least=max(STRIDES), most=LARGEST_SIDE)
    if math.gcd(side, max(STRIDES)) != max(STRIDES):
        raise ConfigError(f"{size.at(key)}: a multiple of {max(STRIDES)} is expected")
    return side


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
