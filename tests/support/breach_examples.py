"""One canonical example of each event of a breach: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.breach import Breach
from domain.envelope import Event
from domain.personal import Personal
from tests.support.invented import ACCOUNT, AT, CAMERA, CASE, UNIT
from tests.support.spec import CENTRE, Fact, fact

BREACH: Final = UUID(int=0xB4)

BREACH_EVENTS: Final[dict[type[Event], dict[str, Any]]] = {
    Breach.Reported: {
        "number": "DH-VP-2026-000001",
        "area_path": "quang-binh/dong-hoi",
        "unit_id": UNIT,
        "subject_rule": "R-DH-5.5.0",
        "account_id": ACCOUNT,
        "leads": False,
        "happened_at": AT - timedelta(days=1),
        "text": Personal.said(BREACH, "Cho người khác dùng tài khoản của mình"),
        "attempts": (17, 23),
        "case_ids": (CASE,),
        "camera_ids": (CAMERA,),
    },
    Breach.Answered: {"text": Personal.said(BREACH, "Tôi quên đăng xuất")},
    Breach.Examined: {
        "finding": "CONFIRMED",
        "document": "05/KL-VP",
        "text": Personal.said(BREACH, "Hai phiên cùng lúc từ hai nơi"),
    },
    Breach.DealtWith: {
        "measure": "DISCIPLINE",
        "document": "06/QĐ-VP",
        "decided_at": AT - timedelta(hours=1),
        "recommendation_id": UUID(int=0x7E),
    },
    Breach.Closed: {},
    Breach.Reopened: {
        "document": "07/KL-UBND",
        "text": Personal.said(BREACH, "Máy trạm tự mở lại phiên cũ"),
    },
}


def breached(n: int, far: int) -> tuple[type[Aggregate], UUID, list[Fact]]:
    """A breach that has come some of its way."""
    number = {"number": f"DH-VP-2026-{n:06d}"}
    way = [
        fact(cls, **{**said, **(number if "number" in said else {})}) for cls, said in BREACH_EVENTS.items()
    ]
    return Breach, UUID(int=0x1E0000 + n), [one.under(unit_id=CENTRE.id) for one in way[:far]]
