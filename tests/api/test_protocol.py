"""GraphQL over HTTP and over a socket, spoken to the letter."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.graphql.protocol import GraphQLEndpoint, agreed
from api.http.guard import guards
from tests.support.graphql_sample import sample_schema

NEW = "application/graphql-response+json"
OLD = "application/json"
UTF8 = "; charset=utf-8"


def sample_app() -> Starlette:
    """Put the sample schema behind the endpoint and the guards."""
    endpoint: GraphQLEndpoint[Any, Any] = GraphQLEndpoint(sample_schema(time=timedelta(milliseconds=200)))
    return Starlette(
        routes=[Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)], middleware=guards()
    )


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Give a client of the sample."""
    with TestClient(sample_app()) as opened:
        yield opened


def ask(client: TestClient, body: object, accept: str | None = NEW, content_type: str = OLD) -> Response:
    """Post *body*, as it is if it is bytes."""
    headers = {"content-type": content_type} | ({"accept": accept} if accept else {})
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    response: Response = client.post("/graphql", content=content, headers=headers)
    return response


class TestStatusAndMediaType:
    """The status says whether the request was executed; the media type is the one asked for."""

    @pytest.mark.parametrize(
        "accept, media",
        [
            (NEW, NEW),
            (OLD, OLD),
            (None, OLD),
            ("*/*", OLD),
            ("application/*", OLD),
            (f"{NEW}, {OLD};q=0.9", NEW),
            (f"{OLD}, {NEW};q=0.5", OLD),
            (f"{OLD}, {NEW}", NEW),
            (f"text/html, {NEW};charset=utf-8", NEW),
        ],
    )
    def test_media_type(self, client: TestClient, accept: str | None, media: str) -> None:
        """The best of what the client accepts is given."""
        client.headers.pop("accept", None)
        response = ask(client, {"query": "{ hello }"}, accept or "")
        assert (response.status_code, response.headers["content-type"]) == (200, media + UTF8)
        assert response.json() == {"data": {"hello": "Chào bạn"}}

    @pytest.mark.parametrize("accept", ["text/html", f"{NEW};q=0", "image/png, application/xml"])
    def test_nothing_acceptable(self, client: TestClient, accept: str) -> None:
        """A client that accepts neither media type is told which there are."""
        response = ask(client, {"query": "{ hello }"}, accept)
        assert response.status_code == 406
        assert NEW in response.json()["errors"][0]["message"]

    @pytest.mark.parametrize(
        "body, code",
        [
            ({"query": "{"}, "SYNTAX_ERROR"),
            ({"query": "{ nothing }"}, "INVALID_DOCUMENT"),
            ({"query": "query($a: Int!) { cases(first: $a) { totalCount } }"}, "BAD_REQUEST"),
            (
                {"query": "query($a: Int) { cases(first: $a) { totalCount } }", "variables": {"a": "x"}},
                "BAD_REQUEST",
            ),
            ({"query": "{ cases(first: 0) { totalCount } }"}, "PAGE_SIZE"),
        ],
    )
    def test_request_errors(self, client: TestClient, body: dict[str, Any], code: str) -> None:
        """A request that is never executed has no data: 400 in the new media type, 200 in the old."""
        for accept, status in ((NEW, 400), (OLD, 200)):
            response = ask(client, body, accept)
            assert (response.status_code, sorted(response.json())) == (status, ["errors"])
            assert response.json()["errors"][0]["extensions"]["code"] == code

    def test_field_errors(self, client: TestClient) -> None:
        """A request that was executed has data, and is 200, whatever became of its fields."""
        response = ask(client, {"query": "{ hello missing }"})
        assert response.status_code == 200
        assert response.json()["data"] == {"hello": "Chào bạn", "missing": None}

    def test_out_of_time(self, client: TestClient) -> None:
        """An operation that took too long is 504."""
        response = ask(client, {"query": "{ slow }"})
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
            504,
            "TIMED_OUT",
        )

    def test_vietnamese_is_written_as_it_is(self, client: TestClient) -> None:
        """Letters go out in UTF-8, not as escapes."""
        assert "Chào bạn".encode() in ask(client, {"query": "{ hello }"}).content


