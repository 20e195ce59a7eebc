"""A detector: an ONNX file that fits its manifest, and the boxes it finds, whatever its family.

A model is a program that somebody else wrote: it is tried in a process of its own, `python -m detection.model`, first.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detection.apart import DiedError, ask, confine
from detection.boxes import Detections, Floats, best_of
from detection.detr import Detr
from detection.manifest import Input, Manifest, ModelError, read_manifest
from detection.reading import ConfigError
from detection.yolox import Yolox

LARGEST_MODEL: Final = 512 << 20
TRIAL_S: Final = 180.0
TRIAL_CPU_S: Final = 120

Answers = Sequence[NDArray[Any]]


class Family(Protocol):
    """How one family of networks is fed and read; constructed, the names of inputs and outputs are its own."""

    pad: int
    rgb: bool
    same_class_overlap: float
    outputs: Sequence[str] | None

    def feeds(self, tensor: Floats) -> dict[str, NDArray[Any]]:
        """Name the inputs."""
        ...

    def check(self, answers: Answers) -> None:
        """Hold an answer against what the family answers."""
        ...

    def read(self, answers: Answers, wanted: NDArray[np.bool_], least: float) -> Detections:
        """Return the candidates of an answer, in pixels of the input."""
        ...


FAMILIES: Final[Mapping[str, Callable[[Manifest, Sequence[str], Sequence[str]], Family]]] = {
    "yolox": Yolox,
    "detr": Detr,
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in the network's input: its scale in x and y, and its upper left corner."""

    scale: tuple[float, float]
    corner: tuple[int, int]
    size: tuple[int, int]

    @classmethod
    def of(cls, width: int, height: int, target: Input) -> "Fit":
        """Fit a picture of this size."""
        scale = target.width / width, target.height / height
        if target.resize == "plain":
            return cls(scale, (0, 0), (target.width, target.height))
        least = min(scale)
        size = max(1, round(width * least)), max(1, round(height * least))
        middle = (target.width - size[0]) // 2, (target.height - size[1]) // 2
        return cls((least, least), middle if target.resize == "letterbox" else (0, 0), size)

    def back(self, xyxy: Floats) -> Floats:
        """Return boxes in pixels of the picture."""
        corner: Floats = np.array(self.corner * 2, np.float32)
        scale: Floats = np.array(self.scale * 2, np.float32)
        boxes: Floats = np.divide(xyxy - corner, scale, dtype=np.float32)
        return boxes


class Detector:
    """A network on one thread; constructed, it has answered once and is known to fit its manifest."""

    def __init__(self, manifest: Manifest, *, classes: tuple[str, ...], score: float) -> None:
        self.name = manifest.path.name
        self.sha256 = manifest.sha256
        self.classes = manifest.classes
        self._input = manifest.input
        self._score = score
        if unknown := [name for name in classes if name not in manifest.classes]:
            raise ConfigError(f"classes: {', '.join(unknown)}: not among those of the model {self.name}")
        self._wanted = np.isin(np.array(manifest.classes), np.array(classes))
        self._session = _load(manifest)
        self._family = FAMILIES[manifest.family](
            manifest,
            [given.name for given in self._session.get_inputs()],
            [given.name for given in self._session.get_outputs()],
        )
        self._canvas = np.full((self._input.height, self._input.width, 3), self._family.pad, np.uint8)
        self._check()

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        """Find what a picture shows."""
        tensor, fit = self.prepare(image)
        height, width = image.shape[:2]
        return self.decode(self.infer(tensor), fit, (width, height))

    def prepare(self, image: NDArray[np.uint8]) -> tuple[Floats, Fit]:
        """Fit a picture, BGR, into the network's input; returns it with where the picture lies in it."""
        height, width = image.shape[:2]
        fit = Fit.of(width, height, self._input)
        canvas, (left, top), (fit_w, fit_h) = self._canvas, fit.corner, fit.size
        if (fit_w, fit_h) != (self._input.width, self._input.height):
            canvas[:] = self._family.pad
        place = canvas[top : top + fit_h, left : left + fit_w]
        if (fit_w, fit_h) == (width, height):
            place[:] = image
        else:
            cv2.resize(image, (fit_w, fit_h), dst=place, interpolation=cv2.INTER_LINEAR)
        planes = canvas.transpose(2, 0, 1)
        if not self._family.rgb:
            return np.ascontiguousarray(planes, dtype=np.float32)[None], fit
        tensor: Floats = np.ascontiguousarray(planes[::-1], dtype=np.float32)
        tensor /= 255
        if self._input.mean:
            tensor -= np.array(self._input.mean, np.float32)[:, None, None]
            tensor /= np.array(self._input.std, np.float32)[:, None, None]
        return tensor[None], fit

    def infer(self, tensor: Floats) -> Answers:
        """Run the network."""
        answers: Answers = self._session.run(self._family.outputs, self._family.feeds(tensor))
        return answers

    def decode(self, answers: Answers, fit: Fit, size: tuple[int, int]) -> Detections:
        """Turn the network's answer into boxes in a picture of this size, one a vehicle."""
        found = self._family.read(answers, self._wanted, self._score)
        width, height = size
        xyxy: Floats = np.clip(fit.back(found.xyxy), 0, (width, height, width, height)).astype(np.float32)
        # NaN compares false: a broken network finds nothing
        sound = (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
        found = Detections(xyxy[sound], found.score[sound], found.class_id[sound])
        return best_of(found, same_class_overlap=self._family.same_class_overlap)

    def _check(self) -> None:
        """Answer once, which also warms up."""
        blank = np.full((1, 3, self._input.height, self._input.width), self._family.pad, np.float32)
        try:
            answers = self.infer(blank)
        except Exception as error:  # noqa: BLE001 — onnxruntime's errors share no other ancestor
            raise ModelError(
                f"{self.name}: a float input [1, 3, {self._input.height}, {self._input.width}] is expected,"
                f" as its manifest says: {_first_line(error)}"
            ) from None
        self._family.check(answers)


def try_out(manifest: Path) -> None:
    """Have a model loaded and answer once where it can do no harm.

    Raises:
        ModelError: it cannot, needs too much, or died of it.
    """
    try:
        answer = ask("detection.model", str(manifest), within_s=TRIAL_S)
    except DiedError as error:
        raise ModelError(
            f"{manifest}: a model that answers is expected; the process that tried it {error}"
        ) from None
    if "refused" in answer:
        raise ModelError(answer["refused"])


def main(manifest: str) -> dict[str, str]:
    """Load it here, behind limits, and answer."""
    confine(cpu_s=TRIAL_CPU_S)
    try:
        Detector(read_manifest(Path(manifest)), classes=(), score=1.0)
    except (ModelError, ConfigError) as error:
        return {"refused": str(error)}
    return {}


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
        return onnxruntime.InferenceSession(
            raw,
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,  # which prints to stdout
        )
    except Exception as error:  # noqa: BLE001 — onnxruntime's errors share no other ancestor
        raise ModelError(f"{path}: an ONNX model is expected: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
