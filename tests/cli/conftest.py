"""Folders and starts for the tests of the command line."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.up.nats import free_port
from tests.cli.support import Up


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that an unprivileged account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="minhchung-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    """The variables of an installation of this test's own."""
    return {"MINHCHUNG_DATA": str(place / "var"), "MINHCHUNG_PORT": str(free_port())}


@pytest.fixture
def up(environment: dict[str, str]) -> Iterator[Callable[..., Up]]:
    """Start `up` on this test's installation; whatever still runs at the end is stopped."""
    started: list[Up] = []

    def start(**asked: Any) -> Up:
        started.append(Up({**environment, **asked.pop("more", {})}, **asked))
        return started[-1]

    yield start
    for one in started:
        one.close()
