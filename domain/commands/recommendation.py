"""Commands on recommendations: what GraphQL and the tests call."""

from uuid import UUID

from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.case import Case
from domain.case.guards import check_view as check_view_case
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound, refuse
from domain.recommendation import Recommendation, Shortcoming
from domain.unit import Unit
from domain.unit_guards import rule_of

NUMBERED = "KN"
"""*Kiến nghị*."""


def make_recommendation(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    shortcoming: Shortcoming,
    text: str,
    area_path: str | None = None,
    case_ids: tuple[UUID, ...] = (),
    camera_ids: tuple[UUID, ...] = (),
) -> Answer:
    """Say what the data show; what one may not look at is not named."""

    def decide() -> Recommendation:
        for case_id in case_ids:
            if hidden := check_view_case(app.find(Case, case_id), context):
                raise NotFound("hồ sơ", "case", case_id) from hidden
        for camera_id in camera_ids:
            if hidden := check_watch(app.find(Camera, camera_id), context):
                raise NotFound("camera", "camera", camera_id) from hidden
        return Recommendation.make(
            context,
            recommendation_id=Recommendation.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            shortcoming=shortcoming,
            area_path=area_path,
            text=text,
            case_ids=case_ids,
            camera_ids=camera_ids,
        )

    return app.perform(command, decide)


def send_recommendation(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    recommendation_id: UUID,
    document: str,
    recipient_unit_id: UUID | None = None,
    outside: str | None = None,
) -> Answer:
    """Send it to a unit of the system that stands, or to a body outside of it."""

    def decide() -> Recommendation:
        one = app.find(Recommendation, recommendation_id, expected=command.expected_version)
        if recipient_unit_id is not None:
            refuse(
                app.find(Unit, recipient_unit_id).check_stands("recipientUnitId", rule_of(context.rulebook))
            )
        one.send(context, recipient_unit_id=recipient_unit_id, outside=outside, document=document)
        return one

    return app.perform(command, decide)


def answer_recommendation(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    recommendation_id: UUID,
    accepted: bool,
    text: str,
    document: str | None = None,
) -> Answer:
    """Put the answer on record."""

    def decide() -> Recommendation:
        one = app.find(Recommendation, recommendation_id, expected=command.expected_version)
        one.answer(context, accepted=accepted, text=text, document=document)
        return one

    return app.perform(command, decide)
