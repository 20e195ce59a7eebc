"""The size of an operation once its fragments are filled in, found by adding up, one visit per fragment."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, Final, Protocol

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_introspection_query,
    get_named_type,
    parse,
)
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

NESTING: Final = 64  # fields and fragments one inside the other: bounds the stack, not the answer
DIGITS: Final = 6


class Bounds(Protocol):
    """The limits that measuring itself needs."""

    @property
    def page(self) -> int:
        """The largest `first`."""

    @property
    def list_size(self) -> int:
        """What is assumed of a list."""

    @property
    def list_sizes(self) -> Mapping[str, int]:
        """What is known of some lists, by `Type.field`."""


@dataclass(slots=True)
class Size:
    """What a selection set comes to. The introspection part is counted apart, under `catalogue`."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    cost: int = 0
    catalogue: int = 0
    schemas: int = 0

    def add(self, other: "Size") -> None:
        """Take in the content of a fragment."""
        self.depth = max(self.depth, other.depth)
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.roots += other.roots
        self.cost += other.cost
        self.catalogue += other.catalogue
        self.schemas += other.schemas


class Measure:
    """Measures one operation of a document; *variables* None stands for the smallest there could be."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        bounds: Bounds,
        variables: Mapping[str, Any] | None,
    ) -> None:
        self.schema = schema
        self.sized_by_variables = False
        self._operation = operation
        self._bounds = bounds
        self._variables = variables
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, bool], Size | None] = {}  # None while a fragment is being measured

    def operation(self) -> Size:
        """Measure the operation."""
        size = self._selections(
            self._operation.selection_set,
            self.schema.get_root_type(self._operation.operation),
            nesting=0,
            in_page=False,
        )
        size.directives += len(self._operation.directives or ())
        return size

    @property
    def used(self) -> set[str]:
        """The fragments that the operation makes use of, once it was measured."""
        return {name for name, _ in self._known}

    def _selections(
        self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, *, nesting: int, in_page: bool
    ) -> Size:
        if nesting > NESTING:
            raise GraphQLError(
                "Trường và mảnh lồng quá sâu · Fields and fragments are nested too deeply",
                extensions={"code": "TOO_DEEP"},
            )
        size = Size()
        for node in selection_set.selections:
            size.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                self._field(size, node, parent, nesting=nesting, in_page=in_page)
            elif isinstance(node, FragmentSpreadNode):
                size.add(self._fragment(node.name.value, nesting=nesting, in_page=in_page))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inside = self.schema.type_map.get(condition.name.value) if condition else parent
                size.add(self._selections(node.selection_set, inside, nesting=nesting + 1, in_page=in_page))
        return size

    def _fragment(self, name: str, *, nesting: int, in_page: bool) -> Size:
        key = (name, in_page)
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()  # graphql-core names it
        if key not in self._known:
            self._known[key] = None
            size = self._selections(
                fragment.selection_set,
                self.schema.type_map.get(fragment.type_condition.name.value),
                nesting=nesting + 1,
                in_page=in_page,
            )
            size.directives += len(fragment.directives or ())
            self._known[key] = size
        known = self._known[key]
        if known is None:
            raise GraphQLError(
                f"Mảnh {name} dùng chính nó · The fragment {name} uses itself",
                extensions={"code": "FRAGMENT_CYCLE"},
            )
        return known

    def _field(
        self, size: Size, node: FieldNode, parent: GraphQLNamedType | None, *, nesting: int, in_page: bool
    ) -> None:
        size.fields += 1
        size.roots += 1
        size.aliases += node.alias is not None
        name = node.name.value
        definition = _definition(self.schema, parent, name)
        page = self._page(node, definition)
        if node.selection_set is None:
            size.depth = max(size.depth, 1)
            size.cost += 1
            return
        inside = self._selections(
            node.selection_set,
            get_named_type(definition.type) if definition else None,
            nesting=nesting + 1,
            in_page=page is not None,
        )
        size.fields += inside.fields
        size.aliases += inside.aliases
        size.directives += inside.directives
        size.catalogue += inside.catalogue
        size.schemas += inside.schemas + (name == "__schema")
        times = page
        if times is None:
            listed = definition is not None and not in_page and _is_list(definition.type)
            times = self._list_size(parent, name) if listed else 1
        cost = 1 + times * inside.cost
        if name == "ofType" and parent is not None and parent.name == "__Type":
            cost = 1 + inside.cost // 2  # most types are of no other; the standard query asks nine times over
        if name in {"__schema", "__type"}:
            size.depth = max(size.depth, 1)
            size.catalogue += cost
        else:
            size.depth = max(size.depth, 1 + inside.depth)
            size.cost += cost

    def _list_size(self, parent: GraphQLNamedType | None, name: str) -> int:
        if parent is None:
            return self._bounds.list_size
        if parent.name.startswith("__"):
            return _catalogue_sizes(self.schema).get(name, 1)
        return self._bounds.list_sizes.get(f"{parent.name}.{name}", self._bounds.list_size)

    def _page(self, node: FieldNode, definition: GraphQLField | None) -> int | None:
        """Find how many rows a connection may return; None where the field is not paged."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in ("first", "last"):
            argument = definition.args.get(name) if definition else None
            if argument is None and name not in given:
                continue
            default = argument.default_value if argument else None
            return self._rows(node, name, given.get(name), default)
        return None

    def _rows(self, node: FieldNode, name: str, value: ValueNode | None, default: Any) -> int:
        page = self._bounds.page
        asked: Any = default
        if isinstance(value, VariableNode):
            self.sized_by_variables = True
            variable = value.name.value
            if self._variables is None:
                return 1
            value, asked = self._defaults.get(variable), self._variables.get(variable, default)
            if variable in self._variables:
                value = None
        if isinstance(value, IntValueNode):
            asked = int(value.value) if len(value.value) <= DIGITS else page + 1
        elif isinstance(value, NullValueNode):
            asked = None
        if not isinstance(asked, int) or isinstance(asked, bool):
            return page  # missing or no number: graphql-core says so, or it means "all there may be"
        if not 1 <= asked <= page:
            raise GraphQLError(
                f"Trường {node.name.value}: {name} phải từ 1 đến {page} · "
                f"Field {node.name.value}: {name} must be 1 to {page}",
                extensions={"code": "PAGE_SIZE"},
            )
        return asked


