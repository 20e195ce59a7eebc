"""Commands on incidents: what GraphQL, the scheduler and the tests call."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from eventsourcing.persistence import RecordConflictError

from domain.account import Account
from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.case import SCHEDULER
from domain.commands.report import drawn
from domain.context import Context, Rulebook
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, NotFound, VersionConflict
from domain.incident import Incident

NUMBERED: Final = "SC"
"""*Sự cố*."""


def report_incident(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID | None = None,
    leader_account_id: UUID | None = None,
    **said: Any,
) -> Answer:
    """Report what is wrong; a camera that one may not watch is not named, nor anybody's leader but one's own."""

    def decide() -> Incident:
        camera = None if camera_id is None else app.find(Camera, camera_id)
        if camera is not None and (hidden := check_watch(camera, context)):
            raise NotFound("camera", "camera", camera_id) from hidden
        if leader_account_id is not None:
            _check_leader(app.find(Account, leader_account_id), context)
        return Incident.report(
            context,
            incident_id=Incident.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            camera=camera,
            leader_account_id=leader_account_id,
            **said,
        )

    return app.perform(command, decide)


def _check_leader(told: Account, context: Context) -> None:
    if told.unit_id != context.actor.unit_id:
        raise NotFound("tài khoản", "account", told.id)
    if not told.leader:
        raise InvalidInput(
            "leaderAccountId",
            "không phải lãnh đạo đơn vị",
            "is no leader of the unit",
            rule=context.rulebook.settings.operation.leader_rule,
        )


def receive_incident(app: CaseSystem, context: Context, command: Command, *, incident_id: UUID) -> Answer:
    """Take it on."""
    return _decided(app, command, incident_id, lambda one: one.receive(context))


def handle_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, process: str | None = None
) -> Answer:
    """Begin to put it right."""
    return _decided(app, command, incident_id, lambda one: one.handle(context, process=process))


def fix_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, **said: Any
) -> Answer:
    """Say that it works again."""
    return _decided(app, command, incident_id, lambda one: one.fix(context, **said))


def close_incident(app: CaseSystem, context: Context, command: Command, *, incident_id: UUID) -> Answer:
    """Confirm that it is over."""
    return _decided(app, command, incident_id, lambda one: one.close(context))


def reopen_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, text: str
) -> Answer:
    """Say that it is not."""
    return _decided(app, command, incident_id, lambda one: one.reopen(context, text=text))


def backdate_incident(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    incident_id: UUID,
    detected_at: datetime,
    text: str,
) -> Answer:
    """Put on record that it was seen earlier."""
    return _decided(
        app, command, incident_id, lambda one: one.backdate(context, detected_at=detected_at, text=text)
    )


def _decided(app: CaseSystem, command: Command, incident_id: UUID, decide: Any) -> Answer:
    def act() -> Incident:
        one = app.find(Incident, incident_id, expected=command.expected_version)
        decide(one)
        return one

    return app.perform(command, act)


# -- what time does -------------------------------------------------------------------


def tell_of_incident(
    app: CaseSystem, rulebook: Rulebook, *, incident_id: UUID, due: datetime, now: datetime
) -> bool:
    """Put on record, once, that the time of an incident is over; whether there was anything to say.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
    """
    for _ in range(3):
        one = app.find(Incident, incident_id)
        envelope = Envelope(
            by=SCHEDULER,
            unit_id=one.handling_unit_id or one.operating_unit_id,
            took_place_at=now,
            rulebook=rulebook.version,
            correlation_id=uuid4(),
            rule=one.due_rule,
        )
        with acting(envelope):
            one.tell_overdue(due, now)
        said = bool(one.pending_events)
        try:
            app.record(one)
        except RecordConflictError:
            continue
        return said
    raise VersionConflict
