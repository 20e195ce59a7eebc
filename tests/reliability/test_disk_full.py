"""Disks that fill up: whoever writes is told so, nothing acknowledged is lost, and with room it goes on (A11)."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import DiskFull

from api.services import AWAY
from cli.migrate import migrate
from cli.up.postgres import DATABASE, SUPERUSER, Postgres
from detection.contracts import wrap
from detection.spool import Spool, SpoolError
from domain.commands.application import CaseSystem
from tests.support.commands import at_once, opened
from tests.support.detections import detection
from tests.support.faults import SmallDisk
from tests.support.installation import app_over
from tests.support.serving import until

CLUSTER = 256 << 20
SPOOL = 1 << 20
BALLAST = "ballast"
ROOM = 2 << 20
"""What is left when the writing begins: less than the tables take, more than the log of changes does."""
MANY = 20_000


@pytest.fixture
def postgres(disk: SmallDisk) -> Iterator[Postgres]:
    """A PostgreSQL that has a disk to itself."""
    place = disk(CLUSTER)
    server = Postgres(place, sockets=place)
    server.start()
    yield server
    server.stop(10)


def fill(place: Path, left: int = 0) -> None:
    """Leave so much room."""
    free = shutil.disk_usage(place).free
    with (place / BALLAST).open("wb", buffering=0) as ballast:
        while free > left:
            free -= ballast.write(bytes(min(free - left, 1 << 20)))


def ended(server: Postgres) -> bool:
    """Whether a server has given up."""
    return server.process is None or server.process.poll() is not None


def written(app: CaseSystem) -> tuple[dict[str, int], Exception | None]:
    """Write until something is refused; what was acknowledged, and the refusal."""
    acknowledged: dict[str, int] = {}
    for n in range(MANY):
        try:
            acknowledged[long(n)] = opened(app, long(n)).position
        except AWAY as error:
            return acknowledged, error
    return acknowledged, None


def long(n: int) -> str:
    """The id of a command, which takes some room."""
    return f"c{n}-{'x' * 500}"


@pytest.mark.timeout(120)
def test_of_the_tables(postgres: Postgres, tmp_path: Path, counted: Callable[[str], None]) -> None:
    """A command that finds the disk full is refused as retryable and leaves nothing; with room it succeeds."""
    migrate(postgres.url)
    with app_over(postgres.url, tmp_path, pool=1) as app:
        fill(postgres.data, ROOM)
        acknowledged, refusal = written(app)
        assert refusal is not None
        assert isinstance(refusal.__cause__, DiskFull)
        refused = long(len(acknowledged))
        with pytest.raises(AWAY):
            opened(app, refused)
        (postgres.data / BALLAST).unlink()
        answer = opened(app, refused)
    stored, events = at_once(postgres.url)
    assert {command: place[2] for command, place in stored.items()} == {
        **acknowledged,
        refused: answer.position,
    }
    assert len(events) == len(stored)
    counted(
        f"A11 1 disk full under the tables: {len(acknowledged)} acknowledged, 0 lost, the next refused as retryable"
        " and done once there was room"
    )


@pytest.mark.timeout(120)
def test_of_the_log_of_changes(postgres: Postgres, tmp_path: Path, counted: Callable[[str], None]) -> None:
    """Where PostgreSQL itself gives up for want of room, what it acknowledged is there when it is started with room."""
    migrate(postgres.url)
    with app_over(postgres.url, tmp_path, pool=1) as app:
        before = opened(app, "before")
        fill(postgres.data)
        with psycopg.connect(postgres.url_of(SUPERUSER, DATABASE), autocommit=True) as conn:
            conn.execute("SELECT pg_switch_wal()")
        with pytest.raises(AWAY):
            opened(app, "during")
        assert until(lambda: ended(postgres), seconds=30)
        (postgres.data / BALLAST).unlink()
        postgres.start()  # as the supervisor does
        again = opened(app, "during")
    stored, events = at_once(postgres.url)
    assert {command: place[2] for command, place in stored.items()} == {
        "before": before.position,
        "during": again.position,
    }
    assert len(events) == len(stored)
    counted(
        "A11 1 disk full under PostgreSQL's log of changes: it gave up, 0 acknowledged lost when it came back"
    )


def test_of_the_spool(disk: SmallDisk, counted: Callable[[str], None]) -> None:
    """A worker whose disk is full is told so, and keeps every proposal that it was told is kept."""
    place = disk(SPOOL)
    with Spool(place / "spool") as spool:
        kept = []
        proposals = [detection(n) for n in range(10_000)]
        with pytest.raises(SpoolError, match="No space left on device"):  # noqa: PT012 — which one is the disk's to say
            for one in proposals:
                spool.put(one.proposal_id, wrap(one))
                kept.append(one.proposal_id)
        assert {waiting.message.proposal_id for waiting in spool.waiting()} == set(kept)
        disk.grow(place, 2 * SPOOL)
        spool.put(proposals[len(kept)].proposal_id, wrap(proposals[len(kept)]))
        assert len(spool) == len(kept) + 1
    counted(
        f"A11 1 disk full under a worker's spool: {len(kept)} kept, 0 lost, the next refused and kept with room"
    )
