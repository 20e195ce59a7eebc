"""Recommendations at the GraphQL edge: what the data show, to whom it was put, what they answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import Link, column, of_source, sealed
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, identity, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of, units
from domain.recommendation import GUARDS, RecommendationState, Shortcoming, check_view
from projections import recommendation_log, scope
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
    text: str | None = sealed("recommendation_id", "text", "Nội dung · What it says")
    answer: str | None = sealed("recommendation_id", "answer", "Nội dung trả lời · The answer")
    unit: Unit = unit_of("owner_unit", "Đơn vị kiến nghị · The unit that made it")

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

    history: list[Step] = steps("recommendation_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


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


REGISTER = Register(
    noun="recommendation",
    log=recommendation_log,
    id="recommendation_id",
    node=Recommendation,
    check_view=check_view,
)


@strawberry.type
class RecommendationQuery:
    """Queries on recommendations."""

    @strawberry.field(description="Một kiến nghị · One recommendation")
    async def recommendation(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Recommendation | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

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
