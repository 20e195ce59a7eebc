"""Every sign-in is on record, also the one that failed: as one event for all of a burst, and of no name of nobody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.sign_in import record_failures_once
from domain.account import Account
from domain.credentials import Credentials, Stranger
from domain.personal import Personal
from domain.session import Session
from tests.support.api import Installation
from tests.support.door import HISTORY, coming_from, events_since, login
from tests.support.mutations import nothing_recorded

NAME = "police.lead"


@pytest.fixture
def address(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let everybody come from another address."""
    installation.today()
    with coming_from(installation, monkeypatch) as come_from:
        yield come_from


def a_while_later(installation: Installation, by: timedelta = timedelta(minutes=1)) -> None:
    """Let what was tried lie so far back, and what has come to its end be put on record."""
    with installation.as_owner() as conn:
        conn.execute("UPDATE sign_in_failures SET at = at - %s", (by,))
    record_failures_once(installation.services)


def opened(installation: Installation, value: Personal[str]) -> str:
    """A personal value in clear."""
    operator: Any = installation.operator
    [text] = operator.factory.keys.open([value])
    return str(text)


@pytest.mark.rule("R-DB-10.4.0")
def test_a_storm_is_one_event(installation: Installation, address: Callable[[str], None]) -> None:
    """Twelve guesses at one account, ten of them looked at, are one event with their number, and one lock."""
    address("198.51.100.7")
    before = installation.head()
    for n in range(12):
        login(installation, NAME, f"Wrong-{n}!")
    assert installation.since(before) == []
    a_while_later(installation)
    opens, failed, locked = events_since(installation, before)
    assert isinstance(opens, Credentials.Opened)
    assert isinstance(failed, Credentials.Failed)
    assert isinstance(locked, Credentials.Locked)
    assert opens.account_id == Account.create_id(NAME)
    assert failed.originator_id == Credentials.create_id(Account.create_id(NAME))
    assert (failed.attempts, opened(installation, failed.addresses)) == (10, "198.51.100.7")
    assert failed.since < failed.until
    assert opened(installation, locked.addresses) == "198.51.100.7"
    assert {(e.envelope.by, e.envelope.rule) for e in (failed, locked)} == {("system:sign-in", "R-DB-10.4.0")}
    with nothing_recorded(installation):
        a_while_later(installation)
    told = installation.signed_in(NAME).ask(HISTORY)["signInHistory"]
    by, rule = "system:sign-in", {"id": "R-DB-10.4.0"}
    assert told == [
        {"event": event, "attempts": attempts, "addresses": "198.51.100.7", "by": by, "rule": rule}
        for event, attempts in (("credentials:locked", None), ("credentials:failed", 10))
    ]


@pytest.mark.rule("R-DB-10.4.0")
def test_a_storm_that_does_not_end(installation: Installation, address: Callable[[str], None]) -> None:
    """Whoever goes on is on record a quarter of an hour after they began, though they have not stopped."""
    address("198.51.100.7")
    before = installation.head()
    login(installation, NAME, "Wrong-1!")
    with installation.as_owner() as conn:
        conn.execute("UPDATE sign_in_failures SET at = at - interval '16 minutes'")
    login(installation, NAME, "Wrong-2!")
    record_failures_once(installation.services)
    _, failed = events_since(installation, before)
    assert isinstance(failed, Credentials.Failed)
    assert failed.attempts == 1
    a_while_later(installation)
    assert installation.since(before) == ["credentials:opened", "credentials:failed", "credentials:failed"]


@pytest.mark.rule("R-DB-10.4.0")
def test_of_a_name_of_nobody(installation: Installation) -> None:
    """Of names that nobody has the log keeps how often, and no table keeps any trace of what was typed."""
    typed = "Mat-Khau-Cua-Toi-7!"
    before = installation.head()
    for _ in range(3):
        login(installation, typed, "x")
    with installation.as_owner() as conn:
        rows = conn.execute("SELECT account_id, emptied FROM sign_in_failures").fetchall()
    assert rows == [(None, False)] * 3
    a_while_later(installation)
    [tried] = events_since(installation, before)
    assert isinstance(tried, Stranger.Tried)
    assert tried.attempts == 3
    with installation.as_owner() as conn:
        assert conn.execute("SELECT count(*) FROM sign_in_failures").fetchone() == (0,)


@pytest.mark.rule("R-DB-10.4.0")
def test_of_a_disabled_account(installation: Installation) -> None:
    """Whoever tries with an account that was disabled is on record as having failed, with the right password too."""
    account = installation.operator.find(Account, Account.create_id("auditor"))
    with installation.founding():
        account.disable()
        installation.operator.record(account)
    before = installation.head()
    login(installation, "auditor", installation.passwords["auditor"])
    a_while_later(installation)
    assert installation.since(before) == ["credentials:opened", "credentials:failed"]


@pytest.mark.rule("R-DB-10.4.0")
def test_who_gets_in_has_not_failed(installation: Installation, address: Callable[[str], None]) -> None:
    """A sign-in with the right password is a session from its address, and no failure."""
    address("198.51.100.7")
    before = installation.head()
    assert login(installation, NAME, installation.passwords[NAME])["__typename"] == "Session"
    a_while_later(installation)
    [session] = events_since(installation, before)
    assert isinstance(session, Session.Opened)
    assert session.address is not None
    assert opened(installation, session.address) == "198.51.100.7"


def test_where_the_log_cannot_be_written(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be put on record is kept until it can."""
    login(installation, NAME, "Wrong-1!")
    before = installation.head()

    class BrokenError(Exception):
        pass

    def broken(*_: object, **__: object) -> None:
        raise BrokenError

    with monkeypatch.context() as patch:
        patch.setattr(type(installation.services.app), "record", broken)
        with pytest.raises(BrokenError):
            a_while_later(installation)
    assert installation.head() == before
    record_failures_once(installation.services)
    assert installation.since(before) == ["credentials:opened", "credentials:failed"]
