"""`minhchung accounts bootstrap` and `open`: the first people of an installation, at the machine and nowhere else."""

import json
import os
import pwd
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import accounts, areas, cameras, units
from cli.console import NO, Stop
from domain.account import Account
from domain.camera import Camera
from domain.camera.guards import yields
from domain.unit import Unit
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation
empty = api.empty

NEW = ["--name", "Trung tâm mới", "--kind", "OPERATIONS_CENTRE", "--area", "quang-tri/dong-ha"]
PEOPLE = ["--administrator", "ha.admin", "Lý Văn Mẫu", "--leader", "ha.lead", "Lý Thị Mẫu"]


WHY = ["--reason", "Chuyển công tác", "--document", "2/QĐ"]


def typed(of: Any, *arguments: str) -> tuple[int, str, str]:
    """What a person types at the machine of the installation that the environment names."""
    app = typer.Typer()
    of.register(app)
    result = CliRunner().invoke(app, [of.__name__.rpartition(".")[2], *arguments])
    stopped = result.exception if isinstance(result.exception, Stop) else None
    return (
        stopped.status if stopped else result.exit_code,
        result.stdout,
        str(stopped or result.exception or ""),
    )


def area_file(folder: Path) -> Path:
    """The area of Yên Bái as a table."""
    path = folder / "areas.csv"
    path.write_text("path,name,kind\nyen-bai,Tỉnh Yên Bái,PROVINCE\n", encoding="utf-8")
    return path


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


def test_open_named(installation: Installation, run: Any) -> None:
    """Where the regulation names who gives accounts, nobody gives one at the machine."""
    person = ["yb.x2", "A", "--unit", "CATP", "--document", "1", "--role", "HANDLER"]
    with nothing_recorded(installation):
        assert "use nominateAccount" in run("open", *person)[2]
        assert (
            "there is no unit CATQ; take it in" in run("open", "yb.x2", "A", "--unit", "CATQ", *person[4:])[2]
        )


def test_other_regulation(installation: Installation, run: Any) -> None:
    """A record is kept under one regulation from its first event on; who names another is told which."""
    with nothing_recorded(installation):
        assert run("bootstrap", "TT-HA", *NEW, *PEOPLE, "--document", "1/QĐ", profile="dien-bien") == (
            NO,
            "",
            "MINHCHUNG_PROFILE: expected dong-hoi, by which this record has been kept from the first; got dien-bien",
        )


