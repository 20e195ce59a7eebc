"""Every read model can be thrown away, also beside the live one: whatever the batches, it is the same fold."""

import random
from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from eventsourcing.domain import Aggregate
from psycopg import sql

from domain.account import Account
from domain.area import Area
from domain.camera import Camera
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.extraction import FootageExtraction
from domain.obstacle import Obstacle
from domain.personal import Personal
from domain.reading import Attempt, Reading
from domain.recommendation import Recommendation
from domain.recording import Recording
from domain.report import Report
from domain.unit import Unit
from projections import READ_MODELS
from projections.all import read_models
from projections.follower import ReadModel
from projections.rebuild import NotRebuiltError, Progress, Rebuild, Rebuilt
from tests.support.breach_examples import breached
from tests.support.camera_examples import CAMERA_EVENTS
from tests.support.cases import NOTIFIED, RECEIVED, STARTED, approved, concluded, detected, discarded, stopped
from tests.support.client_examples import CLIENT_EVENTS
from tests.support.client_examples import NOUNS as CLIENTS
from tests.support.extractions import DAMAGED, LOOK, REFUSED, WAYS, kept, requested
from tests.support.following import Model
from tests.support.guidance_examples import GUIDANCE_EVENTS
from tests.support.guidance_examples import NOUNS as SHARED
from tests.support.histories import cameras_used, staff
from tests.support.office_examples import OFFICE_EVENTS
from tests.support.operation_examples import NOUNS as OPERATION
from tests.support.operation_examples import OPERATION_EVENTS
from tests.support.spec import CENTRE, CITY, NOW, Fact, fact, recorded

ORDER: dict[str, LiteralString] = {
    "directory": "subject_id, since",
    "camera_registry": "camera_id",
    "case_queue": "case_id",
    "case_detail": "case_id",
    "recordings": "recording_id",
    "extraction_log": "extraction_id",
    "access_log": "position",
    "obligations": "subject_id, timer, run",
    "case_facts": "position, n",
    "report_log": "report_id",
    "recommendation_log": "recommendation_id",
    "obstacle_log": "obstacle_id",
    "areas": "area_id",
    "camera_uses": "use_id",
    "account_log": "account_id",
    "account_review_log": "review_id",
    "outages": "camera_id, began_position",
    "device_diary": "camera_id, position",
    "incident_log": "incident_id",
    "work_order_log": "order_id",
    "client_register": "client_id",
    "shift_log": "shift_id",
    "duty_roster": "roster_id",
    "breach_log": "breach_id",
    "guidance_log": "guidance_id",
    "acknowledgement_log": "guidance_id, account_id",
}
CASES = 60


