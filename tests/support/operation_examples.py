"""One canonical example of each event of running the system: incidents, work, shifts, rosters."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.envelope import Event
from domain.incident import Incident
from domain.personal import Personal
from domain.roster import Roster
from domain.shift import Shift
from domain.turns import Turn
from domain.work_order import WorkOrder
from tests.support.invented import ACCOUNT, AT, CAMERA, UNIT

INCIDENT, WORK, SHIFT, ROSTER = UUID(int=0x5C), UUID(int=0xBD), UUID(int=0xC8), UUID(int=0x17)
TURNS: Final = [
    Turn(
        account_id=ACCOUNT,
        starts_at=datetime(2026, 5, 31, 17, tzinfo=UTC),
        ends_at=datetime(2026, 6, 30, 17, tzinfo=UTC),
    )
]

OPERATION_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Incident.Reported: (
        INCIDENT,
        {
            "number": "DH-SC-2026-000001",
            "kind": "DEVICE_FAULT",
            "camera_id": CAMERA,
            "area_path": "quang-binh/dong-hoi/nam-ly",
            "camera_class": "SMART_CITY",
            "reporting_unit_id": UNIT,
            "operating_unit_id": UNIT,
            "handler_kind": "OPERATIONS_CENTRE",
            "detected_at": AT - timedelta(hours=2),
            "notified_at": AT - timedelta(hours=1),
            "leader_account_id": ACCOUNT,
            "leader_told_at": AT - timedelta(hours=1),
            "fault": "NO_PICTURE",
            "due": AT + timedelta(hours=22),
            "due_rule": "R-DB-11.2.b",
            "text": Personal.said(INCIDENT, "Camera không lên hình"),
        },
    ),
    Incident.Received: (INCIDENT, {}),
    Incident.HandlingBegan: (INCIDENT, {"process": "12/QT-VP, bản 2"}),
    Incident.Fixed: (
        INCIDENT,
        {
            "fixed_at": AT + timedelta(hours=23),
            "text": Personal.said(INCIDENT, "Đã thay nguồn"),
            "late_reason": Personal.said(INCIDENT, "Chờ thiết bị"),
        },
    ),
    Incident.Reopened: (INCIDENT, {"text": Personal.said(INCIDENT, "Lại mất hình")}),
    Incident.Closed: (INCIDENT, {}),
    Incident.Backdated: (
        INCIDENT,
        {
            "detected_at": AT - timedelta(hours=5),
            "due": AT + timedelta(hours=19),
            "text": Personal.said(INCIDENT, "Nhật ký ca trước đã ghi"),
        },
    ),
    Incident.DueSoon: (INCIDENT, {"due": AT + timedelta(hours=22)}),
    Incident.Overdue: (INCIDENT, {"due": AT + timedelta(hours=22)}),
    WorkOrder.Planned: (
        WORK,
        {
            "number": "DH-BD-2026-000001",
            "kind": "MAINTENANCE",
            "camera_ids": (CAMERA,),
            "area_path": "quang-binh/dong-hoi",
            "starts_at": AT + timedelta(days=1),
            "ends_at": AT + timedelta(days=1, hours=2),
            "supplier_schedule": "Sổ tay bảo dưỡng 6 tháng",
            "supplier_due_at": AT + timedelta(days=30),
            "text": Personal.said(WORK, "Vệ sinh ống kính"),
            "interruption": Personal.said(WORK, "Chỉ có một camera"),
        },
    ),
    WorkOrder.Started: (WORK, {}),
    WorkOrder.Finished: (WORK, {"text": Personal.said(WORK, "Đã vệ sinh"), "next_due_at": AT}),
    WorkOrder.Cancelled: (WORK, {"text": Personal.said(WORK, "Mưa bão")}),
    Shift.Opened: (
        SHIFT,
        {
            "number": "DH-CT-2026-000001",
            "post": "Trực ban",
            "area_path": "quang-binh/dong-hoi",
            "after": UUID(int=0xC7),
        },
    ),
    Shift.DevicesConfirmed: (
        SHIFT,
        {"faulty_camera_ids": (CAMERA,), "text": Personal.said(SHIFT, "Một camera mất hình")},
    ),
    Shift.Entered: (
        SHIFT,
        {
            "entry": 2,
            "kind": "CORRECTION",
            "camera_id": CAMERA,
            "corrects": 1,
            "text": Personal.said(SHIFT, "Mất hình từ 9 giờ"),
        },
    ),
    Shift.Closed: (SHIFT, {"text": Personal.said(SHIFT, "Theo dõi camera mất hình")}),
    Roster.Drawn: (
        ROSTER,
        {
            "number": "DH-LT-2026-000001",
            "post": "Trực ban",
            "month": "2026-06",
            "starts_at": datetime(2026, 5, 31, 17, tzinfo=UTC),
            "ends_at": datetime(2026, 6, 30, 17, tzinfo=UTC),
            "area_path": "quang-binh/dong-hoi",
            "turns": TURNS,
        },
    ),
    Roster.Redrawn: (ROSTER, {"turns": TURNS}),
    Roster.Published: (ROSTER, {}),
    Roster.Swapped: (
        ROSTER,
        {"turn": 1, "account_id": ACCOUNT, "text": Personal.said(ROSTER, "Ốm")},
    ),
}
NOUNS: Final[dict[type[Aggregate], UUID]] = {
    Incident: INCIDENT,
    WorkOrder: WORK,
    Shift: SHIFT,
    Roster: ROSTER,
}
"""Whose events they are."""
