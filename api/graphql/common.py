"""What every noun of the schema shares: positions, rules, refusals, pages, steps."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from psycopg import Connection

from api import sign_in_refusals
from api.graphql.context import Info, RequestContext, legal
from domain import errors
from domain.context import Context
from domain.personal import Personal
from projections.history import Step as RecordedStep

Position = NewType("Position", int)


def shown_position(position: int) -> str:
    """A position as clients see it: opaque, and ordered as text."""
    return f"{position:016d}"


def _position(value: object) -> int:
    if not isinstance(value, str) or len(value) != 16 or not value.isascii() or not value.isdigit():  # noqa: PLR2004
        raise ValueError("a Position is expected, as another answer gave it")
    return int(value)


POSITION = strawberry.scalar(
    name="Position",
    description="Vị trí trong sổ sự kiện; so sánh được như chuỗi · A place in the log; it orders as a string",
    serialize=shown_position,
    parse_value=_position,
)

DATE = strawberry.scalar(
    name="Date",
    description="Ngày theo lịch Việt Nam · A day in Viet Nam, such as 2022-05-10",
    serialize=date.isoformat,
    parse_value=date.fromisoformat,
)


@strawberry.enum(description="Ngôn ngữ · Language")
class Language(Enum):
    """The languages of messages."""

    VI = "VI"
    EN = "EN"


@strawberry.type(description="Nghĩa vụ trong văn bản · An obligation in a regulation")
class Rule:
    """An obligation, by the id under which it is enforced."""

    id: strawberry.ID = strawberry.field(description="Mã nghĩa vụ · Obligation id, such as R-DH-11.3.a1")
    citation: str = strawberry.field(description="Trích dẫn · Citation")


def cited(ctx: RequestContext, rule_id: str) -> Rule:
    """The rule of an id, with its citation from the rulebook."""
    try:
        citation = ctx.services.rulebook.citation(rule_id)
    except LookupError:
        citation = rule_id
    return Rule(id=strawberry.ID(rule_id), citation=citation)


def rule(info: Info, rule_id: str | None) -> Rule | None:
    """The same, where there is one."""
    return None if rule_id is None else cited(info.context, rule_id)


def rules(_: Connection[Any], ctx: RequestContext, rule_ids: Collection[str]) -> Mapping[str, Rule]:
    """The rules of a page, by id."""
    return {rule_id: cited(ctx, rule_id) for rule_id in rule_ids}


def _message(refusal: errors.Refusal, language: Language) -> str:
    return refusal.vi if language is Language.VI else refusal.en


# -- arguments that every list and look-up takes --------------------------------------

First = Annotated[int, strawberry.argument(description="Số dòng, 1 đến 100 · Rows of the page, 1 to 100")]
After = Annotated[
    str | None, strawberry.argument(description="Tiếp sau con trỏ này · Continue after this cursor")
]
MinPosition = Annotated[
    Position | None,
    strawberry.argument(
        description="Chờ đến khi thấy vị trí này, tối đa 2 giây · Wait to see this, at most 2 s"
    ),
]
NARROW = strawberry.argument(description="Chỉ những dòng này · Only these rows")
Speech = Annotated[Language, strawberry.argument(description="Ngôn ngữ của lý do · Language of the reason")]


# -- refusals: data at the edge ---------------------------------------------------


@strawberry.interface(description="Từ chối, có lý do và căn cứ · A refusal, with its reason and rule")
class Refusal:
    """What was refused, why, under which rule, and whether to try again."""

    refused: strawberry.Private[errors.Refusal]

    @strawberry.field(description="Mã từ chối · Code of the refusal")
    def code(self) -> str:
        """The stable code."""
        return self.refused.code

    @strawberry.field(description="Lý do, một dòng · The reason, in one line")
    def message(self, language: Speech = Language.VI) -> str:
        """The reason in the language asked for."""
        return _message(self.refused, language)

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The rule that wants it so."""
        return rule(info, self.refused.rule)

    @strawberry.field(description="Thử lại có ích không · Whether trying again may help")
    def retryable(self) -> bool:
        """Whether trying again may help."""
        return self.refused.retryable


@strawberry.type(description="Không được phép · Not allowed")
class Forbidden(Refusal):
    """The actor may not do this."""


@strawberry.type(description="Không tìm thấy · Not found")
class NotFound(Refusal):
    """Nothing by that identity."""


@strawberry.type(description="Trạng thái không cho phép · Not open in the present state")
class WrongState(Refusal):
    """Not open in the present state."""


@strawberry.type(description="Đã có người khác thay đổi · Somebody else acted first")
class VersionConflict(Refusal):
    """Somebody else acted first."""


@strawberry.type(description="commandId đã dùng · The commandId was used for another input")
class CommandIdReused(Refusal):
    """The idempotency key was used for another input."""


@strawberry.type(description="Chưa hiển thị · Not visible yet")
class NotYetVisible(Refusal):
    """The read model has not come that far."""


@strawberry.type(description="Dữ liệu không hợp lệ · A field that cannot be accepted")
class InvalidInput(Refusal):
    """A field that cannot be accepted."""

    @strawberry.field(description="Trường sai · The field")
    def path(self) -> str:
        """The field's path in the input."""
        return self.refused.path if isinstance(self.refused, errors.InvalidInput) else ""


