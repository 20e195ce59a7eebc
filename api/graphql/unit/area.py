"""Areas at the GraphQL edge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, text
from api.graphql.register import acts, steps
from domain.area import GUARDS, AreaKind, above
from projections import areas, history
from projections.areas import AreaNarrow, AreaRow
from projections.follower import Recorded
from projections.scope import Scope

strawberry.enum(AreaKind, description="Loại địa bàn · Kind of area")


@strawberry.type(description="Địa bàn · An area")
class Area:
    """A node of the tree by which everything is seen."""

    row: strawberry.Private[AreaRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("area_id", "Mã định danh · Id", str)
    path: str = column(
        "area_path", "Đường dẫn, ví dụ quang-binh/dong-hoi · Path, such as quang-binh/dong-hoi"
    )
    name: str = column("name", "Tên · Name")
    kind: AreaKind = column("kind", "Loại · Kind", AreaKind)
    valid_from: datetime = column("valid_from", "Có từ · Since when", legal)
    document: str | None = column("document", "Văn bản · The document it came into the tree by")
    boundary: str | None = column("boundary", "Ranh giới, GeoJSON · Its own boundary, as GeoJSON")
    ended_at: datetime | None = column("ended_at", "Kết thúc lúc · Since when it is no more", legal)
    successor: str | None = column("successor_path", "Địa bàn kế thừa · The area that follows it")
    predecessors: list[str] = column(
        "before",
        "Các địa bàn đã nhập vào đây, hoặc vào nơi trong đó · Areas that were merged into it, or into one within it",
    )
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(description="Thuộc địa bàn · The area it lies in")
    def parent(self) -> str | None:
        """The path above; none of a whole jurisdiction."""
        return above(self.row.area_path)

    history: list[Step] = steps("area_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một địa bàn trong danh sách · An area in a list")
class AreaEdge:
    """An area in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Area = strawberry.field(description="Địa bàn · The area")


@strawberry.type(description="Một trang địa bàn · A page of areas")
class AreaConnection(Connection):
    """A page of areas."""

    edges: list[AreaEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Area] = strawberry.field(description="Các dòng · Rows")


AREAS = ListOf(
    name="areas",
    listing=areas.LISTING,
    node=Area,
    edge=AreaEdge,
    connection=AreaConnection,
    kinds=(text,),
)


@strawberry.input(description="Lọc địa bàn · Narrow the list of areas")
class AreaFilter:
    """What to narrow the list to."""

    within: str | None = strawberry.field(
        default=None, description="Địa bàn và mọi nơi trong đó · An area, and all within"
    )
    kind: AreaKind | None = strawberry.field(default=None, description="Loại · Kind")
    stands: bool | None = strawberry.field(
        default=None, description="Còn hiệu lực hay đã kết thúc · Those that stand, or those that have ended"
    )


async def of_record(
    info: Info, area_id: UUID, as_of: datetime | None, upto: int | None = None
) -> Area | None:
    """An area folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, area_id, as_of=as_of, upto=upto)
    row = history.state(recorded, areas.fold)
    return None if row is None else Area(row=row, at=as_of, past=recorded)


@strawberry.type
class AreaQuery:
    """Queries on areas."""

    @strawberry.field(description="Các địa bàn, theo đường dẫn · Areas, by path")
    async def areas(
        self,
        info: Info,
        filter: Annotated[AreaFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> AreaConnection:
        """The tree, each area before those within it; whoever is signed in may know it."""
        ctx = info.context
        _ = ctx.who
        await ctx.visible(min_position, "areas", "directory")
        given = filter or AreaFilter()
        kind = given.kind.value if given.kind is not None else None
        narrow = AreaNarrow(area_path=given.within, kind=kind, stands=given.stands)
        return AREAS.listed(Scope("true"), narrow, first=first, after=after)
