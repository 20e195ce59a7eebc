"""Mutations that make something new: what they name that somebody may not see is as absent as what never was."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from api.graphql.common import Position, shown
from api.graphql.context import Info
from api.graphql.mutation import Noun, command_of
from api.graphql.reading import attempted, look_at
from api.services import Writes
from domain import errors
from domain.commands.application import Answer
from domain.commands.reading import ATTEMPTS

P = TypeVar("P")


async def create(
    info: Info,
    noun: Noun,
    name: str,
    given: Any,
    payload: Callable[..., P],
    command: Callable[..., Answer],
    facts: Callable[[], dict[str, Any]],
    *,
    run: Writes | None = None,
) -> P:
    """Run the command of a mutation that makes something; a refusal comes back as a member of its union.

    Whoever may not, or names what is not theirs to see, is on record as having tried. What waits for something else
    than the database runs on threads of its own.
    """
    ctx = info.context
    ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
    try:
        key = command_of(info, name, given)
        answer = await (run or ctx.services.writes)(
            partial(command, ctx.services.app, ctx.act, key, **facts())
        )
    except errors.Refusal as refusal:
        why = refusal.__cause__ or refusal  # of what is hidden, the refusal to show it
        if isinstance(why, ATTEMPTS):
            look = look_at(info, name, noun.name, [], ctx.act.actor.area_path)
            await attempted(info, look, why)
        return shown(refusal)  # type: ignore[no-any-return]
    made = await noun.find(info, answer.id, None, upto=answer.position)
    if made is None:
        return shown(errors.NotFound(noun.vi, noun.en, answer.id))  # type: ignore[no-any-return]
    return payload(**{noun.name: made}, position=Position(answer.position))
