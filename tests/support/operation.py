"""What the tests of running the system ask of the API: incidents, work, shifts, rosters."""

from typing import Any, Final

from domain.account import Account
from tests.support.office import mutated
from tests.support.people import Person

INCIDENT: Final = (
    "id number state kind area text remedy lateReason detectedAt notifiedAt due dueRule { id } late process"
    " fixedAt closedAt version camera { code } unit { code } handledBy { code } reportedBy { name }"
    " leader { name } leaderToldAt history { event rule { id } } availableActions { action enabled }"
)
WORK: Final = (
    "id number state kind area text interruption result startsAt endsAt supplierSchedule supplierDueAt startedAt"
    " finishedAt nextDueAt version cameraIds unit { code } plannedBy { name } history { event rule { id } }"
    " availableActions { action enabled }"
)
SHIFT: Final = (
    "id number state post area devices handover after faultyCameraIds version unit { code } openedBy { name }"
    " closedBy { name } entries { entry kind corrects cameraId text by { name } } history { event rule { id } }"
    " availableActions { action enabled }"
)
ROSTER: Final = (
    "id number state post month area version unit { code } drawnBy { name }"
    " turns { startsAt endsAt person { name } } gaps { startsAt endsAt }"
    " absences { startsAt endsAt person { name } }"
    " doubleBookings { startsAt endsAt person { name } } history { event reason rule { id } }"
    " availableActions { action enabled }"
)
BY_NOW: Final = {"startsAt": "2026-01-01T08:00:00+07:00", "endsAt": "2039-01-01T08:00:00+07:00"}
"""When work is planned that begins at once."""
SHOWN: Final = {"incident": INCIDENT, "workOrder": WORK, "shift": SHIFT, "roster": ROSTER}
ACTS: Final = {
    "reportIncident": ("incident", "IncidentReported"),
    "receiveIncident": ("incident", "IncidentReceived"),
    "handleIncident": ("incident", "IncidentHandlingBegan"),
    "fixIncident": ("incident", "IncidentFixed"),
    "closeIncident": ("incident", "IncidentClosed"),
    "reopenIncident": ("incident", "IncidentReopened"),
    "backdateIncident": ("incident", "IncidentBackdated"),
    "planWork": ("workOrder", "WorkPlanned"),
    "startWork": ("workOrder", "WorkStarted"),
    "finishWork": ("workOrder", "WorkFinished"),
    "cancelWork": ("workOrder", "WorkCancelled"),
    "openShift": ("shift", "ShiftOpened"),
    "confirmDevices": ("shift", "DevicesConfirmed"),
    "enterShiftLog": ("shift", "ShiftLogEntered"),
    "correctShiftLog": ("shift", "ShiftLogCorrected"),
    "closeShift": ("shift", "ShiftClosed"),
    "drawRoster": ("roster", "RosterDrawn"),
    "redrawRoster": ("roster", "RosterRedrawn"),
    "publishRoster": ("roster", "RosterPublished"),
    "swapDuty": ("roster", "DutySwapped"),
}
"""What each act is about, and what it answers when it was done."""
FACTS: Final[dict[str, dict[str, Any]]] = {
    "reportIncident": {
        "kind": "SOFTWARE_FAULT",
        "text": "Camera không lên hình",
        "detectedAt": "2026-06-01T08:00:00+07:00",
    },
    "receiveIncident": {},
    "handleIncident": {"process": "12/QT-VP, bản 2"},
    "fixIncident": {"text": "Đã thay nguồn"},
    "closeIncident": {},
    "reopenIncident": {"text": "Lại mất hình"},
    "backdateIncident": {"detectedAt": "2026-05-31T08:00:00+07:00", "text": "Nhật ký ca trước đã ghi"},
    "planWork": {
        "kind": "MAINTENANCE",
        "startsAt": "2040-01-01T08:00:00+07:00",
        "endsAt": "2040-01-01T09:00:00+07:00",
        "text": "Vệ sinh ống kính",
        "interruption": "Chỉ có một camera",
    },
    "startWork": {},
    "finishWork": {"text": "Đã vệ sinh"},
    "cancelWork": {"text": "Mưa bão"},
    "openShift": {"post": "Trực ban"},
    "confirmDevices": {"text": "Mọi thiết bị hoạt động"},
    "enterShiftLog": {"kind": "NOTE", "text": "Không có gì bất thường"},
    "correctShiftLog": {"entry": 1, "text": "Có mưa lớn"},
    "closeShift": {"text": "Không có gì bất thường"},
    "drawRoster": {"post": "Trực ban", "month": "2026-06"},
    "redrawRoster": {},
    "publishRoster": {},
    "swapDuty": {"turn": 1, "text": "Ốm"},
}
"""What each is told with nothing that anybody would find fault with."""


def june(*people: str) -> list[dict[str, str]]:
    """June among these people, one after the other."""
    days = [1, *(1 + 30 * n // len(people) for n in range(1, len(people)))]
    begins = [f"2026-06-{day:02d}T00:00:00+07:00" for day in days]
    ends = [*begins[1:], "2026-07-01T00:00:00+07:00"]
    return [
        {"accountId": str(Account.create_id(name)), "startsAt": begin, "endsAt": end}
        for name, begin, end in zip(people, begins, ends, strict=True)
    ]


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
