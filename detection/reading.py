"""Reads the YAML a person wrote: every mistake ends in one line with the file, the key and what was expected."""

import math
import re
from pathlib import Path
from typing import Any, Final

import yaml

LARGEST_FILE: Final = 64 * 1024
FARTHEST_PIXEL: Final = 100_000


class ConfigError(Exception):
    """What a person wrote cannot be used: file, key, expectation."""


class Mapping:
    """One mapping of a file, which knows where it stands."""

    def __init__(self, values: dict[str, Any], path: str) -> None:
        self._values, self._path = values, path

    def at(self, key: str) -> str:
        """The file and the path of a key."""
        return f"{self._path}{'.' if not self._path.endswith(': ') else ''}{key}"

    def only(self, *keys: str) -> "Mapping":
        """Refuse keys that mean nothing, which are misspelt ones as a rule."""
        for key in self._values:
            if key not in keys:
                raise ConfigError(f"{self.at(str(key)[:40])}: unknown; expected here: {', '.join(keys)}")
        return self

    def mapping(self, key: str) -> "Mapping":
        """Return a mapping within this one."""
        value = self._get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "a mapping")
        return Mapping(value, self.at(key))

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        return self.matching(key, r".{1,500}", "a text")

    def matching(self, key: str, pattern: str, expected: str) -> str:
        """Return a text of this form."""
        value = self._get(key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self._wrong(key, expected)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of these words."""
        value = self._get(key)
        if not isinstance(value, str) or value not in allowed:
            raise self._wrong(key, f"one of {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of different words, at least one."""
        value = self._get(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(v, str) and v for v in value)
            or len(set(value)) != len(value)
        ):
            raise self._wrong(key, "a list of different names")
        return tuple(value)

    def number(self, key: str, *, least: float, most: float) -> float:
        """Return a number between these, both included."""
        value = self._get(key)
        if not _is_number(value) or not least <= value <= most:
            raise self._wrong(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def integer(self, key: str, *, least: int, most: int) -> int:
        """Return a whole number between these, both included."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(key, f"a whole number from {least} to {most}")
        return value

    def numbers(self, key: str, names: tuple[str, ...]) -> tuple[float, ...]:
        """Return as many numbers as there are names, none negative."""
        value = self._get(key)
        if not isinstance(value, list) or len(value) != len(names) or not all(map(_is_pixel, value)):
            raise self._wrong(key, f"[{', '.join(names)}] in pixels")
        return tuple(float(v) for v in value)

    def shares(self, key: str, names: tuple[str, ...]) -> tuple[float, ...]:
        """Return as many numbers from 0 to 1 as there are names."""
        value = self._get(key)
        if not isinstance(value, list) or len(value) != len(names) or not all(map(_is_share, value)):
            raise self._wrong(key, f"[{', '.join(names)}] from 0 to 1")
        return tuple(float(v) for v in value)

    def has(self, key: str) -> bool:
        """Whether it is there; for what may be left out."""
        return key in self._values

    def _get(self, key: str) -> Any:
        if key not in self._values:
            raise ConfigError(f"{self.at(key)}: missing")
        return self._values[key]

    def _wrong(self, key: str, expected: str) -> ConfigError:
        return ConfigError(f"{self.at(key)}: {expected} is expected")


def read_yaml(path: Path) -> Mapping:
    """Read a YAML file whose top is a mapping.

    Raises:
        ConfigError: naming the file and what was expected.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path}: a YAML file is expected: {getattr(error, 'strerror', 'not a path')}"
        ) from None
    if len(raw) > LARGEST_FILE:
        raise ConfigError(f"{path}: at most {LARGEST_FILE} bytes are expected")
    try:
        value = yaml.safe_load(raw)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{path}{where}: YAML is expected") from None
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: a mapping of settings is expected")
    return Mapping(value, f"{path}: ")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_pixel(value: object) -> bool:
    return _is_number(value) and 0 <= value <= FARTHEST_PIXEL  # type: ignore[operator] # a number by now


def _is_share(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1  # type: ignore[operator] # a number by now
