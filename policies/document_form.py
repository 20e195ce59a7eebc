"""What the template of a document may say, and what a well-formed one still gets wrong."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PositiveInt, model_validator

from policies.files import Strict
from policies.said import Text

MADE_AT, NUMBER = "made_at", "number"
BUILT_IN = frozenset({MADE_AT, NUMBER})
"""What a text may name beside the fields: the two facts that issuing the document itself gives."""
LETTERHEAD = ("parent_unit_name", "unit_name", "issued_place")
FOOT = ("case_number", "log_position")
ITEM = "each"
"""What a text that is printed for each item of a list calls the item."""

PLACEHOLDER = re.compile(r"{([^{}]*)}")
_MARKUP = re.compile(r"</?[bi]>|[<>{}&]")
_SHAPES = ("paragraph", "section", "item", "point", "dash", "article", "centre", "heading", "table", "lines")

Loc = tuple[int | str, ...]
"""A place in a template: the keys and numbers that lead to it."""

Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda names: (names,) if isinstance(names, str) else names)
]


class FieldType(StrEnum):
    """What a fact is, and with it how it is written."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    MONEY = "money"
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    LIST = "list"
    ROWS = "rows"


class Need(StrEnum):
    """Whether the law demands a fact, the authority completes it by hand, or it may be absent."""

    LAW = "law"
    HAND = "hand"
    OPTIONAL = "optional"


class Spec(Strict):
    """One fact a template uses."""

    type: FieldType
    label: str
    need: Need
    law: str
    if_: Names = Field(alias="if", default=())
    unless: Names = ()
    columns: dict[str, FieldType] = Field(default_factory=dict)
    at_least: PositiveInt | None = None

    @model_validator(mode="after")
    def _columns_of_rows(self) -> Self:
        if (self.type is FieldType.ROWS) != bool(self.columns):
            raise ValueError(f"expected `columns` for rows and for nothing else, this is {self.type}")
        if {FieldType.ROWS, FieldType.LIST, FieldType.FLAG} & set(self.columns.values()):
            raise ValueError("columns: expected text, date, instant, money, number or count in each cell")
        return self

    def applies(self, fields: Mapping[str, Any]) -> bool:
        """Whether the fact is asked for beside the others."""
        return holds(fields, self.if_, self.unless)


class Column(Strict):
    """A column of a printed table: its heading, the cell of the row it shows, its share of the width."""

    title: str
    field: str
    width: PositiveInt


class Table(Strict):
    """A printed table over the rows of one field."""

    rows: str
    columns: tuple[Column, ...] = Field(min_length=1)


class Block(Strict):
    """A part of the body: one shape, the law it comes from, and when it is printed."""

    law: str
    paragraph: str | None = None
    section: str | None = None
    item: str | None = None
    point: str | None = None
    dash: str | None = None
    article: str | None = None
    centre: str | None = None
    heading: str | None = None
    table: Table | None = None
    lines: PositiveInt | None = None
    each: str | None = None
    if_: Names = Field(alias="if", default=())
    unless: Names = ()
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        shapes = [shape for shape in _SHAPES if getattr(self, shape) is not None]
        if len(shapes) != 1:
            raise ValueError(f"expected one of {', '.join(_SHAPES)}, got {', '.join(shapes) or 'none'}")
        if self.each and not self.text:
            raise ValueError("each: expected beside a text")
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(f"expected `to` on or after `from` {self.from_}, got {self.to}")
        return self

    @property
    def shape(self) -> str:
        """Which shape the block has."""
        return next(shape for shape in _SHAPES if getattr(self, shape) is not None)

    @property
    def text(self) -> str | None:
        """The text of the block, if it is one of text."""
        value = getattr(self, self.shape)
        return value if isinstance(value, str) else None

    def shown(self, fields: Mapping[str, Any], day: date) -> bool:
        """Whether the block is printed on *day*: it is in force, its conditions hold."""
        in_force = (self.from_ or date.min) <= day <= (self.to or date.max)
        return in_force and holds(fields, self.if_, self.unless)


class Signature(Strict):
    """Who signs at one place: the title above, the hint in brackets, the name below."""

    title: str
    hint: str
    name: str | None = None
    law: str
    if_: Names = Field(alias="if", default=())
    unless: Names = ()


class Form(Strict):
    """What a file of the folder says."""

    kind: str = Field(pattern=r"^[a-z]+(_[a-z]+)*$")
    name: Text
    title: str
    subtitle: str | None = None
    symbol: str
    dated: str | None = None
    fields: dict[str, Spec] = Field(min_length=1)
    body: tuple[Block, ...] = Field(min_length=1)
    signatures: tuple[tuple[Signature, ...], ...] = Field(min_length=1)
    recipients: tuple[str, ...] = ()
    after: tuple[Block, ...] = ()


def given(fields: Mapping[str, Any], name: str) -> bool:
    """Whether a fact was given: no is an answer, an empty text or list is none."""
    value = fields.get(name)
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and (not isinstance(value, Sequence) or bool(value))


def holds(fields: Mapping[str, Any], all_of: Iterable[str], none_of: Iterable[str]) -> bool:
    """Whether all of the one names are given and not refused, and none of the others."""

    def true(name: str) -> bool:
        return given(fields, name) and fields[name] is not False

    return all(true(name) for name in all_of) and not any(true(name) for name in none_of)


