"""What is on record of one unit: who answers for it, what it is part of, its own regulations, its old names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.common import AvailableAction, MinPosition, Step
from api.graphql.context import Info, identity, legal, utc
from api.graphql.register import acts
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit
from domain import unit
from domain.errors import InvalidInput
from domain.unit_guards import GUARDS
from projections import directory, history
from projections.directory import Entry, UnitNarrow
from projections.follower import Recorded
from projections.history import Step as Past
from projections.scope import Scope


@strawberry.type(description="Quy định nội bộ của đơn vị · A unit’s own regulation")
class InternalRegulation:
    """A regulation that the unit issued for itself, on file."""

    document: str = strawberry.field(description="Số văn bản · Number of the document")
    title: str = strawberry.field(description="Tên · Title")
    issued_at: datetime = strawberry.field(description="Ban hành lúc · When it was issued")


@strawberry.type(description="Đơn vị trong sổ đăng ký · A unit in the register")
class UnitRecord:
    """One unit, with all that is on record of it."""

    row: strawberry.Private[Entry]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    @strawberry.field(description="Mã định danh · Id")
    def id(self) -> strawberry.ID:
        """The unit's id."""
        return strawberry.ID(str(self.row.subject_id))

    @strawberry.field(description="Đơn vị · The unit")
    def unit(self) -> Unit:
        """The unit as it is, or was then."""
        return Unit(row=self.row)

    @strawberry.field(description="Hoạt động từ · Since when it exists")
    def valid_from(self) -> datetime | None:
        """When it began, where that is on record."""
        return legal(self.row.valid_from) if self.row.valid_from else None

    @strawberry.field(description="Kết thúc lúc · Since when it is no more")
    def ceased_at(self) -> datetime | None:
        """When it ended, or is to end."""
        return legal(self.row.ceased_at) if self.row.ceased_at else None

    @strawberry.field(description="Thuộc đơn vị · The unit it is part of")
    async def parent(self, info: Info) -> Unit | None:
        """The unit above it."""
        return await self._other(info, self.row.parent_unit_id)

    @strawberry.field(description="Đơn vị kế thừa · The unit that follows it")
    async def successor(self, info: Info) -> Unit | None:
        """The unit that has its open work now."""
        return await self._other(info, self.row.successor_unit_id)

    @strawberry.field(description="Văn bản thành lập · The document it exists by")
    def document(self) -> str | None:
        """The document it was registered by."""
        return self.row.document

    @strawberry.field(description="Thủ trưởng đơn vị · The head of the unit")
    def head(self) -> Person | None:
        """Who answers for the unit."""
        return self._person(self.row.head_account_id)

    @strawberry.field(
        description="Cán bộ phụ trách quản trị hệ thống · Who administers its part of the system"
    )
    def administrator(self) -> Person | None:
        """The officer in charge of administering the system in the unit."""
        return self._person(self.row.administrator_account_id)

    @strawberry.field(description="Quy định nội bộ · Its own regulations")
    async def regulations(self, info: Info) -> list[InternalRegulation]:
        """The regulations it has filed, oldest first."""
        return [
            InternalRegulation(document=said.document, title=said.title, issued_at=legal(said.issued_at))
            for step in await self._steps(info)
            if isinstance(said := step.event, unit.Unit.RegulationFiled)
        ]

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event of it, oldest first."""
        return [Step(recorded=step) for step in await self._steps(info)]

    available_actions: list[AvailableAction] = acts(GUARDS)

    async def _steps(self, info: Info) -> Sequence[Past]:
        if self.past is None:
            return await info.context.history.load(self.row.subject_id)
        return await info.context.read(history.steps, self.past)

    async def _other(self, info: Info, unit_id: UUID | None) -> Unit | None:
        entry = await info.context.entry.load((unit_id, self.at)) if unit_id is not None else None
        return Unit(row=entry) if entry else None

    def _person(self, account_id: UUID | None) -> Person | None:
        if account_id is None:
            return None
        return Person(account_id=strawberry.ID(str(account_id)), unit_id=self.row.subject_id)


async def of_record(
    info: Info, unit_id: UUID, as_of: datetime | None, upto: int | None = None
) -> UnitRecord | None:
    """A unit folded from the log itself."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, unit_id, as_of=as_of, upto=upto)
    row = history.state(recorded, directory.fold)
    return None if row is None or row.noun != "unit" else UnitRecord(row=row, at=as_of, past=recorded)


@strawberry.type
class UnitRecordQuery:
    """The query of one unit."""

    @strawberry.field(description="Một đơn vị · One unit")
    async def unit(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        code: Annotated[str | None, strawberry.argument(description="Mã đơn vị · Code")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> UnitRecord | None:
        """One by id or code, with its old names; whoever is signed in may know it."""
        ctx = info.context
        _ = ctx.who
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (code is None):
            raise InvalidInput("id", "cần id hoặc code, chỉ một", "either id or code is expected")
        await ctx.visible(min_position, "directory")
        unit_id = identity("id", id) if id is not None else None
        if unit_id is None:
            rows = await ctx.read(directory.UNITS.page, Scope("true"), UnitNarrow(code=code), first=1)
            unit_id = rows[0].subject_id if rows else None
        if unit_id is None:
            return None
        if at is not None:
            return await of_record(info, unit_id, at)
        row = await ctx.entry.load((unit_id, None))
        return UnitRecord(row=row) if row is not None and row.noun == "unit" else None
