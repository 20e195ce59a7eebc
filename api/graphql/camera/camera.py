"""Cameras at the GraphQL edge."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from psycopg import Connection as Db

from api.graphql.camera.control import CameraHold
from api.graphql.camera.file import (
    CameraCertificate,
    CameraConsent,
    CameraFault,
    CameraOwner,
    CameraPosition,
    Recording,
    on_file,
    papers,
)
from api.graphql.client.entry import ClientEntry
from api.graphql.columns import Link, column, of_source
from api.graphql.common import (
    AvailableAction,
    Enabled,
    Rule,
    Step,
    available,
    rule,
)
from api.graphql.context import Info, RequestContext, legal
from api.graphql.looking import attempted, look_at
from api.graphql.unit.unit import Unit, units
from domain.camera import CameraState, OwnerKind, Placement, Transmission
from domain.camera.acts import GUARDS
from domain.camera.guards import check_administer, check_file, check_secret, check_see, check_watch
from domain.camera.uses import GUARDS as USE_GUARDS
from domain.client.guards import check_view as check_view_client
from domain.control import GUARDS as CONTROL_GUARDS
from domain.control import Controls
from domain.errors import NotFound
from domain.extraction.guards import check_request
from projections import camera_registry, history
from projections.camera_registry import CameraRow
from projections.follower import Recorded


@strawberry.type(description="Camera đã đăng ký · A registered camera")
class Camera:
    """A camera, never its address."""

    row: strawberry.Private[CameraRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("camera_id", "Mã định danh · Id", str)
    code: str = column("code", "Mã camera · Code")
    name: str = column("name", "Tên · Name")
    camera_class: str = column("camera_class", "Lớp camera · Class, such as SMART_CITY", named="class")
    domain: str = column("domain", "Lĩnh vực: giao thông hay an ninh · TRAFFIC or SECURITY")
    kind: str = column("kind", "Loại, ví dụ SANCTION · Kind, such as SANCTION")
    state: CameraState = column("state", "Trạng thái · State", CameraState)
    placement: Placement = column("placement", "Nơi quan sát · Whose place it looks at", Placement)
    place: str | None = column("place", "Loại nơi được công bố · The kind of place it is published as")
    area: str = column("area_path", "Địa bàn · Area, as a path")
    tier: int = column("tier", "Cấp hệ thống, 0 nếu không phân cấp · Level of its system; 0 without levels")
    view: str | None = column("view", "Hướng nhìn · Where it looks")
    channel: Transmission | None = on_file("channel", "Kênh truyền · By which way images come", Transmission)
    secret: bool = column("secret", "Có dấu hiệu bí mật nhà nước · What it shows may be a state secret")
    published: bool = column("published", "Công bố cho người dân · Open to the public")
    withdrawn: bool = column("withdrawn", "Chủ sở hữu đã rút đồng ý · Its owner agrees no longer")
    installed_on: date | None = column("installed_on", "Ngày lắp đặt · Installed on")
    activated_at: datetime | None = column("activated_at", "Hoạt động từ · At work since", legal)
    connect_due: datetime | None = column(
        "connect_due", "Hạn kết nối cấp I · Until when it is to be connected to level I", legal
    )
    connect_due_soon_told_at: datetime | None = column(
        "connect_due_soon_told_at",
        "Đã báo sắp đến hạn kết nối lúc · When that was told to be due soon",
        legal,
    )
    connect_missed_told_at: datetime | None = column(
        "connect_missed_told_at", "Đã báo quá hạn kết nối lúc · When that was told to be missed", legal
    )
    link_lost_at: datetime | None = column("link_lost_at", "Mất kết nối từ · Its link is down since", legal)
    verified_until: date | None = column(
        "verified_until", "Kiểm định có hiệu lực đến hết ngày · Verified until the end of this day"
    )
    calibrated_on: date | None = column("calibrated_on", "Hiệu chuẩn gần nhất · Calibrated last on")
    clock_offset_ms: int | None = on_file(
        "clock_offset_ms", "Độ lệch đồng hồ, mili giây · How far its clock is ahead, in milliseconds"
    )
    firmware: str | None = on_file("firmware", "Phiên bản phần mềm · Version of its software")
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

    @strawberry.field(
        description="Cơ quan quản lý · The body that manages its system",
        metadata=of_source(Link("manager_unit_id", units)),
    )
    async def manager(self, info: Info) -> Unit:
        """The body that manages its system."""
        entry = await info.context.entry.load((self.row.manager_unit_id, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.manager_unit_id)
        return Unit(row=entry)

    @strawberry.field(
        description="Đơn vị giữ thiết bị · The unit that the device stands with",
        metadata=of_source(Link("custodian_unit_id", units)),
    )
    async def custodian(self, info: Info) -> Unit | None:
        """The unit that looks after the device."""
        if check_file(self.row, info.context.act) is not None:
            return None
        return await self._unit(info, self.row.custodian_unit_id)

    async def _unit(self, info: Info, unit_id: UUID | None) -> Unit | None:
        entry = await info.context.entry.load((unit_id, self.at)) if unit_id else None
        return Unit(row=entry) if entry else None

    @strawberry.field(
        description="Chủ sở hữu, chỉ cho người quản trị camera · Whose it is, for who administers it"
    )
    async def owner(self, info: Info) -> CameraOwner | None:
        """Whose it is; a name is personal, and shown to nobody else."""
        if self.row.owner_kind is None or check_administer(self.row, info.context.act) is not None:
            return None
        return CameraOwner(
            kind=OwnerKind(self.row.owner_kind),
            unit=await self._unit(info, self.row.owning_unit_id),
            name=await info.context.open(self.row.sealed(self.row.owner_name)),
            contact=await info.context.open(self.row.sealed(self.row.owner_contact)),
        )

    @strawberry.field(
        description="Máy chủ luồng hình hoặc đầu ghi mà camera kết nối qua, cho người được xem sổ đăng ký đó"
        " · The gateway or recorder that it is connected through, for who is shown that register"
    )
    async def gateway(self, info: Info) -> ClientEntry | None:
        """What it is connected through; of its configuration nobody else is told (R-DH-5.3.0)."""
        ctx = info.context
        row = await ctx.client.load(self.row.client_id) if self.row.client_id else None
        return None if row is None or check_view_client(row, ctx.act) else ClientEntry(row=row)

    @strawberry.field(description="Vị trí · Where it stands")
    def position(self) -> CameraPosition | None:
        """Where it stands, if that is known."""
        if self.row.longitude is None or self.row.latitude is None:
            return None
        return CameraPosition(longitude=self.row.longitude, latitude=self.row.latitude)

    @strawberry.field(description="Căn cứ của hạn kết nối · The rule of the time to connect it")
    def connect_rule(self, info: Info) -> Rule | None:
        """The rule of the clock that runs."""
        return rule(info, self.row.connect_rule)

    consents: list[CameraConsent] = on_file(
        "consents", "Văn bản đồng ý · Consents on file", papers(CameraConsent)
    )
    certificates: list[CameraCertificate] = on_file(
        "certificates", "Giấy chứng nhận kiểm định · Certificates of verification", papers(CameraCertificate)
    )

    @strawberry.field(description="Các lần có lỗi, mới nhất trước · When it was at fault, newest first")
    def faults(self) -> list[CameraFault]:
        """The times in which what it showed was not to be relied on."""
        return [CameraFault(paper=one) for one in reversed(self.row.faults)]

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
        if check_file(self.row, info.context.act) is not None:
            return []
        if self.past is not None:
            steps = await info.context.read(history.steps, self.past)
            return [Step(recorded=step) for step in steps]
        steps = await info.context.history.load(self.row.camera_id)
        return [Step(recorded=step) for step in steps if self.at is None or step.event.timestamp <= self.at]

    @strawberry.field(
        description="Ai đang giữ quyền điều khiển, với người được xem · Who holds its controls, for whoever may watch"
    )
    async def hold(self, info: Info) -> CameraHold | None:
        """The hold that stands; of the past nothing is said."""
        if self.at is not None or check_watch(self.row, info.context.act) is not None:
            return None
        row = await info.context.hold.load(self.row.camera_id)
        return None if row is None else CameraHold(row=row)

    @strawberry.field(description="Việc có thể làm · Available actions")
    async def available_actions(self, info: Info, enabled: Enabled = None) -> list[AvailableAction]:
        """What this person may do with the camera and ask of it; of the past nothing."""
        if self.at is not None:
            return []
        held = await info.context.hold.load(self.row.camera_id)
        controls = Controls(camera=self.row, hold=None if held is None else held.hold)
        act = info.context.act
        guards = {"requestExtraction": check_request, **GUARDS, **USE_GUARDS}
        return available(guards, self.row, act, enabled=enabled) + available(
            CONTROL_GUARDS, controls, act, enabled=enabled
        )


def cameras(conn: Db[Any], _: RequestContext, camera_ids: Collection[UUID]) -> Mapping[UUID, CameraRow]:
    """The cameras of a page, by id."""
    return camera_registry.by_ids(conn, camera_ids)


def open_cameras(conn: Db[Any], ctx: RequestContext, ids: Collection[UUID]) -> Mapping[UUID, CameraRow]:
    """The cameras of a page, by id, without what may show a state secret of another system."""
    return {one: row for one, row in cameras(conn, ctx, ids).items() if check_secret(row, ctx.act) is None}


async def open_camera(info: Info, camera_id: UUID) -> CameraRow | None:
    """The camera of something that one is shown; one that may show a state secret is its own system's alone."""
    row = await info.context.camera.load(camera_id)
    return row if row and check_secret(row, info.context.act) is None else None


async def of_record(
    info: Info, camera_id: UUID, as_of: datetime | None, upto: int | None = None
) -> Camera | None:
    """A camera folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, camera_id, as_of=as_of, upto=upto)
    row = history.state(recorded, lambda row, event, _: camera_registry.fold(row, event))
    return None if row is None else Camera(row=row, at=as_of, past=recorded)


async def found_to_see(info: Info, way: str, camera_id: UUID) -> CameraRow | None:
    """A camera that the register shows one; to ask for any other by its id is on record as an attempt."""
    ctx = info.context
    row = (await ctx.read(camera_registry.by_ids, [camera_id])).get(camera_id)
    if row is not None and (refusal := check_see(row, ctx.act)) is not None:
        await attempted(info, look_at(info, way, "camera", [camera_id], row.area_path), refusal)
        return None
    return row
