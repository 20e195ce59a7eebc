"""Lists: keyset pages with opaque cursors. A resolver says what is listed; how it is completed is `execution`'s.

Whoever asks for the fields of rows alone is answered by `compiled`, as a whole; everybody else field by field.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar, cast

import orjson
import strawberry

from api.graphql.context import Info, RequestContext
from domain.errors import InvalidInput
from projections.listing import Listing
from projections.scope import Scope

C = TypeVar("C")

MOST: Final = 100
LAST: Final = 2**63 - 1


@strawberry.type(description="Trang · Page")
class PageInfo:
    """Whether there is more, and from where."""

    has_next_page: bool = strawberry.field(description="Còn trang sau · Whether more follows")
    end_cursor: str | None = strawberry.field(description="Con trỏ cuối · Where the next page begins")


@dataclass(frozen=True, kw_only=True, eq=False)
class ListOf(Generic[C]):
    """One list of the schema: its rows, their type, and what its cursors are made of."""

    name: str
    listing: Listing[Any]
    node: Callable[..., Any]
    edge: Callable[..., Any]
    connection: Callable[..., C]
    kinds: tuple[Callable[[Any], object], ...]
    """What reads each part of a cursor back, in the order of the listing's place."""

    def listed(self, within: Scope, narrow: object, *, first: int, after: str | None) -> C:
        """Say what is asked for, as the resolver of the list does; `execution` makes a page of it.

        Raises:
            InvalidInput: the size or the cursor cannot be accepted.
        """
        return cast("C", Listed(self, within, narrow, page_size(first), self.place(after)))

    def cursor(self, place: Sequence[object]) -> str:
        """Where the page after a place begins, as clients see it."""
        return base64.urlsafe_b64encode(orjson.dumps([self.name, *place])).decode()

    def place(self, cursor: str | None) -> list[object] | None:
        """Read a cursor back.

        Raises:
            InvalidInput: it is not one that this list gave.
        """
        if cursor is None:
            return None
        try:
            name, *parts = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
            place = [kind(part) for kind, part in zip(self.kinds, parts, strict=True)]
        except (ValueError, TypeError, AttributeError):
            name, place = None, []
        if name != self.name:
            raise InvalidInput(
                "after", "không phải con trỏ của danh sách này", "not a cursor that this list gave"
            )
        return place

    async def nodes(self, ctx: RequestContext, rows: Sequence[Any]) -> list[Any]:  # noqa: ARG002
        """The rows as the schema has them."""
        return [self.node(row=row) for row in rows]


@dataclass(frozen=True, eq=False)
class Listed:
    """A page that somebody asked for."""

    of: ListOf[Any]
    within: Scope
    narrow: object
    first: int
    after: list[object] | None

    async def connection(self, ctx: RequestContext) -> Any:
        """Read it for whoever completes it field by field."""
        listing = self.of.listing
        rows = await ctx.read(listing.page, self.within, self.narrow, first=self.first + 1, after=self.after)
        shown = rows[: self.first]
        cursors = [self.of.cursor(listing.place_of(row)) for row in shown]
        nodes = await self.of.nodes(ctx, shown)
        return self.of.connection(
            listed=self,
            edges=[self.of.edge(cursor=c, node=n) for c, n in zip(cursors, nodes, strict=True)],
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=len(rows) > self.first, end_cursor=cursors[-1] if cursors else None
            ),
        )


@strawberry.type
class Connection:
    """What every page shows beside its rows."""

    listed: strawberry.Private[Listed]
    page_info: PageInfo = strawberry.field(description="Trang này · This page")

    @strawberry.field(description="Tổng số trong phạm vi được xem · How many there are in one’s scope")
    async def total_count(self, info: Info) -> int:
        """How many there are, counted only where somebody asks."""
        listed = self.listed
        return await info.context.read(listed.of.listing.total, listed.within, listed.narrow)


def page_size(first: int) -> int:
    """A page holds 1 to 100 rows.

    Raises:
        InvalidInput: it was asked to hold more, or none.
    """
    if not 1 <= first <= MOST:
        raise InvalidInput("first", f"phải từ 1 đến {MOST}", f"must be from 1 to {MOST}")
    return first


# -- parts of a cursor; what cannot be one is a ValueError or a TypeError ------------------


def text(part: Any) -> str:
    """A text."""
    if not isinstance(part, str) or "\0" in part:
        raise TypeError
    return part


def instant(part: Any) -> datetime:
    """An instant."""
    at = datetime.fromisoformat(part)
    if at.tzinfo is None:
        raise ValueError
    return at


def instant_or_none(part: Any) -> datetime | None:
    """An instant, or that there is none."""
    return None if part is None else instant(part)


def whole(part: Any) -> int:
    """A position of the log."""
    if type(part) is not int or not 0 <= part <= LAST:
        raise TypeError
    return part


def truth(part: Any) -> bool:
    """A truth value."""
    if type(part) is not bool:
        raise TypeError
    return part
