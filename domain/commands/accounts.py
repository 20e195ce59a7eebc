"""Commands on accounts: what GraphQL and the tests call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.account.rights import Right
from domain.account_review import IN_USE, AccountReview, check_open
from domain.camera import Camera
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.area import known_area
from domain.commands.report import drawn
from domain.commands.sessions import ended_with
from domain.context import Context
from domain.errors import InvalidInput, NotFound, refuse
from domain.session import Session
from domain.unit import Unit


def nominate_account(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    name: str,
    full_name: str,
    role: str,
    leader: bool = False,
    document: str | None = None,
) -> Answer:
    """Name somebody who is to have an account."""
    return app.perform(
        command,
        lambda: Account.nominate(
            context,
            unit=app.find(Unit, unit_id),
            name=name,
            full_name=full_name,
            role=role,
            leader=leader,
            document=document,
            taken=lambda account_id: bool(app.commands.existing([account_id])),
        ),
    )


def _act(
    app: CaseSystem, command: Command, account_id: UUID, decide: Callable[[Account, Unit], None]
) -> Answer:
    def decided() -> tuple[Session | Account, ...]:
        account = app.find(Account, account_id, expected=command.expected_version)
        decide(account, app.find(Unit, account.unit_id))
        return *ended_with(app, account), account

    return app.perform(command, decided)


def approve_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, document: str | None = None
) -> Answer:
    """Allow the person into the system."""
    return _act(app, command, account_id, lambda one, unit: one.approve(context, unit, document=document))


def direct_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, document: str
) -> Answer:
    """Direct that the account be given."""
    return _act(app, command, account_id, lambda one, unit: one.direct(context, unit, document=document))


def issue_account(app: CaseSystem, context: Context, command: Command, *, account_id: UUID) -> Answer:
    """Give the account."""
    return _act(app, command, account_id, lambda one, unit: one.issue(context, unit))


def record_training(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    trained_at: datetime,
    document: str,
) -> Answer:
    """Put on record that the person was trained."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.train(context, unit, trained_at=trained_at, document=document),
    )


def rename_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, full_name: str, document: str
) -> Answer:
    """Give the person the name that they have now."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.rename(context, unit, full_name=full_name, document=document),
    )


def change_role(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, role: str, document: str
) -> Answer:
    """Give the person another function."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.change_role(context, unit, role=role, document=document),
    )


def change_leader(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, leader: bool, document: str
) -> Answer:
    """Say that the person leads the unit, or no more."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.change_leader(context, unit, leader=leader, document=document),
    )


def move_account(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    unit_id: UUID,
    role: str,
    leader: bool = False,
    document: str,
) -> Answer:
    """Put the person into another unit."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.move(
            context, unit, to=app.find(Unit, unit_id), role=role, leader=leader, document=document
        ),
    )


def assign_duty(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, duty: str, document: str
) -> Answer:
    """Give the person a task of the unit."""
    return _act(
        app, command, account_id, lambda one, unit: one.assign(context, unit, duty=duty, document=document)
    )


def end_duty(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, duty: str, document: str
) -> Answer:
    """Take a task back."""
    return _act(
        app, command, account_id, lambda one, unit: one.end_duty(context, unit, duty=duty, document=document)
    )


def suspend_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, text: str
) -> Answer:
    """Let nobody in with this account for a while."""
    return _act(app, command, account_id, lambda one, unit: one.suspend(context, unit, text=text))


def resume_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, document: str
) -> Answer:
    """Give the account back."""
    return _act(app, command, account_id, lambda one, unit: one.resume(context, unit, document=document))


def close_account(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, text: str
) -> Answer:
    """End the account for good."""
    return _act(app, command, account_id, lambda one, unit: one.close(context, unit, text=text))


# -- rights besides --------------------------------------------------------------------


