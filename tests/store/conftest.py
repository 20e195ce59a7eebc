"""What the tests of the store open."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cli.up.postgres import OWNER, Postgres
from store.datastore import Datastore
from store.keys import KeyFolder, Keys
from tests.support.servers import numbers


@pytest.fixture(scope="module")
def common(shared_postgres: Postgres, postgres: str, template: str) -> Iterator[str]:
    """The address of a migrated database that the tests of a module share, where none minds another."""
    name = f"common_{next(numbers)}"
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        yield shared_postgres.url_of(OWNER, name)
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def datastore(common: str) -> Iterator[Datastore]:
    """A pool over the module's database, under the role of `serve`."""
    with Datastore(common, role="minhchung_serve", pool_size=2, max_overflow=10) as datastore:
        yield datastore


@pytest.fixture(scope="module")
def owner(common: str) -> Iterator[Datastore]:
    """A pool over the module's database, for the owner of its tables."""
    with Datastore(common, role=None, pool_size=1) as datastore:
        yield datastore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    """The key folder of the module; it does not exist yet."""
    return KeyFolder(Path(tmp_path_factory.mktemp("installation")) / "keys")


@pytest.fixture(scope="module")
def keys(datastore: Datastore, folder: KeyFolder) -> Keys:
    """The keys of the module's installation."""
    return Keys(datastore, folder)
