"""A page of rows, completed as a whole: a selection is compiled once a document to the columns it needs.

graphql-core completes each field of each row apart, some microseconds each; a page of 50 rows of ten fields is five
hundred of them. Here a column of the page is one list, read, converted and written out together. What is compiled is
what a field says of its own source (`columns`); a selection with anything else in it is completed field by field, and
so is a page in which something is missing, so that the error is the one it always is. Both give the same bytes.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, LiteralString, TypeAlias, cast

import orjson
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from psycopg import Connection
from psycopg.sql import SQL, Literal
from strawberry.types.field import StrawberryField

from api.graphql.columns import SOURCE, Column, Link, Many, Sealed, Source
from api.graphql.context import RequestContext, readable
from api.graphql.pages import Listed, ListOf
from domain.personal import Personal
from projections.listing import Written

REMEMBERED: Final = 512
OBJECTS: Final = "(objects)"
"""No column has this name: under it a page has its rows as PostgreSQL wrote them."""
LONGEST_NAME: Final = 63
"""PostgreSQL cuts what is longer; names of GraphQL are one byte a letter."""
CONDITIONS: Final = {"include", "skip"}


class Otherwise(Exception):  # noqa: N818 — not an error: it is completed in the other way
    """This cannot be completed as a whole."""


@dataclass(frozen=True)
class Batch:
    """Rows of one noun, column by column, and who reads them."""

    conn: Connection[Any]
    ctx: RequestContext
    columns: Mapping[str, Sequence[Any]]
    size: int

    def of(self, rows: Collection[Any], wanted: Iterable[str]) -> "Batch":
        """Other rows, for the same reader."""
        columns = {name: [getattr(row, name) for row in rows] for name in wanted}
        return Batch(self.conn, self.ctx, columns, len(rows))


Write: TypeAlias = Callable[[Batch], Sequence[Any]]


@dataclass(frozen=True)
class Part:
    """One key of an object: the columns it needs, and its values in the order of the rows."""

    key: str
    columns: tuple[str, ...]
    write: Write
    written: LiteralString | None = None
    """How PostgreSQL writes it, where it can."""


class Plan:
    """A selection on one noun."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.columns = tuple(dict.fromkeys(column for part in parts for column in part.columns))
        self.written = _written(self.columns, parts)
        self._keys = [part.key for part in parts]
        self._writes = [part.write for part in parts]

    def write(self, batch: Batch) -> list[dict[str, Any]]:
        """One object a row."""
        if not self._writes:  # all of it was skipped
            return [{} for _ in range(batch.size)]
        values = zip(*(write(batch) for write in self._writes), strict=True)
        return [dict(zip(self._keys, row, strict=True)) for row in values]


def _written(columns: tuple[str, ...], parts: Sequence[Part]) -> Written | None:
    keys = [(part.key, part.written) for part in parts]
    if not keys or any(shown is None or len(key) > LONGEST_NAME for key, shown in keys):
        return None
    return Written(columns, cast("tuple[tuple[str, LiteralString], ...]", tuple(keys)))


@dataclass(frozen=True)
class Page:
    """The rows of a page as they were read."""

    listed: Listed
    batch: Batch
    more: bool

    @property
    def end(self) -> str | None:
        """Where the next page begins."""
        if not self.batch.size:
            return None
        of = self.listed.of
        return of.cursor([self.batch.columns[column][-1] for column in of.listing.place])

    @property
    def total(self) -> int:
        """How many rows there are on all pages."""
        listed = self.listed
        return listed.of.listing.total(self.batch.conn, listed.within, listed.narrow)


@dataclass(frozen=True)
class Answer:
    """A selection on a list."""

    columns: tuple[str, ...]
    """What is read of the rows; where nobody asks for anything of them, nothing is."""
    parts: tuple[tuple[str, Callable[[Page], Any]], ...]
    written: Written | None = None
    """What PostgreSQL writes of each row, where nothing else is asked of them."""

    def __call__(self, conn: Connection[Any], ctx: RequestContext, listed: Listed) -> bytes:
        """Read and write a page.

        Raises:
            Otherwise: it has something in it that is told field by field.
        """
        rows: list[tuple[Any, ...]] = []
        listing, first, after = listed.of.listing, listed.first + 1, listed.after
        if self.written:
            rows = listing.objects(conn, listed.within, listed.narrow, self.written, first=first, after=after)
        elif self.columns:
            rows = listing.columns(conn, listed.within, listed.narrow, self.columns, first=first, after=after)
        shown = rows[: listed.first]
        values: Iterable[Sequence[Any]] = zip(*shown, strict=True) if shown else [()] * len(self.columns)
        batch = Batch(conn, ctx, dict(zip(self.columns, values, strict=True)), len(shown))
        page = Page(listed, batch, len(rows) > listed.first)
        return orjson.dumps({key: part(page) for key, part in self.parts})


