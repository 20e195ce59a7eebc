"""Where an account is in use: shown to its person, its leader and its administrator, ended from elsewhere at once."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from domain.account import Account
from domain.credentials import Credentials
from domain.session import Session
from tests.support.api import POLICE, Installation, session_of
from tests.support.door import HISTORY, SESSIONS, coming_from, events_since, is_nobody, login, tell
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.serving import until
from tests.support.watching import PROTOCOL

NAME = "police.handle"
ACCOUNT = str(Account.create_id(NAME))


@pytest.fixture
def address(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let everybody come from another address."""
    installation.today()
    with coming_from(installation, monkeypatch) as come_from:
        yield come_from


def signs_in(installation: Installation, name: str) -> Person:
    """Somebody signs in."""
    return Person(installation.client, login(installation, name, installation.passwords[name])["token"])


def shown(person: Person, account: str | None = None) -> list[dict[str, Any]]:
    """The sessions somebody is shown."""
    return list(person.ask(SESSIONS, a=account)["sessions"])


def test_own(installation: Installation, address: Callable[[str], None]) -> None:
    """Everybody is shown their own sessions, each with its network, and which of them asks."""
    address("198.51.100.7")
    person = signs_in(installation, NAME)
    found = shown(person)
    assert [(one["network"], one["current"]) for one in found] == [("198.51.100.0/24", True), ("", False)]
    address("2001:db8:0:7::1")
    assert shown(signs_in(installation, NAME))[0]["network"] == "2001:db8:0:7::/64"
    address("127.0.0.1")
    assert shown(signs_in(installation, NAME))[0]["network"] == ""


def test_of_others(installation: Installation) -> None:
    """The leader of the unit and the administrator are shown them; to anybody else there is no such account."""
    for watching in ("police.lead", "centre.admin"):
        assert len(shown(installation.signed_in(watching), ACCOUNT)) == 1, watching
    for stranger in ("centre.approve", "commune.lead", "auditor"):
        assert shown(installation.signed_in(stranger), ACCOUNT) == [], stranger
        assert shown(installation.signed_in(stranger), str(uuid4())) == []


class TestOverlap:
    """An account is one person's: two sessions in use from two networks at one time are told of."""

    @pytest.mark.rule("R-QT-5.3.0")
    def test_two_places(self, installation: Installation, address: Callable[[str], None]) -> None:
        """The session that joins another in use elsewhere is flagged, once, and its leader is shown it."""
        address("198.51.100.7")
        one = signs_in(installation, NAME)
        one.ask("{ me { name } }")
        before = installation.head()
        address("203.0.113.9")
        other = signs_in(installation, NAME)
        for _ in range(2):
            other.ask("{ me { name } }")
        opened, _, overlapped = events_since(installation, before)
        assert isinstance(opened, Session.Opened)
        assert isinstance(overlapped, Credentials.Overlapped)
        assert overlapped.session_id == opened.originator_id
        assert (overlapped.envelope.by, overlapped.envelope.rule) == ("system:sign-in", "R-QT-5.3.0")
        factory: Any = installation.operator.factory
        assert factory.keys.open([overlapped.addresses]) == ["203.0.113.0/24, 198.51.100.0/24"]
        found = {
            row["id"]: row["overlapped"] for row in shown(installation.signed_in("police.lead"), ACCOUNT)
        }
        assert found[str(opened.originator_id)] is True
        assert list(found.values()).count(True) == 1
        for watching in (NAME, "police.lead", "centre.admin"):
            [told] = installation.signed_in(watching).ask(HISTORY, a=ACCOUNT)["signInHistory"]
            assert told["event"] == "credentials:overlapped"
            assert told["addresses"] == "203.0.113.0/24, 198.51.100.0/24"
            assert told["rule"] == {"id": "R-QT-5.3.0"}
        assert installation.signed_in("auditor").ask(HISTORY, a=ACCOUNT) == {"signInHistory": []}

    def test_one_place(self, installation: Installation, address: Callable[[str], None]) -> None:
        """Two browsers at one desk, and a desk that was left an hour ago, are no overlap."""
        address("198.51.100.7")
        signs_in(installation, NAME).ask("{ me { name } }")
        address("198.51.100.8")
        signs_in(installation, NAME).ask("{ me { name } }")
        with installation.as_owner() as conn:
            conn.execute("UPDATE sessions SET seen_at = seen_at - interval '1 hour'")
        before = installation.head()
        address("203.0.113.9")
        signs_in(installation, NAME).ask("{ me { name } }")
        assert installation.since(before) == ["session:opened"]


class TestRevoked:
    """A session is ended from elsewhere, by its person or by whoever administers the account, at once."""

    @pytest.mark.rule("R-DB-10.4.0")
    @pytest.mark.parametrize("by", [NAME, "centre.admin"])
    def test_one(self, installation: Installation, by: str) -> None:
        """One session ends, on open sockets too; the others of the account go on."""
        token, session_id = session_of(installation.operator, NAME)
        ended, bystander = Person(installation.client, token), installation.signed_in(NAME)
        assert ended.ask("{ me { name } }")
        before = installation.head()
        with installation.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as socket:
            socket.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            assert socket.receive_json() == {"type": "connection_ack"}
            answered = tell(installation.signed_in(by), "revokeSession", sessionId=str(session_id))
            assert answered["__typename"] == "SessionRevoked"
            assert socket.receive()["code"] == 4403
        assert is_nobody(ended)
        assert bystander.ask("{ me { name } }")
        [event] = events_since(installation, before)
        assert isinstance(event, Session.Revoked)
        assert event.originator_id == session_id
        assert event.envelope.by == str(Account.create_id(by))
        again = tell(installation.signed_in(by), "revokeSession", sessionId=str(session_id))
        assert again["en"] == "The session has ended"

    def test_by_nobody_else(self, installation: Installation) -> None:
        """To whom it does not belong a session is as one that never was, and so is every session but those."""
        token, session_id = session_of(installation.operator, NAME)
        before = installation.head()
        for stranger in ("auditor", "police.lead"):
            for one in (session_id, uuid4(), Account.create_id(NAME)):
                refused = tell(installation.signed_in(stranger), "revokeSession", sessionId=str(one))
                assert refused["en"] == f"There is no session {one}"
        assert set(installation.since(before)) == {"attempt:refused"}
        assert Person(installation.client, token).ask("{ me { name } }")

    @pytest.mark.parametrize("by", [NAME, "centre.admin"])
    def test_all(self, installation: Installation, by: str) -> None:
        """Every session of an account ends, and each is on record as ended."""
        tokens = [session_of(installation.operator, NAME)[0] for _ in range(2)]
        before = installation.head()
        assert tell(installation.signed_in(by), "revokeSessions", accountId=ACCOUNT)["accountId"] == ACCOUNT
        people = [Person(installation.client, token) for token in tokens] + [installation.signed_in(NAME)]
        assert until(lambda: all(is_nobody(person) for person in people))
        assert installation.since(before) == ["session:revoked"] * 3

    def test_of_others(self, installation: Installation) -> None:
        """Whoever administers no account ends no session of others."""
        installation.open_account("colleague", unit_id=POLICE, role="HANDLER")
        with nothing_recorded(installation):
            refused = tell(installation.signed_in("colleague"), "revokeSessions", accountId=ACCOUNT)
        assert refused["code"] == "FORBIDDEN"
        assert installation.signed_in(NAME).ask("{ me { name } }")
