"""A use of cameras: live view, face recognition, search. Allowed for a purpose and a while, and on record before it is.

Nothing is shown or computed here: the installation's media gateway and its analytics engine do that, and ask, at the
start and while they run, whether the use still stands (R-QT-7.3.0, R-DH-12.1.0, R-DB-7.2.0).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera.guards import CameraFacts
from domain.camera.uses import ACTION, UseKind, check_use_of, check_views, rule_on
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState, refuse


class Ending(StrEnum):
    """How a use ended."""

    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    TAKEN_OVER = "TAKEN_OVER"
    FORCED = "FORCED"


MOST_CAMERAS: Final = 100
LONGEST_CONNECTION: Final = 64


class UseFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a use."""

    @property
    def used_by(self) -> str:
        """Whose use it is."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit it was for."""

    @property
    def area_path(self) -> str:
        """The area that holds all its cameras."""

    @property
    def kind(self) -> str:
        """What the cameras are used for."""

    @property
    def until(self) -> datetime:
        """When it ends by itself."""

    @property
    def ended_how(self) -> str | None:
        """How it ended; None while it stands."""


# -- guards -------------------------------------------------------------------------


def check_view(use: UseFacts, context: Context) -> Refusal | None:
    """One sees one's own uses, the head of a unit those of the unit, the audit those of its area."""
    actor = context.actor
    own = use.used_by == str(actor.account_id)
    head = actor.leader and use.owner_unit == actor.unit_id
    if own or head:
        return check_views(context)
    refusal = context.check_may("audit.replay")
    if refusal is None and not actor.covers(use.area_path):
        return Forbidden(
            "Ngoài địa bàn của đơn vị", "Outside of the unit's area", rule=context.rule_of("audit.replay")
        )
    return refusal


def _check_own(use: UseFacts, context: Context) -> Refusal | None:
    rule = context.rulebook.rule_for("reading")
    if use.used_by != str(context.actor.account_id):
        return Forbidden("Lượt xem của người khác", "Another person's view", rule=rule)
    if use.kind != UseKind.LIVE_VIEW:
        return WrongState("Chỉ dành cho lượt xem trực tiếp", "This is for live views only", rule=rule)
    return check_views(context) or check_open(use, context.now, rule=rule)


def check_open(use: UseFacts, now: datetime, *, rule: str | None = None) -> Refusal | None:
    """It has not ended, and its time is not over."""
    if use.ended_how is not None or now >= use.until:
        return WrongState("Lượt sử dụng đã kết thúc", "The use has ended", rule=rule)
    return None


def check_extend(use: UseFacts, context: Context) -> Refusal | None:
    """Whoever watches may go on watching, once more as long."""
    return _check_own(use, context)


def check_end(use: UseFacts, context: Context) -> Refusal | None:
    """Whoever watches may stop."""
    return _check_own(use, context)


GUARDS: Final[dict[str, Callable[[UseFacts, Context], Refusal | None]]] = {
    "extendLiveView": check_extend,
    "endLiveView": check_end,
}


