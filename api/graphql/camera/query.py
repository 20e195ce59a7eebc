"""Looking cameras up: one, and those one may view or administers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera, found_to_see, of_record
from api.graphql.common import (
    NARROW,
    After,
    First,
    MinPosition,
)
from api.graphql.context import Info, identity, utc
from api.graphql.pages import Connection, ListOf, text
from domain.camera import CameraState
from domain.camera.registering import camera_id_of
from domain.case.inputs import LONGEST_NAME, some_words
from domain.errors import InvalidInput
from projections import camera_registry, scope
from projections.camera_registry import RegistryFilter


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
    states: list[CameraState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    kind: str | None = strawberry.field(default=None, description="Loại · Kind")
    tier: int | None = strawberry.field(default=None, description="Cấp hệ thống · Level of its system")
    manager_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Cơ quan quản lý · The body that manages its system"
    )
    expires_before: date | None = strawberry.field(
        default=None,
        description="Kiểm định hết hiệu lực trước ngày này · Verified until a day before this one",
    )
    connect_due_before: datetime | None = strawberry.field(
        default=None, description="Chưa kết nối, hạn trước lúc này · Not connected, due before this instant"
    )
    text: str | None = strawberry.field(
        default=None, description="Chữ trong mã hoặc tên · Words in its code or name"
    )

    def narrow(self) -> RegistryFilter:
        """The filter as the read model takes it."""
        some_words("filter.text", self.text, longest=LONGEST_NAME)
        due = self.connect_due_before
        return RegistryFilter(
            code=self.code,
            camera_class=self.class_,
            area_path=self.area,
            states=[state.value for state in self.states] if self.states is not None else None,
            kind=self.kind,
            tier=self.tier,
            manager=identity("filter.managerUnitId", self.manager_unit_id) if self.manager_unit_id else None,
            expires_before=self.expires_before,
            connect_due_before=utc("filter.connectDueBefore", due) if due else None,
            text=self.text,
        )


@strawberry.type
class CameraQuery:
    """Queries on cameras."""

    @strawberry.field(description="Một camera · One camera")
    async def camera(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        code: Annotated[str | None, strawberry.argument(description="Mã camera · Code")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> Camera | None:
        """One by id or code; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (code is None):
            raise InvalidInput("id", "cần id hoặc code, chỉ một", "either id or code is expected")
        await ctx.visible(min_position, "camera_registry", "directory")
        one = identity("id", id) if id is not None else camera_id_of(str(code))
        row = await found_to_see(info, "camera", one)
        if row is None or at is None:
            return Camera(row=row) if row else None
        return await of_record(info, one, at)

    @strawberry.field(
        description="Camera được xem hoặc quản trị, theo địa bàn và mã"
        " · Cameras one may view or administers, by area and code"
    )
    async def cameras(
        self,
        info: Info,
        filter: Annotated[CameraFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CameraConnection:
        """The cameras this person may view or administers."""
        ctx = info.context
        within = scope.of_register(ctx.act)
        await ctx.visible(min_position, "camera_registry", "directory")
        return CAMERAS.listed(within, (filter or CameraFilter()).narrow(), first=first, after=after)