def histories(chance: random.Random) -> list[tuple[type[Aggregate], UUID, list[Fact]]]:
    """Return units, accounts, cameras and cases, each come some of its way."""
    found: list[tuple[type[Aggregate], UUID, list[Fact]]] = []
    for n in range(10):
        unit, account, camera = UUID(int=0x100 + n), UUID(int=0x200 + n), UUID(int=0x300 + n)
        names = chance.randint(0, 3)
        registered = fact(Unit.Registered, code=f"U-{n}", name="Đơn vị", kind="OTHER_BODY", area_path=CITY)
        found.append((Unit, unit, [registered, *(fact(Unit.Renamed, name=f"Tên {i}") for i in range(names))]))
        person = fact(
            Account.Opened,
            name=f"person.{n}",
            full_name=Personal.said(account, "Nguyễn Thị Mẫu"),
            unit_id=unit,
            role="APPROVER",
            leader=False,
        )
        later = [
            fact(Account.Renamed, full_name=Personal.said(account, "Trần Thị Mẫu"), document="9/QĐ"),
            fact(Account.PasswordSet),
        ]
        found.append((Account, account, [person, *chance.sample(later, k=chance.randint(0, 2))]))
        installed = fact(
            Camera.Registered,
            code=f"C-{n}",
            name="Camera",
            camera_class="SMART_CITY",
            domain="TRAFFIC",
            area_path=f"{CITY}/nam-ly",
            operating_unit_id=CENTRE.id,
            kind="OTHER",
            placement="PUBLIC",
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        )
        life = [fact(event, **said) for event, said in CAMERA_EVENTS.items()]
        found.append(
            (Camera, camera, [installed, *life[: chance.randint(0, len(life))], *([life[0]] * (n == 0))])
        )
        recording, extraction = UUID(int=0x500 + n), UUID(int=0x600 + n)
        found.append((Recording, recording, [kept(camera), *([DAMAGED] if n % 3 == 0 else [])]))
        way = [requested(extraction, n), *WAYS[n % len(WAYS)]]
        found.append((FootageExtraction, extraction, way[: chance.randint(1, len(way))]))
        found.append((Reading, UUID(int=0x700 + n), [LOOK]))
        found.append((Attempt, UUID(int=0x800 + n), [REFUSED]))
        found += office(n, chance.randint(1, 3))
        found += cameras_used(n, chance.randint(1, 7))
        found += staff(n, chance.randint(1, 20))
        found.append(breached(n, chance.randint(1, 6)))
    for n in range(5):
        area = {"name": "Phường", "kind": "COMMUNE", "valid_from": NOW, "document": None, "boundary": None}
        way = [
            fact(Area.Registered, area_path=f"quang-binh/p-{n}", **area),
            fact(Area.Renamed, name="Phường mới", document=None),
            fact(Area.Ended, ended_at=NOW, successor_path=None, document="16/NQ"),
        ]
        found.append((Area, Area.create_id(f"quang-binh/p-{n}"), way[: chance.randint(1, 3)]))
    for n in range(CASES):
        case = UUID(int=0x400 + n)
        proposed = detected(number=f"DH-2026-{n:06d}", proposal_id=UUID(int=0x900 + n))
        way = [
            proposed,
            approved(case),
            RECEIVED,
            STARTED,
            concluded(case, stopped=(stopped("VERIFY", late=n % 2 == 0),)),
            NOTIFIED,
        ]
        far = chance.randint(0, len(way))
        found.append((Case, case, way[:far] if far else [proposed, discarded(case)]))
    return found


def office(n: int, far: int) -> list[tuple[type[Aggregate], UUID, list[Fact]]]:
    """Return a report, a recommendation, an obstacle, and what runs the system, each come some of its way."""
    ways: dict[type[Aggregate], list[Fact]] = {}
    for cls, (_, said) in (
        *OFFICE_EVENTS.items(),
        *OPERATION_EVENTS.items(),
        *GUIDANCE_EVENTS.items(),
        *CLIENT_EVENTS.items(),
    ):
        nouns: tuple[type[Aggregate], ...] = (Report, Recommendation, Obstacle, *OPERATION, *SHARED, *CLIENTS)
        noun = next(noun for noun in nouns if cls in vars(noun).values())
        number = {name: f"DH-XX-2026-{n:06d}" for name in said if name in {"number", "code"}}
        ways.setdefault(noun, []).append(fact(cls, **{**said, **number}).under(unit_id=CENTRE.id))
    return [(noun, UUID(int=0x10000 * (1 + i) + n), way[:far]) for i, (noun, way) in enumerate(ways.items())]


@pytest.fixture(scope="module")
def log(app: CaseSystem) -> int:
    """A log of all of them mixed, appended a few at a time; how many events it has."""
    chance = random.Random(0x5EED)  # noqa: S311 — a mixture, not a secret
    waiting = [recorded(facts, cls, noun) for cls, noun, facts in histories(chance)]
    events = []
    while waiting:
        one = chance.choice(waiting)
        events.append(app.mapper.to_stored_event(one.pop(0)))
        waiting = [rest for rest in waiting if rest]
    count = len(events)
    while events:
        size = chance.randint(1, 9)
        app.recorder.insert_events(events[:size])
        events = events[size:]
    return count


