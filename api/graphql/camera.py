"""Cameras at the GraphQL edge."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from psycopg import Connection as Db

from api.graphql.columns import Link, column, of_source
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step, available
from api.graphql.context import Info, RequestContext, legal
from api.graphql.pages import Connection, ListOf, text
from api.graphql.unit import Unit, units
from domain.camera.guards import check_watch
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

    id: strawberry.ID = column("camera_id", "Mã định danh · Id", str)
    code: str = column("code", "Mã camera · Code")
    name: str = column("name", "Tên · Name")
    camera_class: str = column("camera_class", "Lớp camera · Class, such as SMART_CITY", named="class")
    domain: str = column("domain", "Lĩnh vực: giao thông hay an ninh · TRAFFIC or SECURITY")
    area: str = column("area_path", "Địa bàn · Area, as a path")
    version: int = column("version", "Phiên bản · Version")

    @strawberry.field(
        description="Đơn vị vận hành · The unit that operates it",
        metadata=of_source(Link("owner_unit", units)),
    )
    async def operating_unit(self, info: Info) -> Unit:
        """The unit that operates it."""
        entry = await info.context.entry.load((self.row.owner_unit, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit(row=entry)

    @strawberry.field(description="20 bản ghi hình mới nhất · The 20 newest recordings that are kept")
    async def recordings(self, info: Info) -> list[Recording]:
        """What can be asked for, for whoever may watch the camera; of the past nothing is said."""
        if self.at is not None or check_watch(self.row, info.context.act) is not None:
            return []
        rows = await info.context.recordings.load(self.row.camera_id)
        return [
            Recording(
                id=strawberry.ID(str(row.recording_id)),
                from_=legal(row.starts_at),
                to=legal(row.ends_at),
                damaged=row.damaged,
            )
            for row in rows
        ]

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


def cameras(conn: Db[Any], _: RequestContext, camera_ids: Collection[UUID]) -> Mapping[UUID, CameraRow]:
    """The cameras of a page, by id."""
    return camera_registry.by_ids(conn, camera_ids)


@strawberry.type(description="Một camera trong danh sách · A camera in a list")
class CameraEdge:
    """A camera in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Camera = strawberry.field(description="Camera · The camera")


@strawberry.type(description="Một trang camera · A page of cameras")
class CameraConnection(Connection):
    """A page of cameras."""

    edges: list[CameraEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Camera] = strawberry.field(description="Các dòng · Rows")


CAMERAS = ListOf(
    name="cameras",
    listing=camera_registry.LISTING,
    node=Camera,
    edge=CameraEdge,
    connection=CameraConnection,
    kinds=(text, text, UUID),
)


@strawberry.input(description="Lọc camera · Narrow the list of cameras")
class CameraFilter:
    """What to narrow the list to."""

    code: str | None = strawberry.field(default=None, description="Mã camera · Code")
    class_: str | None = strawberry.field(name="class", default=None, description="Lớp camera · Class")
    area: str | None = strawberry.field(
        default=None, description="Địa bàn và mọi nơi trong đó · An area, and all within"
    )


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
        return CAMERAS.listed(within, narrow, first=first, after=after)
