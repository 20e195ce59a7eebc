"""The stream EVENTS as the outbox uses it: where it ends, and what comes next, in order.

The client is asynchronous and followers are threads: every call is carried over to a loop in a thread of its own.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import nats.errors
import orjson
from anyio.from_thread import BlockingPortal
from nats.aio.msg import Msg
from nats.js.api import Header, StatusCode
from nats.js.errors import APIError, BadRequestError, NoStreamResponseError, NotFoundError

from api.messages.client import Client, connect
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
        self._inbox = ""
        self._asked = count()
        self._answers: dict[str, asyncio.Future[Msg | None]] = {}

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
            js = (await self._connected()).jetstream(timeout=ACK_S)
            sequence = await ensure_events(js, self._subjects)
            if sequence == 0:
                return End(0, None)
            try:
                return End(sequence, (await js.get_msg(EVENTS, sequence)).data or b"")
            except NotFoundError:
                return End(sequence, None)

    async def _append(self, after: int, messages: Iterable[Message]) -> None:
        waiting: deque[tuple[int, asyncio.Future[Msg | None]]] = deque()
        try:
            with _told():
                connection = await self._connected()
                for sequence, message in enumerate(messages, after):
                    if len(waiting) == WINDOW:
                        await _acknowledged(*waiting.popleft())
                    waiting.append((sequence, await self._publish(connection, sequence, message)))
                while waiting:
                    await _acknowledged(*waiting.popleft())
        except AwayError:
            raise
        except Exception:
            # what was sent before the one that is refused is let arrive: whoever looks next must find it
            if waiting:
                await asyncio.wait([answer for _, answer in waiting], timeout=ACK_S)
            raise
        finally:
            self._answers.clear()

    async def _publish(
        self, connection: Client, sequence: int, message: Message
    ) -> asyncio.Future[Msg | None]:
        """Send a message that is to follow *sequence*; the answer comes later.

        The client's own `publish_async` raises what it is answered where nobody hears it (nats-py 2.16).
        """
        reply = f"{self._inbox}.{next(self._asked)}"
        answer = self._answers[reply] = asyncio.get_running_loop().create_future()
        headers = {Header.MSG_ID.value: message.id, Header.EXPECTED_LAST_SEQUENCE.value: str(sequence)}
        await connection.publish(self._subjects.event(message.noun), message.body, reply, headers)
        return answer

    async def _answered(self, message: Msg) -> None:
        answer = self._answers.pop(message.subject, None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _lost(self) -> None:
        """Nobody answers on a connection that broke: do not wait for it."""
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)

    async def _connected(self) -> Client:
        if self._connection is None or self._connection.is_closed:
            connection = await connect(self._url, lost=self._lost)
            self._inbox = connection.new_inbox()
            await connection.subscribe(f"{self._inbox}.*", cb=self._answered)
            self._connection = connection
        if not self._connection.is_connected:
            # the client would keep what it is given, and send it whenever it is back
            raise nats.errors.ConnectionReconnectingError
        return self._connection


async def _acknowledged(sequence: int, answering: asyncio.Future[Msg | None]) -> None:
    """Wait for the answer to the message that was to follow *sequence*: it does, or somebody else's does."""
    if not answering.done():
        async with asyncio.timeout(ACK_S):
            await answering
    answer = answering.result()
    if answer is None:
        raise nats.errors.ConnectionReconnectingError
    if answer.headers and answer.headers.get(Header.STATUS.value) == StatusCode.SERVICE_UNAVAILABLE:
        raise NoStreamResponseError
    said = orjson.loads(answer.data)
    if "error" in said:
        raise APIError.from_error(said["error"])
    if said["seq"] != sequence + 1:
        raise OutOfStepError


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
