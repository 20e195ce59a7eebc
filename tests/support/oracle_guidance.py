"""Who may read, issue and confirm guidance, and who is told who has, said a second time in plain sentences."""

from dataclasses import dataclass
from typing import Final

from tests.support.oracle import CENTRE, DONE, Somebody
from tests.support.oracle_tree import administers

GUIDANCE_ACTS: Final = ("replaceGuidance", "withdrawGuidance", "acknowledgeGuidance", "recordBriefing")
ISSUING: Final = {"APPROVER", "LEADER"}
BRIEFING: Final = {"APPROVER", "HANDLER", "LEADER"}
NOMINATING: Final = {"APPROVER", "ADMINISTRATOR", "HANDLER", "LEADER"}
"""Whose function it is to issue guidance, to tell their people of it, and to know who is in their unit."""


@dataclass(frozen=True, kw_only=True)
class GuidanceFacts:
    """An edition: for which area and kinds of unit, of which unit, and what has become of it."""

    id: str
    number: str
    document: str
    state: str
    area: str
    kinds: tuple[str, ...]
    owner: str
    asks: bool = True

    @property
    def holds(self) -> bool:
        """Whether it is in force; all in this world began before now."""
        return self.state == "ISSUED"


def is_for(noun: GuidanceFacts, who: Somebody) -> bool:
    """It is for whoever is in a unit of its area and kinds."""
    return f"{who.area}/".startswith(f"{noun.area}/") and (not noun.kinds or who.kind in noun.kinds)


def reads(noun: GuidanceFacts, who: Somebody) -> bool:
    """Whoever it is for, everybody of its unit, and the audit of its area."""
    return is_for(noun, who) or who.unit == noun.owner or (who.audits and who.covers(noun.area))


def issues(who: Somebody) -> bool:
    """The head of a Centre."""
    return who.kind == CENTRE and who.leader and who.role in ISSUING


def outcome_of(noun: GuidanceFacts, who: Somebody, act: str) -> str:
    """What comes of an act: done, or the name of the refusal."""
    if not reads(noun, who):
        return "NotFound"
    if act in {"replaceGuidance", "withdrawGuidance"}:
        if not issues(who) or who.unit != noun.owner:
            return "Forbidden"
        return DONE if noun.state == "ISSUED" else "WrongState"
    if act == "acknowledgeGuidance":
        if not is_for(noun, who):
            return "Forbidden"
        return DONE if noun.asks and noun.holds else "WrongState"
    may = who.leader and who.role in BRIEFING and is_for(noun, who)
    return DONE if may else "Forbidden"


def owes(noun: GuidanceFacts, who: Somebody, confirmed: set[str]) -> bool:
    """Whoever it is for and has not confirmed it, as long as it asks for that and holds."""
    return noun.asks and noun.holds and is_for(noun, who) and who.name not in confirmed


def knows(who: Somebody, other: Somebody) -> bool:
    """Oneself; those of one's unit for whoever nominates there; all of one's area for who gives accounts or audits."""
    if who.name == other.name or (who.unit == other.unit and who.role in NOMINATING):
        return True
    return administers(who, other) or (who.audits and who.covers(other.area))
