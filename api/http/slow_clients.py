"""Clients that hold connections: uvicorn waits for a request's head and for a reader for ever, this does not."""

import asyncio
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

TIMED_OUT: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HeadDeadline(H11Protocol):
    """Closes a connection whose request head is not complete within `seconds` of its first moment."""

    seconds: ClassVar[float] = 10

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Start the clock: a client that says nothing is as slow as one that says half."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is there; a trickle of bytes does not turn it back."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self._give_up)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.write(TIMED_OUT)
            self.transport.close()


class ReadDeadline(WebSocketsSansIOProtocol):
    """Drops a socket whose client reads nothing for `seconds` while there is something to read.

    Closing would wait until the client has read what it does not read; so the connection is cut.
    """

    seconds: ClassVar[float] = 5

    _deadline: asyncio.TimerHandle | None = None

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

    def pause_writing(self) -> None:
        """Start the clock: the client is behind by all that the buffers hold."""
        super().pause_writing()
        self._cut_in(self.seconds)

    def resume_writing(self) -> None:
        """Stop the clock: it reads."""
        self._stop()
        super().resume_writing()

    def keepalive_timeout(self) -> None:
        """Cut: who answers no ping will not read a farewell either."""
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Start the clock: nobody is left who would say more, and what was said should be read by then."""
        super().on_task_complete(task)
        if not self.disconnected:
            self._cut_in(self.seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _cut_in(self, seconds: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def server_settings(
    *, head_seconds: float = 10, read_seconds: float = 5, connections: int = 2_000
) -> dict[str, Any]:
    """Give what `uvicorn.Config` must be told so that no client can hold the server."""
    return {
        "http": type("HeadDeadline", (HeadDeadline,), {"seconds": head_seconds}),
        "ws": type("ReadDeadline", (ReadDeadline,), {"seconds": read_seconds}),
        "h11_max_incomplete_event_size": 16 * 1024,  # the head of a request
        "limit_concurrency": connections,  # beyond: 503
        "timeout_keep_alive": 5,
        "timeout_graceful_shutdown": 5,  # otherwise open sockets hold the stop for ever
        "ws_max_size": 256 * 1024,
        "ws_max_queue": 32,
        "ws_per_message_deflate": False,  # a small frame must not become a large one
        "proxy_headers": False,  # nobody names another's address
        "server_header": False,
    }
