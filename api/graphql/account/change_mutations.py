"""The acts that change an account that was given, or end it, at the GraphQL edge: each holds at once."""

from typing import Annotated

import strawberry

from api.graphql.account.account import Account
from api.graphql.account.mutations import (
    ACCOUNT,
    ACCOUNT_ID,
    ACCOUNTS,
    DOCUMENT,
    FULL_NAME,
    TEXT,
)
from api.graphql.common import Position
from api.graphql.context import Info
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Refused, act
from domain.commands import accounts as commands


@strawberry.type(description="Đã sửa họ tên · The name was changed")
class AccountRenamed:
    """The person has another name."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã giao nhiệm vụ · A duty was assigned")
class DutyAssigned:
    """A task is theirs."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã thôi nhiệm vụ · A duty was ended")
class DutyEnded:
    """A task is theirs no more."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã tạm khoá · The account was suspended")
class AccountSuspended:
    """Nobody signs in with it."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã mở lại · The account was resumed")
class AccountResumed:
    """It is in use again."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã đóng · The account was closed")
class AccountClosed:
    """It is over."""

    account: Account = ACCOUNT
    position: Position = POSITION


RenameAccountResult = Annotated[
    AccountRenamed | Refused, strawberry.union("RenameAccountResult", description=OUTCOME)
]
AssignDutyResult = Annotated[
    DutyAssigned | Refused, strawberry.union("AssignDutyResult", description=OUTCOME)
]
EndDutyResult = Annotated[DutyEnded | Refused, strawberry.union("EndDutyResult", description=OUTCOME)]
SuspendAccountResult = Annotated[
    AccountSuspended | Refused, strawberry.union("SuspendAccountResult", description=OUTCOME)
]
ResumeAccountResult = Annotated[
    AccountResumed | Refused, strawberry.union("ResumeAccountResult", description=OUTCOME)
]
CloseAccountResult = Annotated[
    AccountClosed | Refused, strawberry.union("CloseAccountResult", description=OUTCOME)
]


@strawberry.input(
    description="Sửa họ tên; việc đã làm giữ tên lúc đó · Change the name; what was done keeps the name of its time"
)
class RenameAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    full_name: str = FULL_NAME
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Giao nhiệm vụ, ví dụ MONITORING · Assign a duty, such as MONITORING")
class AssignDutyInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    duty: str = strawberry.field(description="Nhiệm vụ · Duty")
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thôi giao nhiệm vụ · End a duty")
class EndDutyInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    duty: str = strawberry.field(description="Nhiệm vụ · Duty")
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Tạm khoá; mọi phiên hết ngay · Suspend it; every session ends at once")
class SuspendAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    text: str = TEXT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Mở lại · Give it back")
class ResumeAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đóng hẳn, hoặc bỏ đề cử · Close it for good, or drop a nomination")
class CloseAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    text: str = TEXT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class AccountChangeMutation:
    """The acts that change an account, or end it."""

    @strawberry.mutation(description="Sửa họ tên · Change the name of the person")
    async def rename_account(
        self, info: Info, input: Annotated[RenameAccountInput, GIVEN]
    ) -> RenameAccountResult:
        """Change the name."""
        return await act(
            info,
            ACCOUNTS,
            "renameAccount",
            input,
            AccountRenamed,
            commands.rename_account,
            lambda: {"full_name": input.full_name, "document": input.document},
        )

    @strawberry.mutation(description="Giao nhiệm vụ, ví dụ MONITORING · Assign a duty, such as MONITORING")
    async def assign_duty(self, info: Info, input: Annotated[AssignDutyInput, GIVEN]) -> AssignDutyResult:
        """Assign a duty."""
        return await act(
            info,
            ACCOUNTS,
            "assignDuty",
            input,
            DutyAssigned,
            commands.assign_duty,
            lambda: {"duty": input.duty, "document": input.document},
        )

    @strawberry.mutation(description="Thôi giao nhiệm vụ · End a duty")
    async def end_duty(self, info: Info, input: Annotated[EndDutyInput, GIVEN]) -> EndDutyResult:
        """End a duty."""
        return await act(
            info,
            ACCOUNTS,
            "endDuty",
            input,
            DutyEnded,
            commands.end_duty,
            lambda: {"duty": input.duty, "document": input.document},
        )

    @strawberry.mutation(description="Tạm khoá; mọi phiên hết ngay · Suspend it; every session ends at once")
    async def suspend_account(
        self, info: Info, input: Annotated[SuspendAccountInput, GIVEN]
    ) -> SuspendAccountResult:
        """Suspend it."""
        return await act(
            info,
            ACCOUNTS,
            "suspendAccount",
            input,
            AccountSuspended,
            commands.suspend_account,
            lambda: {"text": input.text},
        )

    @strawberry.mutation(description="Mở lại · Give it back")
    async def resume_account(
        self, info: Info, input: Annotated[ResumeAccountInput, GIVEN]
    ) -> ResumeAccountResult:
        """Resume it."""
        return await act(
            info,
            ACCOUNTS,
            "resumeAccount",
            input,
            AccountResumed,
            commands.resume_account,
            lambda: {"document": input.document},
        )

    @strawberry.mutation(description="Đóng hẳn, hoặc bỏ đề cử · Close it for good, or drop a nomination")
    async def close_account(
        self, info: Info, input: Annotated[CloseAccountInput, GIVEN]
    ) -> CloseAccountResult:
        """Close it."""
        return await act(
            info,
            ACCOUNTS,
            "closeAccount",
            input,
            AccountClosed,
            commands.close_account,
            lambda: {"text": input.text},
        )
