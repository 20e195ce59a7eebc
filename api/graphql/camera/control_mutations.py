"""The controls of a camera at the GraphQL edge: taken, used, let go of."""

from typing import Annotated, Any

import strawberry

from api.graphql.camera.use import CameraUse
from api.graphql.camera.use_mutations import PURPOSE, USES
from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.creation import create
from api.graphql.looking import AccessPurpose
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, POSITION, Refused
from domain import errors
from domain.commands import control as commands
from domain.control import Movement, Order

CAMERA_ID = strawberry.field(description="Camera · The camera")
HOLD = strawberry.field(description="Lượt giữ điều khiển · The hold of the controls")


@strawberry.type(description="Đã giữ quyền điều khiển · The controls were taken")
class CameraReserved:
    """They are held, for as long as commands come."""

    use: CameraUse = HOLD
    position: Position = POSITION


@strawberry.type(description="Đã gửi lệnh điều khiển · A command was sent to the camera")
class CameraMoved:
    """It is on record, with what became of it."""

    use: CameraUse = HOLD
    position: Position = POSITION


@strawberry.type(description="Đã gửi lệnh dừng · The camera was told to stop")
class CameraStopped:
    """It is on record, with what became of it."""

    use: CameraUse = HOLD
    position: Position = POSITION


@strawberry.type(description="Đã nhả điều khiển · The controls were let go of")
class CameraReleased:
    """They are free."""

    use: CameraUse = HOLD
    position: Position = POSITION


@strawberry.type(description="Đã buộc nhả điều khiển · A hold of the controls was ended")
class CameraForceReleased:
    """They are free, whoever held them."""

    use: CameraUse = HOLD
    position: Position = POSITION


ReserveCameraResult = Annotated[
    CameraReserved | Refused, strawberry.union("ReserveCameraResult", description=OUTCOME)
]
MoveCameraResult = Annotated[CameraMoved | Refused, strawberry.union("MoveCameraResult", description=OUTCOME)]
StopCameraResult = Annotated[
    CameraStopped | Refused, strawberry.union("StopCameraResult", description=OUTCOME)
]
ReleaseCameraResult = Annotated[
    CameraReleased | Refused, strawberry.union("ReleaseCameraResult", description=OUTCOME)
]
ForceReleaseCameraResult = Annotated[
    CameraForceReleased | Refused, strawberry.union("ForceReleaseCameraResult", description=OUTCOME)
]


@strawberry.input(description="Giữ quyền điều khiển · Take the controls")
class ReserveCameraInput:
    """What taking the controls needs: a purpose."""

    camera_id: strawberry.ID = CAMERA_ID
    purpose: AccessPurpose = PURPOSE
    command_id: str = COMMAND_ID


@strawberry.input(
    description="Quay, nghiêng, phóng: từ -1 đến 1 của khả năng camera · Pan, tilt, zoom, -1 to 1 of what it can do"
)
class PanTiltZoom:
    """A direction and speed, or a place."""

    pan: float = strawberry.field(default=0.0, description="Quay ngang · Pan")
    tilt: float = strawberry.field(default=0.0, description="Nghiêng · Tilt")
    zoom: float = strawberry.field(default=0.0, description="Phóng · Zoom")


@strawberry.input(
    description="Điều khiển: đúng một trong velocity, position, preset · Exactly one of velocity, position, preset"
)
class MoveCameraInput:
    """What moving needs: one of three ways to say where."""

    camera_id: strawberry.ID = CAMERA_ID
    command_id: str = COMMAND_ID
    velocity: PanTiltZoom | None = strawberry.field(
        default=None, description="Quay liên tục vài giây · Move for a few seconds, so fast"
    )
    position: PanTiltZoom | None = strawberry.field(default=None, description="Đến vị trí · Go there")
    preset: str | None = strawberry.field(default=None, description="Vị trí đặt sẵn · Take a preset")


@strawberry.input(description="Dừng quay · Stop moving")
class StopCameraInput:
    """Which camera stops."""

    camera_id: strawberry.ID = CAMERA_ID
    command_id: str = COMMAND_ID


@strawberry.input(description="Nhả điều khiển · Let go of the controls")
class ReleaseCameraInput:
    """Which camera's controls are let go of."""

    camera_id: strawberry.ID = CAMERA_ID
    command_id: str = COMMAND_ID


