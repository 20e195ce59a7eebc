"""The family `yolox`: the raw export, whose grid and strides are added here; pictures are BGR, 0 to 255."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detection.boxes import Detections, Floats
from detection.manifest import Manifest, ModelError

STRIDES: Final = (8, 16, 32)
PAD: Final = 114


class Yolox:
    """A raw YOLOX: one input, one output of a row for each place of three grids."""

    pad = PAD
    rgb = False
    same_class_overlap = 0.45
    outputs: Sequence[str] | None = None

    def __init__(self, manifest: Manifest, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self._manifest = manifest
        if len(inputs) != 1 or len(outputs) != 1:
            raise ModelError(
                f"{manifest.path.name}: one input and one output are expected of the family yolox,"
                f" it has {', '.join(inputs)} and {', '.join(outputs)}"
            )
        self._input = inputs[0]
        self._grid, self._stride = _places(manifest.input.width, manifest.input.height)

    def feeds(self, tensor: Floats) -> dict[str, NDArray[Any]]:
        """Name the inputs."""
        return {self._input: tensor}

    def check(self, answers: Sequence[NDArray[Any]]) -> None:
        """Hold the shape of an answer against the manifest.

        Raises:
            ModelError: with both shapes.
        """
        expected = (1, len(self._grid), 5 + len(self._manifest.classes))
        shape = getattr(answers[0], "shape", None)
        if shape != expected:
            size = self._manifest.input
            raise ModelError(
                f"{self._manifest.path.name}: a raw yolox output {list(expected)} is expected for {size.width}x"
                f"{size.height} and {len(self._manifest.classes)} classes, its output is {list(shape or ())}"
            )

    def read(self, answers: Sequence[NDArray[Any]], wanted: NDArray[np.bool_], least: float) -> Detections:
        """Return the candidates of an answer, in pixels of the input."""
        rows: Floats = answers[0][0]
        # an object score bounds every class score: most rows end here
        kept = np.flatnonzero(rows[:, 4] >= least)
        if not len(kept):
            return Detections.none()
        shares = rows[kept, 5:]
        class_id = shares.argmax(1)
        score = rows[kept, 4] * shares[np.arange(len(kept)), class_id]
        good = (score >= least) & wanted[class_id]
        kept, score, class_id = kept[good], score[good], class_id[good]
        centre = (rows[kept, :2] + self._grid[kept]) * self._stride[kept, None]
        extent = np.exp(np.minimum(rows[kept, 2:4], 20.0)) * self._stride[kept, None]
        xyxy = np.concatenate([centre - extent / 2, centre + extent / 2], 1)
        return Detections(xyxy, score.astype(np.float32), class_id)


def _places(width: int, height: int) -> tuple[Floats, Floats]:
    """The grid position of each row of the output, and how many pixels a step of its grid is."""
    grids, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[: height // stride, : width // stride]
        grids.append(np.stack([xs, ys], 2).reshape(-1, 2))
        strides.append(np.full(xs.size, stride))
    return np.concatenate(grids).astype(np.float32), np.concatenate(strides).astype(np.float32)
