"""Documents made from the schema itself, so that an argument or a field added tomorrow is asked for as well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

Input = GraphQLArgument | GraphQLInputField
INSTANT: Final = "2026-06-01T08:00:00+07:00"
SOMEBODY: Final = "0d4f7a52-6a36-4f0e-9a4e-5c1b6f3a2e10"
"""The id of nothing."""
PLAIN: Final[dict[str, Any]] = {
    "ID": SOMEBODY,
    "String": "x",
    "Int": 1,
    "Boolean": False,
    "DateTime": INSTANT,
    "Date": INSTANT[:10],
    "Position": "0" * 16,
}

INJECTIONS: Final = tuple(
    before + after
    for before, after in product(
        ("'", '"', "')", "'))", "';", "\\'", "`", "%27", "’", "1"),
        (
            " OR '1'='1",
            " OR 1=1 --",
            " OR 1=1 /*",
            "; DROP TABLE events; --",
            "; SELECT pg_sleep(30); --",
            " UNION SELECT NULL, NULL, NULL --",
            " UNION ALL SELECT password_hash FROM credentials --",
            " AND (SELECT count(*) FROM sessions) > 0 --",
            "||(SELECT version())||'",
            " AND 1=CAST((SELECT token_hash::text FROM sessions LIMIT 1) AS int) --",
            "; COPY events TO PROGRAM 'true'; --",
            "; SET ROLE minhchung; --",
            " ORDER BY 99 --",
            " LIMIT 0 OFFSET 0 --",
            "::uuid",
            " $$ || $1 || $$",
            " %s %(number)s {0} {scope}",
            " LIKE '%' ESCAPE ''",
            " \\g \\! true \r\n\x1b[2J",
            " \\x00 \\u0000 \u202e",
        ),
    )
)
"""Two hundred strings as tools for SQL injection try them."""


@dataclass(frozen=True)
class Place:
    """One argument, however deep, that takes a value of a scalar."""

    root: str
    field: str
    path: tuple[str, ...]
    scalar: str

    @property
    def name(self) -> str:
        """How it is told."""
        return f"{self.field}({'.'.join(self.path)})"


def places(schema: GraphQLSchema, root: str) -> Iterator[Place]:
    """Every place of the fields of a root that takes text in some form."""
    for name, field in _root(schema, root).fields.items():
        for path, scalar in _leaves(field.args, ()):
            if scalar in {"String", "ID", "DateTime", "Position"}:
                yield Place(root, name, path, scalar)


def _root(schema: GraphQLSchema, root: str) -> GraphQLObjectType:
    kind = {"query": schema.query_type, "mutation": schema.mutation_type}[root]
    assert kind is not None
    return kind


def _leaves(inputs: Mapping[str, Input], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, one in inputs.items():
        kind = get_named_type(one.type)
        if isinstance(kind, GraphQLInputObjectType):
            yield from _leaves(kind.fields, (*path, name))
        elif not isinstance(kind, GraphQLEnumType):
            yield (*path, name), kind.name


def call(schema: GraphQLSchema, place: Place, variable: str) -> str:
    """Write a field with a variable in one place, plain values where there must be some, and little of its answer."""
    field = _root(schema, place.root).fields[place.field]
    arguments = _arguments(field.args, place.path, variable)
    return f"{place.field}({arguments}) {_little(field)}"


def _arguments(inputs: Mapping[str, Input], path: tuple[str, ...], variable: str) -> str:
    given = []
    for name, one in inputs.items():
        kind = get_named_type(one.type)
        if path and name == path[0]:
            value = variable
            if isinstance(kind, GraphQLInputObjectType):
                value = f"{{{_arguments(kind.fields, path[1:], variable)}}}"
            given.append(f"{name}: {f'[{value}]' if _is_list(one) else value}")
        elif is_required_argument(one) if isinstance(one, GraphQLArgument) else is_required_input_field(one):
            given.append(f"{name}: {_plain(one)}")
    return " ".join(given)


def _is_list(one: Input) -> bool:
    kind = one.type.of_type if isinstance(one.type, GraphQLNonNull) else one.type
    return isinstance(kind, GraphQLList)


def _plain(one: Input) -> str:
    kind = get_named_type(one.type)
    if isinstance(kind, GraphQLInputObjectType):
        return f"{{{_arguments(kind.fields, (), '')}}}"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    value = PLAIN[kind.name]
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _little(field: GraphQLField) -> str:
    kind = get_named_type(field.type)
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename ... on Refusal { code } }"
    if isinstance(kind, GraphQLObjectType):
        if "nodes" in kind.fields:
            return f"{{ {'totalCount' if 'totalCount' in kind.fields else ''} nodes {{ __typename }} }}"
        return "{ __typename }"
    return ""


class Anything:
    """Random documents that are valid, with values that mostly are not what they should be."""

    def __init__(self, schema: GraphQLSchema, chance: Random) -> None:
        self._schema = schema
        self._chance = chance

    def document(self, root: str, name: str) -> str:
        """Ask for one field of a root: any arguments, any selection."""
        field = _root(self._schema, root).fields[name]
        return f"{root} {{ {self._field(name, field, depth=4)} }}"

    def _field(self, name: str, field: GraphQLField, *, depth: int) -> str:
        given = " ".join(
            f"{arg}: {self._value(one, 3)}"
            for arg, one in field.args.items()
            if isinstance(one.type, GraphQLNonNull) or self._chance.random() < 0.4
        )
        return f"{name}{f'({given})' if given else ''} {self._selection(get_named_type(field.type), depth)}"

    def _selection(self, kind: Any, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType):
            some = self._chance.sample(kind.types, k=min(2, len(kind.types)))
            parts = [f"... on {one.name} {self._selection(one, depth - 1)}" for one in some]
            return f"{{ __typename {' '.join(parts)} }}"
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return ""
        fields = [
            (name, field)
            for name, field in kind.fields.items()
            if depth > 0 or not isinstance(get_named_type(field.type), GraphQLObjectType)
        ]
        some = self._chance.sample(fields, k=min(len(fields), self._chance.randint(1, 5)))
        return f"{{ __typename {' '.join(self._field(n, f, depth=depth - 1) for n, f in some)} }}"

    def _value(self, one: Input, depth: int) -> str:
        kind = get_named_type(one.type)
        if not isinstance(one.type, GraphQLNonNull) and self._chance.random() < 0.1:
            return "null"
        if isinstance(kind, GraphQLInputObjectType):
            value = " ".join(
                f"{name}: {self._value(inside, depth - 1)}"
                for name, inside in kind.fields.items()
                if isinstance(inside.type, GraphQLNonNull) or self._chance.random() < 0.4
            )
            value = f"{{{value}}}"
        elif isinstance(kind, GraphQLEnumType):
            value = self._chance.choice(list(kind.values))
        else:
            value = self._scalar(kind.name)
        return f"[{value}]" if _is_list(one) else value

    def _scalar(self, name: str) -> str:
        if name == "Boolean":
            return self._chance.choice(["true", "false"])
        if name == "Int":
            return str(self._chance.choice([0, 1, 2, 20, 100, -1, 2**31 - 1, -(2**31)]))
        if name == "Position":
            return f'"{self._chance.choice([0, 1]):016d}"'  # a later one would be waited for
        if name == "DateTime":
            return self._chance.choice(
                [
                    f'"{INSTANT}"',
                    '"0001-01-01T00:00:00+14:00"',
                    '"9999-12-31T23:59:59-12:00"',
                    '"2026-06-01T08:00:00"',
                ]
            )
        letters = [
            "",
            "x",
            SOMEBODY,
            "DH-2026-000001",
            "x" * 5_000,
            "ế🚦\u202e\u2028\ud7ff\uffff",
            *self._chance.sample(INJECTIONS, 3),
        ]
        return _quoted(self._chance.choice(letters))


def _quoted(text: str) -> str:
    return (
        '"'
        + "".join(
            c if c.isalnum() and c.isascii() else "".join(f"\\u{unit:04x}" for unit in _units(c))
            for c in text
        )
        + '"'
    )


def _units(letter: str) -> list[int]:
    raw = letter.encode("utf-16-be")
    return [int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)]
