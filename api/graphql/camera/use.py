"""Uses of cameras at the GraphQL edge: who watched, searched or held which camera, what for, how long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, Enabled, First, MinPosition, Step, available
from api.graphql.context import Info, identity, legal, utc
from api.graphql.looking import attempted, look_at
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.camera.uses import UseKind
from domain.camera_use import GUARDS, Ending, check_view
from domain.control import Movement, Outcome
from domain.errors import InvalidInput
from projections import camera_uses, history, scope
from projections.camera_uses import UseNarrow, UseRow
from projections.follower import Recorded

strawberry.enum(
    UseKind,
    description="Cách sử dụng camera; nhận diện, tìm kiếm do máy chủ phân tích của hệ thống thực hiện ·"
    " What a camera is used for; recognition and search are done by the installation’s own engine",
)
strawberry.enum(Ending, name="UseEnding", description="Kết thúc thế nào · How a use ended")
strawberry.enum(Movement, name="CameraMovement", description="Lệnh điều khiển · What a camera is told")
strawberry.enum(
    Outcome,
    name="CameraOutcome",
    description="Kết quả lệnh; UNKNOWN: đã gửi, camera không trả lời ·"
    " What became of a command; UNKNOWN: it went, and no answer says",
)


def _ids(ids: Sequence[UUID]) -> list[strawberry.ID]:
    return [strawberry.ID(str(one)) for one in ids]


@strawberry.type(description="Lượt sử dụng camera · A use of cameras")
class CameraUse:
    """Somebody used cameras: for what, until when, and how long it really was."""

    row: strawberry.Private[UseRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("use_id", "Mã định danh · Id", str)
    kind: UseKind = column("kind", "Cách sử dụng · What the cameras are used for", UseKind)
    camera_ids: list[strawberry.ID] = column("camera_ids", "Các camera · The cameras", _ids)
    purpose: str = column("purpose", "Mục đích · Purpose")
    document: str | None = column("document", "Văn bản làm căn cứ · The document that orders it")
    case_id: strawberry.ID | None = column("case_id", "Hồ sơ liên quan · The case it is for", str)
    from_: datetime | None = column("starts_at", "Dữ liệu từ · Footage from", legal, named="from")
    to: datetime | None = column("ends_at", "Dữ liệu đến · Footage to", legal)
    opened_at: datetime = column("opened_at", "Bắt đầu lúc · When it began", legal)
    until: datetime = column("until", "Hiệu lực đến · Until when it is allowed", legal)
    ended_at: datetime | None = column("ended_at", "Kết thúc lúc · When it ended", legal)
    ended_how: Ending | None = column("ended_how", "Kết thúc thế nào · How it ended", Ending)
    refused: str | None = column("refused", "Mã từ chối, khi bị thu hồi · Code, where it was taken back")
    connections: int = column("connections", "Số kết nối đã xong · Connections that ended")
    served_seconds: int = column(
        "served_s", "Tổng số giây thực xem · Seconds it really was, as the gateway says"
    )
    rank: int | None = column("rank", "Thứ tự ưu tiên điều khiển · Rank at the controls")
    commands: int = column("commands", "Số lệnh điều khiển · Commands to the camera")
    last_movement: Movement | None = column("last_movement", "Lệnh cuối · Last command", Movement)
    last_outcome: Outcome | None = column(
        "last_outcome",
        "Kết quả lệnh cuối; null khi chưa rõ · What became of it; null while nobody knows",
        Outcome,
    )
    last_detail: str | None = column("last_detail", "Chi tiết kết quả · One word on why")
    area: str = column("area_path", "Địa bàn · Area")
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    unit: Unit = unit_of("owner_unit", "Đơn vị sử dụng · The unit it was for")

    @strawberry.field(description="Người sử dụng · Who")
    def used_by(self) -> Person:
        """Who used them."""
        return Person(account_id=strawberry.ID(self.row.used_by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event of it, oldest first."""
        ctx = info.context
        if self.past is None:
            steps = await ctx.history.load(self.row.log_id)
        else:
            steps = await ctx.read(history.steps, self.past)
        return [Step(recorded=one) for one in steps if camera_uses.use_of(one.event) == self.row.use_id]

    @strawberry.field(description="Việc người này có thể làm · What this person may do, and why not")
    def available_actions(self, info: Info, enabled: Enabled = None) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        if self.at is not None or self.row.kind != UseKind.LIVE_VIEW:
            return []
        return available(GUARDS, self.row, info.context.act, enabled=enabled)


