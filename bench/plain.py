"""The same queue as strawberry serves it out of the box: plain types, one resolver, nobody asked who they are.

Its documents are parsed and validated once, which is more than strawberry does unless told to.
"""

import os
from datetime import datetime

import strawberry
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from domain.case import CaseState

strawberry.enum(CaseState)


@strawberry.type
class Row:
    """A row of the queue."""

    id: strawberry.ID
    number: str
    state: CaseState
    rule: str
    occurred_at: datetime
    detected_at: datetime
    due: datetime | None
    late: bool
    received: bool
    version: int


@strawberry.type
class Rows:
    """A page."""

    nodes: list[Row]


COLUMNS = (
    "case_id::text AS id, number, state, kind AS rule, occurred_at, detected_at, due, late, received, version"
)


def application() -> GraphQL[None, None]:
    """Build it over the database of the environment."""
    pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=2, max_size=8, open=True)

    @strawberry.type
    class Query:
        """The queue."""

        @strawberry.field
        def cases(self, first: int = 20) -> Rows:
            """What is due first."""
            with pool.connection() as conn, conn.cursor(row_factory=class_row(Row)) as curs:
                curs.execute(
                    f"SELECT {COLUMNS} FROM case_queue"  # noqa: S608 — a constant
                    " ORDER BY coalesce(due, 'infinity'::timestamptz), detected_at, case_id LIMIT %s",
                    [first],
                )
                rows = curs.fetchall()
            for row in rows:
                row.state = CaseState(row.state)
            return Rows(nodes=rows)

    return GraphQL(strawberry.Schema(Query, extensions=[ParserCache, ValidationCache]))
