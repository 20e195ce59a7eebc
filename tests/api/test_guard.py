"""Bodies are bounded in size and time, heads in time, and every answer says what it should."""

import json
import logging
import re
import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from io import BufferedReader
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.contextvars import get_contextvars

from api.http import slow_clients
from api.http.guard import guards
from api.http.slow_clients import AT_A_TIME, HeadDeadline, server_settings
from tests.support.serving import serving, until

LIMIT = 1_000
Address = tuple[str, int]


async def echo(request: Request) -> Response:
    """Answer with the length of the body and the id of the request."""
    body = await request.body()
    return PlainTextResponse(f"{len(body)} {get_contextvars()['correlation_id']}")


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Serve an echo behind the guards, with short times."""
    app = Starlette(
        routes=[Route("/", echo, methods=["GET", "POST"])],
        middleware=guards(body_limit=LIMIT, body_seconds=0.5),
    )
    with serving(app, **server_settings(head_seconds=0.5)) as served:
        yield served


def speak(address: Address, *pieces: bytes) -> socket.socket:
    """Open a connection and send *pieces*."""
    opened = socket.create_connection(address, timeout=10)
    for piece in pieces:
        opened.sendall(piece)
    return opened


def heard(opened: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer, and close."""
    with closing(opened), opened.makefile("rb") as stream:
        return answer(stream)


def answer(stream: BufferedReader) -> tuple[int, dict[str, str], bytes]:
    """Read one answer."""
    status = int(stream.readline().split()[1])
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode().partition(": ")
        headers[name.lower()] = value
    return status, headers, stream.read(int(headers.get("content-length", "0")))


def post(body: bytes, *, length: int | None = None) -> bytes:
    """Write a request."""
    return b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (
        len(body) if length is None else length,
        body,
    )


CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(body: bytes) -> bytes:
    """Write one chunk."""
    return b"%x\r\n%b\r\n" % (len(body), body)


class TestBody:
    """A body may have so many bytes, and must be there in time."""

    def test_at_the_limit(self, address: Address) -> None:
        """The last byte that is allowed is allowed, declared or chunked."""
        status, _, body = heard(speak(address, post(b"x" * LIMIT)))
        assert (status, body.split()[0]) == (200, b"1000")
        status, _, body = heard(speak(address, CHUNKED, chunk(b"x" * 600), chunk(b"x" * 400), b"0\r\n\r\n"))
        assert (status, body.split()[0]) == (200, b"1000")

    @pytest.mark.parametrize(
        "request_bytes",
        [
            post(b"x" * (LIMIT + 1)),
            post(b"", length=10**15),
            CHUNKED + chunk(b"x" * (LIMIT + 1)) + b"0\r\n\r\n",
            CHUNKED + chunk(b"x") * (LIMIT + 1) + b"0\r\n\r\n",
        ],
        ids=["declared", "declared huge", "one chunk", "many chunks"],
    )
    def test_over_the_limit(self, address: Address, request_bytes: bytes) -> None:
        """One byte more is refused with 413, one line of JSON, and the connection is closed."""
        opened = speak(address, request_bytes)
        status, headers, body = heard(opened)
        assert (status, headers["connection"]) == (413, "close")
        assert body.endswith(b"}\n")
        assert json.loads(body) == {
            "errors": [
                {
                    "message": "Nội dung lớn hơn 1000 byte · The body is larger than 1000 bytes",
                    "extensions": {"code": "BODY_TOO_LARGE"},
                }
            ]
        }

    @pytest.mark.parametrize("chunked", [False, True])
    def test_64_mebibytes(self, address: Address, chunked: bool) -> None:
        """64 MiB are refused with an answer that arrives, in seconds, and held by nobody."""
        piece = chunk(b"x" * 2**20) if chunked else b"x" * 2**20
        tracemalloc.start()
        try:
            opened = speak(address, CHUNKED if chunked else post(b"", length=64 * 2**20))
            with suppress(ConnectionError, TimeoutError):
                for _ in range(64):
                    opened.sendall(piece)
            assert heard(opened)[0] == 413
            assert (
                tracemalloc.get_traced_memory()[1] < 2 * 2**20
            )  # the most at any moment, the server's included
        finally:
            tracemalloc.stop()

    def test_in_crumbs(self) -> None:
        """A body may come in pieces; one that comes in thousands of crumbs, each as dear as a piece, is given up."""
        app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=guards())
        with serving(app, **server_settings()) as address:
            pieces = chunk(b"x" * 100) * 2_000 + b"0\r\n\r\n"
            assert heard(speak(address, CHUNKED, pieces))[2].split()[0] == b"200000"
            assert heard(speak(address, CHUNKED, chunk(b"x") * 10_000))[0] == 400
            assert heard(speak(address, post(b"x")))[0] == 200

    def test_slow(self, address: Address) -> None:
        """A body that stops coming is refused with 408, and the connection is closed."""
        status, headers, body = heard(speak(address, post(b"half", length=8)))
        assert (status, headers["connection"]) == (408, "close")
        assert json.loads(body)["errors"][0]["extensions"] == {"code": "BODY_TOO_SLOW"}

    def test_given_up(self, address: Address, caplog: pytest.LogCaptureFixture) -> None:
        """A client that leaves in the middle is no error."""
        with caplog.at_level(logging.WARNING):
            speak(address, post(b"half", length=8)).close()
            assert heard(speak(address, post(b"")))[0] == 200
        assert caplog.records == []


