"""One canonical example of each event of the uses of cameras: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.camera_use import CameraUse
from domain.control import CameraControl
from domain.envelope import Event
from domain.personal import Personal
from tests.support.invented import AT, CAMERA, CASE

USE: Final = UUID(int=0xCA)
CONTROL: Final = CameraControl.create_id(CAMERA, AT.date())
HOLD, LATER_HOLD = UUID(int=0xC1), UUID(int=0xC2)
ORDER: Final = UUID(int=0x0D)

USE_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    CameraUse.Opened: (
        USE,
        {
            "kind": "FACE_RECOGNITION",
            "camera_ids": [CAMERA],
            "area_path": "quang-binh/dong-hoi/nam-ly",
            "purpose": "SECURITY",
            "document": "12/YC-CA",
            "case_id": CASE,
            "starts_at": AT - timedelta(hours=3),
            "ends_at": AT - timedelta(hours=1),
            "until": AT + timedelta(minutes=5),
        },
    ),
    CameraUse.Extended: (USE, {"until": AT + timedelta(minutes=9)}),
    CameraUse.Served: (USE, {"connection": "5f1b8d6c-webrtc", "seconds": 97}),
    CameraUse.Ended: (USE, {"how": "REVOKED", "code": "FORBIDDEN"}),
    CameraControl.Begun: (CONTROL, {"camera_id": CAMERA}),
    CameraControl.Reserved: (
        CONTROL,
        {
            "hold_id": HOLD,
            "camera_id": CAMERA,
            "area_path": "quang-binh/dong-hoi/nam-ly",
            "rank": 40,
            "purpose": "PATROL_CONTROL",
            "until": AT + timedelta(seconds=60),
        },
    ),
    CameraControl.Commanded: (
        CONTROL,
        {
            "hold_id": HOLD,
            "command_id": ORDER,
            "movement": "MOVE",
            "pan": 0.5,
            "tilt": -0.25,
            "zoom": 0.0,
            "preset": None,
            "until": AT + timedelta(seconds=80),
        },
    ),
    CameraControl.Answered: (
        CONTROL,
        {"hold_id": HOLD, "command_id": ORDER, "outcome": "UNKNOWN", "detail": "TIMEOUT"},
    ),
    CameraControl.TakenOver: (CONTROL, {"hold_id": HOLD}),
    CameraControl.Released: (CONTROL, {"hold_id": HOLD}),
    CameraControl.ForceReleased: (
        CONTROL,
        {"hold_id": HOLD, "text": Personal.said(CONTROL, "Cần bảo trì camera ngay")},
    ),
}
