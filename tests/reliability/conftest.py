"""Folders for servers of a test's own, and disks that fill up."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faults import SmallDisk


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that an unprivileged account may pass through."""
    with tempfile.TemporaryDirectory(prefix="minhchung-out-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    """Disks of a test's own, as small as it likes."""
    disks = SmallDisk()
    yield disks
    disks.unmount()
