"""The record, its transfer, and what the violator says to it."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import strawberry

from api.graphql.case.act import AT, LATE_REASON, OnCase, case_act
from api.graphql.mutation import said
from api.graphql.words import Explanation
from domain.case.record import FEWEST_COPIES, RecordWords
from domain.commands import case as commands


@strawberry.input(description="Lập biên bản (Luật XLVPHC Đ58.3) · Draw the record")
class DrawRecordInput(OnCase):
    """What a record says; what the law asks for is refused where it is missing."""

    number: str = strawberry.field(description="Số biên bản · Number")
    place: str = strawberry.field(description="Nơi lập · Where it is drawn")
    maker_title: str = strawberry.field(description="Chức danh người lập · Title of its maker")
    behaviour: str = strawberry.field(
        description="Hành vi: thời gian, địa điểm, diễn biến, chứng cứ · The violating act in words"
    )
    offence_code: str = strawberry.field(
        description="Điểm, khoản, điều, ví dụ 6.9.b · Article of the decree, such as 6.9.b"
    )
    statement: str = strawberry.field(
        description="Lời khai, hoặc không khai · What was stated, or that nothing was"
    )
    measures: str = strawberry.field(
        description="Biện pháp ngăn chặn, tạm giữ, hoặc không có · Preventive measures, or that there were none"
    )
    copies: int = strawberry.field(default=FEWEST_COPIES, description="Số bản · Copies")
    signed_by_violator: bool = strawberry.field(
        default=True, description="Người vi phạm ký · Whether the violator signed"
    )
    no_signature_reason: str | None = strawberry.field(
        default=None, description="Lý do không ký · Why they did not sign"
    )
    witnesses: str | None = strawberry.field(default=None, description="Người chứng kiến · Witnesses")
    competent: bool = strawberry.field(
        default=True,
        description="Người lập có thẩm quyền xử phạt; không thì phải chuyển trong 24 giờ"
        " · Whether its maker may also decide; if not, the file goes on within 24 hours",
    )
    at: datetime | None = AT
    late_reason: str | None = LATE_REASON


def as_record(given: DrawRecordInput) -> dict[str, Any]:
    """The words of the record, apart from when and how late it is drawn."""
    told = said(given)
    return {"said": RecordWords(**{f.name: told.pop(f.name) for f in fields(RecordWords)}), **told}


@strawberry.input(description="Chuyển hồ sơ cho người có thẩm quyền · Send the file to whoever may decide")
class TransferRecordInput(OnCase):
    """What transferring needs."""

    recipient_unit_id: strawberry.ID = strawberry.field(description="Đơn vị nhận · The receiving unit")
    at: datetime | None = AT
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Ghi nhận yêu cầu giải trình · Put on record that the violator asks to explain")
class RequestExplanationInput(OnCase):
    """What a request to explain says."""

    form: Explanation = strawberry.field(description="Hình thức · In writing or in a session")
    received_at: datetime | None = strawberry.field(
        default=None,
        description="Nhận yêu cầu lúc, bỏ trống là bây giờ · When it was received; now if absent",
    )


@strawberry.input(description="Gia hạn giải trình bằng văn bản · Give the written explanation more time")
class ExtendExplanationInput(OnCase):
    """What extending needs."""

    text: str = strawberry.field(description="Lý do người vi phạm nêu · Why the violator asks for it")


@strawberry.input(description="Thông báo phiên giải trình · Announce the session")
class AnnounceSessionInput(OnCase):
    """What the announcement says."""

    session_at: datetime = strawberry.field(description="Thời điểm · When it takes place")
    place: str = strawberry.field(description="Địa điểm · Where it takes place")
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Ghi nhận nội dung giải trình · Put on record what was explained")
class RecordExplanationInput(OnCase):
    """What was explained."""

    text: str = strawberry.field(description="Nội dung · In words")
    minutes: str | None = strawberry.field(
        default=None, description="Số biên bản phiên giải trình, nếu trực tiếp · The minutes of a session"
    )


@strawberry.input(description="Phải xác minh tình tiết (Luật XLVPHC Đ59) · Facts must be verified")
class VerifyFactsInput(OnCase):
    """What has to be verified."""

    text: str = strawberry.field(description="Tình tiết cần xác minh · Which facts")


@strawberry.input(description="Vụ việc đặc biệt nghiêm trọng, phức tạp · Especially serious and complex")
class DeclareComplexInput(OnCase):
    """Why it is so."""

    text: str = strawberry.field(description="Lý do · Why")


@strawberry.type
class CaseRecordMutation:
    """The record, and what is said to it."""

    draw_record = case_act(
        DrawRecordInput,
        "RecordDrawn",
        "Đã lập biên bản · Drawn",
        commands.draw_record,
        "Lập biên bản vi phạm hành chính (Luật XLVPHC Đ58) · Draw the record",
        facts=as_record,
    )
    transfer_record = case_act(
        TransferRecordInput,
        "RecordTransferred",
        "Đã chuyển hồ sơ biên bản · Transferred",
        commands.transfer_record,
        "Chuyển biên bản cho người có thẩm quyền trong 24 giờ (Luật XLVPHC Đ58.5)"
        " · Send the record to whoever may decide",
    )
    request_explanation = case_act(
        RequestExplanationInput,
        "ExplanationRequested",
        "Đã ghi nhận yêu cầu · On record",
        commands.request_explanation,
        "Người vi phạm yêu cầu giải trình (Luật XLVPHC Đ61) · The violator asks to explain",
    )
    extend_explanation = case_act(
        ExtendExplanationInput,
        "ExplanationExtended",
        "Đã gia hạn giải trình · More time was given",
        commands.extend_explanation,
        "Gia hạn giải trình bằng văn bản, một lần (Luật XLVPHC Đ61.2) · Give the written explanation more time",
    )
    announce_session = case_act(
        AnnounceSessionInput,
        "SessionAnnounced",
        "Đã thông báo phiên giải trình · Announced",
        commands.announce_session,
        "Thông báo phiên giải trình trực tiếp (Luật XLVPHC Đ61.3) · Announce the session",
    )
    record_explanation = case_act(
        RecordExplanationInput,
        "Explained",
        "Đã giải trình · Explained",
        commands.record_explanation,
        "Ghi nhận nội dung giải trình (Luật XLVPHC Đ61) · Put on record what was explained",
    )
    verify_facts = case_act(
        VerifyFactsInput,
        "FactsVerified",
        "Đã ghi nhận phải xác minh tình tiết · On record",
        commands.verify_facts,
        "Phải xác minh tình tiết trước khi quyết định (Luật XLVPHC Đ59) · Facts must be verified before a decision",
    )
    declare_complex = case_act(
        DeclareComplexInput,
        "DeclaredComplex",
        "Đã ghi nhận vụ việc phức tạp · On record",
        commands.declare_complex,
        "Vụ việc đặc biệt nghiêm trọng, nhiều tình tiết phức tạp (Luật XLVPHC Đ66.1.c)"
        " · The case is especially serious, with many complex details",
    )