class TestRequests:
    """Only POST, only JSON, only one operation."""

    @pytest.mark.parametrize(
        "body, status",
        [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b'{"query": "{ hello }", "variables": {"a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}}", 400),
            ([{"query": "{ hello }"}], 400),
            ("{ hello }", 400),
            ({}, 400),
            ({"query": ""}, 400),
            ({"query": 1}, 400),
            ({"query": "{ hello }", "variables": []}, 400),
            ({"query": "{ hello }", "variables": "{}"}, 400),
            ({"query": "{ hello }", "operationName": 1}, 400),
            ({"query": "{ hello }", "extensions": 0}, 400),
            ({"query": "query a { hello }", "operationName": "b"}, 400),
        ],
    )
    def test_malformed(self, client: TestClient, body: object, status: int) -> None:
        """What is no request is refused in one line of JSON, in both media types."""
        for accept in (NEW, OLD):
            response = ask(client, body, accept)
            assert (response.status_code, list(response.json())) == (status, ["errors"])
            assert len(response.json()["errors"]) == 1

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    def test_content_type(self, client: TestClient, kind: str) -> None:
        """A form cannot post here, so no other site can make a browser do it."""
        assert ask(client, {"query": "{ hello }"}, content_type=kind).status_code == 415

    def test_other_charset(self, client: TestClient) -> None:
        """JSON is UTF-8."""
        response = ask(client, {"query": "{ hello }"}, content_type="application/json; charset=utf-16")
        assert response.status_code == 415

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
    def test_methods(self, client: TestClient, method: str) -> None:
        """A query by GET would leave its arguments in every log on the way."""
        response = client.request(method, "/graphql?query={hello}")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


