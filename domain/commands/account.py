"""Who somebody is, and their sessions; what is decided about accounts stands in `accounts`."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from domain.account import Account
from domain.area import Area
from domain.commands.application import CaseSystem, Record
from domain.context import Actor, Delegation
from domain.envelope import Envelope, acting
from domain.errors import Forbidden, InvalidInput, NotFound, refuse
from domain.personal import Personal
from domain.session import Session
from domain.unit import Unit
from domain.unit_guards import has_ended


def open_account(
    app: CaseSystem, *, name: str, full_name: str, unit_id: UUID, role: str, leader: bool
) -> Account:
    """Open an account; inside an act, whose envelope says who and on which basis."""
    account_id = Account.create_id(name)
    account = Account(
        name=name, full_name=Personal.said(account_id, full_name), unit_id=unit_id, role=role, leader=leader
    )
    app.record(account)
    return account


def actor_of(app: Record, account_id: UUID, *, now: datetime) -> Actor:
    """The person behind an account, as the log knows them.

    A unit that has ended has no functions: who is still in it does nothing until they have passed to its successor.

    Raises:
        Forbidden: the account is disabled, or its unit has ended.
        NotFound: there is no such account, or its unit is not on record (R-QT-2.0.0).
    """
    account = app.find(Account, account_id)
    refuse(account.check_sign_in())
    return _in_unit(app, account, now)


def _in_unit(app: Record, account: Account, now: datetime) -> Actor:
    """The person in their unit, and the areas that it covers besides its own."""
    unit = app.find(Unit, account.unit_id)
    if has_ended(unit, now):
        raise Forbidden(
            f"Đơn vị {unit.code} đã kết thúc hoạt động", f"The unit {unit.code} has ceased to exist"
        )
    try:
        before = app.find(Area, Area.create_id(unit.area_path)).before
    except NotFound:
        before = []  # a unit may be older than the tree of areas
    return replace(account.actor(unit), areas_before=tuple(before))


def acting_for(app: CaseSystem, actor: Actor, delegation_id: str, *, now: datetime) -> Actor:
    """The same person with the rights of whoever delegated theirs to them (R-QT-5.3.0).

    Raises:
        InvalidInput: that names no delegation.
        Forbidden: it is not theirs, or not in force, or whoever gave it may do nothing any more themselves.
    """
    whose, _, number = delegation_id.partition(":")
    try:
        account = app.find(Account, UUID(whose))
        given = account.delegations[int(number)]
    except (ValueError, KeyError, NotFound):
        raise InvalidInput("delegation", "không có ủy quyền này", "there is no such delegation") from None
    refuse(account.check_acted_for(actor.account_id, actor.unit_id, given.number, now))
    delegation = Delegation(
        account_id=account.id,
        number=given.number,
        actions=frozenset(given.actions),
        document=given.document,
        ends_at=given.ends_at,
    )
    return replace(_in_unit(app, account, now), account_id=actor.account_id, delegation=delegation)


def find_by_name(app: CaseSystem, name: str) -> Account | None:
    """The account of a name, if there is one."""
    try:
        return app.find(Account, Account.create_id(name))
    except NotFound:
        return None


def open_session(
    app: CaseSystem,
    actor: Actor,
    *,
    now: datetime,
    expires_at: datetime,
    rulebook: str,
    session_id: UUID | None = None,
    address: str = "",
) -> UUID:
    """Record that somebody signed in, in a session that has an id already or is given one."""
    said = Personal.said(actor.account_id, address) if address else None
    with acting(_by(actor, now, rulebook)):
        session = Session._create(  # noqa: SLF001 — the library's way to name an id
            Session.Opened,
            id=session_id or uuid4(),
            account_id=actor.account_id,
            expires_at=expires_at,
            address=said,
        )
    app.record(session)
    return session.id


def close_session(app: CaseSystem, actor: Actor, session_id: UUID, *, now: datetime, rulebook: str) -> None:
    """Record that somebody signed out."""
    session = app.find(Session, session_id)
    with acting(_by(actor, now, rulebook)):
        session.close()
    app.record(session)


def _by(actor: Actor, now: datetime, rulebook: str) -> Envelope:
    return Envelope(
        by=str(actor.account_id),
        unit_id=actor.unit_id,
        took_place_at=now,
        rulebook=rulebook,
        correlation_id=uuid4(),
        delegation=actor.delegation.delegation_id if actor.delegation else None,
    )
