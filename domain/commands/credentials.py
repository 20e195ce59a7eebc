"""Commands on what opens an account: failures put on record, passwords, second factors, sessions that are ended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from domain.account import Account
from domain.commands.application import Answer, CaseSystem, Command, Decided
from domain.commands.sessions import revoked
from domain.context import Context
from domain.credentials import Credentials, Stranger, check_administer, check_administers, check_watch
from domain.envelope import Envelope, acting
from domain.errors import Forbidden, InvalidInput, NotFound, refuse
from domain.session import Session
from domain.unit import Unit

RECORDED = "R-DB-10.4.0"
"""Sign-ins are in the log of the system, those that failed as well."""
SHARED = "R-QT-5.3.0"
"""An account is used by one person; in two places at once it may be used by two."""
DOOR = "system:sign-in"


class Burst(Protocol):
    """Attempts to sign in that belong together, on one account or under names of nobody."""

    @property
    def account_id(self) -> UUID | None:
        """Whose account it is."""

    @property
    def attempts(self) -> int:
        """How many."""

    @property
    def since(self) -> datetime:
        """When the first was made."""

    @property
    def until(self) -> datetime:
        """When the last was made."""

    @property
    def locked(self) -> bool:
        """Whether the attempts of the account ran out."""

    @property
    def addresses(self) -> str:
        """From where."""


@dataclass(frozen=True)
class NewPassword:
    """What was found out about a new password before anything is decided."""

    right: bool
    """Whether the present one was given."""
    used_before: bool
    """Whether the new one is among the last."""


# -- what happens at the door ---------------------------------------------------------


def record_failures(app: CaseSystem, bursts: Iterable[Burst], *, rulebook: str) -> None:
    """Put attempts that failed on record: one event for all on an account, a number for those under no name."""
    for burst in bursts:
        with acting(_at_the_door(burst.until, rulebook)):
            if burst.account_id is None:
                said = Stranger.record(attempts=burst.attempts, since=burst.since, until=burst.until)
                app.record(said)
                continue
            credentials = credentials_of(app, burst.account_id)
            credentials.fail(
                attempts=burst.attempts,
                since=burst.since,
                until=burst.until,
                addresses=burst.addresses,
                locked=burst.locked,
            )
            app.record(credentials)


def record_overlap(
    app: CaseSystem,
    account_id: UUID,
    session_id: UUID,
    other_id: UUID,
    networks: str,
    *,
    now: datetime,
    rulebook: str,
) -> None:
    """Put on record that an account is in use in two places at once (R-QT-5.3.0)."""
    with acting(_at_the_door(now, rulebook, rule=SHARED)):
        credentials = credentials_of(app, account_id)
        credentials.overlap(session_id, other_id, networks)
    app.record(credentials)


def record_recovery(app: CaseSystem, account_id: UUID, left: int, *, now: datetime, rulebook: str) -> None:
    """Put on record that a recovery code was used."""
    with acting(_at_the_door(now, rulebook)):
        credentials = credentials_of(app, account_id)
        credentials.use_recovery_code(left)
    app.record(credentials)


def credentials_of(app: CaseSystem, account_id: UUID) -> Credentials:
    """What is on record of what opens an account; where nothing is, it begins here; inside an act."""
    try:
        return app.find(Credentials, Credentials.create_id(account_id))
    except NotFound:
        return Credentials.open(account_id)


def _at_the_door(at: datetime, rulebook: str, *, rule: str = RECORDED) -> Envelope:
    return Envelope(
        by=DOOR, unit_id=None, took_place_at=at, rulebook=rulebook, correlation_id=uuid4(), rule=rule
    )


# -- one's own ------------------------------------------------------------------------


def change_password(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    found: NewPassword,
    present: UUID,
    keep: Callable[[], None],
) -> Answer:
    """Record that somebody chose another password, which *keep* keeps; their sessions but the *present* one end."""
    others = [one for one in app.commands.open_sessions(context.actor.account_id) if one != present]

    def decide() -> tuple[Session | Account, ...]:
        if not found.right:
            raise Forbidden("Mật khẩu hiện tại không đúng", "The present password is wrong")
        policy = context.rulebook.sign_in
        if found.used_before:
            raise InvalidInput(
                "new",
                f"trùng một trong {policy.remembered} mật khẩu gần nhất",
                f"it is one of the last {policy.remembered} passwords",
                rule=policy.rule,
            )
        account = app.find(Account, context.actor.account_id)
        keep()
        with acting(context.envelope("account.password", rule=policy.rule)):
            ended = revoked(app, others)
            account.set_password()
        return *ended, account

    return _once(app, command, decide)


def check_enrol(app: CaseSystem, context: Context) -> None:
    """Refuse a second factor to whoever has one."""
    with acting(context.envelope("account.second_factor")):
        refuse(credentials_of(app, context.actor.account_id).check_enrol())


def confirm_second_factor(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    is_right: Callable[[], bool],
    keep: Callable[[], None],
) -> Answer:
    """Record that a second factor is asked for from here on, once its first code was right.

    It is asked for once that is on record. A command that is sent again asks for it if its process died in between.
    """

    def decide() -> Credentials:
        with acting(context.envelope("account.second_factor")):
            credentials = credentials_of(app, context.actor.account_id)
            refuse(credentials.check_enrol())
            if not is_right():
                raise InvalidInput("code", "mã không đúng hoặc đã hết hạn", "the code is wrong or too old")
            credentials.confirm_second_factor()
        return credentials

    answer = _once(app, command, decide)
    keep()
    return answer


def revoke_session(app: CaseSystem, context: Context, command: Command, *, session_id: UUID) -> Answer:
    """End a session of one's own, or of an account that one administers."""

    def decide() -> Session:
        try:
            session = app.find(Session, session_id)
            if session.account_id != context.actor.account_id:
                managed(app, context, session.account_id)
        except (NotFound, Forbidden) as hidden:
            raise NotFound("phiên", "session", session_id) from hidden
        own = session.account_id == context.actor.account_id
        with acting(_ending(context, own=own)):
            session.revoke()
        return session

    return app.perform(command, decide)