@pytest.fixture(params=read_models(), ids=lambda model: str(model.name))
def model(request: pytest.FixtureRequest, common: str, app: CaseSystem, log: int) -> Iterator[Model]:
    """Each read model, fed with all there is at once."""
    read_model: ReadModel = request.param
    with Model(common, read_model, app) as model:
        model.empty()
        assert model.follow() == log
        yield model


@pytest.mark.parametrize("batch", [1, 2, 7, 50, 1000])
def test_whatever_the_batches(model: Model, log: int, batch: int) -> None:
    """One by one or all at once, the rows are the same, and so is the position."""
    order = ORDER[model.follower.name]
    rows, standing = model.rows(order), model.standing()
    model.empty()
    assert model.follow(batch) == log
    assert (model.rows(order), model.standing()) == (rows, standing)


def test_batches_of_any_size(model: Model, log: int) -> None:
    """Batches as they come give the same rows as well."""
    order = ORDER[model.follower.name]
    rows = model.rows(order)
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311 — as above
        model.empty()
        while model.follower.step(model.conn, chance.randint(1, 40)):
            pass
        assert model.rows(order) == rows


def test_every_read_model_is_known_by_name() -> None:
    """What is shown as ready, and offered to be rebuilt, is every read model."""
    assert sorted(READ_MODELS) == sorted(model.name for model in read_models())


def test_there_is_something_to_compare(common: str, app: CaseSystem, log: int) -> None:
    """The mixture reaches every state, so that equality says something."""
    with Model(common, next(m for m in read_models() if m.name == "case_queue"), app) as queue:
        queue.follow()
        states = queue.conn.execute("SELECT DISTINCT state FROM case_queue ORDER BY state").fetchall()
        count = queue.conn.execute("SELECT count(*) FROM case_queue").fetchone()
    assert [state for (state,) in states] == [
        "APPROVED",
        "CONCLUDED",
        "DETECTED",
        "DISCARDED",
        "RECEIVED",
        "VERIFYING",
    ]
    assert count == (CASES,)


# -- beside the live one --------------------------------------------------------


@pytest.fixture
def rebuild(model: Model) -> Rebuild:
    """A rebuild of a read model that has followed the whole log."""
    return Rebuild(model.follower)


class Damage:
    """What may have happened to the rows of a read model, whichever it is."""

    def __init__(self, model: Model) -> None:
        self._conn, self._table = model.conn, sql.Identifier(model.follower.read_model.table)
        self._types = dict(
            model.conn.execute(
                "SELECT column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
                [model.follower.read_model.table],
            ).fetchall()
        )

    def lost(self) -> None:
        """One row is gone."""
        self._run("DELETE FROM {0} WHERE ctid = (SELECT ctid FROM {0} ORDER BY ctid LIMIT 1)")

    def changed(self) -> None:
        """One row is not what it was."""
        self._run(
            "UPDATE {0} SET tier = tier + 1, area_path = area_path || '/x'"
            " WHERE ctid = (SELECT ctid FROM {0} ORDER BY ctid LIMIT 1)"
        )

    def strange(self) -> None:
        """One row is there that no event made."""
        other = {"uuid": "gen_random_uuid()", "text": "{} || 'x'", "bigint": "{} + 1000000"}
        columns = sql.SQL(", ").join(
            # a table may know which states there are
            sql.SQL("{}" if name == "state" else other.get(kind, "{}")).format(sql.Identifier(name))
            for name, kind in self._types.items()
        )
        self._conn.execute(
            sql.SQL("INSERT INTO {0} SELECT {1} FROM {0} LIMIT 1").format(self._table, columns)
        )

    def _run(self, statement: LiteralString) -> None:
        assert self._conn.execute(sql.SQL(statement).format(self._table)).rowcount == 1


