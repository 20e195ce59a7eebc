"""Looking back on a case: published, complained of, corrected, reopened, declared void; and why an act came late."""

import strawberry

from api.graphql.case.act import OnCase, case_act
from api.graphql.words import Correctable, Voided
from domain.commands import case as commands


@strawberry.input(description="Công bố · Publish")
class PublishCaseInput(OnCase):
    """What publishing needs: the catalogue says what is shown."""


@strawberry.input(description="Rút công bố · Withdraw what was published")
class WithdrawPublicationInput(OnCase):
    """Why it is withdrawn."""

    text: str = strawberry.field(description="Lý do · Why")


@strawberry.input(description="Tiếp nhận khiếu nại · Take a complaint")
class FileComplaintInput(OnCase):
    """What is complained of."""

    reference: str = strawberry.field(description="Số hiệu đơn · Reference")
    against: str = strawberry.field(description="Khiếu nại về · What it is against")
    text: str = strawberry.field(description="Nội dung · In words")


@strawberry.input(description="Trả lời khiếu nại · Answer a complaint")
class AnswerComplaintInput(OnCase):
    """What is answered."""

    reference: str = strawberry.field(description="Số văn bản trả lời · Reference of the answer")
    text: str = strawberry.field(description="Nội dung trả lời · In words")


@strawberry.input(description="Đính chính một giá trị · Correct a value")
class CorrectCaseInput(OnCase):
    """Which value, what it is instead, and why."""

    field: Correctable = strawberry.field(description="Trường · The field")
    value: str = strawberry.field(description="Giá trị đúng · The value it has instead")
    text: str = strawberry.field(description="Lý do · Why")


@strawberry.input(description="Mở lại hồ sơ · Open a case again")
class ReopenCaseInput(OnCase):
    """Why it is opened again."""

    text: str = strawberry.field(description="Lý do · Why")


@strawberry.input(description="Hủy bỏ biên bản, quyết định hoặc hồ sơ · Declare something of a case void")
class VoidActInput(OnCase):
    """What is void, by which document, and why."""

    what: Voided = strawberry.field(description="Phần bị hủy bỏ · What is declared void")
    document: str = strawberry.field(description="Văn bản hủy bỏ · The document that says so")
    text: str = strawberry.field(description="Lý do · Why")


@strawberry.input(description="Nêu lý do chậm · Say why an act came late")
class ExplainDelayInput(OnCase):
    """Which time limit was missed, and why."""

    timer: str = strawberry.field(description="Tên thời hạn, ví dụ TRANSFER · Name of the time limit")
    text: str = strawberry.field(description="Lý do · Why")


@strawberry.type
class CaseReviewMutation:
    """Looking back on a case."""

    publish_case = case_act(
        PublishCaseInput,
        "CasePublished",
        "Đã công bố · Published",
        commands.publish_case,
        "Công bố vi phạm đã xác minh, theo danh mục · Publish what the catalogue allows of a verified case",
    )
    withdraw_publication = case_act(
        WithdrawPublicationInput,
        "PublicationWithdrawn",
        "Đã rút công bố · Withdrawn",
        commands.withdraw_publication,
        "Rút nội dung đã công bố · Show it no longer",
    )
    file_complaint = case_act(
        FileComplaintInput,
        "ComplaintFiled",
        "Đã tiếp nhận khiếu nại · Filed",
        commands.file_complaint,
        "Tiếp nhận khiếu nại, khởi kiện (Luật XLVPHC Đ15) · Take a complaint",
    )
    answer_complaint = case_act(
        AnswerComplaintInput,
        "ComplaintAnswered",
        "Đã trả lời · Answered",
        commands.answer_complaint,
        "Trả lời khiếu nại · Answer a complaint",
    )
    correct_case = case_act(
        CorrectCaseInput,
        "CaseCorrected",
        "Đã đính chính · Corrected",
        commands.correct_case,
        "Đính chính một giá trị; giá trị cũ còn trong lịch sử · Correct a value; what it was stays in the history",
    )
    reopen_case = case_act(
        ReopenCaseInput,
        "CaseReopened",
        "Đã mở lại · Open again",
        commands.reopen_case,
        "Mở lại hồ sơ đã loại, đã kết luận hoặc đã xử lý · Open again what was ended or found",
    )
    void_act = case_act(
        VoidActInput,
        "DeclaredVoid",
        "Đã hủy bỏ · Declared void",
        commands.void_act,
        "Hủy bỏ biên bản, quyết định hoặc cả hồ sơ; bản cũ còn trong lịch sử"
        " · Declare a record, a decision or the whole case void; it stays in the history",
    )
    explain_delay = case_act(
        ExplainDelayInput,
        "DelayExplained",
        "Đã nêu lý do · The reason is on record",
        commands.explain_delay,
        "Nêu lý do một việc đã làm chậm · Say why an act came late",
    )
