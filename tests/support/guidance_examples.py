"""One canonical example of each event of guidance: what it says beside its envelope."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.acknowledgement import Acknowledgement
from domain.envelope import Event
from domain.guidance import Guidance
from domain.personal import Personal
from tests.support.invented import ACCOUNT, AT

GUIDANCE: Final = UUID(int=0x6D)
ACKNOWLEDGEMENT: Final = Acknowledgement.create_id(GUIDANCE, ACCOUNT)
NOUNS: Final[dict[type[Aggregate], UUID]] = {Guidance: GUIDANCE, Acknowledgement: ACKNOWLEDGEMENT}

GUIDANCE_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Guidance.Issued: (
        GUIDANCE,
        {
            "number": "DH-VB-2026-000001",
            "document": "12/HD-VP",
            "dated": date(2026, 5, 20),
            "title": "Hướng dẫn phối hợp, sử dụng camera",
            "kind": "GUIDANCE",
            "area_path": "quang-binh/dong-hoi",
            "unit_kinds": ("CITY_POLICE", "COMMUNE_POLICE"),
            "starts_at": AT - timedelta(days=7),
            "ends_at": AT + timedelta(days=300),
            "must_acknowledge": True,
            "replaces_id": UUID(int=0x6C),
            "text": Personal.said(GUIDANCE, "Mỗi cán bộ giữ bí mật mật khẩu của mình"),
        },
    ),
    Guidance.Briefed: (GUIDANCE, {"held_at": AT - timedelta(days=1), "account_ids": (ACCOUNT,)}),
    Guidance.Replaced: (
        GUIDANCE,
        {"replaced_by_id": UUID(int=0x6E), "ends_at": AT + timedelta(days=30)},
    ),
    Guidance.Withdrawn: (GUIDANCE, {"document": "15/TB-VP"}),
    Acknowledgement.Given: (ACKNOWLEDGEMENT, {"guidance_id": GUIDANCE, "account_id": ACCOUNT}),
}
