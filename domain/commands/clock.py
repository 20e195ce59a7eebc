"""Commands of time itself: what the scheduler calls when a clock comes to its end."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate
from eventsourcing.persistence import RecordConflictError

from domain.camera import Camera
from domain.camera.life import CONNECT_CAMERA
from domain.case import Case
from domain.commands.application import CaseSystem, Decided
from domain.commands.case import SCHEDULER
from domain.context import Rulebook
from domain.envelope import Envelope, acting
from domain.errors import VersionConflict
from domain.incident import Incident
from domain.incident.incident import TIMER as FIX_INCIDENT

Tell = Callable[[CaseSystem, Rulebook, UUID, str, datetime, datetime], Aggregate]
"""What is said of a clock of a noun: of which one, which timer, that is due when, as of now; what is to be saved."""


def tell_of_clock(
    app: CaseSystem,
    rulebook: Rulebook,
    *,
    noun: str,
    subject_id: UUID,
    timer: str,
    due: datetime,
    now: datetime,
) -> bool:
    """Put on record, once, that a clock is due soon or, from its end on, missed; whether there was anything to say.

    *due* is when it ends as far as the scheduler knows; a clock that ends otherwise by now is left alone.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
    """
    return told(app, lambda: NOUNS[noun](app, rulebook, subject_id, timer, due, now))


def _of_case(
    app: CaseSystem, rulebook: Rulebook, subject_id: UUID, timer: str, due: datetime, now: datetime
) -> Case:
    case = app.find(Case, subject_id)
    clock = case.clocks.get(timer)
    if clock is not None and clock.due == due:
        with acting(by_time(rulebook, now, unit_id=clock.unit_id, rule=clock.rule)):
            if now < due:
                case.tell_due_soon(timer, due)
            else:
                case.tell_missed(timer, now, flags=rulebook.settings.inspection_flags)
    return case


def _of_camera(
    app: CaseSystem, rulebook: Rulebook, subject_id: UUID, timer: str, due: datetime, now: datetime
) -> Camera:
    camera = app.find(Camera, subject_id)
    if timer == CONNECT_CAMERA and camera.connect_due == due:
        with acting(by_time(rulebook, now, unit_id=camera.manager_unit_id, rule=camera.connect_rule)):
            if now < due:
                camera.tell_due_soon(due)
            else:
                camera.tell_missed(now)
    return camera


def _of_incident(
    app: CaseSystem, rulebook: Rulebook, subject_id: UUID, timer: str, due: datetime, now: datetime
) -> Incident:
    incident = app.find(Incident, subject_id)
    unit_id = incident.handling_unit_id or incident.operating_unit_id
    if timer == FIX_INCIDENT:
        with acting(by_time(rulebook, now, unit_id=unit_id, rule=incident.due_rule)):
            if now < due:
                incident.tell_due_soon(due)
            else:
                incident.tell_overdue(due, now)
    return incident


NOUNS: Final[dict[str, Tell]] = {"CASE": _of_case, "CAMERA": _of_camera, "INCIDENT": _of_incident}
"""What has clocks that are told of."""


def by_time(
    rulebook: Rulebook, now: datetime, *, unit_id: UUID | None, rule: str | None, reason: str | None = None
) -> Envelope:
    """The circumstances of what the scheduler puts on record."""
    return Envelope(
        by=SCHEDULER,
        unit_id=unit_id,
        took_place_at=now,
        rulebook=rulebook.version,
        correlation_id=uuid4(),
        reason=reason,
        rule=rule,
    )


def told(app: CaseSystem, decide: Callable[[], Decided]) -> bool:
    """Record what was decided, on what is then on record; whether there was anything to say.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
    """
    for _ in range(3):
        decided = decide()
        aggregates = decided if isinstance(decided, tuple) else (decided,)
        if not any(one.pending_events for one in aggregates):
            return False
        try:
            app.record(*aggregates)
        except RecordConflictError:
            continue
        return True
    raise VersionConflict
