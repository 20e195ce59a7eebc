"""Commands on work orders: what GraphQL and the tests call."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.camera import Camera, CameraState
from domain.camera.guards import check_see
from domain.camera.state import AT_WORK
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound
from domain.work_order import Busy, WorkOrder, check_cameras

NUMBERED: Final = "BD"
"""*Bảo dưỡng*."""

Planned = Callable[[Sequence[UUID], datetime, datetime], Busy]
"""What else is planned for cameras from an instant to another; a read model answers."""


def plan_work(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    planned: Planned,
    **said: Any,
) -> Answer:
    """Plan work on cameras; one that one is not shown is not named."""

    def decide() -> WorkOrder:
        check_cameras(camera_ids)
        cameras = [app.find(Camera, camera_id) for camera_id in camera_ids]
        for camera in cameras:
            if hidden := check_see(camera, context):
                raise NotFound("camera", "camera", camera.id) from hidden
        return WorkOrder.plan(
            context,
            order_id=WorkOrder.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            cameras=cameras,
            starts_at=starts_at,
            ends_at=ends_at,
            busy=lambda: planned(camera_ids, starts_at, ends_at),
            **said,
        )

    return app.perform(command, decide)


def start_work(app: CaseSystem, context: Context, command: Command, *, order_id: UUID) -> Answer:
    """Take the cameras that are at work down; one that is being worked on already keeps the order from beginning."""

    def begin(one: WorkOrder, cameras: list[Camera]) -> None:
        one.start(context)
        for camera in cameras:
            if camera.state in AT_WORK:
                camera.begin_maintenance(context, work_order_id=one.id)

    return _decided(app, command, order_id, begin)


def finish_work(app: CaseSystem, context: Context, command: Command, *, order_id: UUID, text: str) -> Answer:
    """Put them up again."""

    def end(one: WorkOrder, cameras: list[Camera]) -> None:
        one.finish(context, text=text)
        for camera in cameras:
            if camera.state == CameraState.MAINTENANCE:
                camera.end_maintenance(context, work_order_id=one.id)

    return _decided(app, command, order_id, end)


def cancel_work(app: CaseSystem, context: Context, command: Command, *, order_id: UUID, text: str) -> Answer:
    """Say that it is not done."""
    return _decided(app, command, order_id, lambda one, _: one.cancel(context, text=text))


def _decided(
    app: CaseSystem, command: Command, order_id: UUID, decide: Callable[[WorkOrder, list[Camera]], None]
) -> Answer:
    def act() -> tuple[Aggregate, ...]:
        one = app.find(WorkOrder, order_id, expected=command.expected_version)
        cameras = [app.find(Camera, camera_id) for camera_id in one.camera_ids]
        decide(one, cameras)
        return (*cameras, one)

    return app.perform(command, act)
