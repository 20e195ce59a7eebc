"""The clocks of a case and of a camera, as rows: whose each was, until when, and how it ended.

One row is one run of one timer: it goes on while the clock is extended, counted anew, passed to another unit, or
opened again after it was stopped, with everybody who had it meanwhile. Whoever has it last answers for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

from domain.camera import Camera
from domain.camera.events import Registered, Timed
from domain.camera.life import CONNECT_CAMERA
from domain.case import Case
from domain.case.clocks import Clock, Stopped
from domain.case.events import Event as CaseEvent
from domain.case.lateness import MEANT
from domain.case.proposal import Detected
from domain.case.receipt import Opened
from domain.clock import Calendar, Missed, due_soon_at
from domain.envelope import Event
from domain.personal import Personal
from domain.succession import CameraSucceeded
from policies.reading import NATIONAL
from policies.rulebook import PROFILES, load
from projections.camera_registry import TIERS

NO_RUN: Final = 0
"""The row of what has run no clock: it keeps what a clock that is started later will be shown with."""


class ObligationState(StrEnum):
    """How far an obligation is."""

    OPEN = "OPEN"
    MET = "MET"  # the act it is for came in time
    LATE = "LATE"  # it came, or something else ended the clock, when its time was over
    LAPSED = "LAPSED"  # something else ended it in time, or a right was not used


class ObligationNoun(StrEnum):
    """What has obligations."""

    CASE = "CASE"
    CAMERA = "CAMERA"


@dataclass(kw_only=True, slots=True)
class ObligationRow:
    """A run of a clock, with what the rows of its noun are chosen by."""

    noun: str
    subject_id: UUID
    timer: str
    run: int
    number: str
    """The number of a case, the code of a camera."""
    variant: str | None = None
    started_at: datetime
    due: datetime
    due_soon_at: datetime
    rule: str
    missed: str
    hard: bool
    provisional: bool
    unit_id: UUID
    person: UUID | None = None
    holders: list[dict[str, Any]] = field(default_factory=list)
    """Everybody who had it: `unit`, `person` and `since`, the first one first."""
    state: str = ObligationState.OPEN.value
    ended: bool = False
    due_soon_told_at: datetime | None = None
    missed_told_at: datetime | None = None
    tell_at: datetime | None = None
    """When the scheduler has something to say of it."""
    stopped_at: datetime | None = None
    reason: str | None = None
    reason_owed: bool = False
    assignee: UUID | None = None
    detecting_unit_id: UUID | None = None
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    @property
    def sealed_reason(self) -> Personal[str] | None:
        """Why it came late, for whoever may open it."""
        return Personal(self.subject_id, sealed=self.reason) if self.reason else None


@cache
def calendar_of(version: str) -> Calendar:
    """The working days of the regulation under whose version an act was recorded."""
    profile = version.partition("@")[0]
    return load(profile if profile in PROFILES else NATIONAL).calendar


class Clocks:
    """The clocks of one noun: events run and stop them, and pass them on with what they are of."""

    meant: ClassVar[Mapping[str, tuple[type[Event], ...]]]
    """The acts that each clock is for; what is stopped in time by another has lapsed."""

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        self.rows = list(rows)
        self.last = {row.timer: row for row in sorted(rows, key=lambda row: row.run)}

    def move(self, event: Event, position: int) -> None:
        """What becomes of the rows by one event."""
        self._pass(event)
        for ended in getattr(event, "stopped", ()):
            self._stop(ended, event, position)
        for clock in (clocks := getattr(event, "clocks", ())):
            self._start(clock, event)
        self._say(event, position)
        self._settle(event, position, {clock.timer for clock in clocks})

    def _pass(self, event: Event) -> None:
        """Change who has what the clocks are of."""
        raise NotImplementedError

    def _say(self, event: Event, position: int) -> None:
        """Keep what was said of a clock."""
        raise NotImplementedError

    def _follow(self, row: ObligationRow) -> None:
        """Everything of a row that follows from who has what it is of; of one that has ended, as it ended."""
        raise NotImplementedError

    def _stop(self, ended: Stopped, event: Event, position: int) -> ObligationRow | None:
        """A clock runs no more; its row, if it ran."""
        row = self.last.get(ended.timer)
        if row is None or row.ended:
            return None
        at = event.envelope.took_place_at
        if ended.late or (row.missed != Missed.RIGHT_LOST and at >= row.due):
            row.state = ObligationState.LATE.value
        else:
            met = isinstance(event, self.meant.get(row.timer, ()))
            row.state = (ObligationState.MET if met else ObligationState.LAPSED).value
        row.ended, row.stopped_at, row.position = True, at, position
        return row

    def _start(self, clock: Clock, event: Event) -> None:
        """A clock runs from now on, or runs otherwise than before."""
        row = self.last.get(clock.timer)
        if row is None or (row.ended and row.started_at != clock.started_at):
            row = self._another(clock, run=row.run + 1 if row else NO_RUN + 1)
        elif row.due != clock.due:
            row.due_soon_told_at = row.missed_told_at = None
        row.variant, row.started_at, row.due = clock.variant, clock.started_at, clock.due
        row.due_soon_at = due_soon_at(clock.started_at, clock.due, calendar_of(event.envelope.rulebook))
        row.rule, row.missed, row.hard, row.provisional = (
            clock.rule,
            clock.missed,
            clock.hard,
            clock.provisional,
        )
        row.state, row.ended, row.stopped_at, row.reason = ObligationState.OPEN.value, False, None, None
        if row.unit_id != clock.unit_id:
            row.unit_id, row.person = clock.unit_id, None

    def _another(self, clock: Clock, run: int) -> ObligationRow:
        known = self.rows[0]
        row = ObligationRow(
            noun=known.noun,
            subject_id=known.subject_id,
            timer=clock.timer,
            run=run,
            number=known.number,
            started_at=clock.started_at,
            due=clock.due,
            due_soon_at=clock.due,
            rule=clock.rule,
            missed=clock.missed,
            hard=clock.hard,
            provisional=clock.provisional,
            unit_id=clock.unit_id,
            detecting_unit_id=known.detecting_unit_id,
            position=known.position,
            area_path=known.area_path,
            owner_unit=known.owner_unit,
            tier=known.tier,
        )
        self.rows.append(row)
        self.last[clock.timer] = row
        return row

    def _settle(self, event: Event, position: int, restarted: Collection[str]) -> None:
        """Let every row follow, and mark those that are otherwise than before."""
        for row in self.rows:
            before = _told(row)
            self._follow(row)
            row.tell_at = _tell_at(row)
            if not row.ended:
                _held(row, event.envelope.took_place_at)
            again = row.timer in restarted and self.last[row.timer] is row
            if again or before != _told(row):
                row.position = position


def _held(row: ObligationRow, at: datetime) -> None:
    has = {"unit": str(row.unit_id), "person": str(row.person) if row.person else None}
    if not row.holders or not row.holders[-1].items() >= has.items():
        row.holders = [*row.holders, {**has, "since": at.astimezone(UTC).isoformat()}]


def _told(row: ObligationRow) -> tuple[object, ...]:
    """What of a row follows from the rest of what it is of."""
    return row.owner_unit, row.unit_id, row.detecting_unit_id, row.assignee, row.tell_at, len(row.holders)


def _tell_at(row: ObligationRow) -> datetime | None:
    if row.ended or row.missed_told_at is not None:
        return None
    return row.due_soon_at if row.due_soon_told_at is None else row.due


def no_run(
    event: Event,
    position: int,
    noun: ObligationNoun,
    *,
    at: datetime,
    number: str,
    unit_id: UUID,
    owner_unit: UUID,
    **said: Any,
) -> ObligationRow:
    """The row of something of which no clock runs."""
    return ObligationRow(
        noun=noun.value,
        subject_id=event.originator_id,
        timer="",
        run=NO_RUN,
        number=number,
        started_at=at,
        due=at,
        due_soon_at=at,
        rule="",
        missed="",
        hard=False,
        provisional=False,
        unit_id=unit_id,
        ended=True,
        position=position,
        owner_unit=owner_unit,
        **said,
    )


class CaseClocks(Clocks):
    """The clocks of one case: events move it as they move the case itself, as far as clocks and holders go."""

    meant = MEANT

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        super().__init__(rows)
        self.holder_unit_id = rows[0].owner_unit
        self.detecting_unit_id = rows[0].detecting_unit_id or rows[0].owner_unit
        self.assignee = rows[0].assignee
        self.late_without_reason = {row.timer: row.unit_id for row in self.rows if row.reason_owed}
        # what events move besides, and nobody asks for here
        self.state = ""
        self.marks: set[str] = set()
        self.clocks: dict[str, Clock] = {}
        self.duplicates: set[UUID] = set()
        self.approved_by: str | None = None
        self.approving_unit_id: UUID | None = None
        self.finding: str | None = None
        self.before_referral: str | None = None

    @classmethod
    def of(cls, event: Detected | Opened, position: int) -> "CaseClocks":
        """Those that a case begins with."""
        unit_id = event.holder_unit_id
        begun = cls(
            [
                no_run(
                    event,
                    position,
                    ObligationNoun.CASE,
                    at=event.detected_at,
                    number=event.number,
                    unit_id=unit_id,
                    owner_unit=unit_id,
                    detecting_unit_id=unit_id,
                    area_path=event.area_path,
                )
            ]
        )
        begun.move(event, position)
        if event.clocks:
            begun.rows.pop(0)
        return begun

    def _pass(self, event: Event) -> None:
        if isinstance(event, CaseEvent):
            event.move(self)

    def _stop(self, ended: Stopped, event: Event, position: int) -> ObligationRow | None:
        row = super()._stop(ended, event, position)
        if row is not None and isinstance(event, CaseEvent):
            row.reason = event.late_reason.sealed if ended.late and event.late_reason else None
            row.reason_owed = ended.timer in self.late_without_reason
        return row

    def _say(self, event: Event, position: int) -> None:
        match event:
            case Case.ClockDueSoon() if row := self.last.get(event.timer):
                row.due_soon_told_at, row.position = event.envelope.took_place_at, position
            case Case.ClockMissed() if row := self.last.get(event.timer):
                row.missed_told_at, row.position = event.envelope.took_place_at, position
            case Case.DelayExplained():
                for row in self.rows:
                    if row.timer == event.timer and row.reason_owed:
                        row.reason, row.reason_owed, row.position = event.text.sealed, False, position
            case _:
                pass

    def _follow(self, row: ObligationRow) -> None:
        """Whoever is to act on the case has what is the obligation of its holder; of others' nobody in person."""
        row.owner_unit, row.assignee = self.holder_unit_id, self.assignee
        row.detecting_unit_id = self.detecting_unit_id
        if not row.ended and row.unit_id == self.holder_unit_id:
            row.person = self.assignee


