"""By when accounts are to be reviewed again, at the GraphQL edge."""

from datetime import datetime

import strawberry

from api.graphql.common import MinPosition, Rule, cited
from api.graphql.context import Info, legal
from api.graphql.looking import attempted, look_at
from domain.account_review import check_open
from projections import account_log


@strawberry.type(
    description="Hạn rà soát tài khoản của địa bàn · By when the accounts of an area are reviewed"
)
class AccountReviewDue:
    """By when, and what is left."""

    due: datetime | None = strawberry.field(
        description="Hạn của tài khoản lâu nhất chưa rà soát · When the account that waits longest is due"
    )
    rule: Rule | None = strawberry.field(
        description="Điều khoản; null nếu quy định không nêu · The rule; null where the regulation does not ask for it"
    )
    interval_days: int = strawberry.field(
        description="Chu kỳ do đơn vị chọn, số ngày · The interval that the installation chose, in days"
    )
    accounts: int = strawberry.field(description="Số tài khoản đang dùng · How many accounts are in use")
    overdue: int = strawberry.field(description="Số tài khoản quá hạn rà soát · How many are overdue")
    missed: bool = strawberry.field(description="Đã quá hạn · Whether the day has passed")


@strawberry.type
class AccountReviewDueQuery:
    """Queries on reviews that are to come."""

    @strawberry.field(
        description="Khi nào phải rà soát lại tài khoản của địa bàn mình (R-DB-13.2.b)"
        " · By when the accounts of one’s area are to be reviewed again (R-DB-13.2.b)"
    )
    async def account_review_due(self, info: Info, min_position: MinPosition = None) -> AccountReviewDue:
        """By when: each account is reviewed within the interval, from when it was given or reviewed last."""
        ctx = info.context
        act = ctx.act
        area = act.actor.area_path
        refusal = check_open(act, area)
        if refusal is not None and not act.permission("audit.replay").allowed:
            await attempted(info, look_at(info, "accountReviewDue", "account-review", [], area), refusal)
            raise refusal
        await ctx.visible(min_position, "account_log", "directory")
        rules = act.rulebook.account_rules
        found = await ctx.read(account_log.unreviewed, area, act.now - rules.review_interval)
        return AccountReviewDue(
            due=legal(found.since + rules.review_interval) if found.since else None,
            rule=cited(ctx, rules.review_rule) if rules.review_rule else None,
            interval_days=rules.review_interval_days,
            accounts=found.accounts,
            overdue=found.overdue,
            missed=found.overdue > 0,
        )
