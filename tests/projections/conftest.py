"""A record that the tests of a module share."""

from collections.abc import Iterator

import pytest

from cli.up.postgres import Postgres
from domain.commands.application import CaseSystem
from tests.support.record import another_database, opened


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
