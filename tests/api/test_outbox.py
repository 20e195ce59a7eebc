"""The outbox: what is in the log is in the stream, in that order, once, whatever was done to either."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson
import psycopg
import pytest
from nats.js.errors import BadRequestError

from api.messages import client, event_stream
from api.messages.event_stream import EventStream, OutOfStepError
from api.messages.streams import EVENTS, ensure_events
from domain.commands.application import CaseSystem
from domain.unit import Unit
from projections.follower import AwayError, CannotApplyError
from tests.support.examples import EXAMPLES
from tests.support.installation import app_over, somebody_acts
from tests.support.invented import SAID
from tests.support.outbox import SUBJECTS, Broker, Post, broker_at, happens, logged, post
from tests.support.serving import until

NO_WINDOW_S = 0.1  # the shortest the server takes


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """The record."""
    with app_over(database, tmp_path, role="minhchung_operator") as app:
        yield app


@pytest.fixture
def broker(nats_url: str) -> Iterator[Broker]:
    """The broker, without a stream of events."""
    with broker_at(nats_url) as broker:
        yield broker


@pytest.fixture
def outbox(database: str, broker: Broker, app: CaseSystem) -> Iterator[Post]:
    """An outbox."""
    with post(database, broker, app) as made:
        yield made


def forgets(broker: Broker) -> bool:
    """Whether the server has forgotten every id: the window in which it knows one again is over."""

    async def known(message_id: str) -> bool:
        try:
            # nothing is stored either way: an id that is known is a duplicate, one that is not is out of place
            await broker.js.publish(
                SUBJECTS.event("case"),
                b"",
                headers={"Nats-Msg-Id": message_id, "Nats-Expected-Last-Msg-Id": "none"},
            )
        except BadRequestError:
            return False
        return True

    ids = [one.headers["Nats-Msg-Id"] for one in broker.heard()]
    return until(lambda: not any(broker.do(known, one) for one in ids))


@pytest.fixture(params=["open", "over"])
def window(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the server still knows what it has seen."""
    if request.param == "over":
        short = partial(ensure_events, duplicate_window_s=NO_WINDOW_S)
        monkeypatch.setattr(event_stream, "ensure_events", short)
    return str(request.param)


