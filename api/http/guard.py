"""What stands in front of every route: a bounded body that arrives in time, safe headers, an id for the logs.

Pure ASGI, outermost first: `BehindProxies`, `CorrelationId`, `SecurityHeaders`, `BodyGuard`. A body is counted as it
arrives, whatever Content-Length says, and never more of it is held than the limit.
"""

import asyncio
import logging
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from uuid import UUID, uuid4

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

logger = logging.getLogger(__name__)

KIB: Final = 1024
CORRELATION_HEADER: Final = "x-correlation-id"
NO_SOURCES: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": NO_SOURCES,
}


def guards(
    *, body_limit: int = 256 * KIB, body_seconds: float = 10, proxies: Collection[str] = ()
) -> list[Middleware]:
    """Give the middlewares in their order, for `Starlette(middleware=…)`."""
    return [
        Middleware(BehindProxies, proxies=proxies),
        Middleware(CorrelationId),
        Middleware(SecurityHeaders),
        Middleware(BodyGuard, limit=body_limit, seconds=body_seconds),
    ]


class BehindProxies:
    """Takes whoever stands behind the proxies of this installation for the client: the last hop that is none of them.

    Each proxy adds at the end of X-Forwarded-For whom it heard, so that what stands further in front may be made up by
    anybody. Where nothing, nonsense or only proxies are named, and for whoever is no such proxy, the peer itself is the
    client. uvicorn's own middleware takes nonsense for an address.
    """

    def __init__(self, app: ASGIApp, *, proxies: Collection[str]) -> None:
        self._app = app
        self._proxies = {ip_address(proxy) for proxy in proxies}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as if the client were the peer."""
        peer = scope.get("client")
        if self._proxies and peer and _address(peer[0]) in self._proxies:
            named = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
            scope["client"] = self._behind(named.split(",")) or peer
        await self._app(scope, receive, send)

    def _behind(self, hops: list[str]) -> tuple[str, int] | None:
        for hop in reversed(hops):
            address = _address(hop)
            if address not in self._proxies:
                return (str(address), 0) if address else None
        return None


class CorrelationId:
    """Binds one id per request to the logs and returns it; a client's own is taken only if it is a UUID."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve under an id."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        correlation_id = _uuid(Headers(scope=scope).get(CORRELATION_HEADER)) or str(uuid4())
        scope.setdefault("state", {})["correlation_id"] = correlation_id

        async def named(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                message.setdefault("headers", [])
                MutableHeaders(scope=message)[CORRELATION_HEADER] = correlation_id
            await send(message)

        with bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, named)


class SecurityHeaders:
    """Adds what every answer should say; what a route says itself stands."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve with the headers."""

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, headed if scope["type"] == "http" else send)


class BodyGuard:
    """Reads the whole body before anyone else does: at most *limit* bytes, within *seconds*."""

    def __init__(self, app: ASGIApp, *, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with 413 or 408 and close."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not ("content-length" in headers or "transfer-encoding" in headers):
            await self._app(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._limit:
            await self._too_large(receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except ClientDisconnect:
            return
        except TimeoutError:
            await self._refuse(
                send,
                408,
                f"Nội dung không đến đủ trong {self._seconds:g} giây",
                f"The body did not arrive within {self._seconds:g} s",
            )
            return
        if body is None:
            await self._too_large(receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Collect the body; None once it is larger than the limit."""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > self._limit:
                return None
            more = message.get("more_body", False)
        return bytes(body)

    async def _too_large(self, receive: Receive, send: Send) -> None:
        await self._refuse(
            send,
            413,
            f"Nội dung lớn hơn {self._limit} byte",
            f"The body is larger than {self._limit} bytes",
            ended=False,
        )
        # A client that is still sending would see a reset, not the answer: read on for a while, keep nothing.
        try:
            async with asyncio.timeout(self._seconds):
                while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                    pass
        except TimeoutError:
            logger.info("a refused body was still arriving after %g s", self._seconds)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _refuse(self, send: Send, status: int, vi: str, en: str, *, ended: bool = True) -> None:
        code = "BODY_TOO_LARGE" if status == 413 else "BODY_TOO_SLOW"  # noqa: PLR2004
        body = orjson.dumps({"errors": [{"message": f"{vi} · {en}", "extensions": {"code": code}}]}) + b"\n"
        head = {
            "content-type": "application/json; charset=utf-8",
            "content-length": str(len(body)),
            "connection": "close",
        }
        raw = [(name.encode(), value.encode()) for name, value in head.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body, "more_body": not ended})


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _address(given: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(given.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _uuid(given: str | None) -> str | None:
    try:
        return str(UUID(given)) if given and len(given) == 36 else None  # noqa: PLR2004 — the canonical form only
    except ValueError:
        return None
