"""Mutations on identities of an identity provider: whom an administrator lets enter, and how they come in."""

from functools import partial
from typing import Annotated

import strawberry

from api.graphql.account.account import LoginResult, Session, own_account
from api.graphql.account.credentials_mutations import ACCOUNT_ID, answered
from api.graphql.common import Position, shown
from api.graphql.context import Info, identity, legal
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, POSITION, Refused
from api.sign_in import sign_in_with_code
from domain.commands import credentials as commands
from domain.commands.application import Command
from domain.errors import InvalidInput, Refusal

LONGEST = 255
"""No subject of OpenID Connect is longer."""


@strawberry.input(description="Đổi mã của nhà cung cấp danh tính lấy phiên · Exchange the code for a session")
class SignInWithCodeInput:
    """The code one came back with from the identity provider."""

    code: str = strawberry.field(description="Mã trong địa chỉ, sau #code= · The code behind #code=")


@strawberry.input(description="Liên kết danh tính với tài khoản · Link an identity to an account")
class LinkIdentityInput:
    """Who of the identity provider enters which account."""

    command_id: str = COMMAND_ID
    account_id: strawberry.ID = ACCOUNT_ID
    issuer: str = strawberry.field(description="Nhà cung cấp, như đã cấu hình · The issuer, as configured")
    subject: str = strawberry.field(description="Định danh tại nhà cung cấp (sub) · Their subject there")


@strawberry.type(description="Đã liên kết · Linked")
class IdentityLinked:
    """Somebody enters the account from the identity provider."""

    account_id: strawberry.ID = ACCOUNT_ID
    position: Position = POSITION


@strawberry.input(description="Bỏ liên kết danh tính · Unlink the identity of an account")
class UnlinkIdentityInput:
    """Whose identity."""

    command_id: str = COMMAND_ID
    account_id: strawberry.ID = ACCOUNT_ID


@strawberry.type(
    description="Đã bỏ liên kết; phiên mở qua đó đã kết thúc · Unlinked; its sessions have ended"
)
class IdentityUnlinked:
    """Nobody enters the account from the identity provider."""

    account_id: strawberry.ID = ACCOUNT_ID
    position: Position = POSITION


LinkIdentityResult = Annotated[
    IdentityLinked | Refused, strawberry.union("LinkIdentityResult", description=OUTCOME)
]
UnlinkIdentityResult = Annotated[
    IdentityUnlinked | Refused, strawberry.union("UnlinkIdentityResult", description=OUTCOME)
]


@strawberry.type
class IdentityMutation:
    """Linking identities, and signing in with one."""

    @strawberry.mutation(
        description="Đăng nhập sau khi từ nhà cung cấp danh tính trở về · Sign in, back from the identity provider"
    )
    async def sign_in_with_code(
        self, info: Info, input: Annotated[SignInWithCodeInput, GIVEN]
    ) -> LoginResult:
        """Open a session, once for each code."""
        ctx = info.context
        try:
            opened = await sign_in_with_code(ctx.services, code=input.code, address=ctx.address)
        except Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]
        return Session(
            token=opened.token,
            expires_at=legal(opened.signed_in.expires_at),
            account=await own_account(info, opened.signed_in.actor.account_id),
            device=opened.device,
        )

    @strawberry.mutation(description="Liên kết danh tính với tài khoản · Link an identity to an account")
    async def link_identity(
        self, info: Info, input: Annotated[LinkIdentityInput, GIVEN]
    ) -> LinkIdentityResult:
        """Let somebody of the identity provider enter an account that one administers."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever may not is told so before anything else

        async def run(key: Command) -> IdentityLinked:
            account_id = identity("accountId", input.account_id)
            provider = ctx.services.identity_provider
            if provider is None or input.issuer != provider.issuer:
                known = provider.issuer if provider else "MINHCHUNG_OIDC_ISSUER"
                raise InvalidInput("issuer", f"cần {known}", f"expected {known}")
            if not 1 <= len(input.subject) <= LONGEST:
                raise InvalidInput("subject", f"từ 1 đến {LONGEST} ký tự", f"1 to {LONGEST} characters")
            keep = partial(ctx.services.identities.link, account_id, input.issuer, input.subject)
            answer = await ctx.services.writes(
                commands.link_identity,
                ctx.services.app,
                ctx.act,
                key,
                account_id=account_id,
                issuer=input.issuer,
                subject=input.subject,
                keep=keep,
            )
            ctx.forget(account_id)  # whoever entered before enters no more
            return IdentityLinked(
                account_id=strawberry.ID(str(account_id)), position=Position(answer.position)
            )

        return await answered(info, "linkIdentity", input, run)

    @strawberry.mutation(description="Bỏ liên kết danh tính · Unlink the identity of an account")
    async def unlink_identity(
        self, info: Info, input: Annotated[UnlinkIdentityInput, GIVEN]
    ) -> UnlinkIdentityResult:
        """Let nobody of the identity provider enter an account that one administers."""
        ctx = info.context
        ctx.who  # noqa: B018 — as above

        async def run(key: Command) -> IdentityUnlinked:
            account_id = identity("accountId", input.account_id)
            answer = await ctx.services.writes(
                commands.unlink_identity,
                ctx.services.app,
                ctx.act,
                key,
                account_id=account_id,
                forget=partial(ctx.services.identities.unlink, account_id),
            )
            ctx.forget(account_id)
            return IdentityUnlinked(
                account_id=strawberry.ID(str(account_id)), position=Position(answer.position)
            )

        return await answered(info, "unlinkIdentity", input, run)
