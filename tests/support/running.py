"""The incidents of the world of the matrix, known as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.support.api import Installation
from tests.support.operation import done
from tests.support.oracle import CameraFacts, Somebody
from tests.support.oracle_facts import IncidentFacts

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

    def _done(self, by: str, act: str, **given: Any) -> dict[str, Any]:
        return done(self.place.signed_in(by), act, **given)