class CameraClocks(Clocks):
    """The clocks of one camera: an obligation of the body that manages it, whichever that is while they run."""

    meant: ClassVar[Mapping[str, tuple[type[Event], ...]]] = {CONNECT_CAMERA: (Camera.Connected,)}
    listens_to: ClassVar = (
        Camera.Registered,
        Timed,
        Camera.ConnectionDueSoon,
        Camera.ConnectionMissed,
        Camera.Transferred,
        CameraSucceeded,
    )
    """What moves them; what else happens to a camera, which is much, is nothing to them."""

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        super().__init__(rows)
        [known] = [row for row in rows if row.run == NO_RUN]
        self.operating_unit_id, self.manager_unit_id = known.owner_unit, known.unit_id

    @classmethod
    def of(cls, event: Registered, position: int) -> "CameraClocks":
        """None of them runs when a camera is registered; what is kept is whose it is."""
        return cls(
            [
                no_run(
                    event,
                    position,
                    ObligationNoun.CAMERA,
                    at=event.envelope.took_place_at,
                    number=event.code,
                    unit_id=event.manager_unit_id or event.operating_unit_id,
                    owner_unit=event.operating_unit_id,
                    area_path=event.area_path,
                    tier=TIERS.get(event.camera_class, 0),
                )
            ]
        )

    def _pass(self, event: Event) -> None:
        match event:
            case Camera.Transferred():
                self.operating_unit_id, self.manager_unit_id = event.operating_unit_id, event.manager_unit_id
            case CameraSucceeded():
                heir = {event.from_unit_id: event.to_unit_id}
                self.operating_unit_id = heir.get(self.operating_unit_id, self.operating_unit_id)
                self.manager_unit_id = heir.get(self.manager_unit_id, self.manager_unit_id)
            case _:
                pass

    def _say(self, event: Event, position: int) -> None:
        match event:
            case Camera.ConnectionDueSoon() if row := self.last.get(CONNECT_CAMERA):
                row.due_soon_told_at, row.position = event.envelope.took_place_at, position
            case Camera.ConnectionMissed() if row := self.last.get(CONNECT_CAMERA):
                row.missed_told_at, row.position = event.envelope.took_place_at, position
            case _:
                pass

    def _follow(self, row: ObligationRow) -> None:
        row.owner_unit = self.operating_unit_id
        if not row.ended or row.run == NO_RUN:
            row.unit_id = self.manager_unit_id
