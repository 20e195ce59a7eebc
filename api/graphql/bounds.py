"""How much one operation may ask for, and what holds its text and its variables to that before anything reads them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one operation may ask for. Counts of fields are taken after fragments are filled in."""

    document_bytes: int = 20_000
    tokens: int = 2_000
    comments: int = 100
    operations: int = 10
    fragments: int = 40
    value_depth: int = 8
    value_fields: int = 50  # of one object: graphql-core repeats all of it for each that is wrong
    repeats: int = 5_000  # pairs of equal response names: what graphql-core compares one with another
    depth: int = 12
    fields: int = 1_000
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    mutations: int = 5
    cost: int = 20_000
    page: int = 100
    list_size: int = 10  # assumed of a list without `first`
    list_sizes: Mapping[str, int] = field(default_factory=dict)  # where more is known: {"Case.history": 20}
    variables: int = 1_000
    variables_depth: int = 10
    variables_text: int = 64_000
    operation_name: int = 200
    errors: int = 20
    remembered: int = 256
    remembered_bytes: int = 8_000


def refusal(code: str, vi: str, en: str) -> GraphQLError:
    """Say no in one line, in both languages, with a code that programs can read."""
    return GraphQLError(f"{vi} · {en}", extensions={"code": code})


def too_large(limits: Limits) -> GraphQLError:
    """Say how large a document may be."""
    return refusal(
        "DOCUMENT_TOO_LARGE",
        f"Văn bản quá lớn: nhiều nhất {limits.document_bytes} byte, {limits.tokens} từ tố, "
        f"{limits.comments} chú thích",
        f"The document is too large: at most {limits.document_bytes} bytes, {limits.tokens} tokens, "
        f"{limits.comments} comments",
    )


def check_variables(variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """Refuse variables with too many values, too deep or too long, without recursion."""
    values, text = 0, 0
    waiting: list[tuple[Any, int]] = [(variables or {}, 0)]
    while waiting:
        value, depth = waiting.pop()
        values += 1
        if isinstance(value, str):
            text += len(value)
            _check_string(value)
            continue
        inside: Iterable[Any] = ()
        if isinstance(value, Mapping):
            text += sum(map(len, value))
            inside = value.values()
        elif isinstance(value, list):
            inside = value
        else:
            continue
        size = len(value)
        if depth > limits.variables_depth or values + len(waiting) + size > limits.variables:
            break
        waiting.extend((item, depth + 1) for item in inside)
    else:
        if text <= limits.variables_text:
            return
    raise refusal(
        "VARIABLES_TOO_LARGE",
        f"Biến quá lớn: nhiều nhất {limits.variables} giá trị, {limits.variables_depth} cấp, "
        f"{limits.variables_text} ký tự",
        f"The variables are too large: at most {limits.variables} values, {limits.variables_depth} levels, "
        f"{limits.variables_text} characters",
    )


def check_text(document: DocumentNode, limits: Limits) -> None:
    """Bound what graphql-core's rules do more than once per node: definitions, equal names, nested values."""
    operations = sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)
    fragments = sum(isinstance(node, FragmentDefinitionNode) for node in document.definitions)
    if operations > limits.operations or fragments > limits.fragments:
        raise refusal(
            "TOO_MANY_DEFINITIONS",
            f"Nhiều nhất {limits.operations} thao tác và {limits.fragments} mảnh trong một văn bản",
            f"At most {limits.operations} operations and {limits.fragments} fragments in a document",
        )
    names: Counter[str] = Counter()
    values: list[tuple[ValueNode, int]] = []
    waiting: list[SelectionNode] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            waiting.extend(definition.selection_set.selections)
            values.extend(
                (variable.default_value, 1)
                for variable in definition.variable_definitions or ()
                if variable.default_value is not None
            )
            values.extend(
                (argument.value, 1)
                for item in definition.directives or ()
                for argument in item.arguments or ()
            )
    while waiting:
        node = waiting.pop()
        values.extend(
            (argument.value, 1) for item in node.directives or () for argument in item.arguments or ()
        )
        if isinstance(node, FieldNode):
            names[(node.alias or node.name).value] += 1
            values.extend((argument.value, 1) for argument in node.arguments or ())
        inside: SelectionSetNode | None = getattr(node, "selection_set", None)
        if inside is not None:
            waiting.extend(inside.selections)
    if sum(count * (count - 1) // 2 for count in names.values()) > limits.repeats:
        raise refusal(
            "TOO_MANY_REPEATS",
            "Cùng một tên trường lặp lại quá nhiều lần",
            "The same field names are repeated too often in the document",
        )
    _check_values(values, limits)


def _check_values(waiting: list[tuple[ValueNode, int]], limits: Limits) -> None:
    while waiting:
        value, depth = waiting.pop()
        if depth > limits.value_depth:
            raise refusal(
                "TOO_DEEP",
                f"Giá trị lồng quá {limits.value_depth} cấp",
                f"A value is nested deeper than {limits.value_depth} levels",
            )
        if isinstance(value, StringValueNode):
            _check_string(value.value)
        elif isinstance(value, ListValueNode):
            waiting.extend((item, depth + 1) for item in value.values)
        elif isinstance(value, ObjectValueNode):
            if len(value.fields) > limits.value_fields:
                raise refusal(
                    "TOO_MANY_VALUES",
                    f"Một giá trị có nhiều nhất {limits.value_fields} trường",
                    f"A value has at most {limits.value_fields} fields",
                )
            waiting.extend((item.value, depth + 1) for item in value.fields)


def _check_string(value: str) -> None:
    """Refuse what the record cannot hold as text."""
    if "\0" in value:
        raise refusal(
            "INVALID_TEXT", "Văn bản không được có ký tự NUL", "Text must not contain the character NUL"
        )
