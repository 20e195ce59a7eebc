"""The streams and consumers of one jurisdiction, made or brought up to date before anything binds to them."""

from dataclasses import dataclass

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import NotFoundError

DETECTIONS = "DETECTIONS"
DEAD = "DEAD"
EVENTS = "EVENTS"
INTAKE = "intake"

ACK_WAIT_S = 30.0
DUPLICATE_WINDOW_S = 120.0
MOST_PENDING = 4000


@dataclass(frozen=True)
class Subjects:
    """The subjects of a jurisdiction; no personal data ever stands in one."""

    jurisdiction: str

    @property
    def detections(self) -> str:
        """Every detection of every camera."""
        return f"mc.v1.{self.jurisdiction}.detection.>"

    @property
    def events(self) -> str:
        """Everything that happened."""
        return self.event(">")

    def event(self, noun: str) -> str:
        """What happened to one kind of thing, such as `case`."""
        return f"mc.v1.{self.jurisdiction}.event.{noun}"

    def dead(self, consumer: str) -> str:
        """What a consumer could not take."""
        return f"mc.v1.{self.jurisdiction}.dead.{consumer}"


async def ensure(js: JetStreamContext, subjects: Subjects, *, ack_wait_s: float = ACK_WAIT_S) -> None:
    """Make the streams and the intake's consumer, or bring them up to date.

    A detection leaves its stream once intake has answered it (work queue); dead letters stay.
    """
    await _stream(
        js,
        StreamConfig(
            name=DETECTIONS,
            subjects=[subjects.detections],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            duplicate_window=DUPLICATE_WINDOW_S,
        ),
    )
    await _stream(
        js,
        StreamConfig(
            name=DEAD,
            subjects=[subjects.dead(">")],
            storage=StorageType.FILE,
            duplicate_window=DUPLICATE_WINDOW_S,
        ),
    )
    # a durable consumer that exists keeps its place; only its settings are brought up to date
    await js.add_consumer(
        DETECTIONS,
        ConsumerConfig(
            durable_name=INTAKE,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait_s,
            max_ack_pending=MOST_PENDING,
            max_deliver=-1,  # an outage of the database must not use up a message's chances
        ),
    )


async def ensure_events(
    js: JetStreamContext, subjects: Subjects, *, duplicate_window_s: float = DUPLICATE_WINDOW_S
) -> int:
    """Make the stream of events, or bring it up to date; the sequence of the last message it ever took.

    Nothing in it grows too old: whoever was away for a year still reads all of it.
    """
    info = await _stream(
        js,
        StreamConfig(
            name=EVENTS,
            subjects=[subjects.events],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            duplicate_window=duplicate_window_s,
        ),
    )
    return int(info.state.last_seq)


class ForgottenError(nats.errors.Error):
    """Messages are left that nobody would be given any more; the consumer is taken away, for one that is given all."""


async def remember(js: JetStreamContext) -> None:
    """See to it that the intake's consumer is given every detection there is.

    A nats-server that is killed may bring back messages that were taken out of a work queue, while their consumer
    counts them as answered (nats-server #4736, #7680).  To take one again makes no second case.

    Raises:
        ForgottenError: it would not have been; make the consumer again.
    """
    consumer = await js.consumer_info(DETECTIONS, INTAKE)
    stream = await js.stream_info(DETECTIONS)
    if stream.state.messages and not consumer.num_pending and not consumer.num_ack_pending:
        await js.delete_consumer(DETECTIONS, INTAKE)
        raise ForgottenError


async def _stream(js: JetStreamContext, wanted: StreamConfig) -> StreamInfo:
    try:
        info = await js.stream_info(str(wanted.name))
    except NotFoundError:
        return await js.add_stream(wanted)
    # what we say nothing about is the operator's: replicas, placement, limits
    config = info.config.evolve(subjects=wanted.subjects, duplicate_window=wanted.duplicate_window)
    return info if config == info.config else await js.update_stream(config)
