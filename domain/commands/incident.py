"""Commands on incidents: what GraphQL, the scheduler and the tests call."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.camera import Camera
from domain.camera.guards import check_see
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn, drawn_on
from domain.context import Context, Rulebook
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, NotFound
from domain.incident import Incident
from domain.incident.incident import LINK_LOSS, MONITOR
from domain.links import WATCHED

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
    """Report what is wrong; a camera that one is not shown is not named, nor anybody's leader but one's own."""

    def decide() -> Incident:
        camera = None if camera_id is None else app.find(Camera, camera_id)
        if camera is not None and (hidden := check_see(camera, context)):
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
    """Whoever was told is a leader of one's own unit with an account in use; of anybody else nothing is said."""
    if told.unit_id != context.actor.unit_id or told.check_sign_in() is not None:
        raise NotFound("tài khoản", "account", told.id)
    if not told.leader:
        raise InvalidInput(
            "leaderAccountId",
            "không phải lãnh đạo đơn vị",
            "is no leader of the unit",
            rule=context.rulebook.settings.operation.leader_rule,
        )


def receive_incident(app: CaseSystem, context: Context, command: Command, *, incident_id: UUID) -> Answer:
    """Take it on; from its detection on what the camera shows is not to be relied on, where its kind says so."""
    return _decided(app, command, incident_id, lambda one: one.receive(context), _begin)


def handle_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, process: str | None = None
) -> Answer:
    """Begin to put it right."""
    return _decided(app, command, incident_id, lambda one: one.handle(context, process=process))


def fix_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, **said: Any
) -> Answer:
    """Say that it works again, the camera with it."""
    return _decided(app, command, incident_id, lambda one: one.fix(context, **said), _end)


def close_incident(app: CaseSystem, context: Context, command: Command, *, incident_id: UUID) -> Answer:
    """Confirm that it is over."""
    return _decided(app, command, incident_id, lambda one: one.close(context))


def reopen_incident(
    app: CaseSystem, context: Context, command: Command, *, incident_id: UUID, text: str
) -> Answer:
    """Say that it is not."""
    return _decided(app, command, incident_id, lambda one: one.reopen(context, text=text), _begin)


def backdate_incident(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    incident_id: UUID,
    detected_at: datetime,
    text: str,
) -> Answer:
    """Put on record that it was seen earlier; what its camera captured since then is not to be relied on either."""

    def decide(one: Incident) -> None:
        one.backdate(context, detected_at=detected_at, text=text)

    return _decided(app, command, incident_id, decide, _backdate)


def _decided(
    app: CaseSystem,
    command: Command,
    incident_id: UUID,
    decide: Callable[[Incident], None],
    camera_too: Callable[[Camera, Incident, Envelope], None] | None = None,
) -> Answer:
    """Decide, and say what follows for its camera, where it has one."""

    def act() -> tuple[Aggregate, ...]:
        one = app.find(Incident, incident_id, expected=command.expected_version)
        decide(one)
        if one.camera_id is None or camera_too is None:
            return (one,)
        camera = app.find(Camera, one.camera_id)
        [said] = [event.envelope for event in one.pending_events if isinstance(event, Incident.Event)]
        camera_too(camera, one, said)
        return (camera, one)

    return app.perform(command, act)


def _begin(camera: Camera, one: Incident, said: Envelope) -> None:
    """What is wrong with a camera while an incident of it is handled: since it was seen, or not repaired after all.

    A loss that was noticed by itself is on record with the incident, and over with the first answer: nobody's taking
    it on later makes it last longer. Whoever says after a repair that it is lost all the same, knows it better.
    Of a camera that was retired by then nothing is wrong any more.
    """
    at = one.fixed_at or one.detected_at
    if camera.retired_at is not None and at >= camera.retired_at:
        return
    if one.kind == LINK_LOSS:
        if not _noticed(one):
            camera.lose_link(said, at=at, incident_id=one.id)
    elif one.fault is not None:
        camera.begin_fault(said, kind=one.fault, at=at, incident_id=one.id)


def _end(camera: Camera, one: Incident, said: Envelope) -> None:
    """That is over; the loss or the fault of another incident is not."""
    if one.kind == LINK_LOSS:
        camera.restore_link(said, at=one.fixed_at, incident_id=one.id)
    elif any(window.incident_id == one.id and window.ended_at is None for window in camera.faults):
        camera.end_fault(said, kind=str(one.fault), at=one.fixed_at, incident_id=one.id)


def _backdate(camera: Camera, one: Incident, said: Envelope) -> None:
    """What it put on record of its camera began then; a link that is lost after a repair was not lost before it."""
    if one.kind != LINK_LOSS or one.fixed_at is None:
        camera.backdate(said, incident_id=one.id, at=one.detected_at)


def _noticed(one: Incident) -> bool:
    """Whether nobody but the system itself says that the link is lost."""
    return one.by_itself and one.fixed_at is None


# -- links ----------------------------------------------------------------------------


def lost_link(app: CaseSystem, rulebook: Rulebook, *, camera_id: UUID, at: datetime, now: datetime) -> bool:
    """Put on record that a camera's link is down, which opens an incident by itself; whether that was new.

    One loss is one incident, however often it is noticed (R-DH-5.1.0, R-DB-5.1.0, R-DB-17.2.0). A camera of which no
    images are expected any more, by the record as it stands now, loses nothing.
    """
    camera = app.find(Camera, camera_id)
    incident_id = Incident.id_of_loss(camera_id, at)
    expected = camera.state in WATCHED and not camera.maintenance and not camera.withdrawn
    if not expected or camera.link_lost_at is not None or app.commands.existing([incident_id]):
        return False
    said = _watched(camera, rulebook, now)
    camera.lose_link(said, kind=_wanted_at(camera, rulebook), at=at, incident_id=incident_id)
    with acting(said):
        one = Incident.of_loss(rulebook, camera, at, number=lambda: drawn_on(app, rulebook, now, NUMBERED))
    app.record(camera, one)
    return True


def restored_link(
    app: CaseSystem, rulebook: Rulebook, *, camera_id: UUID, at: datetime, now: datetime
) -> bool:
    """Put on record that it is up again; its incident is closed by whoever handles it. Whether that was new.

    Whoever said that a link is lost may know more than a device that answers: what a person put on record stays until
    a person takes it back.
    """
    camera = app.find(Camera, camera_id)
    for loss in camera.losses:
        if loss.incident_id is not None and _noticed(app.find(Incident, loss.incident_id)):
            camera.restore_link(
                _watched(camera, rulebook, now),
                kind=_wanted_at(camera, rulebook),
                at=max(at, loss.began_at),  # a clock may have been set back
                incident_id=loss.incident_id,
            )
    if not camera.pending_events:
        return False
    app.record(camera)
    return True


def _wanted_at(camera: Camera, rulebook: Rulebook) -> str:
    """Where its images no longer come to: level I, from the levels below it (R-DB-17.2.0); the Centre elsewhere."""
    level = rulebook.cameras.classes.get(camera.camera_class)
    return "LEVEL_1" if level is not None and level.tier > 1 else "CENTRE"


def _watched(camera: Camera, rulebook: Rulebook, now: datetime) -> Envelope:
    return Envelope(
        by=MONITOR,
        unit_id=camera.owner_unit,
        took_place_at=now,
        rulebook=rulebook.version,
        correlation_id=uuid4(),
        rule=rulebook.settings.operation.incident_kinds[LINK_LOSS].rule,
    )
