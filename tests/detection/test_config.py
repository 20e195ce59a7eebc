"""A camera's settings: read whole, or refused with the file, the key and what was expected."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from detection.config import StopLine, read_config
from detection.reading import ConfigError
from tests.detection.support import settings


def write(folder: Path, change: dict[str, Any]) -> Path:
    """Write the settings with some keys changed; a dotted key goes inside, None removes."""
    given: dict[str, Any] = settings()
    for key, value in change.items():
        inside = given
        *above, last = key.split(".")
        for name in above:
            inside = inside[name]
        if value is None:
            del inside[last]
        else:
            inside[last] = value
    path = folder / "junction.yaml"
    path.write_text(yaml.safe_dump(given))
    return path


class TestReadable:
    """Settings as an operator writes them."""

    def test_values(self, tmp_path: Path) -> None:
        """Settings are read as they were written, the model beside their file."""
        config = read_config(write(tmp_path, {}))
        assert config.stop_line == StopLine(start=(0, 64), end=(130, 64), towards=(60, 0), band=4)
        assert config.model == tmp_path / "detector.yaml"
        assert (config.signal.region, config.signal.hold) == ((140, 2, 152, 38), 2)
        assert config.classes == ("car",)


class TestRefused:
    """Settings that would leave a camera blind."""

    @pytest.mark.parametrize(
        "change, said",
        [
            ({"rule": "SPEED"}, "rule: one of RED_LIGHT is expected"),
            ({"score": 2}, "score: a number from 0.05 to 1 is expected"),
            ({"score": True}, "score: a number from 0.05 to 1 is expected"),
            ({"score": float("nan")}, "score: a number from 0.05 to 1 is expected"),
            ({"stop_line.from": [1]}, "stop_line.from: [x, y] in pixels is expected"),
            ({"stop_line.from": [1, "2"]}, "stop_line.from: [x, y] in pixels is expected"),
            ({"stop_line.to": [0, 64]}, "stop_line.to: another point than from is expected"),
            ({"stop_line.towards": [50, 64]}, "stop_line.towards: a point beside the line is expected"),
            ({"stop_line.bend": 3}, "stop_line.bend: unknown; expected here: from, to, towards, band"),
            ({"signal.region": [152, 2, 140, 38]}, "signal.region: at least 3x9 pixels are expected"),
            ({"signal.hold": 1.5}, "signal.hold: a whole number from 1 to 1000 is expected"),
            ({"signal": "red"}, "signal: a mapping is expected"),
            ({"evidence": None}, "evidence: missing"),
            ({"classes": []}, "classes: a list of different names is expected"),
            ({"modelx": "x"}, "modelx: unknown; expected here: model, rule"),
        ],
    )
    def test_key(self, tmp_path: Path, change: dict[str, Any], said: str) -> None:
        """A wrong key is named with its path and what was expected."""
        path = write(tmp_path, change)
        with pytest.raises(ConfigError) as caught:
            read_config(path)
        assert str(caught.value).startswith(f"{path}: {said}")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        "raw, said",
        [
            (b"a: [1, 2\nb: 3\n", ", line 2: YAML is expected"),
            (b"\xff\xfe\xff", ": YAML is expected"),
            (b"!!python/object/apply:os.getcwd []", ", line 1: YAML is expected"),
            (b"- 1\n- 2\n", ": a mapping of settings is expected"),
            (b"", ": a mapping of settings is expected"),
            (b"[" * 20_000, ": YAML is expected"),
            (b"# " + b"x" * 70_000, ": at most 65536 bytes are expected"),
        ],
    )
    def test_file(self, tmp_path: Path, raw: bytes, said: str) -> None:
        """A file that is no settings is named; none of it is run."""
        path = tmp_path / "junction.yaml"
        path.write_bytes(raw)
        with pytest.raises(ConfigError) as caught:
            read_config(path)
        assert str(caught.value).startswith(f"{path}")
        assert str(caught.value).endswith(said)

    def test_missing(self, tmp_path: Path) -> None:
        """A missing file is named."""
        with pytest.raises(ConfigError, match=r"none\.yaml: a YAML file is expected: No such file"):
            read_config(tmp_path / "none.yaml")

    def test_outside_the_picture(self, tmp_path: Path) -> None:
        """Settings made for another resolution are refused, not silently blind."""
        config = read_config(write(tmp_path, {}))
        config.check_fits(160, 128)
        with pytest.raises(
            ConfigError, match=r"signal\.region: a place within the picture of 150x128 is expected"
        ):
            config.check_fits(150, 128)
