"""How operations are executed: strawberry's way, mended where it does not hold: long subscriptions, long lists."""

from inspect import isawaitable
from typing import Any, Final

import orjson
import strawberry
from graphql import (
    GraphQLError,
    GraphQLOutputType,
    GraphQLResolveInfo,
    execute,
    get_named_type,
    get_operation_ast,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.language import OperationType as Kind
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from api.graphql.compiled import Answers, Otherwise
from api.graphql.limits import Admission, DocumentLimits, Invalid, TimeLimit, Turns
from api.graphql.pages import Listed

ANSWERS: Final = Answers()


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Completes a page as a whole where it can, and each event of a subscription with a memory of its own."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[Any]:
        """Read what is listed; everything else is a value already."""
        if isinstance(result, Listed):
            return self._page(return_type, field_details_list, info, path, result, position_context)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _page(
        self,
        return_type: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        listed: Listed,
        position_context: Any,
    ) -> Any:
        ctx = self.context_value
        answer = ANSWERS.to(self, get_named_type(return_type), details, listed)
        if answer is not None:
            try:
                return orjson.Fragment(await ctx.read(answer, ctx, listed))
            except Otherwise:
                pass  # something is missing: field by field it is told where
        connection = await listed.connection(ctx)
        completed = super().complete_value(return_type, details, info, path, connection, position_context)
        return await completed if self.is_awaitable(completed) else completed

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """Begin with nothing remembered.

        graphql-core 3.3 lets all events of a subscription share what is remembered of the selection, under keys
        that no two events have in common: an open subscription would grow with every event it is told of.
        """
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}  # noqa: SLF001 — graphql-core has no other way in
        return executor


class Schema(strawberry.Schema):
    """A schema whose operations are admitted before they are looked at, and executed in turns.

    Logging is left to the protocol: strawberry logs every typo of a client as an error.
    """

    def __init__(self, *, admission: Admission, turns: Turns, **kwargs: Any) -> None:
        # strawberry's way is taken by sockets alone; its extensions cost each request more than a page does
        extensions = [lambda: DocumentLimits(admission), lambda: TimeLimit(turns)]
        super().__init__(extensions=extensions, **kwargs)
        self._admission = admission
        self._turns = turns

    def _extend_introspection(self) -> None:
        """Leave `isOneOf` to graphql-core: of a list or a non-null type strawberry's own answers by an exception."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Say nothing here."""

    async def execute(  # type: ignore[override] # what else strawberry can be told is not used
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        operation_name: str | None = None,
        **_: Any,
    ) -> ExecutionResult:
        """Execute one operation with one answer.

        Raises:
            CannotGetOperationTypeError: there is none of that name.
            InvalidOperationTypeError: it is a subscription, which needs a socket.
        """
        try:
            document = self._admission.admit(
                self._schema,
                query or "",
                variables=variable_values,
                operation_name=operation_name,
                context=context_value,
            )
            operation = get_operation_ast(document, operation_name)
            if operation is None:
                raise CannotGetOperationTypeError(operation_name)
            if operation.operation is Kind.SUBSCRIPTION:
                raise InvalidOperationTypeError(OperationType.SUBSCRIPTION)
            async with self._turns.turn(context_value):
                result = execute(
                    self._schema,
                    document,
                    variable_values=variable_values,
                    operation_name=operation_name,
                    context_value=context_value,
                    is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type] # strawberry's own, not marked as a guard
                    executor_class=self.execution_context_class,
                )
                if isawaitable(result):
                    result = await result
        except Invalid as invalid:
            return ExecutionResult(data=None, errors=invalid.errors)
        except GraphQLError as error:
            return ExecutionResult(data=None, errors=[error])
        return ExecutionResult(data=result.data, errors=result.errors)
