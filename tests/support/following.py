"""Read models with their followers, fed as the projector feeds them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString, Self, TypeAlias

import psycopg
from psycopg import Connection, sql

from domain.commands.application import CaseSystem
from projections.all import read_models
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


@contextmanager
def following(*followers: Follower) -> Iterator[None]:
    """Followers in threads of their own, as the projector has them."""
    stop = threading.Event()
    threads = [threading.Thread(target=follower.run, args=(stop,)) for follower in followers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def hashes(database: str) -> dict[str, tuple[str | None, int]]:
    """The hash of every read model's rows, and where it stands."""
    found: dict[str, tuple[str | None, int]] = {}
    with psycopg.connect(database) as conn:
        for model in read_models():
            row = conn.execute(
                sql.SQL(
                    "SELECT (SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} AS t), position"
                    " FROM positions WHERE name = {}"
                ).format(sql.Identifier(model.table), model.name)
            ).fetchone()
            assert row is not None
            found[model.name] = (row[0], row[1])
    return found
