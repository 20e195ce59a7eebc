"""Render the sample clip with its settings and its truth: `python -m detection.training.sample`."""

import argparse
import json
import logging
from fractions import Fraction
from pathlib import Path

import av
import yaml

from detection.training import drawing
from detection.training.drawing import SIGNAL_BOX, STOP_LINE_Z, SignalPhase
from detection.training.scenes import CLASSES, Scene

logger = logging.getLogger(__name__)

SEED, SECONDS, FPS = 144, 24.0, 12
PHASES: tuple[tuple[SignalPhase, float], ...] = (
    ("GREEN", 2.5),
    ("AMBER", 1.5),
    ("RED", 6.0),
    ("GREEN", 3.0),
    ("AMBER", 1.5),
    ("RED", 9.5),
)
NEAR_SIDE, FAR_SIDE = 0.3, 10.4
"""Where the stop line begins and ends, in metres right of the middle of the road."""

QUALITY = "27"
"""Of the encoder; less is better and larger."""


def scene() -> Scene:
    """The scene of the sample clip; its seed is none that a detector is trained on or judged by."""
    return Scene(SEED, seconds=SECONDS, fps=FPS, light="day", phases=PHASES, busy=0.6)


def write_clip(shown: Scene, path: Path) -> None:
    """Encode the scene, with a keyframe a second so that a cut may begin at any of them."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = drawing.WIDTH, drawing.HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        stream.options = {
            "crf": QUALITY,
            "preset": "slow",
            "g": str(FPS),
            "keyint_min": str(FPS),
            "sc_threshold": "0",
            "bf": "0",
        }
        for n, (_, image) in enumerate(shown.frames()):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def settings() -> dict[str, object]:
    """What a person would set for the camera of every scene, in pixels."""

    def ground(x: float, z: float) -> list[float]:
        return [round(v, 1) for v in drawing.project(x, 0.0, z)]

    return {
        "model": "detector.yaml",
        "rule": "RED_LIGHT",
        "stop_line": {
            "from": ground(NEAR_SIDE, STOP_LINE_Z),
            "to": ground(FAR_SIDE, STOP_LINE_Z),
            "towards": ground((NEAR_SIDE + FAR_SIDE) / 2, STOP_LINE_Z + 6),
            "band": 3,
        },
        "signal": {"region": list(SIGNAL_BOX), "share": 0.12, "hold": 2, "grace_s": 1.0},
        "score": 0.4,
        "classes": list(CLASSES),
        "evidence": {"before_s": 1.0, "after_s": 1.0, "clip_s": 3.0},
    }


def main() -> None:
    """Write junction.mp4, junction.yaml and junction.truth.json."""
    parser = argparse.ArgumentParser(prog="python -m detection.training.sample", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "sample")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shown = scene()
    given.out.mkdir(parents=True, exist_ok=True)
    clip = given.out / "junction.mp4"
    write_clip(shown, clip)
    (given.out / "junction.yaml").write_text(yaml.safe_dump(settings(), sort_keys=False), encoding="utf-8")
    violators = [{"kind": v.kind, "crossed_at_s": round(float(v.crossed_at_s), 2)} for v in shown.violators]
    truth = {"seed": SEED, "seconds": SECONDS, "fps": FPS, "violators": violators}
    (given.out / "junction.truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    logger.info("%s: %d bytes, %d who ran the red light", clip, clip.stat().st_size, len(violators))


if __name__ == "__main__":
    main()
