"""One canonical example of each later event of a camera: what it says beside its envelope."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from domain.camera import Camera, Certificate, Consent
from domain.case.clocks import Clock, Stopped
from domain.envelope import Event
from domain.personal import Personal
from tests.support.invented import AT, CAMERA, POLICE, UNIT

OWNER, PHONE = "Phan Thị Mẫu", "02320000000"
CONSENT: Final = Consent(
    kind="PLACE_AND_TECHNICAL_PLAN",
    document="12/TTTT-CV",
    dated=date(2026, 5, 4),
    issued_by="Sở Thông tin và Truyền thông",
)
CERTIFICATE: Final = Certificate(
    number="KD-2026-0117",
    body="Viện Đo lường",
    measures="SPEED",
    issued_on=date(2026, 5, 4),
    valid_until=date(2027, 5, 3),
)
CLOCK: Final = Clock(
    timer="CONNECT_CAMERA",
    variant=None,
    started_at=AT,
    due=AT + timedelta(days=5),
    rule="R-DB-7.5.a",
    missed="late",
    unit_id=UNIT,
)
STOPPED: Final = Stopped(timer="CONNECT_CAMERA", due=AT + timedelta(days=5), late=False)

CAMERA_EVENTS: Final[dict[type[Event], dict[str, Any]]] = {
    Camera.Renamed: {"name": "Ngã tư Nam Lý, hướng Bắc"},
    Camera.OwnerNamed: {
        "kind": "HOUSEHOLDER",
        "owning_unit_id": None,
        "name": Personal.said(CAMERA, OWNER),
        "contact": Personal.said(CAMERA, PHONE),
    },
    Camera.Transferred: {"operating_unit_id": UNIT, "manager_unit_id": POLICE, "document": "18/QĐ-UBND"},
    Camera.CustodianNamed: {"custodian_unit_id": POLICE},
    Camera.Reconfigured: {
        "longitude": 106.6,
        "latitude": 17.48,
        "view": "Hướng Bắc",
        "channel": "PRIVATE_CHANNEL",
        "settings": "1080p, 25 hình/giây",
        "document": "19/CV-TTGS",
        "client_id": UUID(int=0xC11E),
        "clocks": (CLOCK,),
    },
    Camera.PlacementChanged: {"placement": "STATE_AREA"},
    Camera.MarkedSecret: {"secret": True},
    Camera.PublicationSet: {"published": True, "place": "JUNCTION"},
    Camera.AddressSet: {},
    Camera.ConsentFiled: {"consent": CONSENT},
    Camera.ConsentWithdrawn: {"document": "01/ĐN", "stopped": (STOPPED,)},
    Camera.Verified: {"certificate": CERTIFICATE},
    Camera.CertificateVoided: {"number": "KD-2026-0116"},
    Camera.ConsentsLapsed: {"kinds": ("MANAGING_BODY_OF_AREA", "RELATED_AGENCY")},
    Camera.Calibrated: {
        "calibrated_on": date(2026, 5, 4),
        "body": "Trung tâm Kỹ thuật",
        "document": "HC-2026-0042",
        "result": "Sai số 0,4 %",
    },
    Camera.ClockChecked: {"at": AT, "offset_ms": -1200},
    Camera.FirmwareInstalled: {"firmware": "5.7.1"},
    Camera.Installed: {"installed_on": date(2026, 5, 4), "clocks": (CLOCK,)},
    Camera.Connected: {
        "channel": "PRIVATE_CHANNEL",
        "documents": ("Sơ đồ đấu nối",),
        "client_id": UUID(int=0xC11E),
        "stopped": (STOPPED,),
    },
    Camera.ConnectionDueSoon: {"due": AT + timedelta(days=5)},
    Camera.ConnectionMissed: {"due": AT + timedelta(days=5)},
    Camera.Activated: {},
    Camera.FaultBegan: {"at": AT, "kind": "CLOCK", "incident_id": None},
    Camera.FaultEnded: {"at": AT + timedelta(hours=1), "kind": "CLOCK", "incident_id": None},
    Camera.LinkLost: {"at": AT, "kind": "CENTRE", "incident_id": None},
    Camera.Backdated: {
        "at": AT - timedelta(hours=2),
        "kind": "CLOCK",
        "incident_id": None,
        "said_at": AT,
    },
    Camera.LinkRestored: {"at": AT + timedelta(hours=1), "kind": "CENTRE", "incident_id": None},
    Camera.MaintenanceBegan: {"at": AT, "work_order_id": None},
    Camera.MaintenanceEnded: {"at": AT + timedelta(hours=1), "work_order_id": None},
    Camera.Retired: {"document": "20/QĐ-UBND"},
}
