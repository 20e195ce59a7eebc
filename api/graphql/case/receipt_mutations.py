"""How a case comes to a unit and goes on from it: opened, received, assigned, returned, forwarded, handled."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera
from api.graphql.case.act import LATE_REASON, OnCase, answer, case_act
from api.graphql.case.case import of_past
from api.graphql.case.proposal_mutations import CHANNEL, RECEIVER, REFERENCE
from api.graphql.common import Position, shown
from api.graphql.context import Info, identity, utc
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, Noun, Refused, command_of, concealed
from api.graphql.words import Channel
from domain import errors
from domain.camera.guards import check_see
from domain.commands import case as commands


@strawberry.input(
    description="Mở hồ sơ do công an tự phát hiện · Open a case of what the police found themselves"
)
class OpenCaseInput:
    """What opening a case needs."""

    camera_id: strawberry.ID = strawberry.field(description="Camera của đơn vị · A camera of one’s own unit")
    rule: str = strawberry.field(
        description="Hành vi, chẳng hạn RED_LIGHT · Violating act, such as RED_LIGHT"
    )
    occurred_at: datetime = strawberry.field(description="Thời điểm hành vi · When the act took place")
    text: str = strawberry.field(description="Nội dung phát hiện · What was found, in words")
    command_id: str = COMMAND_ID
    plate: str | None = strawberry.field(
        default=None, description="Biển số, nếu đọc được · The plate, if it shows"
    )


@strawberry.input(description="Tiếp nhận · Receive")
class ReceiveCaseInput(OnCase):
    """What receiving needs."""

    late_reason: str | None = LATE_REASON


@strawberry.input(
    description="Nhận hoặc giao cho một người của đơn vị · Take upon oneself, or give to one’s people"
)
class AssignCaseInput(OnCase):
    """What assigning needs."""

    account_id: strawberry.ID = strawberry.field(
        description="Tài khoản của người được giao · Whose it is to be"
    )


@strawberry.input(description="Trả lại nơi chuyển · Return to whoever supplied it")
class ReturnCaseInput(OnCase):
    """What returning needs."""

    text: str = strawberry.field(description="Lý do trả lại · Why it is returned")


@strawberry.input(description="Chuyển tiếp nơi có thẩm quyền · Forward to whoever is competent")
class ForwardCaseInput(OnCase):
    """What forwarding needs."""

    recipient_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị nhận trong hệ thống · A unit of the system, or else"
    )
    outside: str | None = strawberry.field(
        default=None, description="Nơi nhận ngoài hệ thống · A body outside of it, by its name"
    )
    text: str = strawberry.field(description="Lý do chuyển · Why it is forwarded")
    channel: Channel = CHANNEL
    reference: str | None = REFERENCE
    receiver: str | None = RECEIVER


@strawberry.input(description="Kết thúc vụ việc an ninh · End a security case")
class HandleCaseInput(OnCase):
    """What ending a security case needs."""

    text: str = strawberry.field(description="Kết quả xử lý · What was done")


CaseOpened: Any = answer("CaseOpened", "Đã mở hồ sơ · Opened")


async def _open(info: Info, given: OpenCaseInput) -> Any:
    """Open a case; of a camera that one may not watch one learns as much as of one that never was."""
    ctx = info.context
    ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
    camera_id: UUID | None = None
    try:
        key = command_of(info, "openCase", given)
        camera_id = identity("cameraId", given.camera_id)
        found = commands.Finding(
            camera_id=camera_id,
            rule=given.rule,
            occurred_at=utc("occurredAt", given.occurred_at),
            plate=given.plate,
            text=given.text,
        )
        opened = await ctx.services.writes(commands.open_case, ctx.services.app, ctx.act, key, found=found)
    except errors.Refusal as refusal:
        return shown(await concealed(info, CAMERAS, "openCase", camera_id, refusal))
    return CaseOpened(
        case=await of_past(info, opened.id, None, upto=opened.position), position=Position(opened.position)
    )


async def _camera(info: Info, camera_id: UUID, _: datetime | None) -> Camera | None:
    row = await info.context.camera.load(camera_id)
    return Camera(row=row) if row else None


CAMERAS = Noun("camera", "camera", "camera", "cameraId", "camera_id", _camera, check_see)


@strawberry.type
class CaseReceiptMutation:
    """How a case comes to a unit and goes on from it."""

    @strawberry.mutation(
        description="Mở hồ sơ từ dữ liệu thiết bị của chính đơn vị (QT 12.3, 13.2)"
        " · Open a case of what the police found on data of their own device"
    )
    async def open_case(
        self, info: Info, input: Annotated[OpenCaseInput, GIVEN]
    ) -> Annotated[CaseOpened | Refused, strawberry.union("OpenCaseResult", description=OUTCOME)]:
        """Open a case."""
        return await _open(info, input)

    receive_case = case_act(
        ReceiveCaseInput,
        "CaseReceived",
        "Đã tiếp nhận · Received",
        commands.receive_case,
        "Công an tiếp nhận · The police receive the case",
    )
    assign_case = case_act(
        AssignCaseInput,
        "CaseAssigned",
        "Đã giao · Assigned",
        commands.assign_case,
        "Nhận hồ sơ, hoặc lãnh đạo giao cho người của đơn vị"
        " · Take a case upon oneself, or as the head give it to somebody of the unit",
    )
    return_case = case_act(
        ReturnCaseInput,
        "CaseReturned",
        "Đã trả lại · Returned",
        commands.return_case,
        "Trả lại đơn vị đã chuyển · Return the case to the unit that supplied it",
    )
    forward_case = case_act(
        ForwardCaseInput,
        "CaseForwarded",
        "Đã chuyển tiếp · Forwarded",
        commands.forward_case,
        "Chuyển tiếp đơn vị hoặc nơi khác có thẩm quyền (NĐ 135/2021 Đ15.2, NĐ 61/2026)"
        " · Forward to another unit or body that is competent",
    )
    handle_case = case_act(
        HandleCaseInput,
        "CaseHandled",
        "Đã xử lý xong · Handled",
        commands.handle_case,
        "Kết thúc vụ việc an ninh bằng kết quả xử lý · End a security case with what was done",
    )
