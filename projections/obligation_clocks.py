"""The clocks of cases, cameras and incidents: what of each event moves them, and whose they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
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
from domain.clock import Missed, due_soon_at
from domain.envelope import Event
from domain.incident import Incident
from domain.incident.events import Reported
from domain.incident.incident import TIMER as FIX_INCIDENT
from domain.succession import CameraSucceeded, IncidentSucceeded
from projections.camera_registry import TIERS
from projections.obligation_runs import (
    NO_RUN,
    Clocks,
    ObligationNoun,
    ObligationRow,
    ObligationState,
    calendar_of,
    no_run,
)


class CaseClocks(Clocks):
    """The clocks of one case: events move it as they move the case itself, as far as clocks and holders go."""

    meant = MEANT

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        super().__init__(rows)
        self.holder_unit_id = rows[0].owner_unit
        self.detecting_unit_id = rows[0].detecting_unit_id or rows[0].owner_unit
        self.assignee = rows[0].assignee
        self.late_without_reason = {
            row.timer: row.unit_id for row in self.rows if row.reason_owed and row.unit_id is not None
        }
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
        self.operating_unit_id = known.owner_unit
        self.manager_unit_id = known.unit_id or known.owner_unit

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


class IncidentClocks(Clocks):
    """The one clock of an incident: of the unit that received it, and until then of the one that operates the camera.

    It runs from the earlier of detection and notice until the incident was fixed, and goes on where it was not.
    """

    def __init__(self, rows: Sequence[ObligationRow]) -> None:
        super().__init__(rows)
        [self.row] = rows
        self.unit_id = self.row.unit_id
        self.reporting_unit_id = self.row.owner_unit

    @classmethod
    def of(cls, event: Reported, position: int) -> "IncidentClocks":
        """It begins with the report, where the regulation sets a time."""
        begun = cls(
            [
                no_run(
                    event,
                    position,
                    ObligationNoun.INCIDENT,
                    at=min(event.detected_at, event.notified_at),
                    number=event.number,
                    unit_id=event.operating_unit_id,
                    owner_unit=event.reporting_unit_id,
                    area_path=event.area_path,
                    tier=TIERS.get(event.camera_class or "", 0),
                )
            ]
        )
        if event.due is not None:
            row = begun.row
            row.timer, row.run, row.ended = FIX_INCIDENT, NO_RUN + 1, False
            row.rule, row.missed = event.due_rule or "", Missed.LATE.value
            begun._runs(row.started_at, event.due, event)
            begun.move(event, position)
        return begun

    def _runs(self, started_at: datetime, due: datetime, event: Event) -> None:
        row = self.row
        row.started_at, row.due = started_at, due
        row.due_soon_at = due_soon_at(started_at, due, calendar_of(event.envelope.rulebook))

    def _ended(self, at: datetime) -> None:
        late = at >= self.row.due
        self.row.state = (ObligationState.LATE if late else ObligationState.MET).value
        self.row.ended, self.row.stopped_at = True, at

    def _pass(self, event: Event) -> None:
        match event:
            case Incident.Received():
                self.unit_id = event.envelope.unit_id
            case IncidentSucceeded():
                if self.unit_id == event.from_unit_id:
                    self.unit_id = event.to_unit_id
                if self.reporting_unit_id == event.from_unit_id:
                    self.reporting_unit_id = event.to_unit_id
            case _:
                pass

    def _say(self, event: Event, position: int) -> None:
        row, at = self.row, event.envelope.took_place_at
        if row.run == NO_RUN:
            return
        match event:
            case Incident.Fixed():
                self._ended(event.fixed_at)
                row.reason = event.late_reason.sealed if event.late_reason else None
            case Incident.Reopened():
                row.state, row.ended = ObligationState.OPEN.value, False
                row.stopped_at = row.reason = None
            case Incident.Backdated() if event.due is not None:
                self._runs(min(event.detected_at, row.started_at), event.due, event)
                if row.stopped_at is not None:
                    self._ended(row.stopped_at)
            case Incident.DueSoon():
                row.due_soon_told_at = at
            case Incident.Overdue():
                row.missed_told_at = at
            case _:
                return
        row.position = position

    def _follow(self, row: ObligationRow) -> None:
        row.owner_unit = self.reporting_unit_id
        if row.run != NO_RUN:  # one that was fixed may be reopened yet, and is then its successor's as well
            row.unit_id = self.unit_id
