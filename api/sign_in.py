"""Signing in and out: a name and a password for a token, a token for the person it stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from api.services import Services
from domain.account import Account
from domain.commands import account as accounts
from domain.context import Actor
from domain.errors import Forbidden, Refusal
from store.credentials import OpenSession

LIFETIME = timedelta(hours=8)


@dataclass(frozen=True)
class SignedIn:
    """A person at the other end, and the session they speak in."""

    actor: Actor
    session_id: UUID
    expires_at: datetime

    def concerned_by(self, subjects: set[UUID]) -> bool:
        """Whether one of these is their session, their account or their unit."""
        return not subjects.isdisjoint((self.session_id, self.actor.account_id, self.actor.unit_id))


def sign_in(services: Services, *, name: str, password: str, address: str) -> tuple[str, SignedIn]:
    """Open a session; an unknown name and a wrong password are one answer, and take equally long.

    Raises:
        Forbidden: wrong name or password, a disabled account, or too many failures from this address.
    """
    credentials = services.credentials
    if credentials.throttled(name, address):
        raise Forbidden(
            "Quá nhiều lần đăng nhập sai; hãy thử lại sau 15 phút",
            "Too many failed sign-ins; try again in 15 minutes",
            retryable=True,
        )
    account_id = Account.create_id(name)
    try:
        right = credentials.verify(account_id, password)
        actor = accounts.actor_of(services.app, account_id) if right else None
    except Refusal:
        actor = None
    if actor is None:
        credentials.failed(name, address)
        raise Forbidden("Tên hoặc mật khẩu không đúng", "Wrong name or password")
    now = services.now()
    expires_at = now + LIFETIME
    session_id = accounts.open_session(
        services.app, actor, now=now, expires_at=expires_at, rulebook=services.rulebook.version
    )
    token = credentials.open_session(OpenSession(session_id, account_id, expires_at))
    return token, SignedIn(actor, session_id, expires_at)


def sign_out(services: Services, signed_in: SignedIn) -> None:
    """Close the session; its token is worth nothing from here on."""
    services.credentials.close_session(signed_in.session_id)
    accounts.close_session(
        services.app,
        signed_in.actor,
        signed_in.session_id,
        now=services.now(),
        rulebook=services.rulebook.version,
    )


def who(services: Services, token: str) -> SignedIn | None:
    """The person a token stands for; a forged, expired or closed one stands for nobody."""
    session = services.credentials.session(token)
    if session is None:
        return None
    try:
        actor = accounts.actor_of(services.app, session.account_id)
    except Refusal:
        return None
    return SignedIn(actor, session.session_id, session.expires_at)


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__(
            "Cần đăng nhập: gửi Authorization: Bearer <token>",
            "Sign in first: send Authorization: Bearer <token>",
        )
