"""The family `detr` (RT-DETR, D-FINE, DEIM): boxes come ready, in the size that is asked for; pictures are RGB, 0 to 1.

The size asked for is that of the input itself, (width, height), so that one way leads from the input to the source.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detection.boxes import ANY_CLASS_OVERLAP, Detections, Floats
from detection.manifest import Manifest, ModelError

INPUTS: Final = ("images", "orig_target_sizes")
OUTPUTS: Final = ("labels", "boxes", "scores")


class Detr:
    """A detector that answers with labels, boxes and scores, each by its name."""

    pad = 0
    rgb = True
    same_class_overlap = (
        ANY_CLASS_OVERLAP  # it suppresses within a class by itself; two riders abreast are two
    )
    outputs: Sequence[str] | None = OUTPUTS

    def __init__(self, manifest: Manifest, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self._name = manifest.path.name
        for kind, expected, has in (("inputs", INPUTS, inputs), ("outputs", OUTPUTS, outputs)):
            if set(has) != set(expected):
                raise ModelError(
                    f"{self._name}: the {kind} {', '.join(expected)} are expected of the family detr,"
                    f" it has {', '.join(has)}"
                )
        self._size = np.array([[manifest.input.width, manifest.input.height]], np.int64)

    def feeds(self, tensor: Floats) -> dict[str, NDArray[Any]]:
        """Name the inputs."""
        return {"images": tensor, "orig_target_sizes": self._size}

    def check(self, answers: Sequence[NDArray[Any]]) -> None:
        """Hold kinds and shapes of an answer against the family's.

        Raises:
            ModelError: with what was expected and what came.
        """
        arrays = [np.asarray(answer) for answer in answers]
        count = arrays[2].shape[-1] if arrays[2].ndim else 0
        shapes = [array.shape for array in arrays]
        kinds = [array.dtype.kind for array in arrays]
        if shapes != [(1, count), (1, count, 4), (1, count)] or kinds != ["i", "f", "f"]:
            got = (f"{name} {a.dtype}{list(a.shape)}" for name, a in zip(OUTPUTS, arrays, strict=True))
            raise ModelError(
                f"{self._name}: labels int[1, n], boxes float[1, n, 4], scores float[1, n] are expected of"
                f" the family detr, it answers {', '.join(got)}"
            )

    def read(self, answers: Sequence[NDArray[Any]], wanted: NDArray[np.bool_], least: float) -> Detections:
        """Return the candidates of an answer, in pixels of the input."""
        labels, boxes, scores = (answer[0] for answer in answers)
        # a class the manifest does not name is one that nobody watches for
        known = (labels >= 0) & (labels < len(wanted))
        good = known & (scores >= least) & wanted[np.where(known, labels, 0)]
        return Detections(
            boxes[good].astype(np.float32), scores[good].astype(np.float32), labels[good].astype(np.int64)
        )
