"""Obstacles at the GraphQL edge: what stands in whose way, how far up it went, how it was settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import Link, column, of_source, sealed
from api.graphql.common import (
    NARROW,
    After,
    AvailableAction,
    First,
    Language,
    MinPosition,
    Rule,
    Speech,
    Step,
    rule,
    rules,
)
from api.graphql.context import Info, identity, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.obstacle import GUARDS, ObstacleState, chain, check_view
from domain.operating import Level
from projections import obstacle_log, scope
from projections.follower import Recorded
from projections.obstacle_log import ObstacleNarrow, ObstacleRow

strawberry.enum(ObstacleState, description="Trạng thái vướng mắc · State of an obstacle")


@strawberry.type(description="Nơi giải quyết vướng mắc · Who settles obstacles")
class ObstacleLevel:
    """One body of the chain that the regulation names."""

    level: strawberry.Private[Level]

    @strawberry.field(description="Loại đơn vị; ngoài hệ thống thì không có · Kind of unit; none outside")
    def unit_kind(self) -> str | None:
        """The kind of unit, where it is one of the system."""
        return self.level.kind

    @strawberry.field(description="Tên · Name")
    def name(self, language: Speech = Language.VI) -> str:
        """What it is called."""
        return self.level.vi if language is Language.VI else self.level.en


@strawberry.type(description="Vướng mắc · An obstacle")
class Obstacle:
    """What keeps a unit from following the regulation, and who settles it."""

    row: strawberry.Private[ObstacleRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("obstacle_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-VM-2026-000001 · Number, such as DH-VM-2026-000001")
    state: ObstacleState = column("state", "Trạng thái · State", ObstacleState)
    area: str = column("area_path", "Địa bàn · Area")
    reported_at: datetime = column("reported_at", "Báo cáo lúc · When it was reported", legal)
    escalated_to: str | None = column("escalated_to", "Đã báo cáo lên · Before whom it was put")
    document: str | None = column("document", "Văn bản gần nhất · The last document")
    case_id: strawberry.ID | None = column("case_id", "Hồ sơ liên quan · The case it is about", str)
    settled_at: datetime | None = column("settled_at", "Giải quyết lúc · When it was settled", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    text: str | None = sealed("obstacle_id", "text", "Nội dung · What it says")
    answer: str | None = sealed("obstacle_id", "answer", "Cách giải quyết · How it was settled")

    @strawberry.field(
        description="Nghĩa vụ bị vướng · The obligation that cannot be kept",
        metadata=of_source(Link("subject_rule", rules)),
    )
    def rule(self, info: Info) -> Rule | None:
        """The obligation that cannot be kept."""
        return rule(info, self.row.subject_rule)

    unit: Unit = unit_of("owner_unit", "Đơn vị báo cáo · The unit that reported it")

    @strawberry.field(description="Người báo cáo · Who reported it")
    def reported_by(self) -> Person:
        """Who reported it."""
        return Person(account_id=strawberry.ID(self.row.reported_by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Nơi đang giải quyết · Who is to settle it")
    def addressed(self, info: Info) -> ObstacleLevel | None:
        """The body it has come to."""
        levels = chain(info.context.act.rulebook)
        return ObstacleLevel(level=levels[self.row.level]) if self.row.level < len(levels) else None

    history: list[Step] = steps("obstacle_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một vướng mắc trong danh sách · An obstacle in a list")
class ObstacleEdge:
    """An obstacle in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Obstacle = strawberry.field(description="Vướng mắc · The obstacle")


@strawberry.type(description="Một trang vướng mắc · A page of obstacles")
class ObstacleConnection(Connection):
    """A page of obstacles."""

    edges: list[ObstacleEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Obstacle] = strawberry.field(description="Các dòng · Rows")


OBSTACLES = ListOf(
    name="obstacles",
    listing=obstacle_log.LISTING,
    node=Obstacle,
    edge=ObstacleEdge,
    connection=ObstacleConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc vướng mắc · Narrow the list of obstacles")
class ObstacleFilter:
    """What to narrow the list to."""

    states: list[ObstacleState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Hồ sơ · The case it is about")
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> ObstacleNarrow:
        """The filter as the read model takes it."""
        return ObstacleNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            case_id=identity("filter.caseId", self.case_id) if self.case_id is not None else None,
            number=self.number,
        )


REGISTER = Register(noun="obstacle", log=obstacle_log, id="obstacle_id", node=Obstacle, check_view=check_view)


@strawberry.type
class ObstacleQuery:
    """Queries on obstacles."""

    @strawberry.field(
        description="Vướng mắc được báo cáo lên đâu, theo quy định · Whom an obstacle goes to, by the regulation"
    )
    def obstacle_chain(self, info: Info) -> list[ObstacleLevel]:
        """The bodies that the regulation names, one after the other."""
        return [ObstacleLevel(level=level) for level in chain(info.context.act.rulebook)]

    @strawberry.field(description="Một vướng mắc · One obstacle")
    async def obstacle(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Obstacle | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các vướng mắc, mới nhất trước · Obstacles, newest first")
    async def obstacles(
        self,
        info: Info,
        filter: Annotated[ObstacleFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ObstacleConnection:
        """The obstacles in one's scope."""
        ctx = info.context
        within = scope.of_obstacles(ctx.act)
        await ctx.visible(min_position, "obstacle_log", "directory")
        return OBSTACLES.listed(within, (filter or ObstacleFilter()).narrow(), first=first, after=after)
