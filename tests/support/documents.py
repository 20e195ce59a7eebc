"""Documents written from the schema, so that what is added to it is asked for as well."""

from functools import cache
from typing import Final

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
)

from api.graphql.schema import build

PLAIN: Final = "plain"
"""What a list answers the fast way: leaves, and single objects with theirs."""
WHOLE: Final = "whole"
"""All there is, lists of lists, history and what one may do included."""
MOST_WHOLE: Final = 18
"""So many cameras with all there is are what one document may ask for; there is no more of anything in the world."""


@cache
def schema() -> GraphQLSchema:
    """The schema as it is built."""
    return build()._schema


def root(kind: str) -> GraphQLObjectType:
    """The type of queries, of mutations or of subscriptions."""
    found = schema().type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    return found


BRIEFLY: Final = {"Camera": "id code name class domain area state version operatingUnit { id code name }"}
"""How a noun with a file of its own is shown with others: by what tells it apart, as a client would ask for it."""


@cache
def selection(type_name: str, shape: str = WHOLE, *, without: frozenset[str] = frozenset()) -> str:
    """All fields of a type that a shape asks for, except some, named as `Type.field`."""
    found = schema().type_map[type_name]
    assert isinstance(found, GraphQLObjectType)
    parts = []
    for name, field in found.fields.items():
        inner = get_named_type(field.type)
        listed = is_list_type(field.type.of_type if is_non_null_type(field.type) else field.type)
        if inner.name.endswith("Connection"):
            continue  # a page of something else is asked for as a list of its own
        if f"{type_name}.{name}" in without or any(is_required_argument(a) for a in field.args.values()):
            continue
        if is_leaf_type(inner) and (shape == WHOLE or not listed):
            parts.append(name)
        elif is_object_type(inner) and (shape == WHOLE or not listed):
            acts = "availableActions { action enabled reasons { message } }"
            recorded = f" recordings {{ id from to damaged }} {acts}" if shape == WHOLE else ""
            brief = f"{BRIEFLY[inner.name]}{recorded}" if inner.name in BRIEFLY else None
            parts.append(f"{name} {{ {brief or selection(inner.name, shape, without=without)} }}")
    return " ".join(parts)


def node_of(field: str) -> str:
    """The type that a list is of."""
    connection = get_named_type(root("Query").fields[field].type)
    return str(get_named_type(connection.fields["nodes"].type).name)


def page(field: str, shape: str, **fixed: str) -> str:
    """A page of a list, with everything that hangs on it; *fixed* are arguments written into the document."""
    kinds = {name: str(arg.type) for name, arg in root("Query").fields[field].args.items()}
    taken = [name for name in ("filter", "first", "after") if name in kinds and name not in fixed]
    heads = ", ".join(f"${name}: {kinds[name]}" for name in taken)
    uses = ", ".join([f"{name}: ${name}" for name in taken] + [f"{k}: {v}" for k, v in fixed.items()])
    key = "position" if "id" not in schema().type_map[node_of(field)].fields else "id"  # type: ignore[attr-defined]
    return (
        f"query({heads}) {{ {field}({uses}) {{ totalCount pageInfo {{ hasNextPage endCursor }}"
        f" edges {{ cursor node {{ {key} }} }} nodes {{ {selection(node_of(field), shape)} }} }} }}"
    )


def aliased(fields: list[str], *, kind: str = "query", head: str = "") -> str:
    """Several fields of a root in one document, under the names a0, a1 and so on."""
    return f"{kind}{head} {{ {' '.join(f'a{n}: {field}' for n, field in enumerate(fields))} }}"
