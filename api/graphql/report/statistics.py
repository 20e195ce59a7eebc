"""Statistics at the GraphQL edge: numbers of one's area, and the way from each number to its cases."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.graphql.case.query import NAMED, CaseConnection, Named
from api.graphql.common import NARROW, After, First, MinPosition, Position
from api.graphql.context import Info, identity, legal, utc
from api.graphql.looking import attempted, look_at
from api.graphql.pages import page_size
from api.graphql.report.statistics_cells import (
    CaseStatistics,
    DetectionPrecision,
    Hotspot,
    StatisticsCell,
    ValueCount,
    read_back,
)
from domain.errors import InvalidInput
from domain.report import check_run
from projections import position, scope, statistics
from projections.case_facts import CaseFact
from projections.statistics import By, Question

MOST_DIMENSIONS: Final = 3


@strawberry.input(description="Đếm gì · What is counted")
class StatisticsFilter:
    """What to count; what is not said does not narrow."""

    from_: datetime | None = strawberry.field(
        name="from", default=None, description="Diễn ra từ · Took place from"
    )
    to: datetime | None = strawberry.field(default=None, description="Diễn ra trước · Took place before")
    area: str | None = strawberry.field(
        default=None, description="Địa bàn và mọi nơi trong đó · An area, and all within"
    )
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    kind: str | None = strawberry.field(default=None, description="Hành vi · Violating act")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị đã thực hiện · The unit that acted"
    )
    as_of: datetime | None = strawberry.field(
        default=None, description="Như đã ghi nhận đến lúc này · As recorded by this instant; now, if absent"
    )


async def allowed(info: Info, way: str) -> None:
    """Let nobody count who may not run reports, and put it on record that they tried.

    Raises:
        Forbidden: the unit or function of this person runs no reports.
    """
    act = info.context.act
    refusal = check_run(act)
    if refusal is not None:
        await attempted(info, look_at(info, way, "report", [], act.actor.area_path), refusal)
        raise refusal


async def place_of(info: Info, path: str, as_of: datetime | None) -> int:
    """Up to where is counted: what had been recorded by an instant, or all that the facts have come to.

    Raises:
        InvalidInput: the instant has no offset, or lies in the future.
    """
    ctx = info.context
    reached = await ctx.read(position.reached, ["case_facts"])
    if as_of is None:
        return reached
    if utc(path, as_of) > ctx.act.now:
        raise InvalidInput(path, "ở tương lai", "lies in the future")
    return min(reached, await ctx.read(statistics.place_of, utc(path, as_of)))


async def asked(info: Info, given: StatisticsFilter) -> Question:
    """The question of a filter.

    Raises:
        InvalidInput: one of its fields cannot be accepted.
    """
    return Question(
        upto=await place_of(info, "filter.asOf", given.as_of),
        starts_at=utc("filter.from", given.from_) if given.from_ else None,
        ends_at=utc("filter.to", given.to) if given.to else None,
        area=given.area,
        camera_id=identity("filter.cameraId", given.camera_id) if given.camera_id is not None else None,
        kind=given.kind,
        unit_id=identity("filter.unitId", given.unit_id) if given.unit_id is not None else None,
    )


@strawberry.type
class StatisticsQuery:
    """Queries on numbers."""

    @strawberry.field(
        description="Thống kê hồ sơ trong địa bàn, như tại asOf · Statistics of one’s area, as of an instant"
    )
    async def case_statistics(
        self,
        info: Info,
        filter: Annotated[StatisticsFilter | None, NARROW] = None,
        by: Annotated[
            list[By] | None, strawberry.argument(description="Chia theo, tối đa 3 · Told apart by, at most 3")
        ] = None,
        min_position: MinPosition = None,
    ) -> CaseStatistics:
        """What is counted of the cases of one's area."""
        ctx = info.context
        await allowed(info, "caseStatistics")
        await ctx.visible(min_position, "case_facts")
        apart = list(dict.fromkeys(by or ()))
        if len(apart) > MOST_DIMENSIONS:
            raise InvalidInput("by", f"tối đa {MOST_DIMENSIONS}", f"at most {MOST_DIMENSIONS}")
        given = filter or StatisticsFilter()
        question = await asked(info, given)
        within = scope.of_numbers(ctx.act)
        found = await ctx.read(statistics.cells, within, question, apart)
        standing = await ctx.read(statistics.standing, within, question)
        return CaseStatistics(
            as_of=legal(given.as_of or ctx.act.now),
            position=Position(question.upto),
            cells=[StatisticsCell(cell=cell, question=question) for cell in found],
            standing=[ValueCount(value=state, cases=cases) for state, cases in standing.items()],
        )

    @strawberry.field(
        description="Hồ sơ đứng sau một con số, trong hàng đợi của mình · The cases behind a number, of one’s queue"
    )
    async def cases_behind(
        self,
        info: Info,
        cell: Annotated[str, strawberry.argument(description="Khóa của nhóm · Key of the group")],
        fact: Annotated[CaseFact, strawberry.argument(description="Việc · The fact that is counted")],
        value: Annotated[
            str | None, strawberry.argument(description="Giá trị, chẳng hạn FALSE_ALARM · Its value")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> CaseConnection:
        """The cases that a number counts, as far as one may open them."""
        ctx = info.context
        await allowed(info, "casesBehind")
        question, group = read_back(cell)
        ids = await ctx.read(statistics.behind, scope.of_numbers(ctx.act), question, group, fact, value)
        return NAMED.listed(scope.of_cases(ctx.act), Named(ids), first=first, after=after)

    @strawberry.field(
        description="Độ chính xác của từng camera hoặc từng loại phát hiện · Precision of each camera, or kind"
    )
    async def detection_precision(
        self,
        info: Info,
        filter: Annotated[StatisticsFilter | None, NARROW] = None,
        by: Annotated[By, strawberry.argument(description="CAMERA hoặc KIND · CAMERA or KIND")] = By.CAMERA,
    ) -> list[DetectionPrecision]:
        """How often each machine was right, of what was decided in the period."""
        await allowed(info, "detectionPrecision")
        by_camera = _one_of(by, By.CAMERA, By.KIND) is By.CAMERA
        question = await asked(info, filter or StatisticsFilter())
        rows = await info.context.read(statistics.precision, scope.of_numbers(info.context.act), question, by)
        return [
            DetectionPrecision(
                of=row.of,
                by_camera=by_camera,
                approved=row.approved,
                false_alarms=row.false_alarms,
                other_discards=row.other_discards,
                precision=row.precision,
                low=row.interval[0] if row.interval else None,
                high=row.interval[1] if row.interval else None,
                few=row.few,
            )
            for row in rows
        ]

    @strawberry.field(description="Nơi có nhiều vi phạm nhất, theo hành vi · Where most takes place, by kind")
    async def case_hotspots(
        self,
        info: Info,
        filter: Annotated[StatisticsFilter | None, NARROW] = None,
        by: Annotated[By, strawberry.argument(description="AREA hoặc CAMERA · AREA or CAMERA")] = By.AREA,
        first: First = 10,
    ) -> list[Hotspot]:
        """The places or cameras with the most cases that stand."""
        await allowed(info, "caseHotspots")
        by_camera = _one_of(by, By.AREA, By.CAMERA) is By.CAMERA
        question = await asked(info, filter or StatisticsFilter())
        within = scope.of_numbers(info.context.act)
        rows = await info.context.read(statistics.hotspots, within, question, by, first=page_size(first))
        return [Hotspot(place=row.place, by_camera=by_camera, kind=row.kind, cases=row.cases) for row in rows]


def _one_of(by: By, *open_: By) -> By:
    if by not in open_:
        names = ", ".join(open_)
        raise InvalidInput("by", f"phải là một trong {names}", f"must be one of {names}")
    return by
