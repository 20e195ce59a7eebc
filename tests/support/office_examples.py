"""One canonical example of each event of reports, recommendations and obstacles: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.envelope import Event
from domain.obstacle import Obstacle
from domain.personal import Personal
from domain.recommendation import Recommendation
from domain.report import Report, canonical, digest
from tests.support.invented import AT, CAMERA, CASE, POLICE

REPORT, RECOMMENDATION, OBSTACLE = UUID(int=0xBC), UUID(int=0x7E), UUID(int=0x0B)
NUMBERS: Final = canonical({"totals": {"DETECTED": {"cases": 6}}})

OFFICE_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Report.Issued: (
        REPORT,
        {
            "number": "DH-BC-2026-000001",
            "kind": "MONTHLY",
            "period": "2026-05",
            "starts_at": AT - timedelta(days=33),
            "ends_at": AT - timedelta(days=2),
            "due": AT - timedelta(days=2),
            "as_of": AT - timedelta(days=1),
            "upto": 123,
            "area_path": "quang-binh/dong-hoi",
            "numbers": NUMBERS,
            "sha256": digest(NUMBERS),
        },
    ),
    Report.DocumentIssued: (
        REPORT,
        {
            "document_id": UUID(int=0xD3),
            "number": "12/BC",
            "edition": 1,
            "template": f"monthly_report@{'0c' * 32}",
            "sha256": "8" * 64,
            "size": 44_000,
            "name": f"77/{'7' * 64}.sealed",
        },
    ),
    Report.DocumentPrinted: (REPORT, {"document_id": UUID(int=0xD3), "copies": 2}),
    Recommendation.Made: (
        RECOMMENDATION,
        {
            "number": "DH-KN-2026-000001",
            "shortcoming": "TRAFFIC_ORGANISATION",
            "area_path": "quang-binh/dong-hoi/nam-ly",
            "text": Personal.said(RECOMMENDATION, "Vạch dừng đã mờ"),
            "case_ids": (CASE,),
            "camera_ids": (CAMERA,),
        },
    ),
    Recommendation.Sent: (
        RECOMMENDATION,
        {"recipient_unit_id": POLICE, "outside": None, "document": "01/KN-VP"},
    ),
    Recommendation.Answered: (
        RECOMMENDATION,
        {
            "accepted": True,
            "document": "02/TL-CA",
            "text": Personal.said(RECOMMENDATION, "Sẽ sơn lại trong tháng"),
        },
    ),
    Obstacle.Reported: (
        OBSTACLE,
        {
            "number": "DH-VM-2026-000001",
            "area_path": "quang-binh/dong-hoi/nam-ly",
            "addressed_kind": "OPERATIONS_CENTRE",
            "subject_rule": "R-DH-11.3.b3",
            "case_id": CASE,
            "text": Personal.said(OBSTACLE, "Không tra cứu được chủ xe ngoại tỉnh"),
        },
    ),
    Obstacle.Escalated: (
        OBSTACLE,
        {"level": 1, "addressed_kind": None, "to": "UBND thành phố", "document": "03/BC-VP"},
    ),
    Obstacle.Settled: (
        OBSTACLE,
        {"document": "04/CV-UBND", "text": Personal.said(OBSTACLE, "Đã có quy chế phối hợp")},
    ),
}
