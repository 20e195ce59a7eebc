"""From a proposal to its transfer, and one violation, one case: the acts of the Centre and of whoever compares."""

from typing import Any

import strawberry

from api.graphql.case.act import LATE_REASON, OnCase, case_act
from api.graphql.mutation import said
from api.graphql.words import Channel
from domain.commands import case as commands
from domain.errors import InvalidInput

CHANNEL = strawberry.field(
    default=Channel.SOFTWARE,
    description="Cách chuyển · How it goes; by hand it has a reference and a receiver",
)
REFERENCE = strawberry.field(
    default=None, description="Số hiệu văn bản chuyển · Reference of what it goes with"
)
RECEIVER = strawberry.field(
    default=None, description="Người nhận khi chuyển tay · Who takes it, where it goes by hand"
)


@strawberry.input(description="Phê duyệt và chuyển · Approve and transfer")
class ApproveCaseInput(OnCase):
    """What approving needs."""

    plate: str | None = strawberry.field(
        default=None, description="Biển số đọc được, ví dụ 73A-123.45 · The plate as read"
    )
    plate_unreadable: bool | None = strawberry.field(
        default=None,
        description="Hình ảnh không đọc được biển số; cần plate hoặc trường này, chỉ một"
        " · The image shows no plate; either this or plate",
    )
    recipient_unit_id: strawberry.ID = strawberry.field(description="Đơn vị nhận · The receiving unit")
    channel: Channel = CHANNEL
    reference: str | None = REFERENCE
    receiver: str | None = RECEIVER
    late_reason: str | None = LATE_REASON


def with_plate(given: ApproveCaseInput) -> dict[str, Any]:
    """A plate, or that there is none to read: not to say either is not to have looked.

    Raises:
        InvalidInput: neither is said, or both.
    """
    told = said(given)
    if bool(told.pop("plate_unreadable")) == (given.plate is not None):
        raise InvalidInput(
            "plate",
            "cần plate hoặc plateUnreadable, chỉ một",
            "either plate or plateUnreadable is expected",
        )
    return told


@strawberry.input(description="Loại, có lý do · Discard, with a reason")
class DiscardCaseInput(OnCase):
    """What discarding needs."""

    reason_code: str = strawberry.field(
        description="Mã lý do trong danh mục · Reason code of the closed list"
    )
    note: str | None = strawberry.field(default=None, description="Ghi chú · Note")
    late_reason: str | None = LATE_REASON


@strawberry.input(description="Giữ riêng hồ sơ nghi trùng · Keep a suspected duplicate apart")
class KeepCaseInput(OnCase):
    """What keeping apart needs."""

    other_case_id: strawberry.ID = strawberry.field(description="Hồ sơ nghi trùng · The suspected duplicate")
    text: str = strawberry.field(description="Vì sao là hai hành vi · Why these are two violations")


@strawberry.input(description="Gộp vào hồ sơ khác · Merge into another case")
class MergeCaseInput(OnCase):
    """What merging needs."""

    into_case_id: strawberry.ID = strawberry.field(description="Hồ sơ được giữ · The case that goes on")
    text: str = strawberry.field(description="Vì sao là một hành vi · Why these are one violation")


@strawberry.type
class CaseProposalMutation:
    """What happens to a proposal, and to two cases of one violation."""

    approve_case = case_act(
        ApproveCaseInput,
        "CaseApproved",
        "Đã phê duyệt và chuyển · Approved and transferred",
        commands.approve_case,
        "Phê duyệt và chuyển cho công an (704/UBND-VP) · Approve and transfer",
        facts=with_plate,
        compares=True,
    )
    discard_case = case_act(
        DiscardCaseInput,
        "CaseDiscarded",
        "Đã loại · Discarded",
        commands.discard_case,
        "Loại đề xuất, có lý do · Discard a proposal, with a reason",
    )
    keep_case = case_act(
        KeepCaseInput,
        "CaseKept",
        "Đã giữ riêng · Kept apart",
        commands.keep_case,
        "Hồ sơ nghi trùng là hành vi khác (NĐ 118/2021 Đ12.3)"
        " · Find that a suspected duplicate is another violation",
    )
    merge_case = case_act(
        MergeCaseInput,
        "CaseMerged",
        "Đã gộp · Merged",
        commands.merge_case,
        "Hồ sơ khác cùng hành vi thay cho hồ sơ này (NĐ 118/2021 Đ12.3)"
        " · Let another case of the same violation stand for this one",
    )
