"""How a field comes out of a row: completing it field by field and a page at once both go by this."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeAlias

import strawberry
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from api.graphql.context import Info, legal

if TYPE_CHECKING:
    from api.graphql.context import RequestContext

SOURCE: Final = "source"
"""The key of a field's metadata under which it says where it comes from; a field without is not compiled."""

LEGAL: Final[LiteralString] = (
    "replace(to_char({} AT TIME ZONE interval '7 hours',"
    """ 'YYYY-MM-DD"T"HH24:MI:SS.US"+07:00"'), '.000000', '')"""
)
"""An instant as `legal` shows it: with microseconds, unless there are none."""

Load: TypeAlias = "Callable[[Connection[Any], RequestContext, Collection[Any]], Mapping[Any, Any]]"


@dataclass(frozen=True)
class Column:
    """One column, as it is or by a conversion; null stays null."""

    name: str
    of: Callable[[Any], Any] | None = None

    def shown(self, value: Any) -> Any:
        """What a value is shown as."""
        return value if value is None or self.of is None else self.of(value)

    def written(self) -> LiteralString | None:
        """How PostgreSQL writes it, to the letter as we do; None where it cannot."""
        column = Identifier(self.name).as_string()
        if self.of in {None, str} or (isinstance(self.of, type) and issubclass(self.of, Enum)):
            return column
        return LEGAL.format(column) if self.of is legal else None


@dataclass(frozen=True)
class Sealed:
    """A personal value, sealed under the key of a subject."""

    subject: str
    name: str


@dataclass(frozen=True)
class Link:
    """One other noun, by the column that names it; those of a page are loaded together."""

    name: str
    load: Load
    some: bool = False
    """Whether the column names other things as well, or what is not for everybody: these are not shown here."""


@dataclass(frozen=True)
class Many:
    """Several things inside one column, such as the clocks of a case; those of a page are completed together.

    *inside* is how PostgreSQL reads them, as rows with the columns of the things, and *order* the order they are in.
    """

    name: str
    of: Callable[[Any], Sequence[object]]
    inside: LiteralString
    order: LiteralString

    def written(self, keys: Collection[tuple[str, LiteralString]]) -> LiteralString:
        """How PostgreSQL writes them: an array of one object each."""
        shown = SQL(", ").join(SQL("{} AS {}").format(SQL(text), Identifier(key)) for key, text in keys)
        return (
            SQL(
                "('[' || coalesce((SELECT string_agg((SELECT row_to_json(object)::text FROM (SELECT {}) AS object), ','"
                " ORDER BY {}) FROM {}), '') || ']')::json"
            )
            .format(shown, SQL(self.order), SQL(self.inside))
            .as_string()
        )


def column(
    name: str, description: str, of: Callable[[Any], Any] | None = None, *, named: str | None = None
) -> Any:
    """Declare a field that shows a column of the noun's row."""
    source = Column(name, of)

    def shown(self: Any) -> Any:
        return source.shown(getattr(self.row, name))

    # strawberry takes the type from the class's annotation where the resolver says none
    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, name=named, description=description, metadata=of_source(source))


def sealed(subject: str, name: str, description: str) -> Any:
    """Declare a field that opens a personal value of the noun's row, sealed under the subject that a column names."""

    async def shown(self: Any, info: Info) -> str | None:
        return await info.context.open(self.row.sealed(getattr(self.row, name)))

    return strawberry.field(
        resolver=shown, description=description, metadata=of_source(Sealed(subject, name))
    )


Source: TypeAlias = Column | Sealed | Link | Many
"""Where a field comes from."""


def of_source(source: Source) -> dict[str, Any]:
    """Say where a field with a resolver of its own comes from."""
    return {SOURCE: source}
