"""What is set for one camera: the model, the stop line, the signal, the evidence; lengths in source pixels."""

from dataclasses import dataclass
from pathlib import Path

from detection.reading import ConfigError, Mapping, read_yaml

Point = tuple[float, float]

RED_LIGHT = "RED_LIGHT"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A directed segment: vehicles cross it towards a point beyond it; the band is how far they must be past it."""

    start: Point
    end: Point
    towards: Point
    band: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Where the three lamps are, red at the top; how sure to be; and how long red must have shown."""

    region: tuple[float, float, float, float]
    share: float
    hold: int
    grace_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWindow:
    """How long before and after the crossing the other frames lie, and how much clip goes to either side of it."""

    before_s: float
    after_s: float
    clip_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """The settings of one camera."""

    path: Path
    model: Path
    rule: str
    stop_line: StopLine
    signal: Signal
    score: float
    classes: tuple[str, ...]
    evidence: EvidenceWindow

    def check_fits(self, width: int, height: int) -> None:
        """Refuse a line or a region that lies outside the picture.

        Raises:
            ConfigError: naming the key.
        """
        line, region = self.stop_line, self.signal.region
        points = {
            "stop_line.from": line.start,
            "stop_line.to": line.end,
            "stop_line.towards": line.towards,
            "signal.region": region[2:],
        }
        for key, (x, y) in points.items():
            if x > width or y > height:
                raise ConfigError(
                    f"{self.path}: {key}: a place within the picture of {width}x{height} is expected"
                )


def read_config(path: Path) -> CameraConfig:
    """Read the settings of a camera.

    Raises:
        ConfigError: naming the file, the key and what was expected.
    """
    top = read_yaml(path).only("model", "rule", "stop_line", "signal", "score", "classes", "evidence")
    signal = top.mapping("signal").only("region", "share", "hold", "grace_s")
    evidence = top.mapping("evidence").only("before_s", "after_s", "clip_s")
    return CameraConfig(
        path=path,
        model=path.parent / top.text("model"),
        rule=top.one_of("rule", (RED_LIGHT,)),
        stop_line=_line(top.mapping("stop_line").only("from", "to", "towards", "band")),
        signal=Signal(
            region=_region(signal),
            share=signal.number("share", least=0.01, most=1),
            hold=signal.integer("hold", least=1, most=1000),
            grace_s=signal.number("grace_s", least=0, most=60),
        ),
        score=top.number("score", least=0.05, most=1),
        classes=top.texts("classes"),
        evidence=EvidenceWindow(
            before_s=evidence.number("before_s", least=0, most=60),
            after_s=evidence.number("after_s", least=0, most=60),
            clip_s=evidence.number("clip_s", least=0.5, most=60),
        ),
    )


def _line(given: Mapping) -> StopLine:
    (x1, y1), (x2, y2) = given.numbers("from", ("x", "y")), given.numbers("to", ("x", "y"))
    beyond_x, beyond_y = given.numbers("towards", ("x", "y"))
    if (x1, y1) == (x2, y2):
        raise ConfigError(f"{given.at('to')}: another point than from is expected")
    if (x2 - x1) * (beyond_y - y1) == (y2 - y1) * (beyond_x - x1):
        raise ConfigError(f"{given.at('towards')}: a point beside the line is expected, this one is on it")
    return StopLine(
        start=(x1, y1),
        end=(x2, y2),
        towards=(beyond_x, beyond_y),
        band=given.number("band", least=0, most=1000),
    )


def _region(given: Mapping) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = given.numbers("region", ("x1", "y1", "x2", "y2"))
    if x2 - x1 < 3 or y2 - y1 < 9:  # noqa: PLR2004 — three lamps of three pixels
        raise ConfigError(f"{given.at('region')}: at least 3x9 pixels are expected, x1 < x2 and y1 < y2")
    return x1, y1, x2, y2
