"""What a person says of a model: its family, its file, and how pictures are fitted into it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from detection.reading import ConfigError, Mapping, read_yaml

LARGEST_SIDE: Final = 4096
SIDES: Final = 32
"""Both sides are a multiple of this: the coarsest grid that the networks look at."""

RGB: Final = ("red", "green", "blue")

Resize = Literal["corner", "plain", "letterbox"]


class ModelError(Exception):
    """A model cannot be used: its file, and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """How a picture becomes the network's input.

    `corner` keeps its shape and puts it at the upper left, `letterbox` in the middle, `plain` stretches it.
    """

    width: int
    height: int
    resize: Resize = "corner"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of a model without loading it."""

    family: str
    path: Path
    sha256: str
    input: Input
    classes: tuple[str, ...]


def read_manifest(path: Path) -> Manifest:
    """Read a model's manifest.

    Raises:
        ConfigError: naming the file, the key and what was expected.
    """
    top = read_yaml(path).only("family", "path", "sha256", "input", "classes")
    family = top.one_of("family", ("yolox", "detr"))
    given = top.mapping("input")
    return Manifest(
        family=family,
        path=path.parent / top.text("path"),
        sha256=top.matching("sha256", r"[0-9a-f]{64}", "64 hex digits"),
        input=_input(given) if family == "detr" else _size(given.only("width", "height")),
        classes=top.texts("classes"),
    )


def _input(given: Mapping) -> Input:
    """How a family takes its pictures that leaves it to the model: no shape tells, so a person has to say."""
    size = _size(given.only("width", "height", "resize", "mean", "std"))
    resize: Resize = "plain" if given.one_of("resize", ("plain", "letterbox")) == "plain" else "letterbox"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    if given.has("mean") or given.has("std"):
        mean, std = given.shares("mean", RGB), given.shares("std", RGB)
        if min(std) == 0:
            raise ConfigError(f"{given.at('std')}: numbers above 0 are expected")
    return Input(width=size.width, height=size.height, resize=resize, mean=mean, std=std)


def _size(given: Mapping) -> Input:
    return Input(width=_side(given, "width"), height=_side(given, "height"))


def _side(size: Mapping, key: str) -> int:
    side = size.integer(key, least=SIDES, most=LARGEST_SIDE)
    if math.gcd(side, SIDES) != SIDES:
        raise ConfigError(f"{size.at(key)}: a multiple of {SIDES} is expected")
    return side
