"""E1: what is not the token of an open session, sent as Bearer, stands for nobody: by request, by socket, for files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.urls import LIFETIME, Ticket
from domain.account import Account
from domain.commands import account as accounts
from store.credentials import Credentials, NewSession
from tests.support.api import Installation, session
from tests.support.forged import Headers, Loot, elsewhere, tokens
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.watching import PROTOCOL

NAME = "centre.approve"
ME = "{ me { name } }"
FORMS = 30
"""How many ways to be nobody E1 asks for, of each way in."""


@pytest.fixture
def loot(installation: Installation, apart: Installation) -> Loot:
    """What somebody may have got hold of in this installation."""
    installation.today()
    operator: Any = installation.operator
    credentials = Credentials(operator.factory.datastore)
    token, closed = installation.tokens[NAME], session(installation.operator, NAME)
    Person(installation.client, closed).ask("mutation { logout }")
    found = credentials.session(token)
    assert found is not None
    expired = NewSession(uuid4(), timedelta(microseconds=-1))
    device = installation.anonymous.ask(
        "mutation($i: LoginInput!) { login(input: $i) { ... on Session { device } } }",
        i={"name": NAME, "password": installation.passwords[NAME]},
    )
    return Loot(
        token=token,
        name=NAME,
        password=installation.passwords[NAME],
        session_id=str(found.session_id),
        account_id=str(found.account_id),
        device=device["login"]["device"],
        ticket=installation.services.urls.sign(ticket(installation)),
        another_installations=session(apart.operator, NAME),
        expired=credentials.open_session(found.account_id, expired).token,
        signed_out=closed,
    )


def ticket(installation: Installation) -> Ticket:
    """What an address of a file says, of a file that is not there: who gets past it is told that it is gone."""
    expires = int((installation.now + LIFETIME).timestamp())
    return Ticket(UUID(int=1), f"aa/{'a' * 64}.mp4", "a" * 64, "video/mp4", "x.mp4", expires)


def forms(loot: Loot) -> dict[str, Headers]:
    """The headers of every form."""
    return {what: [("authorization", f"Bearer {one}")] for what, one in tokens(loot).items()} | elsewhere(
        loot
    )


def raw(headers: Headers) -> httpx2.Headers:
    """Headers as they are on the wire, whatever is in them."""
    return httpx2.Headers([(name.encode(), value.encode("latin-1")) for name, value in headers])


class TestNobody:
    """Every form by every way in."""

    def test_by_request(self, installation: Installation, loot: Loot, counted: Callable[[str], None]) -> None:
        """A request with any of them is a request of nobody."""
        found = forms(loot)
        with nothing_recorded(installation):
            somebody = [
                what for what, headers in found.items() if self._asked(installation, headers) is not None
            ]
            for query in (
                f"access_token={loot.token}",
                f"token={loot.token}",
                f"authorization=Bearer {loot.token}",
            ):
                assert self._asked(installation, [], query) is None
        assert somebody == []
        assert self._asked(installation, [("authorization", f"Bearer {loot.token}")]) == NAME
        assert len(found) >= FORMS
        counted(f"E1 {len(found)} forms of token by request: all nobody")

    @staticmethod
    def _asked(installation: Installation, headers: Headers, query: str = "") -> str | None:
        response = installation.client.post(
            f"/graphql?{query}",
            json={"query": ME},
            headers=raw(headers),
        )
        body = response.json()
        if response.status_code == 200 and body["data"]:
            return str(body["data"]["me"]["name"])
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
        return None

    def test_in_the_handshake(
        self, installation: Installation, loot: Loot, counted: Callable[[str], None]
    ) -> None:
        """A socket that is opened with any of them is closed, or nobody's."""
        found = forms(loot)
        with nothing_recorded(installation):
            somebody = [
                what for what, headers in found.items() if self._opened(installation, headers, {}) is not None
            ]
        assert somebody == []
        assert self._opened(installation, [("authorization", f"Bearer {loot.token}")], {}) == NAME
        counted(f"E1 {len(found)} forms of token in the handshake of a socket: all nobody")

    def test_in_the_first_message(
        self, installation: Installation, loot: Loot, counted: Callable[[str], None]
    ) -> None:
        """So is one whose first message says any of them, in whatever shape."""
        said: list[dict[str, Any]] = [dict(headers) for headers in forms(loot).values() if len(headers) == 1]
        token = loot.token
        said += [
            {"token": token}, {"authToken": token}, {"bearer": token}, {"authorization": {"bearer": token}},
            {"authorization": [f"Bearer {token}"]}, {"headers": {"authorization": f"Bearer {token}"}},
            {"authorization": 1}, {"authorization": True}, {"authorization": None},
        ]  # fmt: skip
        with nothing_recorded(installation):
            assert [one for one in said if self._opened(installation, [], one) is not None] == []
        assert self._opened(installation, [], {"authorization": f"Bearer {token}"}) == NAME
        # what the message says counts, not what the handshake said before it
        right: Headers = [("authorization", f"Bearer {token}")]
        assert self._opened(installation, right, {"authorization": "Bearer x"}) is None
        assert len(said) >= FORMS
        counted(f"E1 {len(said)} forms of token in the first message of a socket: all nobody")

    @staticmethod
    def _opened(installation: Installation, headers: Headers, said: dict[str, Any]) -> str | None:
        """Who somebody is on a socket; None for nobody."""
        opening = installation.client.websocket_connect(
            "/graphql",
            subprotocols=[PROTOCOL],
            headers=raw(headers),
        )
        try:
            with opening as socket:
                return _me(socket, said)
        except WebSocketDisconnect as closed:
            how = closed.code
        assert how == 4403
        return None

    def test_for_a_file(self, installation: Installation, loot: Loot, counted: Callable[[str], None]) -> None:
        """An address made of any of them opens no file, and no token opens one in place of an address."""
        signed = installation.services.urls
        mine, other = ticket(installation), replace(ticket(installation), name=f"bb/{'b' * 64}.mp4")
        address = signed.sign(mine)
        assert self._fetched(installation, address) == "GONE"  # let through, were there a file
        made = tokens(loot)
        made.pop("an address of a file")
        made |= {
            "signature of another file": address[:43] + signed.sign(other)[43:],
            "cut in half": address[: len(address) // 2],
            "no signature": address[43:],
            "twice": address + address,
            "other case": address.swapcase(),
        }
        right = {"authorization": f"Bearer {loot.token}"}
        with nothing_recorded(installation):
            for what, form in made.items():
                if not form:
                    continue
                for headers in ({}, right):
                    assert self._fetched(installation, form, **headers) == "URL_INVALID", what
            # neither does a wrong token close what an address opens: it carries its own right, for a minute
            assert self._fetched(installation, address, authorization="Bearer x") == "GONE"
            installation.now += LIFETIME
            assert self._fetched(installation, address, **right) == "URL_EXPIRED"
        assert len(made) >= FORMS
        counted(f"E1 {len(made)} forms of address for a file: none opens one")

    @staticmethod
    def _fetched(installation: Installation, form: str, **headers: str) -> str:
        response = installation.client.get(f"/evidence/{quote(form, safe='')}", headers=headers)
        [error] = response.json()["errors"]
        return str(error["extensions"]["code"])


def _me(socket: WebSocketTestSession, said: dict[str, Any]) -> str | None:
    socket.send_json({"type": "connection_init", "payload": said})
    assert socket.receive_json() == {"type": "connection_ack"}
    socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": ME}})
    answer = socket.receive_json()["payload"]
    if answer.get("data"):
        return str(answer["data"]["me"]["name"])
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    return None


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer ", "Bearer   "])
def test_somebody(installation: Installation, scheme: str) -> None:
    """The scheme is written in any case, with one space or more (RFC 9110, 11.1)."""
    response = installation.client.post(
        "/graphql",
        json={"query": ME},
        headers={"authorization": f"{scheme} {installation.tokens[NAME]}"},
    )
    assert response.json() == {"data": {"me": {"name": NAME}}}


def test_kept(installation: Installation) -> None:
    """What the database holds of a session opens nothing: no column of its row, in any form."""
    with psycopg.connect(installation.endpoints.database_url) as conn:
        rows = conn.execute("SELECT token_hash, session_id, account_id FROM sessions").fetchall()
    kept = [form for row in rows for form in (row[0].hex(), str(row[1]), str(row[2]))]
    assert len(kept) >= 21
    for form in kept:
        assert Person(installation.client, form).error(ME)["code"] == "UNAUTHENTICATED"


def test_another_installation(installation: Installation, apart: Installation) -> None:
    """A token of one installation is nobody's in another, though the account has the same name and id."""
    token = session(apart.operator, NAME)
    found = accounts.actor_of(apart.operator, Account.create_id(NAME), now=datetime.now(UTC))
    assert found.account_id == Account.create_id(NAME)
    assert Person(apart.client, token).ask(ME) == {"me": {"name": NAME}}
    assert Person(installation.client, token).error(ME)["code"] == "UNAUTHENTICATED"
