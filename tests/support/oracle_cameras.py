"""Who may see and do what with cameras, said a second time in plain sentences."""

from typing import Any, Final

from tests.support.oracle import (
    BODY,
    CENTRE,
    CITY,
    COMMUNE,
    DONE,
    KINDS,
    TEAM,
    CameraFacts,
    Somebody,
    outcome,
    sees,
    watches,
)
from tests.support.oracle_uses import USES_OF_CAMERAS, using

ADMINISTERED: Final = {
    "installCamera": "WrongState",  # all stand already
    "connectCamera": "WrongState",
    "activateCamera": "WrongState",
    "retireCamera": DONE,
    "fileCameraConsent": DONE,
    "withdrawCameraConsent": "WrongState",  # no owner has agreed
    "fileCameraCertificate": DONE,
    "voidCameraCertificate": "WrongState",  # none is on file
    "recordCameraCalibration": DONE,
    "installCameraFirmware": DONE,
    "renameCamera": DONE,
    "nameCameraOwner": DONE,
    "transferCamera": DONE,
    "moveCameraToArea": DONE,
    "nameCameraCustodian": DONE,
    "reconfigureCamera": DONE,
    "changeCameraPlacement": DONE,
    "markCameraSecret": DONE,
    "setCameraAddress": DONE,
}
"""What comes of the acts of whoever administers cameras, in a world where all are at work."""
OPERATED: Final = {
    "reportCameraFault": DONE,
    "endCameraFault": "WrongState",  # none is known
    "beginCameraMaintenance": DONE,
    "endCameraMaintenance": "WrongState",  # where none is being worked on
    "checkCameraClock": DONE,
}
"""What comes of the acts of whoever works with a camera."""
CAMERA_ACTS: Final = {**ADMINISTERED, **OPERATED, "publishCamera": DONE}
CAMERA_EVENTS: Final = {
    "retireCamera": "camera:retired",
    "fileCameraConsent": "camera:consent-filed",
    "fileCameraCertificate": "camera:verified",
    "recordCameraCalibration": "camera:calibrated",
    "installCameraFirmware": "camera:firmware-installed",
    "renameCamera": "camera:renamed",
    "nameCameraOwner": "camera:owner-named",
    "transferCamera": "camera:transferred",
    "moveCameraToArea": "camera:moved-to-area",
    "nameCameraCustodian": "camera:custodian-named",
    "reconfigureCamera": "camera:reconfigured",
    "changeCameraPlacement": "camera:placement-changed",
    "markCameraSecret": "camera:marked-secret",
    "setCameraAddress": "camera:address-set",
    "reportCameraFault": "camera:fault-began",
    "beginCameraMaintenance": "camera:maintenance-began",
    "endCameraMaintenance": "camera:maintenance-ended",
    "checkCameraClock": "camera:clock-checked",
    "publishCamera": "camera:publication-set",
}
"""The one event of each that this world has an occasion for."""


def administers(who: Somebody) -> bool:
    """The administrators of the Centre, and nobody else (790/QĐ-UBND 10.1)."""
    return who.kind == CENTRE and who.role == "ADMINISTRATOR"


@outcome.register
def _(noun: CameraFacts, who: Somebody, act: str) -> str:  # noqa: PLR0911 — one sentence each
    """Footage is asked for by the leaders of commune police, and of security cameras by other bodies in writing.

    On anybody else's requests nobody is named to decide. A case is opened on data of a camera of one's own unit, by
    whoever receives cases of its kind.
    """
    in_writing = who.kind == BODY and noun.domain == "SECURITY" and who.role in {"HANDLER", "LEADER"}
    if act == "requestExtraction" and in_writing:
        return DONE  # without watching it
    if not sees(noun, who):
        return "NotFound"
    if act in USES_OF_CAMERAS:
        return using(noun, who, act)
    if act in CAMERA_ACTS:
        return _acting(noun, who, act)
    if act in USES_OF_CAMERAS:
        return using(noun, who, act)
    if not watches(noun, who):
        return "Forbidden"
    if act == "openCase":
        receives = who.kind in ({CITY, TEAM} if noun.domain == "TRAFFIC" else {*KINDS} - {CENTRE})
        own = receives and who.role in {"HANDLER", "LEADER"} and who.unit == noun.operator
        return DONE if own else "Forbidden"
    assert act == "requestExtraction"
    return DONE if who.kind == COMMUNE and who.leader and who.role in {"HANDLER", "LEADER"} else "Forbidden"


def _acting(noun: CameraFacts, who: Somebody, act: str) -> str:
    if act in ADMINISTERED:
        return ADMINISTERED[act] if administers(who) else "Forbidden"
    if act == "publishCamera":
        return DONE if who.kind == CENTRE and who.role == "APPROVER" else "Forbidden"
    works = who.unit == noun.operator and who.role in {"EXECUTOR", "ADMINISTRATOR", "HANDLER"}
    if works and noun.worked_on and act.endswith("CameraMaintenance"):
        return DONE if act == "endCameraMaintenance" else "WrongState"
    return OPERATED[act] if works else "Forbidden"


def facts(unit_id: str) -> dict[str, dict[str, Any]]:
    """What each is told with nothing that anybody would find fault with."""
    return {
        "registerCamera": {
            "code": "DH-ML-99",
            "name": "Ngã ba",
            "class": "SMART_CITY",
            "kind": "SANCTION",
            "domain": "TRAFFIC",
            "area": "quang-binh/dong-hoi",
            "operatingUnitId": unit_id,
        },
        "installCamera": {"installedOn": "2022-03-01"},
        "connectCamera": {"channel": "PRIVATE_CHANNEL"},
        "reportCameraFault": {"kind": "CLOCK"},
        "endCameraFault": {"kind": "CLOCK"},
        "retireCamera": {"reason": "Thay mới"},
        "fileCameraConsent": {
            "kind": "RELATED_AGENCY",
            "document": "12/CV",
            "dated": "2022-03-01",
            "issuedBy": "Công an thành phố",
        },
        "fileCameraCertificate": {
            "number": "KD-01",
            "body": "Viện Đo lường",
            "measures": "SPEED",
            "issuedOn": "2022-03-01",
            "validUntil": "2099-12-31",
        },
        "voidCameraCertificate": {"number": "KD-01", "reason": "Ghi sai năm hết hạn"},
        "recordCameraCalibration": {
            "calibratedOn": "2022-03-01",
            "body": "Trung tâm Kỹ thuật",
            "document": "HC-01",
        },
        "checkCameraClock": {"offsetMs": -1200},
        "installCameraFirmware": {"firmware": "5.7.1"},
        "renameCamera": {"name": "Ngã ba"},
        "nameCameraOwner": {"owner": {"kind": "ORGANISATION", "name": "Công ty Mẫu"}},
        "transferCamera": {"operatingUnitId": unit_id, "managerUnitId": unit_id, "document": "18/QĐ"},
        "moveCameraToArea": {"area": "quang-binh", "document": "18/QĐ"},
        "nameCameraCustodian": {"custodianUnitId": unit_id},
        "reconfigureCamera": {"reason": "Cây che", "view": "Hướng Nam", "document": "19/CV"},
        "changeCameraPlacement": {"placement": "STATE_AREA", "reason": "Trong trụ sở"},
        "markCameraSecret": {"secret": True, "reason": "Trụ sở quân sự"},
        "publishCamera": {"published": True},
        "setCameraAddress": {"streamUrl": "rtsp://camera.example/live", "username": "admin", "password": "x"},
    }