class TestBeside:
    """`rebuild` leaves a read model as the log says, whatever it was before, and readers none the wiser."""

    def test_nothing_differs(self, model: Model, rebuild: Rebuild, log: int) -> None:
        """Where all is well no row is written, and the position stays."""
        places: LiteralString = "SELECT ctid, xmin FROM {} ORDER BY ctid"
        table = sql.Identifier(model.follower.read_model.table)
        before = model.conn.execute(sql.SQL(places).format(table)).fetchall()
        standing = model.standing()
        assert rebuild.run() == Rebuilt(log, len(before), 0)
        assert model.conn.execute(sql.SQL(places).format(table)).fetchall() == before
        assert model.standing() == standing

    def test_damage_is_mended(self, model: Model, rebuild: Rebuild, log: int) -> None:
        """A row lost, one changed and one too many are told and mended, and nothing else is touched."""
        order = ORDER[model.follower.name]
        rows, standing, damage = model.rows(order), model.standing(), Damage(model)
        damage.lost()
        damage.changed()
        damage.strange()
        assert rebuild.run() == Rebuilt(log, len(rows), 3)
        assert (model.rows(order), model.standing()) == (rows, standing)
        assert Rebuild(model.follower).run().differed == 0

    @pytest.mark.rule("R-QT-10.2.a")
    def test_everything_lost(self, model: Model, rebuild: Rebuild, log: int) -> None:
        """An emptied table is filled again."""
        order = ORDER[model.follower.name]
        rows = model.rows(order)
        model.conn.execute(f"TRUNCATE {model.follower.read_model.table}")
        assert rebuild.run() == Rebuilt(log, len(rows), len(rows))
        assert model.rows(order) == rows

    def test_a_follower_that_is_behind_stays_there(self, model: Model, log: int) -> None:
        """Rows are compared as of the live position, not of the head: being behind is no difference."""
        model.empty()
        model.follower.step(model.conn, log // 2)
        rows, standing = model.rows(ORDER[model.follower.name]), model.standing()
        assert Rebuild(model.follower).run() == Rebuilt(log // 2, len(rows), 0)
        assert model.standing() == standing
        assert model.follow() == log - log // 2

    @pytest.mark.parametrize(
        "wrong",
        [
            "UPDATE positions SET position = position + 100000 WHERE name = %s",
            "DELETE FROM positions WHERE name = %s",
        ],
    )
    def test_a_wrong_position(self, model: Model, rebuild: Rebuild, log: int, wrong: LiteralString) -> None:
        """A position beyond the log, or none at all, becomes that of the last event; the rows stay."""
        rows, standing = model.rows(ORDER[model.follower.name]), model.standing()
        with psycopg.connect(model.database) as conn:
            conn.execute(wrong, [model.follower.name])
        assert rebuild.run() == Rebuilt(log, len(rows), 0)
        assert (model.rows(ORDER[model.follower.name]), model.standing()) == (rows, standing)

    def test_progress(self, model: Model, log: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever watches hears of every batch, up to the live position."""
        monkeypatch.setattr("projections.rebuild.BATCH", 100)
        told: list[Progress] = []
        Rebuild(model.follower, told.append).run()
        position, _ = model.standing()
        assert [at.events for at in told] == [*range(100, log, 100), log]
        assert told[-1] == Progress(position, position, log)
        assert [at.position for at in told] == sorted(at.position for at in told)

    def test_one_at_a_time(self, model: Model, rebuild: Rebuild) -> None:
        """A second rebuild of the same name is refused while the first goes on, and allowed after it."""
        refused: list[str] = []

        def meanwhile(_: Progress) -> None:
            with pytest.raises(NotRebuiltError) as error:
                Rebuild(model.follower).run()
            refused.append(str(error.value))

        Rebuild(model.follower, meanwhile).run()
        assert set(refused) == {f"{model.follower.name} is being rebuilt already: wait for the other to end"}
        assert rebuild.run().differed == 0
