"""Events on their way from the log to the broker's acknowledgement, against a publisher that has nothing else to do.

Ours reads the log, leaves out what is personal, publishes in order behind the sequence it expects, and marks how far
it has come.  The baseline is given finished messages of the same bytes, under the same ids, for the same stream, with
as many on their way at a time; it expects nothing, and marks nothing.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import cast

import psycopg
from anyio.from_thread import BlockingPortal, start_blocking_portal
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import NotFoundError

from api.messages.client import connect
from api.messages.event_stream import WINDOW, EventStream, Message
from api.messages.outbox import Outbox, message_of
from api.messages.streams import EVENTS, Subjects, ensure_events
from bench.installation import Installation
from bench.measure import in_turns, line, rate
from bench.rebuild import write_log
from bench.sample import found
from domain.commands.application import CaseSystem
from domain.envelope import Event
from projections.follower import Recorded

COUNT, ROUNDS, WAVE = 3_000, 9, 400
MOST = 1_000_000
SUBJECTS = Subjects("bench")


async def bare(js: JetStreamContext, messages: Sequence[Message]) -> None:
    """Publish, and wait for each acknowledgement: the baseline."""
    waiting: deque[asyncio.Future[PubAck]] = deque()
    for message in messages:
        if len(waiting) == WINDOW:
            await waiting.popleft()
        subject = SUBJECTS.event(message.noun)
        waiting.append(await js.publish_async(subject, message.body, headers={"Nats-Msg-Id": message.id}))
    while waiting:
        await waiting.popleft()


def run(
    at: Installation, *, count: int = COUNT, rounds: int = ROUNDS, wave: int = WAVE
) -> Iterator[dict[str, object]]:
    """Yield events a second, from the first read of the log to the mark behind the last acknowledgement."""
    with at.application("minhchung_operator") as app, start_blocking_portal() as portal:
        start = app.recorder.max_notification_id() or 0
        write_log(app, found(app), count, wave)
        connection = portal.call(connect, at.nats_url)
        try:
            value, baseline, wrote, size = _compare(at, app, portal, connection, start, rounds)
        finally:
            portal.call(connection.jetstream().delete_stream, EVENTS)
            portal.call(connection.close)
    yield line(
        "outbox",
        value,
        baseline,
        target="ratio >= 0.6",
        unit="events/s",
        events=wrote,
        bytes_each=size,
        in_flight=WINDOW,
        **at.settings(),
    )


def _compare(
    at: Installation, app: CaseSystem, portal: BlockingPortal, connection: Client, start: int, rounds: int
) -> tuple[float, float, int, int]:
    js = connection.jetstream()
    messages = _messages(app, start)
    stream = EventStream(portal, at.nats_url, SUBJECTS)

    def ours() -> float:
        portal.call(_emptied, js)
        outbox = Outbox(at.database_url, stream, app.mapper)
        with outbox.connect() as conn:
            conn.execute(
                "INSERT INTO positions (name, position) VALUES ('outbox', %(start)s)"
                " ON CONFLICT (name) DO UPDATE SET position = %(start)s",
                {"start": start},
            )
            speed = rate(len(messages), lambda: _follow(outbox, conn))
        _check(portal.call(_held, js), len(messages))
        return speed

    def theirs() -> float:
        portal.call(_emptied, js)
        speed = rate(len(messages), lambda: portal.call(bare, js, messages))
        _check(portal.call(_held, js), len(messages))
        return speed

    try:
        for side in (ours, theirs):
            side()  # to warm up
        value, baseline = in_turns(rounds, ours, theirs)
    finally:
        stream.close()
    return value, baseline, len(messages), sum(len(m.body) for m in messages) // len(messages)


def _messages(app: CaseSystem, start: int) -> list[Message]:
    """What ours will publish, made beforehand."""
    notifications = app.recorder.select_notifications(start + 1, MOST)
    return [message_of(Recorded(n.id, cast("Event", app.mapper.to_domain_event(n)))) for n in notifications]


def _follow(outbox: Outbox, conn: psycopg.Connection[tuple[object, ...]]) -> None:
    while outbox.step(conn):
        pass


async def _emptied(js: JetStreamContext) -> None:
    """Give a stream that has no messages, knows no ids, and goes on from the position: one that was emptied."""
    with suppress(NotFoundError):
        await js.delete_stream(EVENTS)
    await ensure_events(js, SUBJECTS)
    await js.publish(SUBJECTS.event("bench"), b"")
    await js.purge_stream(EVENTS)


async def _held(js: JetStreamContext) -> int:
    return int((await js.stream_info(EVENTS)).state.messages)


def _check(held: int, wanted: int) -> None:
    if held != wanted:
        raise AssertionError(f"{wanted} events are in the log, {held} in the stream")
