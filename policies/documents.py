"""The templates of documents: what each says, which facts it needs, and on which law each part stands.

A template is one YAML file, `documents/<kind>.yaml`, beside the rules of its profile.
A profile inherits the national templates; a file of the same name in its own folder replaces one, any other adds one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from policies.document_form import Form, Need, Spec, given, problems
from policies.files import RulebookInvalid

__all__ = ["Missing", "Template", "missing_fields", "read_templates", "templates"]

NATIONAL = "national"

_ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Template:
    """A template as it was loaded; *digest* is the SHA-256 of its file."""

    says: Form
    digest: str

    @property
    def kind(self) -> str:
        """The kind of document, as the file is named."""
        return self.says.kind

    @property
    def fields(self) -> Mapping[str, Spec]:
        """Every fact the template uses, by name."""
        return self.says.fields


@dataclass(frozen=True)
class Missing:
    """A fact that the law demands and nobody gave."""

    name: str
    label: str
    law: str


def missing_fields(template: Template, fields: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Return what the law demands of this document and *fields* does not give, with the citation."""
    return tuple(
        Missing(name, spec.label, spec.law)
        for name, spec in template.fields.items()
        if spec.need is Need.LAW and spec.applies(fields) and not given(fields, name)
    )


@cache
def templates(profile: str) -> Mapping[str, Template]:
    """Return the templates of an installed profile by kind; they are read once."""
    return read_templates(profile)


def read_templates(profile: str, root: Path = _ROOT) -> Mapping[str, Template]:
    """Read the templates below *root*, or raise `RulebookInvalid` with file, line, field and expectation."""
    found: dict[str, Template] = {}
    for folder in dict.fromkeys((root / NATIONAL, root / profile.replace("-", "_"))):
        if not folder.is_dir():
            raise RulebookInvalid([f"{profile}: expected a profile with a folder {folder.name}"])
        for path in sorted((folder / "documents").glob("*.yaml")):
            found[path.stem] = _read(path)
    return MappingProxyType(found)


def _read(path: Path) -> Template:
    try:
        raw = path.read_bytes()
        node = yaml.compose(raw.decode("utf-8"), Loader=yaml.SafeLoader)
        content = yaml.safe_load(raw)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise RulebookInvalid(
            [f"{_where(path)}: expected a readable YAML file in UTF-8: {reason}"]
        ) from error
    for line, name in _repeated(node):
        raise RulebookInvalid([f"{_where(path)}, line {line}: {name}: expected once"])
    try:
        says = Form.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
        _refuse(path, node, first["loc"], message.replace("Field required", "expected a value"), error)
    if says.kind != path.stem:
        _refuse(path, node, ("kind",), f"expected {path.stem}, as the file is named")
    for loc, problem in problems(says):
        _refuse(path, node, loc, problem)
    return Template(says, sha256(raw).hexdigest())


def _refuse(
    path: Path, node: yaml.Node | None, loc: Sequence[int | str], problem: str, cause: Exception | None = None
) -> NoReturn:
    field = ".".join(str(part) for part in loc)
    raise RulebookInvalid([f"{_where(path)}, line {_line(node, loc)}: {field}: {problem}"]) from cause


def _where(path: Path) -> str:
    """Return the file as it is named below the policies folder."""
    return "/".join(path.parts[-3:])


def _line(node: yaml.Node | None, loc: Iterable[int | str]) -> int:
    """Return the line of the place that *loc* names, or of the nearest above it that exists."""
    line = node.start_mark.line if node else 0
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if part not in pairs:
                break
            key, node = pairs[part]
            line = key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1


def _repeated(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Yield each key that a mapping holds twice: YAML would keep the last and say nothing."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value)
