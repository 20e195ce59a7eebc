"""How often a password may be guessed, and that nobody is held up by what others do (E3)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.account import Account
from store.attempts import OF_ADDRESS, OF_NAME, OF_PLACE, place_of_address
from store.credentials import Attempt, Credentials
from store.datastore import Datastore
from tests.store.test_credentials import session

HOUR = timedelta(hours=1)


@pytest.fixture
def credentials(datastore: Datastore) -> Credentials:
    """The tables of the module, under the role of `serve`."""
    return Credentials(datastore)


@pytest.fixture
def later(owner: Datastore) -> Callable[[timedelta], None]:
    """Let time pass: what was spent was spent so much earlier."""

    def pass_by(time: timedelta) -> None:
        with owner.get_connection() as conn:
            conn.execute("UPDATE sign_in_budgets SET spent_until = spent_until - %s", (time,))
            conn.execute("UPDATE sign_in_places SET seen_at = seen_at - %s", (time,))

    return pass_by


def a_name() -> str:
    """A name that nobody has tried."""
    return f"name.{uuid4()}"


def addresses(count: int, net: str = "198.51") -> list[str]:
    """So many addresses."""
    return [f"{net}.{n // 250}.{n % 250 + 1}" for n in range(count)]


def tries(credentials: Credentials, name: str, address: str, *, device: str | None = None) -> int:
    """How often a name may be tried from there before one has to wait."""
    count = 0
    while credentials.attempt(name, address=address, device=device) is not None:
        count += 1
    return count


def comes(credentials: Credentials, name: str, address: str, *, device: str | None = None) -> str | None:
    """The device of somebody who signs in with the right password; None where they have to wait."""
    attempt = credentials.attempt(name, address=address, device=device)
    return opened(credentials, attempt) if attempt else None


def opened(credentials: Credentials, attempt: Attempt) -> str:
    """The device of an attempt whose password was right."""
    given = credentials.sign_in(attempt, attempt.password_hash, session())
    assert given is not None
    return given.device


@pytest.fixture
def name(credentials: Credentials) -> str:
    """The name of an account."""
    made = a_name()
    credentials.set_password(Account.create_id(made), "Xa-lộ 2?")
    return made


class TestOnePlace:
    """A name from one place."""

    @pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1", "::1", "2001:db8::1", "testclient", ""])
    def test_ten(self, credentials: Credentials, address: str) -> None:
        """A name is tried ten times from an address; another name still may be, and the name from elsewhere."""
        guessed = a_name()
        assert tries(credentials, guessed, address) == OF_PLACE.attempts == 10
        assert credentials.attempt(a_name(), address=address) is not None
        assert credentials.attempt(guessed, address="192.0.2.77") is not None

    def test_fills_up(self, credentials: Credentials, later: Callable[[timedelta], None]) -> None:
        """Every ninety seconds one more attempt is there, and after a quarter of an hour all ten; never more."""
        guessed = a_name()
        found = [tries(credentials, guessed, "192.0.2.2")]
        for seconds in (45, 45, 180, 900, 90_000):
            later(timedelta(seconds=seconds))
            found.append(tries(credentials, guessed, "192.0.2.2"))
        assert found == [10, 0, 1, 2, 10, 10]

    def test_refused_costs_nothing(
        self, credentials: Credentials, later: Callable[[timedelta], None]
    ) -> None:
        """Who goes on while they have to wait does not wait longer for it."""
        guessed = a_name()
        tries(credentials, guessed, "192.0.2.3")
        for _ in range(50):
            assert credentials.attempt(guessed, address="192.0.2.3") is None
        later(OF_PLACE.each)
        assert tries(credentials, guessed, "192.0.2.3") == 1

    def test_right_costs_nothing(self, credentials: Credentials, name: str) -> None:
        """Who signs in a hundred times has all attempts left."""
        for _ in range(100):
            assert comes(credentials, name, "192.0.2.4")
        assert tries(credentials, name, "192.0.2.4") == 10

    def test_at_once(self, credentials: Credentials, counted: Callable[[str], None]) -> None:
        """A hundred attempts at the same moment are a hundred: ten are let through."""
        guessed = a_name()
        with ThreadPoolExecutor(10) as pool:
            found = list(
                pool.map(lambda _: credentials.attempt(guessed, address="192.0.2.5") is not None, range(100))
            )
        assert sum(found) == 10
        counted("E3 100 attempts at one moment from one place: 10 let through")

    def test_long_name(self, credentials: Credentials) -> None:
        """A name of any length is counted."""
        assert tries(credentials, "n" * 100_000, "192.0.2.70") == 10
        assert tries(credentials, "n" * 99_999, "192.0.2.70") == 10

    def test_network(self, credentials: Credentials) -> None:
        """The hosts of one IPv6 network are one place, and an IPv4 address is the same one in IPv6."""
        guessed = a_name()
        assert tries(credentials, guessed, "2001:db8:0:7::1") == 10
        assert tries(credentials, guessed, "2001:db8:0:7:ffff::2") == 0
        assert tries(credentials, guessed, "2001:db8:0:8::1") == 10
        assert place_of_address("::ffff:192.0.2.9") == place_of_address("192.0.2.9")
        assert place_of_address("::1") != place_of_address("::2")


class TestManyPlaces:
    """A name from everywhere."""

    def test_hundred(self, credentials: Credentials, later: Callable[[timedelta], None]) -> None:
        """However many addresses guess at a name, a hundred attempts are let through, then one every 36 s."""
        guessed = a_name()
        assert sum(tries(credentials, guessed, address) for address in addresses(12)) == 100
        assert OF_NAME.attempts == 100
        assert tries(credentials, guessed, "203.0.113.1") == 0
        later(timedelta(seconds=18))
        assert tries(credentials, guessed, "203.0.113.2") == 0
        later(timedelta(seconds=18))
        assert tries(credentials, guessed, "203.0.113.3") == 1
        later(HOUR)
        assert sum(tries(credentials, guessed, address) for address in addresses(12)) == 100

    def test_the_owner_gets_in(
        self, credentials: Credentials, name: str, counted: Callable[[str], None]
    ) -> None:
        """Whatever others spend, who has signed in from an address before still does, and has ten attempts."""
        comes(credentials, name, "192.0.2.20")
        spent = sum(tries(credentials, name, address) for address in addresses(40))
        assert spent == 100
        assert comes(credentials, name, "192.0.2.20")
        assert tries(credentials, name, "192.0.2.20") == 10
        assert credentials.attempt(name, address="192.0.2.21") is None
        counted("E3 a name guessed at from 40 addresses: 100 attempts let through, and its owner gets in")

    def test_one_stranger(self, credentials: Credentials, name: str) -> None:
        """One address cannot hold anybody up, not even somebody who was never there."""
        tries(credentials, name, "198.51.100.1")
        assert comes(credentials, name, "203.0.113.7")

    def test_familiar_for_a_while(
        self, credentials: Credentials, name: str, later: Callable[[timedelta], None]
    ) -> None:
        """A place from which nobody has signed in for 90 days is familiar no more."""
        comes(credentials, name, "192.0.2.30")
        later(timedelta(days=89))
        assert sum(tries(credentials, name, address) for address in addresses(12)) == 100
        assert comes(credentials, name, "192.0.2.30")
        later(timedelta(days=91))
        assert sum(tries(credentials, name, address) for address in addresses(12)) == 100
        assert comes(credentials, name, "192.0.2.30") is None

    def test_familiar_to_one(self, credentials: Credentials, name: str) -> None:
        """A place is familiar to the account that signed in there, and to no other."""
        comes(credentials, name, "192.0.2.31")
        other = a_name()
        assert sum(tries(credentials, other, address) for address in addresses(12)) == 100
        assert credentials.attempt(other, address="192.0.2.31") is None


class TestDevices:
    """Who shows the code of a device is told apart from everybody at the same address."""

    @pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.40"])
    def test_same_address(self, credentials: Credentials, name: str, address: str) -> None:
        """Behind one proxy or router, nobody who fails in somebody's name holds up their device."""
        device = comes(credentials, name, address)
        assert tries(credentials, name, address) == 10
        assert comes(credentials, name, address) is None
        assert comes(credentials, name, address, device=device) == device
        assert tries(credentials, name, address, device=device) == 10

    def test_travels(self, credentials: Credentials, name: str) -> None:
        """A device is known wherever it is, while many addresses guess at the name."""
        device = comes(credentials, name, "192.0.2.41")
        assert sum(tries(credentials, name, address) for address in addresses(12)) == 100
        assert comes(credentials, name, "203.0.113.41") is None
        assert comes(credentials, name, "203.0.113.41", device=device) == device

    def test_of_another(self, credentials: Credentials, name: str) -> None:
        """A code that was made up, or given to another account, is worth nothing."""
        other = a_name()
        credentials.set_password(Account.create_id(other), "Xa-lộ 2?")
        device = comes(credentials, other, "192.0.2.42")
        assert tries(credentials, name, "192.0.2.42") == 10
        for code in (device, "made-up", "x" * 10_000, ""):
            assert credentials.attempt(name, address="192.0.2.42", device=code) is None

    def test_given_once(self, credentials: Credentials, name: str, owner: Datastore) -> None:
        """A device keeps its code, one without is given another, and the table holds no code."""
        first = comes(credentials, name, "192.0.2.43")
        assert first is not None
        assert len(first) == 43
        assert comes(credentials, name, "192.0.2.44", device=first) == first
        assert comes(credentials, name, "192.0.2.43") not in {None, first}
        with owner.get_connection() as conn:
            rows = conn.execute(
                "SELECT place FROM sign_in_places WHERE account_id = %s", (Account.create_id(name),)
            )
            places = [bytes(row["place"]) for row in rows]
        assert len(places) == 4  # two addresses and two devices
        assert first.encode() not in b"".join(places)


