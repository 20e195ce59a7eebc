"""Who may see and do what with breaches of the regulation, said a second time in plain sentences."""

from typing import Any, Final

from domain.unit import Unit
from tests.support.breaches import FACTS, given_of
from tests.support.oracle import CENTRE, DONE, Noun, Somebody, outcome, sees
from tests.support.oracle_facts import BreachFacts, UnitFacts

BEGINS: Final = {
    "answerBreach": "REPORTED CONFIRMED UNFOUNDED DEALT_WITH",
    "examineBreach": "REPORTED",
    "dealWithBreach": "CONFIRMED DEALT_WITH",
    "closeBreach": "UNFOUNDED DEALT_WITH",
    "reopenBreach": "CONFIRMED UNFOUNDED DEALT_WITH CLOSED",
}
"""Where each act begins."""
BREACH_ACTS: Final[dict[str, type[BreachFacts | UnitFacts]]] = {
    "reportBreach": UnitFacts,
    **dict.fromkeys(BEGINS, BreachFacts),
}
"""What each act is about; what is reported is reported of a unit."""
EVENTS: Final = {
    "reportBreach": "breach:reported",
    "answerBreach": "breach:answered",
    "examineBreach": "breach:examined",
    "dealWithBreach": "breach:dealt-with",
    "closeBreach": "breach:closed",
    "reopenBreach": "breach:reopened",
}


def given(noun: Noun, act: str, place: Any, who: Somebody) -> dict[str, Any]:
    """What the act says, with nothing that anybody would find fault with; one's own unit is named."""
    said = FACTS[act] | given_of(place, act)
    if act != "reportBreach":
        return {"breachId": noun.id} | said
    unit = noun.id if isinstance(noun, UnitFacts) else str(Unit.create_id(who.unit))
    return {"unitId": unit} | said


def reporting(noun: UnitFacts, who: Somebody) -> str:
    """Anybody of their own unit; Centres and the audit of the units of their area."""
    theirs = who.unit == noun.code or ((who.kind == CENTRE or who.audits) and who.covers(noun.area))
    return DONE if theirs else "Forbidden"


def _checks(noun: BreachFacts, who: Somebody) -> bool:
    return who.kind == CENTRE and who.covers(noun.area)


def _examines(noun: BreachFacts, who: Somebody) -> bool:
    """The leaders of the unit, and the Centres of its area."""
    leads = who.leader and who.unit == noun.owner
    return who.role in {"APPROVER", "HANDLER", "LEADER"} and (leads or _checks(noun, who))


@sees.register
def _(noun: BreachFacts, who: Somebody) -> bool:
    """Whoever examines it, the person it is said of, and the audit of its area."""
    return who.name == noun.accused or _examines(noun, who) or (who.audits and who.covers(noun.area))


@outcome.register
def _(noun: BreachFacts, who: Somebody, act: str) -> str:
    """The person answers; somebody else decides; what was found above is not the unit's to set aside."""
    if not sees(noun, who):
        return "NotFound"
    if not (who.name == noun.accused if act == "answerBreach" else _examines(noun, who)):
        return "Forbidden"
    if act != "answerBreach" and who.name == noun.accused:
        return "SamePerson"
    if noun.state not in BEGINS[act].split():
        return "WrongState"
    if act == "reopenBreach" and who.unit != noun.examined_by and not _checks(noun, who):
        return "Forbidden"
    return DONE
