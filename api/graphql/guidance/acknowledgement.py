"""Who confirmed guidance, whom a head told of it, and who has to confirm it still, at the GraphQL edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.columns import column
from api.graphql.common import NARROW, After, First, MinPosition
from api.graphql.context import Info, identity, legal
from api.graphql.guidance.guidance import REGISTER
from api.graphql.pages import Connection, ListOf, text
from api.graphql.unit.person import Person
from projections import acknowledgement_log, scope
from projections.acknowledgement_log import Owed, OwedNarrow, Statement, StatementNarrow
from projections.scope import NOTHING, Scope

OF = "Mã định danh của văn bản · The edition’s id"
PERSON = "Người dùng, đơn vị hiện nay · The person, with the unit they are in now"
BRIEFED_AT = "Được phổ biến lúc, theo thủ trưởng · When they were told of it, as their head says"
BRIEFED_BY = "Người ghi nhận việc phổ biến · Who put that on record"


def _person(account_id: UUID | str | None, unit_id: UUID | None) -> Person | None:
    return Person(account_id=strawberry.ID(str(account_id)), unit_id=unit_id) if account_id else None


@strawberry.type(
    description="Người dùng tự xác nhận, hoặc thủ trưởng ghi đã phổ biến; hai việc khác nhau ·"
    " What is on record of a person: their own confirmation, and their head’s word that they were told"
)
class Acknowledgement:
    """What is on record of a person and an edition."""

    row: strawberry.Private[Statement]

    guidance_id: strawberry.ID = column("guidance_id", "Văn bản · The edition", str)
    acknowledged_at: datetime | None = column(
        "acknowledged_at", "Tự xác nhận lúc · When they confirmed it themselves", legal
    )
    briefed_at: datetime | None = column("briefed_at", BRIEFED_AT, legal)

    @strawberry.field(description=PERSON)
    def person(self) -> Person:
        """Whose it is."""
        return Person(account_id=strawberry.ID(str(self.row.account_id)), unit_id=self.row.owner_unit)

    @strawberry.field(description="Người dùng, đơn vị khi xác nhận · The person, with the unit of that time")
    def acknowledged_in(self) -> Person | None:
        """Of which unit they were when they confirmed it."""
        return (
            _person(self.row.account_id, self.row.acknowledged_unit_id) if self.row.acknowledged_at else None
        )

    @strawberry.field(description=BRIEFED_BY)
    def briefed_by(self) -> Person | None:
        """Whose word it is that they were told."""
        return _person(self.row.briefed_by, None)


@strawberry.type(description="Một dòng · One in a list")
class AcknowledgementEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Acknowledgement = strawberry.field(description="Xác nhận · What is on record")


@strawberry.type(description="Một trang xác nhận · A page of confirmations")
class AcknowledgementConnection(Connection):
    """A page of them."""

    edges: list[AcknowledgementEdge] = strawberry.field(
        description="Các dòng kèm con trỏ · Rows with cursors"
    )
    nodes: list[Acknowledgement] = strawberry.field(description="Các dòng · Rows")


@strawberry.type(description="Người còn phải xác nhận · Somebody who has to confirm an edition still")
class OutstandingAcknowledgement:
    """Somebody for whom it is, and who has not confirmed it."""

    row: strawberry.Private[Owed]

    guidance_id: strawberry.ID = column("guidance_id", "Văn bản · The edition", str)
    briefed_at: datetime | None = column("briefed_at", BRIEFED_AT, legal)

    @strawberry.field(description=PERSON)
    def person(self) -> Person:
        """Who it is."""
        return Person(account_id=strawberry.ID(str(self.row.account_id)), unit_id=self.row.owner_unit)

    @strawberry.field(description=BRIEFED_BY)
    def briefed_by(self) -> Person | None:
        """Whose word it is that they were told."""
        return _person(self.row.briefed_by, None)


@strawberry.type(description="Một dòng · One in a list")
class OutstandingAcknowledgementEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: OutstandingAcknowledgement = strawberry.field(description="Người dùng · Who it is")


@strawberry.type(description="Một trang người còn phải xác nhận · A page of those who have to confirm still")
class OutstandingAcknowledgementConnection(Connection):
    """A page of them."""

    edges: list[OutstandingAcknowledgementEdge] = strawberry.field(
        description="Các dòng kèm con trỏ · Rows with cursors"
    )
    nodes: list[OutstandingAcknowledgement] = strawberry.field(description="Các dòng · Rows")


ACKNOWLEDGEMENTS = ListOf(
    name="acknowledgements",
    listing=acknowledgement_log.STATEMENTS,
    node=Acknowledgement,
    edge=AcknowledgementEdge,
    connection=AcknowledgementConnection,
    kinds=(text,),
)
OUTSTANDING = ListOf(
    name="outstandingAcknowledgements",
    listing=acknowledgement_log.OWED,
    node=OutstandingAcknowledgement,
    edge=OutstandingAcknowledgementEdge,
    connection=OutstandingAcknowledgementConnection,
    kinds=(text,),
)


@strawberry.input(description="Lọc xác nhận · Narrow the list of confirmations")
class AcknowledgementFilter:
    """What to narrow the list to."""

    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị hiện nay · The unit they are in now"
    )
    confirmed: bool | None = strawberry.field(
        default=None, description="Đã tự xác nhận · Whether they confirmed it themselves"
    )
    briefed: bool | None = strawberry.field(
        default=None, description="Đã được phổ biến · Whether their head told them"
    )


@strawberry.input(description="Lọc người còn phải xác nhận · Narrow the list of those who owe a confirmation")
class OutstandingAcknowledgementFilter:
    """What to narrow the list to."""

    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị · The unit they are in"
    )
    briefed: bool | None = strawberry.field(
        default=None, description="Đã được phổ biến · Whether their head told them"
    )


GuidanceId = Annotated[strawberry.ID, strawberry.argument(description=OF)]


@strawberry.type
class AcknowledgementQuery:
    """Who has confirmed an edition, and who has not: of the people whose accounts one is shown."""

    @strawberry.field(
        description="Ai đã xác nhận, ai đã được phổ biến một văn bản, theo tên tài khoản ·"
        " Who confirmed an edition and who was told of it, by account name"
    )
    async def acknowledgements(
        self,
        info: Info,
        guidance_id: GuidanceId,
        filter: Annotated[AcknowledgementFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> AcknowledgementConnection:
        """Of an edition that one is shown; of any other there are none."""
        within = await _readers(info, guidance_id, min_position)
        given = filter or AcknowledgementFilter()
        narrow = StatementNarrow(
            guidance_id=identity("guidanceId", guidance_id),
            unit_id=_unit(given.unit_id),
            confirmed=given.confirmed,
            briefed=given.briefed,
        )
        return ACKNOWLEDGEMENTS.listed(within, narrow, first=first, after=after)

    @strawberry.field(
        description="Ai còn phải xác nhận một văn bản, theo tên tài khoản ·"
        " Who has to confirm an edition still, by account name"
    )
    async def outstanding_acknowledgements(
        self,
        info: Info,
        guidance_id: GuidanceId,
        filter: Annotated[OutstandingAcknowledgementFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> OutstandingAcknowledgementConnection:
        """Of an edition that one is shown; of any other there are none."""
        within = await _readers(info, guidance_id, min_position)
        given = filter or OutstandingAcknowledgementFilter()
        narrow = OwedNarrow(
            guidance_id=identity("guidanceId", guidance_id),
            unit_id=_unit(given.unit_id),
            briefed=given.briefed,
        )
        return OUTSTANDING.listed(within, narrow, first=first, after=after)


def _unit(unit_id: strawberry.ID | None) -> UUID | None:
    return identity("filter.unitId", unit_id) if unit_id is not None else None


async def _readers(info: Info, guidance_id: strawberry.ID, min_position: int | None) -> Scope:
    """The people one is shown, of an edition that one is shown; whoever asks for another has tried to look at it."""
    ctx = info.context
    readers = scope.of_readers(ctx.act)
    await ctx.visible(min_position, "guidance_log", "acknowledgement_log", "account_log", "directory")
    seen = await REGISTER.one(info, guidance_id, None, None, None)
    return readers if seen is not None else Scope(*NOTHING.ranges, params=readers.params)
