"""Signing in and out: a name and a password for a token, a token for the person it stands for."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from api.services import AWAY, Services
from api.sign_in_refusals import SecondFactorNeeded
from api.signed_in import SignedIn
from domain.account import Account
from domain.commands import account as accounts
from domain.commands import credentials as commands
from domain.commands.application import Answer, Command
from domain.context import Actor, Context
from domain.credentials import has_second_factor
from domain.envelope import acting
from domain.errors import Forbidden, Refusal
from domain.passwords import check_password, generated
from store import failures
from store.credentials import Attempt, NewSession, check, hashed, matches
from store.credentials import Opened as Given
from store.second_factor import Enrolment

logger = logging.getLogger(__name__)

LIFETIME = timedelta(hours=8)
RECORDED_EVERY_S: Final = 10.0


@dataclass(frozen=True)
class Opened:
    """What somebody is given who has just signed in; the token and the code of the device are shown this once."""

    token: str
    device: str
    signed_in: SignedIn


async def sign_in(
    services: Services,
    *,
    name: str,
    password: str,
    address: str,
    device: str | None = None,
    second_factor: str | None = None,
) -> Opened:
    """Open a session; an unknown name, a wrong password and a disabled account are one answer, after the same work.

    How often one may try is said in `store/attempts.py`. Passwords are hashed on threads of their own, for which no
    command ever waits. Of a second factor only whoever has the password learns anything.

    Raises:
        Forbidden: wrong name or password, a disabled account, too many failures, or too many people at once.
        SecondFactorNeeded: the password is right, and a code is asked for besides.
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
        return await services.writes(_open, services, attempt, kept, address, second_factor)


async def sign_in_with_code(services: Services, *, code: str, address: str) -> Opened:
    """Open a session for whoever came back from the identity provider with this code.

    Raises:
        Forbidden: the code was never given, was taken, or is too old; or the account is disabled.
    """
    return await services.writes(_exchange, services, code, address)


def _exchange(services: Services, code: str, address: str) -> Opened:
    refused = Forbidden(
        "Mã đăng nhập không đúng, đã dùng hoặc đã hết hạn", "The code is wrong, was used, or is too old"
    )
    account_id = services.identities.take_code(code)
    try:
        if account_id is None:
            raise refused
        actor = accounts.actor_of(services.app, account_id)
    except Refusal:
        services.credentials.note_failure(address, services.identities.given_to(code))
        raise refused from None
    session = NewSession(uuid4(), LIFETIME, address)
    given = services.credentials.open_session(account_id, session)
    return _on_record(services, actor, session, given)


async def is_right(services: Services, *, name: str, password: str, address: str) -> bool:
    """Whether somebody who is signed in knows their password; to guess it so is to guess it at the door.

    Raises:
        Forbidden: too many failures, or too many people at once.
    """
    with services.door.entered() as there_is_room:
        if not there_is_room:
            raise _too_many()
        attempt = await services.writes(services.credentials.attempt, name, address=address)
        if attempt is None:
            raise _too_often()
        right = await services.door(check, attempt.password_hash, password) is not None
        if right:
            await services.writes(services.credentials.take_back, attempt)
        return right


async def change_password(
    services: Services, signed_in: SignedIn, key: Command, *, current: str, new: str, address: str
) -> Answer:
    """Let somebody choose another password; their other sessions end.

    Raises:
        Forbidden: the present password is wrong, or too many failures.
        InvalidInput: the new one is refused by the policy, or is one of the last.
    """
    if (answer := await services.writes(services.app.answered, key)) is not None:
        return answer
    context = services.context(signed_in.actor)
    account = await services.writes(services.app.find, Account, signed_in.actor.account_id)
    policy = context.rulebook.sign_in
    check_password(new, name=account.name, policy=policy, path="new")
    right = await is_right(services, name=account.name, password=current, address=address)
    used = False
    if right:
        last = await services.writes(services.credentials.last_hashes, account.id, policy.remembered)
        used = any([await services.door(matches, one, new) for one in last])
    kept = await services.door(hashed, new)
    keep = partial(services.credentials.change_password, account.id, kept, keep=signed_in.session_id)
    found = commands.NewPassword(right=right, used_before=used)
    return await services.writes(
        commands.change_password,
        services.app,
        context,
        key,
        found=found,
        present=signed_in.session_id,
        keep=keep,
    )


