"""The files of a rulebook, read strictly: every mistake names the file, the row or line, and what was expected.

Nothing stops at the first mistake. Whatever is wrong is collected, and the rulebook is refused whole with all of it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

_FEW = 24
"""How many names a line of refusal lists; beyond that it says how many there are."""

_LONG = 80
"""How much of a wrong value is repeated."""


class RulebookInvalid(ValueError):  # noqa: N818 — it says what is the matter with the rulebook
    """Files of a rulebook do not say what they must; nothing of it is loaded."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Problems:
    """What is wrong with the files of a rulebook, one line each."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, place: str, problem: str) -> None:
        """Keep one mistake; the same is kept once."""
        line = f"{place}: {problem}"
        if line not in self.found:
            self.found.append(line)

    def known(self, place: str, field: str, values: Iterable[str], among: Iterable[str]) -> None:
        """Keep it as a mistake if one of *values* is not *among* what is defined.

        Where nothing is, and something is wrong already, the file that defines it could not be read.
        """
        defined = set(among)
        if not defined and self.found:
            return
        for value in values:
            if value not in defined:
                expected = (
                    ", ".join(sorted(defined)) if len(defined) <= _FEW else f"the {len(defined)} defined"
                )
                self.add(place, f"{field}: expected one of {expected}, got {value!r}")

    def stop(self) -> None:
        """Refuse the rulebook if anything is wrong with it."""
        if self.found:
            raise RulebookInvalid(self.found)


class Strict(BaseModel):
    """A row or section: every field known, none invented, none changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, fields: Any) -> Any:
        if isinstance(fields, Mapping):
            return {name: value for name, value in fields.items() if value not in ("", None)}
        return fields


Row = TypeVar("Row", bound=Strict)
Loc = tuple[str | int, ...]


def where(path: Path) -> str:
    """Return the file as it is named below the policies folder."""
    return "/".join(path.parts[-2:])


def at_row(path: Path, number: int) -> str:
    """Return the place of a row of a table; the header is row 1."""
    return f"{where(path)}, row {number}"


def rows(path: Path, model: type[Row], problems: Problems) -> list[tuple[int, Row]]:
    """Return the rows of a CSV file that are as they must be, with their numbers."""
    found: list[tuple[int, Row]] = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            expected = [field.alias or name for name, field in model.model_fields.items()]
            if reader.fieldnames != expected:
                problems.add(at_row(path, 1), f"expected the columns {','.join(expected)}")
                return []
            for row in reader:
                place = at_row(path, reader.line_num)
                if None in row or None in row.values():
                    problems.add(place, f"expected {len(expected)} cells")
                elif read := _parsed(model, row, problems, _always(place)):
                    found.append((reader.line_num, read))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.add(where(path), f"expected a readable CSV file in UTF-8: {error}")
    return found


def column(path: Path, name: str) -> set[str]:
    """Return what stands in a column, also of rows that are wrong in another one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row[name] for row in csv.DictReader(file) if row.get(name)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: a key stands once, and an impossible date stays a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 — as inherited
        keys: set[str] = set()
        for key, _ in node.value:
            if key.value in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value}: expected once, it is repeated", key.start_mark
                )
            keys.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call] # yaml is typed in part
            raise yaml.composer.ComposerError(None, None, "expected no alias: say it where it stands", mark)
        return super().compose_node(parent, index)


def _date(loader: _Loader, node: yaml.ScalarNode) -> object:
    try:
        return yaml.SafeLoader.construct_yaml_timestamp(loader, node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)


@dataclass(frozen=True)
class Document:
    """A YAML file, and where each thing in it is written."""

    path: Path
    root: yaml.Node | None
    content: object

    def place(self, loc: Loc = ()) -> str:
        """Return the line of what *loc* leads to, as far as it can be followed."""
        node, line = self.root, 0
        for part in loc:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(part):
                        node, line = value, key.start_mark.line
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line
        return f"{where(self.path)}, line {line + 1}"

    def named(self, *keys: str) -> Iterator[tuple[str, str, str]]:
        """Yield place, field and word of all that stands under one of *keys*, wherever that is."""
        yield from self._named(self.root, (), frozenset(keys))

    def _named(
        self, node: yaml.Node | None, loc: tuple[str, ...], keys: frozenset[str]
    ) -> Iterator[tuple[str, str, str]]:
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self._named(item, loc, keys)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                at = (*loc, str(key.value))
                if key.value in keys:
                    said = value.value if isinstance(value, yaml.SequenceNode) else [value]
                    for word in said:
                        if isinstance(word, yaml.ScalarNode):
                            line = word.start_mark.line + 1
                            yield f"{where(self.path)}, line {line}", ".".join(at), word.value
                yield from self._named(value, at, keys)


def document(path: Path, problems: Problems) -> Document:
    """Return a YAML file, empty where it cannot be read."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            root = loader.get_single_node()
            return Document(path, root, loader.construct_document(root) if root else None)
        finally:
            loader.dispose()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        place = where(path) if mark is None else f"{where(path)}, line {mark.line + 1}"
        reason = getattr(error, "problem", None) or " ".join(str(error).split())
        problems.add(place, f"expected a readable YAML file in UTF-8: {reason}")
    return Document(path, None, None)


def section(said: Document, model: type[Row], problems: Problems) -> Row | None:
    """Return what a YAML file says as *model*, or None where it differs."""
    if said.root is None and problems.found:
        return None
    return _parsed(model, said.content, problems, said.place)


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= _LONG else f"{said[:_LONG]}…"


def _always(place: str) -> Callable[[Loc], str]:
    return lambda _loc: place


def _parsed(model: type[Row], content: object, problems: Problems, place: Callable[[Loc], str]) -> Row | None:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            field = ".".join(str(part) for part in one["loc"])
            message = (
                one["msg"]
                .removeprefix("Value error, ")
                .replace("Input should be", "expected")
                .replace("Field required", "expected a value")
                .replace("Extra inputs are not permitted", "expected no such field")
            )
            silent = one["type"] in {"missing", "value_error", "extra_forbidden"}
            got = "" if silent else f", got {_short(one['input'])}"
            problems.add(place(one["loc"]), f"{field}: {message}{got}" if field else f"{message}{got}")
        return None
