"""Commands at the controls of a camera: what GraphQL and the tests call."""

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid5

from eventsourcing.persistence import RecordConflictError

from domain.camera import Camera
from domain.camera.guards import check_see
from domain.clock import legal_date
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context
from domain.control import (
    CameraControl,
    Controls,
    Order,
    Ptz,
    Reply,
    check_force,
    check_holds,
)
from domain.errors import NotFound, Refusal, VersionConflict, refuse

ATTEMPTS: Final = 5


def reserve_camera(
    app: CaseSystem, context: Context, command: Command, *, camera_id: UUID, purpose: str
) -> Answer:
    """Take the controls of a camera."""
    hold_id = uuid5(context.actor.account_id, f"/holds/{command.command_id}")

    def decide() -> CameraControl:
        camera = _camera(app, context, camera_id)
        control = _today(app, context, camera_id)
        if control is None:
            return CameraControl.begin(context, camera, hold_id=hold_id, purpose=purpose)
        control.reserve(context, camera, hold_id=hold_id, purpose=purpose)
        return control

    return app.perform(command, decide)


def order_camera(
    app: CaseSystem, context: Context, command: Command, *, camera_id: UUID, order: Order, ptz: Ptz
) -> Answer:
    """Put a command on record, tell the camera, put on record what became of it.

    Sent again, a command tells the camera nothing: it went once, and its outcome is in the history.
    """
    command_id = uuid5(context.actor.account_id, f"/orders/{command.command_id}")
    fresh = False

    def decide() -> CameraControl:
        nonlocal fresh
        camera = _camera(app, context, camera_id)
        control = _begun(app, context, camera, check_holds)
        fresh = control.command(context, camera, order, command_id=command_id)
        return control

    answer = app.perform(command, decide)
    if not fresh:
        return answer
    return _answered(app, context, answer.id, ptz.send(camera_id, order), command_id)


def release_camera(app: CaseSystem, context: Context, command: Command, *, camera_id: UUID) -> Answer:
    """Let go of the controls."""

    def decide() -> CameraControl:
        camera = _camera(app, context, camera_id)
        control = _begun(app, context, camera, check_holds)
        control.release(context, camera)
        return control

    return app.perform(command, decide)


def force_release_camera(
    app: CaseSystem, context: Context, command: Command, *, camera_id: UUID, reason: str
) -> Answer:
    """Make whoever holds the controls let go."""

    def decide() -> CameraControl:
        camera = _camera(app, context, camera_id)
        control = _begun(app, context, camera, check_force)
        control.force(context, camera, why=reason)
        return control

    return app.perform(command, decide)


def _answered(app: CaseSystem, context: Context, control_id: UUID, reply: Reply, command_id: UUID) -> Answer:
    for _ in range(ATTEMPTS):
        control = app.find(CameraControl, control_id)
        control.answer(context, reply, command_id=command_id)
        try:
            return app.record(control)
        except RecordConflictError:
            continue  # somebody else acted at the controls meanwhile
    raise VersionConflict


def _camera(app: CaseSystem, context: Context, camera_id: UUID) -> Camera:
    """A camera of the register that one is shown; any other is not there."""
    camera = app.find(Camera, camera_id)
    if hidden := check_see(camera, context):
        raise NotFound("camera", "camera", camera_id) from hidden
    return camera


def _today(app: CaseSystem, context: Context, camera_id: UUID) -> CameraControl | None:
    try:
        return app.find(CameraControl, CameraControl.create_id(camera_id, legal_date(context.now)))
    except NotFound:
        return None


def _begun(
    app: CaseSystem, context: Context, camera: Camera, guard: Callable[[Controls, Context], Refusal | None]
) -> CameraControl:
    """Today's log of the controls; where nobody has taken them yet, what the guard says to that."""
    control = _today(app, context, camera.id)
    if control is None:
        refuse(guard(Controls(camera=camera, hold=None), context))
        raise NotFound("quyền điều khiển", "hold of the controls", camera.id)
    return control
