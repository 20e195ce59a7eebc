"""The acts on an obstacle at the GraphQL edge."""

from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.obstacle import REGISTER, Obstacle
from domain.commands import obstacle as commands
from domain.obstacle import check_view

OBSTACLES = Noun(
    "obstacle", "vướng mắc", "obstacle", "obstacleId", "obstacle_id", REGISTER.of_record, check_view
)
OBSTACLE = strawberry.field(description="Vướng mắc sau bước này · The obstacle after this act")
OBSTACLE_ID = strawberry.field(description="Mã định danh của vướng mắc · The obstacle’s id")


@strawberry.type(description="Đã báo cáo vướng mắc · An obstacle was reported")
class ObstacleReported:
    """It was reported."""

    obstacle: Obstacle = OBSTACLE
    position: Position = POSITION


@strawberry.type(description="Đã báo cáo lên cấp trên · An obstacle was escalated")
class ObstacleEscalated:
    """It was put before the next body."""

    obstacle: Obstacle = OBSTACLE
    position: Position = POSITION


@strawberry.type(description="Đã giải quyết vướng mắc · An obstacle was settled")
class ObstacleSettled:
    """It was settled."""

    obstacle: Obstacle = OBSTACLE
    position: Position = POSITION


ReportObstacleResult = Annotated[
    ObstacleReported | Refused, strawberry.union("ReportObstacleResult", description=OUTCOME)
]
EscalateObstacleResult = Annotated[
    ObstacleEscalated | Refused, strawberry.union("EscalateObstacleResult", description=OUTCOME)
]
SettleObstacleResult = Annotated[
    ObstacleSettled | Refused, strawberry.union("SettleObstacleResult", description=OUTCOME)
]


@strawberry.input(description="Báo cáo vướng mắc · Report an obstacle")
class ReportObstacleInput:
    """What reporting needs."""

    text: str = strawberry.field(description="Nội dung · What stands in the way")
    command_id: str = COMMAND_ID
    rule_id: str | None = strawberry.field(
        default=None, description="Nghĩa vụ bị vướng · The obligation that cannot be kept"
    )
    case_id: strawberry.ID | None = strawberry.field(
        default=None, description="Hồ sơ liên quan · The case it is about"
    )


@strawberry.input(description="Báo cáo lên cấp trên · Escalate an obstacle")
class EscalateObstacleInput:
    """What escalating needs: a document."""

    obstacle_id: strawberry.ID = OBSTACLE_ID
    document: str = strawberry.field(description="Số văn bản · Number of the document")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Giải quyết vướng mắc · Settle an obstacle")
class SettleObstacleInput:
    """What settling needs."""

    obstacle_id: strawberry.ID = OBSTACLE_ID
    text: str = strawberry.field(description="Cách giải quyết · How it is settled")
    command_id: str = COMMAND_ID
    document: str | None = strawberry.field(
        default=None, description="Số văn bản giải quyết · Number of the document"
    )
    expected_version: int | None = EXPECTED


@strawberry.type
class ObstacleMutation:
    """The acts on an obstacle."""

    @strawberry.mutation(
        description="Báo cáo vướng mắc cho nơi quy định · Report an obstacle to whom the regulation names"
    )
    async def report_obstacle(
        self, info: Info, input: Annotated[ReportObstacleInput, GIVEN]
    ) -> ReportObstacleResult:
        """Report one."""

        def facts() -> dict[str, Any]:
            about = input.case_id
            return {
                "text": input.text,
                "subject_rule": input.rule_id,
                "case_id": identity("caseId", about) if about is not None else None,
            }

        command = commands.report_obstacle
        return await create(info, OBSTACLES, "reportObstacle", input, ObstacleReported, command, facts)

    @strawberry.mutation(
        description="Vượt thẩm quyền: báo cáo lên trên bằng văn bản · Beyond competence: put it before the next body"
    )
    async def escalate_obstacle(
        self, info: Info, input: Annotated[EscalateObstacleInput, GIVEN]
    ) -> EscalateObstacleResult:
        """Escalate one."""
        command = commands.escalate_obstacle
        return await act(
            info,
            OBSTACLES,
            "escalateObstacle",
            input,
            ObstacleEscalated,
            command,
            lambda: {"document": input.document},
        )

    @strawberry.mutation(description="Giải quyết vướng mắc · Settle an obstacle")
    async def settle_obstacle(
        self, info: Info, input: Annotated[SettleObstacleInput, GIVEN]
    ) -> SettleObstacleResult:
        """Settle one."""
        command = commands.settle_obstacle
        return await act(
            info,
            OBSTACLES,
            "settleObstacle",
            input,
            ObstacleSettled,
            command,
            lambda: {"text": input.text, "document": input.document},
        )
