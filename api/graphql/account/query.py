"""Looking accounts up: one, those of one's scope, and the units that nobody administers."""

from datetime import datetime
from typing import Annotated, Final

import orjson
import strawberry

from api.graphql.account.account import Account, of_record
from api.graphql.common import NARROW, After, First, MinPosition
from api.graphql.context import Info, identity, utc
from api.graphql.looking import attempted, look_at
from api.graphql.pages import Connection, ListOf, text
from api.graphql.unit.unit import Unit
from domain.account import Account as AccountOfRecord
from domain.account import AccountState
from domain.account.guards import check_view
from domain.errors import Forbidden, InvalidInput
from projections import account_log, directory, scope
from projections.account_log import AccountNarrow

ADMINISTRATOR: Final = "ADMINISTRATOR"


@strawberry.type(description="Một tài khoản trong danh sách · An account in a list")
class AccountEdge:
    """An account in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Account = strawberry.field(description="Tài khoản · The account")


@strawberry.type(description="Một trang tài khoản · A page of accounts")
class AccountConnection(Connection):
    """A page of accounts."""

    edges: list[AccountEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Account] = strawberry.field(description="Các dòng · Rows")


ACCOUNTS = ListOf(
    name="accounts",
    listing=account_log.LISTING,
    node=Account,
    edge=AccountEdge,
    connection=AccountConnection,
    kinds=(text,),
)


@strawberry.input(description="Lọc tài khoản · Narrow the list of accounts")
class AccountFilter:
    """What to narrow the list to."""

    states: list[AccountState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    roles: list[str] | None = strawberry.field(default=None, description="Các chức năng · Functions")
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="Đơn vị · Unit")
    name: str | None = strawberry.field(default=None, description="Tên đăng nhập · Account name")
    delegate_id: strawberry.ID | None = strawberry.field(
        default=None, description="Ai được ủy quyền · To whom they delegated"
    )
    reviewed_before: datetime | None = strawberry.field(
        default=None,
        description="Chưa rà soát từ lúc này, có múi giờ · Not reviewed since this instant, with an offset",
    )

    def narrow(self) -> AccountNarrow:
        """The filter as the read model takes it."""
        return AccountNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            roles=self.roles,
            unit_id=identity("filter.unitId", self.unit_id) if self.unit_id is not None else None,
            name=self.name,
            delegate=(
                orjson.dumps([{"to": str(identity("filter.delegateId", self.delegate_id))}]).decode()
                if self.delegate_id is not None
                else None
            ),
            reviewed_before=(
                utc("filter.reviewedBefore", self.reviewed_before)
                if self.reviewed_before is not None
                else None
            ),
        )


@strawberry.type
class AccountsQuery:
    """Queries on the accounts of others."""

    @strawberry.field(description="Một tài khoản · One account")
    async def account(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        name: Annotated[str | None, strawberry.argument(description="Tên đăng nhập · Account name")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> Account | None:
        """One by id or name; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (name is None):
            raise InvalidInput("id", "cần id hoặc name, chỉ một", "either id or name is expected")
        await ctx.visible(min_position, "account_log", "directory")
        one = identity("id", id) if id is not None else AccountOfRecord.create_id(str(name))
        row = (await ctx.read(account_log.by_ids, [one])).get(one)
        if row is not None and (refusal := check_view(row, act)) is not None:
            look = look_at(info, "account", "account", [row.account_id], row.area_path)
            await attempted(info, look, refusal)
            return None
        if row is None or at is None:
            return Account(row=row) if row else None
        return await of_record(info, row.account_id, at)

    @strawberry.field(description="Các tài khoản, theo tên · Accounts, by name")
    async def accounts(
        self,
        info: Info,
        filter: Annotated[AccountFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> AccountConnection:
        """The accounts in one's scope."""
        ctx = info.context
        within = scope.of_accounts(ctx.act)
        await ctx.visible(min_position, "account_log", "directory")
        return ACCOUNTS.listed(within, (filter or AccountFilter()).narrow(), first=first, after=after)

    @strawberry.field(
        description="Đơn vị phải có mà chưa có người quản trị · Units that must have an administrator, and have none"
    )
    async def units_without_administrator(self, info: Info) -> list[Unit]:
        """Units of one's area in which nobody is in charge of system administration (R-QT-10.4.a)."""
        ctx = info.context
        allowed = any(
            ctx.act.permission(action, facts=frozenset({"own-unit", "own-system"})).allowed
            for action in ("account.administer", "account.review", "audit.replay")
        )
        if not allowed:
            raise Forbidden(
                "Chức năng của tài khoản không xem được danh sách này",
                "The account's function is not shown this list",
                rule=ctx.act.rulebook.account_rules.administered_rule,
            )
        found = await ctx.read(
            account_log.without_administrator,
            ctx.act.rulebook.account_rules.administered,
            ctx.act.actor.area_path,
            role=ADMINISTRATOR,
        )
        entries = await ctx.read(directory.current, found)
        return [Unit(row=entries[one]) for one in found if one in entries]