class TestNobodyNamed:
    """Yên Bái: the report names nobody who gives accounts, or who administers cameras (R-YB-13.5.0)."""

    @pytest.fixture
    def office(self, empty: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
        """An installation of Yên Bái with one unit."""
        monkeypatch.setenv("MINHCHUNG_PROFILE", "yen-bai")
        monkeypatch.setenv("DATABASE_URL", empty.endpoints.database_url)
        monkeypatch.setenv("MINHCHUNG_KEYS", str(empty.endpoints.keys))
        empty.register_unit("VP-YB", kind="COMMITTEE_OFFICE", area="yen-bai")
        return empty

    def test_accounts(self, office: Installation) -> None:
        """Whoever keeps the installation opens, suspends, gives back and closes them, each by a document."""
        said = ["yb.hoa", "Lý Thị Hoà", "--unit", "VP-YB", "--document", "1/QĐ"]
        status, printed, _ = typed(accounts, "open", *said, "--role", "HANDLER", "--json")
        assert status == 0
        assert json.loads(printed.splitlines()[-1])["role"] == "HANDLER"
        account = office.operator.find(Account, Account.create_id("yb.hoa"))
        assert (account.role, account.leader, account.check_sign_in()) == ("HANDLER", False, None)
        with nothing_recorded(office):
            one = typed(accounts, "open", "yb.x1", *said[1:], "--role", "ADMINISTRATOR")
            assert "must be one of HANDLER, LEADER" in one[2]
            assert (
                "use `accounts open`"
                in typed(accounts, "bootstrap", "VP-YB", *PEOPLE, "--document", "1/QĐ")[2]
            )
            assert "must be SUSPENDED" in typed(accounts, "resume", "yb.hoa", *WHY)[2]
            assert "there is no account yb.x1" in typed(accounts, "suspend", "yb.x1", *WHY)[2]
        before = office.head()
        for change in ("suspend", "resume", "close"):
            assert typed(accounts, change, "yb.hoa", *WHY)[0] == 0
        assert office.since(before) == ["account:suspended", "account:resumed", "account:closed"]
        [last] = office.operator.recorder.select_notifications(start=office.head(), limit=1)
        event: Any = office.operator.mapper.to_domain_event(last)
        assert event.envelope.by == f"operator:{pwd.getpwuid(os.getuid()).pw_name}"
        assert (event.envelope.reason, event.envelope.rule) == ("2/QĐ", "R-YB-11.1.0")

    def test_cameras(self, office: Installation, tmp_path: Path) -> None:
        """They are taken in, put to work and taken out by a document; what they detect from then on may be a case."""
        with (tmp_path / "cameras.csv").open("w", encoding="utf-8") as file:
            print("code,name,class,domain,kind,area,operating_unit,channel", file=file)
            print("YB-01,Ngã tư,TRAFFIC,TRAFFIC,SANCTION,yen-bai,VP-YB,PRIVATE_CHANNEL", file=file)
        typed(areas, "import", str(area_file(tmp_path)))
        assert typed(cameras, "import", str(tmp_path / "cameras.csv"), "--document", "3/QĐ")[:2] == (
            0,
            "1 rows: 1 new and 0 changed cameras imported\n",
        )
        assert typed(cameras, "activate", "YB-01", "--document", "3/QĐ")[0] == 0
        camera = office.operator.find(Camera, Camera.create_id("YB-01"))
        assert (camera.state, yields(camera, datetime.now(UTC))) == ("ACTIVE", True)
        with nothing_recorded(office):
            assert "must be CONNECTED" in typed(cameras, "activate", "YB-01", "--document", "3/QĐ")[2]
            assert "document" in typed(cameras, "activate", "YB-01", "--document", " ")[2]
        assert typed(cameras, "retire", "YB-01", *WHY)[0] == 0
        assert office.operator.find(Camera, Camera.create_id("YB-01")).state == "RETIRED"

    def test_named_elsewhere(self, installation: Installation, run: Any) -> None:
        """Where the regulation names somebody, the act is theirs, whatever document is shown."""
        with nothing_recorded(installation):
            assert "is for OPERATIONS_CENTRE by this regulation" in run("suspend", "police.handle", *WHY)[2]
            assert "is for OPERATIONS_CENTRE" in typed(cameras, "retire", "DH-NT-01", *WHY)[2]


class TestNobodyLeft:
    """Whoever gives accounts may be lost: then the first people come anew, by a document."""

    @pytest.fixture
    def centre(
        self, empty: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[..., tuple[int, str, str]]:
        """An installation of Quảng Trị whose Centre has an administrator and a leader."""
        monkeypatch.setenv("MINHCHUNG_PROFILE", "quang-tri")
        monkeypatch.setenv("DATABASE_URL", empty.endpoints.database_url)
        monkeypatch.setenv("MINHCHUNG_KEYS", str(empty.endpoints.keys))

        def founded(unit: str, *named: str) -> tuple[int, str, str]:
            new = ["--name", "Trung tâm", "--kind", "CENTRE", "--area", "quang-tri/dong-ha"]
            return typed(accounts, "bootstrap", unit, *new, *named, "--document", "1/QĐ")

        assert founded("TT-1", *PEOPLE)[0] == 0
        return founded

    def test_leader(self, empty: Installation, centre: Any) -> None:
        """A unit whose leader lets people in gets another one once it has none, and not before."""
        again = ["--administrator", "hai.admin", "A", "--leader", "hai.lead", "B"]
        assert "there are administrators who can give accounts" in centre("TT-1", *again)[2]
        leader = empty.operator.find(Account, Account.create_id("ha.lead"))
        with empty.founding():
            leader.disable()
            empty.operator.record(leader)
        assert centre("TT-1", *again)[0] == 0
        assert empty.operator.find(Account, Account.create_id("hai.lead")).leader

    def test_unit(self, empty: Installation, centre: Any) -> None:
        """Where the unit that gives accounts ended and nobody follows, another is founded, and named to follow it."""
        assert typed(units, "cease", "TT-1", "--document", "2/NQ")[0] == 0
        again = ["--administrator", "hai.admin", "A", "--leader", "hai.lead", "B"]
        assert centre("TT-2", *again)[0] == 0
        assert typed(units, "cease", "TT-1", "--document", "3/NQ", "--successor", "TT-2")[0] == 0
        gone = empty.operator.find(Unit, Unit.create_id("TT-1"))
        assert (gone.successor_code, gone.ended_by) == ("TT-2", "3/NQ")
