"""Signing in and out: nobody is there by default, a token stands for one session, and no secret is written down."""

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from starlette.websockets import WebSocketDisconnect

from cli import demo
from domain.account import Account
from domain.commands import account as accounts
from store.credentials import Credentials, OpenSession
from tests.support.api import NAMES, Installation, session
from tests.support.mutations import nothing_recorded, refused
from tests.support.people import Person

LOGIN = """
mutation($input: LoginInput!) { login(input: $input) { __typename
  ... on Session { token expiresAt account { id name fullName role leader unit { code kind } } }
  ... on Refusal { code vi: message en: message(language: EN) retryable rule { id } }
} }
"""
WRONG = refused("Forbidden", "Tên hoặc mật khẩu không đúng", "Wrong name or password")
TOO_OFTEN = refused(
    "Forbidden",
    "Quá nhiều lần đăng nhập sai; hãy thử lại sau 15 phút",
    "Too many failed sign-ins; try again in 15 minutes",
    retryable=True,
)
CANARY = "Canary-7!hoàng-hôn"


def login(installation: Installation, name: str, password: str) -> dict[str, Any]:
    """What signing in answers."""
    found: dict[str, Any] = installation.anonymous.ask(LOGIN, input={"name": name, "password": password})
    return dict(found["login"])


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
            *["OPERATIONS_CENTRE"] * 3,
            *["CITY_POLICE"] * 2,
            "COMMUNE_POLICE",
            "OTHER_BODY",
        ]
        assert len({account["password"] for account in shown}) == 7
        for account in shown:
            accounts.check_password(account["password"])
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

    def test_signed_in(self, installation: Installation) -> None:
        """The answer holds a token and who one is, and the log holds that somebody signed in."""
        installation.now = datetime.now(UTC).replace(microsecond=0)
        answered = login(installation, "police.lead", installation.passwords["police.lead"])
        token = answered.pop("token")
        assert len(token) == 43
        assert datetime.fromisoformat(answered.pop("expiresAt")) == installation.now + timedelta(hours=8)
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

    def test_disabled(self, installation: Installation) -> None:
        """A disabled account loses its sessions at once, and its password is wrong from there on."""
        case = installation.detected()
        person = installation.signed_in("centre.approve")
        account = installation.operator.find(Account, Account.create_id("centre.approve"))
        with installation.founding():
            account.disable()
            installation.operator.record(account)
        with nothing_recorded(installation):
            assert is_nobody(person)
            body = person.answer(
                "mutation($i: ReceiveCaseInput!) { receiveCase(input: $i) { __typename } }",
                i={"caseId": str(case.id), "commandId": "1"},
            )
            assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert login(installation, "centre.approve", installation.passwords["centre.approve"]) == WRONG


class TestTokens:
    """What is not the token of an open session of this installation stands for nobody."""

    def test_forged(self, installation: Installation) -> None:
        """Guessed, cut, changed, decorated and stolen-from-the-database tokens are nobody's."""
        token = installation.tokens["centre.approve"]
        with psycopg.connect(installation.endpoints.database_url) as conn:
            rows = conn.execute("SELECT token_hash, session_id, account_id FROM sessions").fetchall()
        kept = [form for row in rows for form in (row[0].hex(), str(row[1]), str(row[2]))]
        forged = [
            "x",
            "null",
            "0" * 43,
            token[:-1],
            token[1:],
            token + "A",
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token.swapcase(),
            f"{token} {token}",
            f"{token},{token}",
            f"'{token}'",
            "' OR '1'='1",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjZW50cmUuYXBwcm92ZSJ9.",
            hashlib.sha256(token.encode()).hexdigest(),
            "A" * 8_000,
            *kept,
        ]
        with nothing_recorded(installation):
            assert [one for one in forged if not is_nobody(stranger(installation, one))] == []

    @pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Token {}", "Bearer", "Bearer  ", "bearer:{}"])
    def test_other_schemes(self, installation: Installation, scheme: str) -> None:
        """A token is sent as Bearer; no other place or scheme counts."""
        token = installation.tokens["centre.approve"]
        response = installation.client.post(
            f"/graphql?access_token={token}",
            json={"query": "{ me { name } }"},
            headers={"authorization": scheme.format(token), "cookie": f"token={token}"},
        )
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    def test_expired(self, installation: Installation) -> None:
        """A token ends with its session's time."""
        actor = accounts.actor_of(installation.operator, Account.create_id("auditor"))
        factory: Any = installation.operator.factory
        token = Credentials(factory.datastore).open_session(
            OpenSession(UUID(int=1), actor.account_id, datetime.now(UTC) - timedelta(microseconds=1))
        )
        assert is_nobody(stranger(installation, token))

    def test_of_another_installation(self, installation: Installation, apart: Installation) -> None:
        """A token of one installation is nobody's in another, though the account has the same name."""
        token = session(apart.operator, "centre.approve")
        assert stranger(apart, token).ask("{ me { name } }") == {"me": {"name": "centre.approve"}}
        assert is_nobody(stranger(installation, token))


