"""Accounts and sessions at the GraphQL edge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import AvailableAction, Forbidden, SecondFactorNeeded, Step, shown
from api.graphql.context import Info, legal
from api.graphql.register import acts, steps
from api.graphql.unit.unit import Unit, units
from api.sign_in import sign_in, sign_out
from domain.account import AccountState
from domain.account.acts import GUARDS
from domain.errors import NotFound, Refusal
from domain.unit import Unit as UnitOfRecord
from projections import account_log, history
from projections.account_log import AccountRow
from projections.follower import Recorded

strawberry.enum(AccountState, description="Trạng thái tài khoản · State of an account")


def _instant(text: str | None) -> datetime | None:
    return legal(datetime.fromisoformat(text)) if text else None


@strawberry.type(description="Quyền được cấp riêng, có thời hạn · A dated right of its own")
class AccountGrant:
    """A right that somebody holds besides their function, or is directed to be given."""

    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Số trong tài khoản, dùng cho revokeGrant, executeGrant · Its number")
    def number(self) -> int:
        """The version of the account in which it was given or directed."""
        return int(self.said["number"])

    @strawberry.field(description="Thao tác · The action")
    def action(self) -> str:
        """What it lets its holder do."""
        return str(self.said["action"])

    @strawberry.field(description="Mục đích · The purpose")
    def purpose(self) -> str | None:
        """What for."""
        return self.said["purpose"]  # type: ignore[no-any-return]

    @strawberry.field(description="Văn bản · The document that gives it")
    def document(self) -> str:
        """By which document."""
        return str(self.said["document"])

    @strawberry.field(description="Từ · From")
    def starts_at(self) -> datetime | None:
        """When it begins."""
        return _instant(self.said["starts_at"])

    @strawberry.field(description="Đến · Until")
    def ends_at(self) -> datetime | None:
        """When it ends by itself."""
        return _instant(self.said["ends_at"])

    @strawberry.field(description="Địa bàn; không có là mọi nơi · Area; none is everywhere")
    def area(self) -> str | None:
        """Where it holds."""
        return self.said["area_path"]  # type: ignore[no-any-return]

    @strawberry.field(description="Các camera · The cameras it holds for")
    def camera_ids(self) -> list[strawberry.ID]:
        """For which cameras."""
        return [strawberry.ID(one) for one in self.said["camera_ids"]]

    @strawberry.field(description="Ngoài chức năng của đơn vị · Beyond the unit’s function")
    def out_of_function(self) -> bool:
        """Whether it opens what the matrix denies."""
        return bool(self.said["out_of_function"])

    @strawberry.field(description="Ngày văn bản · The day of the document")
    def document_at(self) -> datetime | None:
        """When the consent was written."""
        return _instant(self.said["document_at"])

    @strawberry.field(description="Chỉ đạo số · The direction it executes")
    def direction(self) -> int | None:
        """The number of the direction it carries out."""
        return self.said.get("direction")


@strawberry.type(description="Ủy quyền bằng văn bản · A delegation in writing")
class Delegation:
    """Who may act for whom, in what, and until when."""

    account_id: strawberry.Private[UUID]
    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(
        description="Mã: gửi trong tiêu đề Delegation để làm thay · Id: sent as the header Delegation to act by it"
    )
    def id(self) -> strawberry.ID:
        """How a request names it."""
        return strawberry.ID(f"{self.account_id}:{self.said['number']}")

    @strawberry.field(description="Số trong tài khoản, dùng cho revokeDelegation · Its number in the account")
    def number(self) -> int:
        """The version of the account in which it was given."""
        return int(self.said["number"])

    @strawberry.field(description="Người được ủy quyền · Who may act")
    def to_account_id(self) -> strawberry.ID:
        """Whose act it may be."""
        return strawberry.ID(self.said["to"])

    @strawberry.field(description="Các thao tác · The actions")
    def actions(self) -> list[str]:
        """In what."""
        return list(self.said["actions"])

    @strawberry.field(description="Văn bản · The document")
    def document(self) -> str:
        """By which document."""
        return str(self.said["document"])

    @strawberry.field(description="Từ · From")
    def starts_at(self) -> datetime | None:
        """When it begins."""
        return _instant(self.said["starts_at"])

    @strawberry.field(description="Đến · Until")
    def ends_at(self) -> datetime | None:
        """When it ends by itself."""
        return _instant(self.said["ends_at"])


@strawberry.type(
    description="Thay đổi đã quyết định, chờ người khác thực hiện · A change that was decided, and another person does"
)
class AccountDecision:
    """What waits for changeRole, changeLeader or moveAccount."""

    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Số trong tài khoản · Its number in the account")
    def number(self) -> int:
        """The version of the account in which it was decided."""
        return int(self.said["number"])

    @strawberry.field(
        description="Chức năng mới; không có là không đổi · The new function; none is no change"
    )
    def role(self) -> str | None:
        """Which function they are to have."""
        return self.said["role"]  # type: ignore[no-any-return]

    @strawberry.field(
        description="Có là lãnh đạo; không có là không đổi · Whether they are to lead; none is no change"
    )
    def leader(self) -> bool | None:
        """Whether they are to lead."""
        return self.said["leader"]  # type: ignore[no-any-return]

    @strawberry.field(description="Đơn vị mới; không có là không chuyển · The new unit; none is no move")
    def unit_id(self) -> strawberry.ID | None:
        """Where they are to go."""
        return strawberry.ID(self.said["unit_id"]) if self.said["unit_id"] else None

    @strawberry.field(description="Văn bản · The document")
    def document(self) -> str:
        """By which document."""
        return str(self.said["document"])


@strawberry.type(description="Tài khoản · An account")
class Account:
    """An account: one person in one unit with one function."""

    row: strawberry.Private[AccountRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("account_id", "Mã định danh · Id", str)
    name: str = column("name", "Tên đăng nhập · Account name")
    state: AccountState = column("state", "Trạng thái · State", AccountState)
    role: str = column("role", "Chức năng · Function")
    leader: bool = column("leader", "Lãnh đạo đơn vị · Whether leader of the unit")
    opened_at: datetime = column("opened_at", "Lập lúc · When it was begun", legal)
    trained_at: datetime | None = column("trained_at", "Tập huấn lúc · When the person was trained", legal)
    reviewed_at: datetime | None = column(
        "reviewed_at", "Rà soát lần cuối · When it was last reviewed", legal
    )
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(description="Họ tên · Full name", metadata=of_source(Sealed("account_id", "full_name")))
    async def full_name(self, info: Info) -> str | None:
        """The person's name."""
        return await info.context.open(self.row.sealed_name)

    @strawberry.field(description="Đơn vị · Unit", metadata=of_source(Link("owner_unit", units)))
    async def unit(self, info: Info) -> Unit:
        """The unit the account belongs to."""
        entry = await info.context.entry.load((self.row.owner_unit, None))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit(row=entry)

    @strawberry.field(description="Nhiệm vụ được giao, ví dụ MONITORING · Duties, such as MONITORING")
    def duties(self) -> list[str]:
        """The tasks of the unit that are theirs."""
        return list(self.row.duties)

    @strawberry.field(description="Quyền được cấp riêng · Rights of its own")
    def grants(self) -> list[AccountGrant]:
        """What was granted, also what has ended by itself."""
        return [AccountGrant(said=one) for one in self.row.grants]

    @strawberry.field(description="Chỉ đạo cấp quyền chưa thực hiện · Directions that nobody executed yet")
    def directions(self) -> list[AccountGrant]:
        """What was directed to be given."""
        return [AccountGrant(said=one) for one in self.row.directions]

    @strawberry.field(
        description="Thay đổi đã quyết định, chưa thực hiện · What was decided of it and nobody carried out yet"
    )
    def decided(self) -> AccountDecision | None:
        """What waits for another person."""
        return AccountDecision(said=self.row.decided) if self.row.decided else None

    @strawberry.field(description="Đã ủy quyền cho ai · Whom the person lets act for them")
    def delegations(self) -> list[Delegation]:
        """What was delegated, also what has ended by itself."""
        return [Delegation(account_id=self.row.account_id, said=one) for one in self.row.delegations]

    @strawberry.field(
        description="Còn văn bản phải xác nhận trước khi sử dụng, nếu quy định yêu cầu; không vì thế mà bị khoá ·"
        " Whether guidance is to be confirmed still, where the regulation wants it known before use; nobody is"
        " locked out for it"
    )
    async def must_acknowledge(self, info: Info) -> bool:
        """Whether the person owes a confirmation now."""
        return self.at is None and await info.context.must_acknowledge.load(self.row.account_id)

    history: list[Step] = steps("account_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


async def of_record(
    info: Info, account_id: UUID, as_of: datetime | None = None, upto: int | None = None
) -> Account | None:
    """An account folded from the log itself, in the unit it was in."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, account_id, as_of=as_of, upto=upto)
    row = history.state(recorded, account_log.fold)
    if row is None:
        return None
    unit = await ctx.services.writes(ctx.services.app.find, UnitOfRecord, row.owner_unit)
    placed = replace(row, unit_kind=unit.kind, area_path=unit.area_path)
    return Account(row=placed, at=as_of, past=recorded)


async def own_account(info: Info, account_id: UUID) -> Account:
    """The account of whoever is signed in."""
    found = await of_record(info, account_id)
    if found is None:
        raise NotFound("tài khoản", "account", account_id)
    return found


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
    async def me(self, info: Info) -> Account:
        """The account that is signed in, also where it acts for another."""
        return await own_account(info, info.context.present.actor.account_id)

    @strawberry.field(
        description="Đang làm thay ai, theo ủy quyền nào; không có là làm cho mình ·"
        " For whom one acts, by which delegation; none is for oneself"
    )
    async def acting_for(self, info: Info) -> Delegation | None:
        """The delegation that this request names."""
        acting = info.context.who.actor.delegation
        if acting is None:
            return None
        row = (await own_account(info, acting.account_id)).row
        [said] = [one for one in row.delegations if one["number"] == acting.number]
        return Delegation(account_id=row.account_id, said=said)


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
            account=await own_account(info, opened.signed_in.actor.account_id),
            device=opened.device,
        )

    @strawberry.mutation(description="Đăng xuất · Sign out")
    async def logout(self, info: Info) -> bool:
        """Close the session."""
        ctx = info.context
        try:
            await ctx.services.writes(sign_out, ctx.services, ctx.present)
        finally:
            ctx.forget(ctx.present.session_id)
        return True
