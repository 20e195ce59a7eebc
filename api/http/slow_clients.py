"""Clients that hold connections: uvicorn waits for the end of a request's head for ever, this does not."""

import asyncio
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

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


def server_settings(*, head_seconds: float = 10, connections: int = 1_000) -> dict[str, Any]:
    """Give what `uvicorn.Config` must be told so that no client can hold the server."""
    return {
        "http": type("HeadDeadline", (HeadDeadline,), {"seconds": head_seconds}),
        "ws": "websockets-sansio",
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