def _definition(schema: GraphQLSchema, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return schema.get_field(parent, name)
    return None


def _is_list(of: GraphQLType) -> bool:
    return isinstance(of.of_type if isinstance(of, GraphQLNonNull) else of, GraphQLList)


@lru_cache(maxsize=8)
def _catalogue_sizes(schema: GraphQLSchema) -> dict[str, int]:
    """How long the lists of introspection are here: types exactly, what hangs on them on average."""
    types = list(schema.type_map.values())
    composite = [kind for kind in types if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
    inputs = [kind for kind in types if isinstance(kind, GraphQLInputObjectType)]
    enums = [kind for kind in types if isinstance(kind, GraphQLEnumType)]
    fields = [definition for kind in composite for definition in kind.fields.values()]

    def average(total: int, among: int) -> int:
        return max(1, ceil(total / max(1, among)))

    return {
        "types": len(types),
        "directives": max(1, len(schema.directives)),
        "fields": average(len(fields), len(types)),
        "args": average(sum(len(definition.args) for definition in fields), len(fields)),
        "inputFields": average(sum(len(kind.fields) for kind in inputs), len(types)),
        "enumValues": average(sum(len(kind.values) for kind in enums), len(types)),
    }


@lru_cache(maxsize=8)
def catalogue_budget(schema: GraphQLSchema) -> int:
    """What introspection may come to: a tenth more than the largest standard query on this schema."""

    class Free:
        page = 100
        list_size = 10
        list_sizes: Mapping[str, int] = {}

    document = parse(
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
        )
    )
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    standard = Measure(schema, document, operation, Free(), {}).operation().catalogue
    return standard * 11 // 10
