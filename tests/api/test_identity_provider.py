"""Signing in through an identity provider: by whom an administrator linked, on what the provider really said, once."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from api.identity_provider import IdentityProvider
from api.sign_in import record_failures_once
from domain.account import Account
from domain.credentials import Credentials, Stranger
from tests.support import oidc
from tests.support.api import Installation
from tests.support.door import WHY, events_since, is_nobody, tell
from tests.support.mutations import nothing_recorded
from tests.support.oidc import CLIENT, SECRET, Provider, provider
from tests.support.people import Person
from tests.support.serving import until

NAME: Final = "police.handle"
ACCOUNT: Final = str(Account.create_id(NAME))
BEGIN, BACK = "/sign-in/oidc", "/sign-in/oidc/callback"
EXCHANGE: Final = f"""
mutation($input: SignInWithCodeInput!) {{ signInWithCode(input: $input) {{ __typename
  ... on Session {{ token account {{ id name }} }} {WHY} }} }}
"""


class Door:
    """An installation with an identity provider, and a browser before it."""

    def __init__(self, installation: Installation, asked: Provider) -> None:
        self.provider = asked
        self.installation = installation
        self.client = installation.client

    def get(self, path: str, **params: str) -> Any:
        """What a browser is answered, which is followed no further."""
        return self.client.get(f"http://127.0.0.1{path}", params=params, follow_redirects=False)

    def links(self, name: str = "centre.admin", **given: str) -> dict[str, Any]:
        """An administrator lets somebody enter."""
        said = {"accountId": ACCOUNT, "issuer": self.provider.issuer, "subject": self.provider.subject}
        person = Person(self.client, self.installation.tokens[name])
        return tell(person, "linkIdentity", **said | given)

    def goes(self) -> tuple[str, str]:
        """Somebody goes to the provider and signs in there; the code and the state."""
        answer = self.get(BEGIN)
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/sign-in/oidc" in cookie
        return self.provider.goes_through(answer.headers["location"])

    def returns(self, code: str, state: str) -> Any:
        """Somebody comes back from the provider."""
        return self.get(BACK, code=code, state=state)

    def comes(self) -> str:
        """The code with which somebody ends who was let through."""
        answer = self.returns(*self.goes())
        assert answer.status_code == 303, answer.text
        path, _, code = answer.headers["location"].partition("#code=")
        assert path == "/graphql"
        return str(code)

    def exchanges(self, code: str) -> dict[str, Any]:
        """What a code is exchanged for."""
        return dict(Person(self.client, None).ask(EXCHANGE, input={"code": code})["signInWithCode"])

    def is_refused(self, code: str, state: str) -> bool:
        """Whether somebody who comes back is turned away, and keeps no cookie."""
        answer = self.returns(code, state)
        assert 'minhchung-sign-in=""' in answer.headers["set-cookie"]
        known = answer.json()["errors"][0]["extensions"]["code"] if answer.status_code == 403 else None
        return bool(known == "IDENTITY_REFUSED")


@contextmanager
def known(installation: Installation, asked: Provider) -> Iterator[Door]:
    """Let the installation know a provider, and a browser stand before it."""
    services: Any = vars(installation.services)  # frozen, and shared by the tests of a worker
    services["identity_provider"] = IdentityProvider(asked.issuer, CLIENT, SECRET)
    try:
        yield Door(installation, asked)
    finally:
        services["identity_provider"] = None
        installation.client.cookies.clear()


@pytest.fixture
def door(installation: Installation) -> Iterator[Door]:
    """A provider that is there, and an installation that knows it."""
    installation.today()
    with provider() as asked, known(installation, asked) as made:
        yield made


def failures(door: Door) -> list[tuple[str | None, int]]:
    """What was tried in vain, put on record now: on which account, and how often."""
    before = door.installation.head()
    with door.installation.as_owner() as conn:
        conn.execute("UPDATE sign_in_failures SET at = at - interval '1 minute'")
    record_failures_once(door.installation.services)
    accounts = {Credentials.create_id(Account.create_id(NAME)): NAME}
    return [
        (accounts.get(one.originator_id), one.attempts)
        for one in events_since(door.installation, before)
        if isinstance(one, Credentials.Failed | Stranger.Tried)
    ]


def refuses(door: Door) -> None:
    """Whoever goes and comes back now is let in nowhere, and is on record as having tried."""
    door.links()
    with nothing_recorded(door.installation):
        assert door.is_refused(*door.goes())
    assert failures(door) == [(None, 1)]


class TestComingIn:
    """Who was linked comes in."""

    def test_linked(self, door: Door) -> None:
        """From the link to the session: the code opens one, in the name of the account, and no password is owed."""
        before = door.installation.head()
        assert door.links()["__typename"] == "IdentityLinked"
        answered = door.exchanges(door.comes())
        assert answered["account"] == {"id": ACCOUNT, "name": NAME}
        assert Person(door.client, answered["token"]).ask("{ me { name } }") == {"me": {"name": NAME}}
        _, opened, linked, session = events_since(door.installation, before)
        assert [type(one).__name__ for one in (opened, session)] == ["Opened", "Opened"]
        assert isinstance(linked, Credentials.IdentityLinked)
        assert linked.issuer == door.provider.issuer
        assert linked.envelope.by == str(Account.create_id("centre.admin"))

    def test_from_elsewhere(self, door: Door) -> None:
        """A browser elsewhere comes through a proxy with TLS: it is sent back by https, with its cookie for that."""
        answer = door.client.get("http://vms.example:8000/sign-in/oidc", follow_redirects=False)
        said = parse_qs(urlsplit(answer.headers["location"]).query)
        assert said["redirect_uri"] == ["https://vms.example:8000/sign-in/oidc/callback"]
        assert "Secure" in answer.headers["set-cookie"]
        assert "Secure" not in door.get(BEGIN).headers["set-cookie"]

    def test_nothing_is_asked_before(self, door: Door) -> None:
        """Nothing is asked of the provider until somebody wants to sign in through it; then its word is remembered."""
        door.links()
        assert door.provider.asked == []
        for _ in range(2):
            door.comes()
        assert door.provider.asked == [
            "/.well-known/openid-configuration",
            "/token",
            "/jwks",
            "/token",
        ]

    @pytest.mark.rule("R-DB-10.4.0")
    def test_the_code_is_taken_once(self, door: Door) -> None:
        """A code that was exchanged, one that is old and any number made up are one refusal; fifty are on record."""
        door.links()
        used, old = door.comes(), door.comes()
        assert door.exchanges(used)["__typename"] == "Session"
        with door.installation.as_owner() as conn:
            conn.execute("UPDATE sign_in_codes SET given_at = given_at - interval '61 s' WHERE NOT taken")
        with nothing_recorded(door.installation):
            for code in (used, old, "", *["x" * 43] * 60):
                answered = door.exchanges(code)
                assert (answered["__typename"], answered["en"]) == (
                    "Forbidden",
                    "The code is wrong, was used, or is too old",
                )
        assert sorted(failures(door), key=str) == [(NAME, 2), (None, 48)]

    def test_a_disabled_account(self, door: Door) -> None:
        """Who was disabled does not come in this way either, and is on record as having tried."""
        door.links()
        code = door.comes()
        account = door.installation.operator.find(Account, Account.create_id(NAME))
        with door.installation.founding():
            account.disable()
            door.installation.operator.record(account)
        assert door.exchanges(code)["__typename"] == "Forbidden"
        assert failures(door) == [(NAME, 1)]

    def test_not_linked(self, door: Door) -> None:
        """Whom nobody linked is turned away, and is on record as a stranger, by number."""
        assert door.is_refused(*door.goes())
        assert failures(door) == [(None, 1)]


class TestLinking:
    """An administrator says who enters which account."""

    def test_one_person_one_account(self, door: Door) -> None:
        """Who enters one account enters no second; linked anew, it is the last one's alone, sessions too."""
        door.links()
        other = str(Account.create_id("police.lead"))
        refused = door.links(accountId=other)
        assert refused["en"] == "subject: this identity enters another account"
        code = door.comes()
        person = Person(door.client, door.exchanges(door.comes())["token"])
        door.links()  # the same once more: what they opened goes on
        assert person.ask("{ me { name } }") == {"me": {"name": NAME}}
        assert door.links(subject="another")["__typename"] == "IdentityLinked"
        assert until(lambda: is_nobody(person))
        assert door.exchanges(code)["__typename"] == "Forbidden"
        assert door.is_refused(*door.goes())

    def test_by_nobody_else(self, door: Door) -> None:
        """Whoever administers no account links nobody, not themselves either."""
        with nothing_recorded(door.installation):
            assert door.links(NAME)["code"] == "FORBIDDEN"
        assert door.is_refused(*door.goes())

    def test_another_issuer(self, door: Door) -> None:
        """Only the provider that was configured is linked."""
        refused = door.links(issuer="https://id.elsewhere.example")
        assert refused["en"] == f"issuer: expected {door.provider.issuer}"

    def test_unlinked(self, door: Door) -> None:
        """Nobody enters any more, and what was opened that way has ended; a session of a password goes on."""
        door.links()
        code = door.comes()
        person = Person(door.client, door.exchanges(door.comes())["token"])
        administrator = Person(door.client, door.installation.tokens["centre.admin"])
        before = door.installation.head()
        assert tell(administrator, "unlinkIdentity", accountId=ACCOUNT)["accountId"] == ACCOUNT
        assert until(lambda: is_nobody(person))
        recorded = door.installation.since(before)
        assert recorded == ["session:revoked"] * (len(recorded) - 1) + ["credentials:identity-unlinked"]
        assert door.exchanges(code)["__typename"] == "Forbidden"
        assert door.is_refused(*door.goes())
        assert tell(administrator, "unlinkIdentity", accountId=ACCOUNT)["code"] == "WRONG_STATE"


