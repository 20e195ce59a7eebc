"""Sessions at the GraphQL edge: where an account is in use, for its person, its leader and its administrator."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.context import Info, legal
from api.graphql.unit import identity
from domain.commands.credentials import watched
from domain.errors import Refusal
from store.credentials import SessionRow

MOST = 100
"""Sessions of one account that anybody reads."""


@strawberry.type(description="Một phiên đang mở · An open session")
class OpenSession:
    """A session that is open: since when, from where, last used when; never its token."""

    row: strawberry.Private[SessionRow]

    @strawberry.field(description="Mã định danh · Id")
    def id(self) -> strawberry.ID:
        """The id."""
        return strawberry.ID(str(self.row.session_id))

    @strawberry.field(
        description="Mạng nơi đăng nhập; sau máy chủ trung gian thì trống"
        " · The network it came from; empty behind a proxy"
    )
    def network(self) -> str:
        """The network of its address."""
        return self.row.network

    @strawberry.field(description="Mở lúc · Since when")
    def opened_at(self) -> datetime:
        """When somebody signed in."""
        return legal(self.row.opened_at)

    @strawberry.field(description="Dùng lần cuối, đến phút · Last used, to the minute")
    def seen_at(self) -> datetime:
        """When it was last used."""
        return legal(self.row.seen_at)

    @strawberry.field(description="Hết hạn · When it ends")
    def expires_at(self) -> datetime:
        """When it ends."""
        return legal(self.row.expires_at)

    @strawberry.field(
        description="Tài khoản đồng thời được dùng từ mạng khác (R-QT-5.3.0)"
        " · Whether the account was in use from another network meanwhile"
    )
    def overlapped(self) -> bool:
        """Whether it overlapped with another from elsewhere."""
        return self.row.overlapped

    @strawberry.field(description="Là phiên đang hỏi · Whether it is the one that asks")
    def current(self, info: Info) -> bool:
        """Whether it is this one."""
        return self.row.session_id == info.context.present.session_id


@strawberry.type
class CredentialsQuery:
    """Queries on sessions."""

    @strawberry.field(
        description="Các phiên đang mở, mới nhất trước: của mình, hoặc của tài khoản mình lãnh đạo hay quản trị"
        " · Open sessions, the newest first: one's own, or of an account that one leads or administers"
    )
    async def sessions(
        self,
        info: Info,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Tài khoản; bỏ trống là mình · The account")
        ] = None,
    ) -> list[OpenSession]:
        """The open sessions of an account; of one that is not theirs to watch nobody learns that it is there."""
        ctx = info.context
        asked = ctx.who.actor.account_id if account_id is None else identity("accountId", account_id)

        def found() -> list[SessionRow]:
            try:
                account = watched(ctx.services.app, ctx.act, asked)
            except Refusal:
                return []
            return [*ctx.services.credentials.sessions_of(account.id, MOST)]

        return [OpenSession(row=row) for row in await ctx.services.writes(found)]
