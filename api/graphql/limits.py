"""What a document may ask for, decided before anything expensive looks at it.

The order is: size in bytes, tokens, shape of the text, size after fragments are filled in, and only then
graphql-core's own rules. Fragments are measured once each and added up by arithmetic, never filled in, so a
document of a kilobyte that would grow to a billion fields is refused as fast as any other. (Strawberry's own
depth and alias limiters walk every use of each fragment: twenty that use each other twice cost them seconds.)

A document that passed is remembered with its syntax tree; a refused one never is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeAlias

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    parse,
    validate,
)
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    ListValueNode,
    NameNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
)
from graphql.validation import MaxIntrospectionDepthRule
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.graphql.measure import Measure, Size, catalogue_budget

Rules: TypeAlias = tuple[type[ASTValidationRule], ...]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one operation may ask for. Counts of fields are taken after fragments are filled in."""

    document_bytes: int = 20_000
    tokens: int = 2_000
    comments: int = 100
    operations: int = 10
    fragments: int = 40
    value_depth: int = 8
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


def document_limits(limits: Limits | None = None) -> Callable[[], SchemaExtension]:
    """Give the extension that refuses what is too much; it must stand first in `extensions`."""
    chosen = limits or Limits()
    read = partial(_read, chosen)
    remembered = lru_cache(maxsize=chosen.remembered)(read)  # keeps no exceptions, hence no refused document
    return lambda: DocumentLimits(chosen, read, remembered)


def time_limit(seconds: float) -> Callable[[], SchemaExtension]:
    """Give the extension that ends an operation that takes longer, of a subscription its start."""
    return lambda: TimeLimit(seconds)


def refusal(code: str, vi: str, en: str) -> GraphQLError:
    """Say no in one line, in both languages, with a code that programs can read."""
    return GraphQLError(f"{vi} · {en}", extensions={"code": code})


class Invalid(Exception):  # noqa: N818 — carries the errors of a document, and is never seen outside
    """The document is not one that the schema knows how to answer."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


@dataclass(frozen=True)
class Admitted:
    """A document that may be executed, at least with some variables."""

    document: DocumentNode
    sized_by_variables: bool


class DocumentLimits(SchemaExtension):
    """Reads, measures and validates each document, in place of strawberry's own steps."""

    def __init__(
        self,
        limits: Limits,
        read: Callable[[GraphQLSchema, Rules, str], Admitted],
        remembered: Callable[[GraphQLSchema, Rules, str], Admitted],
    ) -> None:
        self._limits = limits
        self._read = read
        self._remembered = remembered
        self._errors: list[GraphQLError] = []

    def on_parse(self) -> Iterator[None]:
        """Set the document, or a harmless one in its place: an error raised here would break a stream."""
        context = self.execution_context
        if context.query and context.graphql_document is None:
            try:
                context.graphql_document = self._document()
            except Invalid as invalid:
                self._errors = invalid.errors
            except GraphQLError as error:
                self._errors = [error]
            if self._errors:
                context.graphql_document = _nothing(context.operation_name)
        yield

    def on_validate(self) -> Iterator[None]:
        """Hand over what was found, an empty list included: nothing is validated twice."""
        self.execution_context.pre_execution_errors = self._errors
        yield

    def _document(self) -> DocumentNode:
        context, limits = self.execution_context, self._limits
        query = context.query or ""
        schema = context.schema._schema  # noqa: SLF001 — strawberry has no other name for it
        if context.operation_name and len(context.operation_name) > limits.operation_name:
            raise refusal(
                "OPERATION_NAME_TOO_LONG",
                f"Tên thao tác dài quá {limits.operation_name} ký tự",
                f"The operation name is longer than {limits.operation_name} characters",
            )
        check_variables(context.variables, limits)
        read = self._remembered if len(query) <= limits.remembered_bytes else self._read
        admitted = read(schema, context.validation_rules, query)
        if admitted.sized_by_variables:
            _measure(admitted.document, schema, limits, context.variables or {})
        return admitted.document


