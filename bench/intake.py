"""Detections on their way from JetStream to durable cases: by the batch, against one message at a time.

Both sides run the product's own consumer; the baseline's fetches, commits and acknowledges a single message.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from statistics import median
from time import perf_counter

import anyio
import anyio.from_thread
import nats
from nats.js import JetStreamContext

from api.messages.intake import BATCH, Consumer, Intake, Verdict
from api.messages.streams import DEAD, DETECTIONS, Subjects, ensure
from bench.installation import Installation
from bench.measure import line
from bench.sample import Sample, found, proposal
from detection import contracts
from domain.commands.application import CaseSystem

ROUNDS, MESSAGES, SINGLY = 5, 3_000, 200
SUBJECTS = Subjects("bench")
IN_FLIGHT = 200


class Counted(Intake):
    """Intake that says when it has committed as many messages as were sent."""

    def __init__(self, app: CaseSystem, sample: Sample, *, sent: int, when_done: Callable[[], None]) -> None:
        super().__init__(app, sample.rulebook)
        self._left = sent
        self._when_done = when_done

    def commit(self, messages: Sequence[bytes]) -> list[Verdict]:
        """Commit as ever, and count."""
        verdicts = super().commit(messages)
        self._left -= len(verdicts)
        if self._left <= 0:
            anyio.from_thread.run_sync(self._when_done)
        return verdicts


def run(
    at: Installation, *, rounds: int = ROUNDS, messages: int = MESSAGES, singly: int = SINGLY
) -> Iterator[dict[str, object]]:
    """Yield cases a second, from the first fetch to the last acknowledgement."""
    with at.application("minhchung_operator") as operator:
        sample = found(operator)
    with at.application("minhchung_intake") as app:
        value, baseline = asyncio.run(_run(at, app, sample, rounds, messages, singly))
    yield line("intake", value, baseline, target="value >= 1500", batch=BATCH, **at.settings())


async def _run(
    at: Installation, app: CaseSystem, sample: Sample, rounds: int, messages: int, singly: int
) -> tuple[float, float]:
    connection = await nats.connect(at.nats_url.split(","))
    js = connection.jetstream()
    await ensure(js, SUBJECTS)
    try:
        batched, single = [], []
        for _ in range(rounds):
            batched.append(await _rate(at, js, app, sample, messages, BATCH))
            single.append(await _rate(at, js, app, sample, singly, 1))
        return median(batched), median(single)
    finally:
        for stream in (DETECTIONS, DEAD):
            await js.delete_stream(stream)
        await connection.close()


async def _rate(
    at: Installation, js: JetStreamContext, app: CaseSystem, sample: Sample, count: int, batch: int
) -> float:
    await _send(js, sample, count)
    before = _durable(at)
    done = anyio.Event()
    consumer = Consumer(
        js, Counted(app, sample, sent=count, when_done=done.set), SUBJECTS, batch=min(batch, count)
    )
    began = perf_counter()
    await consumer.run(done)
    took = perf_counter() - began
    if (made := _durable(at) - before) != count:
        raise AssertionError(f"{count} detections were sent, {made} cases are on record")
    return count / took


async def _send(js: JetStreamContext, sample: Sample, count: int) -> None:
    """Publish as a worker does; the acknowledgements are awaited many at a time."""
    subject = contracts.subject(SUBJECTS.jurisdiction, sample.camera.code)
    for sent in range(0, count, IN_FLIGHT):
        await asyncio.gather(
            *(js.publish(subject, _message(sample)) for _ in range(min(IN_FLIGHT, count - sent)))
        )


def _message(sample: Sample) -> bytes:
    says = asdict(proposal(sample.camera.code))
    seen = says["detected_at"]
    camera = says.pop("camera_code")
    del says["client_id"]  # a worker does not say who it is; its model does
    evidence = tuple(contracts.EvidenceItem(**item) for item in says.pop("evidence"))
    return contracts.wrap(
        contracts.ViolationDetectedV1(camera=camera, track_started_at=seen, evidence=evidence, **says)
    )


def _durable(at: Installation) -> int:
    """How many cases another connection sees."""
    with at.connect() as conn:
        row = conn.execute("SELECT count(*) FROM events WHERE topic = 'case:detected'").fetchone()
    return int(row[0]) if row else 0
