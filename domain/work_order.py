"""A work order: what is maintained, verified, repaired or replaced, when, and that operation goes on meanwhile.

Whoever operates a camera does so (R-DH-9.1.0, R-QT-11.1.0, R-DB-17.1.0), at the times that its supplier advises
(R-DH-9.2.0, R-QT-11.2.0), and without interrupting operation (R-DH-9.3.0, R-QT-11.3.0).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera.guards import CameraFacts, check_camera
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.clock import LEGAL_TIME
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse, wrong_state
from domain.personal import Personal

MOST_CAMERAS: Final = 100
"""Of one order; what is larger is planned in parts."""


class WorkKind(StrEnum):
    """What is done (R-QT-6.2.d, R-QT-11.1.0)."""

    MAINTENANCE = "MAINTENANCE"
    CALIBRATION = "CALIBRATION"
    VERIFICATION = "VERIFICATION"
    REPAIR = "REPAIR"
    REPLACEMENT = "REPLACEMENT"
    UPGRADE = "UPGRADE"


class WorkState(StrEnum):
    """How far an order is."""

    PLANNED = "PLANNED"
    STARTED = "STARTED"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Busy:
    """What else is planned while an order would run, as a read model knows it."""

    clashes: Sequence[str] = ()
    """The numbers of other orders for the same cameras at the same time."""
    crowded: Sequence[str] = ()
    """The areas of which more cameras would be down at once than may be."""


class WorkFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an order."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def area_path(self) -> str:
        """The area of the unit that planned it."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that planned it."""

    @property
    def starts_at(self) -> datetime:
        """From when it was planned."""

    @property
    def ends_at(self) -> datetime:
        """Until when."""


# -- guards -------------------------------------------------------------------------


def check_plan(camera: CameraFacts, context: Context) -> Refusal | None:
    """Guard: the camera is of the system that one's unit operates or manages."""
    return check_camera(camera, context, "work.plan")


