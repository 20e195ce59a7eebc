"""Succession under kills: everything a unit left open passes to its successor, each thing once."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from cli.schedule import ROLE, Scheduler
from cli.succession import Succession
from domain.account import Account
from domain.camera import Camera
from domain.case import Case
from domain.commands.account import open_account
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.guidance import Guidance
from domain.succession import CaseSucceeded
from domain.unit import Unit
from domain.unit_guards import Left
from policies.rulebook import Rulebook
from projections import (
    breach_log,
    duty_roster,
    guidance_log,
    incident_log,
    obstacle_log,
    recommendation_log,
    shift_log,
    work_order_log,
)
from projections.camera_registry import CameraRegistry
from projections.case_queue import CaseQueue
from projections.directory import Directory
from projections.extraction_log import ExtractionLog
from projections.follower import ReadModel
from projections.obligations import Obligations
from projections.succession import LeftOpen
from tests.support.faults import die, forking
from tests.support.following import Model
from tests.support.guidance_examples import GUIDANCE, GUIDANCE_EVENTS
from tests.support.installation import app_over
from tests.support.record import camera, events_of, happened
from tests.support.scheduling import proposed, rules
from tests.support.soak import sizes
from tests.support.spec import CENTRE, CITY, SOMEBODY, fact, legal
from tests.support.succession_examples import open_work

NOW = legal("2026-06-02 09:00")
DOCUMENT = "16/NQ-HĐND"
POINTS = ("found", "recorded")
"""A thing was found to pass; that it passed is on record."""
READ_MODELS = (Directory, CameraRegistry, CaseQueue, ExtractionLog, Obligations)
REGISTERS = (
    breach_log.LOG,
    duty_roster.LOG,
    guidance_log.LOG,
    incident_log.LOG,
    obstacle_log.LOG,
    recommendation_log.LOG,
    shift_log.LOG,
    work_order_log.LOG,
)


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """The record, for whoever may do everything."""
    with app_over(database, tmp_path, role="") as app:
        yield app


@pytest.fixture
def follow(database: str, app: CaseSystem) -> Iterator[Callable[[], None]]:
    """Let every read model show all there is."""
    with ExitStack() as stack:
        made: list[ReadModel] = [*(one() for one in READ_MODELS), *REGISTERS]
        models = [stack.enter_context(Model(database, one, app)) for one in made]

        def follow() -> None:
            for model in models:
                model.follow()

        yield follow


def standing(app: CaseSystem) -> tuple[Unit, Unit]:
    """A Centre with a camera, a person, a part, guidance and work in hand, and the one that will follow it."""
    with acting(SOMEBODY):
        old = Unit(code="TTGS", name="Trung tâm cũ", kind="OPERATIONS_CENTRE", area_path=CITY)
        new = Unit(code="TTGS-2", name="Trung tâm mới", kind="OPERATIONS_CENTRE", area_path=CITY)
        part = Unit(
            code="TO", name="Tổ", kind="OTHER_BODY", area_path=CITY, parent_unit_id=Unit.create_id("TTGS")
        )
        app.record_all([old, new, part, camera()])
        open_account(
            app, name="somebody", full_name="Nguyễn Thị Mẫu", unit_id=old.id, role="APPROVER", leader=False
        )
    assert old.id == CENTRE.id
    issued = fact(Guidance.Issued, **GUIDANCE_EVENTS[Guidance.Issued][1]).under(unit_id=old.id)
    happened(app, Guidance, GUIDANCE, issued)
    for noun, (subject_id, facts) in open_work(old.id).items():
        happened(app, noun, subject_id, *facts)
    return old, new


WORK = [subject_id for subject_id, _ in open_work(CENTRE.id).values()]
"""What it has in hand."""


def end(app: CaseSystem, gone: Unit, successor: Unit | None) -> None:
    """The unit ends by a document."""
    with acting(SOMEBODY):
        gone.cease(at=NOW, successor=successor, document=DOCUMENT)
    app.record(gone)


def passed_of(app: CaseSystem, database: str) -> Counter[UUID]:
    """How often each thing passed, as the log has it."""
    with psycopg.connect(database) as conn:
        rows = conn.execute(
            "SELECT originator_id, count(*) FROM events"
            " WHERE topic LIKE '%:succeeded' OR topic = 'unit:moved' GROUP BY originator_id"
        ).fetchall()
    return Counter(dict(rows))


def looked(app: CaseSystem, database: str, follow: Callable[[], None], now: datetime = NOW) -> int:
    """Let one scheduler look until it has nothing left to do; how many things it looked at."""
    seen = 0
    with app_over(database, Path(app.env["MINHCHUNG_KEYS"]), role=ROLE, pool=1) as own:
        one = Scheduler(database, own, rules(), clock=lambda: now)
        with one.connect() as conn:
            follow()
            while new := one.step(conn):
                seen += new
                follow()
    return seen


class DyingSuccession(Succession):
    """Is killed at a named point of one of the things it lets pass."""

    point = ""
    left = 0

    def _pass(self, row: LeftOpen, now: datetime, rules: Rulebook) -> bool:
        self.left -= 1
        if not self.left and self.point == "found":
            die()
        wanted = super()._pass(row, now, rules)
        if not self.left:
            die()
        return wanted


def pass_until_killed(database: str, keys: str, point: str, left: int, begun: Connection) -> None:
    """A scheduler that does not live long."""
    with app_over(database, Path(keys), role=ROLE, pool=1) as app:
        one = Scheduler(database, app, rules(), clock=lambda: NOW)
        dying = DyingSuccession(app)
        dying.point, dying.left = point, left
        one._succession = dying
        begun.send_bytes(b"begun")
        one.run(threading.Event())


@sizes(kills=(12, 300))
def test_each_passes_once(
    database: str,
    tmp_path: Path,
    app: CaseSystem,
    follow: Callable[[], None],
    counted: Callable[[str], None],
    kills: int,
) -> None:
    """However often it is killed, and however late the rows are, what is open passes once."""
    context, chance = forking(), random.Random(7)  # noqa: S311 — a seed for a test
    old, new = standing(app)
    cases = proposed(app, kills * 3)
    end(app, old, new)
    follow()
    for n in range(kills):
        heard, speaks = context.Pipe(duplex=False)
        child = context.Process(
            target=pass_until_killed,
            args=(database, str(tmp_path), POINTS[n % 2], chance.randint(1, 3), speaks),
            daemon=True,
        )
        child.start()
        speaks.close()
        assert heard.poll(30)
        child.join(60)
        assert child.exitcode == -9
        heard.close()
        if n % 3 == 0:
            follow()  # otherwise the next one is shown what has passed as if it had not
    looked(app, database, follow)
    account, part, source = Account.create_id("somebody"), Unit.create_id("TO"), Camera.create_id("DH-NT-01")
    assert passed_of(app, database) == Counter(
        [*(case.id for case in cases), account, part, source, GUIDANCE, *WORK]
    )
    assert {app.find(Case, case.id).holder_unit_id for case in cases} == {new.id}
    assert app.find(Account, account).unit_id == new.id
    assert app.find(Camera, source).owner_unit == new.id
    assert app.find(Unit, part).parent_unit_id == new.id
    assert app.find(Guidance, GUIDANCE).owner_unit == new.id
    [event] = [e for e in events_of(app, cases[0].id) if isinstance(e, CaseSucceeded)]
    assert (event.document, event.envelope.rule, event.envelope.reason) == (
        DOCUMENT,
        "R-DH-3.10.0",
        DOCUMENT,
    )
    assert looked(app, database, follow) == 0
    counted(f"succession: {kills} kills, {len(cases) + 4 + len(WORK)} things, each passed once")


def test_what_is_shown(app: CaseSystem, database: str, follow: Callable[[], None]) -> None:
    """Queue and obligations show the successor, with everybody who had it; the unit keeps its name."""
    old, new = standing(app)
    proposed(app, 3)
    end(app, old, new)
    looked(app, database, follow)
    with psycopg.connect(database) as conn:
        units = conn.execute("SELECT DISTINCT owner_unit, detecting_unit_id FROM case_queue").fetchall()
        owed = conn.execute(
            "SELECT DISTINCT unit_id, owner_unit, detecting_unit_id, jsonb_array_length(holders::jsonb)"
            " FROM obligations WHERE NOT ended AND noun = 'CASE'"
        ).fetchall()
        repairs = conn.execute(
            "SELECT unit_id, owner_unit, jsonb_array_length(holders::jsonb)"
            " FROM obligations WHERE NOT ended AND noun = 'INCIDENT'"
        ).fetchall()
        names = conn.execute(
            "SELECT name FROM directory WHERE subject_id = %s ORDER BY since", [old.id]
        ).fetchall()
    assert units == [(new.id, new.id)]
    assert owed == [(new.id, new.id, new.id, 2)]
    assert repairs == [(new.id, new.id, 2)]
    assert {name for (name,) in names} == {"Trung tâm cũ"}


def test_not_yet(app: CaseSystem, database: str, follow: Callable[[], None]) -> None:
    """Until the day the unit ends, it keeps what it has."""
    old, new = standing(app)
    proposed(app, 1)
    with acting(SOMEBODY):
        old.cease(at=legal("2026-07-01 00:00"), successor=new, document=DOCUMENT)
    app.record(old)
    looked(app, database, follow)
    assert passed_of(app, database) == Counter()
    looked(app, database, follow, legal("2026-07-01 00:00"))
    assert passed_of(app, database).total() == 5 + len(WORK) - 1  # the duty of June was done


def test_nobody_follows(app: CaseSystem, database: str, follow: Callable[[], None]) -> None:
    """Without a successor nothing passes; what is left is told once, until one is named."""
    old, new = standing(app)
    proposed(app, 2)
    end(app, old, None)
    for _ in range(2):
        looked(app, database, follow)
    [told] = [e for e in events_of(app, old.id) if isinstance(e, Unit.WorkLeft)]
    assert told.left == Left(
        accounts=1,
        breaches=1,
        cameras=1,
        cases=2,
        incidents=1,
        obstacles=1,
        recommendations=1,
        rosters=1,
        shifts=1,
        units=1,
        work_orders=1,
    )
    assert passed_of(app, database) == Counter()
    gone = app.find(Unit, old.id)
    with acting(SOMEBODY):
        gone.name_successor(new, document="17/NQ", now=SOMEBODY.took_place_at, rule=None)
    app.record(gone)
    looked(app, database, follow)
    assert passed_of(app, database).total() == 6 + len(WORK)
