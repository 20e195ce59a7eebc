"""The read model of a register: each row follows one aggregate, and is found by its id and by its number."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, Generic, LiteralString, TypeVar
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import RowFactory, class_row
from psycopg.sql import SQL, Identifier

from domain.envelope import Event
from projections.follower import Recorded

Row = TypeVar("Row")


class Register(Generic[Row]):
    """Feeds one register: a batch is folded in memory, then each changed row is written once."""

    def __init__(
        self,
        noun: Any,
        row: type[Row],
        fold: Callable[[Row | None, Event, int], Row | None],
        *,
        table: LiteralString,
        key: LiteralString,
        make: RowFactory[Row] | None = None,
    ) -> None:
        self.name = table
        self.table = table
        self._key = key
        self._events = (noun.Event, noun.Created)
        self._fold = fold
        self._make = make or class_row(row)
        columns = [one.name for one in fields(row) if one.name != key]  # type: ignore[arg-type] # a dataclass
        self._upsert = SQL(
            "INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s::json)"
            " ON CONFLICT ({key}) DO UPDATE SET {columns}"
        ).format(
            table=Identifier(table),
            key=Identifier(key),
            columns=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(one)) for one in columns),
        )
        self._by_ids = SQL("SELECT * FROM {} WHERE {} = ANY(%s)").format(Identifier(table), Identifier(key))
        self._by_number = SQL("SELECT * FROM {} WHERE number = %s").format(Identifier(table))

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        changed = [r for r in batch if isinstance(r.event, self._events)]
        if not changed:
            return
        rows: dict[UUID, Row | None] = {
            **self.by_ids(curs.connection, {r.event.originator_id for r in changed})
        }
        for r in changed:
            rows[r.event.originator_id] = self._fold(rows.get(r.event.originator_id), r.event, r.position)
        self.write(curs, [row for row in rows.values() if row is not None])

    def write(self, to: Cursor[Any] | Connection[Any], rows: Sequence[Row]) -> None:
        """Put these rows there, instead of those of the same ids."""
        to.execute(self._upsert, (orjson.dumps([asdict(row) for row in rows]).decode(),))  # type: ignore[call-overload] # dataclasses

    def by_ids(self, conn: Connection[Any], ids: Iterable[UUID]) -> dict[UUID, Row]:
        """The rows of these, without regard to scope."""
        with conn.cursor(row_factory=self._make) as curs:
            return {getattr(row, self._key): row for row in curs.execute(self._by_ids, (list(ids),))}

    def by_number(self, conn: Connection[Any], number: str) -> Row | None:
        """The row of a number, without regard to scope."""
        with conn.cursor(row_factory=self._make) as curs:
            return curs.execute(self._by_number, (number,)).fetchone()
