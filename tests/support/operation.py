"""What the tests of running the system ask of the API: incidents, work, shifts, rosters."""

from typing import Any, Final

from tests.support.office import mutated
from tests.support.people import Person

INCIDENT: Final = (
    "id number state kind area text remedy lateReason detectedAt notifiedAt due dueRule { id } late process"
    " fixedAt closedAt version camera { code } unit { code } handledBy { code } reportedBy { name }"
    " leader { name } leaderToldAt history { event rule { id } } availableActions { action enabled }"
)
SHOWN: Final = {"incident": INCIDENT}
ACTS: Final = {
    "reportIncident": ("incident", "IncidentReported"),
    "receiveIncident": ("incident", "IncidentReceived"),
    "handleIncident": ("incident", "IncidentHandlingBegan"),
    "fixIncident": ("incident", "IncidentFixed"),
    "closeIncident": ("incident", "IncidentClosed"),
    "reopenIncident": ("incident", "IncidentReopened"),
    "backdateIncident": ("incident", "IncidentBackdated"),
}
"""What each act is about, and what it answers when it was done."""
FACTS: Final[dict[str, dict[str, Any]]] = {
    "reportIncident": {
        "kind": "DEVICE_FAULT",
        "text": "Camera không lên hình",
        "detectedAt": "2026-06-01T08:00:00+07:00",
    },
    "receiveIncident": {},
    "handleIncident": {"process": "12/QT-VP, bản 2"},
    "fixIncident": {"text": "Đã thay nguồn"},
    "closeIncident": {},
    "reopenIncident": {"text": "Lại mất hình"},
    "backdateIncident": {"detectedAt": "2026-05-31T08:00:00+07:00", "text": "Nhật ký ca trước đã ghi"},
}
"""What each is told with nothing that anybody would find fault with."""


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    noun, payload = ACTS[act]
    return mutated(person, act, noun, payload, SHOWN[noun], FACTS[act] | given)


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it is about, afterwards."""
    answer = did(person, act, **given)
    noun, payload = ACTS[act]
    assert answer["__typename"] == payload, answer
    about: dict[str, Any] = answer[noun]
    return about
