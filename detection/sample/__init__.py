"""The sample: a drawn junction as a clip, its camera's settings, its detector, and who in truth ran the light."""

from pathlib import Path

_HERE = Path(__file__).parent

CLIP = _HERE / "junction.mp4"
CONFIG = _HERE / "junction.yaml"
TRUTH = _HERE / "junction.truth.json"
