"""Whether a device answers: one question to the host on file that opens nothing, and the first line of what it says.

Neither the path nor the account of an address is sent, so nothing is disclosed to whoever sits there by now. Any status
line will do: whoever refuses is alive. A device that is silent, drips or babbles is as good as none.
"""

import asyncio
import logging
import re
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from domain.links import Tried

logger = logging.getLogger(__name__)

SECONDS: Final = 5.0
"""How long a device may take, from the name of its host to its answer."""
AT_ONCE: Final = 500
"""So many are asked at the same time; each is an open file, of which many systems allow a process a thousand."""
LONGEST_LINE: Final = 1024
PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
STATUS: Final = re.compile(rb"(RTSP|HTTP)/\d\.\d [1-5]\d\d( [^\r\n]*)?\r?\n")
NAMES_AT_ONCE: Final = 32


class Asker:
    """Asks devices whether they answer, many at a time, on a loop of its own; who asked fetches the outcomes."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        at_once: int = AT_ONCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._seconds = seconds
        self._turn = asyncio.Semaphore(at_once)
        self._clock = clock
        self._ticks = ticks
        self._outcomes: SimpleQueue[Tried] = SimpleQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        # names are looked up in threads, and a server of names that hangs would stop all others behind it
        self._names = ThreadPoolExecutor(NAMES_AT_ONCE)
        self._thread = threading.Thread(target=self._run, daemon=True, name="asker")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def ask(self, camera_id: UUID, url: str) -> None:
        """Ask a device as soon as its turn comes; the outcome is told once, whatever it is."""
        self._loop.call_soon_threadsafe(self._begin, camera_id, url)

    def outcome(self) -> Tried | None:
        """The next outcome, if there is one."""
        try:
            return self._outcomes.get_nowait()
        except Empty:
            return None

    def _run(self) -> None:
        self._loop.set_default_executor(self._names)
        self._loop.set_exception_handler(_told)
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._names.shutdown(wait=False, cancel_futures=True)
        self._loop.close()

    async def _end(self) -> None:
        """Hang up on whoever has not answered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # a connection that is aborted is closed with the next turn of the loop

    def _begin(self, camera_id: UUID, url: str) -> None:
        task = self._loop.create_task(self._try(camera_id, url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, camera_id: UUID, url: str) -> None:
        async with self._turn:
            at, tick = self._clock(), self._ticks()
            answered = False
            try:
                with suppress(OSError, ValueError, EOFError):  # refused, silent, no such name, no line
                    async with asyncio.timeout(self._seconds):
                        answered = await answers(url)
            finally:
                self._outcomes.put(Tried(camera_id, at, tick, answered))


def _told(_loop: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
    """Log what the loop has to say of a connection by its kind: its words may name the address."""
    logger.error("a try broke: %s", type(what.get("exception")).__name__)


async def answers(url: str) -> bool:
    """Ask the host of *url* by its protocol, and say whether the first line of the answer is one.

    Raises:
        OSError: no connection came about, or it broke.
        ValueError: the line is too long, or the host no name of one.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    name = f"[{host}]" if ":" in host else host
    if parts.scheme in {"rtsp", "rtsps"}:
        question = f"OPTIONS {parts.scheme}://{name}:{port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    else:
        question = f"GET / HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n"
    sealed: dict[str, Any] = {"ssl": unverified()} if parts.scheme in {"rtsps", "https"} else {}
    reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_LINE, **sealed)
    try:
        writer.write(question.encode("ascii"))
        return STATUS.fullmatch(await reader.readline()) is not None
    finally:
        # nothing is waited for: what else it has to say is nobody's business
        writer.transport.abort()


def unverified() -> ssl.SSLContext:
    """TLS with whoever answers, however old: cameras sign their own certificates, and nothing secret is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context
