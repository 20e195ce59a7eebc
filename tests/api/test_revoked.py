"""E2: what ends a session or changes a right is known at once, by request and on open sockets, in every process.

There are no refresh tokens: a token is looked up each time, and nothing outlives it. What is shown here is what clients
see of two served applications, however either remembers whom a token stands for.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from api.http.slow_clients import server_settings
from api.live import Live
from api.services import Reads
from cli.demo import reset
from domain.account import Account
from store.credentials import Credentials
from tests.support.api import BODY, Installation, session, session_of
from tests.support.serving import serving, until
from tests.support.watching import app_of
from tests.support.wire import Wire

NAME = "centre.approve"
ENDED = 4403
ME = "{ me { name } }"
COUNT = "{ cases { totalCount } }"


@dataclass(frozen=True)
class Process:
    """One `serve`."""

    address: tuple[str, int]
    http: httpx2.Client
    wires: list[Wire] = field(default_factory=list)

    def ask(self, token: str, query: str = ME) -> Any:
        """What a request answers."""
        response = self.http.post(
            "/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}
        )
        return response.json()

    def knows(self, token: str) -> bool:
        """Whether a request with this token is somebody's."""
        body = self.ask(token)
        if "errors" not in body:
            return True
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
        return False

    def socket(self, token: str) -> Wire:
        """A socket of somebody."""
        wire = Wire(self.address, token)
        self.wires.append(wire)
        wire.begin()
        return wire

    def open(self, token: str) -> Wire:
        """A socket of somebody who watches."""
        wire = self.socket(token)
        wire.watch()
        wire.send({"id": "me", "type": "subscribe", "payload": {"query": ME}})
        assert wire.receive()["payload"]["data"]["me"]
        assert wire.receive() == {"id": "me", "type": "complete"}
        return wire


@contextmanager
def served(installation: Installation) -> Iterator[Process]:
    """Serve the installation as `minhchung serve` does, with its tail running."""
    with (
        serving(app_of(installation), lifespan="on", **server_settings()) as address,
        httpx2.Client(base_url=f"http://{address[0]}:{address[1]}", trust_env=False) as http,
    ):
        process = Process(address, http)
        yield process
        for wire in process.wires:
            wire.hang_up()


@pytest.fixture
def two(installation: Installation) -> Iterator[tuple[Process, Process]]:
    """Two processes over one record."""
    installation.today()
    with ExitStack() as stack:
        yield stack.enter_context(served(installation)), stack.enter_context(served(installation))


def disabled(installation: Installation, here: Process, token: str) -> None:
    """The account is disabled, at the machine."""
    account = installation.operator.find(Account, Account.create_id(NAME))
    with installation.founding():
        account.disable()
        installation.operator.record(account)


def suspended(installation: Installation, here: Process, token: str) -> None:
    """The account is suspended by whoever gives accounts."""
    said = f'accountId: "{Account.create_id(NAME)}", text: "Nghỉ việc", commandId: "s-1"'
    asked = f"mutation {{ suspendAccount(input: {{ {said} }}) {{ __typename }} }}"
    answer = here.ask(installation.tokens["centre.admin"], asked)
    assert answer == {"data": {"suspendAccount": {"__typename": "AccountSuspended"}}}
    assert not here.knows(token)  # in this process without a moment between


def given_a_password(installation: Installation, here: Process, token: str) -> None:
    """The account is given a new password, at the machine."""
    operator: Any = installation.operator
    account = operator.find(Account, Account.create_id(NAME))
    with installation.founding():
        reset(operator, Credentials(operator.factory.datastore), account)


def signed_out(installation: Installation, here: Process, token: str) -> None:
    """The person signs out by a request."""
    assert here.ask(token, "mutation { logout }") == {"data": {"logout": True}}
    assert not here.knows(token)  # in this process without a moment between


def signed_out_on_a_socket(installation: Installation, here: Process, token: str) -> None:
    """The person signs out on another socket of theirs."""
    wire = here.socket(token)
    wire.send({"id": "1", "type": "subscribe", "payload": {"query": "mutation { logout }"}})
    assert wire.receive()["payload"] == {"data": {"logout": True}}
    assert not here.knows(token)
    while wire.receive() != ENDED:
        pass


ENDS = (disabled, suspended, given_a_password, signed_out, signed_out_on_a_socket)