class TestHead:
    """The head of a request must be complete in time, whatever the client does meanwhile."""

    @pytest.mark.parametrize("sent", [b"", b"POST / HTTP/1.1\r\nhost: a\r\nx-half: "], ids=["silent", "half"])
    def test_half_open(self, address: Address, sent: bytes) -> None:
        """200 connections that never finish their head are all closed, and others are served meanwhile."""
        with ExitStack() as stack:
            held = [stack.enter_context(closing(speak(address, sent))) for _ in range(200)]
            assert heard(speak(address, post(b"x")))[0] == 200
            answered = [opened.recv(1_000) for opened in held]
            ends = [opened.recv(1) for opened in held]
        assert {one.split(b"\r\n")[0] for one in answered} == {b"HTTP/1.1 408 Request Timeout"}
        assert set(ends) == {b""}

    def test_trickle(self, address: Address) -> None:
        """A byte now and then does not buy more time."""
        with closing(speak(address, b"POST / HTTP/1.1\r\nhost: a\r\nx-slow: ")) as opened:
            opened.settimeout(0.05)

            def ended() -> bool:
                try:
                    opened.sendall(b"x")
                    return opened.recv(1_000) != b""
                except TimeoutError:
                    return False
                except ConnectionError:
                    return True

            assert until(ended, seconds=5)

    def test_second_request(self, address: Address) -> None:
        """On a connection that is kept, half a second head is given up as well."""
        with closing(speak(address, post(b"x"))) as opened, opened.makefile("rb") as stream:
            assert answer(stream)[0] == 200
            opened.sendall(b"POST / HTTP/1.1\r\nhost:")
            assert answer(stream)[0] == 408

    def test_endless(self, address: Address) -> None:
        """A head that never ends is refused before it fills memory."""
        status, _, _ = heard(speak(address, b"GET / HTTP/1.1\r\nhost: a\r\nx-long: " + b"x" * 20_000))
        assert status == 400

    @pytest.mark.parametrize(
        "line", [b"a: b\r\n", b"x-long: " + b"x" * 1_000 + b"\r\n"], ids=["many", "long"]
    )
    def test_at_once(self, address: Address, line: bytes) -> None:
        """A head that is complete, and all there at once, may be no larger either."""
        lines = line * (250_000 // len(line))
        assert heard(speak(address, b"GET / HTTP/1.1\r\nhost: a\r\n" + lines + b"\r\n"))[0] == 400


class TestRoom:
    """One address has so many connections, whatever is said on them, and whoever reads nothing loses theirs."""

    def test_of_an_address(self, address: Address) -> None:
        """One more than an address may have is refused at once; when one goes there is room again."""
        app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=guards())
        with serving(app, **server_settings(of_an_address=3, not_counted=())) as served, ExitStack() as stack:
            held = [stack.enter_context(closing(speak(served, post(b"x")[:9]))) for _ in range(3)]
            assert heard(speak(served))[0] == 503
            held.pop().close()
            assert until(lambda: heard(speak(served, post(b"x")))[0] == 200)

    def test_of_a_proxy(self) -> None:
        """A proxy on this machine speaks for many: only all connections together are bounded."""
        app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=guards())
        with serving(app, **server_settings(of_an_address=3, connections=10)) as served, ExitStack() as stack:
            for _ in range(8):
                stack.enter_context(closing(speak(served)))
            assert heard(speak(served, post(b"x")))[0] == 200
            for _ in range(12):
                stack.enter_context(closing(speak(served)))
            assert heard(speak(served))[0] == 503

    def test_unread_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An answer that is not read is kept for a while, then its connection is cut."""
        lost: list[object] = []

        class Seen(HeadDeadline):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                lost.append(self)

        monkeypatch.setattr(slow_clients, "HeadDeadline", Seen)
        large = PlainTextResponse(b"x" * 2**24)
        with serving(large, **server_settings(answer_seconds=0.3)) as address:
            unread = socket.socket()
            unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with closing(unread):
                unread.connect(address)
                unread.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                assert until(lambda: len(lost) == 1)

    def test_in_turns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of what one client has sent only a little is worked off before others have their turn."""
        sizes: list[int] = []

        class Seen(HeadDeadline):
            def data_received(self, data: bytes) -> None:
                sizes.append(len(data))
                super().data_received(data)

        monkeypatch.setattr(slow_clients, "HeadDeadline", Seen)
        app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=guards())
        with serving(app, **server_settings()) as address:
            assert heard(speak(address, post(b"x" * 250_000)))[0] == 200
        assert sum(sizes) > 250_000
        assert max(sizes) <= AT_A_TIME