async def enrol_second_factor(
    services: Services, signed_in: SignedIn, *, password: str, address: str
) -> Enrolment:
    """Draw the secret of a device for somebody who shows their password again.

    Raises:
        WrongState: there is a second factor already.
        Forbidden: the password is wrong, or too many failures.
    """
    context = services.context(signed_in.actor)
    await services.writes(commands.check_enrol, services.app, context)
    account = await services.writes(services.app.find, Account, signed_in.actor.account_id)
    if not await is_right(services, name=account.name, password=password, address=address):
        raise Forbidden("Mật khẩu không đúng", "The password is wrong")
    begun = await services.writes(services.second_factors.begin, account.id, account.name)
    if begun is None:
        raise has_second_factor()
    return begun


def confirm_second_factor(
    services: Services, signed_in: SignedIn, key: Command, *, code: str
) -> tuple[Answer, list[str]]:
    """Ask for a code of this device from here on; with the codes for the day it is lost, where they were drawn now."""
    context = services.context(signed_in.actor)
    account_id, codes = signed_in.actor.account_id, list[str]()

    def keep() -> None:
        codes.extend(services.second_factors.confirm(account_id, code, context.now))

    is_right = partial(services.second_factors.is_right, account_id, code, context.now)
    answer = commands.confirm_second_factor(services.app, context, key, is_right=is_right, keep=keep)
    return answer, codes


def reset_password(
    services: Services, signed_in: SignedIn, key: Command, *, account_id: UUID
) -> tuple[Answer, str | None]:
    """Give an account a generated password, which is shown this once and changed before anything else."""
    context = services.context(signed_in.actor)
    password, kept = generated(), list[str]()

    def keep() -> None:
        services.credentials.set_password(account_id, password, must_change=True)
        kept.append(password)

    answer = commands.reset_password(services.app, context, key, account_id=account_id, keep=keep)
    return answer, kept[0] if kept else None


def _open(services: Services, attempt: Attempt, kept: str, address: str, second_factor: str | None) -> Opened:
    try:
        actor = accounts.actor_of(services.app, attempt.account_id)
    except Refusal:
        raise _wrong() from None  # disabled while the password was being looked at
    if attempt.second_factor:
        _take(services, attempt, second_factor)
    session = NewSession(uuid4(), LIFETIME, address)
    given = services.credentials.sign_in(attempt, kept, session)
    if given is None:
        raise _wrong()
    return _on_record(services, actor, session, given)


def _on_record(services: Services, actor: Actor, session: NewSession, given: Given) -> Opened:
    accounts.open_session(
        services.app,
        actor,
        now=services.now(),
        expires_at=given.expires_at,
        rulebook=services.rulebook.version,
        session_id=session.session_id,
        address=session.address,
    )
    return Opened(given.token, given.device, SignedIn(actor, session.session_id, given.expires_at))


def _take(services: Services, attempt: Attempt, code: str | None) -> None:
    if code is None:
        services.credentials.take_back(attempt)
        raise SecondFactorNeeded
    if services.second_factors.take(attempt.account_id, code, services.now()):
        return
    left = services.second_factors.take_recovery(attempt.account_id, code)
    if left is None:
        raise Forbidden(
            "Mã xác thực không đúng, đã dùng hoặc đã hết hạn", "The code is wrong, was used, or is too old"
        )
    commands.record_recovery(
        services.app, attempt.account_id, left, now=services.now(), rulebook=services.rulebook.version
    )


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
    if session.overlaps is not None:
        commands.record_overlap(
            services.app,
            session.account_id,
            session.session_id,
            session.overlaps.session_id,
            session.overlaps.networks,
            now=services.now(),
            rulebook=services.rulebook.version,
        )
    signed_in = SignedIn(actor, session.session_id, session.expires_at, session)
    if delegation is None:
        return signed_in
    other = accounts.acting_for(services.app, actor, delegation, now=services.now())
    ends_at = other.delegation.ends_at if other.delegation else session.expires_at
    return replace(signed_in, actor=other, own=actor, expires_at=min(session.expires_at, ends_at))


async def record_failures(services: Services) -> None:
    """Put failed sign-ins on record for as long as this process lives; what cannot be written now is next time."""
    while True:
        await asyncio.sleep(RECORDED_EVERY_S)
        try:
            await services.writes(record_failures_once, services)
        except AWAY:
            logger.warning("failed sign-ins cannot be put on record yet: the database is away")
        except Exception:
            logger.exception("failed sign-ins cannot be put on record")


def record_failures_once(services: Services) -> None:
    """Put on record what has come to its end."""
    with failures.collected(services.credentials.datastore) as bursts:
        commands.record_failures(services.app, bursts, rulebook=services.rulebook.version)


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
