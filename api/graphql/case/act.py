"""What all acts on a case share at the GraphQL edge: each is the command of its name and holds no rule of its own.

An act is told by its input, the command it stands for, and the event it is answered by; the input's fields are the
command's own words.
"""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from api.duplicates import alike
from api.graphql.case.case import Case, of_past
from api.graphql.common import Position
from api.graphql.context import Info
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act, said
from domain.case.guards import check_view
from domain.commands.application import Answer

CASES = Noun("case", "hồ sơ", "case", "caseId", "case_id", of_past, check_view)

CASE = strawberry.field(description="Hồ sơ sau bước này · The case after this act")
CASE_ID = strawberry.field(description="Mã định danh của hồ sơ · The case’s id")
AT = strawberry.field(
    default=None,
    description="Thời điểm ghi trên giấy, bỏ trống là bây giờ · When it took place on paper; now if absent",
)
LATE_REASON = strawberry.field(
    default=None,
    description="Lý do chậm, khi đã quá hạn; không cản trở việc này · Why it comes late, if it does; that bars nothing",
)


@strawberry.input
class OnCase:
    """What every act on a case needs."""

    case_id: strawberry.ID = CASE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class Done:
    """What every act on a case answers."""

    case: Case = CASE
    position: Position = POSITION


def answer(event: str, description: str) -> Any:
    """The type of what an act answers, named by its event."""
    made = type(event, (Done,), {"__doc__": description})
    return strawberry.type(made, description=description)


def case_act(
    given: type[OnCase],
    event: str,
    done: str,
    command: Callable[..., Answer],
    does: str,
    *,
    facts: Callable[[Any], dict[str, Any]] = said,
    compares: bool = False,
) -> Any:
    """Declare the mutation of an input's name; one that *compares* looks for cases of the same violation."""
    name = given.__name__.removesuffix("Input")
    payload = answer(event, done)
    result = Annotated[
        payload | Refused,  # type: ignore[valid-type] # it is made here
        strawberry.union(f"{name}Result", description=OUTCOME),
    ]

    async def run(self: Any, info: Info, input: Any) -> Any:  # noqa: ARG001 — strawberry hands it over
        ctx = info.context

        def told() -> dict[str, Any]:
            look = {"alike": alike(ctx.services, ctx.act)} if compares else {}
            return {**facts(input), **look}

        return await act(info, CASES, name[0].lower() + name[1:], input, payload, command, told)

    run.__annotations__ = {"info": Info, "input": Annotated[given, GIVEN], "return": result}
    return strawberry.mutation(resolver=run, description=does)
