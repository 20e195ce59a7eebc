"""What the whole worker costs beside its network: YOLOX-Nano over a real clip, against a bare onnxruntime loop.

The baseline is `session.run(None, {input: tensor})` on one fixed tensor, one thread, as often as the clip has frames.
The worker decodes the file in its child process, scales, runs the same network on one thread, suppresses, reads the
signal, tracks, applies the rule; a red lamp painted into the clip makes proposals of the cars that pass a line, with
frames and clip on disk and the message spooled.  Publishing goes on beside it and is not counted.
Runs alternate, bare and whole; the ratio is that of their medians: whole time by bare time, 1.5 at most.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from statistics import median
from time import perf_counter

import av
import numpy as np
import yaml

from detection.config import CameraConfig, read_config
from detection.contracts import wrap
from detection.evidence_store import EvidenceFolder
from detection.model import Detector
from detection.source import VideoFile
from detection.spool import Spool
from detection.worker import Camera, Watch, load_detector, propose

SHARED = Path(os.environ.get("MINHCHUNG_SHARED", Path(__file__).parents[2] / "shared")) / "data"
MODEL, NAMES = SHARED / "models/yolox_nano_416.onnx", SHARED / "models/coco80.txt"
CLIP = SHARED / "videos/ahmetozlu_input_video.mp4"
FRAMES = 300
ROUNDS = 5
MOST = 1.5
LAMP = (8, 8, 20, 44)


def run() -> Iterator[dict[str, object]]:
    """Yield the milliseconds a frame of the whole worker and of the bare loop, their ratio, and each stage's share."""
    if missing := [path for path in (MODEL, NAMES, CLIP) if not path.exists()]:
        yield {"name": "detect_overhead", "skipped": f"{missing[0].name} is absent; set MINHCHUNG_SHARED"}
        return
    with tempfile.TemporaryDirectory(prefix="minhchung-bench-") as name:
        folder = Path(name)
        setting = read_config(_camera(folder))
        clip = _clip(folder / "clip.mp4")
        detector = load_detector(setting)
        parts = _split(detector)
        tensor = np.full((1, 3, 416, 416), 114, np.float32)
        bare, whole, watches, proposals = [], [], [], 0
        for n in range(ROUNDS):
            started = perf_counter()
            for _ in range(FRAMES):
                detector.infer(tensor)
            bare.append(perf_counter() - started)
            took, watch, proposals = _whole(folder / str(n), clip, detector, setting)
            whole.append(took)
            watches.append(watch)
    value, baseline = median(whole) / FRAMES * 1000, median(bare) / FRAMES * 1000
    yield {
        "name": "detect_overhead",
        "value": round(value, 2),
        "unit": "ms a frame",
        "baseline": round(baseline, 2),
        "ratio": round(value / baseline, 3),
        "most": MOST,
        "frames": FRAMES,
        "proposals": proposals,
        "stages_ms": {
            stage: round(median(w.seconds[stage] for w in watches) / FRAMES * 1000, 3)
            for stage in watches[0].seconds
        },
        "detect_ms": {part: round(median(took) * 1000, 3) for part, took in parts.items()},
    }


def _split(detector: Detector) -> dict[str, list[float]]:
    """Let a detector note how long its three parts take; a call of the bare loop is an `infer`, too."""
    parts: dict[str, list[float]] = {"prepare": [], "infer": [], "decode": []}

    def timed(part: str) -> None:
        work = getattr(detector, part)

        def call(*arguments: object) -> object:
            started = perf_counter()
            answer = work(*arguments)
            parts[part].append(perf_counter() - started)
            return answer

        setattr(detector, part, call)

    for part in parts:
        timed(part)
    return parts


def _whole(folder: Path, clip: Path, detector: Detector, setting: CameraConfig) -> tuple[float, Watch, int]:
    watch, count = Watch(), 0
    store, camera = EvidenceFolder(folder, writer="bench"), Camera(code="BENCH", starts_at=datetime.now(UTC))
    with VideoFile(clip) as video, Spool(folder / "spool") as spool:
        started = perf_counter()
        for proposed in propose(video, detector, setting, camera, store, watch=watch):
            spool.put(proposed.proposal_id, wrap(proposed))
            count += 1
        return perf_counter() - started, watch, count


def _clip(path: Path) -> Path:
    """The first frames of the real clip with a red lamp painted into their corner, encoded again."""
    with av.open(str(CLIP), "r") as source, av.open(str(path), "w") as out:
        stream = out.add_stream("h264", rate=24)
        given = source.streams.video[0].codec_context
        stream.width, stream.height, stream.pix_fmt = given.width, given.height, "yuv420p"
        stream.codec_context.gop_size = 48
        x1, y1, x2, y2 = LAMP
        for number, frame in zip(range(FRAMES), source.decode(video=0), strict=False):
            pixels = frame.to_ndarray(format="bgr24")
            pixels[y1:y2, x1:x2] = 20
            pixels[y1 + 1 : y1 + 11, x1 + 1 : x2 - 1] = (40, 40, 255)
            painted = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            painted.pts, painted.time_base = number, Fraction(1, 24)
            out.mux(stream.encode(painted))
        out.mux(stream.encode(None))
    return path


def _camera(folder: Path) -> Path:
    """The settings of that camera: a line across the road, the painted lamp."""
    manifest = {
        "family": "yolox",
        "path": str(MODEL),
        "sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(),
        "input": {"width": 416, "height": 416},
        "classes": [name for name in NAMES.read_text().splitlines() if name],
    }
    (folder / "detector.yaml").write_text(yaml.safe_dump(manifest))
    setting = {
        "model": "detector.yaml",
        "rule": "RED_LIGHT",
        "stop_line": {"from": [0, 230], "to": [639, 230], "towards": [320, 351], "band": 3},
        "signal": {"region": list(LAMP), "share": 0.12, "hold": 3, "grace_s": 1.0},
        "score": 0.4,
        "classes": ["car", "motorbike", "bus", "truck"],
        "evidence": {"before_s": 1.0, "after_s": 1.0, "clip_s": 3.0},
    }
    path = folder / "camera.yaml"
    path.write_text(yaml.safe_dump(setting))
    return path
