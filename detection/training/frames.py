"""The frames a detector learns from: drawn, reduced to its input, disturbed, and what each cell should answer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.training import drawing
from detection.training.drawing import LIGHTS, Image
from detection.training.scenes import CLASSES, Label, Scene

WIDTH, HEIGHT = 384, 224
"""The input of the network; 640x360 fills it but for eight rows."""

STRIDES = (8, 16, 32)
REACHES = ((0.0, 44.0), (36.0, 96.0), (80.0, 1e9))
"""The longer side of the boxes each stride answers for, in pixels of the input; neighbours share what is between."""

PAD = 114
LEAST_VISIBLE = 0.35
"""Of a vehicle less of which can be seen, nothing is demanded and nothing held against the network."""

LEAST_SIZE = (6.0, 9.0)
"""Width and height in pixels of the camera below which a vehicle is too far away to be asked for."""

Boxes = NDArray[np.float32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One frame at the size of the input; rows of boxes: x1, y1, x2, y2, class, 1 to find or 0 to ignore."""

    image: Image
    boxes: Boxes


def letterbox(image: Image) -> Image:
    """Reduce a picture to the input, in the upper left corner, on grey."""
    share = min(WIDTH / image.shape[1], HEIGHT / image.shape[0])
    size = int(image.shape[1] * share), int(image.shape[0] * share)
    canvas = np.full((HEIGHT, WIDTH, 3), PAD, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return canvas


def demanded(label: Label) -> bool:
    """Whether the network must find this vehicle."""
    x1, y1, x2, y2 = label.xyxy
    return label.visible >= LEAST_VISIBLE and x2 - x1 >= LEAST_SIZE[0] and y2 - y1 >= LEAST_SIZE[1]


def rows_of(labels: Sequence[Label]) -> Boxes:
    """The labels of a frame as rows, in pixels of the input."""
    share = min(WIDTH / drawing.WIDTH, HEIGHT / drawing.HEIGHT)
    rows = [
        (*(v * share for v in label.xyxy), CLASSES.index(label.kind), float(demanded(label)))
        for label in labels
    ]
    return np.array(rows, np.float32).reshape(-1, 6)


def drawn(seeds: Sequence[int], *, frames_each: int) -> Iterator[Example]:
    """Frames of many scenes, in every light, more of them busy than not."""
    for seed in seeds:
        rng = np.random.default_rng((seed, 99))
        scene = Scene(seed, light=LIGHTS[seed % len(LIGHTS)], busy=float(rng.uniform(0.8, 2.0)))
        for at in rng.choice(scene.frame_count, frames_each, replace=False):
            at_s = float(at) / scene.fps
            yield Example(letterbox(scene.frame(at_s)), rows_of(scene.labels(at_s)))


def disturbed(example: Example, rng: np.random.Generator) -> Example:
    """The frame as a worse camera, hung a little differently, would have sent it."""
    image, boxes = example.image, example.boxes.copy()
    if rng.random() < 0.6:
        image, boxes = _moved(image, boxes, rng)
    gain, lift = float(rng.uniform(0.75, 1.25)), float(rng.uniform(-18, 18))
    image = (
        cv2.convertScaleAbs(image, alpha=gain, beta=max(lift, 0.0))
        if lift > 0
        else _dimmed(image, gain, lift)
    )
    if rng.random() < 0.2:
        image = cv2.GaussianBlur(image, (3, 3), float(rng.uniform(0.4, 1.1)))
    if rng.random() < 0.25:
        noise = rng.normal(0, float(rng.uniform(1, 7)), (HEIGHT, WIDTH, 1))
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)
    return Example(image, boxes)


def _dimmed(image: Image, gain: float, lift: float) -> Image:
    return np.clip(image * np.float32(gain) + np.float32(lift), 0, 255).astype(np.uint8)


def _moved(image: Image, boxes: Boxes, rng: np.random.Generator) -> tuple[Image, Boxes]:
    scale = float(rng.uniform(0.85, 1.25))
    dx = float(rng.uniform(-0.12, 0.12)) * WIDTH + WIDTH * (1 - scale) / 2
    dy = float(rng.uniform(-0.12, 0.12)) * HEIGHT + HEIGHT * (1 - scale) / 2
    matrix = np.array([[scale, 0, dx], [0, scale, dy]], np.float32)
    image = cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), borderValue=(PAD, PAD, PAD))
    whole = boxes[:, :4] * scale + np.array([dx, dy, dx, dy], np.float32)
    cut = np.clip(whole, 0, np.array([WIDTH, HEIGHT, WIDTH, HEIGHT], np.float32))
    before = (whole[:, 2] - whole[:, 0]) * (whole[:, 3] - whole[:, 1])
    after = (cut[:, 2] - cut[:, 0]) * (cut[:, 3] - cut[:, 1])
    boxes = np.concatenate((cut, boxes[:, 4:]), 1)
    boxes[after < LEAST_VISIBLE * before, 5] = 0
    return image, boxes[after > 2]


def corners() -> tuple[Floats, Floats]:
    """The upper left corner of each cell in cells [A,2], and its stride [A]; stride 8 first, row by row."""
    found, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[0 : HEIGHT // stride, 0 : WIDTH // stride]
        found.append(np.stack((x, y), -1).reshape(-1, 2))
        strides.append(np.full(len(found[-1]), stride))
    return np.concatenate(found).astype(np.float32), np.concatenate(strides).astype(np.float32)


def answers(boxes: Boxes) -> Floats:
    """What each cell should answer [A,6]: a box and class, and 1 for a vehicle, 0 for none, -1 for no opinion.

    The cells around the middle of a box answer for it, on the stride of its size; the smallest box wins.
    """
    wanted = np.zeros((sum(WIDTH // s * (HEIGHT // s) for s in STRIDES), 6), np.float32)
    wanted[:, 2:4] = 1
    first = 0
    for step, (low, high) in zip(STRIDES, REACHES, strict=True):
        columns, rows = WIDTH // step, HEIGHT // step
        mine = wanted[first : first + columns * rows].reshape(rows, columns, 6)
        first += columns * rows
        for box in sorted(boxes.tolist(), key=lambda b: (b[5], -(b[2] - b[0]) * (b[3] - b[1]))):
            x1, y1, x2, y2, _, find = box
            if find and not low <= max(x2 - x1, y2 - y1) < high:
                continue
            reach = 1.1 if find else 1e9
            across, down = _span(x1, x2, step, reach, columns), _span(y1, y2, step, reach, rows)
            mine[down, across] = box if find else (0, 0, 1, 1, 0, -1)
    return wanted


def _span(low: float, high: float, step: int, reach: float, count: int) -> slice:
    """The cells of one row whose middles lie inside and not too far from the centre; at least that of the centre."""
    centre = (low + high) / 2 / step
    first = math.ceil(max(low / step, centre - reach) - 0.5)
    last = math.floor(min(high / step, centre + reach) - 0.5)
    own = min(max(int(centre), 0), count - 1)
    return slice(max(min(first, own), 0), min(max(last, own), count - 1) + 1)