@strawberry.type(description="Một lượt sử dụng trong danh sách · A use in a list")
class CameraUseEdge:
    """A use in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: CameraUse = strawberry.field(description="Lượt sử dụng · The use")


@strawberry.type(description="Một trang lượt sử dụng · A page of uses")
class CameraUseConnection(Connection):
    """A page of uses."""

    edges: list[CameraUseEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[CameraUse] = strawberry.field(description="Các dòng · Rows")


USES = ListOf(
    name="cameraUses",
    listing=camera_uses.LISTING,
    node=CameraUse,
    edge=CameraUseEdge,
    connection=CameraUseConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc lượt sử dụng camera · Narrow the uses of cameras")
class CameraUseFilter:
    """What to narrow the list to."""

    kinds: list[UseKind] | None = strawberry.field(default=None, description="Cách sử dụng · Kinds")
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · A camera")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="Tài khoản · An account")
    since: datetime | None = strawberry.field(default=None, description="Từ thời điểm · From this instant")
    until: datetime | None = strawberry.field(default=None, description="Đến trước · Before this instant")

    def narrow(self) -> UseNarrow:
        """The filter as the read model takes it."""
        return UseNarrow(
            kinds=[kind.value for kind in self.kinds] if self.kinds is not None else None,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            used_by=str(identity("filter.accountId", self.account_id))
            if self.account_id is not None
            else None,
            since=utc("filter.since", self.since) if self.since else None,
            until=utc("filter.until", self.until) if self.until else None,
        )


async def of_record(
    info: Info, log_id: UUID, as_of: datetime | None, upto: int | None = None
) -> CameraUse | None:
    """A use, or the last hold of a day of the controls, folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, log_id, as_of=as_of, upto=upto)
    row = history.state(recorded, camera_uses.fold)
    return None if row is None else CameraUse(row=row, at=as_of, past=recorded)


@strawberry.type
class CameraUseQuery:
    """Queries on uses of cameras."""

    @strawberry.field(description="Một lượt sử dụng camera · One use of cameras")
    async def camera_use(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> CameraUse | None:
        """One by id; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        at = utc("asOf", as_of) if as_of is not None else None
        if id is None:
            raise InvalidInput("id", "cần id", "an id is expected")
        use_id = identity("id", id)
        await ctx.visible(min_position, "camera_uses", "directory")
        row = (await ctx.read(camera_uses.by_ids, [use_id])).get(use_id)
        if row is not None and (refusal := check_view(row, act)) is not None:
            look = look_at(info, "cameraUse", "camera-use", [row.use_id], row.area_path)
            await attempted(info, look, refusal)
            return None
        if row is None or at is None:
            return CameraUse(row=row) if row else None
        recorded = await ctx.read(history.read, ctx.services.app.mapper, row.log_id, as_of=at)
        own = [one for one in recorded if camera_uses.use_of(one.event) == use_id]
        then = history.state(own, camera_uses.fold)
        return None if then is None else CameraUse(row=then, at=at, past=own)

    @strawberry.field(
        description="Ai dùng camera nào, làm gì, bao lâu: của mình, của đơn vị với lãnh đạo, của địa bàn với kiểm tra ·"
        " Who used which camera, for what, how long: one’s own, the unit’s for its head, the area’s for the audit"
    )
    async def camera_uses(
        self,
        info: Info,
        filter: Annotated[CameraUseFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CameraUseConnection:
        """The uses in one's scope, newest first."""
        ctx = info.context
        within = scope.of_uses(ctx.act)
        await ctx.visible(min_position, "camera_uses", "directory")
        return USES.listed(within, (filter or CameraUseFilter()).narrow(), first=first, after=after)
