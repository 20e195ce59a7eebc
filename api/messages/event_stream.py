"""The stream EVENTS as the outbox uses it: where it ends, and what comes next, in order.

The client is asynchronous and followers are threads: every call is carried over to a loop in a thread of its own.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import nats.errors
from anyio.from_thread import BlockingPortal
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header, PubAck
from nats.js.errors import APIError, BadRequestError, NotFoundError

from api.messages.client import connect
from api.messages.streams import EVENTS, Subjects, ensure_events
from projections.follower import AwayError

WINDOW = 256
"""Messages on their way whose acknowledgement is not here yet."""
ACK_S = 5.0
WRONG_LAST_SEQUENCE = 10071


class OutOfStepError(AwayError):
    """The stream does not end where we thought: somebody else wrote to it, or it is another one."""

    def __init__(self) -> None:
        super().__init__("finds EVENTS elsewhere than it left it, and looks again")


class RefusedError(Exception):
    """What the broker will never take, however often it is asked."""


@dataclass(frozen=True, slots=True)
class End:
    """Where the stream ends: the sequence it last gave, and the message that has it, unless that was taken out."""

    sequence: int
    last: bytes | None


@dataclass(frozen=True, slots=True)
class Message:
    """What happened to one kind of thing, under an id that is never given twice."""

    noun: str
    id: str
    body: bytes


class EventStream:
    """A stream that one writes to, whoever else thinks it is theirs."""

    def __init__(self, portal: BlockingPortal, nats_url: str, subjects: Subjects) -> None:
        self._portal = portal
        self._url = nats_url
        self._subjects = subjects
        self._connection: Client | None = None
        self._js: JetStreamContext | None = None

    def end(self) -> End:
        """Look where the stream ends; one that is missing is made.

        Raises:
            AwayError: the broker cannot be asked now.
            RefusedError: the stream cannot be made as it has to be.
        """
        return self._portal.call(self._end)

    def append(self, after: int, messages: Iterable[Message]) -> None:
        """Put messages behind the sequence *after*, many on their way at a time; all of them are there on return.

        Each says which sequence it expects to follow, so that of two writers one is refused, and nothing is ever
        twice in the stream, or out of order, or behind a gap.

        Raises:
            AwayError: some of them, from one on, are not known to be there.
            RefusedError: one of them is never taken.
        """
        self._portal.call(self._append, after, messages)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._portal.call(self._connection.close)

    async def _end(self) -> End:
        with _told():
            js = await self._jetstream()
            sequence = await ensure_events(js, self._subjects)
            try:
                return End(sequence, (await js.get_msg(EVENTS, sequence)).data if sequence else None)
            except NotFoundError:
                return End(sequence, None)

    async def _append(self, after: int, messages: Iterable[Message]) -> None:
        waiting: deque[asyncio.Future[PubAck]] = deque()
        acknowledged = after
        try:
            with _told():
                js = await self._jetstream()
                for sequence, message in enumerate(messages, after):
                    if len(waiting) == WINDOW:
                        acknowledged = await _next(waiting, acknowledged)
                    headers = {
                        Header.MSG_ID.value: message.id,
                        Header.EXPECTED_LAST_SEQUENCE.value: str(sequence),
                    }
                    subject = self._subjects.event(message.noun)
                    waiting.append(await js.publish_async(subject, message.body, headers=headers))
                while waiting:
                    acknowledged = await _next(waiting, acknowledged)
        finally:
            for future in waiting:
                if not future.cancel() and not future.cancelled():
                    future.exception()  # the first one told all there is to tell

    async def _jetstream(self) -> JetStreamContext:
        if self._connection is None or self._connection.is_closed or self._js is None:
            self._connection = await connect(self._url)
            self._js = self._connection.jetstream(timeout=ACK_S)
        if not self._connection.is_connected:
            # the client would keep what it is given, and send it whenever it is back
            raise nats.errors.ConnectionReconnectingError
        return self._js


async def _next(waiting: deque[asyncio.Future[PubAck]], acknowledged: int) -> int:
    """Wait for the oldest acknowledgement; it must be of the sequence that follows."""
    future = waiting.popleft()
    if future.done():
        ack = future.result()
    else:
        async with asyncio.timeout(ACK_S):
            ack = await future
    if ack.seq != acknowledged + 1:
        raise OutOfStepError
    return ack.seq


@contextmanager
def _told() -> Iterator[None]:
    """Tell apart what passes from what stays; never by the client's words, which may hold an address."""
    try:
        yield
    except nats.errors.MaxPayloadError:
        raise RefusedError("it is larger than the broker takes: raise max_payload of the server") from None
    except BadRequestError as error:
        if error.err_code == WRONG_LAST_SEQUENCE:
            raise OutOfStepError from None
        raise RefusedError(f"the broker refuses it: {error.description} ({error.err_code})") from None
    except APIError as error:
        raise AwayError(f"waits for the broker: {error.description} ({error.err_code})") from None
    except (nats.errors.Error, OSError) as error:
        raise AwayError(f"waits for the broker: {type(error).__name__}") from None
