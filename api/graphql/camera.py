"""Cameras at the GraphQL edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.common import (
    NARROW,
    After,
    AvailableAction,
    Cut,
    First,
    MinPosition,
    PageInfo,
    Step,
    available,
    decode_cursor,
    text,
)
from api.graphql.context import Info, legal
from api.graphql.unit import Unit, page_size
from domain.errors import NotFound
from domain.extraction.guards import check_request
from projections import camera_registry, scope
from projections.camera_registry import CameraRow, RegistryFilter


@strawberry.type(description="Bản ghi hình · Recorded footage that is kept")
class Recording:
    """Footage of a camera that an extraction can be cut out of."""

    id: strawberry.ID = strawberry.field(description="Mã định danh · Id")
    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến · To")
    damaged: bool = strawberry.field(
        description="Đã phát hiện hỏng, không cắt được · Found damaged: nothing is cut out of it"
    )


@strawberry.type(description="Camera đã đăng ký · A registered camera")
class Camera:
    """A camera, never its address."""

    row: strawberry.Private[CameraRow]
    at: strawberry.Private[datetime | None] = None

    @strawberry.field(description="Mã định danh · Id")
    def id(self) -> strawberry.ID:
        """The id."""
        return strawberry.ID(str(self.row.camera_id))

    @strawberry.field(description="Mã camera · Code")
    def code(self) -> str:
        """The code, by which messages name it."""
        return self.row.code

    @strawberry.field(description="Tên · Name")
    def name(self) -> str:
        """The name."""
        return self.row.name

    @strawberry.field(name="class", description="Lớp camera · Class, such as SMART_CITY")
    def camera_class(self) -> str:
        """The class in the regulation."""
        return self.row.camera_class

    @strawberry.field(description="Lĩnh vực: giao thông hay an ninh · TRAFFIC or SECURITY")
    def domain(self) -> str:
        """What it may be used for."""
        return self.row.domain

    @strawberry.field(description="Địa bàn · Area, as a path")
    def area(self) -> str:
        """The area it watches."""
        return self.row.area_path

    @strawberry.field(description="Đơn vị vận hành · The unit that operates it")
    async def operating_unit(self, info: Info) -> Unit:
        """The unit that operates it."""
        entry = await info.context.entry.load((self.row.owner_unit, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit.of(entry)

    @strawberry.field(description="20 bản ghi hình mới nhất · The 20 newest recordings that are kept")
    async def recordings(self, info: Info) -> list[Recording]:
        """What can be asked for; of the past nothing is said."""
        rows = await info.context.recordings.load(self.row.camera_id) if self.at is None else []
        return [
            Recording(
                id=strawberry.ID(str(row.recording_id)),
                from_=legal(row.starts_at),
                to=legal(row.ends_at),
                damaged=row.damaged,
            )
            for row in rows
        ]

    @strawberry.field(description="Phiên bản · Version")
    def version(self) -> int:
        """The version."""
        return self.row.version

    @strawberry.field(description="Lịch sử · History")
    async def history(self, info: Info) -> list[Step]:
        """Every event of this camera, oldest first."""
        steps = await info.context.history.load(self.row.camera_id)
        return [Step(recorded=step) for step in steps if self.at is None or step.event.timestamp <= self.at]

    @strawberry.field(description="Việc có thể làm · Available actions")
    def available_actions(self, info: Info) -> list[AvailableAction]:
        """What this person may ask of the camera; of the past nothing."""
        if self.at is not None:
            return []
        return available({"requestExtraction": check_request}, self.row, info.context.act)


@strawberry.type(description="Một camera trong danh sách · A camera in a list")
class CameraEdge:
    """A camera in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Camera = strawberry.field(description="Camera · The camera")


@strawberry.type(description="Một trang camera · A page of cameras")
class CameraConnection:
    """A page of cameras."""

    edges: list[CameraEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Camera] = strawberry.field(description="Các dòng · Rows")
    page_info: PageInfo = strawberry.field(description="Trang này · This page")
    total_count: int = strawberry.field(
        description="Tổng số trong phạm vi được xem · How many there are in one’s scope"
    )


@strawberry.input(description="Lọc camera · Narrow the list of cameras")
class CameraFilter:
    """What to narrow the list to."""

    code: str | None = strawberry.field(default=None, description="Mã camera · Code")
    class_: str | None = strawberry.field(name="class", default=None, description="Lớp camera · Class")
    area: str | None = strawberry.field(
        default=None, description="Địa bàn và mọi nơi trong đó · An area, and all within"
    )


def _cursor(row: CameraRow) -> tuple[str, str, UUID]:
    return (row.area_path, row.code, row.camera_id)


@strawberry.type
class CameraQuery:
    """Queries on cameras."""

    @strawberry.field(
        description="Camera được xem, theo địa bàn và mã · Cameras one may view, by area and code"
    )
    async def cameras(
        self,
        info: Info,
        filter: Annotated[CameraFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CameraConnection:
        """The cameras this person may view."""
        ctx = info.context
        within = scope.of_cameras(ctx.act)
        await ctx.visible(min_position, "camera_registry", "directory")
        given = filter or CameraFilter()
        narrow = RegistryFilter(code=given.code, camera_class=given.class_, area_path=given.area)
        place = decode_cursor("cameras", after, text, text, UUID)
        start = (place[0], place[1], UUID(place[2])) if place else None
        rows = await ctx.read(camera_registry.page, within, narrow, first=page_size(first) + 1, after=start)
        cut = Cut("cameras", rows, first, _cursor)
        nodes = [Camera(row=row) for row in cut.rows]
        return CameraConnection(
            edges=[CameraEdge(cursor=cut.cursor(n.row), node=n) for n in nodes],
            nodes=nodes,
            page_info=cut.info,
            total_count=await ctx.read(camera_registry.total, within, narrow),
        )
