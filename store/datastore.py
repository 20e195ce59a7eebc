"""One pool of connections to the record, from the whole of DATABASE_URL, under the role of its process."""

from typing import Any

import psycopg
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection, errors, sql
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, Row, dict_row

BOUNDED: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms; a dead link is noticed, not waited for
}
"""What every connection is opened with unless DATABASE_URL says otherwise."""

INTERRUPTIBLE_S = 0.1
"""So often a wait looks up, as psycopg's own does: for Ctrl-C."""
STATEMENT_TIMEOUT_S = 15


class Patient(Connection[Row]):
    """A connection that gives up a server from which nothing comes.

    What stands between may keep a link open and carry nothing; TCP takes that for alive, and psycopg waits for ever.
    """

    answer_s: float = 20.0
    """How long an answer is waited for: longer than the server may take, so only one that was lost runs into it."""

    def wait(self, gen: PQGen[RV], interval: float = INTERRUPTIBLE_S, timeout: float | None = None) -> RV:
        """Wait as psycopg does, but never without end."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_s)
        except errors._WaitTimeout:  # noqa: SLF001 — the name psycopg documents for it
            self.close()
            raise psycopg.OperationalError(
                f"no answer from the database within {self.answer_s:g} s"
            ) from None


def conninfo(url: str, **defaults: Any) -> dict[str, Any]:
    """Read a libpq URL or keyword string whole, filling what it leaves open."""
    return {**BOUNDED, **defaults, **conninfo_to_dict(url)}


def enter_role(conn: psycopg.Connection[Any], role: str | None) -> None:
    """Give up every right but those of *role*."""
    if role:
        conn.execute(role_statement(role))


def role_statement(role: str) -> sql.Composed:
    """The statement that gives up every right but those of *role*."""
    return sql.SQL("SET ROLE {}").format(sql.Identifier(role))


class Datastore(PostgresDatastore):
    """The library's datastore over a pool that honours the whole URL and takes on a role."""

    def __init__(self, url: str, *, role: str | None, pool_size: int, max_overflow: int = 0) -> None:
        super().__init__(dbname="", host="", port="", user="", password="", pool_size=pool_size)

        # a plain function: a bound method in the pool would be a reference cycle
        def configure(conn: Connection[DictRow]) -> None:
            conn.autocommit = True
            conn.prepare_threshold = 0
            conn.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
            conn.execute("SET idle_in_transaction_session_timeout = '5s'")
            enter_role(conn, role)

        self.pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
            connection_class=Patient[DictRow],
            kwargs={**conninfo(url, application_name=role or "minhchung"), "row_factory": dict_row},
            min_size=pool_size,
            max_size=pool_size + max_overflow,
            open=False,
            configure=configure,
            timeout=3.0,
            # it waits twice as long before each try; one that gave up tries at once for whoever asks next
            reconnect_timeout=5.0,
        )
