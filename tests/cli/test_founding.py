"""`minhchung accounts bootstrap` and `open`: the first people of an installation, at the machine and nowhere else."""

import json
import os
import pwd
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import accounts
from cli.console import NO, Stop
from domain.account import Account
from domain.unit import Unit
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation

NEW = ["--name", "Trung tâm mới", "--kind", "OPERATIONS_CENTRE", "--area", "quang-tri/dong-ha"]
PEOPLE = ["--administrator", "ha.admin", "Lý Văn Mẫu", "--leader", "ha.lead", "Lý Thị Mẫu"]


@pytest.fixture
def run(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """What a person types at the machine: the exit status, what was printed, and why not."""
    monkeypatch.setenv("DATABASE_URL", installation.endpoints.database_url)
    monkeypatch.setenv("MINHCHUNG_KEYS", str(installation.endpoints.keys))
    app = typer.Typer()
    accounts.register(app)

    def typed(*arguments: str, profile: str = "dong-hoi") -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["accounts", *arguments], env={"MINHCHUNG_PROFILE": profile})
        stopped = result.exception if isinstance(result.exception, Stop) else None
        return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")

    return typed


def test_bootstrap(installation: Installation, run: Any) -> None:
    """A new unit gets an administrator and a leader, each with a password that is shown once and opens the account."""
    before = installation.head()
    status, printed, why = run("bootstrap", "TT-HA", *NEW, *PEOPLE, "--document", "1/QĐ-UBND", "--json")
    assert (status, why) == (0, "")
    given = json.loads(printed.splitlines()[-1])["accounts"]
    assert [(one["name"], one["role"], one["unit_kind"]) for one in given] == [
        ("ha.admin", "ADMINISTRATOR", "OPERATIONS_CENTRE"),
        ("ha.lead", "LEADER", "OPERATIONS_CENTRE"),
    ]
    areas = ["area:registered"] * 2
    given_twice = ["account:opened", "account:password-set"] * 2
    assert installation.since(before) == [*areas, "unit:registered", *given_twice]
    recorder = installation.operator.recorder
    for stored in recorder.select_notifications(start=before + 1, limit=9):
        event: Any = installation.operator.mapper.to_domain_event(stored)
        assert event.envelope.by == f"operator:{pwd.getpwuid(os.getuid()).pw_name}"
        assert event.envelope.reason == "1/QĐ-UBND"
        assert all(one["password"].encode() not in stored.state for one in given)
    login = "mutation($input: LoginInput!) { login(input: $input) { ... on Session { account { name leader } } } }"
    for one, leads in zip(given, (False, True), strict=True):
        said = {"name": one["name"], "password": one["password"]}
        answered = installation.anonymous.ask(login, input=said)["login"]
        assert answered == {"account": {"name": one["name"], "leader": leads}}

    with nothing_recorded(installation):
        status, printed, why = run("bootstrap", "TT-HA", *PEOPLE, "--document", "2/QĐ-UBND")
    assert (status, printed) == (NO, "")
    assert "there are administrators who can give accounts" in why


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["TTGSDH", *PEOPLE], "there are administrators"),
        (["CATP", *PEOPLE], "a CITY_POLICE has no administrator; only OPERATIONS_CENTRE"),
        (["TT-X", *PEOPLE], "a new unit needs one"),
        (["TT-X", *NEW[:2], "--kind", "PALACE", *NEW[4:], *PEOPLE], "must be one of OPERATIONS_CENTRE"),
        (
            ["TT-X", *NEW, "--administrator", "auditor", "A", *PEOPLE[3:]],
            "there is an account auditor already",
        ),
        (["TT-X", *NEW, "--administrator", "Ông", "A", *PEOPLE[3:]], "Ông is no account name"),
    ],
)
def test_refused(installation: Installation, run: Any, arguments: list[str], why: str) -> None:
    """What cannot be is refused in one line that says what was expected, and nothing of it is kept."""
    with nothing_recorded(installation):
        status, printed, said = run("bootstrap", *arguments, "--document", "1/QĐ")
    assert (status, printed) == (NO, "")
    assert why in said
    assert Unit.create_id("TT-X") not in installation.operator.repository


def test_open(installation: Installation, run: Any) -> None:
    """Where the regulation names nobody who gives accounts, whoever keeps the installation does, by a document."""
    installation.register_unit("VP-YB", kind="COMMITTEE_OFFICE", area="yen-bai")
    said = ["yb.hoa", "Lý Thị Hoà", "--unit", "VP-YB", "--document", "1/QĐ"]
    status, printed, _ = run("open", *said, "--role", "HANDLER", "--json", profile="yen-bai")
    assert status == 0
    assert json.loads(printed.splitlines()[-1])["role"] == "HANDLER"
    account = installation.operator.find(Account, Account.create_id("yb.hoa"))
    assert (account.role, account.leader, account.check_sign_in()) == ("HANDLER", False, None)
    with nothing_recorded(installation):
        assert (
            "must be one of HANDLER, LEADER"
            in run("open", "yb.x1", *said[1:], "--role", "ADMINISTRATOR", profile="yen-bai")[2]
        )
        assert (
            "use nominateAccount"
            in run("open", "yb.x2", "A", "--unit", "CATP", "--document", "1", "--role", "HANDLER")[2]
        )
