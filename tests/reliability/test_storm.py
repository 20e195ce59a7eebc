"""Many who write at once, to one noun and across many: one winner a version, nobody waits for nobody (B2, B3)."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from uuid import UUID

import psycopg
from eventsourcing.persistence import RecordConflictError

from domain.commands.application import CaseSystem
from domain.errors import VersionConflict
from domain.unit import Unit
from tests.support.commands import events_at, opened, renamed
from tests.support.installation import app_over, somebody_acts
from tests.support.soak import sizes

THREADS = 16
ROUNDS = 60
WRITERS = 8
TOGETHER = 10
"""Of so many acts of a writer one is on two nouns at once."""


class TestOneNoun:
    """B2: sixteen who have all seen the same version."""

    @sizes(nouns=(1, 104))
    def test_one_winner_a_version(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], nouns: int
    ) -> None:
        """Of sixteen who decide on one version, one is told it won, and what is on record is what that one said."""
        with app_over(database, tmp_path, pool=THREADS) as app, ThreadPoolExecutor(THREADS) as people:
            for noun in range(nouns):
                unit_id = opened(app, f"c{noun}").id
                won: list[str] = []
                for n in range(1, ROUNDS + 1):
                    together = Barrier(THREADS)
                    # every other round as a command that names the version it saw, and as a bare append
                    attempt = commanded if n % 2 else appended
                    told = people.map(partial(attempt, app, unit_id, n, together), range(THREADS))
                    [name] = [name for name in told if name is not None]
                    won.append(name)
                said = [event.name for event in app.events.get(unit_id) if isinstance(event, Unit.Renamed)]
                assert said == won
        versions = [version for _, version in events_at(database).values()]
        assert sorted(versions) == sorted(list(range(1, ROUNDS + 2)) * nouns)
        rounds = nouns * ROUNDS
        counted(
            f"B2 {rounds} rounds of {THREADS} on one version: {rounds} won,"
            f" {rounds * (THREADS - 1)} were told of a conflict, 0 double winners"
        )


def commanded(app: CaseSystem, unit_id: UUID, version: int, together: Barrier, person: int) -> str | None:
    """Send a command on a version, with the others; what it said if it won."""
    name = f"Đội {version}.{person}"
    together.wait(30)
    try:
        answer = renamed(app, unit_id, f"{unit_id}-{version}-{person}", name, expected=version)
    except VersionConflict:
        return None
    assert answer.version == version + 1
    return name


def appended(app: CaseSystem, unit_id: UUID, version: int, together: Barrier, person: int) -> str | None:
    """Decide on a version and append once all have decided; what it said if it won."""
    name = f"Đội {version}.{person}"
    unit = app.find(Unit, unit_id, expected=version)
    with somebody_acts():
        unit.rename(name)
    together.wait(30)
    try:
        app.record(unit)
    except RecordConflictError:
        return None
    return name


class TestManyNouns:
    """B3: eight writers across a thousand nouns."""

    @sizes(nouns=(1_000, 125_000))
    def test_nobody_waits_for_nobody(
        self, database: str, tmp_path: Path, counted: Callable[[str], None], nouns: int
    ) -> None:
        """Each writes to each, in an order of their own, some to two at once: all of it is there, none deadlocked."""
        with app_over(database, tmp_path, pool=WRITERS) as app, ThreadPoolExecutor(WRITERS) as writers:
            with somebody_acts():
                units = [
                    Unit(code=f"DOI-{n}", name="Đội", kind="OTHER_BODY", area_path="quang-binh")
                    for n in range(nouns)
                ]
            for first in range(0, nouns, 500):
                app.record_all(units[first : first + 500])
            ids = [unit.id for unit in units]
            waits = [
                wait for each in writers.map(partial(written, app, ids), range(WRITERS)) for wait in each
            ]
        written_to = events_at(database).values()
        assert sorted(written_to) == sorted((unit, n) for unit in ids for n in range(1, WRITERS + 2))
        with psycopg.connect(database) as conn:
            row = conn.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert row == (0,)
        counted(
            f"B3 {WRITERS} writers across {nouns} nouns: {len(written_to)} events, 0 deadlocks, 0 lost;"
            f" p99 of an act with what it repeated {1000 * quantiles(waits, n=100)[98]:.0f} ms"
        )


def written(app: CaseSystem, ids: list[UUID], writer: int) -> list[float]:
    """Write to every noun once, whatever the others do meanwhile; how long each act took."""
    chance = random.Random(writer)  # noqa: S311 — an order, no secret
    left, waits = chance.sample(ids, len(ids)), []
    while left:
        some = [left.pop() for _ in range(min(len(left), 2 if len(left) % TOGETHER == 0 else 1))]
        began = time.monotonic()
        while not rewritten(app, some, writer):
            pass
        waits.append(time.monotonic() - began)
    return waits


def rewritten(app: CaseSystem, some: list[UUID], writer: int) -> bool:
    """Rename one noun by a command, or two in one transaction; whether nobody got in between."""
    name = f"Đội {writer}"
    try:
        if len(some) == 1:
            renamed(app, some[0], f"{writer}-{some[0]}", name)
        else:
            units = [app.find(Unit, one) for one in some]
            with somebody_acts():
                for unit in units:
                    unit.rename(name)
            app.record_all(units)
    except (VersionConflict, RecordConflictError):
        return False
    return True
