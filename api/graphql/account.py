"""Accounts and sessions at the GraphQL edge."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.common import Forbidden, SecondFactorNeeded, shown
from api.graphql.context import Info, legal
from api.graphql.unit import Unit
from api.sign_in import sign_in, sign_out
from domain.context import Actor
from domain.errors import NotFound, Refusal


@strawberry.type(description="Tài khoản · An account")
class Account:
    """An account: one person in one unit with one function."""

    actor: strawberry.Private[Actor]

    @strawberry.field(description="Mã định danh · Id")
    def id(self) -> strawberry.ID:
        """The id."""
        return strawberry.ID(str(self.actor.account_id))

    @strawberry.field(description="Tên đăng nhập · Account name")
    async def name(self, info: Info) -> str:
        """The name one signs in with."""
        entry = await info.context.entry.load((self.actor.account_id, None))
        if entry is None:
            raise NotFound("tài khoản", "account", self.actor.account_id)
        return entry.code

    @strawberry.field(description="Họ tên · Full name")
    async def full_name(self, info: Info) -> str | None:
        """The person's name."""
        return await info.context.name_of(self.actor.account_id)

    @strawberry.field(description="Đơn vị · Unit")
    async def unit(self, info: Info) -> Unit:
        """The unit the account belongs to."""
        entry = await info.context.entry.load((self.actor.unit_id, None))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.actor.unit_id)
        return Unit(row=entry)

    @strawberry.field(description="Chức năng · Function")
    def role(self) -> str:
        """The function in the unit."""
        return self.actor.role

    @strawberry.field(description="Lãnh đạo đơn vị · Whether leader of the unit")
    def leader(self) -> bool:
        """Whether leader of the unit."""
        return self.actor.leader


@strawberry.type(description="Phiên làm việc · A session")
class Session:
    """A session: send the token as `Authorization: Bearer`."""

    token: str = strawberry.field(description="Chỉ hiện một lần · Shown once")
    expires_at: datetime = strawberry.field(description="Hết hạn · When it ends")
    account: Account = strawberry.field(description="Tài khoản · The account")
    device: str = strawberry.field(
        description="Mã thiết bị: hãy giữ và gửi kèm lần đăng nhập sau, để không ai thử sai ở nơi khác làm bạn phải chờ"
        " · Code of this device: keep it and send it with the next sign-in, so that nobody who fails elsewhere"
        " makes you wait"
    )


LoginResult = Annotated[
    Session | Forbidden | SecondFactorNeeded,
    strawberry.union("LoginResult", description="Phiên, hoặc lời từ chối · A session, or a refusal"),
]


@strawberry.input(description="Đăng nhập · Sign in")
class LoginInput:
    """A name and a password, and from which device."""

    name: str = strawberry.field(description="Tên đăng nhập · Account name")
    password: str = strawberry.field(description="Mật khẩu · Password")
    second_factor: str | None = strawberry.field(
        default=None,
        description="Mã của thiết bị, hoặc mã khôi phục, khi được hỏi"
        " · A code of the device, or a recovery code, where one is asked for",
    )
    device: str | None = strawberry.field(
        default=None,
        description="Mã thiết bị của lần đăng nhập trước, nếu có; không thay cho mật khẩu"
        " · The device's code of an earlier sign-in, if there is one; it stands for no password",
    )


@strawberry.type
class AccountQuery:
    """Queries on accounts."""

    @strawberry.field(description="Tôi là ai · Who I am")
    def me(self, info: Info) -> Account:
        """The account that is signed in."""
        return Account(actor=info.context.present.actor)


@strawberry.type
class AccountMutation:
    """Signing in and out."""

    @strawberry.mutation(description="Đăng nhập · Sign in")
    async def login(
        self,
        info: Info,
        input: Annotated[LoginInput, strawberry.argument(description="Tên và mật khẩu · Name and password")],
    ) -> LoginResult:
        """Open a session."""
        ctx = info.context
        try:
            opened = await sign_in(
                ctx.services,
                name=input.name,
                password=input.password,
                address=ctx.address,
                device=input.device,
                second_factor=input.second_factor,
            )
        except Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]
        return Session(
            token=opened.token,
            expires_at=legal(opened.signed_in.expires_at),
            account=Account(actor=opened.signed_in.actor),
            device=opened.device,
        )

    @strawberry.mutation(description="Đăng xuất · Sign out")
    async def logout(self, info: Info) -> bool:
        """Close the session."""
        ctx = info.context
        try:
            await ctx.services.writes(sign_out, ctx.services, ctx.present)
        finally:
            ctx.signed_out(ctx.present.session_id)
        return True
