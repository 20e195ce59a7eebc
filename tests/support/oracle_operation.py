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
from tests.support.oracle_facts import IncidentFacts, RosterFacts, ShiftFacts, WorkFacts

HANDLERS: Final = {"APPROVER", "EXECUTOR", "HANDLER", "LEADER"}
"""Whose function it is to handle what goes wrong, and to be on duty."""
WORKING: Final = {"EXECUTOR", "HANDLER"}
"""Whose function it is to work on cameras."""
PLANNING: Final = {"ADMINISTRATOR", "LEADER"}
"""Whose function it is to say who is on duty."""
INCIDENT_ACTS: Final = {
    "receiveIncident": "REPORTED",
    "handleIncident": "RECEIVED",
    "fixIncident": "HANDLING",
    "closeIncident": "FIXED",
    "reopenIncident": "FIXED",
    "backdateIncident": "REPORTED RECEIVED HANDLING FIXED",
}
WORK_ACTS: Final = {"startWork": "PLANNED", "finishWork": "STARTED", "cancelWork": "PLANNED"}
SHIFT_ACTS: Final = {
    "confirmDevices": "OPEN CONFIRMED",
    "enterShiftLog": "OPEN CONFIRMED",
    "correctShiftLog": "OPEN CONFIRMED CLOSED",
    "closeShift": "CONFIRMED",
}
ROSTER_ACTS: Final = {"redrawRoster": "DRAFT", "publishRoster": "DRAFT", "swapDuty": "PUBLISHED"}
"""Where each act begins."""
Facts = CameraFacts | IncidentFacts | WorkFacts | ShiftFacts | RosterFacts
OPERATION_ACTS: Final[dict[str, type[Facts]]] = {
    "reportIncident": CameraFacts,
    "planWork": CameraFacts,
    **dict.fromkeys(INCIDENT_ACTS, IncidentFacts),
    **dict.fromkeys(WORK_ACTS, WorkFacts),
    **dict.fromkeys(SHIFT_ACTS, ShiftFacts),
    **dict.fromkeys(ROSTER_ACTS, RosterFacts),
}
"""What each act is about; what is made is about a camera that it names."""
CONFIRMING: Final = {"closeIncident", "reopenIncident", "backdateIncident"}
"""What whoever reported one does as well."""


def of_camera(noun: CameraFacts, who: Somebody, act: str) -> str:
    """Anybody reports what is wrong with a camera that they may watch; whoever operates it plans work on it."""
    if not sees(noun, who):
        return "NotFound"
    works = who.role in WORKING and who.unit == noun.operator
    return DONE if act == "reportIncident" or works else "Forbidden"


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
    return DONE if noun.state in INCIDENT_ACTS[act].split() else "WrongState"


@sees.register
def _(noun: WorkFacts, who: Somebody) -> bool:
    """Whoever works for the unit that planned it, and the audit."""
    return _own(noun, who, WORKING) or (who.audits and who.covers(noun.area))


@sees.register
def _(noun: ShiftFacts, who: Somebody) -> bool:
    """Whoever may be on duty in the unit, and the audit."""
    return _own(noun, who, HANDLERS) or (who.audits and who.covers(noun.area))


@sees.register
def _(noun: RosterFacts, who: Somebody) -> bool:
    """Everybody of the unit, and the audit."""
    return _own(noun, who, HANDLERS | PLANNING) or (who.audits and who.covers(noun.area))


def _own(noun: WorkFacts | ShiftFacts | RosterFacts, who: Somebody, roles: set[str]) -> bool:
    return who.unit == noun.owner and who.role in roles


def _done(
    noun: WorkFacts | ShiftFacts | RosterFacts,
    who: Somebody,
    roles: set[str],
    begins: dict[str, str],
    act: str,
) -> str:
    """Whoever has the function in the unit does it, where it begins."""
    if not sees(noun, who):
        return "NotFound"
    if not _own(noun, who, roles):
        return "Forbidden"
    return DONE if noun.state in begins[act].split() else "WrongState"


@outcome.register
def _(noun: WorkFacts, who: Somebody, act: str) -> str:
    """Whoever works for the unit."""
    return _done(noun, who, WORKING, WORK_ACTS, act)


@outcome.register
def _(noun: ShiftFacts, who: Somebody, act: str) -> str:
    """Whoever may be on duty in the unit."""
    return _done(noun, who, HANDLERS, SHIFT_ACTS, act)


@outcome.register
def _(noun: RosterFacts, who: Somebody, act: str) -> str:
    """Whoever plans the duty of the unit."""
    return _done(noun, who, PLANNING, ROSTER_ACTS, act)
