"""Commands on guidance: what GraphQL and the tests call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.acknowledgement import Acknowledgement
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.area import known_area
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound, refuse
from domain.guidance import Edition, Guidance
from domain.guidance.guards import check_brief, check_view, rule_of

NUMBERED = "VB"
"""*Văn bản*."""


def issue_guidance(app: CaseSystem, context: Context, command: Command, *, said: Edition) -> Answer:
    """Issue an edition that replaces none."""
    return app.perform(command, lambda: _issued(app, context, command, said, None))


def replace_guidance(
    app: CaseSystem, context: Context, command: Command, *, guidance_id: UUID, said: Edition
) -> Answer:
    """Issue an edition in place of another; both are saved together, and the answer is about the older."""

    def decide() -> tuple[Guidance, Guidance]:
        old = app.find(Guidance, guidance_id, expected=command.expected_version)
        return _issued(app, context, command, said, old), old

    return app.perform(command, decide)


def _issued(
    app: CaseSystem, context: Context, command: Command, said: Edition, old: Guidance | None
) -> Guidance:
    issued = Guidance.issue(
        context,
        said,
        guidance_id=Guidance.create_id(context.actor.account_id, command.command_id),
        number=lambda: drawn(app, context, NUMBERED),
        replaces=old,
    )
    known_area(app, said.area_path, context.now, rule=rule_of(context))
    return issued


def withdraw_guidance(
    app: CaseSystem, context: Context, command: Command, *, guidance_id: UUID, document: str
) -> Answer:
    """Take an edition back."""

    def decide() -> Guidance:
        one = app.find(Guidance, guidance_id, expected=command.expected_version)
        one.withdraw(context, document=document)
        return one

    return app.perform(command, decide)


def acknowledge_guidance(app: CaseSystem, context: Context, command: Command, *, guidance_id: UUID) -> Answer:
    """Confirm that one has read an edition; whoever has already confirms nothing anew."""

    def decide() -> Guidance | Acknowledgement:
        one = app.find(Guidance, guidance_id, expected=command.expected_version)
        refuse(check_view(one, context))
        given = Acknowledgement.create_id(guidance_id, context.actor.account_id)
        if context.actor.delegation is None and app.commands.existing([given]):
            return one
        return Acknowledgement.give(context, one)

    return app.perform(command, decide)


def record_briefing(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    guidance_id: UUID,
    held_at: datetime,
    account_ids: Sequence[UUID],
) -> Answer:
    """Put on record who of one's unit was told of an edition; people of other units are as absent as nobody."""

    def decide() -> Guidance:
        one = app.find(Guidance, guidance_id, expected=command.expected_version)
        refuse(check_brief(one, context))
        one.brief(context, held_at=held_at, account_ids=account_ids)
        for account_id in set(account_ids):
            if app.find(Account, account_id).unit_id != context.actor.unit_id:
                raise NotFound("tài khoản", "account", account_id)
        return one

    return app.perform(command, decide)