class TestHeaders:
    """Every answer carries an id and tells the browser to be careful."""

    def test_security(self, address: Address) -> None:
        """Nothing is sniffed, framed, cached or referred to."""
        headers = heard(speak(address, post(b"")))[1]
        assert {
            name: headers[name] for name in sorted(headers) if name not in {"content-length", "date"}
        } == {
            "cache-control": "no-store",
            "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'",
            "content-type": "text/plain; charset=utf-8",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-correlation-id": headers["x-correlation-id"],
            "x-frame-options": "DENY",
        }

    def test_correlation(self, address: Address) -> None:
        """The id in the answer is the one bound to the logs, another for each request."""
        seen = [heard(speak(address, post(b""))) for _ in range(2)]
        ids = [headers["x-correlation-id"] for _, headers, _ in seen]
        assert [body.split()[1].decode() for _, _, body in seen] == ids
        assert [UUID(one).version for one in ids] == [4, 4]
        assert ids[0] != ids[1]

    @pytest.mark.parametrize(
        "given, taken",
        [
            ("0b9a7c1e-5d7e-4e55-9d4f-1a2b3c4d5e6f", True),
            ("0b9a7c1e5d7e4e559d4f1a2b3c4d5e6f", False),
            ("plate 73A-123.45", False),
            ("{0b9a7c1e-5d7e-4e55-9d4f-1a2b3c4d5e6}", False),
            ("x" * 5_000, False),
        ],
    )
    def test_given_correlation(self, address: Address, given: str, taken: bool) -> None:
        """A client's own id is taken if it is a UUID as it is usually written, and ignored otherwise."""
        request = post(b"").replace(b"host: a", b"host: a\r\nx-correlation-id: " + given.encode())
        headers = heard(speak(address, request))[1]
        assert (headers["x-correlation-id"] == given) is taken
        assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-correlation-id"])
