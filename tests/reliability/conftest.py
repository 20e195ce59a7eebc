"""Folders for servers of a test's own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that an unprivileged account may pass through."""
    with tempfile.TemporaryDirectory(prefix="minhchung-out-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