class TestForged:
    """What is only said to come from the provider opens nothing."""

    @pytest.mark.parametrize(
        "signs",
        [*oidc.FORGERIES, lambda _: "x.y.z"],
    )
    def test_signature(self, door: Door, signs: Callable[[dict[str, Any]], str]) -> None:
        """A token that the provider did not sign with its own key."""
        door.provider.signs = signs
        refuses(door)

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "another-client"},
            {"aud": ["another-client"]},
            {"aud": None},
            {"aud": [CLIENT, "another-client"], "azp": "another-client"},
            {"iss": "https://id.elsewhere.example"},
            {"iss": None},
            {"exp": 1_700_000_000},
            {"exp": None},
            {"iat": 4_000_000_000},
            {"nbf": 4_000_000_000},
            {"sub": None},
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"nonce": 7},
        ],
        ids=str,
    )
    def test_claims(self, door: Door, claims: dict[str, Any]) -> None:
        """A token for another client, of another issuer, at another time, of another sign-in, or that does not say."""
        door.provider.claims = claims
        refuses(door)

    def test_expired_just_now(self, door: Door) -> None:
        """Clocks may be half a minute apart, not more."""
        door.links()
        door.provider.claims = {"exp": int(time.time()) - 10}
        assert door.exchanges(door.comes())["__typename"] == "Session"
        door.provider.claims = {"exp": int(time.time()) - 60}
        assert door.is_refused(*door.goes())


