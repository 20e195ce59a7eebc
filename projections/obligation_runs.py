"""A clock of something as rows: whose it was, until when, and how it ended.

One row is one run of one timer: it goes on while the clock is extended, counted anew, passed to another unit, or
opened again after it was stopped, with everybody who had it meanwhile. Whoever has it last answers for it.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

from domain.case.clocks import Clock, Stopped
from domain.clock import Calendar, Missed, due_soon_at
from domain.envelope import Event
from domain.personal import Personal
from policies.reading import NATIONAL
from policies.rulebook import PROFILES, load

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
    INCIDENT = "INCIDENT"


@dataclass(kw_only=True, slots=True)
class ObligationRow:
    """A run of a clock, with what the rows of its noun are chosen by."""

    noun: str
    subject_id: UUID
    timer: str
    run: int
    number: str
    """The number of a case or an incident, the code of a camera."""
    variant: str | None = None
    started_at: datetime
    due: datetime
    due_soon_at: datetime
    rule: str
    missed: str
    hard: bool
    provisional: bool
    unit_id: UUID | None
    """Whose it is; of an incident that nobody has taken on, of a system without an operator, it is nobody's yet."""
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


class Clocks(ABC):
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

    @abstractmethod
    def _pass(self, event: Event) -> None:
        """Change who has what the clocks are of."""

    @abstractmethod
    def _say(self, event: Event, position: int) -> None:
        """Keep what was said of a clock."""

    @abstractmethod
    def _follow(self, row: ObligationRow) -> None:
        """Everything of a row that follows from who has what it is of; of one that has ended, as it ended."""

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
    if row.unit_id is None:
        return
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
    unit_id: UUID | None,
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
