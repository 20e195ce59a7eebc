"""Commands on shifts: what GraphQL and the tests call."""

from collections.abc import Callable, Collection
from typing import Any, Final
from uuid import UUID

from domain.camera import Camera
from domain.camera.guards import check_see
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound, refuse
from domain.shift import Shift, check_open

NUMBERED: Final = "CT"
"""*Ca trực*."""

Last = Callable[[UUID, str], UUID | None]
"""The last shift of a unit's post that a read model knows of."""


def open_shift(app: CaseSystem, context: Context, command: Command, *, post: str, last: Last) -> Answer:
    """Take a post over from the last shift of it, however far the read model is behind."""

    def decide() -> Shift:
        refuse(check_open(context))
        unit_id = context.actor.unit_id
        at = last(unit_id, post)
        while app.commands.existing([following := Shift.create_id(unit_id, post, at)]):
            at = following
        return Shift.open(
            context,
            post=post,
            after=None if at is None else app.find(Shift, at),
            number=lambda: drawn(app, context, NUMBERED),
        )

    return app.perform(command, decide)


def confirm_devices(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    shift_id: UUID,
    faulty_camera_ids: tuple[UUID, ...] = (),
    text: str | None = None,
) -> Answer:
    """Say that all devices work but these."""

    def decide(one: Shift) -> None:
        _check_seeed(app, context, faulty_camera_ids)
        one.confirm(context, faulty_camera_ids=faulty_camera_ids, text=text)

    return _decided(app, command, shift_id, decide)


def enter_shift_log(
    app: CaseSystem, context: Context, command: Command, *, shift_id: UUID, **said: Any
) -> Answer:
    """Write something into the log."""

    def decide(one: Shift) -> None:
        _check_seeed(app, context, {said["camera_id"]} if said.get("camera_id") else ())
        one.enter(context, **said)

    return _decided(app, command, shift_id, decide)


def correct_shift_log(
    app: CaseSystem, context: Context, command: Command, *, shift_id: UUID, entry: int, text: str
) -> Answer:
    """Say what an entry should have said."""
    return _decided(app, command, shift_id, lambda one: one.correct(context, entry=entry, text=text))


def close_shift(app: CaseSystem, context: Context, command: Command, *, shift_id: UUID, text: str) -> Answer:
    """End it."""
    return _decided(app, command, shift_id, lambda one: one.close(context, text=text))


def _check_seeed(app: CaseSystem, context: Context, camera_ids: Collection[UUID]) -> None:
    """A camera that one is not shown is not named."""
    for camera_id in camera_ids:
        if hidden := check_see(app.find(Camera, camera_id), context):
            raise NotFound("camera", "camera", camera_id) from hidden


def _decided(app: CaseSystem, command: Command, shift_id: UUID, decide: Callable[[Shift], None]) -> Answer:
    def act() -> Shift:
        one = app.find(Shift, shift_id, expected=command.expected_version)
        decide(one)
        return one

    return app.perform(command, act)
