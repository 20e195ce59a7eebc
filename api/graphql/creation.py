"""Mutations that make something new: what they name that somebody may not see is as absent as what never was."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from api.graphql.common import Position, shown
from api.graphql.context import Info
from api.graphql.looking import attempted, look_at
from api.graphql.mutation import Noun, command_of
from api.services import Writes
from domain import errors
from domain.commands.application import Answer
from domain.commands.reading import Look, is_attempt

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
    cameras: str | None = None,
) -> P:
    """Run the command of a mutation that makes something; a refusal comes back as a member of its union.

    Whoever may not, or names what is not theirs to see, is on record as having tried. What waits for something else
    than the database runs on threads of its own. What is done with *cameras*, as a fact names them, is tried of them.
    """
    ctx = info.context
    ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
    said: dict[str, Any] = {}
    try:
        said = facts()
        key = command_of(info, name, given)
        answer = await (run or ctx.services.writes)(partial(command, ctx.services.app, ctx.act, key, **said))
    except errors.Refusal as refusal:
        why = refusal.__cause__ or refusal  # of what is hidden, the refusal to show it
        if is_attempt(why):
            await attempted(info, await _look(info, noun, name, said.get(cameras or "")), why)
        return shown(refusal)  # type: ignore[no-any-return]
    made = await noun.find(info, answer.id, None, upto=answer.position)
    if made is None:
        return shown(errors.NotFound(noun.vi, noun.en, answer.id))  # type: ignore[no-any-return]
    return payload(**{noun.name: made}, position=Position(answer.position))


async def _look(info: Info, noun: Noun, name: str, named: UUID | list[UUID] | None) -> Look:
    """What somebody tried to get at: something new, or the cameras that they named."""
    if not named:
        return look_at(info, name, noun.name, [], info.context.act.actor.area_path)
    ids = named if isinstance(named, list) else [named]
    camera = await info.context.camera.load(ids[0])
    area_path = camera.area_path if camera else info.context.act.actor.area_path
    return look_at(info, name, "camera", ids, area_path)
