"""Signing in and out: nobody is there by default, a token stands for one session, and no secret is written down."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg import sql
from starlette.websockets import WebSocketDisconnect

from cli import demo
from domain.account import Account
from domain.passwords import check_password
from store.credentials import Credentials
from tests.support.api import NAMES, Installation, session
from tests.support.mutations import nothing_recorded, refused
from tests.support.people import Person
from tests.support.serving import until

LOGIN = """
mutation($input: LoginInput!) { login(input: $input) { __typename
  ... on Session { token device expiresAt account { id name fullName role leader unit { code kind } } }
  ... on Refusal { code vi: message en: message(language: EN) retryable rule { id } }
} }
"""
WRONG = refused("Forbidden", "Tên hoặc mật khẩu không đúng", "Wrong name or password")
CANARY = "Canary-7!hoàng-hôn"


def login(installation: Installation, name: str, password: str, **more: str) -> dict[str, Any]:
    """What signing in answers."""
    said = {"name": name, "password": password, **more}
    return dict(installation.anonymous.ask(LOGIN, input=said)["login"])


def stranger(installation: Installation, token: str) -> Person:
    """Somebody with a token of whatever kind."""
    return Person(installation.client, token)


def is_nobody(person: Person) -> bool:
    """Whether the API takes somebody for nobody."""
    error = person.error("{ me { name } }")
    return bool(error["code"] == "UNAUTHENTICATED")


class TestNoDefaults:
    """E6: an installation begins without accounts, and the demo's passwords are shown once."""

    def test_an_empty_record_has_nobody(self, empty: Installation) -> None:
        """Nobody is on record, no password is kept, and no usual name opens the door."""
        assert empty.head() == 0
        with psycopg.connect(empty.endpoints.database_url) as conn:
            assert conn.execute("SELECT count(*) FROM credentials").fetchone() == (0,)
            assert conn.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
        for name, password in [
            ("admin", "admin"),
            ("minhchung", "minhchung"),
            ("centre.approve", ""),
            ("", ""),
        ]:
            assert login(empty, name, password) == WRONG
        assert empty.head() == 0

    def test_shown_once(self, empty: Installation) -> None:
        """The first loading gives each account a password of its own; the second has none to show."""
        shown = demo.load(empty.endpoints)
        assert [account["name"] for account in shown] == list(NAMES)
        assert [account["unit_kind"] for account in shown] == [
            *["OPERATIONS_CENTRE"] * 4,
            *["CITY_POLICE"] * 2,
            "COMMUNE_POLICE",
            "OTHER_BODY",
        ]
        assert len({account["password"] for account in shown}) == 8
        for account in shown:
            check_password(account["password"], name=account["name"])
        head = empty.head()
        assert demo.load(empty.endpoints) == []
        assert empty.head() == head
        empty.project()
        answered = login(empty, "centre.approve", shown[0]["password"])
        assert answered["__typename"] == "Session"

    def test_nobody_else_s_password(self, installation: Installation) -> None:
        """A password opens its own account only."""
        assert login(installation, "centre.execute", installation.passwords["centre.approve"]) == WRONG


class TestSession:
    """A session is eight hours of one account."""

    @pytest.mark.rule("R-QT-3.5.0", "R-DB-10.4.0")
    def test_signed_in(self, installation: Installation) -> None:
        """The answer holds a token and who one is, and the log holds that somebody signed in."""
        answered = login(installation, "police.lead", installation.passwords["police.lead"])
        token = answered.pop("token")
        assert (len(token), len(answered.pop("device"))) == (43, 43)
        with installation.as_owner() as conn:
            row = conn.execute(
                "SELECT opened_at + interval '8 hours' FROM sessions ORDER BY opened_at DESC LIMIT 1"
            ).fetchone()
        assert row is not None
        assert datetime.fromisoformat(answered.pop("expiresAt")) == row[0]
        assert answered == {
            "__typename": "Session",
            "account": {
                "id": str(Account.create_id("police.lead")),
                "name": "police.lead",
                "fullName": "Hoàng Văn Em",
                "role": "LEADER",
                "leader": True,
                "unit": {"code": "CATP", "kind": "CITY_POLICE"},
            },
        }
        assert stranger(installation, token).ask("{ me { name } }") == {"me": {"name": "police.lead"}}
        [last] = installation.operator.recorder.select_notifications(start=installation.head(), limit=1)
        assert last.topic == "session:opened"

    @pytest.mark.rule("R-DB-10.4.0")
    def test_signed_out(self, installation: Installation) -> None:
        """A token is worth nothing after logout, and another session of the same account lives on."""
        one, other = (stranger(installation, session(installation.operator, "auditor")) for _ in range(2))
        assert one.ask("mutation { logout }") == {"logout": True}
        assert is_nobody(one)
        assert other.ask("{ me { name } }") == {"me": {"name": "auditor"}}
        [last] = installation.operator.recorder.select_notifications(start=installation.head(), limit=1)
        assert last.topic == "session:closed"

    def test_open_sockets(self, installation: Installation) -> None:
        """A socket that was opened with a token is closed as soon as its session ends."""
        person = stranger(installation, session(installation.operator, "auditor"))
        with installation.client.websocket_connect(
            "/graphql",
            subprotocols=["graphql-transport-ws"],
            headers={"authorization": f"Bearer {person.token}"},
        ) as socket:
            socket.send_json({"type": "connection_init"})
            assert socket.receive_json() == {"type": "connection_ack"}
            socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ me { name } }"}})
            assert socket.receive_json()["payload"] == {"data": {"me": {"name": "auditor"}}}
            assert socket.receive_json() == {"id": "1", "type": "complete"}
            person.ask("mutation { logout }")
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
        assert closed.value.code == 4403

    @pytest.mark.rule("R-QT-7.1.0")
    def test_disabled(self, installation: Installation) -> None:
        """A disabled account loses its sessions at once, and its password is wrong from there on."""
        case = installation.detected()
        person = installation.signed_in("centre.approve")
        account = installation.operator.find(Account, Account.create_id("centre.approve"))
        with installation.founding():
            account.disable()
            installation.operator.record(account)
        with nothing_recorded(installation):
            assert until(lambda: is_nobody(person))
            body = person.answer(
                "mutation($i: ReceiveCaseInput!) { receiveCase(input: $i) { __typename } }",
                i={"caseId": str(case.id), "commandId": "1"},
            )
            assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert login(installation, "centre.approve", installation.passwords["centre.approve"]) == WRONG


