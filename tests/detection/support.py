"""A junction in miniature: white squares drive up a dark picture past a lamp, and a network that sees white squares."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
import onnx
import yaml
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("MINHCHUNG_SHARED", ROOT.parent / "shared")) / "data"

WIDTH, HEIGHT, FPS, SIDE = 160, 128, 10, 24
LINE_Y = 64
BAND = 4
STARTS_AT = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
REGION = (140, 2, 152, 38)
LAMPS = {"RED": (40, 40, 255), "AMBER": (30, 190, 255), "GREEN": (120, 255, 60)}
CLASSES = ("car", "motorcycle")

Phase = Literal["RED", "AMBER", "GREEN", "UNKNOWN"]


@dataclass(frozen=True)
class Square:
    """A vehicle: where it drives, when its rear passes the line, how fast, and where it stops if it does."""

    x: int
    passes_s: float
    speed: float = 30.0
    stops_at: float = -1000.0

    def box(self, at_s: float) -> tuple[float, float, float, float]:
        """Its box; the bottom is its rear, and it drives up."""
        bottom = max(LINE_Y - (at_s - self.passes_s) * self.speed, self.stops_at)
        return self.x, bottom - SIDE, self.x + SIDE, bottom


def picture(squares: Sequence[Square], phase: Phase, at_s: float) -> NDArray[np.uint8]:
    """The junction at one instant, BGR."""
    image = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    for square in squares:
        x1, y1, x2, y2 = (round(v) for v in square.box(at_s))
        cv2.rectangle(image, (x1, y1), (x2 - 1, y2 - 1), (255, 255, 255), -1)
    if phase != "UNKNOWN":
        third = (REGION[3] - REGION[1]) // 3
        top = REGION[1] + third * ("RED", "AMBER", "GREEN").index(phase)
        cv2.circle(image, ((REGION[0] + REGION[2]) // 2, top + third // 2), 5, LAMPS[phase], -1)
    return image


def write_clip(
    path: Path, squares: Sequence[Square], phases: Sequence[tuple[Phase, float]], *, seconds: float = 6.0
) -> Path:
    """Write the junction as a video with a keyframe every second."""
    ends = np.cumsum([lasts for _, lasts in phases])
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = FPS
        stream.codec_context.bit_rate = 2_000_000
        stream.codec_context.time_base = Fraction(1, FPS)
        for n in range(int(seconds * FPS)):
            phase = phases[min(int(np.searchsorted(ends, n / FPS, "right")), len(phases) - 1)][0]
            frame = av.VideoFrame.from_ndarray(picture(squares, phase, n / FPS), format="bgr24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def write_model(folder: Path, *, outputs: int | None = None) -> Path:
    """Write the network and its manifest: a stride-8 cell is a car where the square around it is white."""
    cells = (HEIGHT // 8) * (WIDTH // 8)
    others = sum((HEIGHT // s) * (WIDTH // s) for s in (16, 32))
    attributes = outputs or 5 + len(CLASSES)
    shape = np.full((1, cells, 4), 0.5, np.float32)
    shape[..., 2:] = np.log(SIDE / 8)
    tail = np.zeros((1, cells, attributes - 5), np.float32)
    tail[..., :1] = 0.95
    constants = {
        "shape": shape,
        "tail": tail,
        "others": np.zeros((1, others, attributes), np.float32),
        "axes": np.array([1], np.int64),
        "flat": np.array([1, cells, 1], np.int64),
        "middle": np.array(200, np.float32),
        "slope": np.array(0.08, np.float32),
    }
    nodes = [
        helper.make_node("ReduceMean", ["images", "axes"], ["grey"], keepdims=1),
        helper.make_node(
            "AveragePool", ["grey"], ["near"], kernel_shape=[SIDE] * 2, strides=[8, 8], pads=[8] * 4
        ),
        helper.make_node("Sub", ["near", "middle"], ["above"]),
        helper.make_node("Mul", ["above", "slope"], ["steep"]),
        helper.make_node("Sigmoid", ["steep"], ["object"]),
        helper.make_node("Reshape", ["object", "flat"], ["column"]),
        helper.make_node("Concat", ["shape", "column", "tail"], ["cells"], axis=2),
        helper.make_node("Concat", ["cells", "others"], ["output"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "white-squares",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, cells + others, attributes])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    raw = model.SerializeToString()
    (folder / "detector.onnx").write_bytes(raw)
    write_manifest(folder, raw)
    return folder / "detector.yaml"


def write_detr(folder: Path, **names: str) -> Path:
    """Write a DETR of the same eyes: boxes ready in the size asked for, each once as a car, once as a truck.

    What is named otherwise, `boxes="rows"`, is an input or output of another name.
    """
    rows, columns = HEIGHT // 8, WIDTH // 8
    ys, xs = (grid.reshape(-1, 1) * 8 + 4 for grid in np.mgrid[:rows, :columns])
    corners = np.concatenate([xs - SIDE / 2, ys - SIDE / 2, xs + SIDE / 2, ys + SIDE / 2], 1)
    share = (corners / (WIDTH, HEIGHT, WIDTH, HEIGHT)).astype(np.float32)
    cells = rows * columns
    called = {
        name: names.get(name, name) for name in ("images", "orig_target_sizes", "labels", "boxes", "scores")
    }
    constants = {
        "share": np.concatenate([share, share])[None],
        "kinds": np.repeat(np.array([[0, 2]], np.int64), cells, 1),
        "zero": np.array(0, np.int64),
        "axes": np.array([1], np.int64),
        "flat": np.array([1, cells], np.int64),
        "four": np.array([1, 1, 4], np.int64),
        "middle": np.array(200 / 255, np.float32),
        "slope": np.array(0.08 * 255, np.float32),
        "less": np.array(0.9, np.float32),
    }
    make = helper.make_node
    nodes = [
        make("ReduceMean", [called["images"], "axes"], ["grey"], keepdims=1),
        make("AveragePool", ["grey"], ["near"], kernel_shape=[SIDE] * 2, strides=[8, 8], pads=[8] * 4),
        make("Sub", ["near", "middle"], ["above"]),
        make("Mul", ["above", "slope"], ["steep"]),
        make("Sigmoid", ["steep"], ["object"]),
        make("Reshape", ["object", "flat"], ["car"]),
        make("Mul", ["car", "less"], ["truck"]),
        make("Concat", ["car", "truck"], [called["scores"]], axis=1),
        make("Concat", [called["orig_target_sizes"]] * 2, ["twice"], axis=1),
        make("Reshape", ["twice", "four"], ["corners"]),
        make("Cast", ["corners"], ["size"], to=TensorProto.FLOAT),
        make("Mul", ["share", "size"], [called["boxes"]]),
        make("Add", ["kinds", "zero"], [called["labels"]]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "white-squares-ready",
        [
            value(called["images"], TensorProto.FLOAT, ["N", 3, HEIGHT, WIDTH]),
            value(called["orig_target_sizes"], TensorProto.INT64, ["N", 2]),
        ],
        [
            value(called["labels"], TensorProto.INT64, [1, 2 * cells]),
            value(called["boxes"], TensorProto.FLOAT, [1, 2 * cells, 4]),
            value(called["scores"], TensorProto.FLOAT, [1, 2 * cells]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    raw = model.SerializeToString()
    (folder / "detector.onnx").write_bytes(raw)
    size = {"width": WIDTH, "height": HEIGHT, "resize": "plain"}
    write_manifest(folder, raw, family="detr", input=size, classes=["car", "motorcycle", "truck"])
    return folder / "detector.yaml"


def write_manifest(folder: Path, raw: bytes, **changed: object) -> None:
    """Write the manifest of the network's bytes."""
    manifest = {
        "family": "yolox",
        "path": "detector.onnx",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "input": {"width": WIDTH, "height": HEIGHT},
        "classes": list(CLASSES),
        **changed,
    }
    (folder / "detector.yaml").write_text(yaml.safe_dump(manifest))


def settings() -> dict[str, object]:
    """The settings of the junction's camera."""
    return {
        "model": "detector.yaml",
        "rule": "RED_LIGHT",
        "stop_line": {"from": [0, LINE_Y], "to": [130, LINE_Y], "towards": [60, 0], "band": BAND},
        "signal": {"region": list(REGION), "share": 0.12, "hold": 2, "grace_s": 1.0},
        "score": 0.4,
        "classes": ["car"],
        "evidence": {"before_s": 1.0, "after_s": 1.0, "clip_s": 1.0},
    }


def write_camera(folder: Path) -> Path:
    """Write the model and the camera's settings."""
    write_model(folder)
    path = folder / "junction.yaml"
    path.write_text(yaml.safe_dump(settings()))
    return path
