"""Duty rosters at the GraphQL edge: who is on duty when, and when nobody is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.roster import GUARDS, RosterState, check_view
from domain.turns import Gap, absent, double_bookings, gaps, present
from domain.turns import Turn as DutyTurn
from projections import duty_roster, scope
from projections.duty_roster import RosterNarrow, RosterRow
from projections.follower import Recorded

strawberry.enum(RosterState, description="Trạng thái lịch trực · State of a roster")


@strawberry.type(description="Một lượt trực · A turn of duty")
class Turn:
    """One person on duty from an instant up to another."""

    unit_id: strawberry.Private[UUID]
    turn: strawberry.Private[DutyTurn]

    @strawberry.field(description="Người trực · Who is on duty")
    def person(self) -> Person:
        """Who is on duty."""
        return Person(account_id=strawberry.ID(str(self.turn.account_id)), unit_id=self.unit_id)

    @strawberry.field(description="Từ · From")
    def starts_at(self) -> datetime:
        """From when."""
        return legal(self.turn.starts_at)

    @strawberry.field(description="Đến · To")
    def ends_at(self) -> datetime:
        """Up to when."""
        return legal(self.turn.ends_at)


@strawberry.type(description="Khoảng không có người trực · When nobody is on duty")
class DutyGap:
    """Nobody is on duty from an instant up to another."""

    starts_at: datetime = strawberry.field(description="Từ · From")
    ends_at: datetime = strawberry.field(description="Đến · To")


async def left(
    info: Info, unit_id: UUID, turns: Sequence[DutyTurn], at: datetime | None = None
) -> dict[UUID, datetime]:
    """Since when whoever of these has left the unit, or may not sign in, has."""
    people = sorted({turn.account_id for turn in turns})
    since = await info.context.left.load_many([(one, unit_id, at) for one in people])
    return {one: gone for one, gone in zip(people, since, strict=True) if gone is not None}


def shown_gaps(found: Iterable[Gap]) -> list[DutyGap]:
    """Gaps as they are told."""
    return [DutyGap(starts_at=legal(gap.starts_at), ends_at=legal(gap.ends_at)) for gap in found]


@strawberry.type(description="Lịch trực · A duty roster")
class Roster:
    """Who is on duty at a post in a month."""

    row: strawberry.Private[RosterRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("roster_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-LT-2026-000001 · Number, such as DH-LT-2026-000001")
    state: RosterState = column("state", "Trạng thái · State", RosterState)
    post: str = column("post", "Vị trí trực · The post")
    month: str = column("month", "Tháng, ví dụ 2026-06 · Month, such as 2026-06")
    area: str = column("area_path", "Địa bàn của đơn vị · Area of the unit")
    drawn_at: datetime = column("drawn_at", "Lập lúc · When it was drawn", legal)
    published_at: datetime | None = column("published_at", "Ban hành lúc · When it was published", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(description="Các lượt trực · The turns")
    def turns(self) -> list[Turn]:
        """Who is on duty when, in the order they were given."""
        return [Turn(unit_id=self.row.owner_unit, turn=turn) for turn in self.row.turns]

    @strawberry.field(
        description="Các khoảng không có người trực, kể cả khi người trực không còn làm việc ở đơn vị"
        " · When nobody is on duty, also because whoever was to be has left or may not sign in"
    )
    async def gaps(self, info: Info) -> list[DutyGap]:
        """Every gap of the month."""
        row = self.row
        there = present(row.turns, await left(info, row.owner_unit, row.turns, self.at))
        return shown_gaps(gaps(there, row.starts_at, row.ends_at))

    @strawberry.field(
        description="Lượt trực của người không còn làm việc ở đơn vị hoặc bị khoá tài khoản"
        " · Turns of people who have left or may not sign in, from then on"
    )
    async def absences(self, info: Info) -> list[Turn]:
        """What of the turns nobody is there for, although somebody was to be."""
        row = self.row
        found = absent(row.turns, await left(info, row.owner_unit, row.turns, self.at))
        return [Turn(unit_id=row.owner_unit, turn=turn) for turn in found]

    @strawberry.field(
        description="Trực trùng giờ, kể cả với lịch trực khác đã ban hành của đơn vị"
        " · When somebody is on duty twice at once, also by another published roster of the unit"
    )
    async def double_bookings(self, info: Info) -> list[Turn]:
        """When somebody is on duty twice at once."""
        elsewhere = await info.context.read(duty_roster.beside, self.row, self.row.roster_id)
        found = double_bookings(self.row.turns, elsewhere)
        return [Turn(unit_id=self.row.owner_unit, turn=turn) for turn in found]

    @strawberry.field(description="Người lập · Who drew it")
    def drawn_by(self) -> Person:
        """Who drew it."""
        return Person(account_id=strawberry.ID(self.row.drawn_by), unit_id=self.row.owner_unit)

    unit: Unit = unit_of("owner_unit", "Đơn vị · The unit")
    history: list[Step] = steps("roster_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một lịch trực trong danh sách · A duty roster in a list")
class RosterEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Roster = strawberry.field(description="Lịch trực · A duty roster")


@strawberry.type(description="Một trang lịch trực · A page of duty rosters")
class RosterConnection(Connection):
    """A page of them."""

    edges: list[RosterEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Roster] = strawberry.field(description="Các dòng · Rows")


ROSTERS = ListOf(
    name="rosters",
    listing=duty_roster.LISTING,
    node=Roster,
    edge=RosterEdge,
    connection=RosterConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc lịch trực · Narrow the list of duty rosters")
class RosterFilter:
    """What to narrow the list to."""

    states: list[RosterState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    month: str | None = strawberry.field(default=None, description="Tháng · Month")
    post: str | None = strawberry.field(default=None, description="Vị trí trực · The post")
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> RosterNarrow:
        """The filter as the read model takes it."""
        return RosterNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            month=self.month,
            post=self.post,
            number=self.number,
        )


REGISTER = Register(noun="roster", log=duty_roster, id="roster_id", node=Roster, check_view=check_view)


@strawberry.type
class RosterQuery:
    """Queries on duty rosters."""

    @strawberry.field(description="Một lịch trực · One duty roster")
    async def roster(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Roster | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các lịch trực, mới nhất trước · Duty rosters, newest first")
    async def rosters(
        self,
        info: Info,
        filter: Annotated[RosterFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> RosterConnection:
        """Those in one's scope."""
        ctx = info.context
        within = scope.of_rosters(ctx.act)
        await ctx.visible(min_position, "duty_roster", "directory")
        return ROSTERS.listed(within, (filter or RosterFilter()).narrow(), first=first, after=after)
