"""Incidents: what went wrong, who had it, and when it was put right."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.envelope import Event
from domain.incident import Incident, IncidentState, events
from domain.personal import Personal
from domain.succession import Succeeded
from projections.camera_registry import TIERS
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """An incident, with all that its guards ask for."""

    incident_id: UUID
    number: str
    state: str
    kind: str
    camera_id: UUID | None
    operating_unit_id: UUID | None
    handler_kind: str | None
    handling_unit_id: UUID | None = None
    detected_at: datetime
    notified_at: datetime
    reported_by: str
    reported_at: datetime
    leader_account_id: UUID | None
    leader_told_at: datetime | None
    due: datetime | None
    due_rule: str | None
    process: str | None = None
    text: str
    received_at: datetime | None = None
    handling_began_at: datetime | None = None
    fixed_at: datetime | None = None
    remedy: str | None = None
    late_reason: str | None = None
    due_soon_told_at: datetime | None = None
    overdue_told_at: datetime | None = None
    closed_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.incident_id, sealed=value) if value else None

    @property
    def late(self) -> bool:
        """Whether it was fixed when its time was over."""
        return self.due is not None and self.fixed_at is not None and self.fixed_at >= self.due


def fold(row: IncidentRow | None, event: Event, position: int) -> IncidentRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Incident.Reported):
        return _reported(event, position)
    if not isinstance(event, Incident.Event):
        return row
    if row is None:
        raise LookupError(f"incident {event.originator_id} has no first event")
    return _moved(replace(row, version=event.originator_version, position=position), event)


def _moved(row: IncidentRow, event: events.Event) -> IncidentRow:
    at = event.envelope.took_place_at
    said: dict[str, Any] = {}
    match event:
        case Incident.Received():
            said = {
                "state": IncidentState.RECEIVED,
                "handling_unit_id": event.envelope.unit_id,
                "received_at": at,
            }
        case Incident.HandlingBegan():
            said = {"state": IncidentState.HANDLING, "process": event.process, "handling_began_at": at}
        case Incident.Fixed():
            said = {
                "state": IncidentState.FIXED,
                "fixed_at": event.fixed_at,
                "remedy": event.text.sealed,
                "late_reason": event.late_reason.sealed if event.late_reason else None,
            }
        case Incident.Reopened():
            said = {"state": IncidentState.HANDLING, "fixed_at": None, "remedy": None, "late_reason": None}
        case Incident.Closed():
            said = {"state": IncidentState.CLOSED, "closed_at": at}
        case Incident.Backdated():
            said = {"detected_at": event.detected_at, "due": event.due}
        case Incident.DueSoon():
            said = {"due_soon_told_at": at}
        case Incident.Overdue():
            said = {"overdue_told_at": at}
        case Succeeded():
            said = event.changes(row)
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of incidents")
    return replace(row, **said)


def _reported(event: events.Reported, position: int) -> IncidentRow:
    return IncidentRow(
        incident_id=event.originator_id,
        number=event.number,
        state=IncidentState.REPORTED,
        kind=event.kind,
        camera_id=event.camera_id,
        operating_unit_id=event.operating_unit_id,
        handler_kind=event.handler_kind,
        detected_at=event.detected_at,
        notified_at=event.notified_at,
        reported_by=event.envelope.by,
        reported_at=event.envelope.took_place_at,
        leader_account_id=event.leader_account_id,
        leader_told_at=event.leader_told_at,
        due=event.due,
        due_rule=event.due_rule,
        text=event.text.sealed or "",
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=event.reporting_unit_id,
        tier=TIERS.get(event.camera_class or "", 0),
    )


LOG = Register(Incident, IncidentRow, fold, table="incident_log", key="incident_id")
"""Feeds the log of incidents."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class IncidentNarrow:
    """What a reader narrows the incidents to; None does not narrow."""

    states: list[str] | None = None
    kinds: list[str] | None = None
    camera_id: UUID | None = None
    number: str | None = None


LISTING = Listing(
    table="incident_log",
    row=IncidentRow,
    order="notified_at DESC, incident_id",
    place=("notified_at", "incident_id"),
    beyond="""
    notified_at < %(after_notified_at)s
    OR (notified_at = %(after_notified_at)s AND incident_id > %(after_incident_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "kinds": "kind = ANY(%(kinds)s)",
        "camera_id": "camera_id = %(camera_id)s",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Incidents, newest first."""
