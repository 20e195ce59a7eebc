"""The acts on a work order at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.work_order import REGISTER, WorkOrder
from domain.commands import work_order as commands
from domain.work_order import WorkKind, check_view
from projections.work_order_log import Planned

ORDERS = Noun(
    "work_order", "phiếu công việc", "work order", "orderId", "order_id", REGISTER.of_record, check_view
)
AFTER = strawberry.field(description="Sau bước này · After this act")
ID = strawberry.field(description="Mã định danh · Id")


@strawberry.type(description="Đã lập phiếu công việc · Work was planned")
class WorkPlanned:
    """Work was planned."""

    work_order: WorkOrder = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã bắt đầu công việc · Work was started")
class WorkStarted:
    """Work was started."""

    work_order: WorkOrder = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã xong công việc · Work was finished")
class WorkFinished:
    """Work was finished."""

    work_order: WorkOrder = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã huỷ công việc · Work was cancelled")
class WorkCancelled:
    """Work was cancelled."""

    work_order: WorkOrder = AFTER
    position: Position = POSITION


PlanWorkResult = Annotated[WorkPlanned | Refused, strawberry.union("PlanWorkResult", description=OUTCOME)]
StartWorkResult = Annotated[WorkStarted | Refused, strawberry.union("StartWorkResult", description=OUTCOME)]
FinishWorkResult = Annotated[
    WorkFinished | Refused, strawberry.union("FinishWorkResult", description=OUTCOME)
]
CancelWorkResult = Annotated[
    WorkCancelled | Refused, strawberry.union("CancelWorkResult", description=OUTCOME)
]


@strawberry.input(description="Lập phiếu công việc · Plan work on cameras")
class PlanWorkInput:
    """What that needs."""

    kind: WorkKind = strawberry.field(description="Loại · What is done")
    camera_ids: list[strawberry.ID] = strawberry.field(
        description="Các camera, tối đa 100 · At most 100 cameras"
    )
    starts_at: datetime = strawberry.field(description="Từ · From")
    ends_at: datetime = strawberry.field(description="Đến · To")
    text: str = strawberry.field(description="Nội dung · What is to be done")
    command_id: str = COMMAND_ID
    supplier_schedule: str | None = strawberry.field(
        default=None, description="Hướng dẫn của nhà cung cấp · The supplier’s guidance that it follows"
    )
    supplier_due_at: datetime | None = strawberry.field(
        default=None, description="Hạn theo nhà cung cấp · Until when the supplier advises it"
    )
    interruption: str | None = strawberry.field(
        default=None, description="Vì sao phải gián đoạn vận hành · Why operation must be interrupted"
    )


@strawberry.input(description="Bắt đầu công việc · Start work")
class StartWorkInput:
    """What that needs."""

    order_id: strawberry.ID = ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Hoàn thành công việc · Finish work")
class FinishWorkInput:
    """What that needs."""

    order_id: strawberry.ID = ID
    text: str = strawberry.field(description="Đã làm gì · What was done")
    command_id: str = COMMAND_ID
    next_due_at: datetime | None = strawberry.field(
        default=None,
        description="Hạn lần sau theo nhà cung cấp · By when the supplier advises the same again",
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Huỷ công việc · Cancel work")
class CancelWorkInput:
    """What that needs."""

    order_id: strawberry.ID = ID
    text: str = strawberry.field(description="Lý do · Why")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


def _planned(info: Info) -> Planned:
    """What is known of other work by now."""
    ctx = info.context
    share = ctx.act.rulebook.settings.operation.max_share_down
    return Planned(ctx.services.reads.sync, share, ctx.act.now)


@strawberry.type
class WorkOrderMutation:
    """The acts on work orders."""

    @strawberry.mutation(description="Lập phiếu công việc · Plan work on cameras")
    async def plan_work(self, info: Info, input: Annotated[PlanWorkInput, GIVEN]) -> PlanWorkResult:
        """Plan work on cameras."""

        def facts() -> dict[str, Any]:
            due = input.supplier_due_at
            return {
                "kind": input.kind.value,
                "camera_ids": tuple(identity("cameraIds", one) for one in input.camera_ids),
                "starts_at": utc("startsAt", input.starts_at),
                "ends_at": utc("endsAt", input.ends_at),
                "text": input.text,
                "supplier_schedule": input.supplier_schedule,
                "supplier_due_at": utc("supplierDueAt", due) if due is not None else None,
                "interruption": input.interruption,
                "planned": _planned(info),
            }

        return await create(info, ORDERS, "planWork", input, WorkPlanned, commands.plan_work, facts)

    @strawberry.mutation(description="Bắt đầu công việc · Start work")
    async def start_work(self, info: Info, input: Annotated[StartWorkInput, GIVEN]) -> StartWorkResult:
        """Start work."""

        def facts() -> dict[str, Any]:
            return {"planned": _planned(info)}

        return await act(info, ORDERS, "startWork", input, WorkStarted, commands.start_work, facts)

    @strawberry.mutation(description="Hoàn thành công việc · Finish work")
    async def finish_work(self, info: Info, input: Annotated[FinishWorkInput, GIVEN]) -> FinishWorkResult:
        """Finish work."""

        def facts() -> dict[str, Any]:
            due = input.next_due_at
            return {
                "text": input.text,
                "next_due_at": utc("nextDueAt", due) if due is not None else None,
            }

        return await act(info, ORDERS, "finishWork", input, WorkFinished, commands.finish_work, facts)

    @strawberry.mutation(description="Huỷ công việc · Cancel work")
    async def cancel_work(self, info: Info, input: Annotated[CancelWorkInput, GIVEN]) -> CancelWorkResult:
        """Cancel work."""

        def facts() -> dict[str, Any]:
            return {"text": input.text}

        return await act(info, ORDERS, "cancelWork", input, WorkCancelled, commands.cancel_work, facts)