def direct_grant(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    right: Right,
    issuer_unit_id: UUID | None = None,
) -> Answer:
    """Direct that the person be given a right."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.direct_grant(context, unit, _known(app, context, right, issuer_unit_id)),
    )


def give_grant(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    account_id: UUID,
    right: Right,
    issuer_unit_id: UUID | None = None,
) -> Answer:
    """Give the person a right."""
    return _act(
        app,
        command,
        account_id,
        lambda one, unit: one.give_grant(context, unit, _known(app, context, right, issuer_unit_id)),
    )


def execute_grant(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, direction: int
) -> Answer:
    """Give what was directed."""
    return _act(
        app, command, account_id, lambda one, unit: one.execute_grant(context, unit, direction=direction)
    )


def revoke_grant(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, number: int
) -> Answer:
    """Take a right back."""
    return _act(app, command, account_id, lambda one, unit: one.revoke_grant(context, unit, number=number))


def delegate(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    to_account_id: UUID,
    actions: tuple[str, ...],
    document: str,
    starts_at: datetime,
    ends_at: datetime,
) -> Answer:
    """Let another act for oneself."""

    def given(one: Account, unit: Unit) -> None:
        one.delegate(
            context,
            unit,
            to=_named(app, to_account_id),
            actions=actions,
            document=document,
            starts_at=starts_at,
            ends_at=ends_at,
        )

    return _act(app, command, context.actor.account_id, given)


def revoke_delegation(
    app: CaseSystem, context: Context, command: Command, *, account_id: UUID, number: int
) -> Answer:
    """Take a delegation back."""
    return _act(
        app, command, account_id, lambda one, unit: one.revoke_delegation(context, unit, number=number)
    )


def _named(app: CaseSystem, account_id: UUID) -> Account:
    try:
        return app.find(Account, account_id)
    except NotFound:
        raise InvalidInput("toAccountId", "không phải tài khoản đang dùng", "is no account in use") from None


def _known(app: CaseSystem, context: Context, right: Right, issuer_unit_id: UUID | None) -> Right:
    """The right with whoever consented to it; an area and cameras that are not on record are refused."""
    if right.area_path is not None:
        known_area(app, right.area_path, rule=context.rulebook.rule_for("units"))
    for camera_id in right.camera_ids:
        app.find(Camera, camera_id)
    if issuer_unit_id is None:
        return right
    return replace(right, issuer=app.find(Unit, issuer_unit_id))


# -- reviews ---------------------------------------------------------------------------

NUMBERED = "RS"
"""*Rà soát*."""


def open_account_review(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    area_path: str,
    of_unit_id: UUID | None,
    in_use: Callable[[], list[UUID]],
    due_at: datetime,
) -> Answer:
    """Open a review of the accounts in use, as a read model knows them; those that are over by now are left out."""

    def decide() -> AccountReview:
        refuse(check_open(context, area_path))
        found = [app.find(Account, account_id) for account_id in in_use()]
        return AccountReview.open(
            context,
            review_id=AccountReview.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            area_path=area_path,
            of_unit_id=of_unit_id,
            account_ids=[
                one.id
                for one in found
                if one.state in IN_USE and (of_unit_id is None or one.unit_id == of_unit_id)
            ],
            due_at=due_at,
        )

    return app.perform(command, decide)


def review_account(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    review_id: UUID,
    account_id: UUID,
    outcome: str,
    text: str,
    role: str | None = None,
) -> Answer:
    """Decide on one account of a review; the account and the review are saved together."""

    def decide() -> tuple[Session | Account | AccountReview, ...]:
        one = app.find(AccountReview, review_id, expected=command.expected_version)
        account = app.find(Account, account_id)
        unit = app.find(Unit, account.unit_id)
        one.review(context, account, unit, outcome=outcome, text=text, role=role)
        return *ended_with(app, account), account, one

    return app.perform(command, decide)


def close_account_review(app: CaseSystem, context: Context, command: Command, *, review_id: UUID) -> Answer:
    """End a review, with what becomes of the accounts that nobody came to."""

    def decide() -> tuple[Session | Account | AccountReview, ...]:
        one = app.find(AccountReview, review_id, expected=command.expected_version)
        unreviewed = [app.find(Account, i) for i in sorted(one.account_ids - one.reviewed)]
        one.close(context, unreviewed)
        return *ended_with(app, *unreviewed), *unreviewed, one

    return app.perform(command, decide)
