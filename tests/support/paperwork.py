"""The reports, recommendations and obstacles of the world of the matrix, known as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.unit import Unit
from tests.support.api import Installation
from tests.support.office import FACTS, done
from tests.support.oracle import (
    CameraFacts,
    Somebody,
    sees,
)
from tests.support.oracle_facts import ObstacleFacts, RecommendationFacts, ReportFacts

REPORTS: Final = ("centre.approve", "police.handle", "commune.lead", "ca-la.handler", "ttgs-qt.approver")
"""Who issued one."""
RECOMMENDATIONS: Final = (
    ("centre.approve", "MADE", None),
    ("centre.approve", "SENT", None),
    ("centre.approve", "SENT", "CATP"),
    ("centre.approve", "SENT", "TTR"),
    ("centre.approve", "ANSWERED", "CATP"),
    ("commune.lead", "MADE", None),
    ("ca-qt.handler", "SENT", "TTGSDH"),
)
"""Who made one, how far it went, and to which unit, or else outside of the system."""
OBSTACLES: Final = (
    ("commune.lead", "REPORTED", None),
    ("police.handle", "ESCALATED", "centre.approve"),
    ("audits.town", "SETTLED", "centre.approve"),
    ("ca-la.handler", "REPORTED", None),
    ("cap-qt.leader", "ESCALATED", "ttgs-qt.approver"),
)
"""Who reported one, how far it went, and through whom."""
ANSWERED_BY: Final = "police.handle"


@dataclass(frozen=True)
class Office:
    """Whoever writes them, by the product's own acts."""

    place: Installation
    people: dict[str, Somebody]
    cameras: Sequence[CameraFacts]

    def reports(self) -> list[ReportFacts]:
        """One of each that issues any."""
        found = []
        for by in REPORTS:
            self.place.project()  # nothing is counted while not all that is on record was read
            one = self._done(by, "issueReport", period=f"{self.place.now:%Y}")
            found.append(ReportFacts(**self._told(by, one)))
        return found

    def recommendations(self) -> list[RecommendationFacts]:
        """Some of each state, to units and to outside."""
        found = []
        for by, state, to in RECOMMENDATIONS:
            camera = next(one.id for one in self.cameras if sees(one, self.people[by]))
            one = self._done(by, "makeRecommendation", cameraIds=[camera])
            if state != "MADE":
                unit = {"recipientUnitId": str(Unit.create_id(to)), "outside": None} if to else {}
                self._done(by, "sendRecommendation", recommendationId=one["id"], **unit)
            if state == "ANSWERED":
                self._done(ANSWERED_BY, "answerRecommendation", recommendationId=one["id"])
            found.append(RecommendationFacts(**self._told(by, one), state=state, recipient=to))
        return found

    def obstacles(self) -> list[ObstacleFacts]:
        """Some of each state, settled or put before the committee by a Centre."""
        found = []
        for by, state, through in OBSTACLES:
            one = self._done(by, "reportObstacle")
            if through is not None:
                act = "escalateObstacle" if state == "ESCALATED" else "settleObstacle"
                self._done(through, act, obstacleId=one["id"])
            up = self.people[str(through)].unit if state == "ESCALATED" else None
            found.append(ObstacleFacts(**self._told(by, one), state=state, escalated_by=up))
        return found

    def _done(self, by: str, act: str, **given: Any) -> dict[str, Any]:
        return done(self.place.signed_in(by), act, **FACTS[act] | given)

    def _told(self, by: str, one: dict[str, Any]) -> dict[str, str]:
        who = self.people[by]
        return {"id": one["id"], "number": one["number"], "area": who.area, "owner": who.unit}