class CameraUse(Aggregate):
    """One use. State keeps what the guards ask for."""

    TOPIC = "camera-use"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a use."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "camera-use:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """Somebody may use these cameras until then, for this purpose; of footage, this window of it."""

        TOPIC = "camera-use:opened"
        kind: str
        camera_ids: list[UUID]
        area_path: str
        purpose: str
        document: str | None
        """What orders it; of face recognition always."""
        case_id: UUID | None
        starts_at: datetime | None
        ends_at: datetime | None
        until: datetime

    @dataclass(frozen=True)
    class Extended(Event):
        """It goes on until then."""

        TOPIC = "camera-use:extended"
        until: datetime

    @dataclass(frozen=True)
    class Served(Event):
        """The gateway or the engine says how long one connection really was."""

        TOPIC = "camera-use:served"
        connection: str
        seconds: int

    @dataclass(frozen=True)
    class Ended(Event):
        """It is over; where it was taken back, the code of the refusal."""

        TOPIC = "camera-use:ended"
        how: str
        code: str | None

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command opens one use, however often it is sent."""
        return uuid5(account_id, f"/camera-uses/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def open(
        cls,
        context: Context,
        *,
        use_id: UUID,
        kind: UseKind,
        cameras: Sequence[CameraFacts],
        purpose: str,
        document: str | None = None,
        case_id: UUID | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        also: frozenset[str] = frozenset(),
    ) -> "CameraUse":
        """Allow it, or refuse it for the first camera that is not theirs to use so."""
        limits = context.rulebook.settings.uses
        rule = context.rulebook.rule_for("reading")
        if not 1 <= len({camera.camera_id for camera in cameras}) <= MOST_CAMERAS:
            raise InvalidInput(
                "cameraIds",
                f"cần từ 1 đến {MOST_CAMERAS} camera",
                f"1 to {MOST_CAMERAS} cameras are expected",
            )
        refuse(context.check_purpose(purpose))
        for camera in cameras:
            refuse(check_use_of(camera, context, kind, purpose, also=also))
        if kind is UseKind.FACE_RECOGNITION:
            words("document", document or "", longest=LONGEST_NAME, rule=rule)
        if kind is not UseKind.LIVE_VIEW:
            _check_window(context, starts_at, ends_at, limits.search_window_s)
        stands_on = rule_on(cameras[0], context, ACTION[kind])
        with acting(context.envelope(ACTION[kind], reason=purpose, rule=stands_on)):
            return cls._create(
                cls.Opened,
                id=use_id,
                kind=kind.value,
                camera_ids=[camera.camera_id for camera in cameras],
                area_path=common_area([camera.area_path for camera in cameras]),
                purpose=purpose,
                document=some_words("document", document, longest=LONGEST_NAME),
                case_id=case_id,
                starts_at=starts_at,
                ends_at=ends_at,
                until=context.now + timedelta(seconds=limits.live_view_s),
            )

    def extend(self, context: Context, cameras: Sequence[CameraFacts]) -> None:
        """Go on watching for once more as long, while one still may."""
        refuse(check_extend(self, context))
        for camera in cameras:
            refuse(check_use_of(camera, context, UseKind(self.kind), self.purpose))
        until = context.now + timedelta(seconds=context.rulebook.settings.uses.live_view_s)
        with acting(context.envelope(ACTION[UseKind(self.kind)], reason=self.purpose, rule=self.rule)):
            self.trigger_event(self.Extended, until=until)

    def end(self, context: Context) -> None:
        """Stop."""
        refuse(check_end(self, context))
        with acting(context.envelope(ACTION[UseKind(self.kind)], reason=self.purpose, rule=self.rule)):
            self.trigger_event(self.Ended, how=Ending.CLOSED.value, code=None)

    def expire(self, now: datetime) -> None:
        """Its time is over; inside an act of the process that looks at the clock. Once is enough."""
        if self.ended_how is None and now >= self.until:
            self.trigger_event(self.Ended, how=Ending.EXPIRED.value, code=None)

    def revoke(self, why: Refusal) -> None:
        """It is no longer allowed; inside an act of the gateway that asked. Once is enough."""
        if self.ended_how is None:
            self.trigger_event(self.Ended, how=Ending.REVOKED.value, code=why.code)

    def serve(self, connection: str, seconds: int) -> None:
        """Take down how long a connection was; told twice, it was once."""
        if connection not in self.connections:
            self.trigger_event(self.Served, connection=connection, seconds=seconds)

    def check_allowed(
        self, context: Context, cameras: Sequence[CameraFacts], *, also: frozenset[str] = frozenset()
    ) -> Refusal | None:
        """Guard: whoever opened it would still be allowed to, now."""
        refusals = (
            check_use_of(camera, context, UseKind(self.kind), self.purpose, also=also) for camera in cameras
        )
        return next((refusal for refusal in refusals if refusal is not None), None)

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(
        self,
        kind: str,
        camera_ids: list[UUID],
        area_path: str,
        purpose: str,
        case_id: UUID | None,
        starts_at: datetime | None,
        ends_at: datetime | None,
        until: datetime,
        envelope: envelope.Envelope,
    ) -> None:
        self.kind = kind
        self.camera_ids = camera_ids
        self.area_path = area_path
        self.purpose = purpose
        self.case_id = case_id
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.until = until
        self.used_by = envelope.by
        self.delegation = envelope.delegation
        self.rule = envelope.rule
        self.owner_unit = envelope.unit_id
        self.ended_how: str | None = None
        self.connections: set[str] = set()

    @event(Extended)
    def _extended(self, until: datetime) -> None:
        self.until = until

    @event(Served)
    def _served(self, connection: str) -> None:
        self.connections.add(connection)

    @event(Ended)
    def _ended(self, how: str) -> None:
        self.ended_how = how


def common_area(paths: Sequence[str]) -> str:
    """The smallest area that holds all of these."""
    parts = [path.split("/") for path in paths]
    shared: list[str] = []
    for at_one_depth in zip(*parts, strict=False):
        if len(set(at_one_depth)) > 1:
            break
        shared.append(at_one_depth[0])
    return "/".join(shared)


def _check_window(
    context: Context, starts_at: datetime | None, ends_at: datetime | None, longest_s: int
) -> None:
    if starts_at is None or ends_at is None or starts_at >= ends_at:
        raise InvalidInput("to", "phải sau from", "must be after from")
    if ends_at > context.now:
        raise InvalidInput("to", "ở tương lai", "lies in the future")
    if (ends_at - starts_at).total_seconds() > longest_s:
        days = longest_s / 86_400
        raise InvalidInput("to", f"dài hơn {days:g} ngày", f"more than {days:g} days after from")
