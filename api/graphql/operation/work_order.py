"""Work orders at the GraphQL edge: what is done with which cameras, when, and what was done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column, sealed
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, identity, legal, utc
from api.graphql.pages import Connection, ListOf, instant, page_size
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.work_order import GUARDS, WorkKind, WorkState, check_view
from projections import scope, work_order_log
from projections.follower import Recorded
from projections.work_order_log import WorkNarrow, WorkRow

strawberry.enum(WorkState, description="Trạng thái công việc · State of a work order")
strawberry.enum(WorkKind, description="Loại công việc · What is done")


@strawberry.type(description="Phiếu công việc · A work order")
class WorkOrder:
    """What is maintained, verified, repaired or replaced, and when."""

    row: strawberry.Private[WorkRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("order_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-BD-2026-000001 · Number, such as DH-BD-2026-000001")
    state: WorkState = column("state", "Trạng thái · State", WorkState)
    kind: WorkKind = column("kind", "Loại · What is done", WorkKind)
    area: str = column("area_path", "Địa bàn của đơn vị · Area of the unit")
    starts_at: datetime = column("starts_at", "Dự kiến từ · Planned from", legal)
    ends_at: datetime = column("ends_at", "Dự kiến đến · Planned to", legal)
    supplier_schedule: str | None = column(
        "supplier_schedule", "Hướng dẫn của nhà cung cấp · The supplier’s guidance that it follows"
    )
    supplier_due_at: datetime | None = column(
        "supplier_due_at", "Hạn theo nhà cung cấp · Until when the supplier advises it", legal
    )
    planned_at: datetime = column("planned_at", "Lập lúc · When it was planned", legal)
    started_at: datetime | None = column("started_at", "Bắt đầu lúc · When it began", legal)
    finished_at: datetime | None = column("finished_at", "Xong lúc · When it was finished", legal)
    next_due_at: datetime | None = column(
        "next_due_at", "Hạn lần sau theo nhà cung cấp · By when the supplier advises the same again", legal
    )
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    text: str | None = sealed("order_id", "text", "Nội dung · What is to be done")
    interruption: str | None = sealed(
        "order_id", "interruption", "Vì sao phải gián đoạn · Why operation is interrupted"
    )
    result: str | None = sealed("order_id", "result", "Kết quả · What was done, or why not")

    @strawberry.field(description="Các camera · The cameras")
    def camera_ids(self) -> list[strawberry.ID]:
        """The cameras that are down meanwhile."""
        return [strawberry.ID(str(one)) for one in self.row.camera_ids]

    @strawberry.field(description="Người lập · Who planned it")
    def planned_by(self) -> Person:
        """Who planned it."""
        return Person(account_id=strawberry.ID(self.row.planned_by), unit_id=self.row.owner_unit)

    unit: Unit = unit_of("owner_unit", "Đơn vị · The unit")
    history: list[Step] = steps("order_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một phiếu công việc trong danh sách · A work order in a list")
class WorkOrderEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: WorkOrder = strawberry.field(description="Phiếu công việc · A work order")


@strawberry.type(description="Một trang phiếu công việc · A page of work orders")
class WorkOrderConnection(Connection):
    """A page of them."""

    edges: list[WorkOrderEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[WorkOrder] = strawberry.field(description="Các dòng · Rows")


WORK_ORDERS = ListOf(
    name="work_orders",
    listing=work_order_log.LISTING,
    node=WorkOrder,
    edge=WorkOrderEdge,
    connection=WorkOrderConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc phiếu công việc · Narrow the list of work orders")
class WorkOrderFilter:
    """What to narrow the list to."""

    states: list[WorkState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> WorkNarrow:
        """The filter as the read model takes it."""
        return WorkNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            number=self.number,
        )


@strawberry.type(description="Việc đến hạn đối với một camera · Work that is due on a camera")
class WorkDue:
    """What a supplier advises to be done with a camera, and by when."""

    camera_id: strawberry.ID = strawberry.field(description="Camera · The camera")
    kind: WorkKind = strawberry.field(description="Loại · What is to be done")
    due_at: datetime = strawberry.field(description="Hạn theo nhà cung cấp · By when the supplier advises it")
    last_finished_at: datetime | None = strawberry.field(
        description="Lần làm gần nhất · When the same was done last"
    )
    planned: bool = strawberry.field(
        description="Đã có phiếu chưa xong · Whether an order for it is planned or under way"
    )
    missed: bool = strawberry.field(description="Đã quá hạn · Whether the day has passed")


REGISTER = Register(
    noun="work-order", log=work_order_log, id="order_id", node=WorkOrder, check_view=check_view
)


@strawberry.type
class WorkOrderQuery:
    """Queries on work orders."""

    @strawberry.field(description="Một phiếu công việc · One work order")
    async def work_order(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> WorkOrder | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các phiếu công việc, mới nhất trước · Work orders, newest first")
    async def work_orders(
        self,
        info: Info,
        filter: Annotated[WorkOrderFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> WorkOrderConnection:
        """Those in one's scope."""
        ctx = info.context
        within = scope.of_work_orders(ctx.act)
        await ctx.visible(min_position, "work_order_log", "directory")
        return WORK_ORDERS.listed(within, (filter or WorkOrderFilter()).narrow(), first=first, after=after)

    @strawberry.field(
        description="Việc bảo trì, kiểm định đến hạn theo nhà cung cấp, gần nhất trước"
        " · Work that suppliers advise, by camera, what is due first before the rest"
    )
    async def work_due(
        self,
        info: Info,
        before: Annotated[
            datetime, strawberry.argument(description="Hạn trước lúc này · Due before this instant")
        ],
        first: First = 20,
        min_position: MinPosition = None,
    ) -> list[WorkDue]:
        """What is due by the orders in one's scope: by what was said when the same was done last, or by a plan."""
        ctx = info.context
        within, until = scope.of_work_orders(ctx.act), utc("before", before)
        await ctx.visible(min_position, "work_order_log", "camera_registry")
        found = await ctx.read(work_order_log.due, within, until, first=page_size(first))
        return [
            WorkDue(
                camera_id=strawberry.ID(str(one.camera_id)),
                kind=WorkKind(one.kind),
                due_at=legal(one.due_at),
                last_finished_at=legal(one.finished_at) if one.finished_at else None,
                planned=one.planned,
                missed=one.due_at <= ctx.act.now,
            )
            for one in found
        ]