@strawberry.type(description="Cùng một người · The same person")
class SamePerson(Refusal):
    """Two acts that two people must do."""


@strawberry.type(description="Cùng một đơn vị · The same unit")
class SameUnit(Refusal):
    """Two acts that two units must do."""


@strawberry.type(description="Cần mã xác thực · A second factor is asked for")
class SecondFactorNeeded(Refusal):
    """The password is right, and a code is asked for besides."""


SHOWN: dict[type[errors.Refusal], type[Refusal]] = {
    errors.Forbidden: Forbidden,
    errors.NotFound: NotFound,
    errors.WrongState: WrongState,
    errors.VersionConflict: VersionConflict,
    errors.CommandIdReused: CommandIdReused,
    errors.NotYetVisible: NotYetVisible,
    errors.InvalidInput: InvalidInput,
    errors.SamePerson: SamePerson,
    errors.SameUnit: SameUnit,
    sign_in_refusals.SecondFactorNeeded: SecondFactorNeeded,
}


def shown(refusal: errors.Refusal) -> Any:
    """A refusal as a member of a mutation's union."""
    return SHOWN[type(refusal)](refused=refusal)


# -- available actions --------------------------------------------------------------


@strawberry.type(description="Vì sao chưa được · Why not")
class ActionReason:
    """One reason why an action is not open."""

    refused: strawberry.Private[errors.Refusal]

    @strawberry.field(description="Lý do, một dòng · The reason, in one line")
    def message(self, language: Speech = Language.VI) -> str:
        """The reason in the language asked for."""
        return _message(self.refused, language)

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The rule that wants it so."""
        return rule(info, self.refused.rule)


@strawberry.type(description="Việc có thể làm · An action, and whether this person may do it now")
class AvailableAction:
    """An action, by the name of its mutation."""

    action: str = strawberry.field(description="Tên mutation · The mutation's name")
    enabled: bool = strawberry.field(description="Làm được ngay không · Whether it is open now")
    reasons: list[ActionReason] = strawberry.field(description="Vì sao chưa được · Why not")


Enabled = Annotated[
    bool | None,
    strawberry.argument(
        description="Chỉ việc làm được ngay, hoặc chỉ việc chưa được; nhanh hơn cho danh sách"
        " · Only those that are open, or only those that are not; the quicker way for a list"
    ),
]


def available(
    guards: Mapping[str, Callable[[Any, Context], errors.Refusal | None]],
    subject: object,
    context: Context,
    *,
    enabled: bool | None = None,
) -> list[AvailableAction]:
    """What the guards that decide say now; of them those that are *enabled*, or that are not, where it is given."""
    refusals = [(name, guard(subject, context)) for name, guard in guards.items()]
    return [
        AvailableAction(
            action=name, enabled=refusal is None, reasons=[ActionReason(refused=refusal)] if refusal else []
        )
        for name, refusal in refusals
        if enabled is None or enabled == (refusal is None)
    ]


# -- history --------------------------------------------------------------------------


@strawberry.type(description="Một bước trong lịch sử · One step of a history")
class Step:
    """One event, with names as they were at the time."""

    recorded: strawberry.Private[RecordedStep]

    @strawberry.field(description="Vị trí · Position in the log")
    def position(self) -> Position:
        """The place in the log."""
        return Position(self.recorded.position)

    @strawberry.field(description="Sự kiện · Event, such as case:approved")
    def event(self) -> str:
        """The event's topic."""
        return str(getattr(self.recorded.event, "TOPIC", ""))

    @strawberry.field(description="Thời điểm diễn ra · When it took place")
    def at(self) -> datetime:
        """When it took place."""
        return legal(self.recorded.event.envelope.took_place_at)

    @strawberry.field(description="Thời điểm ghi nhận · When it was recorded")
    def recorded_at(self) -> datetime:
        """When it was recorded."""
        return legal(self.recorded.event.timestamp)

    @strawberry.field(description="Người thực hiện, tên lúc đó · Who, by the name of that time")
    async def by(self, info: Info) -> str:
        """The person's name at that time, or the process."""
        actor = self.recorded.actor
        if actor is None or actor.sealed_name is None:
            return self.recorded.event.envelope.by
        name = await info.context.open(actor.sealed_name)
        return f"{name} ({actor.code})"

    @strawberry.field(description="Đơn vị, tên lúc đó · Unit, by the name of that time")
    def unit(self) -> str:
        """The unit's name at that time."""
        return self.recorded.unit.name if self.recorded.unit else ""

    @strawberry.field(description="Lý do · Reason, where the rule wants one")
    async def reason(self, info: Info) -> str | None:
        """The reason code, and the words given with it."""
        event = self.recorded.event
        note = getattr(event, "note", None) or getattr(event, "text", None)
        words = await info.context.open(note) if isinstance(note, Personal) else None
        parts = [part for part in (event.envelope.reason, words) if part]
        return ": ".join(parts) or None

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The rule that gives the power to act."""
        return rule(info, self.recorded.event.envelope.rule)
