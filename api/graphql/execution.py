"""How operations are executed: strawberry's way, mended where it does not hold for long subscriptions."""

from typing import Any

from graphql.execution import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Executes each event of a subscription with a memory of its own.

    graphql-core 3.3 lets all events of a subscription share what is remembered of the selection, under keys
    that no two events have in common: an open subscription would grow with every event it is told of.
    """

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """Begin with nothing remembered."""
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}  # noqa: SLF001 — graphql-core has no other way in
        return executor
