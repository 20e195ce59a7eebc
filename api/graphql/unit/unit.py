"""Units at the GraphQL edge."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any
from uuid import UUID

import strawberry
from psycopg import Connection as Db

from api.graphql.columns import Link, column, of_source
from api.graphql.common import NARROW, After, First, MinPosition
from api.graphql.context import Info, RequestContext, identity
from api.graphql.pages import Connection, ListOf, text
from domain.errors import NotFound
from projections import directory
from projections.directory import Entry, UnitNarrow
from projections.scope import Scope


@strawberry.type(description="Đơn vị · A unit: an agency, office or team")
class Unit:
    """A unit, under the name of the moment shown."""

    row: strawberry.Private[Entry]

    id: strawberry.ID = column("subject_id", "Mã định danh · Id", str)
    code: str = column("code", "Mã · Code")
    name: str = column("name", "Tên tại thời điểm đó · Name at that time")
    kind: str = column("kind", "Loại đơn vị · Unit kind, such as CITY_POLICE")
    area: str = column("area_path", "Địa bàn · Area, as a path")
    version: int = column("version", "Phiên bản · Version")


def units(conn: Db[Any], _: RequestContext, unit_ids: Collection[UUID]) -> Mapping[UUID, Entry]:
    """The units of a page as they are called now, by id."""
    return directory.current(conn, unit_ids)


def unit_of(name: str, description: str) -> Any:
    """Declare a field that shows the unit which a column of the noun's row names, as it is called now."""

    async def shown(self: Any, info: Info) -> Unit:
        unit_id = getattr(self.row, name)
        entry = await info.context.entry.load((unit_id, None))
        if entry is None:
            raise NotFound("đơn vị", "unit", unit_id)
        return Unit(row=entry)

    return strawberry.field(resolver=shown, description=description, metadata=of_source(Link(name, units)))


@strawberry.type(description="Một đơn vị trong danh sách · A unit in a list")
class UnitEdge:
    """A unit in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Unit = strawberry.field(description="Đơn vị · The unit")


@strawberry.type(description="Một trang đơn vị · A page of units")
class UnitConnection(Connection):
    """A page of units."""

    edges: list[UnitEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Unit] = strawberry.field(description="Các dòng · Rows")


UNITS = ListOf(
    name="units",
    listing=directory.UNITS,
    node=Unit,
    edge=UnitEdge,
    connection=UnitConnection,
    kinds=(text,),
)


@strawberry.input(description="Lọc đơn vị · Narrow the list of units")
class UnitFilter:
    """What to narrow the list to."""

    kind: str | None = strawberry.field(default=None, description="Loại đơn vị · Kind, such as CITY_POLICE")
    code: str | None = strawberry.field(default=None, description="Mã đơn vị · Code")
    area: str | None = strawberry.field(
        default=None, description="Địa bàn và mọi nơi trong đó · An area, and all within"
    )
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="Thuộc đơn vị · The unit they are part of"
    )
    stands: bool | None = strawberry.field(
        default=None,
        description="Còn hoạt động hay đã kết thúc · Those that stand, or those that are no more",
    )

    def narrow(self) -> UnitNarrow:
        """The filter as the read model takes it."""
        return UnitNarrow(
            kind=self.kind,
            code=self.code,
            area_path=self.area,
            parent_unit_id=identity("filter.parentId", self.parent_id)
            if self.parent_id is not None
            else None,
            stands=self.stands,
        )


@strawberry.type
class UnitQuery:
    """Queries on units."""

    @strawberry.field(description="Các đơn vị, theo mã · Units, by code")
    async def units(
        self,
        info: Info,
        filter: Annotated[UnitFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> UnitConnection:
        """Units by code; whoever is signed in may know them."""
        ctx = info.context
        _ = ctx.who
        await ctx.visible(min_position, "directory")
        return UNITS.listed(Scope("true"), (filter or UnitFilter()).narrow(), first=first, after=after)
