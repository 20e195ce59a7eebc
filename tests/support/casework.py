"""A case on its way through the procedure, told through the API alone, by whoever of the demo does each act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli import demo
from domain.clock import LEGAL_TIME
from tests.support.api import Found, Installation
from tests.support.people import ACTORS, Person

JULY = datetime(2026, 7, 1, 8, 0, tzinfo=LEGAL_TIME)
"""A Wednesday morning; from this day on the head of a police team may fine up to 22,500,000 đồng (NĐ 238/2026)."""


def on(day: int, hour: int = 9, *, month: int = 7) -> datetime:
    """A day of July 2026, in the morning."""
    return datetime(2026, month, day, hour, 0, tzinfo=LEGAL_TIME)


@dataclass
class Casework:
    """One case, and what is done on it."""

    installation: Installation
    case: Found

    def does(self, mutation: str, *, by: str | None = None, at: datetime | None = None, **given: Any) -> str:
        """Do an act that is not refused; the state it leaves the case in."""
        if at is not None:
            self.installation.now = at
        done = self._person(mutation, by).does(mutation, self.case.id, **given)
        self.installation.project()
        return str(done["case"]["state"])

    def refused(self, mutation: str, *, by: str | None = None, **given: Any) -> dict[str, Any]:
        """Try an act that is refused and records nothing but that; the refusal."""
        before = self.installation.head()
        refusal = self._person(mutation, by).act(mutation, self.case.id, **given)
        assert "code" in refusal, (mutation, refusal)
        assert set(self.installation.since(before)) <= {"attempt:refused"}
        return refusal

    def shows(self, selection: str, *, to: str = "police.handle") -> dict[str, Any]:
        """What somebody is shown of it."""
        shown: dict[str, Any] = self.installation.signed_in(to).ask(
            f"query($id: ID) {{ case(id: $id, purpose: VIOLATION_HANDLING) {{ {selection} }} }}",
            id=str(self.case.id),
        )["case"]
        return shown

    def _person(self, mutation: str, by: str | None) -> Person:
        return self.installation.signed_in(by or ACTORS[mutation])


def detected(installation: Installation, *, at: datetime = JULY, camera: str = demo.CAMERA) -> Casework:
    """A case that a camera proposed."""
    installation.now = at
    return Casework(installation, installation.detected(at=at, camera=camera))


def verifying(installation: Installation, *, at: datetime = JULY) -> Casework:
    """A case that the police verify."""
    work = detected(installation, at=at)
    for mutation in ("approveCase", "receiveCase", "startVerification"):
        work.does(mutation)
    return work


def recorded(installation: Installation, **given: Any) -> Casework:
    """A case of which a record is drawn, on 3 July."""
    work = verifying(installation)
    for mutation in ("identifyOwner", "determineViolator", "concludeCase"):
        work.does(mutation, at=on(2))
    work.does("drawRecord", at=on(3), **given)
    return work


def decided(installation: Installation) -> Casework:
    """A case whose violator was heard, and of which the penalty is decided, on 8 July."""
    work = recorded(installation)
    work.does("requestExplanation", at=on(6))
    work.does("recordExplanation", at=on(7))
    work.does("decidePenalty", at=on(8))
    return work


def delivered(installation: Installation) -> Casework:
    """A case whose decision arrived on 10 July; it is to be executed by the 20th."""
    work = decided(installation)
    work.does("sendDecision", at=on(9))
    work.does("confirmDelivery", at=on(10, 15), receivedAt=on(10).isoformat())
    return work
