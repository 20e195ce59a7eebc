"""The incidents, work, shifts and rosters of the world of the matrix, known as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.support.api import Installation
from tests.support.operation import BY_NOW, done, june
from tests.support.oracle import CameraFacts, Somebody
from tests.support.oracle_facts import IncidentFacts, RosterFacts, ShiftFacts, WorkFacts

WAY: Final = ("receiveIncident", "handleIncident", "fixIncident", "closeIncident")
STATES: Final = ("REPORTED", "RECEIVED", "HANDLING", "FIXED", "CLOSED")
INCIDENTS: Final = (
    ("commune.lead", "DH-NT-01", "REPORTED", None),
    ("police.handle", "DH-NT-01", "RECEIVED", "centre.execute"),
    ("commune.lead", None, "HANDLING", "ttgs-2.executor"),
    ("centre.execute", "S-SMART", "FIXED", "centre.execute"),
    ("police.handle", "T-CA", "FIXED", "police.lead"),
    ("csgt.handler", "T-2", "CLOSED", "centre.approve"),
    ("ca-qt.handler", "T-QT", "FIXED", "ttgs-qt.executor"),
    ("ca-la.handler", None, "REPORTED", None),
)
"""Who reported one, of which camera, how far it went, and who handled it."""

WORKS: Final = (
    ("centre.execute", "DH-NT-01", "PLANNED"),
    ("centre.execute", "S-SMART", "STARTED"),
    ("police.handle", "T-CA", "PLANNED"),
    ("ttgs-2.executor", "T-2", "CANCELLED"),
    ("ttgs-qt.executor", "T-QT", "FINISHED"),
)
"""Who planned one, on which camera, and how far it went."""
WORK_WAY: Final = {
    "PLANNED": (),
    "STARTED": ("startWork",),
    "FINISHED": ("startWork", "finishWork"),
    "CANCELLED": ("cancelWork",),
}
SHIFTS: Final = (
    ("centre.approve", "OPEN"),
    ("police.handle", "CONFIRMED"),
    ("csgt.handler", "CLOSED"),
    ("commune.lead", "OPEN"),
    ("ca-la.handler", "CLOSED"),
    ("ttgs-qt.approver", "CONFIRMED"),
)
"""Who opened one, and how far it went; each has an entry."""
ROSTERS: Final = (
    ("centre.admin", "PUBLISHED"),
    ("police.lead", "DRAFT"),
    ("commune.lead", "PUBLISHED"),
    ("cap-qt.leader", "DRAFT"),
)
"""Who drew one, and how far it went."""


@dataclass(frozen=True)
class Running:
    """Whoever runs the system, by the product's own acts."""

    place: Installation
    people: dict[str, Somebody]
    cameras: Sequence[CameraFacts]

    def incidents(self) -> list[IncidentFacts]:
        """Some of each state, of cameras and of the system."""
        known = {one.code: one for one in self.cameras}
        found = []
        for by, code, state, through in INCIDENTS:
            camera = known[code] if code else None
            named = {"cameraId": camera.id} if camera else {}
            one = self._done(by, "reportIncident", **named)
            for act in WAY[: STATES.index(state)]:
                self._done(str(through), act, incidentId=one["id"])
            found.append(
                IncidentFacts(
                    id=one["id"],
                    number=one["number"],
                    state=state,
                    area=camera.area if camera else self.people[by].area,
                    owner=self.people[by].unit,
                    camera=camera.id if camera else None,
                    operator=camera.operator if camera else None,
                    handled_by=self.people[through].unit if through else None,
                )
            )
        return found

    def works(self) -> list[WorkFacts]:
        """Some of each state."""
        known = {one.code: one for one in self.cameras}
        found = []
        for n, (by, code, state) in enumerate(WORKS, 1):
            window = {**BY_NOW, "startsAt": f"2026-01-{n:02d}T08:00:00+07:00"}
            one = self._done(by, "planWork", cameraIds=[known[code].id], **window)
            for act in WORK_WAY[state]:
                self._done(by, act, orderId=one["id"])
            found.append(WorkFacts(**self._told(by, one), state=state, camera=known[code].id))
        return found

    def shifts(self) -> list[ShiftFacts]:
        """Some of each state."""
        found = []
        for by, state in SHIFTS:
            one = self._done(by, "openShift")
            self._done(by, "enterShiftLog", shiftId=one["id"])
            for act in ("confirmDevices", "closeShift")[: ("OPEN", "CONFIRMED", "CLOSED").index(state)]:
                self._done(by, act, shiftId=one["id"])
            found.append(ShiftFacts(**self._told(by, one), state=state))
        return found

    def rosters(self) -> list[RosterFacts]:
        """Some of each state."""
        found = []
        for by, state in ROSTERS:
            one = self._done(by, "drawRoster", turns=june(by))
            if state == "PUBLISHED":
                self._done(by, "publishRoster", rosterId=one["id"])
            found.append(RosterFacts(**self._told(by, one), state=state))
        return found

    def _told(self, by: str, one: dict[str, Any]) -> dict[str, str]:
        who = self.people[by]
        return {"id": one["id"], "number": one["number"], "area": who.area, "owner": who.unit}

    def _done(self, by: str, act: str, **given: Any) -> dict[str, Any]:
        return done(self.place.signed_in(by), act, **given)
