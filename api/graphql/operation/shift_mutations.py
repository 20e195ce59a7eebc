"""The acts on a shift at the GraphQL edge."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.shift import REGISTER, Shift
from domain.commands import shift as commands
from domain.shift import EntryKind, check_view
from projections.shift_log import last_of

SHIFTS = Noun("shift", "ca trực", "shift", "shiftId", "shift_id", REGISTER.of_record, check_view)
AFTER = strawberry.field(description="Sau bước này · After this act")
ID = strawberry.field(description="Mã định danh · Id")


@strawberry.type(description="Đã mở ca · A shift was opened")
class ShiftOpened:
    """A shift was opened."""

    shift: Shift = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã xác nhận thiết bị · The state of the devices was confirmed")
class DevicesConfirmed:
    """The state of the devices was confirmed."""

    shift: Shift = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã ghi nhật ký · The log was written")
class ShiftLogEntered:
    """The log was written."""

    shift: Shift = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã đính chính nhật ký · The log was corrected")
class ShiftLogCorrected:
    """The log was corrected."""

    shift: Shift = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã đóng ca · A shift was closed")
class ShiftClosed:
    """A shift was closed."""

    shift: Shift = AFTER
    position: Position = POSITION


OpenShiftResult = Annotated[ShiftOpened | Refused, strawberry.union("OpenShiftResult", description=OUTCOME)]
ConfirmDevicesResult = Annotated[
    DevicesConfirmed | Refused, strawberry.union("ConfirmDevicesResult", description=OUTCOME)
]
EnterShiftLogResult = Annotated[
    ShiftLogEntered | Refused, strawberry.union("EnterShiftLogResult", description=OUTCOME)
]
CorrectShiftLogResult = Annotated[
    ShiftLogCorrected | Refused, strawberry.union("CorrectShiftLogResult", description=OUTCOME)
]
CloseShiftResult = Annotated[ShiftClosed | Refused, strawberry.union("CloseShiftResult", description=OUTCOME)]


@strawberry.input(description="Mở ca, nhận bàn giao · Open a shift")
class OpenShiftInput:
    """What that needs."""

    post: str = strawberry.field(description="Vị trí trực · The post")
    command_id: str = COMMAND_ID


@strawberry.input(description="Xác nhận tình trạng thiết bị · Confirm the state of the devices")
class ConfirmDevicesInput:
    """What that needs."""

    shift_id: strawberry.ID = ID
    command_id: str = COMMAND_ID
    faulty_camera_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Camera không hoạt động; không có thì mọi thiết bị đều tốt · Those that do not work",
    )
    text: str | None = strawberry.field(
        default=None, description="Ghi chú về thiết bị · A note on the devices"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ghi nhật ký vận hành · Write into the operation log")
class EnterShiftLogInput:
    """What that needs."""

    shift_id: strawberry.ID = ID
    kind: EntryKind = strawberry.field(description="Loại · Kind")
    text: str = strawberry.field(description="Nội dung · What is entered")
    command_id: str = COMMAND_ID
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đính chính bằng một mục mới · Correct an entry by a new one")
class CorrectShiftLogInput:
    """What that needs."""

    shift_id: strawberry.ID = ID
    entry: int = strawberry.field(description="Mục được đính chính · The entry to correct")
    text: str = strawberry.field(description="Nội dung đúng · What it should have said")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đóng ca, bàn giao · Close a shift")
class CloseShiftInput:
    """What that needs."""

    shift_id: strawberry.ID = ID
    text: str = strawberry.field(description="Bàn giao cho ca sau · What the next shift has to know")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class ShiftMutation:
    """The acts on shifts."""

    @strawberry.mutation(description="Mở ca, nhận bàn giao · Open a shift")
    async def open_shift(self, info: Info, input: Annotated[OpenShiftInput, GIVEN]) -> OpenShiftResult:
        """Open a shift."""
        ctx = info.context

        def last(unit_id: UUID, post: str) -> UUID | None:
            return ctx.services.reads.sync(last_of, unit_id, post)

        def facts() -> dict[str, Any]:
            return {"post": input.post, "last": last}

        return await create(info, SHIFTS, "openShift", input, ShiftOpened, commands.open_shift, facts)

    @strawberry.mutation(description="Xác nhận tình trạng thiết bị · Confirm the state of the devices")
    async def confirm_devices(
        self, info: Info, input: Annotated[ConfirmDevicesInput, GIVEN]
    ) -> ConfirmDevicesResult:
        """Confirm the state of the devices."""

        def facts() -> dict[str, Any]:
            faulty = input.faulty_camera_ids or ()
            return {
                "faulty_camera_ids": tuple(identity("faultyCameraIds", one) for one in faulty),
                "text": input.text,
            }

        return await act(
            info, SHIFTS, "confirmDevices", input, DevicesConfirmed, commands.confirm_devices, facts
        )

    @strawberry.mutation(description="Ghi nhật ký vận hành · Write into the operation log")
    async def enter_shift_log(
        self, info: Info, input: Annotated[EnterShiftLogInput, GIVEN]
    ) -> EnterShiftLogResult:
        """Write into the operation log."""

        def facts() -> dict[str, Any]:
            camera = input.camera_id
            return {
                "kind": input.kind.value,
                "text": input.text,
                "camera_id": identity("cameraId", camera) if camera is not None else None,
            }

        return await act(
            info, SHIFTS, "enterShiftLog", input, ShiftLogEntered, commands.enter_shift_log, facts
        )

    @strawberry.mutation(description="Đính chính bằng một mục mới · Correct an entry by a new one")
    async def correct_shift_log(
        self, info: Info, input: Annotated[CorrectShiftLogInput, GIVEN]
    ) -> CorrectShiftLogResult:
        """Correct an entry by a new one."""

        def facts() -> dict[str, Any]:
            return {"entry": input.entry, "text": input.text}

        return await act(
            info, SHIFTS, "correctShiftLog", input, ShiftLogCorrected, commands.correct_shift_log, facts
        )

    @strawberry.mutation(description="Đóng ca, bàn giao · Close a shift")
    async def close_shift(self, info: Info, input: Annotated[CloseShiftInput, GIVEN]) -> CloseShiftResult:
        """Close a shift."""

        def facts() -> dict[str, Any]:
            return {"text": input.text}

        return await act(info, SHIFTS, "closeShift", input, ShiftClosed, commands.close_shift, facts)
