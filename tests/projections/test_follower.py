"""The follower: rows and position move together, and what cannot be applied stops it where it is."""

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg import Cursor

from domain.case import Case
from domain.commands.application import CaseSystem
from projections.case_queue import CaseQueue
from projections.follower import AwayError, CannotApplyError, Recorded
from projections.position import reached, standings
from tests.support.cases import approved, detected
from tests.support.examples import EXAMPLES
from tests.support.following import Model
from tests.support.record import happened, opened
from tests.support.servers import as_superuser
from tests.support.serving import until


@pytest.fixture
def app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSystem]:
    """The record of this test, for whoever may do everything."""
    with opened(database, tmp_path_factory.mktemp("installation") / "keys", role="") as app:
        yield app


@pytest.fixture
def queue(database: str, app: CaseSystem) -> Iterator[Model]:
    """The queue, fed by hand."""
    with Model(database, CaseQueue(), app) as queue:
        yield queue


def case(app: CaseSystem, number: int) -> list[int]:
    """Put a proposal and its approval on record; return their positions."""
    noun = UUID(int=0x400 + number)
    facts = [detected(number=f"DH-2026-{number:06d}"), approved(noun)]
    return happened(app, Case, noun, *facts)


class Failing(CaseQueue):
    """Writes its rows and then fails, so many times."""

    name: ClassVar[str] = "failing"
    table: ClassVar[LiteralString] = "case_queue"
    failures = 10

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Write and fail."""
        super().apply(batch, curs)
        self.failures -= 1
        if self.failures >= 0:
            raise ZeroDivisionError("after the rows were written")


class TestTogether:
    """One transaction for both."""

    def test_forward(self, app: CaseSystem, queue: Model) -> None:
        """The position is that of the last event whose rows are there."""
        positions = [*case(app, 1), *case(app, 2)]
        assert queue.follower.step(queue.conn, 3) == 3
        assert queue.standing() == (positions[2], None)
        assert [row[:1] for row in queue.rows("number")] == [(UUID(int=0x401),), (UUID(int=0x402),)]
        assert queue.follow() == 1
        assert queue.standing() == (positions[3], None)

    def test_back(self, database: str, app: CaseSystem) -> None:
        """A failure after the rows were written takes them back with the position."""
        first, _ = case(app, 1)
        with Model(database, Failing(), app) as failing:
            with pytest.raises(CannotApplyError, match=f"failing stopped at position {first}"):
                failing.follow()
            assert failing.rows("number") == []
            assert failing.standing() == (0, f"failing stopped at position {first}: ZeroDivisionError")

    def test_a_passing_failure(self, database: str, app: CaseSystem) -> None:
        """A failure that does not come again is got over one by one, and leaves no problem behind."""
        positions = [*case(app, 1), *case(app, 2)]
        model = Failing()
        model.failures = 1
        with Model(database, model, app) as failing:
            failing.follow()
            assert len(failing.rows("number")) == 2
            assert failing.standing() == (positions[-1], None)

    def test_nothing_of_ours(self, app: CaseSystem, queue: Model) -> None:
        """Events nobody listens to move the position on."""
        app.recorder.insert_events([app.mapper.to_stored_event(e) for e in others()])
        assert queue.follow() == 2
        assert (queue.rows("number"), queue.standing()) == ([], (2, None))


class Waiting(CaseQueue):
    """Writes to something else besides, which is away so many times."""

    name: ClassVar[str] = "waiting"
    table: ClassVar[LiteralString] = "case_queue"
    times = 3

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Write, and find the other away."""
        super().apply(batch, curs)
        self.times -= 1
        if self.times >= 0:
            raise AwayError("waits for the post")


class TestAway:
    """What it writes to besides the database is away."""

    def test_back(self, database: str, app: CaseSystem) -> None:
        """Nothing is written and nothing marked, and that is no problem to mend."""
        case(app, 1)
        with Model(database, Waiting(), app) as waiting:
            with pytest.raises(AwayError):
                waiting.follow()
            assert (waiting.rows("number"), waiting.standing()) == ([], (0, None))

    def test_goes_on(self, database: str, app: CaseSystem, caplog: pytest.LogCaptureFixture) -> None:
        """It goes on by itself when the other is back, and tells both once."""
        last = case(app, 1)[-1]
        stop = threading.Event()
        with caplog.at_level(logging.INFO), Model(database, Waiting(), app) as waiting:
            running = threading.Thread(target=waiting.follower.run, args=(stop,))
            running.start()
            try:
                assert until(lambda: waiting.standing() == (last, None))
                assert until(lambda: len(caplog.records) == 2)
            finally:
                stop.set()
                running.join(10)
        assert not running.is_alive()
        assert [record.getMessage() for record in caplog.records] == [
            "waiting waits for the post",
            "waiting goes on",
        ]


