"""One canonical example of each event by which something passes to the successor of a unit."""

from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.breach import Breach
from domain.envelope import Event
from domain.incident import Incident
from domain.obstacle import Obstacle
from domain.recommendation import Recommendation
from domain.roster import Roster
from domain.shift import Shift
from domain.succession import (
    AccountSucceeded,
    AccountUnfit,
    BreachSucceeded,
    CameraOwnerSucceeded,
    CameraSucceeded,
    CaseSucceeded,
    ClientSucceeded,
    ExtractionSucceeded,
    GuidanceSucceeded,
    IncidentSucceeded,
    ObstacleSucceeded,
    RecommendationSucceeded,
    RosterSucceeded,
    ShiftSucceeded,
    WorkSucceeded,
)
from domain.work_order import WorkOrder
from tests.support.breach_examples import BREACH, BREACH_EVENTS
from tests.support.client_examples import CLIENT
from tests.support.guidance_examples import GUIDANCE
from tests.support.invented import ACCOUNT, CAMERA, CASE, EXTRACTION, POLICE, UNIT
from tests.support.office_examples import OBSTACLE, OFFICE_EVENTS, RECOMMENDATION
from tests.support.operation_examples import INCIDENT, OPERATION_EVENTS, ROSTER, SHIFT, WORK
from tests.support.spec import Fact, fact

_SAID: Final[dict[str, Any]] = {"from_unit_id": UNIT, "to_unit_id": POLICE, "document": "16/NQ-HĐND"}

SUCCESSION_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    CaseSucceeded: (CASE, _SAID),
    ExtractionSucceeded: (EXTRACTION, {**_SAID, "to_unit_kind": "CITY_POLICE"}),
    CameraSucceeded: (CAMERA, _SAID),
    CameraOwnerSucceeded: (CAMERA, _SAID),
    AccountSucceeded: (ACCOUNT, _SAID),
    AccountUnfit: (ACCOUNT, {"role": "AUDITOR", "unit_kind": "CITY_POLICE"}),
    GuidanceSucceeded: (GUIDANCE, _SAID),
    ClientSucceeded: (CLIENT, _SAID),
    IncidentSucceeded: (INCIDENT, _SAID),
    WorkSucceeded: (WORK, _SAID),
    ShiftSucceeded: (SHIFT, _SAID),
    RosterSucceeded: (ROSTER, _SAID),
    ObstacleSucceeded: (OBSTACLE, _SAID),
    RecommendationSucceeded: (RECOMMENDATION, _SAID),
    BreachSucceeded: (BREACH, _SAID),
}


def open_work(unit_id: UUID) -> dict[type[Aggregate], tuple[UUID, list[Fact]]]:
    """What a unit may have in hand of operation and of the office: whatever part of it can be the unit's, is."""
    operation = {cls: said for cls, (_, said) in OPERATION_EVENTS.items()}
    office = {cls: said for cls, (_, said) in OFFICE_EVENTS.items()}

    def told(cls: type[Event], said: dict[type[Event], dict[str, Any]], **other: Any) -> Fact:
        return fact(cls, **said[cls] | other).under(unit_id=unit_id)

    its = {"reporting_unit_id": unit_id, "operating_unit_id": unit_id}
    sent = {"recipient_unit_id": unit_id}
    return {
        Incident: (INCIDENT, [told(Incident.Reported, operation, **its), told(Incident.Received, operation)]),
        WorkOrder: (WORK, [told(WorkOrder.Planned, operation), told(WorkOrder.Started, operation)]),
        Shift: (SHIFT, [told(Shift.Opened, operation)]),
        Roster: (ROSTER, [told(Roster.Drawn, operation), told(Roster.Published, operation)]),
        Obstacle: (OBSTACLE, [told(Obstacle.Reported, office), told(Obstacle.Escalated, office)]),
        Recommendation: (
            RECOMMENDATION,
            [told(Recommendation.Made, office), told(Recommendation.Sent, office, **sent)],
        ),
        Breach: (
            BREACH,
            [
                told(Breach.Reported, BREACH_EVENTS, unit_id=unit_id),
                told(Breach.Examined, BREACH_EVENTS),
            ],
        ),
    }


def done(noun: type[Aggregate]) -> Fact:
    """What ends such work."""
    said = {cls: one for cls, (_, one) in (*OPERATION_EVENTS.items(), *OFFICE_EVENTS.items())} | BREACH_EVENTS
    cls = ENDS[noun]
    return fact(cls, **said[cls])


ENDS: Final[dict[type[Aggregate], type[Event]]] = {
    Incident: Incident.Closed,
    WorkOrder: WorkOrder.Finished,
    Shift: Shift.Closed,
    Obstacle: Obstacle.Settled,
    Recommendation: Recommendation.Answered,
    Breach: Breach.Closed,
}
"""By what each is over; a roster is by its time."""
