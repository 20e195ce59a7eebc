"""Documents and strings written to do harm: each is refused or answered in bounded time, and harms nothing."""

import json
import socket
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from api.http.slow_clients import server_settings
from bench.hostile import requests
from tests.support.api import Installation
from tests.support.memory import resident
from tests.support.people import FACTS, PAYLOADS, Person, mutation_of
from tests.support.serving import serving
from tests.support.watching import Watched, now

__all__ = ["now"]

HANG_S = 60
"""A document that got through would take hours; what refusing costs is measured by `minhchung bench hostile`."""


@pytest.mark.timeout(HANG_S)
@pytest.mark.parametrize("who", ["nobody", "centre.approve"])
def test_over_http(installation: Installation, who: str, counted: Callable[[str], None]) -> None:
    """A hostile request is refused with a code before anything of it is carried out, by whomever it was sent."""
    headers = {"authorization": f"Bearer {installation.tokens[who]}"} if who in installation.tokens else {}
    found = {
        name: refusal(installation.client.post("/graphql", json=payload, headers=headers).json())
        for name, payload, _ in requests()
    }
    assert found == {name: code for name, _, code in requests()}
    counted(f"G2 {len(found)} hostile requests over HTTP by {who}: all refused")


@pytest.mark.timeout(HANG_S)
@pytest.mark.parametrize("who", ["nobody", "centre.approve"])
def test_over_a_socket(now: Watched, who: str, counted: Callable[[str], None]) -> None:
    """The same on a socket, which stays open for what else there is to ask on it."""
    found = {}
    with now.socket(token=now.installation.tokens.get(who)) as socket:
        for name, payload, _ in requests():
            socket.session.send_json({"id": name, "type": "subscribe", "payload": payload})
            message = socket.receive()
            assert message["type"] == "error", message
            found[name] = refusal({"errors": message["payload"]})
        socket.send("{ __typename }")
        assert socket.receive()["payload"] == {"data": {"__typename": "Query"}}
    assert found == {name: code for name, _, code in requests()}
    counted(f"G3 {len(found)} hostile requests over a socket by {who}: all refused")


def refusal(body: dict[str, Any]) -> str:
    """The one code of an answer that has no data and is no longer than it need be."""
    assert "data" not in body
    assert len(json.dumps(body)) < 20_000
    [code] = {error["extensions"]["code"] for error in body["errors"]}
    return str(code)


def test_the_dearest_page_there_is(installation: Installation) -> None:
    """What the limits let pass, a full page with every history, is answered."""
    installation.many_detected([installation.now] * 100)
    shown = installation.signed_in("centre.approve").ask(
        "{ cases(first: 100) { nodes { number history { event by unit } evidence { sha256 } } } }"
    )
    assert len(shown["cases"]["nodes"]) == 100
    assert {len(node["history"]) for node in shown["cases"]["nodes"]} == {1}


class TestBody:
    """Over a socket: a body is counted as it arrives, whatever is said of it."""

    @pytest.mark.parametrize("chunked", [False, True])
    def test_64_mib(self, installation: Installation, chunked: bool) -> None:
        """64 MiB are refused after the first few hundred KiB, and never held."""
        assert installation.anonymous.answer("{ __typename }") == {"data": {"__typename": "Query"}}
        total, piece = 64 * 1024 * 1024, b"x" * 65_536
        head = (
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            + (b"transfer-encoding: chunked" if chunked else f"content-length: {total}".encode())
            + b"\r\n\r\n"
        )
        with (
            serving(installation.app, **server_settings()) as address,
            socket.create_connection(address, timeout=20) as client,
        ):
            before = peak = resident()
            client.sendall(head)
            sent = 0
            try:
                while sent < total:
                    client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                    sent += len(piece)
                    peak = max(peak, resident())
                client.sendall(b"0\r\n\r\n" if chunked else b"")
            except OSError:
                pass  # the server has hung up, as it may
            answer = _received(client)
            peak = max(peak, resident())
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["extensions"] == {
            "code": "BODY_TOO_LARGE"
        }
        assert peak - before < 32 * 1024 * 1024
        assert installation.anonymous.answer("{ __typename }") == {"data": {"__typename": "Query"}}

    def test_a_bomb_of_nesting(self, installation: Installation) -> None:
        """JSON that is nothing but brackets is refused as JSON."""
        response = installation.client.post(
            "/graphql",
            content=b'{"query": "{ me { id } }", "variables": {"a": '
            + b"[" * 100_000
            + b"]" * 100_000
            + b"}}",
            headers={"content-type": "application/json"},
        )
        assert (response.status_code, response.json()["errors"][0]["extensions"]) == (
            400,
            {"code": "BAD_REQUEST"},
        )


NASTY = [
    "'",
    "''; DROP TABLE events; --",
    "' OR '1'='1",
    "\\'; SELECT pg_sleep(5); --",
    "1; DELETE FROM sessions",
    "%",
    "_",
    "%s %(number)s {0} {scope}",
    "$1 $2",
    "\\x00 \\u0000",
    "/* */ -- #",
    "\r\nX-Injected: 1\x1b[2J\u202e",
    "𝕏🚦ệ" * 100,
    "null",
    "{{7*7}} ${7*7} <script>alert(1)</script>",
]


