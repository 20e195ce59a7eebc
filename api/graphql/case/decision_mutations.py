"""The decision and what follows it: sent, delivered, paid, enforced, executed, resolved."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import strawberry

from api.graphql.case.act import AT, LATE_REASON, OnCase, case_act
from api.graphql.mutation import said
from api.graphql.words import Delivery, NoDecisionGround
from domain.case.inputs import DONG
from domain.case.sanction import SHORTEST_EXECUTION, PenaltyWords
from domain.commands import case as commands

CURRENCY = strawberry.field(default=DONG, description="Đơn vị tiền: chỉ đồng (VND) · Currency: đồng only")


@strawberry.input(description="Ra quyết định xử phạt · Decide the penalty")
class DecidePenaltyInput(OnCase):
    """What the signer decides; amounts are in đồng."""

    number: str = strawberry.field(description="Số quyết định · Number")
    signer_title: str = strawberry.field(
        description="Chức danh người ký, ví dụ TEAM_LEADER · Title of the signer, such as TEAM_LEADER"
    )
    offence_code: str = strawberry.field(
        description="Điểm, khoản, điều, như biên bản · Article of the decree, as the record says"
    )
    fine: int = strawberry.field(description="Mức phạt, đồng · Fine, in đồng")
    currency: str = CURRENCY
    points: int = strawberry.field(default=0, description="Điểm giấy phép bị trừ · Points taken")
    suspension_months: int = strawberry.field(
        default=0, description="Tháng tước giấy phép · Months the licence is suspended"
    )
    remedies: list[str] | None = strawberry.field(default=None, description="Biện pháp khắc phục · Remedies")
    circumstances: str | None = strawberry.field(
        default=None, description="Tình tiết tăng nặng, giảm nhẹ · Circumstances that were weighed"
    )
    execute_within_days: int = strawberry.field(
        default=SHORTEST_EXECUTION, description="Thời hạn thi hành, ngày · Days to execute it"
    )
    at: datetime | None = AT


def as_penalty(given: DecidePenaltyInput) -> dict[str, Any]:
    """The words of the decision, apart from when it was decided."""
    told = said(given) | {"remedies": tuple(given.remedies or ())}
    return {"said": PenaltyWords(**{f.name: told.pop(f.name) for f in fields(PenaltyWords)}), **told}


@strawberry.input(description="Không ra quyết định xử phạt · Decide that there is no penalty")
class DecideNoPenaltyInput(OnCase):
    """On which ground of the law."""

    ground: NoDecisionGround = strawberry.field(description="Lý do luật định · The law’s ground")
    text: str = strawberry.field(description="Diễn giải · In words")
    remedies: list[str] | None = strawberry.field(
        default=None, description="Biện pháp khắc phục vẫn áp dụng · Remedies all the same"
    )


def with_remedies(given: DecideNoPenaltyInput) -> dict[str, Any]:
    """The same, with no remedies where none are said."""
    return said(given) | {"remedies": tuple(given.remedies or ())}


@strawberry.input(description="Gửi quyết định · Send the decision")
class SendDecisionInput(OnCase):
    """How it goes."""

    how: Delivery = strawberry.field(description="Cách gửi · How it is sent")
    reference: str = strawberry.field(description="Số hiệu gửi · Reference")
    at: datetime | None = AT
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Xác nhận đã giao quyết định · Put the proof of delivery on record")
class ConfirmDeliveryInput(OnCase):
    """How it arrived."""

    how: Delivery = strawberry.field(description="Cách nhận · How it arrived")
    proof: str = strawberry.field(description="Chứng cứ giao nhận · Proof of delivery")
    received_at: datetime = strawberry.field(description="Nhận lúc · When it was received")


@strawberry.input(description="Ghi nhận nộp phạt · Put a payment on record")
class RecordPaymentInput(OnCase):
    """What was paid."""

    amount: int = strawberry.field(description="Số tiền, đồng · Amount, in đồng")
    currency: str = CURRENCY
    receipt: str = strawberry.field(description="Biên lai · Receipt")
    at: datetime | None = AT


def as_payment(given: RecordPaymentInput) -> dict[str, Any]:
    """The amount under the command's own word for it."""
    told = said(given)
    return {"paid": told.pop("amount"), **told}


