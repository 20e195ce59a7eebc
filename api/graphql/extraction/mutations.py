"""The acts on an extraction at the GraphQL edge; each is the command of its name and holds no rule of its own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.common import Position, shown
from api.graphql.context import Info, identity, utc
from api.graphql.extraction.extraction import Extraction, of_log
from api.graphql.looking import AccessPurpose, attempted, look_at
from api.graphql.mutation import (
    COMMAND_ID,
    EXPECTED,
    GIVEN,
    OUTCOME,
    POSITION,
    Noun,
    Refused,
    act,
    command_of,
)
from api.services import Services
from domain import errors
from domain.case.guards import check_view as check_view_case
from domain.commands import extraction as commands
from domain.commands.reading import is_attempt
from domain.extraction.guards import check_source, check_view
from domain.footage import Kept
from projections import camera_registry, case_queue, position, recordings

EXTRACTIONS = Noun(
    "extraction", "lượt trích xuất", "extraction", "extractionId", "extraction_id", of_log, check_view
)
EXTRACTION = strawberry.field(description="Lượt trích xuất sau bước này · The extraction after this act")
EXTRACTION_ID = strawberry.field(description="Mã định danh của lượt trích xuất · The extraction’s id")


@strawberry.type(description="Đã đề nghị · Requested")
class ExtractionRequested:
    """Footage was asked for."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


@strawberry.type(description="Đã duyệt · Approved")
class ExtractionApproved:
    """The request was allowed."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


@strawberry.type(description="Đã từ chối đề nghị · Rejected")
class ExtractionRejected:
    """The request was rejected."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


@strawberry.type(description="Đã thực hiện · Executed")
class ExtractionExecuted:
    """The footage was cut and kept."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


@strawberry.type(description="Đã bàn giao · Handed over")
class ExtractionHandedOver:
    """The files were handed to a named person."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


@strawberry.type(description="Người nhận đã xác nhận · Accepted")
class ExtractionAccepted:
    """The receiver took the files over."""

    extraction: Extraction = EXTRACTION
    position: Position = POSITION


RequestExtractionResult = Annotated[
    ExtractionRequested | Refused, strawberry.union("RequestExtractionResult", description=OUTCOME)
]
ApproveExtractionResult = Annotated[
    ExtractionApproved | Refused, strawberry.union("ApproveExtractionResult", description=OUTCOME)
]
RejectExtractionResult = Annotated[
    ExtractionRejected | Refused, strawberry.union("RejectExtractionResult", description=OUTCOME)
]
ExecuteExtractionResult = Annotated[
    ExtractionExecuted | Refused, strawberry.union("ExecuteExtractionResult", description=OUTCOME)
]
HandOverExtractionResult = Annotated[
    ExtractionHandedOver | Refused, strawberry.union("HandOverExtractionResult", description=OUTCOME)
]
AcceptExtractionResult = Annotated[
    ExtractionAccepted | Refused, strawberry.union("AcceptExtractionResult", description=OUTCOME)
]


@strawberry.input(description="Đề nghị trích xuất · Ask for footage")
class RequestExtractionInput:
    """What asking needs: the camera, the window to the second, the purpose."""

    camera_id: strawberry.ID = strawberry.field(description="Camera · The camera’s id")
    from_: datetime = strawberry.field(name="from", description="Từ, tính đến giây · From, to the second")
    to: datetime = strawberry.field(description="Đến, tính đến giây · To, to the second")
    purpose: AccessPurpose = strawberry.field(description="Mục đích · Purpose")
    command_id: str = COMMAND_ID
    note: str | None = strawberry.field(
        default=None, description="Nội dung đề nghị · What the request says, at most 4000 characters"
    )
    document_number: str | None = strawberry.field(
        default=None, description="Số văn bản đề nghị · Number of the request’s document"
    )
    undertaking: bool = strawberry.field(
        default=False,
        description="Cam kết sử dụng đúng mục đích (R-DH-12.2.d) · Undertaking to keep to the purpose",
    )
    case_id: strawberry.ID | None = strawberry.field(
        default=None, description="Hồ sơ liên quan · The case it is for"
    )


@strawberry.input(description="Duyệt đề nghị trích xuất · Approve a request")
class ApproveExtractionInput:
    """What approving needs."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Từ chối đề nghị trích xuất, có lý do · Reject a request, with a reason")
class RejectExtractionInput:
    """What rejecting needs."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    text: str = strawberry.field(description="Lý do · Why")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thực hiện trích xuất · Execute an extraction")
