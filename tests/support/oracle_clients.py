"""Who may see and do what with the register of clients, said a second time in plain sentences."""

from typing import Final

from tests.support.oracle import CENTRE, DONE, Somebody, outcome, sees
from tests.support.oracle_facts import ClientFacts

CLIENT_ACTS: Final = {
    "suspendClient": "REGISTERED",
    "resumeClient": "SUSPENDED",
    "withdrawClient": "REGISTERED SUSPENDED",
}
"""Where each act begins."""
CLIENT_EVENTS: Final = {
    "suspendClient": "client:suspended",
    "resumeClient": "client:resumed",
    "withdrawClient": "client:withdrawn",
}


def administers(noun: ClientFacts, who: Somebody) -> bool:
    """The administrators of a Centre in its area, and those of the Centre that operates it."""
    return (
        who.kind == CENTRE
        and who.role == "ADMINISTRATOR"
        and (who.unit == noun.owner or who.covers(noun.area))
    )


@sees.register
def _(noun: ClientFacts, who: Somebody) -> bool:
    """Whoever administers it, whoever works with the cameras of its unit, and the audit."""
    works = who.unit == noun.owner and who.role in {"EXECUTOR", "ADMINISTRATOR", "HANDLER"}
    return administers(noun, who) or works or (who.audits and who.covers(noun.area))


@outcome.register
def _(noun: ClientFacts, who: Somebody, act: str) -> str:
    """Whoever administers it, where the act begins."""
    if not sees(noun, who):
        return "NotFound"
    if not administers(noun, who):
        return "Forbidden"
    return DONE if noun.state in CLIENT_ACTS[act].split() else "WrongState"
