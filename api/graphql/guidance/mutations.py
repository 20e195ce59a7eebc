"""The acts on guidance at the GraphQL edge."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.guidance.guidance import REGISTER, Guidance
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from domain.commands import guidance as commands
from domain.guidance import Edition, GuidanceKind
from domain.guidance.guards import check_view

GUIDANCE = Noun(
    "guidance",
    "văn bản dùng chung",
    "guidance",
    "guidanceId",
    "guidance_id",
    REGISTER.of_record,
    check_view,
)
AFTER = strawberry.field(description="Văn bản sau bước này · The edition after this act")
ID = strawberry.field(description="Mã định danh của văn bản · The edition’s id")


@strawberry.type(description="Đã ban hành văn bản · Guidance was issued")
class GuidanceIssued:
    """It was issued."""

    guidance: Guidance = AFTER
    position: Position = POSITION


@strawberry.type(
    description="Đã thay văn bản; bản mới: guidance.replacedById"
    " · An edition was replaced; the new one: guidance.replacedById"
)
class GuidanceReplaced:
    """It was replaced."""

    guidance: Guidance = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã thu hồi văn bản · Guidance was withdrawn")
class GuidanceWithdrawn:
    """It was withdrawn."""

    guidance: Guidance = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã xác nhận đã đọc · The person confirmed that they have read it")
class GuidanceAcknowledged:
    """It was confirmed."""

    guidance: Guidance = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã ghi nhận việc phổ biến · It is on record that people were told of it")
class BriefingRecorded:
    """A head said whom they told."""

    guidance: Guidance = AFTER
    position: Position = POSITION


IssueGuidanceResult = Annotated[
    GuidanceIssued | Refused, strawberry.union("IssueGuidanceResult", description=OUTCOME)
]
ReplaceGuidanceResult = Annotated[
    GuidanceReplaced | Refused, strawberry.union("ReplaceGuidanceResult", description=OUTCOME)
]
WithdrawGuidanceResult = Annotated[
    GuidanceWithdrawn | Refused, strawberry.union("WithdrawGuidanceResult", description=OUTCOME)
]
AcknowledgeGuidanceResult = Annotated[
    GuidanceAcknowledged | Refused, strawberry.union("AcknowledgeGuidanceResult", description=OUTCOME)
]
RecordBriefingResult = Annotated[
    BriefingRecorded | Refused, strawberry.union("RecordBriefingResult", description=OUTCOME)
]


@strawberry.input(description="Nội dung một bản văn bản · What an edition says")
class EditionInput:
    """What is said of an edition when it is issued."""

    document: str = strawberry.field(description="Số văn bản · Number of the paper")
    dated: date = strawberry.field(description="Ngày văn bản · Day of the paper")
    title: str = strawberry.field(description="Trích yếu · Title")
    kind: GuidanceKind = strawberry.field(description="Loại · Kind")
    text: str = strawberry.field(description="Nội dung · What it says")
    starts_at: datetime = strawberry.field(
        description="Có hiệu lực từ, có múi giờ · In force from, with an offset"
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="Hết hiệu lực từ · In force until; open if absent"
    )
    area: str | None = strawberry.field(
        default=None, description="Địa bàn áp dụng, mặc định của đơn vị · Area; the unit’s own, if absent"
    )
    unit_kinds: list[str] | None = strawberry.field(
        default=None, description="Các loại đơn vị áp dụng; không có là mọi loại · Kinds of unit; none is all"
    )
    must_acknowledge: bool = strawberry.field(
        default=False, description="Người dùng phải xác nhận đã đọc · Whether its readers have to confirm it"
    )

    def said(self, info: Info) -> Edition:
        """What the domain is told."""
        return Edition(
            document=self.document,
            dated=self.dated,
            title=self.title,
            kind=self.kind,
            text=self.text,
            area_path=self.area if self.area is not None else info.context.act.actor.area_path,
            unit_kinds=tuple(self.unit_kinds or ()),
            starts_at=utc("startsAt", self.starts_at),
            ends_at=utc("endsAt", self.ends_at) if self.ends_at is not None else None,
            must_acknowledge=self.must_acknowledge,
        )


EDITION = strawberry.field(description="Nội dung · What it says")


@strawberry.input(description="Ban hành văn bản dùng chung · Issue guidance")
class IssueGuidanceInput:
    """What issuing needs."""

    edition: EditionInput = EDITION
    command_id: str = COMMAND_ID


@strawberry.input(description="Thay bằng bản mới · Replace guidance by a new edition")
class ReplaceGuidanceInput:
    """What replacing needs: the new edition."""

    guidance_id: strawberry.ID = ID
    edition: EditionInput = EDITION
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thu hồi văn bản · Withdraw guidance")
class WithdrawGuidanceInput:
    """What withdrawing needs: a document."""

    guidance_id: strawberry.ID = ID
    document: str = strawberry.field(description="Số văn bản thu hồi · Number of the document")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Xác nhận đã đọc · Confirm that one has read an edition")
class AcknowledgeGuidanceInput:
    """What confirming needs: which edition."""

    guidance_id: strawberry.ID = ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ghi nhận việc phổ biến · Put a briefing on record")
class RecordBriefingInput:
    """What a head says: when, and whom of their unit they told."""

    guidance_id: strawberry.ID = ID
    held_at: datetime = strawberry.field(
        description="Phổ biến lúc, có múi giờ · When it was held, with an offset"
    )
    account_ids: list[strawberry.ID] = strawberry.field(
        description="Những người của đơn vị đã dự · People of the unit who were there"
    )
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class GuidanceMutation:
    """The acts on guidance."""

    @strawberry.mutation(description="Ban hành văn bản, hướng dẫn dùng chung · Issue guidance")
    async def issue_guidance(
        self, info: Info, input: Annotated[IssueGuidanceInput, GIVEN]
    ) -> IssueGuidanceResult:
        """Issue an edition that replaces none."""

        def facts() -> dict[str, Any]:
            return {"said": input.edition.said(info)}

        command = commands.issue_guidance
        return await create(info, GUIDANCE, "issueGuidance", input, GuidanceIssued, command, facts)

    @strawberry.mutation(
        description="Thay bằng bản mới; xác nhận cũ vẫn thuộc bản cũ ·"
        " Replace it by a new edition; what was confirmed stays with the old one"
    )
    async def replace_guidance(
        self, info: Info, input: Annotated[ReplaceGuidanceInput, GIVEN]
    ) -> ReplaceGuidanceResult:
        """Issue an edition in place of another."""

        def facts() -> dict[str, Any]:
            return {"said": input.edition.said(info)}

        command = commands.replace_guidance
        return await act(info, GUIDANCE, "replaceGuidance", input, GuidanceReplaced, command, facts)

    @strawberry.mutation(description="Thu hồi bằng văn bản · Withdraw it, with a document")
    async def withdraw_guidance(
        self, info: Info, input: Annotated[WithdrawGuidanceInput, GIVEN]
    ) -> WithdrawGuidanceResult:
        """Take an edition back."""

        def facts() -> dict[str, Any]:
            return {"document": input.document}

        command = commands.withdraw_guidance
        return await act(info, GUIDANCE, "withdrawGuidance", input, GuidanceWithdrawn, command, facts)

    @strawberry.mutation(
        description="Tự xác nhận đã đọc, một lần · Confirm for oneself that one has read it, once"
    )
    async def acknowledge_guidance(
        self, info: Info, input: Annotated[AcknowledgeGuidanceInput, GIVEN]
    ) -> AcknowledgeGuidanceResult:
        """Confirm an edition; once more changes nothing."""
        command = commands.acknowledge_guidance
        return await act(info, GUIDANCE, "acknowledgeGuidance", input, GuidanceAcknowledged, command)

    @strawberry.mutation(
        description="Thủ trưởng ghi nhận đã phổ biến; không thay cho xác nhận của từng người ·"
        " The head says whom they told; it stands for nobody’s own confirmation"
    )
    async def record_briefing(
        self, info: Info, input: Annotated[RecordBriefingInput, GIVEN]
    ) -> RecordBriefingResult:
        """Put a briefing on record."""

        def facts() -> dict[str, Any]:
            return {
                "held_at": utc("heldAt", input.held_at),
                "account_ids": [identity("accountIds", one) for one in input.account_ids],
            }

        command = commands.record_briefing
        return await act(info, GUIDANCE, "recordBriefing", input, BriefingRecorded, command, facts)
