"""How operations are executed: strawberry's way, mended where it does not hold: long subscriptions, long lists."""

from typing import Any, Final

import orjson
from graphql import GraphQLOutputType, GraphQLResolveInfo, get_named_type
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.compiled import Answers, Otherwise
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
