"""Guidance at the GraphQL edge: the documents that users of the system share, and have to know."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column, sealed
from api.graphql.common import NARROW, After, AvailableAction, First, Language, MinPosition, Speech, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.guidance import GuidanceKind, GuidanceState
from domain.guidance.guards import GUARDS, KINDS, check_view
from projections import guidance_log, scope
from projections.follower import Recorded
from projections.guidance_log import GuidanceNarrow, GuidanceRow

strawberry.enum(GuidanceKind, description="Loại văn bản dùng chung · Kind of shared document")
strawberry.enum(GuidanceState, description="Trạng thái văn bản · What has become of an edition")


@strawberry.type(description="Văn bản, hướng dẫn dùng chung · Guidance: a document that users share")
class Guidance:
    """One edition: what it says, for whom it is, and from when until when it holds."""

    row: strawberry.Private[GuidanceRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("guidance_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-VB-2026-000001 · Number, such as DH-VB-2026-000001")
    state: GuidanceState = column("state", "Trạng thái · What has become of it", GuidanceState)
    document: str = column("document", "Số văn bản · Number of the paper")
    dated: date = column("dated", "Ngày văn bản · Day of the paper")
    title: str = column("title", "Trích yếu · Title")
    kind: GuidanceKind = column("kind", "Loại · Kind", GuidanceKind)
    area: str = column("area_path", "Địa bàn áp dụng · The area it holds for")
    starts_at: datetime = column("starts_at", "Có hiệu lực từ · In force from", legal)
    ends_at: datetime | None = column("ends_at", "Hết hiệu lực từ · In force until", legal)
    must_acknowledge: bool = column(
        "must_acknowledge", "Người dùng phải xác nhận đã đọc · Whether its readers have to confirm it"
    )
    replaces_id: strawberry.ID | None = column("replaces_id", "Thay thế bản · The edition it replaces", str)
    replaced_by_id: strawberry.ID | None = column(
        "replaced_by_id", "Được thay bằng bản · The edition that replaces it", str
    )
    withdrawn_by: str | None = column(
        "withdrawn_by", "Văn bản thu hồi · The document by which it was withdrawn"
    )
    issued_at: datetime = column("issued_at", "Đưa vào hệ thống lúc · When it was issued here", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    text: str | None = sealed("guidance_id", "text", "Nội dung · What it says")

    @strawberry.field(description="Tên loại · What its kind is called")
    def kind_name(self, language: Speech = Language.VI) -> str:
        """The kind in the language asked for."""
        vi, en = KINDS[GuidanceKind(self.row.kind)]
        return vi if language is Language.VI else en

    @strawberry.field(
        description="Các loại đơn vị áp dụng; không có là mọi loại · Kinds of unit it is for; none is all"
    )
    def unit_kinds(self) -> list[str]:
        """For which kinds of unit it is."""
        return list(self.row.unit_kinds)

    @strawberry.field(
        description="Đang có hiệu lực · Whether it is in force, now or at the instant asked for"
    )
    def in_force(self, info: Info) -> bool:
        """Whether it holds."""
        return self.row.in_force(self.at or info.context.act.now)

    @strawberry.field(description="Người ban hành trên hệ thống · Who issued it here")
    def issued_by(self) -> Person:
        """Who put it on record."""
        return Person(account_id=strawberry.ID(self.row.issued_by), unit_id=self.row.owner_unit)

    unit: Unit = unit_of("owner_unit", "Đơn vị ban hành · The unit that issued it, or follows that")
    history: list[Step] = steps("guidance_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một văn bản trong danh sách · Guidance in a list")
class GuidanceEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Guidance = strawberry.field(description="Văn bản · The guidance")


@strawberry.type(description="Một trang văn bản · A page of guidance")
class GuidanceConnection(Connection):
    """A page of it."""

    edges: list[GuidanceEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Guidance] = strawberry.field(description="Các dòng · Rows")


GUIDANCES = ListOf(
    name="guidances",
    listing=guidance_log.LISTING,
    node=Guidance,
    edge=GuidanceEdge,
    connection=GuidanceConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc văn bản dùng chung · Narrow the list of guidance")
class GuidanceFilter:
    """What to narrow the list to."""

    kinds: list[GuidanceKind] | None = strawberry.field(default=None, description="Các loại · Kinds")
    states: list[GuidanceState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    in_force: bool | None = strawberry.field(
        default=None, description="Đang có hiệu lực · Whether it is in force now"
    )
    to_acknowledge: bool | None = strawberry.field(
        default=None, description="Tôi còn phải xác nhận · Whether I have to confirm it still"
    )
    number: str | None = strawberry.field(default=None, description="Số · Number")
    document: str | None = strawberry.field(default=None, description="Số văn bản · Number of the paper")
    title: str | None = strawberry.field(
        default=None, description="Trích yếu có chứa · Words that its title contains"
    )

    def narrow(self) -> GuidanceNarrow:
        """The filter as the read model takes it."""
        return GuidanceNarrow(
            kinds=[kind.value for kind in self.kinds] if self.kinds is not None else None,
            states=[state.value for state in self.states] if self.states is not None else None,
            in_force=self.in_force,
            to_acknowledge=self.to_acknowledge,
            number=self.number,
            document=self.document,
            title=self.title,
        )


REGISTER = Register(noun="guidance", log=guidance_log, id="guidance_id", node=Guidance, check_view=check_view)


@strawberry.type
class GuidanceQuery:
    """Queries on guidance."""

    @strawberry.field(description="Một văn bản dùng chung · One edition of guidance")
    async def guidance(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Guidance | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Thư viện văn bản dùng chung, mới nhất trước · The library, newest first")
    async def guidances(
        self,
        info: Info,
        filter: Annotated[GuidanceFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> GuidanceConnection:
        """What is for one's unit, or of it, in force or not; the audit's area."""
        ctx = info.context
        within = scope.of_guidance(ctx.act)
        await ctx.visible(min_position, "guidance_log", "acknowledgement_log", "account_log", "directory")
        return GUIDANCES.listed(within, (filter or GuidanceFilter()).narrow(), first=first, after=after)
