"""Shifts at the GraphQL edge: their logs, the state of the devices, and what was handed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.columns import column, sealed
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.shift import GUARDS, EntryKind, ShiftState, check_view
from projections import scope, shift_log
from projections.follower import Recorded
from projections.shift_log import ShiftNarrow, ShiftRow

strawberry.enum(ShiftState, description="Trạng thái ca trực · State of a shift")
strawberry.enum(EntryKind, description="Loại mục nhật ký · What is entered")


@strawberry.type(description="Một mục nhật ký vận hành · An entry of the operation log")
class ShiftEntry:
    """What was written into the log; it stays as it was."""

    row: strawberry.Private[ShiftRow]
    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Số thứ tự · Number of the entry")
    def entry(self) -> int:
        """Its number, from 1."""
        return int(self.said["entry"])

    @strawberry.field(description="Loại · Kind")
    def kind(self) -> EntryKind:
        """What is entered."""
        return EntryKind(self.said["kind"])

    @strawberry.field(description="Đính chính mục số · The entry that it corrects")
    def corrects(self) -> int | None:
        """The entry that it corrects."""
        corrected: int | None = self.said["corrects"]
        return corrected

    @strawberry.field(description="Camera · The camera it is about")
    def camera_id(self) -> strawberry.ID | None:
        """The camera it is about."""
        return strawberry.ID(self.said["camera_id"]) if self.said["camera_id"] else None

    @strawberry.field(description="Ghi lúc · When it was entered")
    def at(self) -> datetime:
        """When it was entered."""
        return legal(datetime.fromisoformat(self.said["at"]))

    @strawberry.field(description="Người ghi · Who entered it")
    def by(self) -> Person:
        """Who entered it."""
        return Person(account_id=strawberry.ID(self.said["by"]), unit_id=self.row.owner_unit)

    @strawberry.field(description="Nội dung · What it says")
    async def text(self, info: Info) -> str | None:
        """The words of it."""
        return await info.context.open(self.row.sealed(self.said["text"]))


@strawberry.type(description="Ca trực · A shift")
class Shift:
    """Who is on duty at a post, and what they put on record."""

    row: strawberry.Private[ShiftRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("shift_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-CT-2026-000001 · Number, such as DH-CT-2026-000001")
    state: ShiftState = column("state", "Trạng thái · State", ShiftState)
    post: str = column("post", "Vị trí trực · The post")
    area: str = column("area_path", "Địa bàn của đơn vị · Area of the unit")
    opened_at: datetime = column("opened_at", "Mở ca lúc · When it was opened", legal)
    confirmed_at: datetime | None = column(
        "confirmed_at", "Xác nhận thiết bị lúc · When the state of the devices was confirmed", legal
    )
    closed_at: datetime | None = column("closed_at", "Đóng ca lúc · When it was closed", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    devices: str | None = sealed("shift_id", "devices", "Tình trạng thiết bị · The state of the devices")
    handover: str | None = sealed("shift_id", "handover", "Bàn giao · What the next shift has to know")

    @strawberry.field(description="Ca trước · The shift it took over from")
    def after(self) -> strawberry.ID | None:
        """The shift before."""
        return strawberry.ID(str(self.row.after)) if self.row.after else None

    @strawberry.field(description="Camera không hoạt động · The cameras that did not work")
    def faulty_camera_ids(self) -> list[strawberry.ID]:
        """The cameras that did not work when the devices were confirmed."""
        return [strawberry.ID(str(one)) for one in self.row.faulty_camera_ids]

    @strawberry.field(description="Nhật ký vận hành · The operation log")
    def entries(self) -> list[ShiftEntry]:
        """What was entered, the first one first."""
        return [ShiftEntry(row=self.row, said=said) for said in self.row.entries]

    @strawberry.field(description="Người mở ca · Who opened it")
    def opened_by(self) -> Person:
        """Who opened it."""
        return Person(account_id=strawberry.ID(self.row.opened_by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Người đóng ca · Who closed it")
    def closed_by(self) -> Person | None:
        """Who closed it."""
        by = self.row.closed_by
        return Person(account_id=strawberry.ID(by), unit_id=self.row.owner_unit) if by else None

    unit: Unit = unit_of("owner_unit", "Đơn vị · The unit")
    history: list[Step] = steps("shift_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một ca trực trong danh sách · A shift in a list")
class ShiftEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Shift = strawberry.field(description="Ca trực · A shift")


@strawberry.type(description="Một trang ca trực · A page of shifts")
class ShiftConnection(Connection):
    """A page of them."""

    edges: list[ShiftEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Shift] = strawberry.field(description="Các dòng · Rows")


SHIFTS = ListOf(
    name="shifts",
    listing=shift_log.LISTING,
    node=Shift,
    edge=ShiftEdge,
    connection=ShiftConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc ca trực · Narrow the list of shifts")
class ShiftFilter:
    """What to narrow the list to."""

    states: list[ShiftState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    post: str | None = strawberry.field(default=None, description="Vị trí trực · The post")
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> ShiftNarrow:
        """The filter as the read model takes it."""
        return ShiftNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            post=self.post,
            number=self.number,
        )


REGISTER = Register(noun="shift", log=shift_log, id="shift_id", node=Shift, check_view=check_view)


@strawberry.type
class ShiftQuery:
    """Queries on shifts."""

    @strawberry.field(description="Một ca trực · One shift")
    async def shift(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Shift | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các ca trực, mới nhất trước · Shifts, newest first")
    async def shifts(
        self,
        info: Info,
        filter: Annotated[ShiftFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ShiftConnection:
        """Those in one's scope."""
        ctx = info.context
        within = scope.of_shifts(ctx.act)
        await ctx.visible(min_position, "shift_log", "directory")
        return SHIFTS.listed(within, (filter or ShiftFilter()).narrow(), first=first, after=after)
