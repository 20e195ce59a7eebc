"""How well a model finds vehicles in scenes it was never trained on: `python -m detection.training.evaluate`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detection.training import frames
from detection.training.drawing import STOP_LINE_Z, project
from detection.training.frames import LEAST_VISIBLE, demanded
from detection.training.scenes import Label, Scene

HELD_OUT = range(20)
ENOUGH = 0.5
"""The overlap from which a box counts as the vehicle's."""

Found = NDArray[np.float32]


class Model:
    """An exported model, one thread; rows of x1, y1, x2, y2, score, class in pixels of the picture."""

    def __init__(self, path: Path, *, score: float = 0.4) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._corner, self._stride = frames.corners()
        self._score = score

    def find(self, image: NDArray[np.uint8]) -> Found:
        """The vehicles of one picture, the surest first."""
        share = min(frames.WIDTH / image.shape[1], frames.HEIGHT / image.shape[0])
        given = frames.letterbox(image).transpose(2, 0, 1)[None].astype(np.float32)
        (rows,) = self._session.run(None, {"images": given})[0]
        scores = rows[:, 4] * rows[:, 5:].max(1)
        kept = scores >= self._score
        rows, scores, corner, stride = rows[kept], scores[kept], self._corner[kept], self._stride[kept, None]
        middle, half = (rows[:, :2] + corner) * stride / share, np.exp(rows[:, 2:4]) * stride / share / 2
        boxes = np.concatenate((middle - half, middle + half), 1)
        found = np.column_stack((boxes, scores, rows[:, 5:].argmax(1))).astype(np.float32)
        chosen = cv2.dnn.NMSBoxes([(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in boxes.tolist()],
                                  scores.tolist(), self._score, 0.45) if len(boxes) else []  # fmt: skip
        return found[np.asarray(chosen, int)]


def overlaps(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """The overlap of every box of a with every box of b."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:4], b[None, :, 2:4])
    shared = np.clip(high - low, 0, None).prod(2)
    areas = [(boxes[:, 2:4] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-6)


def near_the_line(label: Label) -> bool:
    """Whether this is a vehicle of our direction within some metres of the stop line."""
    low, high = project(0, 0, STOP_LINE_Z + 4)[1], project(0, 0, STOP_LINE_Z - 6)[1]
    left, right = project(0.3, 0, STOP_LINE_Z)[0], project(10, 0, STOP_LINE_Z)[0] + 60
    middle = (label.xyxy[0] + label.xyxy[2]) / 2
    return low <= label.xyxy[3] <= high and left <= middle <= right


def matched(labels: Sequence[Label], found: Found) -> tuple[dict[int, int], set[int]]:
    """Which label got which row, each row used once; and the rows no label, not even an ignored one, accounts for."""
    pairs: dict[int, int] = {}
    if not labels or not len(found):
        return pairs, set(range(len(found)))
    shares = overlaps(np.array([label.xyxy for label in labels], np.float32), found)
    order = sorted(range(len(labels)), key=lambda n: not demanded(labels[n]))
    for n in order:
        free = [m for m in range(len(found)) if m not in pairs.values() and shares[n, m] >= ENOUGH]
        if free:
            pairs[n] = max(free, key=lambda m: float(shares[n, m]))
    return pairs, {m for m in range(len(found)) if m not in pairs.values()}


def measure(path: Path, *, every: int = 6, score: float = 0.4) -> Iterator[str]:
    """Lines that say recall, precision and how true the lower edge is, over the held-out scenes."""
    model = Model(path, score=score)
    tally: dict[str, list[int]] = {}
    false, rows, edges = 0, 0, []
    for seed in HELD_OUT:
        scene = Scene(seed)
        for n in range(0, scene.frame_count, every):
            labels, found = scene.labels(n / scene.fps), model.find(scene.frame(n / scene.fps))
            pairs, left = matched(labels, found)
            false, rows = false + len(left), rows + len(found)
            for m, label in enumerate(labels):
                if not demanded(label):
                    continue
                at_line = near_the_line(label)
                names = ["all", scene.look.light, label.kind] + [
                    "at the line",
                    f"at the line, {label.kind}",
                ] * at_line
                if at_line and label.visible < 2 * LEAST_VISIBLE:
                    names.append("at the line, partly hidden")
                for name in names:
                    tally.setdefault(name, []).append(m in pairs)
                if at_line and m in pairs:
                    edges.append(found[pairs[m], 3] - label.xyxy[3])
    yield f"precision {1 - false / max(rows, 1):.3f} of {rows}"
    for name in sorted(tally):
        yield f"recall {name} {np.mean(tally[name]):.3f} of {len(tally[name])}"
    off = np.abs(np.array(edges or [0.0]))
    yield f"lower edge at the line, pixels off: median {np.median(off):.2f}, 95 % {np.quantile(off, 0.95):.2f}"


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "sample" / "detector.onnx"
    for told in measure(given):
        sys.stdout.write(told + "\n")
