"""Followers through lost connections, restarts and rivals (B6, B7)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from cli.migrate import migrate
from cli.up.postgres import OWNER, SUPERUSER, Postgres
from cli.up.server import Server
from domain.commands.application import CaseSystem
from domain.unit import Unit
from projections.directory import Directory
from projections.follower import Follower
from tests.support.installation import app_over, somebody_acts

CATCHES_UP_WITHIN_S = 5.0
DISTURBANCES = 20
ROUNDS = 20


@contextmanager
def following(database: str, app: CaseSystem) -> Iterator[Follower]:
    """A follower of the directory in a thread of its own."""
    follower = Follower(database, Directory(), app.mapper)
    stop = threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        yield follower
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def units_shown(database: str) -> int:
    """How many units the directory shows."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT count(*) FROM directory").fetchone()
    return int(row[0]) if row else 0


def shown_within(database: str, wanted: int) -> float:
    """Seconds until the directory shows as many units."""
    started = time.monotonic()
    while time.monotonic() - started < CATCHES_UP_WITHIN_S * 4:
        try:
            if units_shown(database) >= wanted:
                return time.monotonic() - started
        except psycopg.OperationalError:
            pass
        threading.Event().wait(0.02)
    pytest.fail(f"the directory shows {units_shown(database)} of {wanted} units")


def add_unit(app: CaseSystem, n: int) -> None:
    """One more unit on record."""
    with somebody_acts():
        app.record(Unit(code=f"DOI-{n}", name=f"Đội {n}", kind="OTHER_BODY", area_path="quang-binh"))


class TestDisturbedFollower:
    """B6: the server restarts, the listening connection is killed, a notification never comes."""

    def test_it_catches_up_within_five_seconds(
        self, own_postgres: Postgres, tmp_path: Path, counted: Callable[[str], None]
    ) -> None:
        """After each of 20 disturbances the follower shows what was recorded, within five seconds."""
        admin = own_postgres.url_of(SUPERUSER, "postgres")
        with psycopg.connect(admin, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE followed OWNER {OWNER}")
        database = own_postgres.url_of(OWNER, "followed")
        migrate(database)
        slowest: dict[str, float] = {}
        with app_over(database, tmp_path, pool=1) as app, following(database, app):
            add_unit(app, 0)
            shown_within(database, 1)
            for n in range(1, DISTURBANCES + 1):
                kind = ("restarted", "killed", "unnotified")[n % 3]
                if kind == "restarted":
                    Server.stop(own_postgres, 10)  # the server alone: its address stays
                    own_postgres.start()
                    add_unit(app, n)
                elif kind == "killed":
                    with psycopg.connect(admin) as conn:
                        conn.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name = 'follower directory' AND datname = 'followed'"
                        )
                    add_unit(app, n)
                else:
                    with psycopg.connect(database) as conn:  # past the recorder, so without its notification
                        conn.execute(
                            "INSERT INTO events (originator_id, originator_version, topic, state)"
                            " SELECT gen_random_uuid(), 1, topic, state FROM events LIMIT 1"
                        )
                took = shown_within(database, n + 1)
                slowest[kind] = max(slowest.get(kind, 0.0), took)
        assert max(slowest.values()) <= CATCHES_UP_WITHIN_S
        assert units_shown(database) == DISTURBANCES + 1
        figures = ", ".join(f"{kind} {took:.1f} s" for kind, took in sorted(slowest.items()))
        counted(f"B6 {DISTURBANCES} disturbances of a follower, all caught up; slowest: {figures}")


class TestRivalFollowers:
    """B7: two instances run one read model; one leads."""

    def test_one_leads_and_the_other_takes_over(
        self, database: str, tmp_path: Path, counted: Callable[[str], None]
    ) -> None:
        """Twenty times two start together: never do both lead, every event is applied once, the rest takes over."""
        with app_over(database, tmp_path) as app:
            for n in range(ROUNDS):
                with following(database, app) as one, following(database, app) as other:
                    add_unit(app, n)
                    shown_within(database, n + 1)
                    assert [one.leading.is_set(), other.leading.is_set()].count(True) == 1
            with following(database, app) as one:
                assert one.leading.wait(10)
                with following(database, app) as other:
                    assert not other.leading.is_set()
                    with psycopg.connect(database) as conn:
                        conn.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name = 'follower directory' AND datname = current_database()"
                        )
                    add_unit(app, ROUNDS)
                    shown_within(database, ROUNDS + 1)
                    assert [one.leading.is_set(), other.leading.is_set()].count(True) == 1
        assert units_shown(database) == ROUNDS + 1
        counted(f"B7 {ROUNDS} starts of two rival followers: one led each time, every event applied once")