def others() -> list[Any]:
    """Return two events that are no case's."""
    return [EXAMPLES["unit:registered"], EXAMPLES["unit:renamed"]]


POISON = {
    "not-json": ("case:received", b"{"),
    "unknown-topic": ("case:teleported", b"{}"),
    "not-ours": ("uuid:UUID", b"{}"),
    "first-event-missing": ("case:received", None),
}


class TestPoison:
    """An event that cannot be applied."""

    @pytest.mark.parametrize("kind", list(POISON))
    def test_stops(self, kind: str, app: CaseSystem, queue: Model, caplog: pytest.LogCaptureFixture) -> None:
        """It stops the follower loudly at its position; what came before is applied, what comes after waits."""
        before = case(app, 1)
        topic, state = POISON[kind]
        if state is None:
            state = app.mapper.to_stored_event(example()).state
        (poisoned,) = app.recorder.insert_events([StoredEvent(uuid4(), 2, topic, state)]) or ()
        case(app, 2)
        with (
            caplog.at_level(logging.CRITICAL),
            pytest.raises(CannotApplyError, match=f"case_queue stopped at position {poisoned}: ") as stopped,
        ):
            queue.follow()
        assert stopped.value.position == poisoned
        position, problem = queue.standing()
        assert (position, problem) == (before[-1], stopped.value.told)
        assert [row[1] for row in queue.rows("number")] == ["DH-2026-000001"]
        assert [record.getMessage() for record in caplog.records] == [str(stopped.value)]

    def test_stops_again(self, app: CaseSystem, queue: Model) -> None:
        """Started again it stops at the same place: it skips nothing."""
        (poisoned,) = app.recorder.insert_events([StoredEvent(uuid4(), 1, "case:received", b"{")]) or ()
        for _ in range(2):
            with pytest.raises(CannotApplyError) as stopped:
                queue.follow()
            assert stopped.value.position == poisoned

    def test_goes_on(self, app: CaseSystem, queue: Model, database: str, postgres: str) -> None:
        """Once a person has mended the row, it goes on from there and the problem is gone."""
        noun = uuid4()
        good = app.mapper.to_stored_event(example())
        happened(app, Case, noun, detected(number="DH-2026-000009"))
        app.recorder.insert_events([StoredEvent(noun, 2, good.topic, b"{")])
        after = case(app, 1)
        with pytest.raises(CannotApplyError):
            queue.follow()
        with psycopg.connect(as_superuser(database, postgres), autocommit=True) as conn:
            conn.execute(
                "UPDATE events SET state = %s WHERE originator_id = %s AND originator_version = 2",
                (good.state, noun),
            )
        queue.follow()
        assert queue.standing() == (after[-1], None)
        assert [row[1] for row in queue.rows("number")] == ["DH-2026-000001", "DH-2026-000009"]

    def test_shown(self, app: CaseSystem, queue: Model) -> None:
        """Whoever asks how far it is sees how far behind it stands, and why."""
        app.recorder.insert_events([StoredEvent(uuid4(), 1, "case:received", b"{")])
        case(app, 1)
        with pytest.raises(CannotApplyError) as stopped:
            queue.follow()
        (standing,) = standings(queue.conn, ["case_queue"])
        assert (standing.position, standing.behind, standing.problem) == (0, 3, stopped.value.told)
        assert reached(queue.conn, ["case_queue"]) == 0


def example() -> Any:
    """Return an event of a case that is not its first."""
    return EXAMPLES["case:received"]


class TestReached:
    """How far read models have come."""

    def test_the_slowest(self, app: CaseSystem, queue: Model) -> None:
        """Several have reached what the slowest has; one that never began has reached nothing."""
        positions = case(app, 1)
        queue.follow()
        assert reached(queue.conn, ["case_queue"]) == positions[-1]
        assert reached(queue.conn, ["case_queue", "never_began"]) == 0
        assert reached(queue.conn, []) == 0


class TestRunning:
    """The loop around it."""

    def test_wakes(self, app: CaseSystem, queue: Model) -> None:
        """It starts from nothing, applies what is there and what comes, and stops when told."""
        queue.conn.execute("UPDATE positions SET position = 0")
        stop = threading.Event()
        running = threading.Thread(target=queue.follower.run, args=(stop,))
        case(app, 1)
        running.start()
        try:
            assert until(lambda: len(queue.rows("number")) == 1)
            last = case(app, 2)[-1]
            assert until(lambda: queue.standing() == (last, None))
            assert queue.follower.leading.is_set()
        finally:
            stop.set()
            running.join(10)
        assert (running.is_alive(), queue.follower.leading.is_set()) == (False, False)

    def test_as_the_projector(self, queue: Model) -> None:
        """It works under the projector's role, under its own name."""
        assert queue.conn.execute("SELECT current_user, current_setting('application_name')").fetchone() == (
            "minhchung_project",
            "follower case_queue",
        )
