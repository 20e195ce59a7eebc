"""Whatever is sent, a record of the log is one line of JSON in which nothing moves a cursor or hides a word (D6)."""

import io
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio
import nats
import psycopg
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from api.graphql.schema import build
from api.messages.intake import Consumer, Intake
from api.messages.streams import DETECTIONS
from cli.console import json_lines
from cli.wiring import rulebook
from detection.contracts import wrap
from tests.support.anything import call, places
from tests.support.api import Installation
from tests.support.detections import SUBJECTS, detection, emptied, left
from tests.support.watching import PROTOCOL, app_of

KINDS = {
    "line ends": 'x\r\n{"event": "signed in", "level": "info"}\n\x0b\x0c\x85\u2028\u2029y',
    "escapes": "\x1b[2J\x1b]0;title\x07\x9b31m\x08\x08\x7f",
    "directions": "\u202etxt.exe\u202c\u2066x\u2069\u200f\u061c\u200b\ufeff",
    "long": "x" * 60_000,
    "not text": "\ud800 \udfff\U000e0041\ufff9 \x00",
}
"""What is tried in every place; more than 64,000 characters, and a NUL, are refused before anybody would log them."""
HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}
LONGEST = 64 * 1024


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that the process would write to its log, at its most talkative."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(json_lines("test"))
    root = logging.getLogger()
    before, level = root.handlers, root.level
    root.handlers = [handler]  # the others belong to pytest, which could not pass on half a letter
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.handlers = before
        root.setLevel(level)


