"""Recommendations at the GraphQL edge: what the data show, to whom it was put, what they answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step, available
from api.graphql.context import Info, legal, utc
from api.graphql.extraction import Person
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.reading import attempted, look_at
from api.graphql.unit import Unit, identity, units
from domain.errors import InvalidInput, NotFound
from domain.recommendation import GUARDS, RecommendationState, Shortcoming, check_view
from projections import history, recommendation_log, scope
from projections.follower import Recorded
from projections.recommendation_log import RecommendationNarrow, RecommendationRow

strawberry.enum(RecommendationState, description="Trạng thái kiến nghị · State of a recommendation")
strawberry.enum(Shortcoming, description="Bất cập · What the data show")


@strawberry.type(description="Kiến nghị · A recommendation")
class Recommendation:
    """A shortcoming that the data show, and what came of saying so."""

    row: strawberry.Private[RecommendationRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("recommendation_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-KN-2026-000001 · Number, such as DH-KN-2026-000001")
    state: RecommendationState = column("state", "Trạng thái · State", RecommendationState)
    shortcoming: Shortcoming = column("shortcoming", "Bất cập · What the data show", Shortcoming)
    area: str = column("area_path", "Địa bàn · Area")
    made_at: datetime = column("made_at", "Lập lúc · When it was made", legal)
    outside: str | None = column("outside", "Cơ quan ngoài hệ thống · A body outside of the system")
    document: str | None = column("document", "Văn bản gửi · The document it was sent under")
    sent_at: datetime | None = column("sent_at", "Gửi lúc · When it was sent", legal)
    accepted: bool | None = column("accepted", "Được chấp thuận · Whether it was accepted")
    answer_document: str | None = column("answer_document", "Văn bản trả lời · The document of the answer")
    answered_at: datetime | None = column("answered_at", "Trả lời lúc · When it was answered", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(
        description="Nội dung · What it says", metadata=of_source(Sealed("recommendation_id", "text"))
    )
    async def text(self, info: Info) -> str | None:
        """The words of it."""
        return await info.context.open(self.row.sealed(self.row.text))

    @strawberry.field(
        description="Nội dung trả lời · The answer", metadata=of_source(Sealed("recommendation_id", "answer"))
    )
    async def answer(self, info: Info) -> str | None:
        """The words of the answer."""
        return await info.context.open(self.row.sealed(self.row.answer))

    @strawberry.field(
        description="Đơn vị kiến nghị · The unit that made it", metadata=of_source(Link("owner_unit", units))
    )
    async def unit(self, info: Info) -> Unit:
        """The unit that made it."""
        entry = await info.context.entry.load((self.row.owner_unit, None))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit(row=entry)

    @strawberry.field(
        description="Đơn vị nhận · The unit it was sent to",
        metadata=of_source(Link("recipient_unit_id", units)),
    )
    async def recipient(self, info: Info) -> Unit | None:
        """The unit it was sent to."""
        unit_id = self.row.recipient_unit_id
        entry = await info.context.entry.load((unit_id, None)) if unit_id else None
        return Unit(row=entry) if entry else None

    @strawberry.field(description="Người lập · Who made it")
    def made_by(self) -> Person:
        """Who made it."""
        return Person(account_id=strawberry.ID(self.row.made_by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Các hồ sơ làm căn cứ · The cases that show it")
    def case_ids(self) -> list[strawberry.ID]:
        """The cases that show it."""
        return [strawberry.ID(str(one)) for one in self.row.case_ids]

    @strawberry.field(description="Các camera làm căn cứ · The cameras that show it")
    def camera_ids(self) -> list[strawberry.ID]:
        """The cameras that show it."""
        return [strawberry.ID(str(one)) for one in self.row.camera_ids]

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event of it, oldest first."""
        ctx = info.context
        if self.past is None:
            steps = await ctx.history.load(self.row.recommendation_id)
        else:
            steps = await ctx.read(history.steps, self.past)
        return [Step(recorded=step) for step in steps]

    @strawberry.field(description="Việc người này có thể làm · What this person may do, and why not")
    def available_actions(self, info: Info) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        return [] if self.at is not None else available(dict(GUARDS), self.row, info.context.act)


@strawberry.type(description="Một kiến nghị trong danh sách · A recommendation in a list")
class RecommendationEdge:
    """A recommendation in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Recommendation = strawberry.field(description="Kiến nghị · The recommendation")


@strawberry.type(description="Một trang kiến nghị · A page of recommendations")
class RecommendationConnection(Connection):
    """A page of recommendations."""

    edges: list[RecommendationEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Recommendation] = strawberry.field(description="Các dòng · Rows")


RECOMMENDATIONS = ListOf(
    name="recommendations",
    listing=recommendation_log.LISTING,
    node=Recommendation,
    edge=RecommendationEdge,
    connection=RecommendationConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc kiến nghị · Narrow the list of recommendations")
class RecommendationFilter:
    """What to narrow the list to."""

    states: list[RecommendationState] | None = strawberry.field(
        default=None, description="Các trạng thái · States"
    )
    shortcoming: Shortcoming | None = strawberry.field(default=None, description="Bất cập · Shortcoming")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Hồ sơ · A case that shows it")
    camera_id: strawberry.ID | None = strawberry.field(
        default=None, description="Camera · A camera that shows it"
    )
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> RecommendationNarrow:
        """The filter as the read model takes it."""
        return RecommendationNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            shortcoming=self.shortcoming.value if self.shortcoming else None,
            case_id=identity("filter.caseId", self.case_id) if self.case_id is not None else None,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            number=self.number,
        )


async def of_record(
    info: Info, recommendation_id: UUID, as_of: datetime | None, upto: int | None = None
) -> Recommendation | None:
    """A recommendation folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(
        history.read, ctx.services.app.mapper, recommendation_id, as_of=as_of, upto=upto
    )
    row = history.state(recorded, recommendation_log.fold)
    return None if row is None else Recommendation(row=row, at=as_of, past=recorded)


@strawberry.type
class RecommendationQuery:
    """Queries on recommendations."""

    @strawberry.field(description="Một kiến nghị · One recommendation")
    async def recommendation(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        number: Annotated[str | None, strawberry.argument(description="Số · Number")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> Recommendation | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (number is None):
            raise InvalidInput("id", "cần id hoặc number, chỉ một", "either id or number is expected")
        await ctx.visible(min_position, "recommendation_log", "directory")
        if id is not None:
            one = identity("id", id)
            row = (await ctx.read(recommendation_log.by_ids, [one])).get(one)
        else:
            row = await ctx.read(recommendation_log.by_number, str(number))
        if row is not None and (refusal := check_view(row, act)) is not None:
            look = look_at(info, "recommendation", "recommendation", [row.recommendation_id], row.area_path)
            await attempted(info, look, refusal)
            return None
        if row is None or at is None:
            return Recommendation(row=row) if row else None
        return await of_record(info, row.recommendation_id, at)

    @strawberry.field(description="Các kiến nghị, mới nhất trước · Recommendations, newest first")
    async def recommendations(
        self,
        info: Info,
        filter: Annotated[RecommendationFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> RecommendationConnection:
        """The recommendations in one's scope."""
        ctx = info.context
        within = scope.of_recommendations(ctx.act)
        await ctx.visible(min_position, "recommendation_log", "directory")
        narrow = (filter or RecommendationFilter()).narrow()
        return RECOMMENDATIONS.listed(within, narrow, first=first, after=after)
