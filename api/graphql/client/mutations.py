"""The acts on a client at the GraphQL edge."""

from datetime import date
from typing import Annotated, Any

import strawberry

from api.graphql.client.client import REGISTER, Client
from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from domain.client import ClientKind, Registration
from domain.client.guards import check_view
from domain.commands import client as commands

CLIENTS = Noun(
    "client",
    "phần mềm, thiết bị kết nối",
    "client",
    "clientId",
    "client_id",
    REGISTER.of_record,
    check_view,
)
AFTER = strawberry.field(description="Sau bước này · After this act")
ID = strawberry.field(description="Mã định danh · Id")
DOCUMENT = strawberry.field(description="Số văn bản · The document that says so")
REASON = strawberry.field(description="Lý do · Why")


@strawberry.type(description="Đã đăng ký · It was registered")
class ClientRegistered:
    """It was registered."""

    client: Client = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã tạm dừng · It was suspended")
class ClientSuspended:
    """It was suspended."""

    client: Client = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã cho kết nối lại · It is let in again")
class ClientResumed:
    """It is let in again."""

    client: Client = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã thu hồi · It was withdrawn")
class ClientWithdrawn:
    """It was withdrawn."""

    client: Client = AFTER
    position: Position = POSITION


RegisterClientResult = Annotated[
    ClientRegistered | Refused, strawberry.union("RegisterClientResult", description=OUTCOME)
]
SuspendClientResult = Annotated[
    ClientSuspended | Refused, strawberry.union("SuspendClientResult", description=OUTCOME)
]
ResumeClientResult = Annotated[
    ClientResumed | Refused, strawberry.union("ResumeClientResult", description=OUTCOME)
]
WithdrawClientResult = Annotated[
    ClientWithdrawn | Refused, strawberry.union("WithdrawClientResult", description=OUTCOME)
]


@strawberry.input(description="Đăng ký phần mềm, thiết bị kết nối · Register software or a device")
class RegisterClientInput:
    """What registering needs."""

    code: str = strawberry.field(description="Mã, ví dụ PM-PH-01 · Code, such as PM-PH-01")
    kind: ClientKind = strawberry.field(description="Loại · Kind")
    name: str = strawberry.field(description="Tên · Name")
    release: str = strawberry.field(description="Phiên bản phần mềm hoặc kiểu thiết bị · Version or type")
    maker: str = strawberry.field(description="Nhà sản xuất, cung cấp · Maker or supplier")
    area: str = strawberry.field(description="Địa bàn phục vụ · The area that it serves, as a path")
    operating_unit_id: strawberry.ID = strawberry.field(
        description="Đơn vị vận hành · The unit that operates it"
    )
    document: str = strawberry.field(description="Văn bản cho phép · The document that permits it")
    permitted_on: date = strawberry.field(
        description="Được phép từ ngày · The day from which that document permits it"
    )
    command_id: str = COMMAND_ID
    models: list[str] = strawberry.field(
        default_factory=list,
        description="SHA-256 của từng mô hình phát hiện; phần mềm phát hiện phải có"
        " · SHA-256 of each model by which it detects; detection software has some",
    )


@strawberry.input(description="Tạm dừng kết nối · Suspend a client")
class SuspendClientInput:
    """What that needs."""

    client_id: strawberry.ID = ID
    document: str = DOCUMENT
    reason: str = REASON
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Cho kết nối lại · Let a client in again")
class ResumeClientInput:
    """What that needs."""

    client_id: strawberry.ID = ID
    document: str = DOCUMENT
    reason: str = REASON
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thu hồi đăng ký · Withdraw a client")
class WithdrawClientInput:
    """What that needs."""

    client_id: strawberry.ID = ID
    document: str = DOCUMENT
    reason: str = REASON
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class ClientMutation:
    """The acts on clients."""

    @strawberry.mutation(
        description="Đăng ký phần mềm, thiết bị được phép kết nối · Register what may connect"
    )
    async def register_client(
        self, info: Info, input: Annotated[RegisterClientInput, GIVEN]
    ) -> RegisterClientResult:
        """Register one."""

        def facts() -> dict[str, Any]:
            return {
                "registration": Registration(
                    code=input.code,
                    kind=input.kind.value,
                    name=input.name,
                    release=input.release,
                    maker=input.maker,
                    area_path=input.area,
                    operating_unit_id=identity("operatingUnitId", input.operating_unit_id),
                    document=input.document,
                    permitted_on=input.permitted_on,
                    models=tuple(input.models),
                )
            }

        command = commands.register_client
        return await create(info, CLIENTS, "registerClient", input, ClientRegistered, command, facts)

    @strawberry.mutation(
        description="Tạm dừng: từ lúc này những gì nó gửi bị từ chối"
        " · Suspend it: what it sends from now on is refused"
    )
    async def suspend_client(
        self, info: Info, input: Annotated[SuspendClientInput, GIVEN]
    ) -> SuspendClientResult:
        """Suspend one."""

        def facts() -> dict[str, Any]:
            return {"document": input.document, "reason": input.reason}

        return await act(
            info, CLIENTS, "suspendClient", input, ClientSuspended, commands.suspend_client, facts
        )

    @strawberry.mutation(description="Cho kết nối lại từ lúc này · Let it in again from now on")
    async def resume_client(
        self, info: Info, input: Annotated[ResumeClientInput, GIVEN]
    ) -> ResumeClientResult:
        """Let one in again."""

        def facts() -> dict[str, Any]:
            return {"document": input.document, "reason": input.reason}

        return await act(info, CLIENTS, "resumeClient", input, ClientResumed, commands.resume_client, facts)

    @strawberry.mutation(
        description="Thu hồi hẳn; những gì đã nhận trước đó giữ nguyên"
        " · Withdraw it for good; what it sent before stays"
    )
    async def withdraw_client(
        self, info: Info, input: Annotated[WithdrawClientInput, GIVEN]
    ) -> WithdrawClientResult:
        """Withdraw one."""

        def facts() -> dict[str, Any]:
            return {"document": input.document, "reason": input.reason}

        return await act(
            info, CLIENTS, "withdrawClient", input, ClientWithdrawn, commands.withdraw_client, facts
        )
