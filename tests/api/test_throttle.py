"""E3: guessing is slow, shuts nobody out, and tells nothing of who exists."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg.rows import dict_row

from api.services import AT_THE_DOOR, HASHERS
from domain.account import Account
from store import credentials as module
from store.attempts import FORGET, SPEND
from store.credentials import LOOK_UP
from store.failures import NOTE
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded, refused
from tests.support.serving import until
from tests.support.watching import PROTOCOL

LOGIN = """
mutation($input: LoginInput!) { login(input: $input) { __typename
  ... on Session { token device }
  ... on Refusal { code vi: message en: message(language: EN) retryable rule { id } }
} }
"""
WRONG = refused("Forbidden", "Tên hoặc mật khẩu không đúng", "Wrong name or password")
TOO_OFTEN = refused(
    "Forbidden",
    "Quá nhiều lần đăng nhập sai; hãy thử lại sau ít phút",
    "Too many failed sign-ins; try again in a few minutes",
    retryable=True,
)
TOO_MANY = refused(
    "Forbidden",
    "Quá nhiều người đang đăng nhập; hãy thử lại sau vài giây",
    "Too many people are signing in; try again in a few seconds",
    retryable=True,
)
NAME = "police.lead"


def login(installation: Installation, name: str, password: str, **more: str) -> dict[str, Any]:
    """What signing in answers."""
    said = {"name": name, "password": password, **more}
    return dict(installation.anonymous.ask(LOGIN, input=said)["login"])


@pytest.fixture
def right(installation: Installation) -> dict[str, str]:
    """The passwords of the demo, on a day when sessions of today are open."""
    installation.today()
    return installation.passwords


@pytest.fixture
def address(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let everybody come from another address."""
    transport = installation.client._transport

    def come_from(somewhere: str) -> None:
        monkeypatch.setattr(transport, "client", (somewhere, 50_000))

    yield come_from
    monkeypatch.undo()


@dataclass
class Hasher:
    """The hasher, and what it was asked to verify."""

    real: PasswordHasher
    asked: list[str] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)

    def verify(self, digest: str, password: str) -> bool:
        """Verify for real, once nobody holds it back."""
        self.asked.append(digest)
        assert self.hold.wait(30)
        return bool(self.real.verify(digest, password))

    def check_needs_rehash(self, digest: str) -> bool:
        """Answer for real."""
        return self.real.check_needs_rehash(digest)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hasher]:
    """What the passwords of this test are verified by."""
    made = Hasher(module._hasher)
    made.hold.set()
    monkeypatch.setattr(module, "_hasher", made)
    yield made
    made.hold.set()


class TestThrottle:
    """Whoever guesses waits; nobody else does."""

    def test_ten(self, installation: Installation, right: dict[str, str], hasher: Hasher) -> None:
        """After ten failures under one name its address waits, also with the right password; other names do not."""
        for _ in range(10):
            assert login(installation, NAME, "Wrong-1!") == WRONG
        with nothing_recorded(installation):
            assert login(installation, NAME, "Wrong-1!") == TOO_OFTEN
            assert login(installation, NAME, right[NAME]) == TOO_OFTEN
        assert len(hasher.asked) == 10
        assert login(installation, "police.handle", right["police.handle"])["__typename"] == "Session"

    def test_from_elsewhere(
        self, installation: Installation, right: dict[str, str], address: Callable[[str], None]
    ) -> None:
        """Whoever fails in somebody's name holds up nobody at another address, and no device at their own."""
        address("192.0.2.1")
        device = login(installation, NAME, right[NAME])["device"]
        credentials = installation.services.credentials
        found = [credentials.attempt(NAME, address=f"198.51.100.{n % 40}") for n in range(160)]
        assert found.count(None) == 60
        assert login(installation, NAME, right[NAME])["__typename"] == "Session"
        address("203.0.113.1")
        assert login(installation, NAME, right[NAME]) == TOO_OFTEN
        for code in ("made-up", installation.tokens[NAME]):
            assert login(installation, NAME, right[NAME], device=code) == TOO_OFTEN
        answered = login(installation, NAME, right[NAME], device=device)
        assert (answered["__typename"], answered["device"]) == ("Session", device)
        assert login(installation, NAME, "Wrong-1!", device=device) == WRONG

    def test_a_device_is_nobody(self, installation: Installation, right: dict[str, str]) -> None:
        """The code of a device opens nothing: neither as a token nor as a password."""
        device = login(installation, NAME, right[NAME])["device"]
        response = installation.client.post(
            "/graphql", json={"query": "{ me { id } }"}, headers={"authorization": f"Bearer {device}"}
        )
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert login(installation, NAME, device, device=device) == WRONG

    def test_aliases(self, installation: Installation, hasher: Hasher) -> None:
        """Several attempts in one document count one by one."""
        heads = " ".join(
            f'a{n}: login(input: {{name: "auditor", password: "x"}}) {{ ... on Refusal {{ retryable }} }}'
            for n in range(5)
        )
        found = [installation.anonymous.ask(f"mutation {{ {heads} }}") for _ in range(3)]
        waits = [answer["retryable"] for one in found for answer in one.values()]
        assert waits == [False] * 10 + [True] * 5
        assert len(hasher.asked) == 10

    def test_at_once(
        self, installation: Installation, hasher: Hasher, counted: Callable[[str], None]
    ) -> None:
        """Sixty requests at the same moment are sixty attempts: ten passwords are looked at."""
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda n: login(installation, NAME, f"Wrong-{n}!"), range(60)))
        assert (found.count(WRONG), found.count(TOO_OFTEN)) == (10, 50)
        assert len(hasher.asked) == 10
        counted(
            "E3 60 requests at one moment, and 15 aliases in three documents: 10 passwords looked at of each"
        )

    def test_sockets(self, installation: Installation, hasher: Hasher) -> None:
        """Several sockets are one address, and their attempts count like those of requests."""
        waits = []
        for n in range(4):
            with installation.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
                socket.send_json({"type": "connection_init"})
                socket.receive_json()
                for m in range(3):
                    variables = {"input": {"name": NAME, "password": f"Wrong-{n}{m}!"}}
                    payload = {"query": LOGIN, "variables": variables}
                    socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
                    waits.append(socket.receive_json()["payload"]["data"]["login"]["retryable"])
                    assert socket.receive_json()["type"] == "complete"
        assert waits == [False] * 10 + [True] * 2
        assert len(hasher.asked) == 10