# -- compiling ----------------------------------------------------------------------------


class Answers:
    """What selections were compiled to, by the nodes of their documents, which are remembered as well."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[FieldDetailsList, Answer | None]] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._known)

    def to(
        self, executor: Executor[Any], shown: GraphQLNamedType, details: FieldDetailsList, listed: Listed
    ) -> Answer | None:
        """How a selection is answered; None where it is completed field by field."""
        variables = executor.variable_values.coerced.items()
        flags = tuple((name, value) for name, value in variables if isinstance(value, bool))
        key = (shown, *(id(detail.node) for detail in details), flags)
        known = self._known.get(key)
        if known is None:
            try:
                answer = Compiler(executor, listed).answer(cast("GraphQLObjectType", shown), details)
            except Otherwise:
                answer = None
            while len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)), None)
            # with the nodes, so that none of their ids is another's while it is remembered
            known = self._known[key] = (details, answer)
        return known[1]


class Compiler:
    """Compiles the selection of one field of one operation."""

    def __init__(self, executor: Executor[Any], listed: Listed) -> None:
        self._executor = executor
        self._list = listed.of

    def answer(self, shown: GraphQLObjectType, details: FieldDetailsList) -> Answer:
        """Compile a selection on a list.

        Raises:
            Otherwise: it is one that is completed field by field.
        """
        columns: dict[str, None] = {}
        parts: list[tuple[str, Callable[[Page], Any]]] = []
        plans: list[Plan] = []
        for key, name, field, inside in self._fields(shown, details):
            match name:
                case "nodes" | "edges":
                    compiled = self._plan if name == "nodes" else self._edges
                    plan = compiled(_object(field), inside)
                    plans.append(plan)
                    columns |= dict.fromkeys(plan.columns)
                    parts.append((key, partial(_rows, plan)))
                case "pageInfo":
                    parts.append((key, self._page_info(_object(field), inside)))
                case "totalCount":
                    parts.append((key, lambda page: page.total))
                case "__typename":
                    parts.append((key, lambda _: shown.name))
                case _:
                    raise Otherwise
            if name in {"nodes", "edges", "pageInfo"}:
                columns |= dict.fromkeys(self._list.listing.place)
        listing = self._list.listing
        if listing.writes and len(plans) == 1 and plans[0].written:
            return Answer((OBJECTS, *listing.place), tuple(parts), plans[0].written)
        return Answer(tuple(columns), tuple(parts))

    def _page_info(self, shown: GraphQLObjectType, details: FieldDetailsList) -> Callable[[Page], Any]:
        known: dict[str, Callable[[Page], Any]] = {
            "hasNextPage": lambda page: page.more,
            "endCursor": lambda page: page.end,
            "__typename": lambda _: shown.name,
        }
        parts = [(key, known[name]) for key, name, _, _ in self._fields(shown, details)]
        return lambda page: {key: part(page) for key, part in parts}

    def _edges(self, shown: GraphQLObjectType, details: FieldDetailsList) -> Plan:
        parts = []
        for key, name, field, inside in self._fields(shown, details):
            if name == "node":
                plan = self._plan(_object(field), inside)
                parts.append(Part(key, plan.columns, plan.write))
            elif name == "cursor":
                parts.append(Part(key, self._list.listing.place, partial(_cursors, self._list)))
            else:
                parts.append(_typename(key, shown))
        return Plan(parts)

    def _plan(self, shown: GraphQLObjectType, details: FieldDetailsList) -> Plan:
        parts = []
        for key, _, field, inside in self._fields(shown, details):
            if field is None:
                parts.append(_typename(key, shown))
                continue
            required = is_non_null_type(field.type)
            source = _source(field)
            match source:
                case Column():
                    write = partial(_column, source, required)
                    parts.append(Part(key, (source.name,), write, source.written()))
                case Sealed():
                    parts.append(Part(key, (source.subject, source.name), partial(_sealed, source)))
                case Link():
                    plan = self._plan(_object(field), inside)
                    parts.append(Part(key, (source.name,), partial(_linked, source, plan, required)))
                case Many():
                    plan = self._plan(_object(field), inside)
                    text = source.written(plan.written.keys) if plan.written else None
                    parts.append(Part(key, (source.name,), partial(_many, source, plan), text))
        return Plan(parts)

    def _fields(
        self, shown: GraphQLObjectType, details: FieldDetailsList
    ) -> Iterator[tuple[str, str, GraphQLField | None, FieldDetailsList]]:
        """Each key of a selection, with its name, its field (none for `__typename`) and what is selected in it."""
        collected = self._executor.collect_subfields(shown, details)
        if collected.new_defer_usages:
            raise Otherwise
        for key, inside in collected.grouped_field_set.items():
            nodes = [detail.node for detail in inside]
            if any(node.arguments or not _plain(node) for node in nodes):
                raise Otherwise
            name = nodes[0].name.value
            yield key, name, shown.fields.get(name), inside


def _plain(node: FieldNode) -> bool:
    return all(directive.name.value in CONDITIONS for directive in node.directives or ())


def _object(field: GraphQLField | None) -> GraphQLObjectType:
    """The type of what is selected in: one object, or the objects of a list."""
    named = get_named_type(field.type) if field else None
    if not is_object_type(named):
        raise Otherwise
    return named


def _source(field: GraphQLField) -> Source:
    """Where a field says it comes from; one without a resolver comes from the attribute of its name."""
    declared: StrawberryField = field.extensions["strawberry-definition"]
    leaf = is_leaf_type(field.type.of_type if is_non_null_type(field.type) else field.type)
    if declared.is_basic_field and leaf:
        return Column(declared.python_name)
    source = declared.metadata.get(SOURCE)
    if source is None:
        raise Otherwise
    made: Source = source
    return made


def _rows(plan: Plan, page: Page) -> Sequence[object]:
    objects = page.batch.columns.get(OBJECTS)
    return plan.write(page.batch) if objects is None else [orjson.Fragment(text) for text in objects]


def _typename(key: str, shown: GraphQLObjectType) -> Part:
    written = SQL("{}::text").format(Literal(shown.name)).as_string()
    return Part(key, (), lambda batch: [shown.name] * batch.size, written)


# -- writing ------------------------------------------------------------------------------


def _column(source: Column, required: bool, batch: Batch) -> Sequence[Any]:  # noqa: FBT001 — bound when compiled
    values = batch.columns[source.name]
    if required and None in values:
        raise Otherwise
    of = source.of
    return values if of is None else [None if value is None else of(value) for value in values]


def _sealed(source: Sealed, batch: Batch) -> Sequence[Any]:
    sealed = [
        Personal[str](subject, sealed=value) if value else None
        for subject, value in zip(batch.columns[source.subject], batch.columns[source.name], strict=True)
    ]
    opened = iter(batch.ctx.services.keys.open([value for value in sealed if value is not None]))
    return [None if value is None else readable(next(opened)) for value in sealed]


def _linked(source: Link, plan: Plan, required: bool, batch: Batch) -> Sequence[Any]:  # noqa: FBT001 — as above
    keys = batch.columns[source.name]
    found = source.load(batch.conn, batch.ctx, set(keys) - {None})
    written = dict(zip(found, plan.write(batch.of(found.values(), plan.columns)), strict=True))
    shown = [written.get(key) for key in keys]
    missing = (key for key, value in zip(keys, shown, strict=True) if value is None)
    if any(required or (key is not None and not source.some) for key in missing):
        raise Otherwise
    return shown


def _many(source: Many, plan: Plan, batch: Batch) -> Sequence[Any]:
    groups = [source.of(value) for value in batch.columns[source.name]]
    things = [thing for group in groups for thing in group]
    shown = iter(plan.write(batch.of(things, plan.columns)))
    return [[next(shown) for _ in group] for group in groups]


def _cursors(of: ListOf[Any], batch: Batch) -> Sequence[Any]:
    places = zip(*(batch.columns[column] for column in of.listing.place), strict=True)
    return [of.cursor(place) for place in places]