class TestStrings:
    """A string is data in every place that takes one."""

    @pytest.mark.parametrize("text", NASTY)
    def test_questions(self, installation: Installation, text: str) -> None:
        """In a question it finds nothing or is refused by name, and takes no time."""
        installation.detected()
        person = installation.signed_in("centre.approve")
        before = _standing(installation)
        for query in (
            "query($t: String!) { cases(filter: {number: $t}) { totalCount } }",
            "query($t: String!) { cases(filter: {rules: [$t]}) { totalCount } }",
            "query($t: String!) { cameras(filter: {code: $t}) { totalCount } }",
            "query($t: String!) { cameras(filter: {class: $t}) { totalCount } }",
            "query($t: String!) { cameras(filter: {area: $t}) { totalCount } }",
            "query($t: String!) { units(filter: {kind: $t}) { totalCount } }",
            "query($t: String!) { units(filter: {code: $t}) { totalCount } }",
        ):
            [found] = person.ask(query, t=text).values()
            assert found == {"totalCount": 0}
        assert person.ask("query($t: String!) { case(number: $t, purpose: AUDIT) { id } }", t=text) == {
            "case": None
        }
        for query in (
            "query($t: ID!) { case(id: $t, purpose: AUDIT) { id } }",
            "query($t: ID!) { cases(filter: {cameraId: $t}) { totalCount } }",
            "query($t: String!) { cases(after: $t) { totalCount } }",
            "query($t: String!) { cameras(after: $t) { totalCount } }",
            "query($t: String!) { units(after: $t) { totalCount } }",
        ):
            assert person.error(query, t=text)["code"] == "INVALID_INPUT"
        for query in (
            "query($t: DateTime!) { case(id: 1, purpose: AUDIT, asOf: $t) { id } }",
            "query($t: Position!) { cases(minPosition: $t) { totalCount } }",
        ):
            assert person.error(query, t=text)["code"] == "BAD_REQUEST"
        assert _standing(installation) == before

    @pytest.mark.parametrize("text", NASTY)
    def test_commands(self, installation: Installation, text: str) -> None:
        """In a command it is refused by name where it is no word of ours, and changes nothing."""
        case = installation.detected()
        person = installation.signed_in("centre.approve")
        before = _standing(installation)
        for mutation in PAYLOADS:
            assert person.act(mutation, text)["path"] == "caseId"
        assert person.act("approveCase", case.id, plate=text)["path"] == "plate"
        assert person.act("approveCase", case.id, recipientUnitId=text)["path"] == "recipientUnitId"
        assert person.act("discardCase", case.id, reasonCode=text)["path"] == "reasonCode"
        login = "mutation($t: String!) { login(input: {name: $t, password: $t}) { ... on Refusal { code } } }"
        assert installation.anonymous.ask(login, t=text) == {"login": {"code": "FORBIDDEN"}}
        assert _standing(installation) == before

    @pytest.mark.parametrize("text", NASTY)
    def test_words(self, installation: Installation, text: str) -> None:
        """Where words are asked for they are kept as they are, and shown as they are."""
        case = installation.case_in("VERIFYING")
        person = installation.signed_in("police.handle")
        facts = {**FACTS["concludeCase"], "caseId": str(case.id), "text": text, "commandId": text[:64]}
        answered = person.ask(mutation_of("concludeCase", "conclusion"), input=facts)
        assert answered["concludeCase"]["case"] == {"conclusion": text}
        again = person.ask(mutation_of("concludeCase", "conclusion"), input=facts)
        assert again == answered
        installation.project()
        shown = person.ask("query($id: ID) { case(id: $id, purpose: AUDIT) { conclusion } }", id=str(case.id))
        assert shown == {"case": {"conclusion": text}}

    def test_nul(self, installation: Installation) -> None:
        """The one character that the record cannot hold is refused wherever it stands."""
        case = installation.detected()
        person = installation.signed_in("centre.approve")
        before = _standing(installation)
        for facts in ({"note": "a\0"}, {"reasonCode": "\0"}, {"commandId": "\0"}, {"caseId": "\0"}):
            given = {**FACTS["discardCase"], "caseId": str(case.id), "commandId": str(uuid4()), **facts}
            assert person.error(mutation_of("discardCase"), input=given)["code"] == "INVALID_TEXT"
        assert _standing(installation) == before


def _standing(installation: Installation) -> tuple[int, list[Any]]:
    """How far the log is, and how many rows the tables have that hold something of worth."""
    with psycopg.connect(installation.endpoints.database_url) as conn:
        counts = conn.execute(
            "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM credentials),"
            " (SELECT count(*) FROM case_queue), (SELECT count(*) FROM commands)"
        ).fetchall()
    return installation.head(), counts


def _received(client: socket.socket) -> bytes:
    answer = b""
    while piece := client.recv(65_536):
        answer += piece
    return answer


def test_person_of_a_test_is_nobody_without_a_token(installation: Installation) -> None:
    """The helper of these tests sends no token where there is none."""
    assert Person(installation.client, None).error("{ me { id } }")["code"] == "UNAUTHENTICATED"
