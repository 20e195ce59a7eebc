"""One miniature junction for all: its clip, its model, its settings."""

from pathlib import Path

import pytest

from tests.detection.support import Square, write_camera, write_clip

RUNS = (Square(10, 3.0), Square(90, 4.2))
LAWFUL = (Square(50, 0.8, 40.0), Square(50, 3.5, 30.0, stops_at=74.0))


@pytest.fixture(scope="session")
def junction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `clip.mp4`: green to 1 s, red after it; two vehicles run it, one passes on green, one stops."""
    folder = tmp_path_factory.mktemp("junction")
    write_camera(folder)
    write_clip(folder / "clip.mp4", (*RUNS, *LAWFUL), (("GREEN", 1.0), ("RED", 9.0)))
    return folder
