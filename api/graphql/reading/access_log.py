"""The log of accesses at the GraphQL edge: who looked at what, why, from where, and who was not allowed to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.common import NARROW, After, First, MinPosition, Position
from api.graphql.context import Info, RequestContext, identity, legal, utc
from api.graphql.looking import AccessPurpose
from api.graphql.pages import C, Connection, ListOf, whole
from projections import access_log, scope
from projections.access_log import AccessFilter, AccessRow
from projections.directory import Entry


@strawberry.type(description="Một lượt xem, hoặc một lần bị từ chối · A look, or a refused attempt")
class AccessEntry:
    """Who looked at what, when, from where and why; or who was not allowed to."""

    row: strawberry.Private[AccessRow]
    actor: strawberry.Private[Entry | None]
    principal: strawberry.Private[Entry | None]
    acting_unit: strawberry.Private[Entry | None]

    @strawberry.field(description="Vị trí · Position in the log")
    def position(self) -> Position:
        """The place in the log."""
        return Position(self.row.position)

    @strawberry.field(description="Thời điểm · When")
    def at(self) -> datetime:
        """When it took place."""
        return legal(self.row.at)

    @strawberry.field(description="Người xem, tên lúc đó · Who, by the name of that time")
    async def by(self, info: Info) -> str:
        """The person's name at that time, or the process."""
        return await called(info, self.actor) or self.row.by

    @strawberry.field(
        description="Làm thay ai theo ủy quyền, tên lúc đó; null nếu bằng quyền của mình ·"
        " By whose rights, under a delegation, by the name of that time; null where they were one’s own"
    )
    async def on_behalf_of(self, info: Info) -> str | None:
        """Whose rights they were: both people stand in every look (R-QT-5.3.0)."""
        return await called(info, self.principal) or self.row.on_behalf_of

    @strawberry.field(
        description="Mã của ủy quyền đã dùng · The delegation that gave the rights, as an account lists it"
    )
    def delegation(self) -> strawberry.ID | None:
        """Which delegation it was."""
        return strawberry.ID(self.row.delegation) if self.row.delegation else None

    @strawberry.field(description="Đơn vị, tên lúc đó · Unit, by the name of that time")
    def unit(self) -> str:
        """The unit's name at that time."""
        return self.acting_unit.name if self.acting_unit else ""

    @strawberry.field(description="Cách xem: case, openEvidence, replay… · The way, such as openEvidence")
    def way(self) -> str:
        """The query, mutation or command."""
        return self.row.way

    @strawberry.field(description="Loại đối tượng · Noun, such as case or evidence")
    def noun(self) -> str:
        """What kind of thing it was."""
        return self.row.noun

    @strawberry.field(description="Các đối tượng · What was shown, or asked for")
    def ids(self) -> list[strawberry.ID]:
        """The ids that were shown, or asked for."""
        return [strawberry.ID(str(i)) for i in self.row.ids]

    @strawberry.field(description="Mục đích · Purpose")
    def purpose(self) -> str | None:
        """What it was for; a refused act may have none."""
        return self.row.purpose

    @strawberry.field(description="Camera có hình được xem · The camera whose footage it is")
    def camera_id(self) -> strawberry.ID | None:
        """The camera whose footage or case it was."""
        return strawberry.ID(str(self.row.camera_id)) if self.row.camera_id else None

    @strawberry.field(description="Biển số được tra cứu · The plate that was searched for")
    async def plate(self, info: Info) -> str | None:
        """What somebody searched for."""
        return await info.context.open(self.row.sealed_plate)

    @strawberry.field(description="Địa chỉ mạng · Network address")
    async def address(self, info: Info) -> str | None:
        """Where the person sat."""
        return await info.context.open(self.row.sealed_address)

    @strawberry.field(description="Mã từ chối, nếu bị từ chối · Code of the refusal, if it was refused")
    def refused(self) -> str | None:
        """The code of the refusal; null where it was allowed."""
        return self.row.refused


@strawberry.type(description="Một dòng của sổ truy cập · An entry in a list")
class AccessEdge:
    """An entry in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: AccessEntry = strawberry.field(description="Lượt truy cập · The entry")


@strawberry.type(description="Một trang sổ truy cập · A page of the log of accesses")
class AccessConnection(Connection):
    """A page of the log of accesses."""

    edges: list[AccessEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[AccessEntry] = strawberry.field(description="Các dòng · Rows")


class ListOfAccesses(ListOf[C]):
    """The log of accesses, whose people and units are told under the names they had then."""

    async def nodes(self, ctx: RequestContext, rows: Sequence[AccessRow]) -> list[AccessEntry]:
        """The rows with their names."""
        return await entries_of(ctx, rows)


async def called(info: Info, who: Entry | None) -> str | None:
    """What a person is called, in the name and with the code of their account; None of a process."""
    if who is None or who.sealed_name is None:
        return None
    return f"{await info.context.open(who.sealed_name)} ({who.code})"


async def entries_of(ctx: RequestContext, rows: Sequence[AccessRow]) -> list[AccessEntry]:
    """Accesses with the names of their time."""
    names = await ctx.read(access_log.names, rows)
    return [
        AccessEntry(
            row=row,
            actor=names.get((row.by, row.position)),
            principal=names.get((str(row.on_behalf_of), row.position)),
            acting_unit=names.get((str(row.unit_id), row.position)),
        )
        for row in rows
    ]


ACCESSES = ListOfAccesses[AccessConnection](
    name="accessLog",
    listing=access_log.LISTING,
    node=AccessEntry,
    edge=AccessEdge,
    connection=AccessConnection,
    kinds=(whole,),
)


@strawberry.input(description="Lọc sổ truy cập · Narrow the log of accesses")
class AccessFilterInput:
    """What to narrow the log to."""

    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="Hồ sơ, chứng cứ, lượt trích xuất… · A case, a file, an extraction…"
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Tài khoản đã xem · The account that looked"
    )
    purpose: AccessPurpose | None = strawberry.field(default=None, description="Mục đích · Purpose")
    since: datetime | None = strawberry.field(default=None, description="Từ thời điểm · From this instant")
    until: datetime | None = strawberry.field(default=None, description="Đến trước · Before this instant")
    refused: bool | None = strawberry.field(default=None, description="Bị từ chối · Whether refused")

    def narrow(self) -> AccessFilter:
        """The filter as the read model takes it."""
        return AccessFilter(
            subject_id=identity("filter.subjectId", self.subject_id) if self.subject_id is not None else None,
            by=str(identity("filter.accountId", self.account_id)) if self.account_id is not None else None,
            purpose=self.purpose.value if self.purpose else None,
            since=utc("filter.since", self.since) if self.since else None,
            until=utc("filter.until", self.until) if self.until else None,
            refused=self.refused,
        )


@strawberry.type
class ReadingQuery:
    """Who looked at what."""

    @strawberry.field(
        description="Sổ truy cập: ai xem gì, vì sao, từ đâu, và ai bị từ chối; mới nhất trước ·"
        " The log of accesses: who looked at what, why, from where, and who was refused; newest first"
    )
    async def access_log(
        self,
        info: Info,
        filter: Annotated[AccessFilterInput | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> AccessConnection:
        """The accesses in one's scope: an auditor's area."""
        ctx = info.context
        within = scope.of_accesses(ctx.act)
        await ctx.visible(min_position, "access_log", "directory")
        narrow = (filter or AccessFilterInput()).narrow()
        return ACCESSES.listed(within, narrow, first=first, after=after)
