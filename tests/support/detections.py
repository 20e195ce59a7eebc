"""Detections as a worker publishes them, all invented."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import anyio
import nats
from nats.js import JetStreamContext

from api.messages.intake import Consumer, Intake
from api.messages.streams import DEAD, DETECTIONS, Subjects, ensure
from detection.contracts import EvidenceItem, ViolationDetectedV1, subject, wrap
from tests.support.installation import CAMERA

SUBJECTS = Subjects("dong-hoi")
ACK_WAIT_S = 1.0
"""Soon enough for a test that what a killed intake had taken is delivered again."""
PATIENCE_S = 600.0
"""By then a stream is empty, however much was in it; a run of every day has a limit of its own."""
SPACE = UUID(int=0xDE7EC7)


def detection(n: int, *, camera: str = CAMERA, at: datetime | None = None) -> ViolationDetectedV1:
    """The n-th detection; the same n is the same proposal."""
    at = at or datetime.now(UTC) - timedelta(minutes=1)
    return ViolationDetectedV1(
        proposal_id=uuid5(SPACE, str(n)),
        camera=camera,
        rule="RED_LIGHT",
        occurred_at=at,
        detected_at=at,
        track_started_at=at,
        confidence=0.9,
        model="scenes-nano",
        model_sha256="a" * 64,
        source_sha256="b" * 64,
        evidence=(
            EvidenceItem(
                kind="FRAME_AT",
                name="cc/" + "c" * 64 + ".jpg",
                sha256="c" * 64,
                size=1000,
                media_type="image/jpeg",
                captured_at=at,
            ),
        ),
    )


async def emptied(js: JetStreamContext) -> None:
    """Streams are shared by all tests of a worker: begin with empty ones."""
    await ensure(js, SUBJECTS, ack_wait_s=ACK_WAIT_S)
    for stream in (DETECTIONS, DEAD):
        await js.purge_stream(stream)


async def publish(js: JetStreamContext, detections: Sequence[ViolationDetectedV1]) -> None:
    """Publish as a worker does, each acknowledged."""
    for one in detections:
        await js.publish(
            subject("dong-hoi", one.camera), wrap(one), headers={"Nats-Msg-Id": str(one.proposal_id)}
        )


async def left(js: JetStreamContext, stream: str = DETECTIONS) -> int:
    """How many messages a stream holds."""
    return int((await js.stream_info(stream)).state.messages)


async def consumed(nats_url: str, intake: Intake) -> None:
    """Consume until the stream is empty."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    stop = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Consumer(js, intake, SUBJECTS).run, stop)
        with anyio.fail_after(PATIENCE_S):
            while await left(js):  # noqa: ASYNC110 — the stream's own count is the event
                await anyio.sleep(0.05)
        stop.set()
    await connection.close()
