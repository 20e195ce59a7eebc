"""Signing in and out: a name and a password for a token, a token for the person it stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from api.services import Services
from domain.account import Account
from domain.commands import account as accounts
from domain.context import Actor, Context
from domain.envelope import acting
from domain.errors import Forbidden, Refusal
from domain.passwords import generated
from store.credentials import Attempt, OpenSession, check

LIFETIME = timedelta(hours=8)


@dataclass(frozen=True)
class SignedIn:
    """A person at the other end, and the session they speak in."""

    actor: Actor
    session_id: UUID
    expires_at: datetime

    def concerned_by(self, subjects: set[UUID]) -> bool:
        """Whether one of these is their session, their account or their unit, or that of whom they act for."""
        used = self.actor.delegation
        whose = used.account_id if used else self.actor.account_id
        return not subjects.isdisjoint((self.session_id, self.actor.account_id, self.actor.unit_id, whose))


@dataclass(frozen=True)
class Opened:
    """What somebody is given who has just signed in; the token and the code of the device are shown this once."""

    token: str
    device: str
    signed_in: SignedIn


async def sign_in(
    services: Services, *, name: str, password: str, address: str, device: str | None = None
) -> Opened:
    """Open a session; an unknown name, a wrong password and a disabled account are one answer, after the same work.

    How often one may try is said in `store/attempts.py`. Passwords are hashed on threads of their own, for which no
    command ever waits.

    Raises:
        Forbidden: wrong name or password, a disabled account, too many failures, or too many people at once.
    """
    with services.door.entered() as there_is_room:
        if not there_is_room:
            raise _too_many()
        attempt = await services.writes(services.credentials.attempt, name, address=address, device=device)
        if attempt is None:
            raise _too_often()
        kept = await services.door(check, attempt.password_hash, password)
        if kept is None:
            raise _wrong()
        return await services.writes(_open, services, attempt, kept)


def _open(services: Services, attempt: Attempt, kept: str) -> Opened:
    try:
        actor = accounts.actor_of(services.app, attempt.account_id)
    except Refusal:
        raise _wrong() from None  # disabled while the password was being looked at
    now = services.now()
    signed_in = SignedIn(actor, uuid4(), now + LIFETIME)
    session = OpenSession(signed_in.session_id, actor.account_id, signed_in.expires_at)
    given = services.credentials.sign_in(attempt, kept, session)
    if given is None:
        raise _wrong()
    accounts.open_session(
        services.app,
        actor,
        now=now,
        expires_at=signed_in.expires_at,
        rulebook=services.rulebook.version,
        session_id=signed_in.session_id,
    )
    token, device = given
    return Opened(token, device, signed_in)


def _wrong() -> Forbidden:
    return Forbidden("Tên hoặc mật khẩu không đúng", "Wrong name or password")


def _too_often() -> Forbidden:
    return Forbidden(
        "Quá nhiều lần đăng nhập sai; hãy thử lại sau ít phút",
        "Too many failed sign-ins; try again in a few minutes",
        retryable=True,
    )


def _too_many() -> Forbidden:
    return Forbidden(
        "Quá nhiều người đang đăng nhập; hãy thử lại sau vài giây",
        "Too many people are signing in; try again in a few seconds",
        retryable=True,
    )


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


def who(services: Services, token: str, delegation: str | None = None) -> SignedIn | None:
    """The person a token stands for, by the delegation they name; a forged, expired or closed one is nobody's.

    Raises:
        Forbidden, InvalidInput: they may not act by that delegation.
    """
    session = services.credentials.session(token)
    if session is None:
        return None
    try:
        actor = accounts.actor_of(services.app, session.account_id)
    except Refusal:
        return None
    if delegation is None:
        return SignedIn(actor, session.session_id, session.expires_at)
    other = accounts.acting_for(services.app, actor, delegation, now=services.now())
    ends_at = other.delegation.ends_at if other.delegation else session.expires_at
    return SignedIn(other, session.session_id, min(session.expires_at, ends_at))


def first_password(services: Services, context: Context, account_id: UUID) -> str | None:
    """Draw the password of an account that was just given, for whoever gave it; None where it has one already."""
    password = generated()
    if not services.credentials.first_password(account_id, password):
        return None
    account = services.app.find(Account, account_id)
    with acting(context.envelope("account.administer")):
        account.set_password()
    services.app.record(account)
    return password


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__(
            "Cần đăng nhập: gửi Authorization: Bearer <token>",
            "Sign in first: send Authorization: Bearer <token>",
        )