@strawberry.input(description="Buộc nhả điều khiển · End somebody's hold of the controls")
class ForceReleaseCameraInput:
    """What ending another's hold needs: a reason."""

    camera_id: strawberry.ID = CAMERA_ID
    reason: str = strawberry.field(description="Lý do · Why")
    command_id: str = COMMAND_ID


@strawberry.type
class ControlMutation:
    """The acts at the controls."""

    @strawberry.mutation(
        description="Giữ quyền điều khiển camera; đơn vị có thứ tự cao hơn thay thế đơn vị thấp hơn ·"
        " Take the controls of a camera; a unit of higher rank takes them from one of lower"
    )
    async def reserve_camera(
        self, info: Info, input: Annotated[ReserveCameraInput, GIVEN]
    ) -> ReserveCameraResult:
        """Take them."""

        def facts() -> dict[str, Any]:
            return {"camera_id": identity("cameraId", input.camera_id), "purpose": input.purpose.value}

        return await create(
            info,
            USES,
            "reserveCamera",
            input,
            CameraReserved,
            commands.reserve_camera,
            facts,
            cameras="camera_id",
        )

    @strawberry.mutation(
        description="Điều khiển camera; lệnh được ghi trước khi gửi, kết quả ghi sau; gửi lại không quay lại ·"
        " Move a camera; on record before it goes, its outcome after; sent again, it moves nothing"
    )
    async def move_camera(self, info: Info, input: Annotated[MoveCameraInput, GIVEN]) -> MoveCameraResult:
        """Move it."""
        services = info.context.services

        def facts() -> dict[str, Any]:
            camera_id = identity("cameraId", input.camera_id)
            return {"camera_id": camera_id, "order": _order(input), "ptz": services.ptz}

        return await create(
            info,
            USES,
            "moveCamera",
            input,
            CameraMoved,
            commands.order_camera,
            facts,
            run=services.devices,
            cameras="camera_id",
        )

    @strawberry.mutation(description="Dừng quay · Stop moving")
    async def stop_camera(self, info: Info, input: Annotated[StopCameraInput, GIVEN]) -> StopCameraResult:
        """Stop it."""
        services = info.context.services

        def facts() -> dict[str, Any]:
            camera_id = identity("cameraId", input.camera_id)
            return {"camera_id": camera_id, "order": Order(movement=Movement.STOP), "ptz": services.ptz}

        return await create(
            info,
            USES,
            "stopCamera",
            input,
            CameraStopped,
            commands.order_camera,
            facts,
            run=services.devices,
            cameras="camera_id",
        )

    @strawberry.mutation(description="Nhả điều khiển · Let go of the controls")
    async def release_camera(
        self, info: Info, input: Annotated[ReleaseCameraInput, GIVEN]
    ) -> ReleaseCameraResult:
        """Let go."""

        def facts() -> dict[str, Any]:
            return {"camera_id": identity("cameraId", input.camera_id)}

        return await create(
            info,
            USES,
            "releaseCamera",
            input,
            CameraReleased,
            commands.release_camera,
            facts,
            cameras="camera_id",
        )

    @strawberry.mutation(
        description="Buộc nhả điều khiển, ghi lý do · End somebody's hold of the controls, with the reason"
    )
    async def force_release_camera(
        self, info: Info, input: Annotated[ForceReleaseCameraInput, GIVEN]
    ) -> ForceReleaseCameraResult:
        """Make somebody let go."""

        def facts() -> dict[str, Any]:
            return {"camera_id": identity("cameraId", input.camera_id), "reason": input.reason}

        command = commands.force_release_camera
        return await create(
            info, USES, "forceReleaseCamera", input, CameraForceReleased, command, facts, cameras="camera_id"
        )


def _order(given: MoveCameraInput) -> Order:
    said = [one for one in (given.velocity, given.position, given.preset) if one is not None]
    if len(said) != 1:
        raise errors.InvalidInput(
            "velocity",
            "cần đúng một trong velocity, position, preset",
            "exactly one of velocity, position and preset is expected",
        )
    if given.preset is not None:
        return Order(movement=Movement.PRESET, preset=given.preset)
    where = given.velocity or given.position or PanTiltZoom()
    movement = Movement.MOVE if given.velocity is not None else Movement.GO_TO
    return Order(movement=movement, pan=where.pan, tilt=where.tilt, zoom=where.zoom)
