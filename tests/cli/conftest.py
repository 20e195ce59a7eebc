"""Folders and starts for the tests of the command line."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.up.nats import free_port
from cli.up.postgres import Postgres
from cli.up.server import PATIENCE_S
from tests.cli.support import Up


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that an unprivileged account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="minhchung-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made(servers_folder: Path) -> Path:
    """A data folder with a cluster that was started once; for copies, which take less time than making one."""
    folder = servers_folder / "made"
    folder.mkdir()
    folder.chmod(0o711)
    server = Postgres(folder, durable=False, sockets=servers_folder)
    server.start()
    server.stop(PATIENCE_S)
    shutil.rmtree(folder / "run")
    return folder


def copy(source: Path, target: Path) -> None:
    """Copy a data folder with the owners of its parts."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # noqa: S607


@pytest.fixture
def data(made: Path, place: Path) -> Path:
    """A data folder of this test's own, with a cluster."""
    copy(made, place / "data")
    return place / "data"


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    """The variables of an installation of this test's own."""
    return {"MINHCHUNG_DATA": str(place / "var"), "MINHCHUNG_PORT": str(free_port())}


@pytest.fixture
def up(environment: dict[str, str], made: Path) -> Iterator[Callable[..., Up]]:
    """Start `up` on this test's installation, *fresh* or with a cluster; what still runs at the end is stopped."""
    started: list[Up] = []

    def start(*, fresh: bool = False, **asked: Any) -> Up:
        folder = Path(environment["MINHCHUNG_DATA"])
        if not fresh and not folder.exists():
            copy(made, folder)
        started.append(Up({**environment, **asked.pop("more", {})}, **asked))
        return started[-1]

    yield start
    for one in started:
        one.close()
