"""Commands on work orders: what GraphQL and the tests call."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
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


class Planned(Protocol):
    """What a read model knows of other work."""

    def last(self) -> UUID | None:
        """The order that was planned last."""

    def busy(
        self,
        cameras: Sequence[UUID],
        starts_at: datetime,
        ends_at: datetime,
        *,
        besides: Sequence[UUID] = (),
        but: UUID | None = None,
    ) -> Busy:
        """What is down meanwhile, with these cameras and what else is known to be; *but* is left out."""


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
    """Plan work on cameras; one that one is not shown is not named.

    What else is planned is known however far the read model is behind: what follows the last order that it knows of
    is looked up on record, and whoever planned at the same moment has taken the place that this order would take.
    """

    def decide() -> WorkOrder:
        check_cameras(camera_ids)
        cameras = [app.find(Camera, camera_id) for camera_id in camera_ids]
        for camera in cameras:
            if hidden := check_see(camera, context):
                raise NotFound("camera", "camera", camera.id) from hidden
        at, since = planned.last(), list[WorkOrder]()
        while app.commands.existing([following := WorkOrder.create_id(at)]):
            at = following
            since.append(app.find(WorkOrder, at))
        meanwhile = [one for one in since if one.takes(starts_at, ends_at)]

        def busy() -> Busy:
            down = [camera_id for one in meanwhile for camera_id in one.camera_ids]
            known = planned.busy(camera_ids, starts_at, ends_at, besides=down)
            clashes = {one.number for one in meanwhile if {*one.camera_ids} & {*camera_ids}}
            return Busy(clashes=sorted({*known.clashes, *clashes}), crowded=known.crowded)

        return WorkOrder.plan(
            context,
            order_id=following,
            number=lambda: drawn(app, context, NUMBERED),
            cameras=cameras,
            starts_at=starts_at,
            ends_at=ends_at,
            busy=busy,
            **said,
        )

    return app.perform(command, decide)


def start_work(
    app: CaseSystem, context: Context, command: Command, *, order_id: UUID, planned: Planned
) -> Answer:
    """Take the cameras that are at work down; one that is being worked on already keeps the order from beginning."""

    def begin(one: WorkOrder, cameras: list[Camera]) -> None:
        one.start(context, busy=lambda: planned.busy(one.camera_ids, context.now, one.ends_at, but=one.id))
        for camera in cameras:
            if camera.state in AT_WORK:
                camera.begin_maintenance(context, work_order_id=one.id)

    return _decided(app, command, order_id, begin)


def finish_work(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    order_id: UUID,
    text: str,
    next_due_at: datetime | None = None,
) -> Answer:
    """Put them up again."""

    def end(one: WorkOrder, cameras: list[Camera]) -> None:
        one.finish(context, text=text, next_due_at=next_due_at)
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
