"""Canaries: a password, tokens, keys, a plate, a name, a telephone, where people put them and nowhere else (D7)."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from cli.up.postgres import Postgres
from domain.account import Account
from domain.commands import account as accounts
from domain.unit import Unit
from store.credentials import Credentials
from tests.support.api import NOW, Installation
from tests.support.outbox import SUBJECTS, Broker, broker_at, post
from tests.support.people import FACTS, mutation_of

PASSWORD = "Canary-Pass-7!x"
PLATE = "73A-987.65"
NAME = "Trịnh Thị Hoàng Oanh"
PHONE = "0912 345 678"
WORDS = f"Người báo tin {NAME}, điện thoại {PHONE}"
LOGIN = """
mutation($input: LoginInput!) { login(input: $input) { ... on Session { token } ... on Refusal { code message } } }
"""


@pytest.fixture
def broker(nats_url: str) -> Iterator[Broker]:
    """The broker, without a stream of events."""
    with broker_at(nats_url) as made:
        yield made


def forms(secret: bytes) -> set[bytes]:
    """How a secret may be written."""
    text = secret.decode("utf-8", "replace")
    return {
        secret,
        secret.hex().encode(),
        base64.b64encode(secret),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        json.dumps(text)[1:-1].encode(),
    }


def dumped(database: str, *, binary: bool) -> Iterator[bytes]:
    """Every table, as a dump has it."""
    with psycopg.connect(database) as conn:
        tables = [
            row[0] for row in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        assert {"events", "commands", "credentials", "sessions", "case_queue"} <= set(tables)
        form = sql.SQL("BINARY" if binary else "TEXT")
        for table in tables:
            query = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(sql.Identifier(table), form)
            with conn.cursor().copy(query) as copy:
                yield b"".join(bytes(piece) for piece in copy)


def lived(installation: Installation) -> tuple[str, list[Any]]:
    """A day's work with every secret in its place, and in many a wrong one; the token, and all errors answered."""
    with installation.founding():
        account = installation.operator.find(Account, Account.create_id("commune.lead"))
        factory: Any = installation.operator.factory
        Credentials(factory.datastore).set_password(account.id, PASSWORD)
        account.set_password()
        installation.operator.record(account)
    login = {"name": "commune.lead", "password": PASSWORD}
    token = str(installation.anonymous.ask(LOGIN, input=login)["login"]["token"])
    centre, police = installation.signed_in("centre.approve"), installation.signed_in("police.handle")
    errors: list[Any] = [
        installation.anonymous.answer(LOGIN, input={**login, "password": PASSWORD + "?"}),
        installation.anonymous.answer(LOGIN, input={**login, "more": 1}),
        installation.anonymous.answer(LOGIN, input={**login, "password": [PASSWORD]}),
        installation.anonymous.answer(
            LOGIN.replace("$input)", "{name: 1 password: " + json.dumps(PASSWORD) + "})")
        ),
        installation.client.post("/graphql", content=PASSWORD.encode()).json(),
        centre.answer("query($n: String!) { case(number: $n, purpose: AUDIT) { id } }", n=PLATE),
        centre.answer("query($n: ID!) { case(id: $n, purpose: AUDIT) { id } }", n=PLATE),
        centre.answer("query($n: String!) { cases(after: $n) { totalCount } }", n=token),
        centre.answer("query($n: Int!) { cases(first: $n) { totalCount } }", n=NAME),
    ]
    case = installation.detected()
    for mutation, person, facts in (
        ("approveCase", centre, {"plate": PLATE + " ?"}),
        ("approveCase", centre, {"plate": PLATE}),
        ("receiveCase", police, {}),
        ("startVerification", police, {}),
        ("concludeCase", police, {"text": WORDS * 1_000}),
        ("concludeCase", police, {"text": WORDS, "finding": NAME}),
        ("concludeCase", police, {"text": WORDS}),
        ("concludeCase", police, {"text": WORDS}),
    ):
        given = {
            **FACTS.get(mutation, {}),
            "caseId": str(case.id),
            "commandId": f"{mutation}-{len(errors)}",
            **facts,
        }
        errors.append(person.answer(mutation_of(mutation, "id"), input=given))
    other = installation.detected()
    given = {**FACTS["discardCase"], "caseId": str(other.id), "commandId": "discard", "note": WORDS}
    errors.append(centre.answer(mutation_of("discardCase", "id"), input=given))
    assert installation.topics(case.id)[-1] == "case:concluded"
    assert installation.topics(other.id)[-1] == "case:discarded"
    shown = police.ask(
        "query($id: ID!) { case(id: $id, purpose: AUDIT) { plate conclusion } }", id=str(case.id)
    )
    assert shown == {"case": {"plate": PLATE, "conclusion": WORDS}}
    return token, errors


