"""The acts on a breach of the regulation at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.breach.breach import REGISTER, Breach
from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from domain.breach import Shown
from domain.breach_guards import BreachFinding, Measure, check_view
from domain.commands import breach as commands

BREACHES = Noun("breach", "vi phạm", "breach", "breachId", "breach_id", REGISTER.of_record, check_view)
AFTER = strawberry.field(description="Vi phạm sau bước này · The breach after this act")
ID = strawberry.field(description="Mã định danh của vi phạm · The breach’s id")
FROM_ABOVE = strawberry.field(
    default=None,
    description="Văn bản của cấp trên; phải có khi đơn vị ghi kết luận về chính mình hoặc người đứng đầu ·"
    " The document of the body above; asked for where a unit records what was decided on itself or its head",
)


@strawberry.type(description="Đã báo cáo vi phạm · A breach was reported")
class BreachReported:
    """It was reported."""

    breach: Breach = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã giải trình · The person it is said of was heard")
class BreachAnswered:
    """The person was heard."""

    breach: Breach = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã kết luận · A breach was examined")
class BreachExamined:
    """It was examined."""

    breach: Breach = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã xử lý · A breach was dealt with")
class BreachDealtWith:
    """It was dealt with."""

    breach: Breach = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã đóng · A breach was closed")
class BreachClosed:
    """It was closed."""

    breach: Breach = AFTER
    position: Position = POSITION


@strawberry.type(description="Đã xem xét lại · A breach was reopened")
class BreachReopened:
    """Its finding was set aside."""

    breach: Breach = AFTER
    position: Position = POSITION


ReportBreachResult = Annotated[
    BreachReported | Refused, strawberry.union("ReportBreachResult", description=OUTCOME)
]
AnswerBreachResult = Annotated[
    BreachAnswered | Refused, strawberry.union("AnswerBreachResult", description=OUTCOME)
]
ExamineBreachResult = Annotated[
    BreachExamined | Refused, strawberry.union("ExamineBreachResult", description=OUTCOME)
]
DealWithBreachResult = Annotated[
    BreachDealtWith | Refused, strawberry.union("DealWithBreachResult", description=OUTCOME)
]
CloseBreachResult = Annotated[
    BreachClosed | Refused, strawberry.union("CloseBreachResult", description=OUTCOME)
]
ReopenBreachResult = Annotated[
    BreachReopened | Refused, strawberry.union("ReopenBreachResult", description=OUTCOME)
]


@strawberry.input(description="Báo cáo vi phạm · Report a breach")
class ReportBreachInput:
    """What reporting needs."""

    unit_id: strawberry.ID = strawberry.field(description="Đơn vị để xảy ra · The unit it happened in")
    rule_id: str = strawberry.field(
        description="Hành vi bị cấm hoặc nghĩa vụ · The prohibited act, or the duty, such as R-DH-5.3.0"
    )
    happened_at: datetime = strawberry.field(description="Xảy ra lúc · When it happened")
    text: str = strawberry.field(description="Nội dung · What happened")
    command_id: str = COMMAND_ID
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Người bị báo cáo, của đơn vị lúc đó · Whom it is said of, of the unit then"
    )
    attempts: list[Position] | None = strawberry.field(
        default=None, description="Các lần bị từ chối, theo vị trí · Refused attempts, by position"
    )
    case_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Các hồ sơ làm căn cứ · Cases that show it"
    )
    camera_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Các camera làm căn cứ · Cameras that show it"
    )


@strawberry.input(description="Giải trình · Be heard")
class AnswerBreachInput:
    """What that needs."""

    breach_id: strawberry.ID = ID
    text: str = strawberry.field(description="Nội dung giải trình · What one says to it")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Kết luận · Examine a breach")
class ExamineBreachInput:
    """What that needs."""

    breach_id: strawberry.ID = ID
    finding: BreachFinding = strawberry.field(description="Kết luận · What was found")
    text: str = strawberry.field(description="Nội dung kết luận · What was found, in words")
    command_id: str = COMMAND_ID
    document: str | None = FROM_ABOVE
    expected_version: int | None = EXPECTED


@strawberry.input(description="Xử lý vi phạm · Deal with a breach")
class DealWithBreachInput:
    """What that needs: a document."""

    breach_id: strawberry.ID = ID
    measure: Measure = strawberry.field(description="Hình thức · The measure")
    document: str = strawberry.field(description="Số văn bản · Number of the document that decided it")
    decided_at: datetime = strawberry.field(description="Quyết định lúc · When it was decided")
    command_id: str = COMMAND_ID
    recommendation_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Kiến nghị gửi cơ quan khác · The recommendation by which it is put to another body",
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đóng vi phạm · Close a breach")
class CloseBreachInput:
    """What that needs."""

    breach_id: strawberry.ID = ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Xem xét lại · Reopen a breach")
class ReopenBreachInput:
    """What that needs."""

    breach_id: strawberry.ID = ID
    text: str = strawberry.field(description="Vì sao · Why the finding is set aside")
    command_id: str = COMMAND_ID
    document: str | None = FROM_ABOVE
    expected_version: int | None = EXPECTED


@strawberry.type
class BreachMutation:
    """The acts on a breach."""

    @strawberry.mutation(
        description="Báo cáo vi phạm trong đơn vị mình, hoặc của đơn vị mình kiểm tra ·"
        " Report a breach in one’s own unit, or in a unit that one checks"
    )
    async def report_breach(
        self, info: Info, input: Annotated[ReportBreachInput, GIVEN]
    ) -> ReportBreachResult:
        """Report one."""

        def facts() -> dict[str, Any]:
            of = input.account_id
            return {
                "unit_id": identity("unitId", input.unit_id),
                "subject_rule": input.rule_id,
                "happened_at": utc("happenedAt", input.happened_at),
                "text": input.text,
                "account_id": identity("accountId", of) if of is not None else None,
                "shown": Shown(
                    attempts=tuple(map(int, input.attempts or ())),
                    case_ids=tuple(identity("caseIds", one) for one in input.case_ids or ()),
                    camera_ids=tuple(identity("cameraIds", one) for one in input.camera_ids or ()),
                ),
            }

        command = commands.report_breach
        return await create(info, BREACHES, "reportBreach", input, BreachReported, command, facts)

    @strawberry.mutation(
        description="Người bị báo cáo giải trình · The person it is said of says what they have to say"
    )
    async def answer_breach(
        self, info: Info, input: Annotated[AnswerBreachInput, GIVEN]
    ) -> AnswerBreachResult:
        """Be heard."""
        command = commands.answer_breach
        return await act(
            info, BREACHES, "answerBreach", input, BreachAnswered, command, lambda: {"text": input.text}
        )

    @strawberry.mutation(description="Kết luận có vi phạm hay không · Find whether it was a breach")
    async def examine_breach(
        self, info: Info, input: Annotated[ExamineBreachInput, GIVEN]
    ) -> ExamineBreachResult:
        """Examine one."""
        return await act(
            info,
            BREACHES,
            "examineBreach",
            input,
            BreachExamined,
            commands.examine_breach,
            lambda: {"finding": input.finding, "text": input.text, "document": input.document},
        )

    @strawberry.mutation(
        description="Ghi hình thức xử lý theo văn bản · Put on record what followed, by a document"
    )
    async def deal_with_breach(
        self, info: Info, input: Annotated[DealWithBreachInput, GIVEN]
    ) -> DealWithBreachResult:
        """Deal with one."""

        def facts() -> dict[str, Any]:
            named = input.recommendation_id
            return {
                "measure": input.measure,
                "document": input.document,
                "decided_at": utc("decidedAt", input.decided_at),
                "recommendation_id": identity("recommendationId", named) if named is not None else None,
            }

        command = commands.deal_with_breach
        return await act(info, BREACHES, "dealWithBreach", input, BreachDealtWith, command, facts)

    @strawberry.mutation(
        description="Đóng vi phạm đã xử lý, hoặc không có · Close what was dealt with, or was none"
    )
    async def close_breach(self, info: Info, input: Annotated[CloseBreachInput, GIVEN]) -> CloseBreachResult:
        """Close one."""
        return await act(info, BREACHES, "closeBreach", input, BreachClosed, commands.close_breach)

    @strawberry.mutation(
        description="Hủy kết luận sai để xem xét lại; cái cũ vẫn còn trong lịch sử ·"
        " Set a wrong finding aside, to be examined anew; it stays in the history"
    )
    async def reopen_breach(
        self, info: Info, input: Annotated[ReopenBreachInput, GIVEN]
    ) -> ReopenBreachResult:
        """Reopen one."""
        return await act(
            info,
            BREACHES,
            "reopenBreach",
            input,
            BreachReopened,
            commands.reopen_breach,
            lambda: {"text": input.text, "document": input.document},
        )
