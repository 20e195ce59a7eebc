"""What the police find: verification, conclusion, referral, the owner and the violator."""

from datetime import datetime
from typing import Any

import strawberry

from api.graphql.case.act import AT, LATE_REASON, OnCase, case_act
from api.graphql.context import identity
from api.graphql.words import Finding, VehicleGroup, ViolatorBasis
from domain.commands import case as commands


@strawberry.input(description="Thụ lý xác minh · Accept for verification")
class StartVerificationInput(OnCase):
    """What starting verification needs."""

    verifiers: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Tài khoản những người xác minh, bỏ trống là người thụ lý"
        " · Accounts of those who verify it; without it, whoever accepts it",
    )


def with_verifiers(given: StartVerificationInput) -> dict[str, Any]:
    """The accounts of those who verify it.

    Raises:
        InvalidInput: one of them is no id.
    """
    return {"verifiers": tuple(identity("verifiers", account) for account in given.verifiers or ())}


@strawberry.input(description="Kéo dài xác minh vụ phức tạp · Give a complex verification more time")
class ExtendVerificationInput(OnCase):
    """What extending needs."""

    text: str = strawberry.field(description="Vì sao phức tạp · Why the case is complex")


@strawberry.input(description="Kết luận · Conclude")
class ConcludeCaseInput(OnCase):
    """What concluding needs."""

    finding: Finding = strawberry.field(description="Kết luận · Finding")
    text: str = strawberry.field(
        description="Nội dung kết luận, không quá 4000 ký tự · The conclusion in words, at most 4000 characters"
    )
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Chuyển cơ quan điều tra · Refer to the criminal procedure")
class ReferCaseInput(OnCase):
    """What referring needs."""

    to: str = strawberry.field(description="Cơ quan nhận · The body it goes to")
    documents: list[str] = strawberry.field(description="Tài liệu kèm theo · What the file holds")
    text: str = strawberry.field(description="Dấu hiệu tội phạm · The signs of a crime")


@strawberry.input(description="Nhận lại hồ sơ từ cơ quan điều tra · Take a criminal file back")
class ResumeCaseInput(OnCase):
    """What resuming needs."""

    document: str = strawberry.field(description="Văn bản chuyển trả · The document it came back with")
    received_at: datetime = strawberry.field(description="Nhận lúc · When it was received")


@strawberry.input(description="Thông báo kết quả cho Trung tâm · Notify the Centre of the result")
class NotifyResultInput(OnCase):
    """What notifying needs."""

    late_reason: str | None = LATE_REASON


@strawberry.input(description="Xác định chủ phương tiện · Put the register’s answer on record")
class IdentifyOwnerInput(OnCase):
    """What identifying the owner needs."""

    plate: str = strawberry.field(description="Biển số đăng ký, ví dụ 73A-123.45 · The plate as registered")
    plate_colour: str = strawberry.field(description="Màu biển · Colour of the plate")
    vehicle_group: VehicleGroup = strawberry.field(description="Nhóm phương tiện · Group of vehicle")
    owner_name: str = strawberry.field(description="Tên chủ phương tiện · Name of the owner")
    owner_address: str = strawberry.field(description="Địa chỉ · Address of the owner")
    owner_is_organisation: bool = strawberry.field(
        default=False, description="Là tổ chức · Whether it is an organisation"
    )
    source: str = strawberry.field(
        description="Nguồn tra cứu · Which register answered, under which reference"
    )


@strawberry.input(description="Gửi thông báo vi phạm · Send the notice to the owner")
class SendNoticeInput(OnCase):
    """What sending the notice needs."""

    reference: str = strawberry.field(description="Số thông báo · Reference of the notice")
    appear_at: str | None = strawberry.field(
        default=None, description="Hẹn đến giải quyết · Where and when to appear"
    )
    at: datetime | None = AT
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Gửi cảnh báo đăng kiểm, đăng ký · Warn the inspection and registration bodies")
class SendInspectionWarningInput(OnCase):
    """What warning needs."""

    recipients: list[str] = strawberry.field(description="Nơi nhận · Who is warned")
    reference: str = strawberry.field(description="Số hiệu · Reference")