class TestThrottle:
    """Guessing is slowed down by address, so that nobody can lock another person out."""

    def test_by_name(self, installation: Installation) -> None:
        """After ten failures under one name the address waits, also with the right password; other names do not."""
        for _ in range(10):
            assert login(installation, "police.lead", "Wrong-1!") == WRONG
        with nothing_recorded(installation):
            assert login(installation, "police.lead", "Wrong-1!") == TOO_OFTEN
            assert login(installation, "police.lead", installation.passwords["police.lead"]) == TOO_OFTEN
        other = login(installation, "police.handle", installation.passwords["police.handle"])
        assert other["__typename"] == "Session"

    @pytest.mark.parametrize(
        "failures, address, minutes, typename",
        [
            (49, "testclient", 0, "Session"),
            (50, "testclient", 0, "Forbidden"),
            (50, "testclient", 16, "Session"),
            (500, "192.0.2.7", 0, "Session"),
        ],
    )
    def test_by_address(
        self, installation: Installation, failures: int, address: str, minutes: int, typename: str
    ) -> None:
        """Fifty failures under any names in a quarter of an hour stop an address, and no other address."""
        with psycopg.connect(installation.endpoints.database_url, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO sign_in_failures"
                " SELECT sha256(('name-' || n)::bytea), %s, now() - make_interval(mins => %s)"
                " FROM generate_series(1, %s) AS n",
                (address, minutes, failures),
            )
        answered = login(installation, "auditor", installation.passwords["auditor"])
        assert answered["__typename"] == typename

    def test_aliases_count(self, installation: Installation) -> None:
        """Several attempts in one document count one by one."""
        heads = " ".join(
            f'a{n}: login(input: {{name: "auditor", password: "x"}}) {{ __typename }}' for n in range(5)
        )
        for _ in range(2):
            installation.anonymous.ask(f"mutation {{ {heads} }}")
        assert login(installation, "auditor", installation.passwords["auditor"]) == TOO_OFTEN

    def test_unknown_and_wrong_are_one_answer(self, installation: Installation) -> None:
        """Whether a name exists cannot be told from the answer."""
        answers = [
            login(installation, name, password)
            for name, password in [
                ("police.lead", "Wrong-1!"),
                ("nobody.there", "Wrong-1!"),
                ("POLICE.LEAD", installation.passwords["police.lead"]),
                ("police.lead ", installation.passwords["police.lead"]),
                ("", ""),
                ("x" * 5_000, "y" * 5_000),
                ("' OR 1=1 --", "' OR 1=1 --"),
            ]
        ]
        assert answers == [WRONG] * 7


class TestSecrets:
    """Passwords, tokens, plates and people's names are kept hashed or sealed, and appear in no log."""

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
        token = login(installation, "commune.lead", CANARY)["token"]
        login(installation, "commune.lead", CANARY + "?")
        stranger(installation, token).ask("{ me { fullName } }")
        installation.anonymous.answer(LOGIN, input={"name": "x", "password": CANARY, "more": 1})
        installation.anonymous.answer(LOGIN, input={"name": "x", "password": [CANARY]})
        case = installation.case_in("NOTIFIED")
        installation.project()
        assert installation.topics(case.id)[-1] == "case:result-notified"

        secrets = [
            CANARY,
            token,
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

    def test_only_hashes(self, installation: Installation) -> None:
        """A password is kept as argon2id, a token as its SHA-256."""
        with psycopg.connect(installation.endpoints.database_url) as conn:
            hashes = [row[0] for row in conn.execute("SELECT password_hash FROM credentials")]
            tokens = {row[0] for row in conn.execute("SELECT token_hash FROM sessions")}
        assert [one for one in hashes if not one.startswith("$argon2id$")] == []
        assert len(hashes) == 7
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
