"""Cameras that answer as cameras do, or do not: sockets on loopback that speak just enough RTSP and HTTP to be asked.

How one behaves is said at any time and holds from its next connection on.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from types import TracebackType
from typing import Final, Self

RESET: Final = struct.pack("ii", 1, 0)
DRIP_S: Final = 0.05
HUGE: Final = b"X-Padding: " + b"x" * 60_000 + b"\r\n"

SAID: Final[dict[str, bytes]] = {
    "answers": b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n",
    "asks who it is": b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="c"\r\n\r\n',
    "knows no such method": b"RTSP/1.0 405 Method Not Allowed\r\n\r\n",
    "says too much": b"RTSP/1.0 200 OK\r\n" + HUGE * 20,
    "answers a page": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "sends elsewhere": b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\n",
    "babbles": b"\x00\xff\x80garbage\r\n\r\n",
    "greets as mail": b"220 mail.example ESMTP\r\n",
    "has no end of a line": b"RTSP/1.0 200 " + b"O" * 100_000,
    "breaks off": b"RTSP/1.0 20",
    "hangs up": b"",
}
"""What each says, and then hangs up; `is silent`, `drips` and `resets` are other ways."""


class Device:
    """One of them."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.heard: list[bytes] = []
        """The requests that came, as they came."""
        self.port = 0

    def url(self, scheme: str = "rtsp", rest: str = "/live/main") -> str:
        """Its address."""
        return f"{scheme}://127.0.0.1:{self.port}{rest}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection."""
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        how = self.how
        self.heard.append(await reader.readuntil(b"\r\n\r\n"))
        if how == "resets":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        elif how == "is silent":
            await reader.read()
        elif how == "drips":
            for byte in SAID["answers"]:
                writer.write(bytes([byte]))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(), DRIP_S)
                    return  # whoever asked has gone
        else:
            writer.write(SAID[how])
            writer.write_eof()
            await reader.read()


class Devices:
    """Runs them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)

    def stand(self, how: str = "answers", tls: ssl.SSLContext | None = None) -> Device:
        """Put one up."""
        device = Device(how)
        started = asyncio.start_server(device.serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20, backlog=1000)
        server = asyncio.run_coroutine_threadsafe(started, self._loop).result(10)
        self._servers.append(server)
        device.port = server.sockets[0].getsockname()[1]
        return device
