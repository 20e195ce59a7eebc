"""The six acts on a case at the GraphQL edge; each is the command of its name and holds no rule of its own."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from api.graphql.case import Case, of_past
from api.graphql.common import (
    CommandIdReused,
    Forbidden,
    InvalidInput,
    NotFound,
    Position,
    SamePerson,
    SameUnit,
    VersionConflict,
    WrongState,
    shown,
)
from api.graphql.context import Info
from api.graphql.unit import identity
from domain import errors
from domain.case import Finding
from domain.case.guards import check_view
from domain.commands import case as commands
from domain.commands.application import Answer, Command

LONGEST_COMMAND_ID = 64

P = TypeVar("P")


CASE = strawberry.field(description="Hồ sơ sau bước này · The case after this act")
POSITION = strawberry.field(
    description="Vị trí đã ghi, dùng cho minPosition · The position written, for minPosition"
)
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


Refused = (
    Forbidden
    | NotFound
    | WrongState
    | VersionConflict
    | CommandIdReused
    | InvalidInput
    | SamePerson
    | SameUnit
)

GIVEN = strawberry.argument(description="Nội dung lệnh · What the command says")
OUTCOME = "Kết quả, hoặc lời từ chối có căn cứ · What was done, or a refusal with its rule"

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

COMMAND_ID = strawberry.field(
    description="Mã lệnh do client đặt; gửi lại cùng mã là cùng một lệnh · Your idempotency key"
)
EXPECTED = strawberry.field(
    default=None, description="Phiên bản đã xem; khác thì từ chối · The version you looked at"
)


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


async def _act(
    info: Info,
    name: str,
    given: Any,
    payload: Callable[..., P],
    command: Callable[..., Answer],
    facts: Callable[[], dict[str, Any]] = dict,
) -> P:
    """Run the command of a mutation; a refusal comes back as a member of its union."""
    ctx = info.context
    who = ctx.who
    case_id: UUID | None = None
    try:
        if not 1 <= len(given.command_id) <= LONGEST_COMMAND_ID:
            raise errors.InvalidInput(
                "commandId",
                f"từ 1 đến {LONGEST_COMMAND_ID} ký tự",
                f"1 to {LONGEST_COMMAND_ID} characters",
            )
        case_id = identity("caseId", given.case_id)
        key = Command.of(
            who.actor.account_id,
            given.command_id,
            name,
            {k: str(v) for k, v in asdict(given).items() if v is not None and k != "command_id"},
            given.expected_version,
        )
        answer = await ctx.services.writes(
            command, ctx.services.app, ctx.act, key, case_id=case_id, **facts()
        )
    except errors.Refusal as refusal:
        return shown(await _concealed(info, case_id, refusal))  # type: ignore[no-any-return]
    case = await of_past(info, case_id, None)
    return payload(case=case, position=Position(answer.position))


async def _concealed(info: Info, case_id: UUID | None, refusal: errors.Refusal) -> errors.Refusal:
    """A refusal about a case outside of one's scope says no more than that there is none.

    That holds for every word of it: whether a recipient was found, too, is asked only of a case that is there.
    """
    if case_id is None or isinstance(refusal, errors.InvalidInput | errors.CommandIdReused):
        return refusal
    case = await of_past(info, case_id, None)
    if case is None or check_view(case.row, info.context.act) is not None:
        return errors.NotFound("hồ sơ", "case", case_id)
    return refusal


@strawberry.type
class CaseMutation:
    """The acts on a case, in the order of the procedure."""

    @strawberry.mutation(description="Phê duyệt và chuyển cho công an (704/UBND-VP) · Approve and transfer")
    async def approve_case(self, info: Info, input: Annotated[ApproveCaseInput, GIVEN]) -> ApproveCaseResult:
        """Approve a proposal and transfer it in one act."""
        return await _act(
            info,
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
        return await _act(
            info,
            "discardCase",
            input,
            CaseDiscarded,
            commands.discard_case,
            lambda: {"reason_code": input.reason_code, "note": input.note},
        )

    @strawberry.mutation(description="Công an tiếp nhận · The police receive the case")
    async def receive_case(self, info: Info, input: Annotated[ReceiveCaseInput, GIVEN]) -> ReceiveCaseResult:
        """Take a transferred case over."""
        return await _act(info, "receiveCase", input, CaseReceived, commands.receive_case)

    @strawberry.mutation(description="Thụ lý xác minh · Accept for verification")
    async def start_verification(
        self,
        info: Info,
        input: Annotated[StartVerificationInput, GIVEN],
    ) -> StartVerificationResult:
        """Accept a received case for verification."""
        return await _act(info, "startVerification", input, VerificationStarted, commands.start_verification)

    @strawberry.mutation(description="Kết luận vụ việc · Conclude the case")
    async def conclude_case(
        self, info: Info, input: Annotated[ConcludeCaseInput, GIVEN]
    ) -> ConcludeCaseResult:
        """Conclude a case under verification."""
        return await _act(
            info,
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
        return await _act(info, "notifyResult", input, ResultNotified, commands.notify_result)
