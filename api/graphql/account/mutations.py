"""The acts on the way to an account, at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from api.graphql.account.account import Account, of_record
from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.sign_in import first_password
from domain.account.guards import check_view
from domain.commands import accounts as commands

ACCOUNTS: Final = Noun(
    "account", "tài khoản", "account", "accountId", "account_id", of_record, check_view, rights=True
)
ACCOUNT = strawberry.field(description="Tài khoản sau bước này · The account after this act")
FULL_NAME = strawberry.field(description="Họ tên · Full name")
ACCOUNT_ID = strawberry.field(description="Mã tài khoản · The account’s id")
DOCUMENT = strawberry.field(description="Số văn bản · Number of the document")
SOME_DOCUMENT = strawberry.field(default=None, description="Số văn bản · Number of the document")
ROLE = strawberry.field(
    description="Chức năng, hợp với loại đơn vị · Function, one that fits the kind of unit"
)
UNIT_ID = strawberry.field(description="Đơn vị · The unit’s id")
LEADER = strawberry.field(default=False, description="Lãnh đạo đơn vị · Whether leader of the unit")
TEXT = strawberry.field(description="Lý do · Why")


@strawberry.type(description="Đã đề cử người dùng · Somebody was nominated")
class AccountNominated:
    """Somebody is to have an account."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Lãnh đạo đã cho phép · The leader allowed it")
class AccountApproved:
    """The leader of the unit allowed it."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Cơ quan quản lý đã chỉ đạo cấp · It was directed to be given")
class AccountDirected:
    """The managing body directed it."""

    account: Account = ACCOUNT
    position: Position = POSITION


@strawberry.type(description="Đã cấp tài khoản · The account was given")
class AccountIssued:
    """It is in use."""

    account: Account = ACCOUNT
    position: Position = POSITION
    password: str | None = strawberry.field(
        default=None,
        description="Mật khẩu đầu tiên, chỉ hiện một lần; không có nếu đã đặt · The first password, shown once",
    )


@strawberry.type(description="Đã ghi tập huấn · A training was recorded")
class TrainingRecorded:
    """The person was trained."""

    account: Account = ACCOUNT
    position: Position = POSITION


NominateAccountResult = Annotated[
    AccountNominated | Refused, strawberry.union("NominateAccountResult", description=OUTCOME)
]
ApproveAccountResult = Annotated[
    AccountApproved | Refused, strawberry.union("ApproveAccountResult", description=OUTCOME)
]
DirectAccountResult = Annotated[
    AccountDirected | Refused, strawberry.union("DirectAccountResult", description=OUTCOME)
]
IssueAccountResult = Annotated[
    AccountIssued | Refused, strawberry.union("IssueAccountResult", description=OUTCOME)
]
RecordTrainingResult = Annotated[
    TrainingRecorded | Refused, strawberry.union("RecordTrainingResult", description=OUTCOME)
]


@strawberry.input(description="Đề cử người dùng của một đơn vị · Nominate somebody of a unit")
class NominateAccountInput:
    """Who is to have an account, where, with which function."""

    unit_id: strawberry.ID = UNIT_ID
    name: str = strawberry.field(description="Tên đăng nhập · Account name")
    full_name: str = FULL_NAME
    role: str = ROLE
    command_id: str = COMMAND_ID
    leader: bool = LEADER
    document: str | None = SOME_DOCUMENT


@strawberry.input(description="Lãnh đạo đơn vị cho phép · Allow it, as the unit’s leader")
class ApproveAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    command_id: str = COMMAND_ID
    document: str | None = SOME_DOCUMENT
    expected_version: int | None = EXPECTED


@strawberry.input(description="Cơ quan quản lý chỉ đạo cấp tài khoản · Direct that it be given")
class DirectAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(
    description="Cấp tài khoản, kèm mật khẩu đầu tiên · Give the account, with its first password"
)
class IssueAccountInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ghi ngày tập huấn · Record a training")
class RecordTrainingInput:
    """What this act says."""

    account_id: strawberry.ID = ACCOUNT_ID
    trained_at: datetime = strawberry.field(description="Ngày tập huấn, có múi giờ · When, with an offset")
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class AccountWayMutation:
    """The acts on the way to an account."""

    @strawberry.mutation(description="Đề cử người dùng của một đơn vị · Nominate somebody of a unit")
    async def nominate_account(
        self, info: Info, input: Annotated[NominateAccountInput, GIVEN]
    ) -> NominateAccountResult:
        """Nominate somebody."""

        def facts() -> dict[str, Any]:
            return {
                "unit_id": identity("unitId", input.unit_id),
                "name": input.name,
                "full_name": input.full_name,
                "role": input.role,
                "leader": input.leader,
                "document": input.document,
            }

        return await create(
            info, ACCOUNTS, "nominateAccount", input, AccountNominated, commands.nominate_account, facts
        )

    @strawberry.mutation(description="Lãnh đạo đơn vị cho phép · Allow it, as the unit’s leader")
    async def approve_account(
        self, info: Info, input: Annotated[ApproveAccountInput, GIVEN]
    ) -> ApproveAccountResult:
        """Allow it."""
        return await act(
            info,
            ACCOUNTS,
            "approveAccount",
            input,
            AccountApproved,
            commands.approve_account,
            lambda: {"document": input.document},
        )

    @strawberry.mutation(description="Cơ quan quản lý chỉ đạo cấp tài khoản · Direct that it be given")
    async def direct_account(
        self, info: Info, input: Annotated[DirectAccountInput, GIVEN]
    ) -> DirectAccountResult:
        """Direct it."""
        return await act(
            info,
            ACCOUNTS,
            "directAccount",
            input,
            AccountDirected,
            commands.direct_account,
            lambda: {"document": input.document},
        )

    @strawberry.mutation(
        description="Cấp tài khoản, kèm mật khẩu đầu tiên · Give the account, with its first password"
    )
    async def issue_account(
        self, info: Info, input: Annotated[IssueAccountInput, GIVEN]
    ) -> IssueAccountResult:
        """Give it."""
        ctx = info.context
        given = await act(info, ACCOUNTS, "issueAccount", input, AccountIssued, commands.issue_account)
        if isinstance(given, AccountIssued):
            account_id = UUID(str(input.account_id))
            given.password = await ctx.services.writes(first_password, ctx.services, ctx.act, account_id)
        return given

    @strawberry.mutation(description="Ghi ngày tập huấn · Record a training")
    async def record_training(
        self, info: Info, input: Annotated[RecordTrainingInput, GIVEN]
    ) -> RecordTrainingResult:
        """Record a training."""
        return await act(
            info,
            ACCOUNTS,
            "recordTraining",
            input,
            TrainingRecorded,
            commands.record_training,
            lambda: {"trained_at": utc("trainedAt", input.trained_at), "document": input.document},
        )
