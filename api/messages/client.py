"""The connection to NATS: it comes back by itself for as long as the process lives, and says so once."""

import asyncio
import logging
from collections.abc import Callable

import nats.aio.client
from nats.aio.msg import Msg

logger = logging.getLogger(__name__)

CONNECT_S = 5.0
RECONNECT_S = 1


class Client(nats.aio.client.Client):
    """nats-py's client, which a subject that is not UTF-8 would throw off its connection."""

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        shown = subject.decode(errors="backslashreplace").encode()
        return super()._build_message(sid, shown, reply, data, headers)  # type: ignore[no-any-return]


async def connect(urls: str, *, lost: Callable[[], None] = lambda: None) -> Client:
    """Connect to one of several addresses, separated by commas; call *lost* whenever the connection breaks.

    Raises:
        nats.errors.Error, OSError: it cannot be reached now; what came after a first success is cured within.
    """
    said = ""

    async def noted(error: Exception) -> None:
        # only the kind of error: its text may hold the address, and with it a token
        nonlocal said
        if (told := type(error).__name__) != said:
            logger.warning("nats: %s, connecting again", told)
        said = told

    async def back() -> None:
        nonlocal said
        said = ""
        logger.info("nats: connected again")

    async def gone() -> None:
        lost()

    connection = Client()
    try:
        # the client's own first attempt never ends, and goes on without a pause
        async with asyncio.timeout(CONNECT_S):
            await connection.connect(
                urls.split(","),
                max_reconnect_attempts=-1,  # of itself it gives up after two minutes
                ping_interval=10,
                max_outstanding_pings=2,
                reconnect_time_wait=RECONNECT_S,
                error_cb=noted,
                disconnected_cb=gone,
                reconnected_cb=back,
            )
    except BaseException:
        await connection.close()
        raise
    return connection
