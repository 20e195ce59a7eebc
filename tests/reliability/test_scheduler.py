"""The scheduler under kills, rivals, lost connections and wrong clocks: what time does is told once, and all of it."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cli.schedule import ROLE, Scheduler
from domain.camera import Camera
from domain.camera.life import CONNECT_CAMERA
from domain.case import Case
from domain.case.clocks import Stopped
from domain.commands.application import CaseSystem
from domain.context import Context
from domain.envelope import acting
from policies.rulebook import Rulebook
from projections.follower import Follower
from projections.obligation_lists import ToTell
from projections.obligations import Obligations
from tests.cli.support import eventually
from tests.support.cases import PLATE
from tests.support.faults import die, forking
from tests.support.following import Model, following
from tests.support.installation import app_over
from tests.support.scheduling import (
    CONNECT_BY,
    CONNECTION,
    EVERYTHING,
    INSTANTS,
    once,
    proposed,
    put_up,
    rules,
    said,
    scheduler,
    told_by,
)
from tests.support.servers import as_superuser
from tests.support.soak import sizes
from tests.support.spec import APPROVER, POLICE, SOMEBODY, legal

POINTS = ("found", "decided", "recorded")
"""A clock was found to be told of; what to say was decided; it is on record."""


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """The record, for whoever may do everything."""
    with app_over(database, tmp_path, role="") as app:
        yield app


@pytest.fixture
def shown(database: str, app: CaseSystem) -> Iterator[Model]:
    """The obligations, fed by hand."""
    with Model(database, Obligations(), app) as model:
        yield model


class DyingScheduler(Scheduler):
    """Is killed at a named point of one of the clocks it tells of."""

    point = ""
    left = 0

    def _tell(self, row: ToTell, rules: Rulebook) -> bool:
        self.left -= 1
        if self.left or not self.point:
            return super()._tell(row, rules)
        if self.point == "found":
            die()
        if self.point == "decided":
            self._app.record = lambda *_, **__: die()  # type: ignore[method-assign, assignment]
        wanted = super()._tell(row, rules)
        die()
        return wanted


def tell_until_killed(database: str, keys: str, now: str, point: str, left: int, begun: Connection) -> None:
    """A scheduler that does not live long."""
    with app_over(database, Path(keys), role=ROLE, pool=1) as app:
        at = datetime.fromisoformat(now)
        one = DyingScheduler(database, app, rules(), clock=lambda: at)
        one.point, one.left = point, left
        begun.send_bytes(b"begun")
        one.run(threading.Event())


class TestKilled:
    """`kill -9` between any two steps, and at any moment."""

    @sizes(kills=(36, 600))
    def test_each_is_told_once(
        self,
        database: str,
        tmp_path: Path,
        app: CaseSystem,
        shown: Model,
        counted: Callable[[str], None],
        kills: int,
    ) -> None:
        """However often it is killed, and however late the rows are, every clock is told of once and none is left."""
        context, chance = forking(), random.Random(11)  # noqa: S311 — a seed for a test
        cases, cameras = proposed(app, 50 + kills // 2), put_up(app, 10)
        shown.follow()
        killed = Counter[str]()
        for instant in INSTANTS:
            for n in range(each := kills // len(INSTANTS)):
                heard, speaks = context.Pipe(duplex=False)
                point = POINTS[n % 3] if n < each * 3 // 4 else ""
                child = context.Process(
                    target=tell_until_killed,
                    args=(
                        database,
                        str(tmp_path),
                        instant.isoformat(),
                        point,
                        chance.randint(1, 4),
                        speaks,
                    ),
                    daemon=True,
                )
                child.start()
                speaks.close()
                assert heard.poll(30)
                if not point:
                    threading.Timer(chance.uniform(0.02, 0.15), child.kill).start()
                child.join(60)
                assert child.exitcode == -9
                heard.close()
                killed[point or "any moment"] += 1
                if n % 2:
                    shown.follow()  # otherwise the next one is shown what was told as if it had not been
            told_by(database, tmp_path, shown, instant)
        found = said(app, database)
        assert found == once(cases, *EVERYTHING) + once(cameras, *CONNECTION)
        counted(
            f"scheduler: {killed.total()} kills ({', '.join(f'{n} {at}' for at, n in sorted(killed.items()))}):"
            f" {2 * len(cases) + len(cameras)} clocks, {found.total()} things to tell, each told once"
        )


class TestDown:
    """The scheduler was not there when something came to its end."""

    def test_it_catches_up(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model, counted: Callable[[str], None]
    ) -> None:
        """After a year without it all that was missed is told, and not that it would have been due soon."""
        cases, cameras = proposed(app, 140), put_up(app, 20)
        assert told_by(database, tmp_path, shown, INSTANTS[-1] + timedelta(days=3)) == 300
        assert said(app, database) == (
            once(cases, ("missed", "TRANSFER"), ("missed", "LIMITATION")) + once(cameras, *CONNECTION[1:])
        )
        case = app.find(Case, cases[0].id)
        assert "LIMITATION_EXPIRED" in case.marks
        assert told_by(database, tmp_path, shown, INSTANTS[-1] + timedelta(days=30)) == 0
        counted(
            f"scheduler: a year away, {2 * len(cases) + len(cameras)} clocks missed meanwhile, each told once"
        )

    def test_nothing_before_its_time(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model
    ) -> None:
        """An instant before it is due soon, and an instant before it is over, nothing is told."""
        [case] = proposed(app, 1)
        moment = timedelta(microseconds=1)
        assert told_by(database, tmp_path, shown, legal("2026-06-05 00:00") - moment) == 0
        assert told_by(database, tmp_path, shown, legal("2026-06-05 00:00")) == 1
        assert told_by(database, tmp_path, shown, legal("2026-06-09 00:00") - moment) == 0
        assert said(app, database) == once([case], ("due-soon", "TRANSFER"))
        assert told_by(database, tmp_path, shown, legal("2026-06-09 00:00")) == 1
        assert said(app, database) == once([case], ("due-soon", "TRANSFER"), ("missed", "TRANSFER"))

    def test_a_clock_that_is_set_back(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model
    ) -> None:
        """When the machine's clock goes back, nothing is told again and nothing too early."""
        [case], cameras = proposed(app, 1), put_up(app, 1)
        shown.follow()
        times = [INSTANTS[1], INSTANTS[0], INSTANTS[0] - timedelta(days=400), INSTANTS[1]]
        with scheduler(database, tmp_path, lambda: times.pop(0)) as one, one.connect() as conn:
            assert [one.step(conn) for _ in range(2)] == [2, 0]
            shown.follow()
            assert [one.step(conn) for _ in range(2)] == [0, 0]
        assert said(app, database) == once([case], ("missed", "TRANSFER")) + once(cameras, *CONNECTION[1:])
        [_, missed] = app.events.get(case.id)
        assert isinstance(missed, Case.ClockMissed)
        assert missed.envelope.took_place_at == INSTANTS[1]


