"""The six acts on a case at the GraphQL edge; each is the command of its name and holds no rule of its own."""

from typing import Annotated

import strawberry

from api.graphql.case import Case, of_past
from api.graphql.common import Position
from api.graphql.context import Info
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.unit import identity
from domain.case import Finding
from domain.case.guards import check_view
from domain.commands import case as commands

CASES = Noun("case", "hồ sơ", "case", "caseId", "case_id", of_past, check_view)

CASE = strawberry.field(description="Hồ sơ sau bước này · The case after this act")
CASE_ID = strawberry.field(description="Mã định danh của hồ sơ · The case’s id")


@strawberry.type(description="Đã phê duyệt và chuyển · Approved and transferred")
class CaseApproved:
    """The proposal was approved and transferred."""

    case: Case = CASE
    position: Position = POSITION


@strawberry.type(description="Đã loại · Discarded")
class CaseDiscarded:
    """The proposal was discarded."""

    case: Case = CASE
    position: Position = POSITION


@strawberry.type(description="Đã tiếp nhận · Received")
class CaseReceived:
    """The case was taken over."""

    case: Case = CASE
    position: Position = POSITION


@strawberry.type(description="Đã thụ lý xác minh · Accepted for verification")
class VerificationStarted:
    """Verification began."""

    case: Case = CASE
    position: Position = POSITION


@strawberry.type(description="Đã kết luận · Concluded")
class CaseConcluded:
    """The case was concluded."""

    case: Case = CASE
    position: Position = POSITION


@strawberry.type(description="Đã thông báo kết quả · Result notified")
class ResultNotified:
    """The Centre was told the result."""

    case: Case = CASE
    position: Position = POSITION


ApproveCaseResult = Annotated[
    CaseApproved | Refused, strawberry.union("ApproveCaseResult", description=OUTCOME)
]
DiscardCaseResult = Annotated[
    CaseDiscarded | Refused, strawberry.union("DiscardCaseResult", description=OUTCOME)
]
ReceiveCaseResult = Annotated[
    CaseReceived | Refused, strawberry.union("ReceiveCaseResult", description=OUTCOME)
]
StartVerificationResult = Annotated[
    VerificationStarted | Refused, strawberry.union("StartVerificationResult", description=OUTCOME)
]
ConcludeCaseResult = Annotated[
    CaseConcluded | Refused, strawberry.union("ConcludeCaseResult", description=OUTCOME)
]
NotifyResultResult = Annotated[
    ResultNotified | Refused, strawberry.union("NotifyResultResult", description=OUTCOME)
]


@strawberry.input(description="Phê duyệt và chuyển · Approve and transfer")
class ApproveCaseInput:
    """What approving needs."""

    case_id: strawberry.ID = CASE_ID
    plate: str = strawberry.field(description="Biển số đọc được, ví dụ 73A-123.45 · The plate as read")
    recipient_unit_id: strawberry.ID = strawberry.field(description="Đơn vị nhận · The receiving unit")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Loại, có lý do · Discard, with a reason")
class DiscardCaseInput:
    """What discarding needs."""

    case_id: strawberry.ID = CASE_ID
    reason_code: str = strawberry.field(
        description="Mã lý do trong danh mục · Reason code of the closed list"
    )
    command_id: str = COMMAND_ID
    note: str | None = strawberry.field(default=None, description="Ghi chú · Note")
    expected_version: int | None = EXPECTED


@strawberry.input(description="Tiếp nhận · Receive")
class ReceiveCaseInput:
    """What receiving needs."""

    case_id: strawberry.ID = CASE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thụ lý xác minh · Accept for verification")
class StartVerificationInput:
    """What starting verification needs."""

    case_id: strawberry.ID = CASE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Kết luận · Conclude")
class ConcludeCaseInput:
    """What concluding needs."""

    case_id: strawberry.ID = CASE_ID
    finding: Finding = strawberry.field(description="Kết luận · Finding")
    text: str = strawberry.field(
        description="Nội dung kết luận, không quá 4000 ký tự · The conclusion in words, at most 4000 characters"
    )
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thông báo kết quả cho Trung tâm · Notify the Centre of the result")
class NotifyResultInput:
    """What notifying needs."""

    case_id: strawberry.ID = CASE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class CaseMutation:
    """The acts on a case, in the order of the procedure."""

    @strawberry.mutation(description="Phê duyệt và chuyển cho công an (704/UBND-VP) · Approve and transfer")
    async def approve_case(self, info: Info, input: Annotated[ApproveCaseInput, GIVEN]) -> ApproveCaseResult:
        """Approve a proposal and transfer it in one act."""
        return await act(
            info,
            CASES,
            "approveCase",
            input,
            CaseApproved,
            commands.approve_case,
            lambda: {
                "plate": input.plate,
                "recipient_unit_id": identity("recipientUnitId", input.recipient_unit_id),
            },
        )

    @strawberry.mutation(description="Loại đề xuất, có lý do · Discard a proposal, with a reason")
    async def discard_case(self, info: Info, input: Annotated[DiscardCaseInput, GIVEN]) -> DiscardCaseResult:
        """Discard a proposal."""
        return await act(
            info,
            CASES,
            "discardCase",
            input,
            CaseDiscarded,
            commands.discard_case,
            lambda: {"reason_code": input.reason_code, "note": input.note},
        )

    @strawberry.mutation(description="Công an tiếp nhận · The police receive the case")
    async def receive_case(self, info: Info, input: Annotated[ReceiveCaseInput, GIVEN]) -> ReceiveCaseResult:
        """Take a transferred case over."""
        return await act(info, CASES, "receiveCase", input, CaseReceived, commands.receive_case)

    @strawberry.mutation(description="Thụ lý xác minh · Accept for verification")
    async def start_verification(
        self,
        info: Info,
        input: Annotated[StartVerificationInput, GIVEN],
    ) -> StartVerificationResult:
        """Accept a received case for verification."""
        return await act(
            info, CASES, "startVerification", input, VerificationStarted, commands.start_verification
        )

    @strawberry.mutation(description="Kết luận vụ việc · Conclude the case")
    async def conclude_case(
        self, info: Info, input: Annotated[ConcludeCaseInput, GIVEN]
    ) -> ConcludeCaseResult:
        """Conclude a case under verification."""
        return await act(
            info,
            CASES,
            "concludeCase",
            input,
            CaseConcluded,
            commands.conclude_case,
            lambda: {"finding": input.finding, "text": input.text},
        )

    @strawberry.mutation(description="Thông báo kết quả cho Trung tâm · Notify the Centre of the result")
    async def notify_result(
        self, info: Info, input: Annotated[NotifyResultInput, GIVEN]
    ) -> NotifyResultResult:
        """Tell the Centre the result."""
        return await act(info, CASES, "notifyResult", input, ResultNotified, commands.notify_result)
