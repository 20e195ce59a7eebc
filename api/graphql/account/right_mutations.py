"""Rights besides one's function, granted or delegated, at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.account.account import Account
from api.graphql.account.mutations import ACCOUNT, ACCOUNT_ID, ACCOUNTS, DOCUMENT
from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.looking import AccessPurpose
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Refused, act
from domain.account.rights import Right
from domain.commands import accounts as commands

FROM = strawberry.field(description="Từ, có múi giờ · From, with an offset")
UNTIL = strawberry.field(
    description="Đến, có múi giờ; hết hạn tự động · Until, with an offset; it ends by itself"
)
NUMBER = strawberry.field(description="Số trong tài khoản · Its number in the account")


@strawberry.type(description="Đã chỉ đạo cấp quyền · A right was directed to be given")
class GrantDirected:
    """It is for whoever operates the system to give it."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã cấp quyền · A right was given")
class GrantGiven:
    """It is held from its first instant to its last."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã thu hồi quyền · A right was revoked")
class GrantRevoked:
    """It is over."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã ủy quyền · Somebody may act for one")
class Delegated:
    """Both people stand in every event."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã thu hồi ủy quyền · A delegation was revoked")
class DelegationRevoked:
    """It is over."""

    account: Account = ACCOUNT
    position: Position = POSITION


DirectGrantResult = Annotated[
    GrantDirected | Refused, strawberry.union("DirectGrantResult", description=OUTCOME)
]
GiveGrantResult = Annotated[GrantGiven | Refused, strawberry.union("GiveGrantResult", description=OUTCOME)]
ExecuteGrantResult = Annotated[
    GrantGiven | Refused, strawberry.union("ExecuteGrantResult", description=OUTCOME)
]
RevokeGrantResult = Annotated[
    GrantRevoked | Refused, strawberry.union("RevokeGrantResult", description=OUTCOME)
]
DelegateResult = Annotated[Delegated | Refused, strawberry.union("DelegateResult", description=OUTCOME)]
RevokeDelegationResult = Annotated[
    DelegationRevoked | Refused, strawberry.union("RevokeDelegationResult", description=OUTCOME)
]


@strawberry.input(description="Quyền cấp riêng cho một người · A right for one person")
class GrantInput:
    """For what, by which document, where, and how long."""

    account_id: strawberry.ID = ACCOUNT_ID
    action: str = strawberry.field(
        description="Thao tác, ví dụ face.recognise · Action, such as face.recognise"
    )
    purpose: AccessPurpose = strawberry.field(
        description="Mục đích trong danh mục · Purpose, of the closed list (R-DB-4.4.0)"
    )
    document: str = DOCUMENT
    starts_at: datetime = FROM
    ends_at: datetime = UNTIL
    command_id: str = COMMAND_ID
    area: str | None = strawberry.field(
        default=None, description="Chỉ trong địa bàn này · Only within this area"
    )
    camera_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Chỉ các camera này · Only these cameras"
    )
    out_of_function: bool = strawberry.field(
        default=False,
        description="Ngoài chức năng của đơn vị, có văn bản đồng ý của UBND · Beyond the unit’s function (R-DB-8.2.0)",
    )
    document_at: datetime | None = strawberry.field(
        default=None, description="Ngày văn bản, có múi giờ · Day of the document, with an offset"
    )
    issuer_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Cơ quan ban hành văn bản đồng ý · The body that consented in writing"
    )
    expected_version: int | None = EXPECTED

    def facts(self) -> dict[str, Any]:
        """The right as the command takes it."""
        issuer = self.issuer_unit_id
        right = Right(
            action=self.action,
            purpose=self.purpose.value,
            document=self.document,
            starts_at=utc("startsAt", self.starts_at),
            ends_at=utc("endsAt", self.ends_at),
            area_path=self.area,
            camera_ids=tuple(identity("cameraIds", one) for one in self.camera_ids or ()),
            out_of_function=self.out_of_function,
            document_at=utc("documentAt", self.document_at) if self.document_at is not None else None,
        )
        return {
            "right": right,
            "issuer_unit_id": identity("issuerUnitId", issuer) if issuer is not None else None,
        }


@strawberry.input(description="Thực hiện chỉ đạo cấp quyền · Give what was directed")
class ExecuteGrantInput:
    """Which direction."""

    account_id: strawberry.ID = ACCOUNT_ID
    direction: int = strawberry.field(description="Số của chỉ đạo · The number of the direction")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Thu hồi một quyền · Revoke a right")
class RevokeGrantInput:
    """Which right."""

    account_id: strawberry.ID = ACCOUNT_ID
    number: int = NUMBER
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ủy quyền cho người khác làm thay mình · Let another act for oneself")
class DelegateInput:
    """Whom, in what, and how long."""

    to_account_id: strawberry.ID = strawberry.field(description="Người được ủy quyền · Who may act")
    actions: list[str] = strawberry.field(
        description="Từng thao tác, gồm cả xem: ví dụ case.view, case.approve · Each action, that of viewing included"
    )
    document: str = DOCUMENT
    starts_at: datetime = FROM
    ends_at: datetime = UNTIL
    command_id: str = COMMAND_ID


@strawberry.input(description="Thu hồi ủy quyền · Revoke a delegation")
class RevokeDelegationInput:
    """Which delegation."""

    account_id: strawberry.ID = ACCOUNT_ID
    number: int = NUMBER
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class AccountRightMutation:
    """Rights that people hold besides their function."""

    @strawberry.mutation(
        description="Cơ quan quản lý chỉ đạo cấp quyền · Direct that a right be given (R-DB-7.3.0)"
    )
    async def direct_grant(self, info: Info, input: Annotated[GrantInput, GIVEN]) -> DirectGrantResult:
        """Direct it."""
        return await act(
            info, ACCOUNTS, "directGrant", input, GrantDirected, commands.direct_grant, input.facts
        )

    @strawberry.mutation(description="Cấp quyền riêng, có thời hạn · Give a dated right")
    async def give_grant(self, info: Info, input: Annotated[GrantInput, GIVEN]) -> GiveGrantResult:
        """Give it."""
        return await act(info, ACCOUNTS, "giveGrant", input, GrantGiven, commands.give_grant, input.facts)

    @strawberry.mutation(
        description="Đơn vị vận hành cấp quyền theo chỉ đạo · Give what was directed (R-DB-17.3.0)"
    )
    async def execute_grant(
        self, info: Info, input: Annotated[ExecuteGrantInput, GIVEN]
    ) -> ExecuteGrantResult:
        """Give it as it was directed."""
        return await act(
            info,
            ACCOUNTS,
            "executeGrant",
            input,
            GrantGiven,
            commands.execute_grant,
            lambda: {"direction": input.direction},
        )

    @strawberry.mutation(description="Thu hồi quyền trước hạn · Revoke a right before its time")
    async def revoke_grant(self, info: Info, input: Annotated[RevokeGrantInput, GIVEN]) -> RevokeGrantResult:
        """Revoke it."""
        return await act(
            info,
            ACCOUNTS,
            "revokeGrant",
            input,
            GrantRevoked,
            commands.revoke_grant,
            lambda: {"number": input.number},
        )

    @strawberry.mutation(
        description="Ủy quyền bằng văn bản cho người khác làm thay mình · Let another act for oneself (R-QT-5.3.0)"
    )
    async def delegate(self, info: Info, input: Annotated[DelegateInput, GIVEN]) -> DelegateResult:
        """Delegate."""

        def facts() -> dict[str, Any]:
            return {
                "to_account_id": identity("toAccountId", input.to_account_id),
                "actions": tuple(input.actions),
                "document": input.document,
                "starts_at": utc("startsAt", input.starts_at),
                "ends_at": utc("endsAt", input.ends_at),
            }

        return await create(info, ACCOUNTS, "delegate", input, Delegated, commands.delegate, facts)

    @strawberry.mutation(description="Thu hồi ủy quyền trước hạn · Revoke a delegation before its time")
    async def revoke_delegation(
        self, info: Info, input: Annotated[RevokeDelegationInput, GIVEN]
    ) -> RevokeDelegationResult:
        """Revoke it."""
        return await act(
            info,
            ACCOUNTS,
            "revokeDelegation",
            input,
            DelegationRevoked,
            commands.revoke_delegation,
            lambda: {"number": input.number},
        )