class TestRivals:
    """Two at once."""

    def test_both_tell_and_each_is_told_once(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model, counted: Callable[[str], None]
    ) -> None:
        """Where two look at the same clocks at the same moment, the record takes each once."""
        cases = proposed(app, 60)
        shown.follow()
        failed: list[BaseException] = []

        def look(begin: threading.Barrier) -> None:
            try:
                with scheduler(database, tmp_path, INSTANTS[1]) as one, one.connect() as conn:
                    begin.wait(30)
                    while one.step(conn):
                        pass
            except BaseException as error:  # noqa: BLE001 — told by the test
                failed.append(error)

        together = threading.Barrier(3)
        threads = [threading.Thread(target=look, args=(together,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
        assert said(app, database) == once(cases, ("missed", "TRANSFER"))
        counted(f"scheduler: three at once at the same {len(cases)} clocks, each told once")

    def test_one_leads(self, database: str, tmp_path: Path, app: CaseSystem) -> None:
        """Of two that run, one leads; when it ends, the other takes over and goes on."""
        cases = proposed(app, 3)
        times = [INSTANTS[0]]
        with (
            following(Follower(database, Obligations(), app.mapper)),
            scheduler(database, tmp_path, lambda: times[-1]) as one,
            scheduler(database, tmp_path, lambda: times[-1]) as other,
        ):
            with following(one):
                assert one.leading.wait(15)
                with following(other):
                    eventually(lambda: said(app, database) == once(cases, ("due-soon", "TRANSFER")))
                    assert not other.leading.is_set()
            times.append(INSTANTS[1])
            with following(other):
                assert other.leading.wait(15)
                eventually(
                    lambda: (
                        said(app, database) == once(cases, ("due-soon", "TRANSFER"), ("missed", "TRANSFER"))
                    )
                )


class TestInBetween:
    """Something happens to a case while its clock is told of."""

    def test_the_act_was_first(self, database: str, tmp_path: Path, app: CaseSystem, shown: Model) -> None:
        """A clock that was stopped since the row was read is left alone."""
        [case] = proposed(app, 1)
        shown.follow()
        approve(app, case.id, INSTANTS[0])
        with scheduler(database, tmp_path, INSTANTS[0]) as one, one.connect() as conn:
            assert one.step(conn) == 1
            assert one.step(conn) == 0
        assert said(app, database) == Counter()

    def test_others_act_at_the_same_moment(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever is overtaken looks at the case again, and tells what is still so."""
        [case] = proposed(app, 1)
        shown.follow()
        with scheduler(database, tmp_path, INSTANTS[-1]) as one, one.connect() as conn:
            record = one._app.record
            overtaken: list[UUID] = []

            def late(case: Case) -> Any:
                if not overtaken:
                    overtaken.append(approve(app, case.id, INSTANTS[-1]))
                return record(case)

            monkeypatch.setattr(one._app, "record", late)
            assert one.step(conn) == 2
        assert overtaken
        assert said(app, database) == once([case], ("missed", "LIMITATION"))

    def test_the_camera_was_connected_first(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model
    ) -> None:
        """A camera that was connected since the row was read is left alone."""
        [camera] = put_up(app, 1)
        shown.follow()
        with acting(SOMEBODY):
            camera.trigger_event(
                Camera.Connected,
                channel="INTERNET",
                documents=(),
                stopped=(Stopped(timer=CONNECT_CAMERA, due=CONNECT_BY, late=False),),
            )
        app.record(camera)
        with scheduler(database, tmp_path, INSTANTS[1]) as one, one.connect() as conn:
            assert [one.step(conn) for _ in range(2)] == [1, 0]
        assert said(app, database) == Counter()


class TestTrouble:
    """What it needs is away, or cannot be read."""

    def test_lost_connections(
        self, database: str, postgres: str, tmp_path: Path, app: CaseSystem, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Its connections are cut over and over, and it goes on with what is next."""
        cases = proposed(app, 5)
        times = [INSTANTS[0]]
        caplog.set_level(logging.INFO)
        with (
            following(Follower(database, Obligations(), app.mapper)),
            scheduler(database, tmp_path, lambda: times[-1]) as one,
            following(one),
        ):
            for n, instant in enumerate(INSTANTS, start=1):
                times.append(instant)
                expected = once(cases, *EVERYTHING[:n])
                eventually(lambda expected=expected: said(app, database) == expected, within=30)  # type: ignore[misc]
                with psycopg.connect(as_superuser(database, postgres)) as conn:
                    cut = conn.execute(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        " WHERE datname = current_database()"
                        " AND application_name IN ('follower scheduler', 'minhchung_schedule')"
                    ).fetchone()
                assert cut is not None
                assert cut[0] >= 1
        assert said(app, database) == once(cases, *EVERYTHING)
        assert "postgresql:" not in caplog.text

    def test_a_case_that_cannot_be_read(
        self, database: str, tmp_path: Path, app: CaseSystem, shown: Model, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is named once for a person, without a word of what is in it, and every other case is told of."""
        cases = proposed(app, 3)
        shown.follow()
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO events (originator_id, originator_version, topic, state)"
                " VALUES (%s, 2, 'case:teleported', '{}')",
                (cases[1].id,),
            )
        with scheduler(database, tmp_path, INSTANTS[1]) as one, one.connect() as conn:
            conn.execute("INSERT INTO positions (name, position) VALUES ('scheduler', 0)")
            assert [one.step(conn) for _ in range(3)] == [3, 0, 0]
            row = conn.execute("SELECT position, problem FROM positions WHERE name = 'scheduler'").fetchone()
        problem = f"scheduler cannot tell of TRANSFER of case {cases[1].id}: TopicError"
        assert row == (3, problem)
        assert [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL] == [
            problem
        ]
        assert set(said_of(database)) == {cases[0].id, cases[2].id}


def said_of(database: str) -> list[UUID]:
    """The cases that something was told of."""
    with psycopg.connect(database) as conn:
        rows = conn.execute("SELECT originator_id FROM events WHERE topic = 'case:clock-missed'").fetchall()
    return [case_id for (case_id,) in rows]


def approve(app: CaseSystem, case_id: UUID, now: datetime) -> UUID:
    """Let somebody of the Centre approve a case."""
    case = app.find(Case, case_id)
    book = rules()
    context = Context(actor=APPROVER, now=now, rulebook=book.on(now.date()), authority=book.authority)
    case.approve(context, plate=PLATE, recipient=POLICE)
    app.record(case)
    return case_id