class TimeLimit(SchemaExtension):
    """An operation that takes too long is ended; a command already in its thread still finishes."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def on_execute(self) -> AsyncIterator[None]:
        """Cancel what is being resolved when the time is up."""
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError:
            raise refusal(
                "TIMED_OUT",
                f"Quá {self._seconds:g} giây; lệnh có thể đã được ghi, hãy gửi lại với cùng commandId",
                f"Took longer than {self._seconds:g} s; a command may still be recorded: "
                "send it again with the same commandId",
            ) from None


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


def _read(limits: Limits, schema: GraphQLSchema, rules: Rules, query: str) -> Admitted:
    """Parse, measure and validate *query*; raise what stands against it."""
    if (
        len(query) > limits.document_bytes
        or len(query.encode(errors="surrogatepass")) > limits.document_bytes
    ):
        raise _too_large(limits)
    document = _parse(limits, query)
    _check_text(document, limits)
    sized_by_variables = _measure(document, schema, limits, None)
    errors = validate(
        schema,
        document,
        (*rules, MaybeNullValidationRule, OneOfInputValidationRule, MaxIntrospectionDepthRule),
        max_errors=limits.errors,
        hide_suggestions=True,
    )
    if errors:
        for error in errors:
            error.extensions = {"code": "INVALID_DOCUMENT"}
        raise Invalid(errors)
    return Admitted(document, sized_by_variables)


def _parse(limits: Limits, query: str) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLSyntaxError as error:
        # graphql-core tells its own limits apart by their text only; the tests pin both texts.
        if "nested too deeply" in error.message:
            raise refusal("TOO_DEEP", "Văn bản lồng quá sâu", "The document is nested too deeply") from None
        if "Parsing aborted" in error.message:
            raise _too_large(limits) from None
        error.extensions = {"code": "SYNTAX_ERROR"}
        raise


def _too_large(limits: Limits) -> GraphQLError:
    return refusal(
        "DOCUMENT_TOO_LARGE",
        f"Văn bản quá lớn: nhiều nhất {limits.document_bytes} byte, {limits.tokens} từ tố, "
        f"{limits.comments} chú thích",
        f"The document is too large: at most {limits.document_bytes} bytes, {limits.tokens} tokens, "
        f"{limits.comments} comments",
    )


def _check_text(document: DocumentNode, limits: Limits) -> None:
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
            waiting.extend((item.value, depth + 1) for item in value.fields)


def _check_string(value: str) -> None:
    """Refuse what the record cannot hold as text."""
    if "\0" in value:
        raise refusal(
            "INVALID_TEXT", "Văn bản không được có ký tự NUL", "Text must not contain the character NUL"
        )


def _measure(
    document: DocumentNode, schema: GraphQLSchema, limits: Limits, variables: Mapping[str, Any] | None
) -> bool:
    """Hold every operation against the limits; say whether variables have a part in its size."""
    sized_by_variables = False
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            measure = Measure(schema, document, definition, limits, variables)
            size = measure.operation()
            _check_size(size, definition, limits, measure)
            sized_by_variables = sized_by_variables or measure.sized_by_variables
    return sized_by_variables


def _check_size(size: Size, operation: OperationDefinitionNode, limits: Limits, measure: Measure) -> None:
    root_fields = limits.mutations if operation.operation is OperationType.MUTATION else limits.root_fields
    found = (
        ("TOO_DEEP", size.depth, limits.depth, "cấp lồng", "levels of fields"),
        ("TOO_MANY_ALIASES", size.aliases, limits.aliases, "bí danh", "aliases"),
        ("TOO_MANY_DIRECTIVES", size.directives, limits.directives, "chỉ thị", "directives"),
        ("TOO_MANY_ROOT_FIELDS", size.roots, root_fields, "trường gốc", "root fields"),
        ("TOO_MANY_FIELDS", size.fields, limits.fields, "trường", "fields"),
        ("TOO_COSTLY", size.cost, limits.cost, "giá trị trả về", "values in the answer"),
    )
    for code, asked, allowed, vi, en in found:
        if asked > allowed:
            raise refusal(
                code,
                f"Quá nhiều {vi}: {_number(asked)}, nhiều nhất {allowed}",
                f"Too many {en}: {_number(asked)}, at most {allowed}",
            )
    if size.schemas > 1 or (size.catalogue and size.catalogue > catalogue_budget(measure.schema)):
        raise refusal(
            "INTROSPECTION_TOO_COSTLY",
            "Truy vấn lược đồ lớn hơn truy vấn chuẩn",
            "The introspection asks for more than the standard introspection query",
        )


def _number(value: int) -> str:
    """Write a count that may have hundreds of digits."""
    return str(value) if value < 10**9 else "> 10⁹"


def _nothing(name: str | None) -> DocumentNode:
    """Make a document that asks for nothing, under the name the client gave."""
    return DocumentNode(
        definitions=(
            OperationDefinitionNode(
                operation=OperationType.QUERY,
                name=NameNode(value=name) if name else None,
                variable_definitions=(),
                directives=(),
                selection_set=SelectionSetNode(selections=()),
            ),
        )
    )
