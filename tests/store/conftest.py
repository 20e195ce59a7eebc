"""What the tests of the store open."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.up.postgres import Postgres
from store.datastore import Datastore
from store.keys import KeyFolder, Keys
from tests.support.record import another_database


@pytest.fixture(scope="module")
def common(shared_postgres: Postgres, postgres: str, template: str) -> Iterator[str]:
    """The address of a migrated database that the tests of a module share, where none minds another."""
    with another_database(shared_postgres, postgres, template) as database:
        yield database


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