class TestOneAddress:
    """All names from one address."""

    def test_fifty(self, credentials: Credentials) -> None:
        """Fifty attempts under any names, and the address waits for every name: a list of names is no way round."""
        address = "192.0.2.50"
        found = [credentials.attempt(a_name(), address=address) is not None for _ in range(60)]
        assert found == [True] * 50 + [False] * 10
        assert OF_ADDRESS.attempts == 50

    def test_familiar(self, credentials: Credentials, name: str) -> None:
        """Who signed in from there before is not held up by names that others try."""
        address = "192.0.2.51"
        comes(credentials, name, address)
        for _ in range(60):
            credentials.attempt(a_name(), address=address)
        assert comes(credentials, name, address)

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_this_machine(self, credentials: Credentials, address: str) -> None:
        """Behind a proxy everybody comes from this machine: a list of names there holds nobody up."""
        assert all(credentials.attempt(a_name(), address=address) is not None for _ in range(60))

    def test_refused_by_one(
        self, credentials: Credentials, later: Callable[[timedelta], None], owner: Datastore
    ) -> None:
        """An attempt that one budget refuses takes nothing of the others."""
        guessed, address = a_name(), "192.0.2.53"
        tries(credentials, guessed, address)
        for _ in range(100):
            assert credentials.attempt(guessed, address=address) is None
        found = [credentials.attempt(a_name(), address=address) is not None for _ in range(41)]
        assert found == [True] * 40 + [False]


