"""What every mutation shares: the command it stands for, what it answers, and what it keeps to itself."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import strawberry

from api.graphql.common import (
    CommandIdReused,
    Forbidden,
    InvalidInput,
    NotFound,
    Position,
    SamePerson,
    SameUnit,
    VersionConflict,
    WrongState,
    shown,
)
from api.graphql.context import Info, identity, utc
from api.graphql.looking import attempted, look_at
from domain import errors
from domain.commands.application import Answer, Command
from domain.commands.reading import is_attempt
from domain.context import Context

LONGEST_COMMAND_ID: Final = 64
ENVELOPE: Final = {"case_id", "camera_id", "command_id", "expected_version"}

P = TypeVar("P")

Refused = (
    Forbidden
    | NotFound
    | WrongState
    | VersionConflict
    | CommandIdReused
    | InvalidInput
    | SamePerson
    | SameUnit
)

GIVEN = strawberry.argument(description="Nội dung lệnh · What the command says")
OUTCOME = "Kết quả, hoặc lời từ chối có căn cứ · What was done, or a refusal with its rule"
POSITION = strawberry.field(
    description="Vị trí đã ghi, dùng cho minPosition · The position written, for minPosition"
)
COMMAND_ID = strawberry.field(
    description="Mã lệnh do client đặt; gửi lại cùng mã là cùng một lệnh · Your idempotency key"
)
EXPECTED = strawberry.field(
    default=None, description="Phiên bản đã xem; khác thì từ chối · The version you looked at"
)


@dataclass(frozen=True)
class Noun:
    """What a mutation acts on: how its input names it, how it is found, and who may know that it is there."""

    name: str
    vi: str
    en: str
    path: str
    keyword: str
    find: Callable[..., Awaitable[Any]]
    check_view: Callable[[Any, Context], errors.Refusal | None]
    rights: bool = False
    """Whether an act on it may change who somebody is, or what they may do."""


def command_of(info: Info, name: str, given: Any) -> Command:
    """The command of a mutation's input.

    Raises:
        InvalidInput: its id is empty or too long.
    """
    if not 1 <= len(given.command_id) <= LONGEST_COMMAND_ID:
        raise errors.InvalidInput(
            "commandId", f"từ 1 đến {LONGEST_COMMAND_ID} ký tự", f"1 to {LONGEST_COMMAND_ID} characters"
        )
    facts = {k: str(v) for k, v in asdict(given).items() if v is not None and k != "command_id"}
    expected = getattr(given, "expected_version", None)
    return Command.of(info.context.present.actor.account_id, given.command_id, name, facts, expected)


async def act(
    info: Info,
    noun: Noun,
    name: str,
    given: Any,
    payload: Callable[..., P],
    command: Callable[..., Answer],
    facts: Callable[[], dict[str, Any]] = dict,
    *,
    long: bool = False,
) -> P:
    """Run the command of a mutation on something; a refusal comes back as a member of its union.

    What is shown is what the command left, so that it shows the same whenever it is sent again: it is no way to look
    at what came later. A *long* command runs among the jobs.
    """
    ctx = info.context
    ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
    subject_id: UUID | None = None
    try:
        key = command_of(info, name, given)
        subject_id = identity(noun.path, getattr(given, noun.keyword))
        work = partial(command, ctx.services.app, ctx.act, key, **{noun.keyword: subject_id}, **facts())
        answer = await (ctx.services.jobs(key, work) if long else ctx.services.writes(work))
    except errors.Refusal as refusal:
        return shown(await concealed(info, noun, name, subject_id, refusal))  # type: ignore[no-any-return]
    if noun.rights:
        ctx.forget(None)  # it holds as soon as it is said to, here; elsewhere as soon as the log is heard
    left = await noun.find(info, subject_id, None, upto=answer.position)
    if left is None or not await _shown(info, noun, subject_id, left):
        return shown(errors.NotFound(noun.vi, noun.en, subject_id))  # type: ignore[no-any-return]
    return payload(**{noun.name: left}, position=Position(answer.position))


async def _shown(info: Info, noun: Noun, subject_id: UUID, left: Any) -> bool:
    """Whether somebody is shown what their command left: it, or what they acted on, is theirs to see.

    Whoever sends a case on may have no part in it any more, and is told that it went.
    """
    context = info.context.act
    if noun.check_view(left.row, context) is None:
        return True
    act = left.past[-1].event.envelope.correlation_id
    first = next(step for step in left.past if step.event.envelope.correlation_id == act)
    before = await noun.find(info, subject_id, None, upto=first.position - 1)
    return before is not None and noun.check_view(before.row, context) is None


async def concealed(
    info: Info, noun: Noun, name: str, subject_id: UUID | None, refusal: errors.Refusal
) -> errors.Refusal:
    """A refusal about something outside of one's scope says no more than that there is none.

    That holds for every word of it: whether a recipient was found, too, is asked only of something that is there.
    """
    if subject_id is None or isinstance(refusal, errors.InvalidInput | errors.CommandIdReused):
        return refusal
    found = await noun.find(info, subject_id, None)
    hidden = noun.check_view(found.row, info.context.act) if found is not None else None
    if found is not None and (hidden or is_attempt(refusal)):
        look = look_at(info, name, noun.name, [subject_id], found.row.area_path)
        await attempted(info, look, hidden or refusal)
    if found is None or hidden:
        return errors.NotFound(noun.vi, noun.en, subject_id)
    return refusal


def said(given: Any) -> dict[str, Any]:
    """What an input says beside its case or camera, as the command takes it: ids and instants read, lists as given.

    Raises:
        InvalidInput: an id or an instant is none.
    """
    told: dict[str, Any] = {}
    for field in fields(given):
        if field.name not in ENVELOPE:
            told[field.name] = _read(field.name, getattr(given, field.name))
    return told


def _read(name: str, value: Any) -> Any:
    first, *others = name.split("_")
    path = first + "".join(map(str.title, others))
    if isinstance(value, datetime):
        return utc(path, value)
    if isinstance(value, list):
        return tuple(value)
    return identity(path, value) if value is not None and name.endswith("_id") else value
