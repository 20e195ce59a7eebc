"""`minhchung accounts reset`: a lost password is replaced by a new one, and what was open is closed."""

import json
import logging
import os
import pwd

import pytest
import typer
from typer.testing import CliRunner

from cli import accounts
from cli.console import NO, Stop
from domain.account import Account
from domain.passwords import check_password
from tests.support import api
from tests.support.api import Installation
from tests.support.door import comes_in
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation

LOGIN = "mutation($input: LoginInput!) { login(input: $input) { __typename } }"


def reset(of: Installation, *arguments: str) -> tuple[int, str, str]:
    """The exit status, what it printed, and the line for the person."""
    app = typer.Typer()
    accounts.register(app)
    environment = {"DATABASE_URL": of.endpoints.database_url, "MINHCHUNG_KEYS": str(of.endpoints.keys)}
    result = CliRunner().invoke(app, ["accounts", "reset", *arguments], env=environment)
    stopped = result.exception if isinstance(result.exception, Stop) else None
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


def signs_in(of: Installation, name: str, password: str) -> bool:
    """Whether the password is the account's."""
    answered = of.anonymous.ask(LOGIN, input={"name": name, "password": password})
    return bool(answered["login"]["__typename"] == "Session")


def test_reset(installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    """The new password opens the account, the old one and every session of it are worth nothing."""
    caplog.set_level(logging.DEBUG)
    installation.today()
    person, other = installation.signed_in("police.lead"), installation.signed_in("police.handle")
    before = installation.head()
    status, printed, _ = reset(installation, "police.lead", "--json")
    answered = json.loads(printed.splitlines()[-1])
    assert status == 0
    assert (answered.keys(), answered["name"]) == ({"name", "password"}, "police.lead")
    check_password(answered["password"], name="police.lead")
    assert answered["password"] not in installation.passwords.values()
    assert answered["password"] not in caplog.text

    ended, stored = installation.operator.recorder.select_notifications(start=before + 1, limit=9)
    assert ended.topic == "session:revoked"
    assert (stored.topic, stored.originator_id) == ("account:password-set", Account.create_id("police.lead"))
    assert answered["password"].encode() not in stored.state
    event = installation.operator.mapper.to_domain_event(stored)
    assert event.envelope.by == f"operator:{pwd.getpwuid(os.getuid()).pw_name}"  # type: ignore[attr-defined] # an event of ours

    assert person.error("{ me { name } }")["code"] == "UNAUTHENTICATED"
    assert other.ask("{ me { name } }") == {"me": {"name": "police.handle"}}
    assert not signs_in(installation, "police.lead", installation.passwords["police.lead"])
    assert signs_in(installation, "police.lead", answered["password"])


@pytest.mark.parametrize("asked", [False, True])
def test_temporary(installation: Installation, asked: bool) -> None:
    """A password that is given as temporary is changed by its person before anything else; another is theirs."""
    installation.today()
    _, printed, _ = reset(installation, "police.lead", "--json", *(["--temporary"] if asked else []))
    password = json.loads(printed.splitlines()[-1])["password"]
    person = comes_in(installation, "police.lead", password)
    errors = person.answer("{ units { totalCount } }").get("errors", [])
    assert [error["extensions"]["code"] for error in errors] == (["PASSWORD_EXPIRED"] if asked else [])


def test_for_people(installation: Installation) -> None:
    """Without --json the password stands behind the name on one line, and differs each time."""
    [one, other] = [reset(installation, "auditor")[1] for _ in range(2)]
    assert one.startswith("auditor: ")
    assert one.count("\n") == 1
    assert one != other


@pytest.mark.parametrize("name", ["nobody", "AUDITOR", "auditor ", "", "' OR 1=1 --"])
def test_unknown(installation: Installation, name: str) -> None:
    """A name of nobody is refused in one line, and gets no password."""
    with nothing_recorded(installation):
        assert reset(installation, name, "--json") == (NO, "", f"accounts: there is no account {name}")