# -- what an administrator does -------------------------------------------------------


def managed(app: CaseSystem, context: Context, account_id: UUID) -> Account:
    """An account that somebody administers.

    Raises:
        Forbidden: they administer none, or another unit gives this one.
        SamePerson: it is their own.
        NotFound: they are not shown it, or there is none.
    """
    refuse(check_administers(context))
    account = app.find(Account, account_id)
    refusal = check_administer(account, app.find(Unit, account.unit_id), context)
    if isinstance(refusal, NotFound):
        raise refusal from Forbidden(
            "Tài khoản không thuộc phạm vi quản trị", "The account is not this person's to administer"
        )
    refuse(refusal)
    return account


def watched(app: CaseSystem, context: Context, account_id: UUID) -> Account:
    """An account whose sessions somebody is shown.

    Raises:
        Refusal: it is not theirs to watch, or there is none.
    """
    account = app.find(Account, account_id)
    refuse(check_watch(account, app.find(Unit, account.unit_id), context))
    return account


def revoke_sessions(app: CaseSystem, context: Context, command: Command, *, account_id: UUID) -> Answer:
    """End every session of one's own account, or of one that one administers."""

    def decide() -> tuple[Session | Account, ...]:
        own = account_id == context.actor.account_id
        account = app.find(Account, account_id) if own else managed(app, context, account_id)
        with acting(_ending(context, own=own)):
            return *revoked(app, app.commands.open_sessions(account.id)), account

    return _once(app, command, decide)


def reset_password(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, keep: Callable[[], None]
) -> Answer:
    """Give an account another password, which its person changes before anything else; its sessions end.

    It is kept once that is on record: a command that is sent again keeps no other.
    """

    def decide() -> tuple[Session | Account, ...]:
        account = managed(app, context, account_id)
        with acting(_administering(context)):
            ended = revoked(app, app.commands.open_sessions(account.id))
            account.set_password()
        return *ended, account

    if (answer := app.answered(command)) is not None:
        return answer
    answer = app.perform(command, decide)
    keep()
    return answer


def reset_second_factor(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    is_kept: Callable[[], bool],
    forget: Callable[[], None],
) -> Answer:
    """Take the second factor of another away, and end their sessions; it is forgotten once that is on record.

    What is asked for at the door counts as one, whatever the log says of it, and the other way round: whoever cannot
    get in is helped either way.
    """

    def decide() -> tuple[Session | Credentials, ...]:
        account = managed(app, context, account_id)
        with acting(_administering(context)):
            credentials = credentials_of(app, account.id)
            credentials.reset_second_factor(context, kept=is_kept())
            return *revoked(app, app.commands.open_sessions(account.id)), credentials

    if (answer := app.answered(command)) is not None:
        return answer
    answer = app.perform(command, decide)
    forget()
    return answer


def link_identity(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    issuer: str,
    subject: str,
    keep: Callable[[], bool | None],
) -> Answer:
    """Let a person of the identity provider enter an account; each enters one, and what another opened ends."""
    from_outside = app.commands.open_sessions(account_id, from_outside=True)
    somebody_new = False

    def decide() -> tuple[Session | Credentials, ...]:
        nonlocal somebody_new
        account = managed(app, context, account_id)
        entered = keep()
        if entered is None:
            raise InvalidInput(
                "subject", "danh tính này đã vào một tài khoản khác", "this identity enters another account"
            )
        with acting(_administering(context)):
            credentials = credentials_of(app, account.id)
            credentials.link_identity(issuer=issuer, subject=subject)
            somebody_new = somebody_new or entered
            ended = revoked(app, from_outside) if somebody_new else []
        return *ended, credentials

    return _once(app, command, decide)


def unlink_identity(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, forget: Callable[[], None]
) -> Answer:
    """Let nobody enter an account from the identity provider; the sessions they opened end."""
    from_outside = app.commands.open_sessions(account_id, from_outside=True)

    def decide() -> tuple[Session | Credentials, ...]:
        account = managed(app, context, account_id)
        with acting(_administering(context)):
            credentials = credentials_of(app, account.id)
            credentials.unlink_identity()
            ended = revoked(app, from_outside)
        forget()
        return *ended, credentials

    return _once(app, command, decide)


def _once(app: CaseSystem, command: Command, decide: Callable[[], Decided]) -> Answer:
    """What leaves more than events is done once: a command that was carried out is not decided on again."""
    return app.answered(command) or app.perform(command, decide)


def _ending(context: Context, *, own: bool) -> Envelope:
    return context.envelope("session.revoke") if own else _administering(context)


def _administering(context: Context) -> Envelope:
    return context.envelope("account.administer")
