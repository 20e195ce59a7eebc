"""A read model with its follower, fed as the projector feeds it."""

from typing import Any, LiteralString, Self, TypeAlias

from psycopg import Connection, sql

from domain.commands.application import CaseSystem
from projections.follower import Follower, ReadModel

Rows: TypeAlias = list[tuple[Any, ...]]


class Model:
    """A read model with its follower and its connection, as the projector has them."""

    def __init__(self, database: str, read_model: ReadModel, app: CaseSystem) -> None:
        self.database = database
        self.follower = Follower(database, read_model, app.mapper)
        self.conn: Connection[Any] = self.follower.connect()
        self.conn.execute(
            "INSERT INTO positions (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", [read_model.name]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.conn.close()

    def follow(self, limit: int = 1000) -> int:
        """Apply all there is, so many events at a time; return how many there were."""
        seen = 0
        while applied := self.follower.step(self.conn, limit):
            seen += applied
        return seen

    def rows(self, order: LiteralString) -> Rows:
        """Return the whole table."""
        table, by = self.follower.read_model.table, sql.SQL(order)
        return self.conn.execute(
            sql.SQL("SELECT * FROM {} ORDER BY {}").format(sql.Identifier(table), by)
        ).fetchall()

    def empty(self) -> None:
        """Throw the table away and begin again."""
        self.conn.execute(f"TRUNCATE {self.follower.read_model.table}")
        self.conn.execute(
            "UPDATE positions SET position = 0, problem = NULL WHERE name = %s", [self.follower.name]
        )

    def standing(self) -> tuple[int, str | None]:
        """Return the position and the problem."""
        row = self.conn.execute(
            "SELECT position, problem FROM positions WHERE name = %s", [self.follower.name]
        ).fetchone()
        assert row is not None
        return row[0], row[1]
