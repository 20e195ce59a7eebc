"""One canonical example of each event of clients and of their models."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.client import Client, Model
from domain.envelope import Event
from tests.support.invented import UNIT

CLIENT, MODEL = Client.create_id("PM-PH-01"), Model.create_id("d" * 64)

CLIENT_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Client.Registered: (
        CLIENT,
        {
            "code": "PM-PH-01",
            "kind": "DETECTION_WORKER",
            "name": "Phần mềm phát hiện vi phạm",
            "release": "2.4.1",
            "maker": "Công ty Mẫu",
            "area_path": "quang-binh/dong-hoi",
            "operating_unit_id": UNIT,
            "document": "12/QĐ-TTGSĐH",
            "permitted_on": date(2026, 5, 4),
            "models": ("d" * 64,),
        },
    ),
    Client.Suspended: (CLIENT, {"document": "13/QĐ-TTGSĐH"}),
    Client.Resumed: (CLIENT, {"document": "14/QĐ-TTGSĐH"}),
    Client.Withdrawn: (CLIENT, {"document": "15/QĐ-TTGSĐH"}),
    Model.Registered: (MODEL, {"sha256": "d" * 64, "client_id": CLIENT}),
    Model.RegisteredAnew: (MODEL, {"client_id": UUID(int=0xC11E)}),
}
NOUNS: Final[dict[type[Aggregate], UUID]] = {Client: CLIENT, Model: MODEL}
"""Whose events they are."""
