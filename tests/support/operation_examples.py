"""One canonical example of each event of running the system: incidents, work, shifts, rosters."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.envelope import Event
from domain.incident import Incident
from domain.personal import Personal
from tests.support.invented import ACCOUNT, AT, CAMERA, UNIT

INCIDENT: Final = UUID(int=0x5C)

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
    Incident.Overdue: (INCIDENT, {"due": AT + timedelta(hours=22)}),
}
NOUNS: Final[dict[type[Aggregate], UUID]] = {Incident: INCIDENT}
"""Whose events they are."""
