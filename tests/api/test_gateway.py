"""The media gateway asks over real HTTP, as MediaMTX does, and is told no more than it must know."""

import base64
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from tests.support.api import GATEWAYS, Installation
from tests.support.serving import serving
from tests.support.uses import SECRET, done, token_of, use_id, uses, watched


@pytest.fixture
def gateway(installation: Installation) -> Iterator[httpx.Client]:
    """A gateway that knows the secret, on a socket; its requests carry it as MediaMTX's do, in its own address."""
    _ = installation.client
    with serving(installation.app) as (host, port):
        url = f"http://gateway:{SECRET}@{host}:{port}"
        with httpx.Client(base_url=url) as client:
            yield client


def from_mediamtx(given: str, **otherwise: str) -> dict[str, str]:
    """What MediaMTX posts to its `authHTTPAddress` when somebody wants to read."""
    return {
        "user": "",
        "password": "",
        "token": "",
        "ip": "10.0.0.8",
        "action": "read",
        "path": "DH-NT-01",
        "protocol": "webrtc",
        "id": str(uuid4()),
        "query": f"token={given}",
        **otherwise,
    }


def test_read(installation: Installation, gateway: httpx.Client) -> None:
    """A viewer with a token is let in, wherever the gateway puts it: in the query, as token, as password."""
    token = token_of(watched(installation.signed_in("police.handle")))
    for said in ({}, {"query": "", "token": token}, {"query": "", "user": "any", "password": token}):
        assert gateway.post("/gateway/authorise", json=from_mediamtx(token, **said)).status_code == 200
    assert gateway.get("/gateway/authorise", params={"token": token}).status_code == 200


def test_asked_for(gateway: httpx.Client) -> None:
    """A viewer who has not said anything yet is asked to: RTSP clients wait for that."""
    answer = gateway.post("/gateway/authorise", json=from_mediamtx("", query=""))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "otherwise",
    [
        {"path": "DH-NT-02"},
        {"path": "DH-NT-01/../DH-NT-02"},
        {"action": "publish"},
        {"action": "playback"},
        {"action": "api"},
    ],
)
def test_nothing_else(installation: Installation, gateway: httpx.Client, otherwise: dict[str, str]) -> None:
    """A token opens its camera to watch, and nothing else of the gateway."""
    token = token_of(watched(installation.signed_in("police.handle")))
    answer = gateway.post("/gateway/authorise", json=from_mediamtx(token, **otherwise))
    assert (answer.status_code, answer.json()) == (403, {"code": "OTHER_USE"})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": f"Bearer {SECRET[:-1]}0"},
        {"authorization": f"Bearer {SECRET.upper()}"},
        {"authorization": "Basic !"},
        {"authorization": f"Basic {base64.b64encode(b'gateway:').decode()}"},
        {"authorization": f"Digest {SECRET}"},
    ],
)
@pytest.mark.parametrize("path", ["/gateway/authorise", "/gateway/ended", "/analytics/authorise"])
def test_strangers(installation: Installation, path: str, headers: dict[str, str]) -> None:
    """Whoever does not know the secret is told nothing, and puts nothing on record."""
    token = token_of(watched(installation.signed_in("police.handle")))
    before = installation.head()
    answer = installation.client.post(path, json={**from_mediamtx(token), "seconds": 1}, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"code": "UNKNOWN_GATEWAY"})
    assert installation.since(before) == []


def test_forged(installation: Installation, gateway: httpx.Client) -> None:
    """A token that was altered in one place, or in how it is written, is none."""
    token = token_of(watched(installation.signed_in("police.handle")))
    others = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token))]
    others += [token + "=", token[:-1], f" {token}", "x" * 64, "ệ" * 64, token.swapcase()]
    for other in others:
        assert gateway.get("/gateway/authorise", params={"token": other}).status_code == 403, other


def test_unknown_use(gateway: httpx.Client) -> None:
    """A token of a use that is not on record opens nothing."""
    answer = gateway.get("/gateway/authorise", params={"token": GATEWAYS.token(UUID(int=9))})
    assert (answer.status_code, answer.json()) == (403, {"code": "NOT_FOUND"})


def test_names_nobody(installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    """The token holds the id of the use and a signature; it is in no log and no event."""
    caplog.set_level(logging.DEBUG)
    opened = watched(installation.signed_in("police.handle"))
    token = token_of(opened)
    assert base64.urlsafe_b64decode(token)[32:] == use_id(opened).bytes
    assert token not in caplog.text
    with installation.as_owner() as conn:
        said = conn.execute("SELECT state FROM events").fetchall()
        assert not any(token.encode() in bytes(row[0]) for row in said)


class TestEnded:
    """How long it really was."""

    def test_served(self, installation: Installation, gateway: httpx.Client) -> None:
        """Each connection counts once, however often it is told; the view goes on."""
        person = installation.signed_in("police.handle")
        opened = watched(person)
        for connection, seconds in (("a", 40), ("b", 20), ("a", 40)):
            said = {**from_mediamtx(token_of(opened), id=connection), "seconds": seconds}
            assert gateway.post("/gateway/ended", json=said).status_code == 200
        installation.project()
        [use] = uses(person)
        assert (use["connections"], use["servedSeconds"], use["endedHow"]) == (2, 60, None)

    def test_after_the_end(self, installation: Installation, gateway: httpx.Client) -> None:
        """What a connection was is told when it is over, and then the view may be over as well."""
        person = installation.signed_in("police.handle")
        opened = watched(person)
        done(person, "endLiveView", useId=opened["use"]["id"])
        said = {**from_mediamtx(token_of(opened)), "seconds": 7}
        assert gateway.post("/gateway/ended", json=said).json() == {"recorded": True}

    @pytest.mark.parametrize("seconds", [-1, 7 * 86_400 + 1, "7", 1.5, None, True])
    def test_nonsense(self, installation: Installation, gateway: httpx.Client, seconds: Any) -> None:
        """A length that is none is refused."""
        opened = watched(installation.signed_in("police.handle"))
        before = installation.head()
        said = {**from_mediamtx(token_of(opened)), "seconds": seconds}
        assert gateway.post("/gateway/ended", json=said).status_code == 400
        assert installation.since(before) == []

    @pytest.mark.parametrize("connection", ["", "x" * 65, "a\nb"])
    def test_connection(self, installation: Installation, gateway: httpx.Client, connection: str) -> None:
        """A connection without a name that can be kept is refused."""
        opened = watched(installation.signed_in("police.handle"))
        said = {**from_mediamtx(token_of(opened), id=connection), "seconds": 7}
        assert gateway.post("/gateway/ended", json=said).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
def test_no_json(gateway: httpx.Client, body: bytes) -> None:
    """What is no JSON object is refused."""
    assert gateway.post("/gateway/authorise", content=body).status_code == 400


@pytest.mark.parametrize("kind", [None, 7, [], {"a": 1}])
def test_other_kinds(gateway: httpx.Client, kind: Any) -> None:
    """A field that is no text counts as none."""
    said = {**from_mediamtx(""), "query": kind, "token": kind, "path": kind, "action": kind}
    assert gateway.post("/gateway/authorise", json=said).status_code == 401
