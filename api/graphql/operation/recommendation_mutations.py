"""The acts on a recommendation at the GraphQL edge."""

from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.recommendation import REGISTER, Recommendation
from domain.commands import recommendation as commands
from domain.recommendation import Shortcoming, check_view

RECOMMENDATIONS = Noun(
    "recommendation",
    "kiến nghị",
    "recommendation",
    "recommendationId",
    "recommendation_id",
    REGISTER.of_record,
    check_view,
)
RECOMMENDATION = strawberry.field(description="Kiến nghị sau bước này · The recommendation after this act")
RECOMMENDATION_ID = strawberry.field(description="Mã định danh của kiến nghị · The recommendation’s id")


@strawberry.type(description="Đã lập kiến nghị · A recommendation was made")
class RecommendationMade:
    """It was made."""

    recommendation: Recommendation = RECOMMENDATION
    position: Position = POSITION


@strawberry.type(description="Đã gửi kiến nghị · A recommendation was sent")
class RecommendationSent:
    """It was sent."""

    recommendation: Recommendation = RECOMMENDATION
    position: Position = POSITION


@strawberry.type(description="Đã trả lời kiến nghị · A recommendation was answered")
class RecommendationAnswered:
    """It was answered."""

    recommendation: Recommendation = RECOMMENDATION
    position: Position = POSITION


MakeRecommendationResult = Annotated[
    RecommendationMade | Refused, strawberry.union("MakeRecommendationResult", description=OUTCOME)
]
SendRecommendationResult = Annotated[
    RecommendationSent | Refused, strawberry.union("SendRecommendationResult", description=OUTCOME)
]
AnswerRecommendationResult = Annotated[
    RecommendationAnswered | Refused, strawberry.union("AnswerRecommendationResult", description=OUTCOME)
]


@strawberry.input(description="Lập kiến nghị · Make a recommendation")
class MakeRecommendationInput:
    """What making needs: the shortcoming, in words, and the cases or cameras that show it."""

    shortcoming: Shortcoming = strawberry.field(description="Bất cập · What the data show")
    text: str = strawberry.field(description="Nội dung, cách khắc phục · What it is, and how to mend it")
    command_id: str = COMMAND_ID
    area: str | None = strawberry.field(
        default=None, description="Địa bàn, mặc định của đơn vị · Area; the unit’s own, if absent"
    )
    case_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Các hồ sơ làm căn cứ · The cases that show it"
    )
    camera_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Các camera làm căn cứ · The cameras that show it"
    )


@strawberry.input(description="Gửi kiến nghị · Send a recommendation")
class SendRecommendationInput:
    """What sending needs: to whom, and under which document."""

    recommendation_id: strawberry.ID = RECOMMENDATION_ID
    document: str = strawberry.field(description="Số văn bản · Number of the document")
    command_id: str = COMMAND_ID
    recipient_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị nhận · The unit that receives it"
    )
    outside: str | None = strawberry.field(
        default=None, description="Cơ quan ngoài hệ thống · A body outside of the system"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Trả lời kiến nghị · Answer a recommendation")
class AnswerRecommendationInput:
    """What answering needs."""

    recommendation_id: strawberry.ID = RECOMMENDATION_ID
    accepted: bool = strawberry.field(description="Chấp thuận · Whether it is accepted")
    text: str = strawberry.field(description="Nội dung trả lời · What is answered")
    command_id: str = COMMAND_ID
    document: str | None = strawberry.field(
        default=None, description="Số văn bản trả lời · Number of the document"
    )
    expected_version: int | None = EXPECTED


@strawberry.type
class RecommendationMutation:
    """The acts on a recommendation."""

    @strawberry.mutation(
        description="Kiến nghị khắc phục bất cập mà dữ liệu cho thấy · Recommend a remedy for what the data show"
    )
    async def make_recommendation(
        self, info: Info, input: Annotated[MakeRecommendationInput, GIVEN]
    ) -> MakeRecommendationResult:
        """Make one."""

        def facts() -> dict[str, Any]:
            return {
                "shortcoming": input.shortcoming,
                "text": input.text,
                "area_path": input.area,
                "case_ids": tuple(identity("caseIds", one) for one in input.case_ids or ()),
                "camera_ids": tuple(identity("cameraIds", one) for one in input.camera_ids or ()),
            }

        command = commands.make_recommendation
        return await create(
            info, RECOMMENDATIONS, "makeRecommendation", input, RecommendationMade, command, facts
        )

    @strawberry.mutation(description="Gửi kiến nghị kèm văn bản · Send it, under a document")
    async def send_recommendation(
        self, info: Info, input: Annotated[SendRecommendationInput, GIVEN]
    ) -> SendRecommendationResult:
        """Send one."""

        def facts() -> dict[str, Any]:
            to = input.recipient_unit_id
            return {
                "document": input.document,
                "recipient_unit_id": identity("recipientUnitId", to) if to is not None else None,
                "outside": input.outside,
            }

        command = commands.send_recommendation
        return await act(
            info, RECOMMENDATIONS, "sendRecommendation", input, RecommendationSent, command, facts
        )

    @strawberry.mutation(description="Trả lời, hoặc ghi văn bản trả lời · Answer it, or record the answer")
    async def answer_recommendation(
        self, info: Info, input: Annotated[AnswerRecommendationInput, GIVEN]
    ) -> AnswerRecommendationResult:
        """Answer one."""

        def facts() -> dict[str, Any]:
            return {"accepted": input.accepted, "text": input.text, "document": input.document}

        command = commands.answer_recommendation
        return await act(
            info, RECOMMENDATIONS, "answerRecommendation", input, RecommendationAnswered, command, facts
        )
