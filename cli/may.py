"""`minhchung may`: what a regulation says of a kind of unit; or why an account may or may not, now or in the past."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.console import NO, Stop, answer, usage


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def may(
        action: Annotated[
            str, typer.Option(help="Action, such as case.conclude, or mutation, such as concludeCase.")
        ],
        profile: Annotated[
            str | None, typer.Option(help="Profile of the regulation, such as dong-hoi.")
        ] = None,
        unit: Annotated[str | None, typer.Option(help="Kind of unit, such as CITY_POLICE.")] = None,
        leader: Annotated[bool, typer.Option("--leader", help="The leader of the unit asks.")] = False,
        account: Annotated[
            str | None,
            typer.Option(help="Instead of a kind of unit: name or id of an account of the installation."),
        ] = None,
        on: Annotated[
            str | None,
            typer.Option(
                help="What it is done on, such as TRAFFIC; with --account a code, a number or an id."
            ),
        ] = None,
        at: Annotated[
            str | None, typer.Option(help="With --account: as of this instant, with an offset.")
        ] = None,
        purpose: Annotated[str, typer.Option(help="With --account: what one asks for.")] = "AUDIT",
        as_json: Annotated[bool, typer.Option("--json", help="Answer as one line of JSON.")] = False,
    ) -> None:
        """Được làm gì, và vì sao · What may be done, and under which rules."""
        if account is not None and not (profile or unit or leader):
            allowed = _explained(account, action, on, at, purpose, as_json=as_json)
        elif profile is not None and unit is not None and account is None and at is None:
            allowed = _by_matrix(profile, unit, action, on, leader=leader, as_json=as_json)
        else:
            usage("may: expected --profile and --unit, or --account; --at goes with --account")
        if not allowed:
            raise Stop("", NO)


def _by_matrix(profile: str, unit: str, action: str, on: str | None, *, leader: bool, as_json: bool) -> bool:
    from policies.rulebook import RulebookInvalid, UnknownProfile, load

    try:
        grant = load(profile).access.decide(unit, action, on=on, leader=leader)
    except (UnknownProfile, RulebookInvalid) as error:
        usage(str(error))
    needs = f"; needs {', '.join(grant.needs)}" if grant.needs else ""
    answer(
        {"allowed": grant.allowed, "basis": grant.rules, "needs": grant.needs},
        as_json=as_json,
        text=f"{'allowed' if grant.allowed else 'denied'}: {' '.join(grant.rules)} ({grant.basis}){needs}",
    )
    return grant.allowed


def _explained(
    account: str, action: str, on: str | None, at: str | None, purpose: str, *, as_json: bool
) -> bool:
    """Ask the installation, and leave on record that somebody at the machine did."""
    from cli.settings import load, resolve
    from cli.wiring import application, rulebook

    listed = rulebook().purposes_of("")  # whoever is at the machine is of no unit
    if purpose not in listed:
        usage(f"--purpose: {purpose} is none of {', '.join(sorted(listed))}")
    instant = _instant(at)
    with application(resolve(load(), nats=False), role="minhchung_operator") as app:
        found = _found(app, account, action, on, instant, purpose)
    actor, grant = found.actor, found.grant
    told = {
        "allowed": found.allowed,
        "basis": found.rules,
        "needs": found.missing,
        "reason": None if found.refusal is None else {"vi": found.refusal.vi, "en": found.refusal.en},
        "at": found.at.isoformat(),
        "rulebook": found.rulebook,
        "state": found.state,
        "unit_kind": actor.unit_kind if actor else None,
        "role": actor.role if actor else None,
        "leader": bool(actor and actor.leader),
        "grant": asdict(grant) if grant else None,
        "delegation": found.delegation.document if found.delegation else None,
    }
    why = [found.refusal.en] if found.refusal else []
    why += [f"by the grant {grant.document}"] if grant else []
    said = "allowed" if found.allowed else "denied"
    text = f"{said}: {' '.join(found.rules)} ({found.basis})" + "".join(f"; {one}" for one in why)
    answer(told, as_json=as_json, text=text)
    return bool(found.allowed)


def _instant(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant > datetime.now(UTC):
        usage(
            f"--at: {given} is no past instant; expected RFC 3339 with an offset, such as 2026-07-01T08:00:00+07:00"
        )
    return instant


def _found(app: Any, account: str, action: str, on: str | None, at: datetime | None, purpose: str) -> Any:
    from cli.wiring import rulebook
    from domain.account import Account
    from domain.clock import legal_date
    from domain.commands.explaining import area_of, check_action, explain, subject_of
    from domain.context import Context
    from domain.errors import InvalidInput, NotFound

    record, instant = app.as_of(at), at or datetime.now(UTC)
    subject = None
    if on is not None:
        subject = subject_of(record, _identity(app, on))
        if subject is None:
            raise Stop(f"may: there was no camera or case {on} at {instant.isoformat()}")
    try:
        rules = rulebook().on(legal_date(instant))
        check_action(action, rules.authority)
        found = explain(
            record,
            lambda actor: Context(actor=actor, now=instant, rulebook=rules, authority=rules.authority),
            account_id=_uuid(account) or Account.create_id(account),
            action=action,
            subject=subject,
            at=instant,
        )
    except InvalidInput as error:
        usage(f"may: {error.en}")
    except (NotFound, LookupError) as error:
        raise Stop(f"may: {error}") from None
    _record(
        app,
        purpose,
        [found.account_id, *([subject.id] if subject else [])],
        area_of(record, subject) if subject else None,
    )
    return found


def _identity(app: Any, given: str) -> UUID:
    """The id of a camera's code or a case's number, if it is not one itself."""
    from domain.camera import Camera
    from projections import case_queue

    if (known := _uuid(given)) is not None:
        return known
    with app.factory.datastore.get_connection() as conn:
        row = case_queue.by_number(conn, given)
    return row.case_id if row else Camera.create_id(given)


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _record(app: Any, purpose: str, ids: list[UUID], area_path: str | None) -> None:
    from cli.wiring import at_the_machine
    from domain.envelope import acting
    from domain.reading import Reading

    with acting(at_the_machine(reason=purpose)):
        app.record(
            Reading.record(
                Reading.create_id(),
                way="may",
                noun="account",
                ids=ids,
                purpose=purpose,
                area_path=area_path,
                address=None,
            )
        )
