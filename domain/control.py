"""The controls of a camera: held by one person at a time, moved by them alone, each command on record before it goes.

The log of the controls is one a camera and a legal day, so that it stays short; a hold ends with its day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera.guards import CameraFacts, check_camera
from domain.camera.uses import check_of, check_purpose_of, check_running
from domain.case.inputs import words
from domain.clock import LEGAL_TIME, legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal

PTZ: Final = "camera.ptz"
LONGEST_PRESET: Final = 64


class Movement(StrEnum):
    """What a camera is told."""

    MOVE = "MOVE"
    GO_TO = "GO_TO"
    PRESET = "PRESET"
    STOP = "STOP"


class Outcome(StrEnum):
    """What became of a command. UNKNOWN is honest: it went, and no answer came that says."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    UNREACHABLE = "UNREACHABLE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class Order:
    """A command to a camera: how fast to move, where to go, which preset to take, or to stop.

    Pan, tilt and zoom are -1 to 1 of what the camera can do.
    """

    movement: Movement
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    preset: str | None = None


@dataclass(frozen=True)
class Reply:
    """What a camera answered, and one word on why."""

    outcome: Outcome
    detail: str | None = None


class Ptz(Protocol):
    """Cameras that can be moved."""

    def send(self, camera_id: UUID, order: Order) -> Reply:
        """Tell a camera; whatever goes wrong is a reply."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Who holds the controls of a camera, how high their unit ranks, and until when they need not hurry."""

    hold_id: UUID
    by: str
    unit_id: UUID
    rank: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What a guard looks at: a camera, and who holds its controls if somebody does."""

    camera: CameraFacts
    hold: Hold | None

    def held(self, now: datetime) -> Hold | None:
        """The hold that stands now."""
        return self.hold if self.hold is not None and now < self.hold.until else None


def rank_of(context: Context) -> int:
    """How high the actor's unit ranks at the controls; the regulation's data says."""
    return context.rulebook.settings.uses.control_ranks.get(context.actor.unit_kind, 0)


# -- guards -------------------------------------------------------------------------


def check_reserve(controls: Controls, context: Context) -> Refusal | None:
    """Whoever may control a camera takes its controls: free, their own, or of a unit that ranks lower."""
    refusal = check_of(controls.camera, context, PTZ) or check_running(controls.camera, context)
    hold = controls.held(context.now)
    if refusal is None and hold is not None and not _own(hold, context) and rank_of(context) <= hold.rank:
        return WrongState(
            f"Camera đang được điều khiển đến {_clock(hold.until)}, đơn vị giữ có thứ tự không thấp hơn",
            f"The controls are held until {_clock(hold.until)} by a unit that does not rank lower",
            rule=context.rule_of(PTZ),
            retryable=True,
        )
    return refusal


def check_holds(controls: Controls, context: Context) -> Refusal | None:
    """Whoever holds the controls moves the camera, stops it, and lets go."""
    refusal = check_of(controls.camera, context, PTZ) or check_running(controls.camera, context)
    if refusal is not None:
        return refusal
    hold = controls.held(context.now)
    if hold is None or not _own(hold, context):
        return WrongState(
            "Chưa giữ quyền điều khiển camera này; hãy gọi reserveCamera",
            "The controls are not yours; take them by reserveCamera",
            rule=context.rule_of(PTZ),
        )
    return None


def check_force(controls: Controls, context: Context) -> Refusal | None:
    """Whoever administers the camera makes somebody let go of the controls, whatever their rank."""
    refusal = check_camera(controls.camera, context, "camera.administer")
    if refusal is None and controls.held(context.now) is None:
        return WrongState(
            "Không ai đang giữ quyền điều khiển",
            "Nobody holds the controls",
            rule=context.rule_of("camera.administer"),
        )
    return refusal


GUARDS: Final[dict[str, Callable[[Controls, Context], Refusal | None]]] = {
    "reserveCamera": check_reserve,
    "moveCamera": check_holds,
    "stopCamera": check_holds,
    "releaseCamera": check_holds,
    "forceReleaseCamera": check_force,
}


def _own(hold: Hold, context: Context) -> bool:
    return hold.by == str(context.actor.account_id)


def _clock(instant: datetime) -> str:
    return instant.astimezone(LEGAL_TIME).strftime("%H:%M:%S")


class CameraControl(Aggregate):
    """The controls of one camera on one day."""

    TOPIC = "camera-control"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened at the controls."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "camera-control:created"

    @dataclass(frozen=True)
    class Begun(Created):
        """Somebody takes the controls for the first time that day."""

        TOPIC = "camera-control:begun"
        camera_id: UUID

    @dataclass(frozen=True)
    class Reserved(Event):
        """Somebody holds the controls, until then unless they go on."""

        TOPIC = "camera-control:reserved"
        hold_id: UUID
        camera_id: UUID
        area_path: str
        rank: int
        purpose: str
        until: datetime

    @dataclass(frozen=True)
    class TakenOver(Event):
        """A unit of higher rank took the controls from whoever held them."""

        TOPIC = "camera-control:taken-over"
        hold_id: UUID

    @dataclass(frozen=True)
    class Released(Event):
        """Whoever held the controls let go."""

        TOPIC = "camera-control:released"
        hold_id: UUID

    @dataclass(frozen=True)
    class ForceReleased(Event):
        """Whoever administers the camera ended a hold, for this reason."""

        TOPIC = "camera-control:force-released"
        hold_id: UUID
        text: Personal[str]

    @dataclass(frozen=True)
    class Commanded(Event):
        """The camera is about to be told this; whoever holds it holds it for longer."""

        TOPIC = "camera-control:commanded"
        hold_id: UUID
        command_id: UUID
        movement: str
        pan: float
        tilt: float
        zoom: float
        preset: str | None
        until: datetime

    @dataclass(frozen=True)
    class Answered(Event):
        """What became of a command."""

        TOPIC = "camera-control:answered"
        hold_id: UUID
        command_id: UUID
        outcome: str
        detail: str | None

    @staticmethod
    def create_id(camera_id: UUID, day: date) -> UUID:
        """One camera, one day, one log of its controls."""
        return uuid5(camera_id, f"/controls/{day.isoformat()}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def begin(cls, context: Context, camera: CameraFacts, *, hold_id: UUID, purpose: str) -> "CameraControl":
        """Take the controls, the first of the day to do so."""
        refuse(check_reserve(Controls(camera=camera, hold=None), context))
        refuse(_check_purpose(camera, context, purpose))
        with acting(context.envelope(PTZ, reason=purpose)):
            made = cls._create(
                cls.Begun,
                id=cls.create_id(camera.camera_id, legal_date(context.now)),
                camera_id=camera.camera_id,
            )
        made.reserve(context, camera, hold_id=hold_id, purpose=purpose)
        return made

    def reserve(self, context: Context, camera: CameraFacts, *, hold_id: UUID, purpose: str) -> None:
        """Take the controls; whoever has them already keeps them, which records nothing."""
        controls = Controls(camera=camera, hold=self.hold)
        refuse(check_reserve(controls, context))
        refuse(_check_purpose(camera, context, purpose))
        held = controls.held(context.now)
        if held is not None and _own(held, context):
            return
        with acting(context.envelope(PTZ, reason=purpose)):
            if held is not None:
                self.trigger_event(self.TakenOver, hold_id=held.hold_id)
            self.trigger_event(
                self.Reserved,
                hold_id=hold_id,
                camera_id=self.camera_id,
                area_path=camera.area_path,
                rank=rank_of(context),
                purpose=purpose,
                until=_until(context),
            )

    def command(self, context: Context, camera: CameraFacts, order: Order, *, command_id: UUID) -> bool:
        """Put a command on record before it goes; False where it is on record already, and went."""
        if command_id in self.commands:
            return False
        refuse(check_holds(Controls(camera=camera, hold=self.hold), context))
        _check_order(order)
        with acting(context.envelope(PTZ)):
            self.trigger_event(
                self.Commanded,
                hold_id=self.held_id,
                command_id=command_id,
                movement=order.movement.value,
                pan=order.pan,
                tilt=order.tilt,
                zoom=order.zoom,
                preset=order.preset,
                until=_until(context),
            )
        return True

    def answer(self, context: Context, reply: Reply, *, command_id: UUID) -> None:
        """Put on record what became of a command, whoever holds the controls by now; once."""
        hold_id = self.commands.get(command_id)
        if hold_id is None or command_id in self.answered:
            return
        with acting(context.envelope(PTZ)):
            self.trigger_event(
                self.Answered,
                hold_id=hold_id,
                command_id=command_id,
                outcome=reply.outcome.value,
                detail=reply.detail,
            )

    def release(self, context: Context, camera: CameraFacts) -> None:
        """Let go."""
        refuse(check_holds(Controls(camera=camera, hold=self.hold), context))
        with acting(context.envelope(PTZ)):
            self.trigger_event(self.Released, hold_id=self.held_id)

    def force(self, context: Context, camera: CameraFacts, *, why: str) -> None:
        """Make whoever holds the controls let go."""
        refuse(check_force(Controls(camera=camera, hold=self.hold), context))
        words("reason", why)
        with acting(context.envelope("camera.administer")):
            self.trigger_event(self.ForceReleased, hold_id=self.held_id, text=Personal.said(self.id, why))

    # -- state --------------------------------------------------------------

    @event(Begun)
    def __init__(self, camera_id: UUID) -> None:
        self.camera_id = camera_id
        self.hold: Hold | None = None
        self.commands: dict[UUID, UUID] = {}
        self.answered: set[UUID] = set()

    @property
    def held_id(self) -> UUID:
        """The hold that stands; a guard has said that one does."""
        if self.hold is None:
            raise LookupError(f"nobody holds the controls {self.id}")
        return self.hold.hold_id

    @event(Reserved)
    def _reserved(self, hold_id: UUID, rank: int, until: datetime, envelope: envelope.Envelope) -> None:
        unit_id = envelope.unit_id
        if unit_id is not None:
            self.hold = Hold(hold_id=hold_id, by=envelope.by, unit_id=unit_id, rank=rank, until=until)

    @event(TakenOver)
    def _taken_over(self) -> None:
        self.hold = None

    @event(Released)
    def _released(self) -> None:
        self.hold = None

    @event(ForceReleased)
    def _force_released(self) -> None:
        self.hold = None

    @event(Commanded)
    def _commanded(self, hold_id: UUID, command_id: UUID, until: datetime) -> None:
        self.commands[command_id] = hold_id
        if self.hold is not None:
            self.hold = Hold(**{**vars(self.hold), "until": until})

    @event(Answered)
    def _answered(self, command_id: UUID) -> None:
        self.answered.add(command_id)


def _until(context: Context) -> datetime:
    """When a hold ends that nobody uses: after the time the profile gives, and with its day at the latest."""
    tomorrow = datetime.combine(legal_date(context.now) + timedelta(days=1), datetime.min.time(), LEGAL_TIME)
    seconds = context.rulebook.settings.uses.control_s
    return min(context.now + timedelta(seconds=seconds), tomorrow.astimezone(context.now.tzinfo))


def _check_purpose(camera: CameraFacts, context: Context, purpose: str) -> Refusal | None:
    return context.check_purpose(purpose) or check_purpose_of(camera, context, PTZ, purpose)


def _check_order(order: Order) -> None:
    for path, value in (("pan", order.pan), ("tilt", order.tilt), ("zoom", order.zoom)):
        if not -1 <= value <= 1:
            raise InvalidInput(path, "phải từ -1 đến 1", "must be from -1 to 1")
    if order.movement is Movement.PRESET:
        words("preset", order.preset or "", longest=LONGEST_PRESET)