class TestReplayed:
    """What was used is not used again."""

    def test_state(self, door: Door) -> None:
        """Who comes back with another's state, or without having gone, is turned away."""
        door.links()
        code, state = door.goes()
        assert door.is_refused(code, "x")
        code, state = door.goes()
        door.client.cookies.clear()
        assert door.is_refused(code, state)
        door.goes()
        assert door.is_refused(code, state), "of an earlier going"

    def test_code(self, door: Door) -> None:
        """A code of the provider that was used opens nothing more."""
        door.links()
        code, state = door.goes()
        cookies = dict(door.client.cookies)
        assert door.returns(code, state).status_code == 303
        door.client.cookies.update(cookies)
        assert door.is_refused(code, state)

    def test_nonce(self, door: Door) -> None:
        """Nor does one that the provider lets pass twice: what it said for one nonce is taken once."""
        door.provider.once = False
        door.links()
        code, state = door.goes()
        cookies = dict(door.client.cookies)
        assert door.returns(code, state).status_code == 303
        door.client.cookies.update(cookies)
        assert door.is_refused(code, state)
        assert failures(door) == [(NAME, 1)]

    def test_in_another_browser(self, door: Door) -> None:
        """A code that somebody else was given is of no use in one's own browser: the verifier is another."""
        door.links()
        code, _ = door.goes()
        _, own_state = door.goes()
        assert door.is_refused(code, own_state)

    @pytest.mark.parametrize("params", [{}, {"error": "access_denied"}, {"state": "x"}, {"code": "x"}])
    def test_nothing(self, door: Door, params: dict[str, str]) -> None:
        """Who comes back with an error, or with nothing, is turned away, and the provider is not asked."""
        door.goes()
        asked = len(door.provider.asked)
        assert door.get(BACK, **params).status_code == 403
        assert len(door.provider.asked) == asked