class TestInOrder:
    """What arrives."""

    def test_every_event(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """Every kind of event is in the stream at its place, under the subject of its noun and an id of its own."""
        stored = [app.mapper.to_stored_event(example) for example in EXAMPLES.values()]
        app.recorder.insert_events([replace(e, originator_version=n) for n, e in enumerate(stored, 1)])
        outbox.publish(7)
        heard = broker.heard()
        assert broker.told() == logged(database)
        assert [one.subject for one in heard] == [
            f"mc.v1.dong-hoi.event.{topic.split(':')[0]}" for topic in EXAMPLES
        ]
        assert [one.headers["Nats-Msg-Id"] for one in heard] == [one.event["position"] for one in heard]
        assert outbox.marked() == len(EXAMPLES)
        everything = b"".join(orjson.dumps([one.subject, one.headers]) + one.raw for one in heard)
        assert [said for said in SAID if said.encode() in everything] == []

    def test_again(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """What comes later goes behind what is there; nothing new is nothing published."""
        for count in (3, 0, 2):
            happens(app, count)
            outbox.publish()
            outbox.publish()
            assert broker.told() == logged(database)

    def test_stream(self, broker: Broker, outbox: Post) -> None:
        """The stream is made by the outbox; nothing in it expires, whoever is away for however long."""
        outbox.publish()
        config = broker.do(broker.js.stream_info, EVENTS).config
        assert (config.subjects, config.storage, config.retention) == (
            ["mc.v1.dong-hoi.event.>"],
            "file",
            "limits",
        )
        assert (config.max_age, config.max_msgs, config.max_bytes) == (0, -1, -1)

    def test_role(self, outbox: Post) -> None:
        """It works under a role of its own."""
        assert outbox.conn.execute("SELECT current_user, current_setting('application_name')").fetchone() == (
            "minhchung_outbox",
            "follower outbox",
        )


class TestOnce:
    """Whatever is repeated, it is there once."""

    def test_published_and_not_marked(
        self,
        window: str,
        database: str,
        app: CaseSystem,
        broker: Broker,
        outbox: Post,
    ) -> None:
        """After a kill between publishing and marking nothing is published again, however long ago that was."""
        positions = happens(app, 5)
        outbox.publish()
        outbox.mark(positions[1])
        assert window == "open" or forgets(broker)
        happens(app, 3)
        with post(database, broker, app) as next_one:
            next_one.publish()
            assert next_one.marked() == positions[-1] + 3
        assert broker.told() == logged(database)

    def test_two_that_lead(
        self,
        window: str,
        database: str,
        app: CaseSystem,
        broker: Broker,
        outbox: Post,
    ) -> None:
        """One that was paused and thinks that it still leads writes nothing twice and nothing in between."""
        outbox.publish()  # it has looked, and is paused here
        happens(app, 5)
        with post(database, broker, app) as rival:
            rival.publish()
            rival.mark(0)  # so that the first one reads the same events
            assert window == "open" or forgets(broker)
            with pytest.raises(OutOfStepError):
                outbox.publish()
            happens(app, 2)
            outbox.publish()
            happens(app, 1)
            with pytest.raises(OutOfStepError):
                rival.publish()
            rival.publish()
        assert broker.told() == logged(database)

    def test_lost_position(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """When the position could not be kept, the events it stood for are not published again."""
        happens(app, 3)
        outbox.publish()
        outbox.mark(0)  # what a rollback leaves
        happens(app, 1)
        outbox.publish()
        assert broker.told() == logged(database)


class TestOtherStreams:
    """What operators and accidents do to the stream."""

    def test_wiped(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """A stream that is gone is made again and filled from the beginning of the log."""
        happens(app, 5)
        outbox.publish()
        broker.without_stream()
        happens(app, 1)
        with pytest.raises(AwayError, match="waits for the broker"):
            outbox.publish()
        outbox.publish()
        assert broker.told() == logged(database)
        assert len(broker.heard()) == 6

    def test_wiped_while_nothing_happens(
        self, database: str, app: CaseSystem, broker: Broker, outbox: Post
    ) -> None:
        """Whoever begins finds an empty new stream, and does not wait for a new event to fill it."""
        happens(app, 5)
        outbox.publish()
        broker.without_stream()
        with post(database, broker, app) as next_one:
            next_one.publish()
        assert broker.told() == logged(database)

    def test_half_filled(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """A stream that ends before the position is filled from where it ends."""
        happens(app, 5)
        outbox.publish(2)
        broker.without_stream()
        with post(database, broker, app) as filling:
            filling.outbox.step(filling.conn, 2)  # and killed
            filling.mark(5)
        with post(database, broker, app) as next_one:
            next_one.publish()
        assert broker.told() == logged(database)

    def test_emptied(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """A stream that somebody emptied goes on from the position: what was there is not told again."""
        happens(app, 5)
        outbox.publish()
        broker.do(broker.js.purge_stream, EVENTS)
        happens(app, 2)
        with post(database, broker, app) as next_one:
            next_one.publish()
        assert broker.told() == logged(database)[5:]
        assert [one.sequence for one in broker.heard()] == [6, 7]

    def test_last_one_taken_out(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """Where somebody took the last message out it goes on from the position too."""
        happens(app, 5)
        outbox.publish()
        broker.do(broker.js.delete_msg, EVENTS, 5)
        happens(app, 1)
        with post(database, broker, app) as next_one:
            next_one.publish()
        whole = logged(database)
        assert broker.told() == [*whole[:4], whole[5]]

    @pytest.mark.parametrize("last", [b"", b"{}", b"other"])
    def test_foreign(self, last: bytes, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """A stream that ends with what is not in this log stops it: going on would leave something out."""
        happens(app, 2)
        outbox.publish()
        if last == b"other":
            last = orjson.dumps({**broker.heard()[-1].event, "id": f"{UUID(int=7)}/1"})
        broker.do(broker.js.publish, SUBJECTS.event("case"), last)
        happens(app, 1)
        before = broker.heard()
        with (
            post(database, broker, app) as next_one,
            pytest.raises(
                CannotApplyError, match="outbox stopped at position 2: ForeignStreamError: EVENTS ends"
            ),
        ):
            next_one.publish()
        assert outbox.problem() == "outbox stopped at position 2: ForeignStreamError"
        assert broker.heard() == before
        broker.do(broker.js.purge_stream, EVENTS)  # as it says
        with post(database, broker, app) as last_one:
            last_one.publish()
            assert last_one.problem() is None
        assert broker.told() == logged(database)[2:]

    def test_taken_subject(self, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """A broker on which the stream cannot be made stops it loudly."""

        async def other() -> None:
            await broker.js.add_stream(name="OTHER", subjects=["mc.v1.dong-hoi.event.case"])

        broker.do(other)
        try:
            with pytest.raises(
                CannotApplyError, match=r"outbox stopped at position 0: RefusedError: .*overlap"
            ):
                outbox.publish()
        finally:
            broker.do(broker.js.delete_stream, "OTHER")


class TestRefused:
    """What the broker will never take."""

    def test_too_large(
        self, database: str, app: CaseSystem, broker: Broker, outbox: Post, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It stops the outbox at its position; what came before is there, what comes later waits for a person."""
        happens(app, 3)
        with somebody_acts():
            app.record(Unit(code="DOI-1", name="Đ" * 600_000, kind="OTHER_BODY", area_path="quang-binh"))
        happens(app, 2)
        with caplog.at_level(logging.CRITICAL), pytest.raises(CannotApplyError) as stopped:
            outbox.publish()
        assert stopped.value.position == 4
        assert outbox.problem() == "outbox stopped at position 4: RefusedError"
        assert (outbox.marked(), broker.told()) == (3, logged(database)[:3])
        assert [record.getMessage() for record in caplog.records] == [str(stopped.value)]

    def test_unreadable(self, database: str, app: CaseSystem, broker: Broker, outbox: Post) -> None:
        """An event that cannot be read stops it at that event and at no earlier one."""
        happens(app, 2)
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO events (originator_id, originator_version, topic, state)"
                " VALUES (gen_random_uuid(), 1, 'case:received', '{')"
            )
        with pytest.raises(
            CannotApplyError, match="outbox stopped at position 3: MapperDeserialisationError"
        ):
            outbox.publish()
        assert broker.told() == logged(database)[:2]


class TestAway:
    """While the broker cannot be asked."""

    def test_nobody_there(
        self, database: str, app: CaseSystem, broker: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is marked, no problem is recorded, and no address is told."""
        monkeypatch.setattr(client, "CONNECT_S", 0.3)
        happens(app, 2)
        nowhere = EventStream(broker.portal, "nats://canary-token@127.0.0.1:9", SUBJECTS)
        with post(database, broker, app) as made:
            made.outbox._stream = nowhere
            with pytest.raises(AwayError) as away:
                made.publish()
            assert (made.marked(), made.problem()) == (0, None)
        assert "canary" not in str(away.value)
