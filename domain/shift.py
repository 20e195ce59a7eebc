"""A shift (*ca trực*) and its log (*nhật ký vận hành*): opened, devices confirmed, entries, closed, handed over.

Whoever is on duty keeps it and confirms the state of the equipment (R-QT-6.2.c, R-QT-6.2.d, R-QT-12.4.a). What was
entered stays: a correction is an entry of its own that names the one it corrects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse, wrong_state
from domain.personal import Personal


class ShiftState(StrEnum):
    """How far a shift is."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"  # open, and the state of the devices was confirmed
    CLOSED = "CLOSED"


class EntryKind(StrEnum):
    """What is entered (R-QT-6.2.d)."""

    NOTE = "NOTE"
    ADVICE = "ADVICE"  # to maintain, calibrate, verify, repair or replace something
    CORRECTION = "CORRECTION"


class ShiftFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a shift."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def area_path(self) -> str:
        """The area of its unit."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that is on duty."""


# -- guards -------------------------------------------------------------------------


def check_open(context: Context) -> Refusal | None:
    """Whoever may keep the log of their unit opens a shift."""
    return context.check_may("shift.keep", facts=frozenset({"own-unit"}))


def check_view(one: ShiftFacts, context: Context) -> Refusal | None:
    """Its unit sees it, and the audit of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    return _check_own(one, context)


def _check_own(one: ShiftFacts, context: Context, *states: ShiftState) -> Refusal | None:
    own = one.owner_unit == context.actor.unit_id
    refusal = context.check_may("shift.keep", facts=frozenset({"own-unit"} if own else ()))
    if refusal is None and states and one.state not in states:
        return wrong_state("Ca trực", "The shift", one.state, *states, rule=_rule(context))
    return refusal


def check_confirm(one: ShiftFacts, context: Context) -> Refusal | None:
    """Guard: it is open."""
    return _check_own(one, context, ShiftState.OPEN, ShiftState.CONFIRMED)


def check_enter(one: ShiftFacts, context: Context) -> Refusal | None:
    """Guard: it is open; what is closed is only corrected."""
    return _check_own(one, context, ShiftState.OPEN, ShiftState.CONFIRMED)


def check_correct(one: ShiftFacts, context: Context) -> Refusal | None:
    """Guard: it is one's unit's, open or closed."""
    return _check_own(one, context, *ShiftState)


def check_close(one: ShiftFacts, context: Context) -> Refusal | None:
    """Guard: it is open, and the state of the devices was confirmed."""
    return _check_own(one, context, ShiftState.CONFIRMED)


GUARDS: Final[dict[str, Callable[[ShiftFacts, Context], Refusal | None]]] = {
    "confirmDevices": check_confirm,
    "enterShiftLog": check_enter,
    "correctShiftLog": check_correct,
    "closeShift": check_close,
}


def _rule(context: Context) -> str | None:
    """The rule that has somebody on duty at every hour, or else the one by which the unit may keep one."""
    duty = context.rulebook.settings.operation.duty
    return duty.get(context.actor.unit_kind) or context.rule_of("shift.keep")


class Shift(Aggregate):
    """A shift of one post. State keeps what the guards ask for."""

    TOPIC = "shift"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened in a shift."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "shift:created"

    @dataclass(frozen=True)
    class Opened(Created):
        """Somebody took a post over from the shift before."""

        TOPIC = "shift:opened"
        number: str
        post: str
        area_path: str
        after: UUID | None

    @dataclass(frozen=True)
    class DevicesConfirmed(Event):
        """All devices of the post work but these."""

        TOPIC = "shift:devices-confirmed"
        faulty_camera_ids: tuple[UUID, ...]
        text: Personal[str] | None

    @dataclass(frozen=True)
    class Entered(Event):
        """Something was written into the log."""

        TOPIC = "shift:entered"
        entry: int
        kind: str
        camera_id: UUID | None
        corrects: int | None
        text: Personal[str]

    @dataclass(frozen=True)
    class Closed(Event):
        """It is over; this is what the next one has to know."""

        TOPIC = "shift:closed"
        text: Personal[str]

    @staticmethod
    def create_id(unit_id: UUID, post: str, after: UUID | None) -> UUID:
        """A post has one shift after another, so two that are opened at once are one id, and one of them is refused."""
        return uuid5(after or unit_id, f"/shifts/{post}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def open(
        cls, context: Context, *, post: str, after: "Shift | None", number: Callable[[], str]
    ) -> "Shift":
        """Take a post over; the shift before must have been closed."""
        refuse(check_open(context))
        words("post", post, longest=LONGEST_NAME)
        if after is not None and after.state != ShiftState.CLOSED:
            raise WrongState(
                f"Ca {after.number} chưa đóng", f"The shift {after.number} is not closed", rule=_rule(context)
            )
        with acting(context.envelope("shift.keep", rule=_rule(context))):
            return cls._create(
                cls.Opened,
                id=cls.create_id(context.actor.unit_id, post, after.id if after else None),
                number=number(),
                post=post,
                area_path=context.actor.area_path,
                after=after.id if after else None,
            )

    def confirm(
        self, context: Context, *, faulty_camera_ids: tuple[UUID, ...] = (), text: str | None = None
    ) -> None:
        """Say that all devices work but these."""
        refuse(check_confirm(self, context))
        with acting(context.envelope("shift.keep", rule=_rule(context))):
            self.trigger_event(
                self.DevicesConfirmed,
                faulty_camera_ids=faulty_camera_ids,
                text=Personal.said(self.id, words("text", text)) if text is not None else None,
            )

    def enter(self, context: Context, *, kind: str, text: str, camera_id: UUID | None = None) -> None:
        """Write something into the log."""
        refuse(check_enter(self, context))
        if kind == EntryKind.CORRECTION:
            raise InvalidInput("kind", "dùng correctShiftLog", "a correction is made by correctShiftLog")
        self._enter(context, kind, text, camera_id, None)

    def correct(self, context: Context, *, entry: int, text: str) -> None:
        """Say what an entry should have said; it stays as it was."""
        refuse(check_correct(self, context))
        if not 1 <= entry <= self.entries:
            raise InvalidInput(
                "entry",
                f"sổ có {self.entries} mục",
                f"the log has {self.entries} entries",
                rule=_rule(context),
            )
        self._enter(context, EntryKind.CORRECTION, text, None, entry)

    def _enter(
        self, context: Context, kind: str, text: str, camera_id: UUID | None, corrects: int | None
    ) -> None:
        words("text", text, rule=_rule(context))
        with acting(context.envelope("shift.keep", rule=_rule(context))):
            self.trigger_event(
                self.Entered,
                entry=self.entries + 1,
                kind=str(kind),
                camera_id=camera_id,
                corrects=corrects,
                text=Personal.said(self.id, text),
            )

    def close(self, context: Context, *, text: str) -> None:
        """End it, and say what the next one has to know."""
        refuse(check_close(self, context))
        words("text", text, rule=_rule(context))
        with acting(context.envelope("shift.keep", rule=_rule(context))):
            self.trigger_event(self.Closed, text=Personal.said(self.id, text))

    # -- state --------------------------------------------------------------

    @event(Opened)
    def __init__(self, number: str, post: str, area_path: str, envelope: envelope.Envelope) -> None:
        self.number = number
        self.post = post
        self.area_path = area_path
        self.owner_unit = envelope.unit_id
        self.state: str = ShiftState.OPEN
        self.entries = 0

    @event(DevicesConfirmed)
    def _confirmed(self) -> None:
        self.state = ShiftState.CONFIRMED

    @event(Entered)
    def _entered(self, entry: int) -> None:
        self.entries = entry

    @event(Closed)
    def _closed(self) -> None:
        self.state = ShiftState.CLOSED