class TestAway:
    """A provider that is away, or is none, keeps nobody from signing in with a password."""

    @pytest.mark.parametrize(
        "says",
        [
            {"issuer": "https://id.elsewhere.example"},
            {"authorization_endpoint": "http://id.elsewhere.example/authorize"},
            {"authorization_endpoint": None},
        ],
        ids=str,
    )
    def test_not_itself(self, door: Door, says: dict[str, Any]) -> None:
        """One that names itself otherwise, or wants to be spoken to in clear, is not spoken to."""
        door.provider.discovers = says
        answer = door.get(BEGIN)
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "IDENTITY_PROVIDER_AWAY"

    def test_gone(self, installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
        """Where nobody listens the answer is that it is away; the log has no secret and no address of a person."""
        caplog.set_level(logging.DEBUG)
        with provider() as asked:
            pass
        with known(installation, asked) as door:
            assert door.get(BEGIN).status_code == 503
        assert SECRET not in caplog.text

    def test_none(self, installation: Installation) -> None:
        """An installation without one says so, and links nobody."""
        for path in (BEGIN, BACK):
            answer = installation.client.get(path)
            assert answer.status_code == 404
            assert answer.json()["errors"][0]["extensions"]["code"] == "NO_IDENTITY_PROVIDER"
        refused = tell(
            installation.signed_in("centre.admin"),
            "linkIdentity",
            accountId=ACCOUNT,
            issuer="https://id.example",
            subject=str(uuid4()),
        )
        assert refused["en"] == "issuer: expected MINHCHUNG_OIDC_ISSUER"


def test_no_subject_in_clear(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Who somebody is at the provider stands in clear in no table; no code and no secret stands in a log."""
    caplog.set_level(logging.DEBUG)
    door.links()
    code = door.comes()
    door.exchanges(code)
    with door.installation.as_owner() as conn:
        rows = [
            str(row)
            for row in conn.execute(
                "SELECT i::text FROM identities i UNION ALL SELECT c::text FROM sign_in_codes c"
                " UNION ALL SELECT convert_from(state, 'UTF8') FROM events WHERE topic LIKE 'credentials:%'"
            )
        ]
    assert rows
    assert [row for row in rows if door.provider.subject in row or code in row] == []
    assert [one for one in (SECRET, code) if one in caplog.text] == []
