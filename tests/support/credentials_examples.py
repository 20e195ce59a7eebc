"""One canonical example of each event of sessions and of what opens an account: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.credentials import Credentials, Stranger
from domain.envelope import Event
from domain.personal import Personal
from domain.session import Session
from tests.support.invented import ACCOUNT, ADDRESS, AT, SESSION

CREDENTIALS, STRANGER = Credentials.create_id(ACCOUNT), UUID(int=0x57)
FROM: Final = Personal.said(ACCOUNT, ADDRESS)

CREDENTIALS_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Session.Opened: (
        SESSION,
        {"account_id": ACCOUNT, "expires_at": AT + timedelta(hours=8), "address": FROM},
    ),
    Session.Closed: (SESSION, {}),
    Session.Revoked: (SESSION, {}),
    Credentials.Opened: (CREDENTIALS, {"account_id": ACCOUNT}),
    Credentials.Failed: (
        CREDENTIALS,
        {"attempts": 10, "since": AT - timedelta(minutes=2), "until": AT, "addresses": FROM},
    ),
    Credentials.Locked: (CREDENTIALS, {"addresses": FROM}),
    Credentials.Overlapped: (
        CREDENTIALS,
        {"session_id": SESSION, "other_id": UUID(int=0x5F), "addresses": FROM},
    ),
    Credentials.SecondFactorConfirmed: (CREDENTIALS, {}),
    Credentials.RecoveryCodeUsed: (CREDENTIALS, {"left": 9}),
    Credentials.SecondFactorReset: (CREDENTIALS, {}),
    Credentials.IdentityLinked: (
        CREDENTIALS,
        {"issuer": "https://id.example", "subject": Personal.said(ACCOUNT, ADDRESS)},
    ),
    Credentials.IdentityUnlinked: (CREDENTIALS, {}),
    Stranger.Tried: (STRANGER, {"attempts": 3, "since": AT - timedelta(minutes=2), "until": AT}),
}