class TestCanaries:
    """Where each may be read, by whom it is meant for, is tested elsewhere; here is everywhere else."""

    @pytest.mark.rule("R-QT-4.6.c", "R-DH-5.3.0", "R-DB-5.3.0")
    def test_nowhere(
        self,
        apart: Installation,
        broker: Broker,
        caplog: pytest.LogCaptureFixture,
        counted: Callable[[str], None],
    ) -> None:
        """No table of a dump, no record of the log, no message, subject or header, and no error holds one of them."""
        caplog.set_level(logging.DEBUG)
        apart.now = NOW
        with apart.founding():
            unit = Unit.create_id("CATP")
            accounts.open_account(
                apart.operator, name="canary", full_name=NAME, unit_id=unit, role="HANDLER", leader=False
            )
        token, errors = lived(apart)
        apart.project()
        with post(apart.endpoints.database_url, broker, apart.operator) as outbox:
            outbox.publish()
        heard = broker.heard()
        keys = [key.read_bytes() for key in Path(apart.endpoints.keys).rglob("*.key")]
        assert len(heard) == apart.head()
        assert keys
        canaries = [
            text.encode() for text in (PASSWORD, token, PLATE, NAME, PHONE, *apart.passwords.values())
        ]
        places = {
            "a dump": b"".join(dumped(apart.endpoints.database_url, binary=False)),
            "a binary dump": b"".join(dumped(apart.endpoints.database_url, binary=True)),
            "the log": caplog.text.encode(),
            "EVENTS": b"".join(one.raw for one in heard),
            "subjects and headers": json.dumps([[one.subject, one.headers] for one in heard]).encode(),
            "answers to what was wrong": json.dumps(errors, ensure_ascii=False).encode(),
        }
        found = [
            (place, canary)
            for canary in (*canaries, *keys)
            for place, text in places.items()
            if any(form in text for form in forms(canary))
        ]
        assert found == []
        assert {one.subject for one in heard} <= {SUBJECTS.event(noun) for noun in NOUNS}
        # the search does find what is there
        assert b"DH-2026-" in places["a dump"]
        assert b"DH-2026-" in places["a binary dump"]
        assert b"case:concluded" in places["EVENTS"]
        assert str(errors).count("code") > 10
        counted(
            f"D7 {len(canaries) + len(keys)} canaries in {len(places)} places, in five ways of writing: 0 found"
        )

    def test_list_of_processes(
        self, shared_postgres: Postgres, nats_url: str, servers_folder: Path, counted: Callable[[str], None]
    ) -> None:
        """What the servers are started with is in files of theirs: the command lines that everybody sees hold none."""
        hidden = [
            *_secrets(servers_folder / "postgres.secret"),
            nats_url.removeprefix("nats://").partition("@")[0],
        ]
        assert len(hidden) > 2
        seen = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                seen[process.name] = (process / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended
        ours = [line for line in seen.values() if str(servers_folder).encode() in line]
        assert {Path(line.split(b"\0")[0].decode()).name for line in ours} >= {"postgres", "nats-server"}
        assert [line for line in seen.values() if any(one.encode() in line for one in hidden)] == []
        counted(f"D7 {len(hidden)} secrets of the servers, {len(seen)} command lines: 0 found")


NOUNS = {
    "area",
    "client",
    "model",
    "unit",
    "account",
    "camera",
    "session",
    "case",
    "reading",
    "attempt",
    "recording",
    "footage-extraction",
}


def _secrets(path: Path) -> list[str]:
    return [value for value in json.loads(path.read_text(encoding="utf-8")).values() if len(value) > 12]