def check_view(one: WorkFacts, context: Context) -> Refusal | None:
    """Its unit sees it, and the audit of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    return _check_own(one, context)


def _check_own(one: WorkFacts, context: Context, *states: WorkState) -> Refusal | None:
    own = one.owner_unit == context.actor.unit_id
    refusal = context.check_may("work.plan", facts=frozenset({"own-system"} if own else ()))
    if refusal is None and states and one.state not in states:
        rule = context.rulebook.settings.operation.work_rule
        return wrong_state("Phiếu công việc", "The work order", one.state, *states, rule=rule)
    return refusal


def check_start(one: WorkFacts, context: Context) -> Refusal | None:
    """Guard: it begins in the time it was planned for; at another time what else goes on then is looked at anew."""
    refusal = _check_own(one, context, WorkState.PLANNED)
    if refusal is None and not one.starts_at <= context.now < one.ends_at:
        begin, end = (at.astimezone(LEGAL_TIME).isoformat() for at in (one.starts_at, one.ends_at))
        return WrongState(
            f"Phiếu công việc được lập cho thời gian từ {begin} đến {end}; huỷ và lập lại cho thời gian khác",
            f"The work was planned from {begin} to {end}; cancel it and plan it for another time",
            rule=context.rulebook.settings.operation.work_rule,
        )
    return refusal


def check_finish(one: WorkFacts, context: Context) -> Refusal | None:
    """Guard: it was started."""
    return _check_own(one, context, WorkState.STARTED)


def check_cancel(one: WorkFacts, context: Context) -> Refusal | None:
    """Guard: it was planned, and nobody began."""
    return _check_own(one, context, WorkState.PLANNED)


GUARDS: Final[dict[str, Callable[[WorkFacts, Context], Refusal | None]]] = {
    "startWork": check_start,
    "finishWork": check_finish,
    "cancelWork": check_cancel,
}


class WorkOrder(Aggregate):
    """A work order. State keeps what the guards ask for."""

    TOPIC = "work-order"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a work order."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "work-order:created"

    @dataclass(frozen=True)
    class Planned(Created):
        """What will be done, with which cameras, when, and why operation may be interrupted if it must be."""

        TOPIC = "work-order:planned"
        number: str
        kind: str
        camera_ids: tuple[UUID, ...]
        area_path: str
        starts_at: datetime
        ends_at: datetime
        supplier_schedule: str | None
        """The supplier's guidance that it follows."""
        supplier_due_at: datetime | None
        """Until when the supplier advises it."""
        text: Personal[str]
        interruption: Personal[str] | None

    @dataclass(frozen=True)
    class Started(Event):
        """The cameras are down from now on."""

        TOPIC = "work-order:started"

    @dataclass(frozen=True)
    class Finished(Event):
        """They are up again, and the same is due again at an instant, where the supplier advises one."""

        TOPIC = "work-order:finished"
        class_version: ClassVar[int] = 2
        text: Personal[str]
        next_due_at: datetime | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier work did not say when it was due again."""
            state["next_due_at"] = None

    @dataclass(frozen=True)
    class Cancelled(Event):
        """It is not done."""

        TOPIC = "work-order:cancelled"
        text: Personal[str]

    @staticmethod
    def create_id(after: UUID | None) -> UUID:
        """An order follows exactly one other, so that of two planned at once one is planned again, with the other."""
        return uuid5(after or NAMESPACE_URL, "/work-orders")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def plan(
        cls,
        context: Context,
        *,
        order_id: UUID,
        number: Callable[[], str],
        kind: str,
        cameras: Sequence[CameraFacts],
        starts_at: datetime,
        ends_at: datetime,
        text: str,
        busy: Callable[[], Busy],
        supplier_schedule: str | None = None,
        supplier_due_at: datetime | None = None,
        interruption: str | None = None,
    ) -> "WorkOrder":
        """Plan work on cameras; what would interrupt operation is refused, or says why it must be."""
        for camera in cameras:
            refuse(check_plan(camera, context))
        rule = context.rulebook.settings.operation.work_rule
        words("text", text, rule=rule)
        interruption = some_words("interruption", interruption)
        if not starts_at < ends_at or ends_at <= context.now:
            raise InvalidInput(
                "endsAt", "phải sau startsAt và sau hiện tại", "comes after startsAt and after now", rule=rule
            )
        if supplier_due_at is not None and supplier_due_at < starts_at:
            raise InvalidInput(
                "supplierDueAt", "phải từ startsAt trở đi", "is expected at or after startsAt", rule=rule
            )
        _check_busy(busy(), interruption, rule)
        with acting(context.envelope("work.plan", rule=rule)):
            return cls._create(
                cls.Planned,
                id=order_id,
                number=number(),
                kind=kind,
                camera_ids=tuple(camera.camera_id for camera in cameras),
                area_path=context.actor.area_path,
                starts_at=starts_at,
                ends_at=ends_at,
                supplier_schedule=some_words("supplierSchedule", supplier_schedule, longest=LONGEST_NAME),
                supplier_due_at=supplier_due_at,
                text=Personal.said(order_id, text),
                interruption=Personal.said(order_id, interruption) if interruption else None,
            )

    def start(self, context: Context, *, busy: Callable[[], Busy]) -> None:
        """Take the cameras down, if what else is down by now leaves it as it was planned."""
        refuse(check_start(self, context))
        rule = context.rulebook.settings.operation.work_rule
        found = busy()
        if found.clashes or (found.crowded and not self.interrupts):
            named = ", ".join((*found.clashes, *found.crowded)[:3])
            raise WrongState(
                f"Nay sẽ gián đoạn vận hành: {named}; huỷ và lập lại kèm lý do gián đoạn",
                f"By now it would interrupt operation: {named}; cancel it and plan it anew, saying why",
                rule=rule,
            )
        with acting(context.envelope("work.plan", rule=rule)):
            self.trigger_event(self.Started)

    def finish(self, context: Context, *, text: str, next_due_at: datetime | None = None) -> None:
        """Put them up again, and say what was done, and by when the supplier advises the same again."""
        refuse(check_finish(self, context))
        rule = context.rulebook.settings.operation.work_rule
        words("text", text, rule=rule)
        if next_due_at is not None and next_due_at <= context.now:
            raise InvalidInput("nextDueAt", "phải sau hiện tại", "is expected after now", rule=rule)
        with acting(context.envelope("work.plan", rule=rule)):
            self.trigger_event(self.Finished, text=Personal.said(self.id, text), next_due_at=next_due_at)

    def cancel(self, context: Context, *, text: str) -> None:
        """Say that it is not done, and why."""
        refuse(check_cancel(self, context))
        rule = context.rulebook.settings.operation.work_rule
        words("text", text, rule=rule)
        with acting(context.envelope("work.plan", rule=rule)):
            self.trigger_event(self.Cancelled, text=Personal.said(self.id, text))

    # -- state --------------------------------------------------------------

    @event(Planned)
    def __init__(
        self,
        number: str,
        camera_ids: tuple[UUID, ...],
        area_path: str,
        starts_at: datetime,
        ends_at: datetime,
        interruption: Personal[str] | None,
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.camera_ids = camera_ids
        self.area_path = area_path
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.interrupts = interruption is not None
        """It says why operation is interrupted."""
        self.owner_unit = envelope.unit_id
        self.state: str = WorkState.PLANNED

    def takes(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether its cameras are down at any moment between two instants, as far as it was planned."""
        open_ = self.state in {WorkState.PLANNED, WorkState.STARTED}
        return open_ and self.starts_at < ends_at and starts_at < self.ends_at

    @event(Started)
    def _started(self) -> None:
        self.state = WorkState.STARTED

    @event(Finished)
    def _finished(self) -> None:
        self.state = WorkState.FINISHED

    @event(Cancelled)
    def _cancelled(self) -> None:
        self.state = WorkState.CANCELLED


def check_cameras(camera_ids: Collection[UUID]) -> None:
    """An order names some cameras, each once, and not too many.

    Raises:
        InvalidInput: it does not.
    """
    if not 1 <= len(camera_ids) <= MOST_CAMERAS or len(set(camera_ids)) != len(camera_ids):
        raise InvalidInput(
            "cameraIds",
            f"từ 1 đến {MOST_CAMERAS} camera, mỗi camera một lần",
            f"1 to {MOST_CAMERAS} cameras, each once",
        )


def _check_busy(found: Busy, interruption: str | None, rule: str | None) -> None:
    if found.clashes:
        named = ", ".join(found.clashes[:3])
        raise InvalidInput(
            "cameraIds",
            f"trùng thời gian với {named}",
            f"are in {named} at the same time",
            rule=rule,
        )
    if found.crowded and not interruption:
        named = ", ".join(found.crowded[:3])
        raise InvalidInput(
            "interruption",
            f"phải nêu lý do: gián đoạn vận hành tại {named}",
            f"says why: it interrupts operation in {named}",
            rule=rule,
        )
