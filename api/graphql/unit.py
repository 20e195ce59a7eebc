"""Units at the GraphQL edge."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.common import NARROW, After, Cut, First, PageInfo, decode_cursor, text
from api.graphql.context import Info
from domain.errors import InvalidInput
from projections import directory

MOST = 100


@strawberry.type(description="Đơn vị · A unit: an agency, office or team")
class Unit:
    """A unit, under the name of the moment shown."""

    id: strawberry.ID = strawberry.field(description="Mã định danh · Id")
    code: str = strawberry.field(description="Mã · Code")
    name: str = strawberry.field(description="Tên tại thời điểm đó · Name at that time")
    kind: str = strawberry.field(description="Loại đơn vị · Unit kind, such as CITY_POLICE")
    version: int = strawberry.field(description="Phiên bản · Version")

    @classmethod
    def of(cls, entry: directory.Entry) -> "Unit":
        """A unit from its entry in the directory."""
        return cls(
            id=strawberry.ID(str(entry.subject_id)),
            code=entry.code,
            name=entry.name,
            kind=entry.kind or "",
            version=entry.version,
        )


@strawberry.type(description="Một đơn vị trong danh sách · A unit in a list")
class UnitEdge:
    """A unit in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Unit = strawberry.field(description="Đơn vị · The unit")


@strawberry.type(description="Một trang đơn vị · A page of units")
class UnitConnection:
    """A page of units."""

    edges: list[UnitEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Unit] = strawberry.field(description="Các dòng · Rows")
    page_info: PageInfo = strawberry.field(description="Trang này · This page")
    total_count: int = strawberry.field(
        description="Tổng số trong phạm vi được xem · How many there are in one’s scope"
    )


@strawberry.input(description="Lọc đơn vị · Narrow the list of units")
class UnitFilter:
    """What to narrow the list to."""

    kind: str | None = strawberry.field(default=None, description="Loại đơn vị · Kind, such as CITY_POLICE")
    code: str | None = strawberry.field(default=None, description="Mã đơn vị · Code")


def page_size(first: int) -> int:
    """A page holds 1 to 100 rows.

    Raises:
        InvalidInput: it was asked to hold more, or none.
    """
    if not 1 <= first <= MOST:
        raise InvalidInput("first", f"phải từ 1 đến {MOST}", f"must be from 1 to {MOST}")
    return first


def identity(path: str, value: str) -> UUID:
    """An id as it was given out.

    Raises:
        InvalidInput: it is no id.
    """
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInput(path, "không phải mã định danh", "not an id") from None


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
    ) -> UnitConnection:
        """Units by code; whoever is signed in may know them."""
        ctx = info.context
        _ = ctx.who
        narrow = filter or UnitFilter()
        place = decode_cursor("units", after, text)
        rows = await ctx.read(
            directory.units,
            kind=narrow.kind,
            code=narrow.code,
            first=page_size(first) + 1,
            after=place[0] if place else None,
        )
        cut = Cut("units", rows, first, lambda e: (e.code,))
        nodes = [Unit.of(entry) for entry in cut.rows]
        total = await ctx.read(directory.total_units, kind=narrow.kind, code=narrow.code)
        return UnitConnection(
            edges=[
                UnitEdge(cursor=cut.cursor(entry), node=node)
                for entry, node in zip(cut.rows, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=cut.info,
            total_count=total,
        )
