"""Who may see and do what in running the system, said a second time in plain sentences."""

from typing import Final

from tests.support.oracle import (
    CENTRE,
    DONE,
    CameraFacts,
    Somebody,
    outcome,
    sees,
)
from tests.support.oracle_facts import IncidentFacts

HANDLERS: Final = {"APPROVER", "EXECUTOR", "HANDLER", "LEADER"}
"""Whose function it is to handle what goes wrong."""
OPERATION_ACTS: Final[dict[str, type[CameraFacts | IncidentFacts]]] = {
    "reportIncident": CameraFacts,
    "receiveIncident": IncidentFacts,
    "handleIncident": IncidentFacts,
    "fixIncident": IncidentFacts,
    "closeIncident": IncidentFacts,
    "reopenIncident": IncidentFacts,
    "backdateIncident": IncidentFacts,
}
"""What each act is about; what is made is about a camera that it names."""
BEGINS: Final = {
    "receiveIncident": "REPORTED",
    "handleIncident": "RECEIVED",
    "fixIncident": "HANDLING",
    "closeIncident": "FIXED",
    "reopenIncident": "FIXED",
    "backdateIncident": "REPORTED RECEIVED HANDLING FIXED",
}
CONFIRMING: Final = {"closeIncident", "reopenIncident", "backdateIncident"}
"""What whoever reported one does as well."""


def of_camera(noun: CameraFacts, who: Somebody, act: str) -> str:
    """What comes of an act that names a camera: anybody reports what is wrong with one that they may watch."""
    assert act == "reportIncident"
    return DONE if sees(noun, who) else "NotFound"


@sees.register
def _(noun: IncidentFacts, who: Somebody) -> bool:
    """Everybody of the unit that reported it, the audit, and whoever is told of it."""
    if who.unit == noun.owner or (who.audits and who.covers(noun.area)):
        return True
    return _told(noun, who)


def _told(noun: IncidentFacts, who: Somebody) -> bool:
    """The Centres of its area, whoever operates the camera, whoever received it."""
    centre = who.kind == CENTRE and who.covers(noun.area)
    return who.role in HANDLERS and (centre or who.unit in {noun.operator, noun.handled_by})


@outcome.register
def _(noun: IncidentFacts, who: Somebody, act: str) -> str:
    """Whoever received it handles it, before that whoever is told; they or the reporter say whether it is over."""
    if not sees(noun, who):
        return "NotFound"
    handles = _told(noun, who) and noun.handled_by in {None, who.unit}
    if not handles and not (act in CONFIRMING and who.unit == noun.owner):
        return "Forbidden"
    return DONE if noun.state in BEGINS[act].split() else "WrongState"
