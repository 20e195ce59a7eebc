"""What the tests of signing in ask and tell: at the door, of one's own credentials, and of others'."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from domain.envelope import Event
from tests.support.api import Installation
from tests.support.people import Person

WHY: Final = "... on Refusal { code vi: message en: message(language: EN) rule { id } }"
REFUSED: Final = f"{WHY} ... on InvalidInput {{ path }}"
LOGIN: Final = f"""
mutation($input: LoginInput!) {{ login(input: $input) {{ __typename
  ... on Session {{ token device expiresAt account {{ id }} }} {WHY} }} }}
"""
SHOWN: Final = {
    "changePassword": "... on PasswordChanged { position }",
    "enrolSecondFactor": "... on SecondFactorBegun { secret uri }",
    "confirmSecondFactor": "... on SecondFactorConfirmed { recoveryCodes position }",
    "revokeSession": "... on SessionRevoked { sessionId position }",
    "revokeSessions": "... on SessionsRevoked { accountId position }",
    "resetPassword": "... on PasswordReset { accountId password position }",
    "resetSecondFactor": "... on SecondFactorReset { accountId position }",
    "linkIdentity": "... on IdentityLinked { accountId position }",
    "unlinkIdentity": "... on IdentityUnlinked { accountId position }",
}
SESSIONS: Final = "query($a: ID) { sessions(accountId: $a) { id network current overlapped } }"


HISTORY: Final = "query($a: ID) { signInHistory(accountId: $a) { event attempts addresses by rule { id } } }"


def login(installation: Installation, name: str, password: str, **more: str) -> dict[str, Any]:
    """What signing in answers."""
    said = {"name": name, "password": password, **more}
    return dict(installation.anonymous.ask(LOGIN, input=said)["login"])


def comes_in(installation: Installation, name: str, password: str, **more: str) -> Person:
    """Somebody who signs in with the right password."""
    answered = login(installation, name, password, **more)
    assert answered["__typename"] == "Session", answered
    return Person(installation.client, answered["token"])


def tell(person: Person, mutation: str, **given: Any) -> dict[str, Any]:
    """What a mutation on credentials answers."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename {SHOWN[mutation]} {REFUSED} }} }}"
    answered: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[mutation]
    return answered


def is_nobody(person: Person) -> bool:
    """Whether the API takes somebody for nobody."""
    return bool(person.error("{ me { name } }")["code"] == "UNAUTHENTICATED")


def events_since(installation: Installation, position: int) -> list[Event]:
    """What was recorded after a position."""
    operator: Any = installation.operator
    found = operator.recorder.select_notifications(start=position + 1, limit=1000)
    return [operator.mapper.to_domain_event(one) for one in found]


def code_of(uri: str, at: datetime) -> str:
    """The code that a device shows which was told this address."""
    [secret] = parse_qs(urlsplit(uri).query)["secret"]
    return code_at(secret, at)


def code_at(secret: str, at: datetime) -> str:
    """The code of a secret at an instant."""
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 — what telephones can do
    return totp.generate(int(at.timestamp())).decode()


@contextmanager
def coming_from(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Let everybody come from another address."""
    transport = installation.client._transport
    with monkeypatch.context() as patch:
        yield lambda somewhere: patch.setattr(transport, "client", (somewhere, 50_000))
