"""Clients that hold connections or wear the server out: uvicorn waits for ever and reads whatever comes, this does not.

Whoever connects is given a time for everything they owe: the head of a request, the end of a message begun, the
reading of what they asked for. What arrives is taken in pieces small enough that working one off delays nobody else.
"""

import asyncio
from typing import Any, ClassVar, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

TIMED_OUT: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
CROWDED: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 5\r\n\r\n"
)
LOOPBACK: Final = ("127.0.0.1", "::1")
"""A proxy on this machine speaks for everybody from here; how many one address may have is then for it to say."""
AT_A_TIME: Final = 16 * 1024
"""Bytes that are read before others have their turn: 256 KiB of the smallest frames or chunks take a second."""
PIECES: Final = 2_048
"""Parts that a body or a message may come in, unless they are of a decent size: each costs as much, however small."""
DECENT: Final = 256


class Deadline:
    """A time by which something is done; only one at a time, and not begun anew by asking for it again."""

    def __init__(self, what: Any, seconds: float) -> None:
        self._what = what
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start the clock, unless it runs."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._over)

    def stop(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _over(self) -> None:
        self._timer = None
        self._what()


class Sparing(h11.Connection):
    """Takes no body that comes in crumbs."""

    _pieces = _size = 0

    def next_event(self) -> Any:
        """The next event, as h11 has it."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._pieces = self._size = 0
        elif isinstance(event, h11.Data):
            self._pieces += 1
            self._size += len(event.data)
            if self._pieces > PIECES and self._size < DECENT * self._pieces:
                raise h11.RemoteProtocolError("a body in too many pieces")
        return event


def address_of(protocol: Any) -> str:
    """Where the other end of a connection is."""
    return protocol.client[0] if protocol.client else ""


class HeadDeadline(H11Protocol):
    """Closes a connection whose request head is not complete in time, and one that does not read its answer."""

    head_seconds: ClassVar[float] = 10
    answer_seconds: ClassVar[float] = 60
    of_an_address: ClassVar[int] = 200
    not_counted: ClassVar[tuple[str, ...]] = LOOPBACK

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = Sparing(h11.SERVER, cast("int", self.config.h11_max_incomplete_event_size))
        self._head = Deadline(self._give_up, self.head_seconds)
        self._reading = Deadline(self._cut, self.answer_seconds)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Start the clock: a client that says nothing is as slow as one that says half."""
        super().connection_made(transport)
        transport.max_size = AT_A_TIME  # type: ignore[attr-defined] # asyncio has no other way to say it
        if self._is_one_too_many():
            self.transport.write(CROWDED)
            self.transport.close()
        else:
            self._head.start()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is there; a trickle of bytes does not turn it back."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._head.start()
        else:
            self._head.stop()

    def pause_writing(self) -> None:
        """Start the clock: the client is behind by all that the buffers hold."""
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        """Stop the clock: it reads."""
        self._reading.stop()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse, where there is still something to say; in the middle of an answer only the end is left."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._head.stop()
        self._reading.stop()
        super().connection_lost(exc)

    def _is_one_too_many(self) -> bool:
        """Whether this address has its share, or there are twice as many as can be served, the refused included."""
        room, address = self.config.limit_concurrency, address_of(self)
        if room is not None and len(self.connections) > 2 * room:
            return True
        if address in self.not_counted:
            return False
        return sum(address_of(other) == address for other in self.connections) > self.of_an_address

    def _cut(self) -> None:
        self.transport.abort()

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(TIMED_OUT)
            self.transport.close()


class ReadDeadline(WebSocketsSansIOProtocol):
    """Drops a socket whose client reads nothing while there is something to read, or leaves a message unfinished.

    Closing would wait until the client has read what it does not read; so the connection is cut.
    """

    read_seconds: ClassVar[float] = 5
    message_seconds: ClassVar[float] = 10

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading = Deadline(self._cut, self.read_seconds)
        self._message = Deadline(self._unfinished, self.message_seconds)

    def handle_connect(self, event: Request) -> None:
        """Refuse one socket more than there is room for: uvicorn's limit does not count those it upgrades."""
        limit = self.config.limit_concurrency
        if limit is None or len(self.connections) <= limit:
            super().handle_connect(event)
            return
        self.handshake_complete = self.close_sent = True
        self.conn.send_response(self.conn.reject(503, "Service Unavailable"))
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Keep the time of a message that came in part; more of it does not turn the clock back."""
        super().data_received(data)
        if self.frames and not self.close_sent:
            self._message.start()
        else:
            self._message.stop()

    def handle_cont(self, event: Frame) -> None:
        """Refuse a message in more pieces than anybody makes of one: empty ones would not count as size."""
        super().handle_cont(event)
        if len(self.frames) > PIECES:
            self._fail(CloseCode.MESSAGE_TOO_BIG, "the message has too many parts")

    def pause_writing(self) -> None:
        """Start the clock, and read no more: each ping would be answered into the same full buffer."""
        super().pause_writing()
        self.transport.pause_reading()
        self._reading.start()

    def resume_writing(self) -> None:
        """Stop the clock: it reads."""
        self._reading.stop()
        if not self.read_paused:
            self.transport.resume_reading()
        super().resume_writing()

    async def receive(self) -> Any:
        """Hand over the next message; nothing more is read for it while writing stands."""
        message = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    def keepalive_timeout(self) -> None:
        """Cut: who answers no ping will not read a farewell either."""
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Start the clock: nobody is left who would say more, and what was said should be read by then."""
        super().on_task_complete(task)
        if not self.disconnected:
            self._reading.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._reading.stop()
        self._message.stop()
        super().connection_lost(exc)

    def _cut(self) -> None:
        self.transport.abort()

    def _unfinished(self) -> None:
        self._fail(CloseCode.POLICY_VIOLATION, "the message did not end in time")

    def _fail(self, code: CloseCode, why: str) -> None:
        if not self.close_sent:
            self.frames = []
            self.conn.fail(code, why)
            self.handle_parser_exception()


def server_settings(
    *,
    head_seconds: float = 10,
    read_seconds: float = 5,
    message_seconds: float = 10,
    answer_seconds: float = 60,
    connections: int = 2_000,
    of_an_address: int = 200,
    not_counted: tuple[str, ...] = LOOPBACK,
) -> dict[str, Any]:
    """Give what `uvicorn.Config` must be told so that no client can hold the server."""
    http = {
        "head_seconds": head_seconds,
        "answer_seconds": answer_seconds,
        "of_an_address": of_an_address,
        "not_counted": not_counted,
    }
    ws = {"read_seconds": read_seconds, "message_seconds": message_seconds}
    return {
        "http": type("HeadDeadline", (HeadDeadline,), http),
        "ws": type("ReadDeadline", (ReadDeadline,), ws),
        "h11_max_incomplete_event_size": 16 * 1024,  # the head of a request
        "limit_concurrency": connections,  # beyond: 503
        "timeout_keep_alive": 5,
        "timeout_graceful_shutdown": 5,  # otherwise open sockets hold the stop for ever
        "ws_max_size": 256 * 1024,
        "ws_max_queue": 32,
        "ws_per_message_deflate": False,  # a small frame must not become a large one
        "proxy_headers": False,  # `guard.BehindProxies` says whose word on another's address counts
        "server_header": False,
    }