def problems(says: Form) -> Iterator[tuple[Loc, str]]:
    """Yield what a template that is well formed still gets wrong: names of nothing, and facts nobody prints."""
    yield from _names_of_nothing(says)
    for loc, text in _texts(says):
        tags = _MARKUP.findall(PLACEHOLDER.sub("", text))
        if any(len(tag) == 1 for tag in tags) or not _balanced(tags):
            yield loc, "expected no markup but pairs of <b>…</b> and <i>…</i>, and fields in {…}"
        for name in set(PLACEHOLDER.findall(text)) - _own_names(says, loc):
            if name in says.fields and says.fields[name].type in {FieldType.LIST, FieldType.ROWS}:
                yield loc, f"expected `each` or a table for {name}, which holds several"
    for part, index, block in _blocks(says):
        for problem in _of_rows(says, block):
            yield (part, index), problem
    if not _always(says, "unit_name"):
        yield ("fields", "unit_name"), "expected need: law, without a condition: the letterhead is made of it"
    if (
        says.dated
        and says.dated != MADE_AT
        and not _always(says, says.dated, FieldType.DATE, FieldType.INSTANT)
    ):
        yield ("dated",), f"expected {MADE_AT}, or a day or an instant that the law demands always"
    if says.recipients and len(says.signatures[-1]) != 1:
        yield ("recipients",), "expected one signature in the last row: they stand to the left of it"


def _always(says: Form, name: str, *types: FieldType) -> bool:
    """Whether the law demands the fact of every such document."""
    spec = says.fields.get(name)
    right = spec is not None and spec.need is Need.LAW and not spec.if_ and not spec.unless
    return right and (spec is not None and spec.type in (types or (FieldType.TEXT,)))


def _names_of_nothing(says: Form) -> Iterator[tuple[Loc, str]]:
    printed = {*LETTERHEAD, *FOOT}
    for loc, name in _named(says):
        printed.add(name)
        if name not in says.fields and name not in BUILT_IN:
            yield loc, f"expected a field of this template, got {name!r}"
    for name in LETTERHEAD:
        if name not in says.fields and (says.dated or name != "issued_place"):
            yield ("fields",), f"expected {name}: the letterhead is made of it"
    for name in says.fields:
        if name not in printed:
            yield ("fields", name), "expected to be printed or asked for somewhere in the template"


def _blocks(says: Form) -> Iterator[tuple[str, int, Block]]:
    for part, blocks in (("body", says.body), ("after", says.after)):
        for index, block in enumerate(blocks):
            yield part, index, block


def _of_rows(says: Form, block: Block) -> Iterator[str]:
    over = block.table.rows if block.table else block.each
    spec = says.fields.get(over or "")
    if over is None or spec is None:
        return
    if block.table and spec.type is not FieldType.ROWS:
        yield f"table: expected a field of rows, {over} is {spec.type}"
    elif block.each and spec.type not in {FieldType.ROWS, FieldType.LIST}:
        yield f"each: expected a field of rows or a list, {over} is {spec.type}"
    for column in block.table.columns if block.table else ():
        if column.field not in spec.columns:
            yield f"table: expected a column of {over}, got {column.field!r}"


def _balanced(tags: Iterable[str]) -> bool:
    open_tags: list[str] = []
    for tag in tags:
        if not tag.startswith("</"):
            open_tags.append(tag[1:-1])
        elif not open_tags or open_tags.pop() != tag[2:-1]:
            return False
    return not open_tags


def _texts(says: Form) -> Iterator[tuple[Loc, str]]:
    """Yield every text of a template that may hold markup or name fields."""
    yield ("title",), says.title
    if says.subtitle:
        yield ("subtitle",), says.subtitle
    for part, index, block in _blocks(says):
        if block.text:
            yield (part, index, block.shape), block.text
    for row, signatures in enumerate(says.signatures):
        for index, signature in enumerate(signatures):
            yield ("signatures", row, index, "title"), signature.title
            yield ("signatures", row, index, "name"), signature.name or ""
    for index, recipient in enumerate(says.recipients):
        yield ("recipients", index), recipient


def _named(says: Form) -> Iterator[tuple[Loc, str]]:
    """Yield every name of a field a template uses, with the place."""
    for loc, text in _texts(says):
        own = _own_names(says, loc)
        yield from ((loc, name) for name in PLACEHOLDER.findall(text) if name not in own)
    if says.dated:
        yield ("dated",), says.dated
    for part, index, block in _blocks(says):
        names = (*block.if_, *block.unless, block.each, block.table and block.table.rows)
        yield from (((part, index), name) for name in names if name)
    for row, signatures in enumerate(says.signatures):
        for index, one in enumerate(signatures):
            yield from ((("signatures", row, index), name) for name in (*one.if_, *one.unless))
    for name, spec in says.fields.items():
        yield from ((("fields", name), other) for other in (*spec.if_, *spec.unless))


def _own_names(says: Form, loc: Loc) -> frozenset[str]:
    """Return what the text at *loc* may name of the row it is printed for."""
    if loc[0] not in {"body", "after"}:
        return frozenset()
    over = getattr(says, str(loc[0]))[loc[1]].each
    spec = says.fields.get(over) if over else None
    return frozenset({ITEM} | set(spec.columns)) if spec else frozenset()
