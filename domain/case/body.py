"""What a case remembers: what its guards look at, and what its decisions ask of the past. Nothing here may refuse."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.case.clocks import Clock, started
from domain.case.state import CaseState
from domain.clock import legal_date
from domain.context import Context
from domain.documents import Made
from domain.rules import Track


class CaseBody(Aggregate):
    """The state of a case: each phase of the procedure reads it, and its events change it."""

    def __init__(
        self,
        number: str,
        camera_id: UUID,
        domain: str,
        area_path: str,
        holder_unit_id: UUID,
        rule: str,
        occurred_at: datetime,
        detected_at: datetime,
        clocks: tuple[Clock, ...] = (),
        track: str = Track.SUPPLIED.value,
    ) -> None:
        self.number = number
        self.camera_id = camera_id
        self.domain = domain
        self.kind = rule
        self.track = track
        self.area_path = area_path
        self.state: str = CaseState.DETECTED
        self.marks: set[str] = set()
        self.clocks = {clock.timer: clock for clock in clocks}
        self.ran = dict(self.clocks)
        """Each clock as it runs, or ran before it was stopped."""
        self.at: dict[str, datetime] = {"detected": detected_at}
        """When each kind of event took place last, by the end of its topic."""
        self.occurred_at = occurred_at
        self.limitation_from = occurred_at
        self.detected_at = detected_at
        self.holder_unit_id = holder_unit_id
        self.detecting_unit_id = holder_unit_id
        self.assignee: UUID | None = None
        self.approved_by: str | None = None
        self.approving_unit_id: UUID | None = None
        self.finding: str | None = None
        self.before_referral: str | None = None
        self.plate_known = False
        self.duplicates: set[UUID] = set()
        self.no_duplicates: set[UUID] = set()
        self.vehicle_group: str | None = None
        self.violator_is_organisation = False
        self.late_without_reason: dict[str, UUID] = {}
        self.editions: dict[str, int] = {}
        self.documents: dict[UUID, Made] = {}
        self.told: set[tuple[str, str, str]] = set()
        self.forget_record()

    def forget_record(self) -> None:
        """There is no record, and so no decision."""
        self.record_number: str | None = None
        self.drawn_by: str | None = None
        self.offence_code: str | None = None
        self.explanation_form: str | None = None
        self.session_announced = False
        self.forget_decision()

    def forget_decision(self) -> None:
        """There is no decision; what was paid for one is to be given back, outside of this system."""
        self.decision_number: str | None = None
        self.fine = 0
        self.execute_within_days = 0
        self.payments: list[tuple[datetime, int]] = []

    # -- what decisions ask of the past ---------------------------------------

    @property
    def occurred_on(self) -> date:
        """The day of the act, whose decree on fines counts (NĐ 168/2024 Đ54)."""
        return legal_date(self.occurred_at)

    def limitation(self, context: Context, unit_id: UUID) -> tuple[Clock, ...]:
        """The limitation of the act as the obligation of a unit; a security case has none."""
        if self.domain != "TRAFFIC":
            return ()
        return started(context, "LIMITATION", self.limitation_from, unit_id)

    def again(self, unit_id: UUID, *timers: str) -> tuple[Clock, ...]:
        """The first of *timers* that ever ran, as it ran last: what was stopped by mistake had not ended otherwise."""
        ran = next((self.ran[timer] for timer in timers if timer in self.ran), None)
        return (replace(ran, unit_id=unit_id),) if ran else ()

    @property
    def drawn_at(self) -> datetime:
        """When the record was drawn."""
        return self.at["record-drawn"]
