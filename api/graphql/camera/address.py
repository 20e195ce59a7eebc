"""What opens a camera, at the GraphQL edge: it goes in, and nothing of it comes out."""

from typing import Annotated, Any

import strawberry

from api.graphql.camera.inputs import OnCamera
from api.graphql.camera.mutations import CAMERAS, Done
from api.graphql.context import Info
from api.graphql.mutation import GIVEN, OUTCOME, Refused, act
from domain.camera.address import Address
from domain.commands.camera_address import set_camera_address


@strawberry.input(
    description="Địa chỉ và tài khoản của camera; chỉ ghi, không đọc lại được"
    " · What opens a camera; it is written and never read back (R-DH-5.3.0, R-DB-5.3.0)"
)
class SetCameraAddressInput(OnCamera):
    """The address and the account of a camera, instead of any earlier ones."""

    stream_url: str = strawberry.field(
        description="Luồng hình, rtsp://HOST/PATH, không kèm tài khoản · Its stream, without an account"
    )
    control_url: str | None = strawberry.field(
        default=None, description="Điều khiển, http(s)://HOST/PATH · Its control, without an account"
    )
    username: str | None = strawberry.field(default=None, description="Tên tài khoản · Name of the account")
    password: str | None = strawberry.field(default=None, description="Mật khẩu · Its password")


@strawberry.type(description="Đã đặt địa chỉ · The address was set")
class CameraAddressSet(Done):
    """What opens the camera was set; not what it is."""


@strawberry.type
class CameraAddressMutation:
    """The act on what opens a camera."""

    @strawberry.mutation(description="Đặt địa chỉ và tài khoản của camera · Set what opens a camera")
    async def set_camera_address(
        self, info: Info, input: Annotated[SetCameraAddressInput, GIVEN]
    ) -> Annotated[
        CameraAddressSet | Refused, strawberry.union("SetCameraAddressResult", description=OUTCOME)
    ]:
        """Set it."""

        def facts() -> dict[str, Any]:
            address = Address(input.stream_url, input.control_url, input.username, input.password)
            return {"address": address, "keep": info.context.services.camera_access}

        return await act(
            info, CAMERAS, "setCameraAddress", input, CameraAddressSet, set_camera_address, facts
        )
