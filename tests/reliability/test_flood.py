"""More detections than can be taken at once: they wait on disk, the oldest first, and whoever looks sees it (C5)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import anyio
import nats
import psycopg
import pytest
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from api.messages.intake import BATCH, Consumer, Intake
from api.messages.streams import DETECTIONS, INTAKE, MOST_PENDING, ensure
from cli import demo
from cli.wiring import rulebook
from detection.contracts import subject, wrap
from domain.case import Case
from tests.support.api import Installation
from tests.support.detections import SUBJECTS, detection, emptied, left
from tests.support.serving import resident_kib
from tests.support.soak import sizes

IN_FLIGHT = 200
FIRST = 1_000_000
"""Numbers that no other test publishes: the server remembers for a while."""
SETTLED = 2
"""Batches after which memory is what it will be."""
FLAT_KIB = 32 * 1024


class Watched(Consumer):
    """Notes of each batch how many it is, how many the broker counts as given, how many wait, and what is held."""

    def __init__(self, js: JetStreamContext, intake: Intake) -> None:
        super().__init__(js, intake, SUBJECTS)
        self.in_hand: list[int] = []
        self.given: list[int] = []
        self.waiting: list[int] = []
        self.held: list[int] = []

    async def take(self, messages: Sequence[Msg]) -> None:
        """Take a batch."""
        info = await self._js.consumer_info(DETECTIONS, INTAKE)
        self.in_hand.append(len(messages))
        self.given.append(info.num_ack_pending or 0)
        self.waiting.append(await left(self._js))
        await super().take(messages)
        self.held.append(resident_kib())


async def flood(js: JetStreamContext, count: int) -> None:
    """Publish as fast as the broker takes them, in order."""
    for first in range(0, count, IN_FLIGHT):
        numbers = range(FIRST + first, FIRST + min(first + IN_FLIGHT, count))
        some = [detection(n, camera=demo.CAMERA) for n in numbers]
        await asyncio.gather(
            *(
                js.publish(
                    subject("dong-hoi", one.camera), wrap(one), headers={"Nats-Msg-Id": str(one.proposal_id)}
                )
                for one in some
            )
        )


async def taken(nats_url: str, intake: Intake, count: int) -> Watched:
    """Let so many wait, then take them."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    await emptied(js)
    await ensure(js, SUBJECTS)  # nothing is given twice for being slow
    await flood(js, count)
    consumer, stop = Watched(js, intake), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(consumer.run, stop)
        while await left(js):  # noqa: ASYNC110 — the stream's own count is the event
            await anyio.sleep(0.05)
        stop.set()
    await connection.close()
    return consumer


def behind(installation: Installation) -> float:
    """How far the queue is behind, as whoever watches the installation sees it."""
    lines = installation.client.get("/metrics").text.splitlines()
    [line] = [one for one in lines if one.startswith('minhchung_follower_behind{follower="case_queue"}')]
    return float(line.split()[-1])


@pytest.mark.timeout(300)
@sizes(count=(5_000, 500_000))
def test_a_flood(
    installation: Installation, nats_url: str, counted: Callable[[str], None], count: int
) -> None:
    """However many wait, a batch is in hand and no more; they become cases in their order, and memory stays flat."""
    installation.today()
    installation.project()
    before = installation.head()
    intake = Intake(installation.intake, rulebook())
    consumer = anyio.run(taken, nats_url, intake, count)
    with psycopg.connect(installation.endpoints.database_url) as conn:
        rows: list[Any] = conn.execute(
            "SELECT originator_id FROM events WHERE notification_id > %s ORDER BY notification_id", (before,)
        ).fetchall()
    assert [row[0] for row in rows] == [
        Case.create_id(detection(FIRST + n).proposal_id) for n in range(count)
    ]
    assert max(consumer.in_hand) <= BATCH
    assert max(consumer.given) <= MOST_PENDING  # answers to the batch before may still be on their way
    assert consumer.waiting[0] == count
    assert consumer.held[-1] - consumer.held[SETTLED] < FLAT_KIB
    lag = behind(installation)
    assert lag >= count
    installation.project()
    assert behind(installation) == 0
    counted(
        f"C5 {count} detections at once: {max(consumer.in_hand)} in hand at most, the others on disk; taken in"
        f" their order, memory {(consumer.held[-1] - consumer.held[SETTLED]) / 1024:+.1f} MiB from the third batch on;"
        f" the queue's lag of {lag:.0f} in /metrics, 0 once it had caught up"
    )