@strawberry.input(description="Cưỡng chế thi hành · Enforce the decision")
class EnforceDecisionInput(OnCase):
    """How it is enforced."""

    number: str = strawberry.field(description="Số quyết định cưỡng chế · Number")
    measure: str = strawberry.field(description="Biện pháp · Measure")


@strawberry.input(description="Chấp hành xong · Find that the decision is executed in full")
class ExecuteDecisionInput(OnCase):
    """What shows it."""

    receipt: str = strawberry.field(description="Biên lai · Receipt")
    at: datetime | None = AT


@strawberry.input(description="Giải quyết xong vụ việc · Close the case")
class ResolveCaseInput(OnCase):
    """Who is told at once."""

    told: list[str] | None = strawberry.field(
        default=None,
        description="Nơi đã nhận cảnh báo, được báo ngay · Those who were warned, and are told at once",
    )


def with_told(given: ResolveCaseInput) -> dict[str, Any]:
    """Nobody is told where nobody is named."""
    return {"told": tuple(given.told or ())}


@strawberry.input(description="Chấm dứt trốn tránh, cản trở · The end of an evasion")
class EndEvasionInput(OnCase):
    """When it ended."""

    ended_at: datetime = strawberry.field(description="Chấm dứt lúc · When it ended")
    text: str = strawberry.field(description="Hành vi trốn tránh, cản trở · What the evasion was")


@strawberry.type
class CaseDecisionMutation:
    """The decision and what follows it."""

    decide_penalty = case_act(
        DecidePenaltyInput,
        "DecisionIssued",
        "Đã ra quyết định xử phạt · Decided",
        commands.decide_penalty,
        "Ra quyết định xử phạt, trong khung và thẩm quyền (Luật XLVPHC Đ66-68)"
        " · Decide the penalty, within the bracket and the signer’s power",
        facts=as_penalty,
    )
    decide_no_penalty = case_act(
        DecideNoPenaltyInput,
        "NoDecision",
        "Không ra quyết định xử phạt · No penalty was decided",
        commands.decide_no_penalty,
        "Không ra quyết định xử phạt (Luật XLVPHC Đ65) · Decide that there is no penalty",
        facts=with_remedies,
    )
    send_decision = case_act(
        SendDecisionInput,
        "DecisionSent",
        "Đã gửi quyết định · Sent",
        commands.send_decision,
        "Gửi quyết định trong 02 ngày làm việc (Luật XLVPHC Đ70) · Send the decision",
    )
    confirm_delivery = case_act(
        ConfirmDeliveryInput,
        "DecisionDelivered",
        "Đã giao quyết định · Delivered",
        commands.confirm_delivery,
        "Xác nhận đã giao; thời hạn thi hành chạy từ khi nhận (Luật XLVPHC Đ73.1)"
        " · Put the proof of delivery on record",
    )
    record_payment = case_act(
        RecordPaymentInput,
        "Paid",
        "Đã ghi nhận · Paid",
        commands.record_payment,
        "Ghi nhận một lần nộp phạt · Put a payment on record",
        facts=as_payment,
    )
    enforce_decision = case_act(
        EnforceDecisionInput,
        "EnforcementDecided",
        "Đã ra quyết định cưỡng chế · Enforcement was decided",
        commands.enforce_decision,
        "Cưỡng chế thi hành quyết định quá hạn (Luật XLVPHC Đ86) · Enforce what was not executed",
    )
    execute_decision = case_act(
        ExecuteDecisionInput,
        "DecisionExecuted",
        "Đã chấp hành xong · Executed",
        commands.execute_decision,
        "Xác nhận chấp hành xong: đủ tiền phạt và tiền chậm nộp · Find that it is executed in full",
    )
    resolve_case = case_act(
        ResolveCaseInput,
        "CaseResolved",
        "Đã giải quyết · Resolved",
        commands.resolve_case,
        "Kết thúc hồ sơ, gỡ cảnh báo (TT 73/2024 Đ24.3-4) · Close the case, and lift the warnings",
        facts=with_told,
    )
    end_evasion = case_act(
        EndEvasionInput,
        "EvasionEnded",
        "Đã ghi nhận; thời hiệu tính lại · On record; the limitation is counted anew",
        commands.end_evasion,
        "Chấm dứt trốn tránh, cản trở: tính lại thời hiệu (Luật XLVPHC Đ6.2, Đ74.2)"
        " · Count the limitation anew from the end of an evasion",
    )
