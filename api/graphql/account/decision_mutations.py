"""A function, the lead, a unit: decided by one person and carried out by another, at the GraphQL edge."""

from typing import Annotated

import strawberry

from api.graphql.account.account import Account
from api.graphql.account.mutations import (
    ACCOUNT,
    ACCOUNT_ID,
    ACCOUNTS,
    DOCUMENT,
    LEADER,
    ROLE,
    UNIT_ID,
)
from api.graphql.common import Position
from api.graphql.context import Info, identity
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Refused, act
from domain.commands import accounts as commands


@strawberry.type(description="Đã quyết định thay đổi · A change was decided")
class AccountChangeDirected:
    """Another person carries it out."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã đổi chức năng · The function was changed")
class RoleChanged:
    """The person has another function."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã đổi lãnh đạo · Who leads was changed")
class LeaderChanged:
    """The person leads, or no more."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã chuyển đơn vị · The account was moved")
class AccountMoved:
    """The person is in another unit."""

    account: Account = ACCOUNT
    position: Position = POSITION


DirectAccountChangeResult = Annotated[
    AccountChangeDirected | Refused, strawberry.union("DirectAccountChangeResult", description=OUTCOME)
]
ChangeRoleResult = Annotated[RoleChanged | Refused, strawberry.union("ChangeRoleResult", description=OUTCOME)]
ChangeLeaderResult = Annotated[
    LeaderChanged | Refused, strawberry.union("ChangeLeaderResult", description=OUTCOME)
]
MoveAccountResult = Annotated[
    AccountMoved | Refused, strawberry.union("MoveAccountResult", description=OUTCOME)
]


@strawberry.input(
    description="Quyết định chức năng, lãnh đạo hoặc đơn vị mới; người khác thực hiện ·"
    " Decide a function, who leads, or a unit; another person carries it out"
)
class DirectAccountChangeInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    role: str | None = strawberry.field(
        default=None,
        description="Chức năng mới; khi chuyển đơn vị, bỏ trống là giữ chức năng · The new function;"
        " where the person moves, none keeps the one they have",
    )
    leader: bool | None = strawberry.field(
        default=None, description="Lãnh đạo đơn vị · Whether leader of the unit"
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Chuyển đến đơn vị này · The unit the person goes to"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đổi chức năng · Change the function")
class ChangeRoleInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    role: str = ROLE
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ghi ai là lãnh đạo đơn vị · Say whether the person leads the unit")
class ChangeLeaderInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    leader: bool = strawberry.field(description="Lãnh đạo đơn vị · Whether leader of the unit")
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(
    description="Chuyển sang đơn vị khác; quyền riêng ở đơn vị cũ hết · Move to another unit; rights of its own end"
)
class MoveAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    unit_id: strawberry.ID = UNIT_ID
    role: str = ROLE
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    leader: bool = LEADER
    expected_version: int | None = EXPECTED


@strawberry.type
class AccountDecisionMutation:
    """What one person decides of an account, and what another does by it."""

    @strawberry.mutation(
        description="Quyết định chức năng, lãnh đạo hoặc đơn vị mới: bước ngay trước bước cấp tài khoản; người khác"
        " thực hiện bằng changeRole, changeLeader, moveAccount · Decide a function, who leads, or a unit: the step"
        " before an account is given; another person carries it out by changeRole, changeLeader, moveAccount"
    )
    async def direct_account_change(
        self, info: Info, input: Annotated[DirectAccountChangeInput, GIVEN]
    ) -> DirectAccountChangeResult:
        """Decide it."""
        return await act(
            info,
            ACCOUNTS,
            "directAccountChange",
            input,
            AccountChangeDirected,
            commands.direct_account_change,
            lambda: {
                "role": input.role,
                "leader": input.leader,
                "unit_id": identity("unitId", input.unit_id) if input.unit_id is not None else None,
                "document": input.document,
            },
        )

    @strawberry.mutation(description="Đổi chức năng, như đã quyết định · Change the function, as was decided")
    async def change_role(self, info: Info, input: Annotated[ChangeRoleInput, GIVEN]) -> ChangeRoleResult:
        """Change the function."""
        return await act(
            info,
            ACCOUNTS,
            "changeRole",
            input,
            RoleChanged,
            commands.change_role,
            lambda: {"role": input.role, "document": input.document},
        )

    @strawberry.mutation(
        description="Ghi ai là lãnh đạo đơn vị, như đã quyết định; thôi lãnh đạo thì không cần · Say whether the person"
        " leads the unit, as was decided; that they do no more, without"
    )
    async def change_leader(
        self, info: Info, input: Annotated[ChangeLeaderInput, GIVEN]
    ) -> ChangeLeaderResult:
        """Say whether they lead."""
        return await act(
            info,
            ACCOUNTS,
            "changeLeader",
            input,
            LeaderChanged,
            commands.change_leader,
            lambda: {"leader": input.leader, "document": input.document},
        )

    @strawberry.mutation(
        description="Chuyển sang đơn vị khác, như đã quyết định; quyền riêng ở đơn vị cũ hết · Move to another unit,"
        " as was decided; rights of its own end"
    )
    async def move_account(self, info: Info, input: Annotated[MoveAccountInput, GIVEN]) -> MoveAccountResult:
        """Move it."""
        return await act(
            info,
            ACCOUNTS,
            "moveAccount",
            input,
            AccountMoved,
            commands.move_account,
            lambda: {
                "unit_id": identity("unitId", input.unit_id),
                "role": input.role,
                "leader": input.leader,
                "document": input.document,
            },
        )
