"""Reviews of accounts at the GraphQL edge: what is to be looked at, what was decided, what nobody came to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from domain.account_review import GUARDS, ReviewOutcome, ReviewState, check_view
from projections import account_review_log, scope
from projections.account_review_log import ReviewNarrow, ReviewRow
from projections.follower import Recorded

strawberry.enum(
    ReviewState, name="AccountReviewState", description="Trạng thái đợt rà soát · State of a review"
)
strawberry.enum(
    ReviewOutcome, name="AccountReviewOutcome", description="Kết quả rà soát · What a reviewer decides"
)


@strawberry.type(description="Kết quả rà soát một tài khoản · What was decided of an account")
class ReviewedAccount:
    """An account that somebody looked at."""

    row: strawberry.Private[ReviewRow]
    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Tài khoản · The account’s id")
    def account_id(self) -> strawberry.ID:
        """Which account."""
        return strawberry.ID(self.said["account_id"])

    @strawberry.field(description="Kết quả · The outcome")
    def outcome(self) -> ReviewOutcome:
        """Kept, changed or revoked."""
        return ReviewOutcome(self.said["outcome"])

    @strawberry.field(description="Lý do · Why")
    async def text(self, info: Info) -> str | None:
        """The reviewer's words."""
        return await info.context.open(self.row.sealed(self.said["text"]))

    @strawberry.field(description="Người rà soát · Who reviewed it")
    def by(self) -> Person:
        """The named reviewer."""
        return Person(account_id=strawberry.ID(self.said["by"]), unit_id=self.row.owner_unit)

    @strawberry.field(description="Lúc · When")
    def at(self) -> datetime:
        """When."""
        return legal(datetime.fromisoformat(self.said["at"]))


@strawberry.type(description="Đợt rà soát tài khoản · A review of accounts")
class AccountReview:
    """A review of the accounts of an area, or of a unit of it."""

    row: strawberry.Private[ReviewRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("review_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-RS-2026-000001 · Number, such as DH-RS-2026-000001")
    state: ReviewState = column("state", "Trạng thái · State", ReviewState)
    area: str = column("area_path", "Địa bàn · Area")
    unit_id: strawberry.ID | None = column("of_unit_id", "Chỉ đơn vị này · Only this unit", str)
    opened_at: datetime = column("opened_at", "Mở lúc · When it was opened", legal)
    due_at: datetime = column("due_at", "Hạn · By when", legal)
    closed_at: datetime | None = column("closed_at", "Kết thúc lúc · When it was closed", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(description="Bao nhiêu tài khoản · How many accounts")
    def size(self) -> int:
        """How many are to be looked at."""
        return len(self.row.account_ids)

    @strawberry.field(description="Đã rà soát · What was decided so far")
    def reviewed(self) -> list[ReviewedAccount]:
        """Each account that somebody came to."""
        return [ReviewedAccount(row=self.row, said=one) for one in self.row.reviewed]

    @strawberry.field(description="Chưa rà soát · What nobody came to")
    def unreviewed(self) -> list[strawberry.ID]:
        """The accounts that are left."""
        return [strawberry.ID(str(one)) for one in self.row.unreviewed]

    @strawberry.field(description="Bị tạm khoá vì không được rà soát · Suspended because nobody came to them")
    def suspended(self) -> list[strawberry.ID]:
        """What the profile makes of accounts that are left."""
        return [strawberry.ID(str(one)) for one in self.row.suspended]

    history: list[Step] = steps("review_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một đợt rà soát trong danh sách · A review in a list")
class AccountReviewEdge:
    """A review in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: AccountReview = strawberry.field(description="Đợt rà soát · The review")


@strawberry.type(description="Một trang đợt rà soát · A page of reviews")
class AccountReviewConnection(Connection):
    """A page of reviews."""

    edges: list[AccountReviewEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[AccountReview] = strawberry.field(description="Các dòng · Rows")


REVIEWS = ListOf(
    name="accountReviews",
    listing=account_review_log.LISTING,
    node=AccountReview,
    edge=AccountReviewEdge,
    connection=AccountReviewConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc đợt rà soát · Narrow the list of reviews")
class AccountReviewFilter:
    """What to narrow the list to."""

    states: list[ReviewState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    number: str | None = strawberry.field(default=None, description="Số · Number")


REGISTER = Register(
    noun="account-review",
    log=account_review_log,
    id="review_id",
    node=AccountReview,
    check_view=check_view,
)


@strawberry.type
class AccountReviewQuery:
    """Queries on reviews of accounts."""

    @strawberry.field(description="Một đợt rà soát tài khoản · One review of accounts")
    async def account_review(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> AccountReview | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(
        description="Các đợt rà soát tài khoản, mới nhất trước · Reviews of accounts, newest first"
    )
    async def account_reviews(
        self,
        info: Info,
        filter: Annotated[AccountReviewFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> AccountReviewConnection:
        """The reviews in one's scope."""
        ctx = info.context
        within = scope.of_account_reviews(ctx.act)
        await ctx.visible(min_position, "account_review_log", "directory")
        given = filter or AccountReviewFilter()
        narrow = ReviewNarrow(
            states=[state.value for state in given.states] if given.states is not None else None,
            number=given.number,
        )
        return REVIEWS.listed(within, narrow, first=first, after=after)
