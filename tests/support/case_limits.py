"""Until when a penalty may be decided, by the law alone: an oracle that knows events and no clock of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.envelope import Event
from policies.rulebook import load

VARIANTS: Final = ("ORDINARY", "FILE_TRANSFERRED", "EXPLANATION", "COMPLEX")
"""The times to decide, each longer than those before it."""
LONGER: Final = {
    "RecordTransferred": "FILE_TRANSFERRED",
    "ExplanationRequested": "EXPLANATION",
    "FactsVerified": "EXPLANATION",
    "DeclaredComplex": "COMPLEX",
}


@dataclass
class Limits:
    """What has happened that a limit counts from."""

    since: datetime
    drawn: datetime | None = None
    resumed: datetime | None = None
    variant: int = 0
    extended: bool = False
    decided: bool = False

    def ends(self) -> datetime:
        """When the first of the limits that count ends."""
        timers: list[tuple[str, datetime, str | None]] = [("LIMITATION", self.since, None)]
        if self.resumed:
            timers.append(("DECIDE_AFTER_CRIMINAL", self.resumed, "EXTENDED" if self.extended else None))
        elif self.drawn:
            timers.append(("DECIDE", self.drawn, VARIANTS[self.variant]))
        rules = load("dong-hoi")
        return min(found.due for timer in timers if (found := rules.deadline(*timer)))

    def tell(self, event: Any, at: datetime) -> None:
        """Take in what was recorded at an instant."""
        name = type(event).__name__
        if name in LONGER and at < self.ends():
            self.extended = self.extended or (name == "FactsVerified" and self.resumed is not None)
            self.variant = max(self.variant, VARIANTS.index(LONGER[name]))
        match name:
            case "RecordDrawn":
                self.drawn, self.variant = event.contents.drawn_at, 0
            case "Resumed":
                self.resumed, self.extended = event.received_at, False
            case "DecisionIssued":
                self.decided = True
            case "DeclaredVoid":
                self.decided = self.decided and event.what != "DECISION"
            case "EvasionEnded" if not self.decided:
                self.since = event.ended_at


def barred_from(history: Iterable[tuple[Event, datetime]], occurred_at: datetime) -> datetime:
    """When the time for a penalty decision ends: from what was recorded, and when."""
    limits = Limits(since=occurred_at)
    for event, at in history:
        limits.tell(event, at)
    return limits.ends()
