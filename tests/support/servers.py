"""One shared PostgreSQL and one shared nats-server per worker, and a fresh migrated database per test.

They are the embedded servers of the product, started by its own code; PostgreSQL without fsync, for speed.
Whoever kills the worker pulls their leash, so that nothing outlives a killed run.
"""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from cli.migrate import migrate, packaged
from cli.up.nats import Nats
from cli.up.postgres import OWNER, SUPERUSER, Postgres
from cli.up.server import PATIENCE_S

TEMPLATE = "migrated"
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder with a short path that an unprivileged account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="minhchung-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_postgres(servers_folder: Path) -> Iterator[Postgres]:
    """The PostgreSQL of this worker."""
    server = Postgres(servers_folder, durable=False, sockets=servers_folder)
    server.start()
    yield server
    server.stop(PATIENCE_S)


@pytest.fixture
def own_postgres(servers_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, which may be stopped."""
    folder = servers_folder / f"own-{next(numbers)}"
    folder.mkdir(mode=0o711)
    server = Postgres(folder, durable=False, sockets=folder)
    server.start()
    yield server
    server.stop(10)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(shared_postgres: Postgres) -> str:
    """The address of the shared PostgreSQL for its superuser; shared by all tests of this worker."""
    return shared_postgres.url_of(SUPERUSER, "postgres")


@pytest.fixture(scope="session")
def template(shared_postgres: Postgres, postgres: str) -> str:
    """The database with this version's tables that every test gets a copy of."""
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(TEMPLATE), sql.Identifier(OWNER))
        )
    if any(packaged().glob("*.sql")):
        migrate(shared_postgres.url_of(OWNER, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(shared_postgres: Postgres, postgres: str, template: str) -> Iterator[str]:
    """The address of a database of this test's own, migrated and otherwise empty, for the owner of its tables."""
    name = sql.Identifier(f"test_{next(numbers)}")
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                name, sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        yield shared_postgres.url_of(OWNER, name.as_string().strip('"'))
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def as_superuser(database: str, postgres: str) -> str:
    """Return the address of a test's database for the superuser of the shared server."""
    name = str(conninfo_to_dict(database)["dbname"])
    return postgres.replace("@/postgres?", f"@/{name}?")


@pytest.fixture(scope="session")
def nats_url(servers_folder: Path) -> Iterator[str]:
    """The address of the nats-server of this worker; streams are shared, so tests name their own."""
    server = Nats(servers_folder)
    server.start()
    yield server.url
    server.stop(PATIENCE_S)
