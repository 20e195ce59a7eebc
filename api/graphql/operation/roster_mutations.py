"""The acts on a roster at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.roster import REGISTER, Roster
from domain.commands import roster as commands
from domain.roster import check_view
from domain.turns import Turn
from projections.duty_roster import beside

ROSTERS = Noun("roster", "lịch trực", "roster", "rosterId", "roster_id", REGISTER.of_record, check_view)
AFTER = strawberry.field(description="Sau bước này · After this act")
ID = strawberry.field(description="Mã định danh · Id")


@strawberry.type(description="Đã lập lịch trực · A roster was drawn")
class RosterDrawn:
    """A roster was drawn."""

    roster: Roster = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã sửa lịch trực · A roster was redrawn")
class RosterRedrawn:
    """A roster was redrawn."""

    roster: Roster = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã ban hành lịch trực · A roster was published")
class RosterPublished:
    """A roster was published."""

    roster: Roster = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã đổi ca · A turn was swapped")
class DutySwapped:
    """A turn was swapped."""

    roster: Roster = AFTER
    position: Position = POSITION


DrawRosterResult = Annotated[RosterDrawn | Refused, strawberry.union("DrawRosterResult", description=OUTCOME)]
RedrawRosterResult = Annotated[
    RosterRedrawn | Refused, strawberry.union("RedrawRosterResult", description=OUTCOME)
]
PublishRosterResult = Annotated[
    RosterPublished | Refused, strawberry.union("PublishRosterResult", description=OUTCOME)
]
SwapDutyResult = Annotated[DutySwapped | Refused, strawberry.union("SwapDutyResult", description=OUTCOME)]


@strawberry.input(description="Một lượt trực · A turn of duty")
class TurnInput:
    """One person on duty from an instant up to another."""

    account_id: strawberry.ID = strawberry.field(description="Người trực · Who is on duty")
    starts_at: datetime = strawberry.field(description="Từ · From")
    ends_at: datetime = strawberry.field(description="Đến · To")


def turns_of(given: list[TurnInput]) -> list[Turn]:
    """The turns as the domain takes them."""
    return [
        Turn(
            account_id=identity("turns.accountId", one.account_id),
            starts_at=utc("turns.startsAt", one.starts_at),
            ends_at=utc("turns.endsAt", one.ends_at),
        )
        for one in given
    ]


@strawberry.input(description="Lập lịch trực · Draw a roster")
class DrawRosterInput:
    """What that needs."""

    post: str = strawberry.field(description="Vị trí trực · The post")
    month: str = strawberry.field(description="Tháng, ví dụ 2026-06 · Month, such as 2026-06")
    turns: list[TurnInput] = strawberry.field(description="Các lượt trực, tối đa 1000 · At most 1000 turns")
    command_id: str = COMMAND_ID


@strawberry.input(description="Sửa lịch trực chưa ban hành · Draw a roster otherwise")
class RedrawRosterInput:
    """What that needs."""

    roster_id: strawberry.ID = ID
    turns: list[TurnInput] = strawberry.field(description="Các lượt trực, tối đa 1000 · At most 1000 turns")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ban hành lịch trực không còn khoảng trống · Publish a roster")
class PublishRosterInput:
    """What that needs."""

    roster_id: strawberry.ID = ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đổi người trực · Let somebody else take a turn")
class SwapDutyInput:
    """What that needs."""

    roster_id: strawberry.ID = ID
    turn: int = strawberry.field(description="Lượt trực thứ mấy, từ 1 · Which turn, from 1")
    account_id: strawberry.ID = strawberry.field(description="Người trực thay · Who takes it")
    text: str = strawberry.field(description="Lý do · Why")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


def _elsewhere(info: Info) -> commands.Elsewhere:
    """Who is on duty by other rosters by now."""
    read = info.context.services.reads.sync
    return lambda one: read(beside, one, one.id)


@strawberry.type
class RosterMutation:
    """The acts on rosters."""

    @strawberry.mutation(description="Lập lịch trực · Draw a roster")
    async def draw_roster(self, info: Info, input: Annotated[DrawRosterInput, GIVEN]) -> DrawRosterResult:
        """Draw a roster."""

        def facts() -> dict[str, Any]:
            return {"post": input.post, "month": input.month, "turns": turns_of(input.turns)}

        return await create(info, ROSTERS, "drawRoster", input, RosterDrawn, commands.draw_roster, facts)

    @strawberry.mutation(description="Sửa lịch trực chưa ban hành · Draw a roster otherwise")
    async def redraw_roster(
        self, info: Info, input: Annotated[RedrawRosterInput, GIVEN]
    ) -> RedrawRosterResult:
        """Draw a roster otherwise."""

        def facts() -> dict[str, Any]:
            return {"turns": turns_of(input.turns)}

        return await act(info, ROSTERS, "redrawRoster", input, RosterRedrawn, commands.redraw_roster, facts)

    @strawberry.mutation(description="Ban hành lịch trực không còn khoảng trống · Publish a roster")
    async def publish_roster(
        self, info: Info, input: Annotated[PublishRosterInput, GIVEN]
    ) -> PublishRosterResult:
        """Publish a roster."""

        def facts() -> dict[str, Any]:
            return {"elsewhere": _elsewhere(info)}

        return await act(
            info, ROSTERS, "publishRoster", input, RosterPublished, commands.publish_roster, facts
        )

    @strawberry.mutation(description="Đổi người trực · Let somebody else take a turn")
    async def swap_duty(self, info: Info, input: Annotated[SwapDutyInput, GIVEN]) -> SwapDutyResult:
        """Let somebody else take a turn."""

        def facts() -> dict[str, Any]:
            return {
                "turn": input.turn,
                "account_id": identity("accountId", input.account_id),
                "text": input.text,
                "elsewhere": _elsewhere(info),
            }

        return await act(info, ROSTERS, "swapDuty", input, DutySwapped, commands.swap_duty, facts)