@strawberry.input(description="Xác định đối tượng vi phạm · Say who is the violator")
class DetermineViolatorInput(OnCase):
    """What determining the violator needs."""

    name: str = strawberry.field(description="Họ tên · Name")
    address: str = strawberry.field(description="Địa chỉ · Address")
    identity_number: str | None = strawberry.field(default=None, description="Số định danh · Identity number")
    is_organisation: bool = strawberry.field(
        default=False, description="Là tổ chức · Whether it is an organisation"
    )
    basis: ViolatorBasis = strawberry.field(description="Căn cứ xác định · On what they were determined")
    text: str = strawberry.field(description="Diễn giải · In words")
    at: datetime | None = AT


@strawberry.type
class CaseVerificationMutation:
    """What the police find."""

    start_verification = case_act(
        StartVerificationInput,
        "VerificationStarted",
        "Đã thụ lý xác minh · Accepted for verification",
        commands.start_verification,
        "Thụ lý xác minh · Accept for verification",
        facts=with_verifiers,
        compares=True,
    )
    extend_verification = case_act(
        ExtendVerificationInput,
        "VerificationExtended",
        "Đã kéo dài · Extended",
        commands.extend_verification,
        "Kéo dài xác minh vụ phức tạp, trước khi hết hạn · Give a complex verification more time, before it ends",
    )
    conclude_case = case_act(
        ConcludeCaseInput,
        "CaseConcluded",
        "Đã kết luận · Concluded",
        commands.conclude_case,
        "Kết luận vụ việc · Conclude the case",
        compares=True,
    )
    refer_case = case_act(
        ReferCaseInput,
        "CaseReferred",
        "Đã chuyển cơ quan điều tra · Referred",
        commands.refer_case,
        "Có dấu hiệu tội phạm: chuyển ngay (Luật XLVPHC Đ62) · Refer to the criminal procedure at once",
    )
    resume_case = case_act(
        ResumeCaseInput,
        "CaseResumed",
        "Đã nhận lại · Taken back",
        commands.resume_case,
        "Nhận lại hồ sơ để xử phạt hành chính (Luật XLVPHC Đ63) · Take a criminal file back",
    )
    notify_result = case_act(
        NotifyResultInput,
        "ResultNotified",
        "Đã thông báo kết quả · Result notified",
        commands.notify_result,
        "Thông báo kết quả cho Trung tâm · Notify the Centre of the result",
    )
    identify_owner = case_act(
        IdentifyOwnerInput,
        "OwnerIdentified",
        "Đã xác định chủ phương tiện · The owner is known",
        commands.identify_owner,
        "Ghi nhận kết quả tra cứu chủ phương tiện (TT 73/2024 Đ24) · Put the register’s answer on record",
        compares=True,
    )
    send_notice = case_act(
        SendNoticeInput,
        "NoticeSent",
        "Đã gửi thông báo · Sent",
        commands.send_notice,
        "Gửi thông báo vi phạm cho chủ phương tiện (TT 73/2024 Đ24) · Send the owner the notice",
    )
    send_inspection_warning = case_act(
        SendInspectionWarningInput,
        "InspectionWarningSent",
        "Đã gửi cảnh báo · Warned",
        commands.send_inspection_warning,
        "Hết hạn mà không đến giải quyết: cảnh báo đăng kiểm, đăng ký (TT 73/2024 Đ24.5)"
        " · The notice was not answered: warn the inspection and registration bodies",
    )
    determine_violator = case_act(
        DetermineViolatorInput,
        "ViolatorDetermined",
        "Đã xác định đối tượng vi phạm · The violator is known",
        commands.determine_violator,
        "Xác định đối tượng vi phạm (NĐ 168/2024 Đ47.8) · Say who is the violator, and on what",
    )