class TestDoor:
    """E5: what hashing costs is paid by those who sign in."""

    def test_off_the_loop(self, installation: Installation, right: dict[str, str], hasher: Hasher) -> None:
        """While every hashing thread is busy and more sign-ins wait, requests and commands are answered."""
        case = installation.detected()
        hasher.hold.clear()
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(login, installation, "auditor", right["auditor"]) for _ in range(8)]
            assert until(lambda: len(hasher.asked) == HASHERS)
            assert installation.signed_in("auditor").ask("{ me { name } }") == {"me": {"name": "auditor"}}
            installation.signed_in("centre.approve").does("approveCase", case.id)
            assert [one for one in waiting if one.done()] == []
            assert len(hasher.asked) == HASHERS
            hasher.hold.set()
            assert {one.result(30)["__typename"] for one in waiting} == {"Session"}
        assert len(hasher.asked) == 8

    def test_full(
        self,
        installation: Installation,
        right: dict[str, str],
        hasher: Hasher,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """One sign-in too many is turned away at once and costs no attempt; there is room again after one leaves."""
        assert installation.services.door._room == AT_THE_DOOR == 100
        monkeypatch.setattr(installation.services.door, "_room", 3)
        hasher.hold.clear()
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(login, installation, "auditor", right["auditor"]) for _ in range(3)]
            assert until(lambda: installation.services.door._room == 0)
            for _ in range(11):
                assert login(installation, NAME, right[NAME]) == TOO_MANY
            hasher.hold.set()
            assert {one.result(30)["__typename"] for one in waiting} == {"Session"}
        assert login(installation, NAME, right[NAME])["__typename"] == "Session"
        assert installation.services.door._room == 3

    def test_threads_of_its_own(self, installation: Installation, right: dict[str, str]) -> None:
        """Hashing has threads of its own, half as many as there are processors."""
        login(installation, NAME, right[NAME])
        names = [thread.name for thread in threading.enumerate() if thread.name.startswith("password")]
        assert 1 <= len(names) <= HASHERS <= max(1, (os.cpu_count() or 1) // 2)


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note down what the database is asked on behalf of those who sign in."""
    found: list[str] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if cursor.row_factory is dict_row:  # the tail and the readers have others
            found.append(str(query))
        return execute(cursor, query, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noting)
        yield found


class TestNothingIsTold:
    """Who exists, and who was disabled, cannot be told from the answer or from the work it took."""

    def test_one_answer(self, installation: Installation, right: dict[str, str]) -> None:
        """Whether a name exists cannot be told from the answer."""
        answers = [
            login(installation, name, password)
            for name, password in [
                (NAME, "Wrong-1!"),
                ("nobody.there", "Wrong-1!"),
                (NAME.upper(), right[NAME]),
                (f"{NAME} ", right[NAME]),
                ("", ""),
                ("x" * 5_000, "y" * 5_000),
                ("' OR 1=1 --", "' OR 1=1 --"),
            ]
        ]
        assert answers == [WRONG] * 7

    def test_same_work(
        self,
        installation: Installation,
        right: dict[str, str],
        hasher: Hasher,
        monkeypatch: pytest.MonkeyPatch,
        counted: Callable[[str], None],
    ) -> None:
        """A wrong password, a name of nobody and a disabled account ask the same of the database, and hash once."""
        account = installation.operator.find(Account, Account.create_id("auditor"))
        with installation.founding():
            account.disable()
            installation.operator.record(account)
        work: dict[str, tuple[list[str], list[str]]] = {}
        branches = {
            "wrong": (NAME, "Wrong-1!"),
            "unknown": ("nobody.there", "Wrong-1!"),
            "disabled, right": ("auditor", right["auditor"]),
            "disabled, wrong": ("auditor", "Wrong-1!"),
        }
        for branch, (name, password) in branches.items():
            hasher.asked.clear()
            with statements(monkeypatch) as asked:
                assert login(installation, name, password) == WRONG
            work[branch] = (asked, [digest.rsplit("$", 2)[0] for digest in hasher.asked])
        wanted = (
            [LOOK_UP, SPEND, NOTE, FORGET],
            ["$argon2id$v=19$m=19456,t=2,p=1"],
        )
        assert work == dict.fromkeys(branches, wanted)
        counted(f"E3 {len(branches)} ways to fail: the same {len(wanted[0])} statements and one hash each")

    def test_same_work_while_waiting(
        self,
        installation: Installation,
        right: dict[str, str],
        hasher: Hasher,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Who has to wait is told so after the same work, whether the name exists or not."""
        work = []
        for name in (NAME, "nobody.there"):
            for _ in range(10):
                login(installation, name, "Wrong-1!")
            hasher.asked.clear()
            with statements(monkeypatch) as asked:
                assert login(installation, name, right[NAME]) == TOO_OFTEN
            work.append((asked, hasher.asked[:]))
        assert work == [([LOOK_UP, SPEND], [])] * 2