class ExecuteExtractionInput:
    """What executing needs."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Bàn giao · Hand over")
class HandOverExtractionInput:
    """What handing over needs."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    receiver_account_id: strawberry.ID = strawberry.field(
        description="Tài khoản nhận, thuộc đơn vị đề nghị · The receiver, an account of the unit that asked"
    )
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Xác nhận đã nhận · Accept what was handed over")
class AcceptExtractionInput:
    """What accepting needs."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


def _covering(services: Services) -> commands.Covering:
    """What a command asks the table of recordings."""

    def covering(camera_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Kept]:
        return services.reads.sync(recordings.covering, camera_id, starts_at, ends_at)

    return covering


async def _all_recordings(info: Info) -> None:
    """Wait until the table of recordings has all that is on record: what it lacks would be cut as never recorded.

    Raises:
        NotYetVisible: it has not within two seconds; nothing was decided.
    """
    ctx = info.context
    await ctx.visible(await ctx.read(position.head), "recordings")


async def _request(info: Info, given: RequestExtractionInput) -> ExtractionRequested:
    ctx = info.context
    key = command_of(info, "requestExtraction", given)
    camera_id = identity("cameraId", given.camera_id)
    wanted = commands.Wanted(
        camera_id=camera_id,
        starts_at=utc("from", given.from_),
        ends_at=utc("to", given.to),
        purpose=given.purpose.value,
        note=given.note,
        document_number=given.document_number,
        undertaking=given.undertaking,
        case_id=identity("caseId", given.case_id) if given.case_id is not None else None,
    )
    await _all_recordings(info)
    try:
        answer = await ctx.services.writes(
            commands.request_extraction,
            ctx.services.app,
            ctx.act,
            key,
            wanted=wanted,
            covering=_covering(ctx.services),
        )
    except errors.Refusal as refusal:
        asked = is_attempt(refusal) or isinstance(refusal, errors.NotFound)
        if asked and (hidden := await _hidden(info, wanted, refusal)):
            noun, noun_id, area_path, why = hidden
            look = look_at(info, "requestExtraction", noun, [noun_id], area_path, camera_id=camera_id)
            await attempted(info, look, why, given.purpose)
        raise
    found = await of_log(info, answer.id, None, upto=answer.position)
    if found is None:
        raise errors.NotFound("lượt trích xuất", "extraction", answer.id)
    return ExtractionRequested(extraction=found, position=Position(answer.position))


async def _hidden(
    info: Info, wanted: commands.Wanted, refusal: errors.Refusal
) -> tuple[str, UUID, str, errors.Refusal] | None:
    """What this person asked about and may not: the camera, or the case; a slip of the pen is nothing."""
    ctx = info.context
    camera_id, case_id = wanted.camera_id, wanted.case_id
    camera = (await ctx.read(camera_registry.by_ids, [camera_id])).get(camera_id)
    if camera is None:
        return None
    hidden = check_source(camera, ctx.act, in_writing=wanted.in_writing)
    if why := hidden or (refusal if is_attempt(refusal) else None):
        return "camera", camera_id, camera.area_path, why
    case = (await ctx.read(case_queue.by_ids, [case_id])).get(case_id) if case_id else None
    if case is not None and (why := check_view_case(case, ctx.act)):
        return "case", case.case_id, case.area_path, why
    return None


@strawberry.type
class ExtractionMutation:
    """The acts on an extraction, in the order of the procedure."""

    @strawberry.mutation(
        description="Đề nghị trích xuất dữ liệu của một camera (R-DH-12.2.c2) · Ask for the footage of a camera"
    )
    async def request_extraction(
        self, info: Info, input: Annotated[RequestExtractionInput, GIVEN]
    ) -> RequestExtractionResult:
        """Ask for footage."""
        info.context.who  # noqa: B018 — whoever is not signed in is told so before anything else
        try:
            return await _request(info, input)
        except errors.Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]

    @strawberry.mutation(description="Duyệt đề nghị · Approve a request")
    async def approve_extraction(
        self, info: Info, input: Annotated[ApproveExtractionInput, GIVEN]
    ) -> ApproveExtractionResult:
        """Allow an extraction."""
        command = commands.approve_extraction
        return await act(info, EXTRACTIONS, "approveExtraction", input, ExtractionApproved, command)

    @strawberry.mutation(description="Từ chối đề nghị, có lý do · Reject a request, with a reason")
    async def reject_extraction(
        self, info: Info, input: Annotated[RejectExtractionInput, GIVEN]
    ) -> RejectExtractionResult:
        """Refuse an extraction."""
        return await act(
            info,
            EXTRACTIONS,
            "rejectExtraction",
            input,
            ExtractionRejected,
            commands.reject_extraction,
            lambda: {"text": input.text},
        )

    @strawberry.mutation(
        description="Cắt dữ liệu, giữ bền và ghi vào sổ · Cut the footage, keep it durably, put it on record"
    )
    async def execute_extraction(
        self, info: Info, input: Annotated[ExecuteExtractionInput, GIVEN]
    ) -> ExecuteExtractionResult:
        """Execute an approved extraction."""
        services = info.context.services
        info.context.who  # noqa: B018 — as above
        await _all_recordings(info)
        return await act(
            info,
            EXTRACTIONS,
            "executeExtraction",
            input,
            ExtractionExecuted,
            commands.execute_extraction,
            lambda: {
                "covering": _covering(services),
                "footage": services.footage,
            },
            long=True,
        )

    @strawberry.mutation(description="Bàn giao cho một người · Hand over to one person (R-DH-12.2.b2)")
    async def hand_over_extraction(
        self, info: Info, input: Annotated[HandOverExtractionInput, GIVEN]
    ) -> HandOverExtractionResult:
        """Hand the files over."""
        return await act(
            info,
            EXTRACTIONS,
            "handOverExtraction",
            input,
            ExtractionHandedOver,
            commands.hand_over_extraction,
            lambda: {"receiver_account_id": identity("receiverAccountId", input.receiver_account_id)},
        )

    @strawberry.mutation(description="Người nhận xác nhận · The receiver accepts")
    async def accept_extraction(
        self, info: Info, input: Annotated[AcceptExtractionInput, GIVEN]
    ) -> AcceptExtractionResult:
        """Take the files over."""
        command = commands.accept_extraction
        return await act(info, EXTRACTIONS, "acceptExtraction", input, ExtractionAccepted, command)
