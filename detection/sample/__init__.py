"""The sample: a clip of a drawn junction, the settings of its camera, a detector for it, and who in truth ran the light."""

from pathlib import Path

_HERE = Path(__file__).parent

CLIP = _HERE / "junction.mp4"
CONFIG = _HERE / "junction.yaml"
TRUTH = _HERE / "junction.truth.json"
