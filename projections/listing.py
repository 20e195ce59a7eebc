"""How a read model is listed: the rows of a scope, narrowed, in one order, from a place on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, LiteralString, TypeVar

from psycopg import Connection
from psycopg.rows import BaseRowFactory, class_row
from psycopg.sql import SQL, Composable, Identifier, Literal

from projections.scope import Scope

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing(Generic[Row]):
    """One table and its order. Rows that compare equal in it are told apart by its last column."""

    table: LiteralString
    row: type[Row]
    order: LiteralString
    place: tuple[str, ...]
    """The columns that say where a row stands in the order."""
    beyond: LiteralString
    """Whether a row comes after a place, whose values are parameters such as `after_due`."""
    narrowed: Mapping[str, LiteralString]
    """What a field of the filter asks of a row; a field that is None asks nothing."""
    found: Mapping[str, tuple[LiteralString, ...]] = field(default_factory=dict)
    """Queries that find, each by its own index and none of them twice, the rows that a field of the filter asks for."""
    make: BaseRowFactory[Any] | None = None
    """How a row is made of its columns, where the table keeps them otherwise than the row does."""
    writes: bool = False
    """Whether PostgreSQL may write its rows out: what the schema shows as never null is so in the table."""

    def page(
        self,
        conn: Connection[Any],
        scope: Scope,
        narrow: object,
        *,
        first: int,
        after: Sequence[object] | None = None,
    ) -> list[Row]:
        """The next rows."""
        statement, params = self._asked(scope, narrow, after, None, first)
        with conn.cursor(row_factory=self.make or class_row(self.row)) as curs:
            return curs.execute(statement, params).fetchall()

    def columns(
        self,
        conn: Connection[Any],
        scope: Scope,
        narrow: object,
        wanted: tuple[str, ...],
        *,
        first: int,
        after: Sequence[object] | None = None,
    ) -> list[tuple[Any, ...]]:
        """The same rows, of which only these columns, the place among them."""
        statement, params = self._asked(scope, narrow, after, wanted, first)
        with conn.cursor(binary=True) as curs:
            return curs.execute(statement, params).fetchall()

    def objects(
        self,
        conn: Connection[Any],
        scope: Scope,
        narrow: object,
        written: "Written",
        *,
        first: int,
        after: Sequence[object] | None = None,
    ) -> list[tuple[Any, ...]]:
        """The same rows, each a JSON object as text and its place."""
        statement, params = self._asked(scope, narrow, after, written, first)
        with conn.cursor(binary=True) as curs:
            return curs.execute(statement, params).fetchall()

    def total(self, conn: Connection[Any], scope: Scope, narrow: object) -> int:
        """How many rows there are, under the same scope as the page."""
        params = self._narrowing(narrow)
        row = conn.execute(
            _counted(self, scope.where, tuple(params), "count(*)", ""), {**params, **scope.params}
        ).fetchone()
        return int(row[0]) if row else 0

    def counted(
        self,
        conn: Connection[Any],
        scope: Scope,
        narrow: object,
        shown: LiteralString,
        rest: LiteralString,
        *,
        make: BaseRowFactory[Any],
        **given: object,
    ) -> list[Any]:
        """What the same rows come to, in groups: *rest* says which, with what else is given."""
        params = self._narrowing(narrow)
        statement = _counted(self, scope.where, tuple(params), shown, rest)
        with conn.cursor(row_factory=make) as curs:
            return curs.execute(statement, {**params, **given, **scope.params}).fetchall()

    def place_of(self, row: Row) -> tuple[object, ...]:
        """Where a row stands, for the page after it."""
        return tuple(getattr(row, column) for column in self.place)

    def _asked(
        self,
        scope: Scope,
        narrow: object,
        after: Sequence[object] | None,
        wanted: "tuple[str, ...] | Written | None",
        first: int,
    ) -> tuple[SQL, dict[str, Any]]:
        params = self._narrowing(narrow)
        statement = _page(self, scope, tuple(params), after is not None, wanted, first)
        if after is not None:
            params |= {f"after_{c}": value for c, value in zip(self.place, after, strict=True)}
        return statement, {**params, **scope.params}

    def _narrowing(self, narrow: object) -> dict[str, Any]:
        given = ((name, getattr(narrow, name)) for name in (*self.narrowed, *self.found))
        return {name: value for name, value in given if value is not None}

    def sources(self, narrowed: Sequence[str]) -> list[Composable]:
        """What the rows are read from, by what they are narrowed: the table, or what finds them in it."""
        queries = next((self.found[name] for name in narrowed if name in self.found), ())
        found = [SQL("({}) AS {}").format(SQL(one), SQL(self.table)) for one in queries]
        return [*found] or [SQL(self.table)]

    def source(self, narrowed: Sequence[str]) -> Composable:
        """The same as one."""
        several = self.sources(narrowed)
        if len(several) == 1:
            return several[0]
        whole = SQL(" UNION ALL ").join(SQL("SELECT * FROM {}").format(one) for one in several)
        return SQL("({}) AS {}").format(whole, SQL(self.table))

    def conditions(self, narrowed: Sequence[str]) -> list[LiteralString]:
        """What is asked of each row, by what they are narrowed."""
        return [self.narrowed[name] for name in narrowed if name in self.narrowed]


@dataclass(frozen=True)
class Written:
    """What PostgreSQL writes of each row: the columns it reads, and an expression on them for each key."""

    columns: tuple[str, ...]
    keys: tuple[tuple[str, LiteralString], ...]


# Statements are few, and putting one together costs as much as reading a page.


@lru_cache(maxsize=1024)
def _page(
    listing: Listing[Any],
    scope: Scope,
    narrowed: tuple[str, ...],
    after: bool,  # noqa: FBT001 — a part of the key
    wanted: tuple[str, ...] | Written | None,
    first: int,
) -> SQL:
    if isinstance(wanted, Written):
        columns = tuple(dict.fromkeys((*wanted.columns, *listing.place)))
        page = _page(listing, scope, narrowed, after, columns, first)
        keys = SQL(", ").join(SQL("{} AS {}").format(SQL(text), Identifier(key)) for key, text in wanted.keys)
        place = SQL(", ").join(map(Identifier, listing.place))
        return _text(
            SQL(
                "SELECT (SELECT row_to_json(object)::text FROM (SELECT {}) AS object), {} FROM ({}) AS page ORDER BY {}"
            ).format(keys, place, page, SQL(listing.order))
        )
    # A limit that PostgreSQL knows is planned once; with a parameter it would plan each execution anew, in vain.
    limit = Literal(first)
    shown: Composable = SQL(", ").join(map(Identifier, wanted)) if wanted else SQL("*")
    conditions = listing.conditions(narrowed)
    if after:
        conditions.append(listing.beyond)
    # Each range comes in order out of an index of its own; as one condition they would be read from none. The first
    # rows of all are among the first of each, and a row of two ranges is one.
    branches = [
        SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
            shown,
            source,
            _all([clause, *conditions]),
            SQL(listing.order),
            limit,
        )
        for clause in scope.ranges
        for source in listing.sources(narrowed)
    ]
    if len(branches) == 1:
        return _text(branches[0])
    merged = SQL(" UNION ").join(SQL("({})").format(branch) for branch in branches)
    return _text(
        SQL("SELECT * FROM ({}) AS merged ORDER BY {} LIMIT {}").format(merged, SQL(listing.order), limit)
    )


@lru_cache(maxsize=256)
def _counted(
    listing: Listing[Any],
    where: LiteralString,
    narrowed: tuple[str, ...],
    shown: LiteralString,
    rest: LiteralString,
) -> SQL:
    conditions = _all([where, *listing.conditions(narrowed)])
    parts = SQL(shown), listing.source(narrowed), conditions, SQL(rest)
    return _text(SQL("SELECT {} FROM {} WHERE {} {}").format(*parts))


def _all(conditions: Sequence[LiteralString]) -> Composable:
    return SQL(" AND ").join(SQL("({})").format(SQL(condition)) for condition in conditions)


def _text(statement: Composable) -> SQL:
    """The statement put together once; psycopg would do it again at every execution."""
    return SQL(statement.as_string())
