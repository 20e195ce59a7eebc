"""One canonical example of each event of a case: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.case import Case, Finding
from domain.case.clocks import Clock, Stopped
from domain.case.record import RecordContents
from domain.envelope import Event
from domain.personal import Personal
from tests.support.invented import (
    ACCOUNT,
    AT,
    CAMERA,
    CASE,
    EVIDENCE,
    NAME,
    NOTE,
    PLATE,
    POLICE,
    PROPOSAL,
    TEXT,
    UNIT,
)

WEEK: Final = timedelta(days=7)


def said(text: str = TEXT) -> Personal[str]:
    """Words about somebody, under the case."""
    return Personal.said(CASE, text)


def running(timer: str, rule: str, variant: str | None = None, missed: str = "late") -> tuple[Clock, ...]:
    """One clock that runs from the act on."""
    return (
        Clock(
            timer=timer,
            variant=variant,
            started_at=AT,
            due=AT + WEEK,
            rule=rule,
            missed=missed,
            unit_id=POLICE,
        ),
    )


def ended(timer: str, *, late: bool = False) -> tuple[Stopped, ...]:
    """One clock that stops."""
    return (Stopped(timer=timer, due=AT + WEEK, late=late),)


CASE_EVENTS: Final[dict[type[Event], dict[str, Any]]] = {
    Case.Detected: {
        "number": "DH-2026-000123",
        "proposal_id": PROPOSAL,
        "camera_id": CAMERA,
        "domain": "TRAFFIC",
        "area_path": "quang-binh/dong-hoi/nam-ly",
        "holder_unit_id": UNIT,
        "rule": "RED_LIGHT",
        "occurred_at": AT - timedelta(minutes=2),
        "detected_at": AT - timedelta(minutes=1),
        "confidence": 0.75,
        "model": "scenes-nano",
        "model_sha256": "b" * 64,
        "source_sha256": "c" * 64,
        "evidence": [EVIDENCE],
        "track": "SUPPLIED",
        "transmission": "PRIVATE_CHANNEL",
        "client_id": UUID(int=0xC11E),
        "clocks": running("TRANSFER", "R-DH-11.3.a1"),
    },
    Case.Discarded: {
        "reason_code": "EXEMPT_VEHICLE",
        "note": said(NOTE),
        "stopped": ended("TRANSFER"),
    },
    Case.Approved: {
        "plate": said(PLATE),
        "recipient_unit_id": POLICE,
        "channel": "DOCUMENT",
        "reference": "12/CV-VP",
        "receiver": said(NAME),
        "duplicates": (UUID(int=0xD0),),
        "clocks": running("VERIFY", "R-DH-11.3.b3", "NORMAL"),
        "stopped": ended("TRANSFER", late=True),
        "late_reason": said("Mất kết nối ba ngày"),
    },
    Case.DuplicateSuspected: {"duplicates": (UUID(int=0xD0),)},
    Case.Kept: {"other_case_id": UUID(int=0xD0), "text": said("Hai lượt đi qua khác nhau")},
    Case.Merged: {"into_case_id": UUID(int=0xD0), "text": said("Cùng một lượt đi qua")},
    Case.Opened: {
        "number": "DH-2026-000124",
        "camera_id": CAMERA,
        "domain": "TRAFFIC",
        "area_path": "quang-binh/dong-hoi/nam-ly",
        "holder_unit_id": POLICE,
        "rule": "RED_LIGHT",
        "occurred_at": AT - timedelta(minutes=2),
        "detected_at": AT - timedelta(minutes=1),
        "plate": said(PLATE),
        "text": said(),
        "evidence": [EVIDENCE],
        "track": "OWN_DEVICE",
        "clocks": running("OWNER_NOTICE", "R-VN-TT73-24.1.a"),
    },
    Case.Received: {},
    Case.Assigned: {"account_id": ACCOUNT},
    Case.Returned: {"to_unit_id": UNIT, "text": said("Ảnh thuộc địa bàn khác")},
    Case.Forwarded: {
        "recipient_unit_id": None,
        "outside": "Phòng CSGT Công an tỉnh khác",
        "channel": "DOCUMENT",
        "reference": "45/CV-CA",
        "receiver": said(NAME),
        "text": said("Chủ xe cư trú ở địa phương khác"),
    },
    Case.Handled: {"text": said("Đã giải tán đám đông")},
    Case.VerificationStarted: {"verifiers": (ACCOUNT,)},
    Case.VerificationExtended: {
        "text": said("Nhiều tình tiết phức tạp"),
        "clocks": running("VERIFY", "R-DH-11.3.b3", "COMPLEX"),
    },
    Case.Concluded: {
        "finding": Finding.VIOLATION.value,
        "text": said(),
        "clocks": running("NOTIFY_RESULT", "R-DH-11.3.b5"),
        "stopped": ended("VERIFY", late=True),
    },
    Case.Referred: {"to": "Cơ quan Cảnh sát điều tra", "documents": ("Biên bản", "Ảnh"), "text": said()},
    Case.Resumed: {"document": "77/QĐ-CSĐT", "received_at": AT},
    Case.ResultNotified: {"stopped": ended("NOTIFY_RESULT")},
    Case.OwnerIdentified: {
        "plate": said(PLATE),
        "plate_colour": "WHITE",
        "vehicle_group": "CAR",
        "owner_name": said(NAME),
        "owner_address": said("Số 1 phố Mẫu"),
        "owner_is_organisation": False,
        "source": "Cơ sở dữ liệu đăng ký xe, tra cứu 118",
    },
    Case.NoticeSent: {"reference": "01/TB-CA", "appear_at": said("Số 2 phố Mẫu")},
    Case.InspectionWarningSent: {"recipients": ("Cục Đăng kiểm",), "reference": "02/TB-CA"},
    Case.ViolatorDetermined: {
        "name": said(NAME),
        "address": said("Số 1 phố Mẫu"),
        "identity_number": said("000000000000"),
        "is_organisation": False,
        "basis": "DETERMINED_BY_POLICE",
        "text": said(),
    },
    Case.RecordDrawn: {
        "contents": RecordContents(
            number="03/BB-VPHC",
            drawn_at=AT,
            place=said("Trụ sở Công an thành phố"),
            maker_title="Cán bộ Đội CSGT",
            behaviour=said(),
            offence_code="6.9.b",
            statement=said("Không có ý kiến"),
            measures=said("Không"),
            copies=2,
            signed_by_violator=False,
            no_signature_reason=said("Từ chối ký"),
            witnesses=said(NAME),
        ),
        "vehicle_group": "CAR",
        "fine_maximum": 20_000_000,
        "explainable": True,
        "competent": False,
    },
    Case.RecordTransferred: {"recipient_unit_id": POLICE},
    Case.ExplanationRequested: {"form": "SESSION", "received_at": AT},
    Case.ExplanationExtended: {"text": said("Cần thu thập thêm tài liệu")},
    Case.SessionAnnounced: {"session_at": AT + WEEK, "place": said("Phòng 2")},
    Case.Explained: {"form": "SESSION", "text": said("Trình bày hoàn cảnh"), "minutes": "04/BB-GT"},
    Case.FactsVerified: {"text": said("Cần xác minh biển số")},
    Case.DeclaredComplex: {"text": said("Đặc biệt nghiêm trọng")},
    Case.DecisionIssued: {
        "number": "05/QĐ-XPHC",
        "signer_title": "TEAM_LEADER",
        "ceiling": 22_500_000,
        "offence_code": "6.9.b",
        "organisation": False,
        "fine": 19_000_000,
        "points": 4,
        "suspension_months": 0,
        "remedies": ("Buộc khôi phục",),
        "circumstances": said("Thành khẩn"),
        "execute_within_days": 10,
        "refuses_inspection": True,
    },
    Case.NoDecision: {"ground": "TIME_EXPIRED", "text": said("Hết thời hạn"), "remedies": ()},
    Case.DecisionSent: {"how": "POST", "reference": "RR123456789VN"},
    Case.DecisionDelivered: {"how": "POST", "proof": "Giấy báo phát số 9"},
    Case.ExecutionOverdue: {"due": AT, "flags": ("REFUSAL", "WARNING")},
    Case.Paid: {"amount": 19_000_000, "receipt": "BL-0001"},
    Case.EnforcementDecided: {"number": "06/QĐ-CC", "measure": "Khấu trừ một phần lương"},
    Case.DecisionExecuted: {"fine": 19_000_000, "late_fee": 9500, "receipt": "BL-0001"},
    Case.CaseResolved: {"told": ("Cục Đăng kiểm",)},
    Case.EvasionEnded: {"ended_at": AT, "text": said("Trốn tránh hai tháng")},
    Case.CasePublished: {"app": "Đồng Hới SmartCity", "fields": ("kind", "occurred_at")},
    Case.PublicationWithdrawn: {"text": said("Hủy bỏ quyết định")},
    Case.ComplaintFiled: {"reference": "07/KN", "against": "05/QĐ-XPHC", "text": said("Không đồng ý")},
    Case.ComplaintAnswered: {"reference": "08/TL", "text": said("Giữ nguyên quyết định")},
    Case.Corrected: {"field": "plate", "value": said(PLATE), "text": said("Gõ nhầm một chữ số")},
    Case.Reopened: {"state": "VERIFYING", "text": said("Có tình tiết mới")},
    Case.DeclaredVoid: {"what": "DECISION", "document": "09/QĐ-HB", "text": said("Sai đối tượng")},
    Case.DelayExplained: {"timer": "VERIFY", "text": said("Chờ kết quả giám định")},
    Case.DocumentIssued: {
        "document_id": UUID(int=0xD1),
        "kind": "RECORD",
        "number": "03/BB-VPHC",
        "edition": 1,
        "template": f"record@{'0a' * 32}",
        "sha256": "9" * 64,
        "size": 40_000,
        "name": f"88/{'8' * 64}.sealed",
    },
    Case.DocumentPrinted: {"document_id": UUID(int=0xD1), "copies": 2},
    Case.ClockDueSoon: {"timer": "VERIFY", "due": AT + WEEK},
    Case.ClockMissed: {"timer": "VERIFY", "due": AT, "missed": "late"},
}