class TestErrors:
    """What nobody foresaw is logged, and named to the client by a number only."""

    def test_unforeseen(self, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
        """The text of an exception stays inside; the same id stands in the answer, its header and the log."""
        with caplog.at_level(logging.ERROR):
            response = ask(client, {"query": "{ hello broken }"})
        (error,) = response.json()["errors"]
        reference = response.headers["x-correlation-id"]
        assert error["message"] == "Lỗi không lường trước · Unexpected error"
        assert error["path"] == ["broken"]
        assert error["extensions"] == {"code": "UNEXPECTED", "correlationId": reference}
        assert "secret-7" not in response.text
        (record,) = caplog.records
        assert record.getMessage() == f"unexpected error at broken, correlation {reference}"
        assert record.exc_info is not None
        assert str(record.exc_info[1]) == "the password of accounts is secret-7"

    def test_many(self, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
        """Of many in one answer the log has a few, and how many more there were; the client is told of each."""
        with caplog.at_level(logging.ERROR):
            response = ask(client, {"query": "{" + " ".join(f"a{n}: broken" for n in range(20)) + "}"})
        assert len(response.json()["errors"]) == 20
        reference = response.headers["x-correlation-id"]
        assert [record.getMessage() for record in caplog.records] == [
            *(f"unexpected error at a{n}, correlation {reference}" for n in range(3)),
            f"17 more in the same answer, correlation {reference}",
        ]

    def test_foreseen(self, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
        """A refusal of the domain is shown with its code, and logged by nobody."""
        (error,) = ask(client, {"query": "{ missing }"}).json()["errors"]
        assert error["message"] == ("Không có vụ việc DH-2026-000404 · There is no case DH-2026-000404")
        assert error["extensions"] == {"code": "NOT_FOUND", "rule": None, "retryable": False}
        assert caplog.records == []

    def test_of_the_client(self, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
        """A typo is named to the client, without a suggestion, and is no matter for the log."""
        body = {
            "query": "mutation($i: CloseCaseInput!) { closeCase(input: $i) { __typename } }",
            "variables": {"i": {"caseId": "1", "commandIdd": "1"}},
        }
        message = " ".join(error["message"] for error in ask(client, body).json()["errors"])
        assert "commandIdd" in message
        assert "Did you mean" not in message
        assert caplog.records == []


class TestSocket:
    """`graphql-transport-ws`, and nothing older."""

    PROTOCOL = "graphql-transport-ws"

    def open(self, client: TestClient, **headers: str) -> Any:
        """Open a socket."""
        return client.websocket_connect("/graphql", subprotocols=[self.PROTOCOL], headers=headers)

    def start(self, socket: Any) -> None:
        """Introduce the client."""
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}

    def test_subscription(self, client: TestClient) -> None:
        """A subscription counts, in text frames, and completes."""
        with self.open(client) as socket:
            self.start(socket)
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "subscription { count }"}})
            assert [socket.receive_json() for _ in range(3)] == [
                {"id": "1", "type": "next", "payload": {"data": {"count": 0}}},
                {"id": "1", "type": "next", "payload": {"data": {"count": 1}}},
                {"id": "1", "type": "complete"},
            ]

    @pytest.mark.parametrize(
        "query, code",
        [
            ("{", "SYNTAX_ERROR"),
            ("{ nothing }", "INVALID_DOCUMENT"),
            ("{ hello " + "@skip(if: false) " * 51 + "}", "TOO_MANY_DIRECTIVES"),
        ],
    )
    def test_bad_document(self, client: TestClient, query: str, code: str) -> None:
        """A bad document is an error of its own operation; the socket stays open for the others."""
        with self.open(client) as socket:
            self.start(socket)
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": query}})
            message = socket.receive_json()
            assert (message["id"], message["type"]) == ("1", "error")
            assert message["payload"][0]["extensions"]["code"] == code
            socket.send_json({"id": "2", "type": "subscribe", "payload": {"query": "{ hello }"}})
            assert socket.receive_json()["payload"] == {"data": {"hello": "Chào bạn"}}

    def test_unforeseen(self, client: TestClient) -> None:
        """Errors are masked on a socket as they are over HTTP."""
        with self.open(client) as socket:
            self.start(socket)
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ broken }"}})
            (error,) = socket.receive_json()["payload"]["errors"]
            assert error["message"] == "Lỗi không lường trước · Unexpected error"

    @pytest.mark.parametrize(
        "message",
        [
            [],
            {"type": 1},
            {"type": "subscribe"},
            {"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}},
            {"type": "subscribe", "id": "1"},
            {"type": "subscribe", "id": "1", "payload": {"query": 1}},
            {"type": "complete"},
            {"type": "start", "id": "1"},
            {"type": "x" * 200_000},
            {"type": "ế" * 100},
            {"type": "complete", "id": ""},
            {"type": "subscribe", "id": "i" * 129, "payload": {"query": "{ hello }"}},
        ],
    )
    def test_malformed(self, client: TestClient, message: object) -> None:
        """What is no message of the protocol closes the socket with 4400, and a reason that fits."""
        with self.open(client) as socket:
            self.start(socket)
            socket.send_json(message)
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 4400
            assert len(closed.value.reason.encode()) <= 123

    @pytest.mark.parametrize("init", [{}, {"payload": None}, {"payload": {}}])
    def test_nothing_to_say(self, client: TestClient, init: dict[str, Any]) -> None:
        """Whoever has nothing to say in their introduction is welcome, however they say it."""
        with self.open(client) as socket:
            socket.send_json({"type": "connection_init", **init})
            assert socket.receive_json() == {"type": "connection_ack"}

    def test_without_init_in_time(self) -> None:
        """Whoever does not introduce themselves in time is let go."""
        app = sample_app()
        endpoint: Any = app.routes[1].app  # type: ignore[attr-defined] # a WebSocketRoute has one
        assert endpoint.connection_init_wait_timeout == timedelta(seconds=10)
        endpoint.connection_init_wait_timeout = timedelta(milliseconds=50)
        with TestClient(app) as client, self.open(client) as socket:
            for message in ({"type": "ping"}, {"type": "pong"}, {"type": "complete", "id": "1"}):
                socket.send_json(message)
            assert socket.receive_json() == {"type": "pong"}
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 4408

    def test_flood(self, client: TestClient) -> None:
        """Ten thousand messages before any introduction are answered or ignored one by one, and cost nobody else."""
        with self.open(client) as flooding, self.open(client) as other:
            for _ in range(5_000):
                flooding.send_json({"type": "ping"})
                flooding.send_json({"type": "complete", "id": "1"})
            self.start(other)
            assert [flooding.receive_json()["type"] for _ in range(5_000)] == ["pong"] * 5_000
            flooding.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
            with pytest.raises(WebSocketDisconnect) as closed:
                flooding.receive_json()
            assert closed.value.code == 4401

    def test_without_init(self, client: TestClient) -> None:
        """Nobody subscribes before introducing themselves."""
        with self.open(client) as socket:
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 4401

    def test_older_protocol(self, client: TestClient) -> None:
        """The legacy protocol is not spoken."""
        with client.websocket_connect("/graphql", subprotocols=["graphql-ws"]) as socket:
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 4406

    def test_foreign_origin(self, client: TestClient) -> None:
        """A page of another site cannot open a socket here."""
        with pytest.raises(WebSocketDisconnect), self.open(client, origin="http://elsewhere.example"):
            pass


def test_agreed_with_a_strange_quality() -> None:
    """A quality that is no number counts as none."""
    assert agreed(f"{NEW};q=high, {OLD};q=0.1") == OLD