@pytest.mark.parametrize("happens", ENDS, ids=lambda one: one.__name__)
def test_ends(
    installation: Installation,
    two: tuple[Process, Process],
    happens: Callable[[Installation, Process, str], None],
    counted: Callable[[str], None],
) -> None:
    """Whatever ends a session ends it in every process, for requests and for sockets, and ends no other."""
    token, bystander = installation.tokens[NAME], session(installation.operator, "police.handle")
    own_other = session(installation.operator, NAME)
    wires = [process.open(token) for process in two]
    others = [process.open(bystander) for process in two]
    for process in two:
        assert process.knows(token)
        assert process.knows(own_other)
    begun = time.monotonic()
    happens(installation, two[0], token)
    for process, wire in zip(two, wires, strict=True):
        while (message := wire.receive()) != ENDED:
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert not process.knows(token)  # no request later than that
    took = time.monotonic() - begun
    for process, wire in zip(two, others, strict=True):
        assert process.knows(bystander)
        wire.send({"type": "ping"})
        assert wire.receive() == {"type": "pong"}
        # another session of the same account ends with the account or its password, not with this one
        assert process.knows(own_other) is happens.__name__.startswith("signed_out")
    counted(f"E2 {happens.__name__}: by request and on sockets of two processes after {1000 * took:.0f} ms")


def test_expires(installation: Installation, two: tuple[Process, Process]) -> None:
    """A session that runs out does so everywhere at that moment."""
    ends = datetime.now(UTC) + timedelta(seconds=1.5)
    token, _ = session_of(installation.operator, NAME, timedelta(seconds=1.5))
    wires = [process.open(token) for process in two]
    for process, wire in zip(two, wires, strict=True):
        while wire.receive() != ENDED:
            pass
        assert not process.knows(token)
    assert datetime.now(UTC) >= ends


class TestRights:
    """A right that is given, or runs out, counts for whoever is there already."""

    def test_given(
        self, installation: Installation, two: tuple[Process, Process], counted: Callable[[str], None]
    ) -> None:
        """A grant is seen by the requests and on the sockets of a session that is older than it."""
        installation.open_account("looker", unit_id=BODY, role="AUDITOR")
        token = installation.tokens["looker"]
        first = installation.detected()
        wires = [process.open(token) for process in two]
        for process in two:
            assert process.ask(token, COUNT) == {"data": {"cases": {"totalCount": 0}}}
        begun = time.monotonic()
        account = installation.operator.find(Account, Account.create_id("looker"))
        with installation.founding():
            account.grant(
                "audit.replay",
                document="Quyết định mẫu 02/QĐ-UBND",
                starts_at=installation.now - timedelta(days=1),
                ends_at=installation.now + timedelta(days=1),
            )
            installation.operator.record(account)
        second = installation.detected()
        for process, wire in zip(two, wires, strict=True):
            told = wire.receive()["payload"]["data"]["caseChanged"]
            assert told["case"]["id"] == str(second.id)
            assert process.ask(token, COUNT) == {"data": {"cases": {"totalCount": 2}}}
        took = time.monotonic() - begun
        counted(f"E2 a grant: by request and on sockets of two processes after {1000 * took:.0f} ms")
        # and it runs out by itself, on the day it says
        installation.now += timedelta(days=2)
        unseen = installation.detected()
        for process, wire in zip(two, wires, strict=True):
            assert process.ask(token, COUNT)["data"]["cases"]["totalCount"] == 0
            assert until(lambda process=process: shown(process) >= installation.head())  # type: ignore[misc] # a lambda
            wire.send({"type": "ping"})
            assert wire.receive() == {"type": "pong"}  # nothing was told before it
        assert len({first.id, second.id, unseen.id}) == 3


def shown(process: Process) -> float:
    """How far a process has told."""
    lines = process.http.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("minhchung_live_position "))


def test_disabled_does_not_come_back(installation: Installation, two: tuple[Process, Process]) -> None:
    """Whoever was disabled cannot sign in again with the right password, in any process."""
    login = "mutation($i: LoginInput!) { login(input: $i) { __typename } }"
    said = {"name": NAME, "password": installation.passwords[NAME]}
    answers = []
    for happened in (False, True):
        if happened:
            disabled(installation, two[0], "")
        for process in two:
            body = process.http.post("/graphql", json={"query": login, "variables": {"i": said}}).json()
            answers.append(body["data"]["login"]["__typename"])
    assert answers == ["Session", "Session", "Forbidden", "Forbidden"]


def test_before_the_log_is_heard(installation: Installation) -> None:
    """Whose right ended after their first request, and before the process heard the log at all, is nobody."""
    reads = Reads(installation.endpoints.database_url, role="minhchung_serve")
    live = Live(replace(installation.services, reads=reads))
    people, token = live.people, installation.tokens[NAME]

    async def happens() -> tuple[bool, bool, bool]:
        reads.open()
        before = await people.who(token)
        presence = await people.enter(token)
        assert presence is not None
        account = installation.operator.find(Account, Account.create_id(NAME))
        with installation.founding():
            account.disable()
            installation.operator.record(account)
        tail = asyncio.create_task(live.run())
        async with asyncio.timeout(10):
            while people._heard_at < 0:  # noqa: ASYNC110 — a condition is polled, with a deadline
                await asyncio.sleep(0.01)
        after = await people.who(token)
        tail.cancel()
        return before is not None, after is None, presence.ended.is_set()

    try:
        assert asyncio.run(happens()) == (True, True, True)
    finally:
        reads.close()
