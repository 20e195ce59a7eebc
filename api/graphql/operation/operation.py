"""How cameras run, at the GraphQL edge: availability, links, outages, and the operating diary of each."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera, cameras, found_to_see
from api.graphql.columns import Link, column, of_source
from api.graphql.common import NARROW, After, First, MinPosition, Position, Rule, rule, rules
from api.graphql.context import Info, identity, legal, utc
from api.graphql.pages import Connection, ListOf, instant, page_size, whole
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit
from domain.errors import InvalidInput
from projections import device_diary, links, outages, scope
from projections.device_diary import DiaryNarrow, DiaryRow
from projections.links import LinkStates
from projections.outages import Available, By, Cause, OutageNarrow, OutageRow

strawberry.enum(Cause, name="OutageCause", description="Nguyên nhân gián đoạn · Why a camera did not work")
strawberry.enum(By, name="AvailabilityBy", description="Tính theo · Of what the availability is told")

AN_HOUR_S = 3600


@strawberry.type(description="Một nhóm camera · Cameras that are told of together")
class Group:
    """One camera, or those of a tier or of a unit."""

    of: strawberry.Private[Available | LinkStates]

    @strawberry.field(description="Camera, khi tính theo camera · The camera, by CAMERA")
    async def camera(self, info: Info) -> Camera | None:
        """The camera, where each is told of."""
        if self.of.camera_id is None:
            return None
        row = await info.context.camera.load(self.of.camera_id)
        return Camera(row=row) if row else None

    @strawberry.field(description="Cấp, khi tính theo cấp; 0 là không phân cấp · The tier, by TIER")
    def tier(self) -> int | None:
        """The tier, where each is told of."""
        return self.of.tier

    @strawberry.field(description="Đơn vị vận hành, khi tính theo đơn vị · The operating unit, by UNIT")
    async def unit(self, info: Info) -> Unit | None:
        """The operating unit, where each is told of."""
        entry = await info.context.entry.load((self.of.unit_id, None)) if self.of.unit_id else None
        return Unit(row=entry) if entry else None

    @strawberry.field(description="Số camera · How many cameras")
    def cameras(self) -> int:
        """How many there are."""
        return self.of.cameras


@strawberry.type(description="Mức sẵn sàng trong một khoảng thời gian · How much of a time cameras worked")
class Availability(Group):
    """How much of a time the cameras of a group worked."""

    of: strawberry.Private[Available]

    @strawberry.field(description="Số giờ phải hoạt động · Hours in which they were to work")
    def expected_hours(self) -> float:
        """The hours in service, of all of them together."""
        return self.of.expected_s / AN_HOUR_S

    @strawberry.field(description="Số giờ không hoạt động · Hours in which they did not")
    def down_hours(self) -> float:
        """The hours in which they did not work, whatever the cause."""
        return self.of.down_s / AN_HOUR_S

    @strawberry.field(description="Trong đó số giờ bảo trì · Hours of it that were work on them")
    def maintenance_hours(self) -> float:
        """The hours of maintenance among them."""
        return self.of.maintenance_s / AN_HOUR_S

    @strawberry.field(description="Số lần gián đoạn · How many outages")
    def outages(self) -> int:
        """How often they stopped working."""
        return self.of.outages

    @strawberry.field(
        description="Số camera mất kết nối ở cuối khoảng · How many have no link at the end of the time"
    )
    def links_lost(self) -> int:
        """How many have no link at the end of the time."""
        return self.of.links_lost

    @strawberry.field(description="Tỷ lệ sẵn sàng, 0 đến 1 · The share in which they worked, 0 to 1")
    def ratio(self) -> float | None:
        """The share of the time in which they worked."""
        return self.of.ratio


@strawberry.type(description="Kết nối của camera hiện nay · How the links of cameras are now")
class Links(Group):
    """How the links of a group of cameras are now; each that is linked counts once."""

    of: strawberry.Private[LinkStates]

    @strawberry.field(description="Số camera có trả lời · How many answered when last asked")
    def up(self) -> int:
        """How many are up."""
        return self.of.up

    @strawberry.field(
        description="Số camera vừa không trả lời, chưa ghi là mất · How many did not, and are not lost on record"
    )
    def failing(self) -> int:
        """How many fail, and may be lost or not."""
        return self.of.failing

    @strawberry.field(description="Số camera đã ghi là mất kết nối · How many are lost on record")
    def down(self) -> int:
        """How many are down."""
        return self.of.down

    @strawberry.field(
        description="Số camera không được theo dõi: không có địa chỉ, đang bảo trì · How many nobody asks: without an"
        " address, in maintenance"
    )
    def unwatched(self) -> int:
        """How many nobody has tried of late."""
        return self.of.unwatched

    @strawberry.field(description="Lần hỏi gần nhất · When one of them was last asked")
    def last_tried_at(self) -> datetime | None:
        """When one of them was last tried."""
        return legal(self.of.last_tried_at) if self.of.last_tried_at else None


@strawberry.type(description="Một lần gián đoạn · An outage")
class Outage:
    """One time in which a camera did not work."""

    row: strawberry.Private[OutageRow]

    cause: Cause = column("cause", "Nguyên nhân · Cause", Cause)
    kind: str | None = column("kind", "Loại lỗi · Kind of the fault")
    down: bool = column("down", "Camera không dùng được · Whether it shows nothing of use")
    began_at: datetime = column("began_at", "Từ · From", legal)
    ended_at: datetime | None = column("ended_at", "Đến; không có là còn · To; none while it lasts", legal)
    incident_id: strawberry.ID | None = column("incident_id", "Sự cố · The incident", str)
    work_order_id: strawberry.ID | None = column("work_order_id", "Phiếu công việc · The work order", str)

    @strawberry.field(description="Camera · The camera", metadata=of_source(Link("camera_id", cameras)))
    async def camera(self, info: Info) -> Camera | None:
        """The camera."""
        row = await info.context.camera.load(self.row.camera_id)
        return Camera(row=row) if row else None


@strawberry.type(description="Một lần gián đoạn trong danh sách · An outage in a list")
class OutageEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Outage = strawberry.field(description="Lần gián đoạn · The outage")


@strawberry.type(description="Một trang các lần gián đoạn · A page of outages")
class OutageConnection(Connection):
    """A page of them."""

    edges: list[OutageEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Outage] = strawberry.field(description="Các dòng · Rows")


OUTAGES = ListOf(
    name="outages",
    listing=outages.LISTING,
    node=Outage,
    edge=OutageEdge,
    connection=OutageConnection,
    kinds=(instant, whole),
)


@strawberry.input(description="Lọc các lần gián đoạn · Narrow the list of outages")
class OutageFilter:
    """What to narrow the list to."""

    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    causes: list[Cause] | None = strawberry.field(default=None, description="Các nguyên nhân · Causes")
    open: bool | None = strawberry.field(default=None, description="Còn kéo dài · Whether it lasts")
    since: datetime | None = strawberry.field(default=None, description="Kéo dài sau · Lasted after")
    until: datetime | None = strawberry.field(default=None, description="Bắt đầu trước · Began before")

    def narrow(self) -> OutageNarrow:
        """The filter as the read model takes it."""
        return OutageNarrow(
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            causes=[cause.value for cause in self.causes] if self.causes is not None else None,
            open=self.open,
            since=utc("filter.since", self.since) if self.since is not None else None,
            until=utc("filter.until", self.until) if self.until is not None else None,
        )


@strawberry.type(description="Một mục nhật ký thiết bị · An entry of the diary of a device")
class DiaryEntry:
    """What happened to a camera, or was done with it."""

    row: strawberry.Private[DiaryRow]

    position: Position = column("position", "Vị trí · Position in the log", Position)
    at: datetime = column("at", "Diễn ra lúc · When it took place", legal)
    recorded_at: datetime = column("recorded_at", "Ghi nhận lúc · When it was recorded", legal)
    event: str = column("event", "Sự kiện · Event, such as incident:fixed")
    subject_id: strawberry.ID = column(
        "subject_id", "Camera, sự cố, phiếu công việc, ca trực · The camera, incident, order or shift", str
    )

    @strawberry.field(description="Người thực hiện; tiến trình thì không có · Who; none for a process")
    def by(self) -> Person | None:
        """Who did it."""
        by = self.row.by
        return None if ":" in by else Person(account_id=strawberry.ID(by), unit_id=self.row.unit_id)

    @strawberry.field(description="Căn cứ · The rule", metadata=of_source(Link("rule", rules)))
    def rule(self, info: Info) -> Rule | None:
        """The rule that it stands on."""
        return rule(info, self.row.rule)


@strawberry.type(description="Một mục nhật ký trong danh sách · An entry of a diary in a list")
class DiaryEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: DiaryEntry = strawberry.field(description="Mục nhật ký · The entry")


@strawberry.type(description="Một trang nhật ký thiết bị · A page of the diary of a device")
class DiaryConnection(Connection):
    """A page of it."""

    edges: list[DiaryEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[DiaryEntry] = strawberry.field(description="Các dòng · Rows")


DIARY = ListOf(
    name="diary",
    listing=device_diary.LISTING,
    node=DiaryEntry,
    edge=DiaryEdge,
    connection=DiaryConnection,
    kinds=(instant, whole),
)
FROM = strawberry.argument(name="from", description="Từ · From")
TO = strawberry.argument(description="Đến; nay nếu không nêu · To; now, if absent")
OnlyCamera = Annotated[
    strawberry.ID | None, strawberry.argument(description="Chỉ camera này · Only this camera")
]


async def _asked_of(info: Info, way: str, camera_id: UUID | None) -> None:
    """Nothing is shown of a camera that one may not know of, and that somebody asked by its id is on record."""
    if camera_id is not None:
        await found_to_see(info, way, camera_id)


@strawberry.type
class OperationQuery:
    """Queries on how cameras run."""

    @strawberry.field(
        description="Mức sẵn sàng của camera được xem, kém nhất trước · How much of a time one’s cameras worked"
    )
    async def availability(
        self,
        info: Info,
        from_: Annotated[datetime, FROM],
        by: Annotated[By, strawberry.argument(description="Tính theo · Of what it is told")],
        to: Annotated[datetime | None, TO] = None,
        camera_id: OnlyCamera = None,
        first: First = 20,
        min_position: MinPosition = None,
    ) -> list[Availability]:
        """The availability of the cameras that one may view; of the future nothing is said."""
        ctx = info.context
        begin = utc("from", from_)
        end = min(utc("to", to), ctx.act.now) if to is not None else ctx.act.now
        if begin >= end:
            raise InvalidInput("from", "phải trước to và trước hiện tại", "comes before to and before now")
        only = identity("cameraId", camera_id) if camera_id is not None else None
        await ctx.visible(min_position, "outages", "camera_registry", "directory")
        await _asked_of(info, "availability", only)
        within = scope.of_cameras(ctx.act)
        size = page_size(first)
        found = await ctx.read(outages.available, within, begin, end, by, camera_id=only, first=size)
        return [Availability(of=one) for one in found]

    @strawberry.field(
        description="Kết nối của camera trong sổ, mất nhiều nhất trước · How the links of one’s cameras are now"
    )
    async def links(
        self,
        info: Info,
        by: Annotated[By, strawberry.argument(description="Tính theo · Of what it is told")],
        camera_id: OnlyCamera = None,
        first: First = 20,
        min_position: MinPosition = None,
    ) -> list[Links]:
        """The links of the cameras that the register shows one: who administers them sets where they are asked."""
        ctx = info.context
        only = identity("cameraId", camera_id) if camera_id is not None else None
        await ctx.visible(min_position, "camera_registry", "directory")
        await _asked_of(info, "links", only)
        within = scope.of_register(ctx.act)
        size = page_size(first)
        found = await ctx.read(links.states, within, ctx.act.now, by, camera_id=only, first=size)
        return [Links(of=one) for one in found]

    @strawberry.field(
        description="Các lần gián đoạn của camera được xem, mới nhất trước · Outages of one’s cameras, newest first"
    )
    async def outages(
        self,
        info: Info,
        filter: Annotated[OutageFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> OutageConnection:
        """The outages of the cameras that one may view."""
        ctx = info.context
        within = scope.of_outages(ctx.act)
        await ctx.visible(min_position, "outages", "camera_registry", "directory")
        return OUTAGES.listed(within, (filter or OutageFilter()).narrow(), first=first, after=after)

    @strawberry.field(
        description="Nhật ký vận hành của một thiết bị, theo thứ tự · The operating diary of a device, in order"
    )
    async def diary(
        self,
        info: Info,
        camera_id: Annotated[strawberry.ID, strawberry.argument(description="Camera · The camera")],
        from_: Annotated[datetime | None, FROM] = None,
        to: Annotated[datetime | None, TO] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> DiaryConnection:
        """What happened to a camera that one may view; of any other there is nothing."""
        ctx = info.context
        within = scope.of_diary(ctx.act)
        narrow = DiaryNarrow(
            camera_id=identity("cameraId", camera_id),
            since=utc("from", from_) if from_ is not None else None,
            until=utc("to", to) if to is not None else None,
        )
        await ctx.visible(min_position, "device_diary", "camera_registry", "directory")
        await _asked_of(info, "diary", narrow.camera_id)
        return DIARY.listed(within, narrow, first=first, after=after)
