"""What a document may ask for, decided before anything expensive looks at it.

The order is: size in bytes, tokens, shape of the text, size after fragments are filled in, and only then
graphql-core's own rules. Fragments are measured once each and added up by arithmetic, never filled in, so a
document of a kilobyte that would grow to a billion fields is refused as fast as any other. (Strawberry's own
depth and alias limiters walk every use of each fragment: twenty that use each other twice cost them seconds.)

A document that passed is remembered with its syntax tree; a refused one never is.

What the schema has is told to those who are signed in: a stranger neither reads it by introspection, but for the name
of a type, nor learns it from what is wrong with a document.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

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
    FragmentDefinitionNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from graphql.validation import MaxIntrospectionDepthRule, specified_rules
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.graphql.bounds import Limits, check_text, check_variables, refusal, too_large
from api.graphql.measure import Measure, Size, catalogue_budget

__all__ = ["Admission", "DocumentLimits", "Invalid", "Limits", "TimeLimit", "Turns"]

Rules: TypeAlias = tuple[type[ASTValidationRule], ...]

A_NAME: Final = 3
"""What it comes to in introspection to ask whether there is a type of a name, or what the roots are called."""


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
    introspects: bool


class Admission:
    """Reads, measures and validates each document, before anything else looks at it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._read = partial(_read, self._limits)
        # keeps no exceptions, hence no refused document
        self._remembered = lru_cache(maxsize=self._limits.remembered)(self._read)

    def admit(
        self,
        schema: GraphQLSchema,
        query: str,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        rules: Rules = specified_rules,
    ) -> DocumentNode:
        """Give the document to execute.

        Raises:
            Invalid: it is not one that the schema knows how to answer.
            GraphQLError: it asks for too much, or is not for a stranger.
        """
        limits = self._limits
        if operation_name and len(operation_name) > limits.operation_name:
            raise refusal(
                "OPERATION_NAME_TOO_LONG",
                f"Tên thao tác dài quá {limits.operation_name} ký tự",
                f"The operation name is longer than {limits.operation_name} characters",
            )
        check_variables(variables, limits)
        read = self._remembered if len(query) <= limits.remembered_bytes else self._read
        stranger = getattr(context, "signed_in", self) is None
        try:
            admitted = read(schema, rules, query)
        except Invalid:
            if stranger:
                raise refusal(
                    "INVALID_DOCUMENT",
                    "Văn bản không hợp với lược đồ; đăng nhập để được chỉ rõ",
                    "The document does not fit the schema; sign in to be told why",
                ) from None
            raise
        if stranger and admitted.introspects:
            raise refusal(
                "UNAUTHENTICATED",
                "Đăng nhập để đọc lược đồ: gửi Authorization: Bearer <token>",
                "Sign in to read the schema: send Authorization: Bearer <token>",
            )
        if admitted.sized_by_variables:
            _measure(admitted.document, schema, limits, variables or {})
        return admitted.document


class DocumentLimits(SchemaExtension):
    """Admits the documents of sockets, in place of strawberry's own steps; it must stand first in `extensions`."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._errors: list[GraphQLError] = []

    def on_parse(self) -> Iterator[None]:
        """Set the document, or a harmless one in its place: an error raised here would break a stream."""
        context = self.execution_context
        if context.query and context.graphql_document is None:
            try:
                context.graphql_document = self._admission.admit(
                    context.schema._schema,  # noqa: SLF001 — strawberry has no other name for it
                    context.query,
                    variables=context.variables,
                    operation_name=context.operation_name,
                    context=context.context,
                )
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


class Turns:
    """So many operations at a time for each person, so long; strangers at one address share theirs.

    Whoever sends more waits for themselves, and for nobody else's threads and connections. An operation that takes too
    long is ended, of a subscription its start, and to wait for a turn takes time as well; a command already in its
    thread still finishes.
    """

    def __init__(self, seconds: float, *, at_once: int = 16) -> None:
        self._seconds = seconds
        self._at_once = at_once
        self._taken: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, context: object) -> AsyncIterator[None]:
        """Hold a turn of whoever asks.

        Raises:
            GraphQLError: the time is up; what was being resolved is cancelled.
        """
        signed_in = getattr(context, "signed_in", None)
        person = signed_in.actor.account_id if signed_in else getattr(context, "address", None)
        turns = self._taken.setdefault(person, asyncio.Semaphore(self._at_once))
        try:
            async with asyncio.timeout(self._seconds), turns:
                yield
        except TimeoutError:
            raise refusal(
                "TIMED_OUT",
                f"Quá {self._seconds:g} giây; lệnh có thể đã được ghi, hãy gửi lại với cùng commandId",
                f"Took longer than {self._seconds:g} s; a command may still be recorded: "
                "send it again with the same commandId",
            ) from None


class TimeLimit(SchemaExtension):
    """Gives the operations of sockets their turns."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def on_execute(self) -> AsyncIterator[None]:
        """Execute in a turn."""
        async with self._turns.turn(self.execution_context.context):
            yield


def _read(limits: Limits, schema: GraphQLSchema, rules: Rules, query: str) -> Admitted:
    """Parse, measure and validate *query*; raise what stands against it."""
    if (
        len(query) > limits.document_bytes
        or len(query.encode(errors="surrogatepass")) > limits.document_bytes
    ):
        raise too_large(limits)
    document = _parse(limits, query)
    check_text(document, limits)
    admitted = _measure(document, schema, limits, None)
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
    return admitted


def _parse(limits: Limits, query: str) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLSyntaxError as error:
        # graphql-core tells its own limits apart by their text only; the tests pin both texts.
        if "nested too deeply" in error.message:
            raise refusal("TOO_DEEP", "Văn bản lồng quá sâu", "The document is nested too deeply") from None
        if "Parsing aborted" in error.message:
            raise too_large(limits) from None
        error.extensions = {"code": "SYNTAX_ERROR"}
        raise


def _measure(
    document: DocumentNode, schema: GraphQLSchema, limits: Limits, variables: Mapping[str, Any] | None
) -> Admitted:
    """Hold every operation against the limits."""
    sized_by_variables = introspects = False
    used: set[str] = set()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            measure = Measure(schema, document, definition, limits, variables)
            size = measure.operation()
            _check_size(size, definition, limits, measure)
            sized_by_variables = sized_by_variables or measure.sized_by_variables
            introspects = introspects or size.catalogue > A_NAME
            used |= measure.used
    for definition in document.definitions:
        # it was not measured, and graphql-core would go through it in all its ways before saying the same
        if isinstance(definition, FragmentDefinitionNode) and definition.name.value not in used:
            name = definition.name.value
            raise refusal(
                "INVALID_DOCUMENT", f"Mảnh {name} không được dùng", f"Fragment {name} is never used"
            )
    return Admitted(document, sized_by_variables, introspects)


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