def is_safe(line: str) -> bool:
    """Whether a line is one record, all of which can be seen as it is."""
    return (
        isinstance(json.loads(line), dict)
        and len(line.encode()) < LONGEST
        and {unicodedata.category(letter) for letter in line}.isdisjoint(HIDDEN)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_record(kind: str) -> None:
    """A record is one line, whatever is in its words, its arguments, its exception or its context; nothing is lost."""
    text = KINDS[kind]
    with logged() as written:
        logger = logging.getLogger("somebody")
        logger.warning("said %s", text)
        logger.warning(text.replace("%", ""))
        logger.info("an object %s", {"of": text}, extra={"more": text})
        try:
            int(text)
        except ValueError:
            logger.exception("failed")
    lines = written.getvalue().splitlines()
    assert len(lines) == written.getvalue().count("\n") == 4
    assert [line for line in lines if not is_safe(line)] == []
    said = json.loads(lines[0])["event"]
    assert said == f"said {text}" or said.endswith("… (60005 characters)")


class TestRequests:
    """Through every way in over HTTP and WebSocket."""

    def test_every_place(self, apart: Installation, counted: Callable[[str], None]) -> None:
        """In every argument, header, address and message; also where it goes wrong inside, and is told at length."""
        apart.detected()
        schema = build()._schema
        text = [
            (root, place)
            for root in ("query", "mutation")
            for place in places(schema, root)
            if place.scalar in {"String", "ID"} and place.field != "login"
        ]
        with psycopg.connect(apart.endpoints.database_url, autocommit=True) as conn:
            conn.execute(
                "ALTER TABLE camera_registry RENAME TO elsewhere"
            )  # every list of cameras fails inside
        tried = 0
        with logged() as written, TestClient(app_of(apart), raise_server_exceptions=False) as client:
            headers = {"authorization": f"Bearer {apart.tokens['centre.approve']}"}
            for string in KINDS.values():
                for root, place in text:
                    query = f"{root}($t: {place.scalar}!) {{ {call(schema, place, '$t')} }}"
                    body = json.dumps({"query": query, "variables": {"t": string}})
                    client.post(
                        "/graphql", content=body, headers=headers | {"content-type": "application/json"}
                    )
                    tried += 1
                for payload in (
                    {"query": string},
                    {"query": "{ " + string + " }"},
                    {"query": "{ me { id } }", "operationName": string},
                    {"query": "{ me { id } }", "variables": {string: string}},
                    {"query": "{ me { id } }", "extensions": {string: string}},
                    {
                        "query": "mutation($s: String!) { login(input: {name: $s, password: $s}) { __typename } }"
                    }
                    | {"variables": {"s": string}},
                ):
                    body = json.dumps(payload)
                    client.post(
                        "/graphql", content=body, headers=headers | {"content-type": "application/json"}
                    )
                    tried += 1
                raw = string.encode("utf-8", "surrogatepass")
                sendable = raw.translate(None, b"\r\n\0")[:8_000]
                for name in (
                    "authorization",
                    "x-correlation-id",
                    "origin",
                    "user-agent",
                    "accept",
                    "host",
                    "range",
                ):
                    with suppress(ValueError):  # what no client library lets out
                        client.post("/graphql", content=b"{}", headers=[(name.encode(), sendable)])
                    tried += 1
                client.get(f"/evidence/{sendable.hex()}")
                client.get("/graphql", params={"query": string.encode("utf-8", "replace")[:5_000]})
                tried += 2 + said_on_sockets(client, string, apart.tokens["centre.approve"])
        lines = written.getvalue().splitlines()
        assert [line[:300] for line in lines if not is_safe(line)] == []
        assert len(lines) == written.getvalue().count("\n")
        assert len([line for line in lines if "UndefinedTable" in line]) >= len(KINDS)
        counted(
            f"D6 {tried} requests with line ends, escapes, directions, length: {len(lines)} records, each one line"
        )


def said_on_sockets(client: TestClient, string: str, token: str) -> int:
    """Say something in every part of the protocol; how many parts that are."""
    messages: tuple[dict[str, Any], ...] = (
        {"type": string},
        {"type": "subscribe", "id": string, "payload": {"query": "{ me { id } }"}},
        {"type": "subscribe", "id": "1", "payload": {"query": string}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }", "operationName": string}},
        {"type": "complete", "id": string},
        {"type": "ping", "payload": {string: string}},
        {"type": "connection_init", "payload": {string: string, "authorization": string}},
    )
    for message in messages:
        with (
            suppress(WebSocketDisconnect, WebSocketDenialResponse),
            client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket,
        ):
            if message["type"] != "connection_init":
                said = {"authorization": f"Bearer {token}"}
                socket.send_json({"type": "connection_init", "payload": said})
                socket.receive_json()
            socket.send_json(message)
            if message["type"] != "complete":
                socket.receive_json()
    return len(messages)


def test_messages(apart: Installation, nats_url: str, counted: Callable[[str], None]) -> None:
    """What cannot be taken from the broker is told in one line, whatever its fields and its subject are."""

    async def run() -> int:
        connection = await nats.connect(nats_url)
        js = connection.jetstream()
        await emptied(js)
        for n, string in enumerate(KINDS.values()):
            good = wrap(detection(n, camera="DH-NT-01"))
            event = json.loads(good)
            for field in ("camera", "rule", "model", "proposal_id", "confidence"):
                broken = {**event, "data": {**event["data"], field: string}}
                await js.publish("mc.v1.dong-hoi.detection.X.violation", json.dumps(broken).encode())
            unknown = {**event, "data": {**event["data"], string[:1_000]: string[:1_000]}}
            await js.publish("mc.v1.dong-hoi.detection.X.violation", json.dumps(unknown).encode())
            await js.publish(
                "mc.v1.dong-hoi.detection.X.violation", string.encode("utf-8", "surrogatepass") * 10
            )
            word = "".join(letter for letter in string if not letter.isspace() and letter != "\0")[:200]
            with suppress(UnicodeEncodeError, nats.errors.Error):
                await js.publish(f"mc.v1.dong-hoi.detection.{word}.violation", b"?")
        sent = await left(js, DETECTIONS)
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Consumer(js, Intake(apart.intake, rulebook()), SUBJECTS).run, stop)
            with anyio.fail_after(60):
                while await left(js):  # noqa: ASYNC110 — the stream's own count is the event
                    await anyio.sleep(0.05)
            stop.set()
        await connection.close()
        return sent

    with logged() as written:
        sent = anyio.run(run)
    lines = written.getvalue().splitlines()
    assert [line[:300] for line in lines if not is_safe(line)] == []
    told = [line for line in lines if "dead letter" in line]
    assert len(told) == sent
    counted(f"D6 {sent} messages with the same: {len(told)} dead letters told, each in one line")
