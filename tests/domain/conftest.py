"""The record as `serve` opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.unit import Unit
from tests.support.record import opened
from tests.support.spec import CITY, SOMEBODY


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The key folder of this test."""
    return tmp_path / "keys"


@pytest.fixture
def app(database: str, keys: Path) -> Iterator[CaseSystem]:
    """The record as `serve` opens it, with the unit that cases are handed to."""
    with opened(database, keys) as app:
        with acting(SOMEBODY):
            app.record(Unit(code="CATP", name="Công an thành phố", kind="CITY_POLICE", area_path=CITY))
        yield app
