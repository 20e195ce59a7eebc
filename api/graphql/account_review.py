"""Reviews of accounts at the GraphQL edge: what is to be looked at, what was decided, what nobody came to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step, available
from api.graphql.context import Info, legal
from api.graphql.extraction import Person
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.reading import attempted, look_at
from api.graphql.unit import identity
from domain.account_review import GUARDS, ReviewOutcome, ReviewState, check_view
from domain.errors import InvalidInput
from projections import account_review_log, history, scope
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

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event of it, oldest first."""
        ctx = info.context
        if self.past is None:
            steps = await ctx.history.load(self.row.review_id)
        else:
            steps = await ctx.read(history.steps, self.past)
        return [Step(recorded=step) for step in steps]

    @strawberry.field(description="Việc người này có thể làm · What this person may do, and why not")
    def available_actions(self, info: Info) -> list[AvailableAction]:
        """What the guards that decide say to this person now."""
        return available(dict(GUARDS), self.row, info.context.act)


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


async def of_record(
    info: Info, review_id: UUID, as_of: datetime | None = None, upto: int | None = None
) -> AccountReview | None:
    """A review folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, review_id, as_of=as_of, upto=upto)
    row = history.state(recorded, account_review_log.fold)
    return None if row is None else AccountReview(row=row, past=recorded)


@strawberry.type
class AccountReviewQuery:
    """Queries on reviews of accounts."""

    @strawberry.field(description="Một đợt rà soát tài khoản · One review of accounts")
    async def account_review(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        number: Annotated[str | None, strawberry.argument(description="Số · Number")] = None,
        min_position: MinPosition = None,
    ) -> AccountReview | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        if (id is None) == (number is None):
            raise InvalidInput("id", "cần id hoặc number, chỉ một", "either id or number is expected")
        await ctx.visible(min_position, "account_review_log", "directory")
        if id is not None:
            one = identity("id", id)
            row = (await ctx.read(account_review_log.by_ids, [one])).get(one)
        else:
            row = await ctx.read(account_review_log.by_number, str(number))
        if row is not None and (refusal := check_view(row, act)) is not None:
            look = look_at(info, "accountReview", "account-review", [row.review_id], row.area_path)
            await attempted(info, look, refusal)
            return None
        return AccountReview(row=row) if row else None

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
