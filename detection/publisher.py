"""Takes proposals from the spool to JetStream, beside the detection, for as long as it takes.

A proposal leaves the disk when the stream has acknowledged it.  The broker may be away, or the stream not made yet
(intake makes it): detection goes on, and what waits goes out later, in this run or the next.
"""

import asyncio
import logging
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import nats
import nats.errors
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from nats.js.errors import NoStreamResponseError

from detection.contracts import subject
from detection.spool import Spool

logger = logging.getLogger(__name__)

BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
ACK_S: Final = 5.0
FLUSH_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has published, and what is still on disk."""

    published: int
    kept: int


class Publisher:
    """A thread that empties a spool into JetStream."""

    def __init__(self, url: str, spool: Spool, *, jurisdiction: str) -> None:
        self._url, self._spool, self._jurisdiction = url, spool, jurisdiction
        self._published = 0
        self._connection: Client | None = None
        self._empty = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._more = asyncio.Event()
        self._more.set()
        self._task: asyncio.Task[None] | None = None
        self._said = ""
        self._thread = threading.Thread(target=self._work, name="publisher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def wake(self) -> None:
        """Say that the spool has something new."""
        self._empty.clear()
        self._loop.call_soon_threadsafe(self._more.set)

    def finish(self, within_s: float = FLUSH_S) -> Outcome:
        """Wait until the spool is empty, for so long at most, and stop."""
        self.wake()
        self._empty.wait(within_s)
        self._stop()
        return Outcome(self._published, len(self._spool))

    def _stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join()

    def _cancel(self) -> None:
        if self._task:
            self._task.cancel()

    def _work(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._run())
            except asyncio.CancelledError:
                logger.debug("publisher stopped")

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        try:
            failures = 0
            while True:
                await self._more.wait()
                self._more.clear()
                if await self._empty_spool():
                    failures = 0
                else:
                    await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                    failures += 1
                    self._more.set()
        finally:
            if self._connection:
                await self._connection.close()

    async def _empty_spool(self) -> bool:
        """Publish what waits; False where something could not go out now."""
        if not len(self._spool):
            self._empty.set()
            return True
        try:
            js = await self._jetstream()
            for waiting in self._spool.waiting():
                await js.publish(
                    subject(self._jurisdiction, waiting.message.camera),
                    waiting.raw,
                    timeout=ACK_S,
                    headers={"Nats-Msg-Id": str(waiting.message.proposal_id)},
                )
                self._spool.done(waiting)
                self._published += 1
                self._said = ""
        except NoStreamResponseError:
            self._say("no stream takes detections yet: `minhchung intake` makes it")
            return False
        # only the kind of error: its text may hold the address, and with it a token
        except (nats.errors.Error, OSError, TimeoutError) as error:
            self._say(type(error).__name__)
            return False
        self._more.set()  # something may have come while this went out; an empty spool ends it
        return True

    async def _jetstream(self) -> JetStreamContext:
        if self._connection is None or self._connection.is_closed:
            connection = Client()
            try:
                # the first attempt ends, ours begins again: its own would go on with no pause
                async with asyncio.timeout(ACK_S):
                    await connection.connect(
                        self._url.split(","),
                        max_reconnect_attempts=-1,
                        ping_interval=10,
                        max_outstanding_pings=2,
                        error_cb=self._noted,
                    )
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection.jetstream()

    async def _noted(self, error: Exception) -> None:
        self._say(type(error).__name__)

    def _say(self, what: str) -> None:
        """Log a trouble when it begins, not each time it is met again."""
        if what != self._said:
            self._said = what
            logger.warning("publishing waits: %s; %d on disk", what, len(self._spool))
