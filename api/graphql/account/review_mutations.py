"""The acts of a review of accounts at the GraphQL edge."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry

from api.graphql.account.review import REGISTER, AccountReview
from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from domain.account_review import MOST, ReviewOutcome, check_view
from domain.commands import accounts as commands
from projections import account_log

REVIEWS = Noun(
    "review",
    "đợt rà soát",
    "account review",
    "reviewId",
    "review_id",
    REGISTER.of_record,
    check_view,
    rights=True,
)
REVIEW = strawberry.field(description="Đợt rà soát sau bước này · The review after this act")
REVIEW_ID = strawberry.field(description="Mã đợt rà soát · The review’s id")


@strawberry.type(description="Đã mở đợt rà soát · A review was opened")
class AccountReviewOpened:
    """Accounts are to be looked at."""

    review: AccountReview = REVIEW
    position: Position = POSITION


@strawberry.type(description="Đã rà soát một tài khoản · An account was reviewed")
class AccountReviewed:
    """It was kept, changed or revoked."""

    review: AccountReview = REVIEW
    position: Position = POSITION


@strawberry.type(description="Đã kết thúc đợt rà soát · A review was closed")
class AccountReviewClosed:
    """What nobody came to is listed."""

    review: AccountReview = REVIEW
    position: Position = POSITION


OpenAccountReviewResult = Annotated[
    AccountReviewOpened | Refused, strawberry.union("OpenAccountReviewResult", description=OUTCOME)
]
ReviewAccountResult = Annotated[
    AccountReviewed | Refused, strawberry.union("ReviewAccountResult", description=OUTCOME)
]
CloseAccountReviewResult = Annotated[
    AccountReviewClosed | Refused, strawberry.union("CloseAccountReviewResult", description=OUTCOME)
]


@strawberry.input(description="Mở đợt rà soát tài khoản · Open a review of accounts")
class OpenAccountReviewInput:
    """Of which area or unit, and by when."""

    due_at: datetime = strawberry.field(description="Hạn, có múi giờ · By when, with an offset")
    command_id: str = COMMAND_ID
    area: str | None = strawberry.field(
        default=None, description="Địa bàn; không có là của đơn vị mình · Area; one’s own where none is given"
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Chỉ đơn vị này · Only this unit"
    )


@strawberry.input(description="Rà soát một tài khoản · Review an account")
class ReviewAccountInput:
    """What is decided of which account, and why."""

    review_id: strawberry.ID = REVIEW_ID
    account_id: strawberry.ID = strawberry.field(description="Tài khoản · The account’s id")
    outcome: ReviewOutcome = strawberry.field(
        description="Giữ, thay đổi hay thu hồi · Kept, changed or revoked"
    )
    text: str = strawberry.field(description="Lý do · Why")
    command_id: str = COMMAND_ID
    role: str | None = strawberry.field(
        default=None, description="Chức năng mới, với CHANGED · The new function, with CHANGED"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Kết thúc đợt rà soát · Close a review")
class CloseAccountReviewInput:
    """Which review."""

    review_id: strawberry.ID = REVIEW_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class AccountReviewMutation:
    """The acts of a review."""

    @strawberry.mutation(
        description="Mở đợt rà soát các tài khoản đang dùng · Open a review of the accounts in use (R-DB-13.2.b)"
    )
    async def open_account_review(
        self, info: Info, input: Annotated[OpenAccountReviewInput, GIVEN]
    ) -> OpenAccountReviewResult:
        """Open one of the accounts as they are now."""
        ctx = info.context

        def facts() -> dict[str, Any]:
            area = input.area if input.area is not None else ctx.act.actor.area_path
            unit = identity("unitId", input.unit_id) if input.unit_id is not None else None
            return {
                "area_path": area,
                "of_unit_id": unit,
                "in_use": partial(ctx.services.reads.sync, account_log.in_use, area, unit, MOST + 1),
                "due_at": utc("dueAt", input.due_at),
            }

        command = commands.open_account_review
        return await create(info, REVIEWS, "openAccountReview", input, AccountReviewOpened, command, facts)

    @strawberry.mutation(description="Rà soát một tài khoản, có lý do · Decide on an account, and say why")
    async def review_account(
        self, info: Info, input: Annotated[ReviewAccountInput, GIVEN]
    ) -> ReviewAccountResult:
        """Decide on one."""
        return await act(
            info,
            REVIEWS,
            "reviewAccount",
            input,
            AccountReviewed,
            commands.review_account,
            lambda: {
                "account_id": identity("accountId", input.account_id),
                "outcome": input.outcome.value,
                "text": input.text,
                "role": input.role,
            },
        )

    @strawberry.mutation(description="Kết thúc đợt rà soát · Close a review")
    async def close_account_review(
        self, info: Info, input: Annotated[CloseAccountReviewInput, GIVEN]
    ) -> CloseAccountReviewResult:
        """Close it."""
        command = commands.close_account_review
        return await act(info, REVIEWS, "closeAccountReview", input, AccountReviewClosed, command)
