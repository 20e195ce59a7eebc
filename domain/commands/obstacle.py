"""Commands on obstacles: what GraphQL and the tests call."""

from uuid import UUID

from domain.case import Case
from domain.case.guards import check_view as check_view_case
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound
from domain.obstacle import Obstacle

NUMBERED = "VM"
"""*Vướng mắc*."""


def report_obstacle(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    text: str,
    subject_rule: str | None = None,
    case_id: UUID | None = None,
) -> Answer:
    """Report what stands in one's way; a case that one may not look at is not named."""

    def decide() -> Obstacle:
        if case_id is not None and (hidden := check_view_case(app.find(Case, case_id), context)):
            raise NotFound("hồ sơ", "case", case_id) from hidden
        return Obstacle.report(
            context,
            obstacle_id=Obstacle.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            text=text,
            subject_rule=subject_rule,
            case_id=case_id,
        )

    return app.perform(command, decide)


def escalate_obstacle(
    app: CaseSystem, context: Context, command: Command, *, obstacle_id: UUID, document: str
) -> Answer:
    """Put it before the next body of the chain."""

    def decide() -> Obstacle:
        one = app.find(Obstacle, obstacle_id, expected=command.expected_version)
        one.escalate(context, document=document)
        return one

    return app.perform(command, decide)


def settle_obstacle(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    obstacle_id: UUID,
    text: str,
    document: str | None = None,
) -> Answer:
    """Say how it was settled."""

    def decide() -> Obstacle:
        one = app.find(Obstacle, obstacle_id, expected=command.expected_version)
        one.settle(context, text=text, document=document)
        return one

    return app.perform(command, decide)