class TestForgotten:
    """What was spent long ago is nowhere any more."""

    def test_budgets(
        self, credentials: Credentials, later: Callable[[timedelta], None], owner: Datastore
    ) -> None:
        """A budget that is whole again leaves no row behind, however few sign in."""
        for address in addresses(20, "203.0"):
            credentials.attempt(a_name(), address=address)
        later(2 * HOUR)
        for _ in range(20):
            credentials.attempt("one.more", address="192.0.2.90")
        with owner.get_connection() as conn:
            row = conn.execute("SELECT count(*) AS n FROM sign_in_budgets WHERE spent_until < now()")
            assert [one["n"] for one in row] == [0]

    def test_places(
        self, credentials: Credentials, name: str, later: Callable[[timedelta], None], owner: Datastore
    ) -> None:
        """A place of long ago goes with the next sign-in."""
        comes(credentials, name, "192.0.2.91")
        later(timedelta(days=91))
        comes(credentials, name, "192.0.2.92")
        with owner.get_connection() as conn:
            rows = conn.execute(
                "SELECT place FROM sign_in_places WHERE account_id = %s", (Account.create_id(name),)
            ).fetchall()
        places = {bytes(row["place"]) for row in rows}
        assert place_of_address("192.0.2.91") not in places
        assert place_of_address("192.0.2.92") in places


def test_disabled(credentials: Credentials, name: str, owner: Datastore) -> None:
    """A disabled account is looked up as a name that does not exist."""
    attempt = credentials.attempt(name, address="192.0.2.95")
    assert attempt is not None
    with owner.get_connection() as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 9, %s, '')",
            (attempt.account_id, Account.Disabled.TOPIC),
        )
    disabled = credentials.attempt(name, address="192.0.2.95")
    unknown = credentials.attempt(a_name(), address="192.0.2.95")
    assert disabled is not None
    assert unknown is not None
    assert disabled.password_hash == unknown.password_hash != attempt.password_hash