class TestSecrets:
    """Passwords, tokens, plates and people's names are kept hashed or sealed, and appear in no log."""

    @pytest.mark.rule("R-QT-4.6.c")
    def test_nothing_in_clear(
        self,
        installation: Installation,
        caplog: pytest.LogCaptureFixture,
        counted: Callable[[str], None],
    ) -> None:
        """After a whole case no column of any table and no line of any log holds a secret."""
        caplog.set_level(logging.DEBUG)
        installation.today()
        with installation.founding():
            account = installation.operator.find(Account, Account.create_id("commune.lead"))
            factory: Any = installation.operator.factory
            Credentials(factory.datastore).set_password(account.id, CANARY)
            account.set_password()
            installation.operator.record(account)
        opened = login(installation, "commune.lead", CANARY)
        token, device = opened["token"], opened["device"]
        assert login(installation, "commune.lead", CANARY + "?", device=device) == WRONG
        stranger(installation, token).ask("{ me { fullName } }")
        installation.anonymous.answer(LOGIN, input={"name": "x", "password": CANARY, "more": 1})
        installation.anonymous.answer(LOGIN, input={"name": "x", "password": [CANARY]})
        case = installation.case_in("NOTIFIED")
        installation.project()
        assert installation.topics(case.id)[-1] == "case:result-notified"

        secrets = [
            CANARY,
            token,
            device,
            "73A-123.45",
            "Vượt đèn đỏ",
            "Võ Thị Giang",
            *installation.passwords.values(),
        ]
        found = {secret for secret in secrets if found_in_record(installation, secret)}
        assert found == set()
        assert found_in_record(installation, case.number)  # the search does find what is there
        assert [secret for secret in secrets if secret in caplog.text] == []
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
        counted(
            f"E6 {len(secrets)} secrets of accounts, tokens and people: 0 in the database's columns, 0 in the logs"
        )

    @pytest.mark.rule("R-QT-4.6.c")
    def test_only_hashes(self, installation: Installation) -> None:
        """A password is kept as argon2id, a token as its SHA-256."""
        with psycopg.connect(installation.endpoints.database_url) as conn:
            hashes = [row[0] for row in conn.execute("SELECT password_hash FROM credentials")]
            tokens = {row[0] for row in conn.execute("SELECT token_hash FROM sessions")}
        assert [one for one in hashes if not one.startswith("$argon2id$")] == []
        assert len(hashes) == 8
        assert tokens == {hashlib.sha256(token.encode()).digest() for token in installation.tokens.values()}


def found_in_record(installation: Installation, text: str) -> bool:
    """Whether a text stands in clear in any column of any table."""
    with psycopg.connect(installation.endpoints.database_url) as conn:
        columns = conn.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'bytea', 'jsonb', 'uuid')"
        ).fetchall()
        assert {"events", "commands", "credentials", "sessions", "directory"} <= {row[0] for row in columns}
        for table, column, kind in columns:
            at = sql.SQL(
                "position(convert_to(%(text)s, 'UTF8') in {})"
                if kind == "bytea"
                else "position(%(text)s in {}::text)"
            ).format(sql.Identifier(column))
            query = sql.SQL("SELECT count(*) FROM {} WHERE {} > 0").format(sql.Identifier(table), at)
            row = conn.execute(query, {"text": text}).fetchone()
            if row and row[0]:
                return True
    return False
