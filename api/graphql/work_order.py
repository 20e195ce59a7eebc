"""Work orders at the GraphQL edge: what is done with which cameras, when, and what was done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step, available
from api.graphql.context import Info, legal, utc
from api.graphql.extraction import Person
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.reading import attempted, look_at
from api.graphql.unit import Unit, identity, units
from domain.errors import InvalidInput, NotFound
from domain.work_order import GUARDS, WorkKind, WorkState, check_view
from projections import history, scope, work_order_log
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
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(
        description="Nội dung · What is to be done", metadata=of_source(Sealed("order_id", "text"))
    )
    async def text(self, info: Info) -> str | None:
        """What is to be done."""
        return await info.context.open(self.row.sealed(self.row.text))

    @strawberry.field(
        description="Vì sao phải gián đoạn · Why operation is interrupted",
        metadata=of_source(Sealed("order_id", "interruption")),
    )
    async def interruption(self, info: Info) -> str | None:
        """Why operation is interrupted."""
        return await info.context.open(self.row.sealed(self.row.interruption))

    @strawberry.field(
        description="Kết quả · What was done, or why not", metadata=of_source(Sealed("order_id", "result"))
    )
    async def result(self, info: Info) -> str | None:
        """What was done, or why not."""
        return await info.context.open(self.row.sealed(self.row.result))

    @strawberry.field(description="Các camera · The cameras")
    def camera_ids(self) -> list[strawberry.ID]:
        """The cameras that are down meanwhile."""
        return [strawberry.ID(str(one)) for one in self.row.camera_ids]

    @strawberry.field(description="Người lập · Who planned it")
    def planned_by(self) -> Person:
        """Who planned it."""
        return Person(account_id=strawberry.ID(self.row.planned_by), unit_id=self.row.owner_unit)

    @strawberry.field(
        description="Đơn vị · The unit",
        metadata=of_source(Link("owner_unit", units)),
    )
    async def unit(self, info: Info) -> Unit:
        """Whose it is."""
        entry = await info.context.entry.load((self.row.owner_unit, None))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit(row=entry)

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event of it, oldest first."""
        ctx = info.context
        if self.past is None:
            steps = await ctx.history.load(self.row.order_id)
        else:
            steps = await ctx.read(history.steps, self.past)
        return [Step(recorded=step) for step in steps]

    @strawberry.field(description="Việc người này có thể làm · What this person may do, and why not")
    def available_actions(self, info: Info) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        return [] if self.at is not None else available(dict(GUARDS), self.row, info.context.act)


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


async def of_record(
    info: Info, order_id: UUID, as_of: datetime | None, upto: int | None = None
) -> WorkOrder | None:
    """One folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, order_id, as_of=as_of, upto=upto)
    row = history.state(recorded, work_order_log.fold)
    return None if row is None else WorkOrder(row=row, at=as_of, past=recorded)


@strawberry.type
class WorkOrderQuery:
    """Queries on work orders."""

    @strawberry.field(description="Một phiếu công việc · One work order")
    async def work_order(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        number: Annotated[str | None, strawberry.argument(description="Số · Number")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> WorkOrder | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (number is None):
            raise InvalidInput("id", "cần id hoặc number, chỉ một", "either id or number is expected")
        await ctx.visible(min_position, "work_order_log", "directory")
        if id is not None:
            one = identity("id", id)
            row = (await ctx.read(work_order_log.by_ids, [one])).get(one)
        else:
            row = await ctx.read(work_order_log.by_number, str(number))
        if row is not None and (refusal := check_view(row, act)) is not None:
            look = look_at(info, "work_order", "work_order", [row.order_id], row.area_path)
            await attempted(info, look, refusal)
            return None
        if row is None or at is None:
            return WorkOrder(row=row) if row else None
        return await of_record(info, row.order_id, at)

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
