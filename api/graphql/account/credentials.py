"""Sessions at the GraphQL edge: where an account is in use, for its person, its leader and its administrator."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.common import Step
from api.graphql.context import Info, identity, legal
from domain.commands.credentials import watched
from domain.credentials import Credentials
from domain.errors import Refusal
from store.credentials import SessionRow

MOST = 100
"""Sessions, and steps, of one account that anybody reads."""


@strawberry.type(description="Một phiên đang mở · An open session")
class OpenSession:
    """A session that is open: since when, from where, last used when; never its token."""

    row: strawberry.Private[SessionRow]

    @strawberry.field(description="Mã định danh · Id")
    def id(self) -> strawberry.ID:
        """The id."""
        return strawberry.ID(str(self.row.session_id))

    @strawberry.field(
        description="Mạng nơi đăng nhập; trống nếu từ chính máy này, hoặc qua máy chủ trung gian chưa khai báo"
        " · The network it came from; empty from this machine itself, or behind a proxy that nobody named"
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


@strawberry.type(description="Việc xảy ra ở cửa đăng nhập · What happened at the door of an account")
class SignInStep(Step):
    """Failures, locks, overlaps and changes of what opens an account."""

    @strawberry.field(description="Số lần thử không thành · How many attempts failed")
    def attempts(self) -> int | None:
        """How many attempts it stands for."""
        found = getattr(self.recorded.event, "attempts", None)
        return found if isinstance(found, int) else None

    @strawberry.field(description="Từ các địa chỉ, mạng · From which addresses or networks")
    async def addresses(self, info: Info) -> str | None:
        """From where."""
        return await info.context.open(getattr(self.recorded.event, "addresses", None))


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
        watched_id = await _watched(info, account_id)
        if watched_id is None:
            return []
        rows = await ctx.services.writes(ctx.services.credentials.sessions_of, watched_id, MOST)
        return [OpenSession(row=row) for row in rows]

    @strawberry.field(
        description="Lần đăng nhập sai, khoá, dùng ở hai nơi, yếu tố thứ hai; mới nhất trước, nhiều nhất 100"
        " · Failures, locks, use in two places, second factors; the newest first, at most 100"
    )
    async def sign_in_history(
        self,
        info: Info,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Tài khoản; bỏ trống là mình · The account")
        ] = None,
    ) -> list[SignInStep]:
        """What happened at the door of an account, for whoever is shown its sessions."""
        watched_id = await _watched(info, account_id)
        if watched_id is None:
            return []
        steps = await info.context.history.load(Credentials.create_id(watched_id))
        told = [step for step in steps if not isinstance(step.event, Credentials.Opened)]
        return [SignInStep(recorded=step) for step in reversed(told[-MOST:])]


async def _watched(info: Info, account_id: strawberry.ID | None) -> UUID | None:
    """The account whose sessions somebody asks for; None where they are not theirs to see, or there is none."""
    ctx = info.context
    asked = ctx.who.actor.account_id if account_id is None else identity("accountId", account_id)
    try:
        return (await ctx.services.writes(watched, ctx.services.app, ctx.act, asked)).id
    except Refusal:
        return None
