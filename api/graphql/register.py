"""What the registers have in common: how one entry is looked at, now or as of an instant, and its own history.

A register is a noun with a number, such as the obstacles: a read model lists it, the log itself shows it as of an
instant, and whoever asks for one that is not theirs to see is told what they would be told if there were none.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

import strawberry
from psycopg import Connection

from api.graphql.common import AvailableAction, Enabled, Step, available
from api.graphql.context import Info, identity, utc
from api.graphql.looking import attempted, look_at
from domain.context import Context
from domain.envelope import Event
from domain.errors import InvalidInput, Refusal
from projections import history
from projections.listing import Listing

N = TypeVar("N")

Id = Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")]
Number = Annotated[str | None, strawberry.argument(description="Số · Number")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"),
]


class Log(Protocol):
    """The module of a register's read model."""

    LISTING: Listing[Any]

    def by_ids(self, conn: Connection[Any], ids: Collection[UUID], /) -> Mapping[UUID, Any]:
        """The rows of these."""

    def by_number(self, conn: Connection[Any], number: str, /) -> Any:
        """The row of this number, if there is one."""

    def fold(self, row: Any, event: Event, position: int, /) -> Any:
        """What a row becomes by one event."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Register(Generic[N]):
    """One register of the schema: its read model, its type, and who may know that an entry is there."""

    noun: str
    """As in the topics of its events, such as `work-order`."""
    log: Log
    id: str
    """The column that names an entry."""
    node: Callable[..., N]
    check_view: Callable[[Any, Context], Refusal | None]
    by: str = "number"
    """What an entry is asked for by, besides its id."""

    async def of_record(
        self, info: Info, subject_id: UUID, as_of: datetime | None, upto: int | None = None
    ) -> N | None:
        """One folded from the log itself."""
        ctx = info.context
        recorded = await ctx.read(history.read, ctx.services.app.mapper, subject_id, as_of=as_of, upto=upto)
        row = history.state(recorded, self.log.fold)
        return None if row is None else self.node(row=row, at=as_of, past=recorded)

    async def one(
        self,
        info: Info,
        id: strawberry.ID | None,
        number: str | None,
        as_of: datetime | None,
        min_position: int | None,
    ) -> N | None:
        """One by id or number; one outside of one's scope is as absent as one that never was.

        Raises:
            InvalidInput: neither is given, or both.
        """
        ctx = info.context
        act = ctx.act
        at = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (number is None):
            raise InvalidInput("id", f"cần id hoặc {self.by}, chỉ một", f"either id or {self.by} is expected")
        await ctx.visible(min_position, self.log.LISTING.table, "directory")
        if id is not None:
            wanted = identity("id", id)
            row = (await ctx.read(self.log.by_ids, [wanted])).get(wanted)
        else:
            row = await ctx.read(self.log.by_number, str(number))
        if row is None:
            return None
        found = getattr(row, self.id)
        if (refusal := self.check_view(row, act)) is not None:
            await attempted(info, look_at(info, self._way, self.noun, [found], row.area_path), refusal)
            return None
        return self.node(row=row) if at is None else await self.of_record(info, found, at)

    @property
    def _way(self) -> str:
        """The query that looks at one, such as `workOrder`."""
        first, *rest = self.noun.split("-")
        return first + "".join(word.capitalize() for word in rest)


def steps(id: str, told_as: Callable[[history.Step], history.Step] = lambda step: step) -> Any:
    """Declare the field that shows the history of a noun, whose id is in this column of its row.

    *told_as* says how a step is told to whoever is shown the noun, where something of it is not.
    """

    async def shown(self: Any, info: Info) -> list[Step]:
        ctx = info.context
        if self.past is None:
            told = await ctx.history.load(getattr(self.row, id))
        else:
            told = await ctx.read(history.steps, self.past)
        return [Step(recorded=told_as(step)) for step in told]

    return strawberry.field(
        resolver=shown, description="Lịch sử, tên như lúc đó · History, with the names of the time"
    )


ACTS = "Việc người này có thể làm · What this person may do, and why not"


def acts(guards: Mapping[str, Callable[[Any, Context], Refusal | None]]) -> Any:
    """Declare the field that says what the guards that decide say to this person now; of the past, nothing."""

    def shown(self: Any, info: Info, enabled: Enabled = None) -> list[AvailableAction]:
        return [] if self.at is not None else available(guards, self.row, info.context.act, enabled=enabled)

    return strawberry.field(resolver=shown, description=ACTS)
