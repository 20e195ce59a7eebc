"""The stream of events as its readers find it, and an outbox that writes to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import nats
import orjson
import psycopg
from anyio.from_thread import BlockingPortal, start_blocking_portal
from eventsourcing.persistence import StoredEvent
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from api.messages.event_stream import EventStream
from api.messages.outbox import Outbox
from api.messages.streams import EVENTS, Subjects
from domain.commands.application import CaseSystem

SUBJECTS = Subjects("dong-hoi")
T = TypeVar("T")


@dataclass(frozen=True)
class Heard:
    """A message of the stream."""

    sequence: int
    subject: str
    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        event: dict[str, Any] = orjson.loads(self.raw)
        return event


class Broker:
    """A client beside the outbox: it reads, and does to the stream what operators and accidents do."""

    def __init__(self, portal: BlockingPortal, url: str) -> None:
        self.portal = portal
        self.url = url
        self._connection = portal.call(nats.connect, url)
        self.js: JetStreamContext = self._connection.jetstream()

    def close(self) -> None:
        """Close the connection."""
        self.portal.call(self._connection.close)

    def do(self, what: Callable[..., Any], *arguments: Any) -> Any:
        """Call something asynchronous of the client."""
        return self.portal.call(what, *arguments)

    def without_stream(self) -> None:
        """Take the stream away with all that is in it, as a wiped disk does."""
        with suppress(NotFoundError):
            self.do(self.js.delete_stream, EVENTS)

    def streams(self) -> set[str]:
        """The names of all streams."""
        return {str(info.config.name) for info in self.do(self.js.streams_info)}

    def heard(self) -> list[Heard]:
        """All that is in the stream, in its order."""
        found: list[Heard] = self.do(self._heard)
        return found

    async def _heard(self) -> list[Heard]:
        wanted = (await self.js.stream_info(EVENTS)).state.messages
        sub = await self.js.pull_subscribe(
            SUBJECTS.events,
            stream=EVENTS,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE),
        )
        found: list[Heard] = []
        while len(found) < wanted:
            with suppress(TimeoutError):
                found += [
                    Heard(m.metadata.sequence.stream, m.subject, dict(m.headers or {}), m.data)
                    for m in await sub.fetch(min(500, wanted - len(found)), timeout=5)
                ]
        await sub.unsubscribe()
        return found

    def told(self) -> list[tuple[int, str, str]]:
        """Position, id and type of all that is in the stream."""
        return [(int(e["position"]), e["id"], e["type"]) for e in (one.event for one in self.heard())]


def logged(database: str) -> list[tuple[int, str, str]]:
    """Position, id and topic of all that is in the log: what the stream must be."""
    with psycopg.connect(database) as conn:
        rows = conn.execute(
            "SELECT notification_id, originator_id || '/' || originator_version, topic FROM events ORDER BY 1"
        ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def happens(app: CaseSystem, count: int, topic: str = "case:received") -> list[int]:
    """Put so many events of as many aggregates on record; their positions."""
    from tests.support.examples import EXAMPLES

    state = app.mapper.to_stored_event(EXAMPLES[topic]).state
    first = app.recorder.max_notification_id() or 0
    events = [StoredEvent(UUID(int=first + n + 1), 2, topic, state) for n in range(count)]
    return list(app.recorder.insert_events(events) or [])


def marked(database: str) -> int:
    """The position that the outbox has marked."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT position FROM positions WHERE name = 'outbox'").fetchone()
    return int(row[0]) if row else 0


class Post:
    """An outbox and its connection to the database, driven by hand."""

    def __init__(
        self, database: str, broker: Broker, app: CaseSystem, *, kind: type[EventStream] = EventStream
    ) -> None:
        self.stream = kind(broker.portal, broker.url, SUBJECTS)
        self.outbox = Outbox(database, self.stream, app.mapper)
        self.conn = self.outbox.connect()
        self.conn.execute(
            "INSERT INTO positions (name, position) VALUES ('outbox', 0) ON CONFLICT DO NOTHING"
        )

    def publish(self, limit: int = 1000) -> None:
        """Publish all there is."""
        while self.outbox.step(self.conn, limit):
            pass

    def marked(self) -> int:
        """The position it has marked."""
        row = self.conn.execute("SELECT position FROM positions WHERE name = 'outbox'").fetchone()
        return int(row[0]) if row else 0

    def mark(self, position: int) -> None:
        """Set the mark, as a kill before it or a backup does."""
        self.conn.execute("UPDATE positions SET position = %s WHERE name = 'outbox'", [position])

    def problem(self) -> str | None:
        """What it stopped at."""
        row = self.conn.execute("SELECT problem FROM positions WHERE name = 'outbox'").fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Close both connections."""
        self.stream.close()
        self.conn.close()


@contextmanager
def broker_at(url: str, *, fresh: bool = True) -> Iterator[Broker]:
    """A broker; a *fresh* one has no stream of events, and has none afterwards."""
    with start_blocking_portal() as portal:
        broker = Broker(portal, url)
        try:
            if fresh:
                broker.without_stream()
            yield broker
            if fresh:
                broker.without_stream()
        finally:
            broker.close()


@contextmanager
def post(database: str, broker: Broker, app: CaseSystem) -> Iterator[Post]:
    """An outbox for as long as the block lasts."""
    made = Post(database, broker, app)
    try:
        yield made
    finally:
        made.close()
