"""A log with something in it, and followers over it."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from psycopg import Connection

from cli.up.postgres import Postgres
from domain.commands.application import CaseSystem
from projections.follower import Follower, ReadModel
from tests.support.record import another_database, opened

Rows: TypeAlias = list[tuple[Any, ...]]
Follow: TypeAlias = Callable[..., int]


@pytest.fixture(scope="module")
def common(shared_postgres: Postgres, postgres: str, template: str) -> Iterator[str]:
    """The address of a migrated database that the tests of a module share."""
    with another_database(shared_postgres, postgres, template) as database:
        yield database


@pytest.fixture(scope="module")
def app(common: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSystem]:
    """The record, for whoever may do everything."""
    with opened(common, tmp_path_factory.mktemp("installation") / "keys", role="") as app:
        yield app


class Model:
    """A read model with its follower and its connection, as the projector has them."""

    def __init__(self, database: str, read_model: ReadModel, app: CaseSystem) -> None:
        self.follower = Follower(database, read_model, app.mapper)
        self.conn: Connection[Any] = self.follower.connect()
        self.conn.execute(
            "INSERT INTO positions (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", [read_model.name]
        )

    def __enter__(self) -> "Model":
        return self

    def __exit__(self, *_: object) -> None:
        self.conn.close()

    def follow(self, limit: int = 1000) -> int:
        """Apply all there is, so many events at a time; return how many there were."""
        seen = 0
        while applied := self.follower.step(self.conn, limit):
            seen += applied
        return seen

    def rows(self, order: str) -> Rows:
        """Return the whole table."""
        return self.conn.execute(f"SELECT * FROM {self.follower.read_model.table} ORDER BY {order}").fetchall()  # noqa: S608 — of the test's own

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
