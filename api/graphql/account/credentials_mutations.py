"""Mutations on what opens an account: one's own password, device, sessions, and those of accounts one administers."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

import strawberry

from api.graphql.common import Position, shown
from api.graphql.context import Info, identity
from api.graphql.looking import attempted, look_at
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, POSITION, Refused, command_of
from api.sign_in import change_password, confirm_second_factor, enrol_second_factor, reset_password
from domain.commands import credentials as commands
from domain.commands.application import Command
from domain.commands.reading import is_attempt
from domain.errors import Refusal

P = TypeVar("P")

ACCOUNT_ID = strawberry.field(description="Tài khoản · The account")


# -- what each is told, and what it answers ---------------------------------------------


@strawberry.input(description="Đổi mật khẩu của mình · Change one's own password")
class ChangePasswordInput:
    """The present password and the new one."""

    command_id: str = COMMAND_ID
    current: str = strawberry.field(description="Mật khẩu hiện tại · The present password")
    new: str = strawberry.field(description="Mật khẩu mới · The new password")


@strawberry.type(description="Đã đổi; các phiên khác đã kết thúc · Changed; other sessions have ended")
class PasswordChanged:
    """The password is another now."""

    position: Position = POSITION


@strawberry.input(description="Ghi danh yếu tố xác thực thứ hai · Enrol a second factor")
class EnrolSecondFactorInput:
    """The password once more: an open session alone enrols no device."""

    command_id: str = COMMAND_ID
    password: str = strawberry.field(description="Mật khẩu · Password")


@strawberry.type(
    description="Bí mật của thiết bị, chỉ hiện một lần; có hiệu lực khi xác nhận"
    " · The secret of a device, shown once; it counts once confirmed"
)
class SecondFactorBegun:
    """What a device is told."""

    secret: str = strawberry.field(description="Để gõ tay, base32 · To be typed, in base32")
    uri: str = strawberry.field(description="Địa chỉ otpauth cho mã QR · The otpauth address for a QR code")


@strawberry.input(description="Xác nhận thiết bị bằng mã đầu tiên · Confirm a device by its first code")
class ConfirmSecondFactorInput:
    """The first code of the device."""

    command_id: str = COMMAND_ID
    code: str = strawberry.field(description="Mã sáu chữ số · The code of six digits")


@strawberry.type(description="Từ nay đăng nhập cần mã · From here on signing in takes a code")
class SecondFactorConfirmed:
    """A device is enrolled."""

    recovery_codes: list[str] = strawberry.field(
        description="Mã khôi phục, mỗi mã dùng một lần, chỉ hiện một lần · Recovery codes, each for one use, shown once"
    )
    position: Position = POSITION


@strawberry.input(description="Kết thúc một phiên · End a session")
class RevokeSessionInput:
    """Which session."""

    command_id: str = COMMAND_ID
    session_id: strawberry.ID = strawberry.field(description="Phiên · The session")


@strawberry.type(description="Phiên đã kết thúc · The session has ended")
class SessionRevoked:
    """A session has ended."""

    session_id: strawberry.ID = strawberry.field(description="Phiên · The session")
    position: Position = POSITION


@strawberry.input(description="Kết thúc mọi phiên của một tài khoản · End every session of an account")
class RevokeSessionsInput:
    """Whose sessions."""

    command_id: str = COMMAND_ID
    account_id: strawberry.ID = ACCOUNT_ID


@strawberry.type(description="Mọi phiên đã kết thúc · Every session has ended")
class SessionsRevoked:
    """The sessions of an account have ended."""

    account_id: strawberry.ID = ACCOUNT_ID
    position: Position = POSITION


@strawberry.input(description="Cấp lại mật khẩu cho tài khoản khác · Give an account another password")
class ResetPasswordInput:
    """Whose password."""

    command_id: str = COMMAND_ID
    account_id: strawberry.ID = ACCOUNT_ID


@strawberry.type(
    description="Mật khẩu tạm; người dùng phải đổi khi đăng nhập · A password that its person has to change at sign-in"
)
class PasswordReset:
    """The account has another password."""

    account_id: strawberry.ID = ACCOUNT_ID
    password: str | None = strawberry.field(
        description="Chỉ hiện một lần; gửi lại lệnh thì không có · Shown once; a command sent again has none"
    )
    position: Position = POSITION


@strawberry.input(
    description="Đặt lại yếu tố thứ hai của tài khoản khác · Reset the second factor of another"
)
class ResetSecondFactorInput:
    """Whose second factor."""

    command_id: str = COMMAND_ID
    account_id: strawberry.ID = ACCOUNT_ID


@strawberry.type(description="Đã đặt lại; mọi phiên đã kết thúc · Reset; every session has ended")
class SecondFactorReset:
    """The account has no second factor any more."""

    account_id: strawberry.ID = ACCOUNT_ID
    position: Position = POSITION


ChangePasswordResult = Annotated[
    PasswordChanged | Refused, strawberry.union("ChangePasswordResult", description=OUTCOME)
]
EnrolSecondFactorResult = Annotated[
    SecondFactorBegun | Refused, strawberry.union("EnrolSecondFactorResult", description=OUTCOME)
]
ConfirmSecondFactorResult = Annotated[
    SecondFactorConfirmed | Refused, strawberry.union("ConfirmSecondFactorResult", description=OUTCOME)
]
RevokeSessionResult = Annotated[
    SessionRevoked | Refused, strawberry.union("RevokeSessionResult", description=OUTCOME)
]
RevokeSessionsResult = Annotated[
    SessionsRevoked | Refused, strawberry.union("RevokeSessionsResult", description=OUTCOME)
]
ResetPasswordResult = Annotated[
    PasswordReset | Refused, strawberry.union("ResetPasswordResult", description=OUTCOME)
]
ResetSecondFactorResult = Annotated[
    SecondFactorReset | Refused, strawberry.union("ResetSecondFactorResult", description=OUTCOME)
]


async def answered(info: Info, name: str, given: Any, run: Callable[[Command], Awaitable[P]]) -> P:
    """What a mutation does, or its refusal; whoever may not is on record as having tried."""
    ctx = info.context
    ctx.present  # noqa: B018 — whoever is not signed in is told so before anything else
    try:
        return await run(command_of(info, name, given))
    except Refusal as refusal:
        why = refusal.__cause__ or refusal
        # who owes something tries nothing but to pay it, and a wrong password is on record as such
        if is_attempt(why) and ctx.present.owes(ctx.services.context) is None:
            await attempted(info, look_at(info, name, "account", [], ctx.present.actor.area_path), why)
        return shown(refusal)  # type: ignore[no-any-return]


@strawberry.type
class CredentialsMutation:
    """What one does with what opens an account."""

    @strawberry.mutation(description="Đổi mật khẩu của mình · Change one's own password")
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, GIVEN]
    ) -> ChangePasswordResult:
        """Choose another password."""
        ctx = info.context

        async def run(key: Command) -> PasswordChanged:
            answer = await change_password(
                ctx.services,
                ctx.present,
                key,
                current=input.current,
                new=input.new,
                address=ctx.address,
            )
            ctx.forget(ctx.present.session_id)  # what it owed is looked up again
            return PasswordChanged(position=Position(answer.position))

        return await answered(info, "changePassword", input, run)

    @strawberry.mutation(description="Ghi danh yếu tố xác thực thứ hai · Enrol a second factor")
    async def enrol_second_factor(
        self, info: Info, input: Annotated[EnrolSecondFactorInput, GIVEN]
    ) -> EnrolSecondFactorResult:
        """Draw the secret of a device; sent again it draws another, and only the last one counts."""
        ctx = info.context

        async def run(_: Command) -> SecondFactorBegun:
            begun = await enrol_second_factor(
                ctx.services, ctx.present, password=input.password, address=ctx.address
            )
            return SecondFactorBegun(secret=begun.secret, uri=begun.address)

        return await answered(info, "enrolSecondFactor", input, run)

    @strawberry.mutation(description="Xác nhận yếu tố xác thực thứ hai · Confirm a second factor")
    async def confirm_second_factor(
        self, info: Info, input: Annotated[ConfirmSecondFactorInput, GIVEN]
    ) -> ConfirmSecondFactorResult:
        """Confirm a device by its first code."""
        ctx = info.context

        async def run(key: Command) -> SecondFactorConfirmed:
            work = partial(confirm_second_factor, ctx.services, ctx.present, key, code=input.code)
            answer, codes = await ctx.services.jobs(key, work)
            ctx.forget(ctx.present.session_id)  # as above
            return SecondFactorConfirmed(recovery_codes=codes, position=Position(answer.position))

        return await answered(info, "confirmSecondFactor", input, run)

    @strawberry.mutation(description="Kết thúc một phiên · End a session")
    async def revoke_session(
        self, info: Info, input: Annotated[RevokeSessionInput, GIVEN]
    ) -> RevokeSessionResult:
        """End one of one's own sessions, or one of an account that one administers."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever may not is told so before anything else

        async def run(key: Command) -> SessionRevoked:
            session_id = identity("sessionId", input.session_id)
            answer = await ctx.services.writes(
                commands.revoke_session, ctx.services.app, ctx.act, key, session_id=session_id
            )
            ctx.forget(session_id)
            return SessionRevoked(
                session_id=strawberry.ID(str(session_id)), position=Position(answer.position)
            )

        return await answered(info, "revokeSession", input, run)

    @strawberry.mutation(description="Kết thúc mọi phiên của một tài khoản · End every session of an account")
    async def revoke_sessions(
        self, info: Info, input: Annotated[RevokeSessionsInput, GIVEN]
    ) -> RevokeSessionsResult:
        """End every session of one's own account, or of one that one administers."""
        ctx = info.context
        ctx.who  # noqa: B018 — as above

        async def run(key: Command) -> SessionsRevoked:
            account_id = identity("accountId", input.account_id)
            answer = await ctx.services.writes(
                commands.revoke_sessions, ctx.services.app, ctx.act, key, account_id=account_id
            )
            ctx.forget(account_id)
            return SessionsRevoked(
                account_id=strawberry.ID(str(account_id)), position=Position(answer.position)
            )

        return await answered(info, "revokeSessions", input, run)

    @strawberry.mutation(
        description="Cấp lại mật khẩu tạm cho một tài khoản · Give an account a temporary password"
    )
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, GIVEN]
    ) -> ResetPasswordResult:
        """Give an account that one administers another password, and end its sessions."""
        ctx = info.context
        ctx.who  # noqa: B018 — as above

        async def run(key: Command) -> PasswordReset:
            account_id = identity("accountId", input.account_id)
            work = partial(reset_password, ctx.services, ctx.who, key, account_id=account_id)
            answer, password = await ctx.services.jobs(key, work)
            ctx.forget(account_id)
            return PasswordReset(
                account_id=strawberry.ID(str(account_id)),
                password=password,
                position=Position(answer.position),
            )

        return await answered(info, "resetPassword", input, run)

    @strawberry.mutation(
        description="Đặt lại yếu tố thứ hai của tài khoản khác · Reset the second factor of another"
    )
    async def reset_second_factor(
        self, info: Info, input: Annotated[ResetSecondFactorInput, GIVEN]
    ) -> ResetSecondFactorResult:
        """Take the second factor of an account that one administers away, and end its sessions."""
        ctx = info.context
        ctx.who  # noqa: B018 — as above

        async def run(key: Command) -> SecondFactorReset:
            account_id = identity("accountId", input.account_id)
            answer = await ctx.services.writes(
                commands.reset_second_factor,
                ctx.services.app,
                ctx.act,
                key,
                account_id=account_id,
                is_kept=partial(ctx.services.second_factors.is_asked_for, account_id),
                forget=partial(ctx.services.second_factors.forget, account_id),
            )
            ctx.forget(account_id)
            return SecondFactorReset(
                account_id=strawberry.ID(str(account_id)), position=Position(answer.position)
            )

        return await answered(info, "resetSecondFactor", input, run)
