"""One of each document with every fact given, and what a reader finds in it.

The people, plates and cases are invented.
"""

from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from api.documents import render
from domain.clock import LEGAL_TIME
from policies.document_form import Need
from policies.documents import templates

MADE_AT = datetime(2026, 6, 2, 8, 5, tzinfo=LEGAL_TIME)
ACT = datetime(2026, 5, 20, 17, 42, 10, tzinfo=LEGAL_TIME)

AGENCY = {
    "parent_unit_name": "Ủy ban nhân dân thành phố Đồng Hới",
    "unit_name": "Công an thành phố Đồng Hới",
    "case_number": "DH-2026-000123",
    "log_position": "0000000000004711",
}
EVIDENCE = [
    {"kind": "Ảnh toàn cảnh", "captured_at": ACT, "sha256": "3b" * 32},
    {"kind": "Ảnh biển số", "captured_at": ACT + timedelta(seconds=1), "sha256": "9f" * 32},
    {"kind": "Đoạn ghi hình", "captured_at": ACT - timedelta(seconds=5), "sha256": "c4" * 32},
]
ACT_OF_VEHICLE: dict[str, Any] = {
    "plate": "73A-456.78",
    "plate_colour": "nền trắng, chữ và số màu đen",
    "vehicle_kind": "Ô tô con",
    "occurred_at": ACT,
    "place": "ngã tư Trần Hưng Đạo - Hữu Nghị, phường Nam Lý",
    "violation_name": "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
}
VIOLATOR: dict[str, Any] = {
    "violator_is_organisation": False,
    "violator_name": "Nguyễn Thị Thử Nghiệm",
    "violator_address": "số 5 đường Ví Dụ, phường Mẫu, thành phố Đồng Hới",
    "violator_identity_number": "000000000000",
    "violator_identity_issued": "ngày 01 tháng 01 năm 2022, Cục Cảnh sát ví dụ",
    "violator_gender": "Nữ",
    "violator_birth_date": date(1990, 2, 9),
    "violator_nationality": "Việt Nam",
    "violator_occupation": "Giáo viên",
}

NOTICE: dict[str, Any] = {
    **AGENCY,
    **ACT_OF_VEHICLE,
    "issued_place": "Đồng Hới",
    "owner_name": "Nguyễn Thị Thử Nghiệm",
    "owner_address": VIOLATOR["violator_address"],
    "detecting_unit": "Trung tâm Giám sát, điều hành đô thị thông minh",
    "camera_code": "DH-CAM-017",
    "handling_unit": "Đội Cảnh sát giao thông - Trật tự",
    "handling_phone": "0232 000 0000",
    "handling_address": "số 1 đường Ví Dụ",
    "come_by": date(2026, 6, 22),
    "evidence": EVIDENCE,
    "signer_name": "Trần Văn Ví Dụ",
    "signer_title": "Trưởng Công an thành phố",
}
RECORD: dict[str, Any] = {
    **AGENCY,
    **ACT_OF_VEHICLE,
    **VIOLATOR,
    "violation_domain": "trật tự, an toàn giao thông đường bộ",
    "drawn_at": MADE_AT,
    "drawn_place": "trụ sở Công an thành phố Đồng Hới",
    "drawn_at_scene": False,
    "drawn_elsewhere_reason": "vi phạm được phát hiện qua camera giám sát, người vi phạm được xác định sau đó",
    "legal_bases": [
        "kết quả thu được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ theo Nghị định số 61/2026/NĐ-CP",
        "Kết luận xác minh hồ sơ DH-2026-000123 ngày 28 tháng 5 năm 2026",
    ],
    "record_maker": "Lê Văn Mẫu",
    "record_maker_title": "Cán bộ Đội Cảnh sát giao thông - Trật tự",
    "witnesses": [
        {"name": "Phạm Thị Chứng", "occupation": "Tổ trưởng tổ dân phố", "address": "phường Mẫu"},
        {"name": "Hoàng Văn Kiến", "occupation": "Công chức", "address": "Ủy ban nhân dân phường Mẫu"},
    ],
    "violation_description": "Xe đi thẳng qua vạch dừng khi đèn đỏ đã sáng 03 giây, có hình ảnh và đoạn ghi hình.",
    "violation_provision": "điểm b khoản 9 Điều 6 Nghị định số 168/2024/NĐ-CP",
    "camera_code": "DH-CAM-017",
    "device_certificate": "GCN số 00/2026, hiệu lực đến ngày 31 tháng 12 năm 2026",
    "evidence": EVIDENCE,
    "damaged_parties": [
        {"name": "Đặng Văn Hại", "address": "phường Mẫu", "statement": "Không có ý kiến gì thêm."}
    ],
    "violator_statement": "Tôi đồng ý với nội dung biên bản.",
    "witness_statement": "Không có ý kiến gì thêm.",
    "preventive_measures": "không áp dụng.",
    "explanation_right": True,
    "explanation_deadlines": [
        {"manner": "Giải trình bằng văn bản", "until": date(2026, 6, 9)},
        {"manner": "Đề nghị giải trình trực tiếp", "until": date(2026, 6, 4)},
    ],
    "explanation_to": "Trưởng Công an thành phố Đồng Hới",
    "summoned_at": datetime(2026, 6, 12, 8, 0, tzinfo=LEGAL_TIME),
    "summoned_to": "trụ sở Công an thành phố Đồng Hới",
    "finished_at": MADE_AT + timedelta(minutes=40),
    "sheets": 3,
    "copies": 2,
    "violator_signed": False,
    "signature_refusal_reason": "người vi phạm vắng mặt, có mặt người chứng kiến.",
}
TRANSFER: dict[str, Any] = {
    **AGENCY,
    "transferred_at": MADE_AT + timedelta(hours=3),
    "transferred_place": "trụ sở Công an tỉnh",
    "record_number": "12/BB-VPHC",
    "drawn_at": MADE_AT,
    "due_at": MADE_AT + timedelta(hours=24),
    "lateness_reason": "đường truyền gián đoạn.",
    "violator_name": VIOLATOR["violator_name"],
    "violation_name": ACT_OF_VEHICLE["violation_name"],
    "transfer_reason": "mức phạt vượt thẩm quyền của người lập biên bản.",
    "sender_name": "Lê Văn Mẫu",
    "sender_title": "Cán bộ",
    "recipient_unit_name": "Phòng Cảnh sát giao thông Công an tỉnh",
    "receiver_name": "Võ Thị Nhận",
    "receiver_title": "Cán bộ trực ban",
    "channel": "trực tiếp",
    "reference": "34/CV-CATP",
    "papers": [
        {"document": "Biên bản vi phạm hành chính số 12/BB-VPHC", "sheets": 3, "sha256": "1a" * 32},
        {"document": "Kết luận xác minh", "sheets": 2, "sha256": "2b" * 32},
    ],
    "evidence": EVIDENCE,
    "exhibits": "không có.",
    "copies": 2,
}
DECISION: dict[str, Any] = {
    **AGENCY,
    **ACT_OF_VEHICLE,
    **VIOLATOR,
    "issued_place": "Đồng Hới",
    "decided_at": date(2026, 6, 10),
    "legal_bases": [
        "Nghị định số 168/2024/NĐ-CP",
        "Nghị định số 118/2021/NĐ-CP và Nghị định số 68/2025/NĐ-CP",
    ],
    "record_number": "12/BB-VPHC",
    "drawn_at": MADE_AT,
    "verification_document": "Kết luận xác minh ngày 28 tháng 5 năm 2026",
    "explanation_document": "Văn bản giải trình ngày 05 tháng 6 năm 2026",
    "delegation_document": "số 07/QĐ-GQXP ngày 02 tháng 01 năm 2026",
    "signer_name": "Trần Văn Ví Dụ",
    "signer_title": "Trưởng Công an thành phố",
    "aggravating": ["Vi phạm hành chính nhiều lần."],
    "mitigating": ["Đã tự nguyện khai báo, thành thật hối lỗi."],
    "violation_provision": "điểm b khoản 9 Điều 6 Nghị định số 168/2024/NĐ-CP",
    "fine": 19_000_000,
    "points": 4,
    "suspension_months": 2,
    "remedies": ["Buộc khôi phục lại tình trạng ban đầu đã bị thay đổi."],
    "effective_on": date(2026, 6, 10),
    "execute_within_days": 10,
    "pay_to": "Kho bạc Nhà nước thành phố Đồng Hới, tài khoản số 0000.0.0000000",
    "executing_unit": "Đội Cảnh sát giao thông - Trật tự",
}
HANDOVER: dict[str, Any] = {
    **AGENCY,
    "unit_name": "Văn phòng HĐND - UBND thành phố Đồng Hới",
    "extraction_number": "TX-2026-000045",
    "handed_over_at": MADE_AT,
    "handed_over_place": "Trung tâm Giám sát, điều hành đô thị thông minh",
    "request_document_number": "15/CAP-ĐN",
    "requester_name": "Bùi Văn Yêu",
    "requester_unit_name": "Công an phường Mẫu",
    "purpose": "xử lý vi phạm hành chính theo hồ sơ DH-2026-000123.",
    "undertaking": "chỉ sử dụng dữ liệu cho mục đích đã nêu.",
    "approver_name": "Trần Văn Ví Dụ",
    "approver_unit_name": "Công an thành phố Đồng Hới",
    "approved_at": MADE_AT - timedelta(days=1),
    "performer_name": "Đỗ Thị Trích",
    "performer_title": "Chuyên viên",
    "performed_at": MADE_AT - timedelta(hours=2),
    "receiver_name": "Bùi Văn Yêu",
    "receiver_title": "Trưởng Công an phường",
    "receiver_unit_name": "Công an phường Mẫu",
    "cameras": ["DH-CAM-017, ngã tư Trần Hưng Đạo - Hữu Nghị", "DH-CAM-018, cầu Nhật Lệ"],
    "asked_from": ACT - timedelta(minutes=5),
    "asked_to": ACT + timedelta(minutes=5),
    "actual_from": ACT - timedelta(minutes=5, seconds=1),
    "actual_to": ACT + timedelta(minutes=5),
    "gaps": ["17 giờ 40 phút 02 giây đến 17 giờ 40 phút 09 giây (DH-CAM-018)"],
    "files": [
        {"name": "DH-CAM-017_20260520T1737.mp4", "size": 73_400_320, "sha256": "5e" * 32},
        {"name": "manifest.json", "size": 4_096, "sha256": "6f" * 32},
    ],
    "medium": "ổ cứng di động, niêm phong số 01.",
    "copies": 2,
}
REPORT: dict[str, Any] = {
    **{name: value for name, value in AGENCY.items() if name != "case_number"},
    "unit_name": "Văn phòng HĐND - UBND thành phố Đồng Hới",
    "issued_place": "Đồng Hới",
    "addressee": "Lãnh đạo Ủy ban nhân dân thành phố Đồng Hới",
    "legal_bases": ["Quyết định số 790/QĐ-UBND và Công văn số 704/UBND-VP ngày 18 tháng 3 năm 2022"],
    "period_name": "tháng 5 năm 2026",
    "period_from": date(2026, 5, 1),
    "period_to": date(2026, 5, 30),
    "as_of": datetime(2026, 5, 30, 17, 0, tzinfo=LEGAL_TIME),
    "detected": 1234,
    "discarded": 310,
    "transferred": 900,
    "concluded_violation": 640,
    "concluded_none": 41,
    "referred_criminal": 0,
    "pending": 219,
    "notices_sent": 512,
    "records_drawn": 470,
    "decisions_issued": 421,
    "decisions_executed": 377,
    "fine_total": 1_842_500_000,
    "published": 600,
    "by_kind": [
        {
            "violation_name": ACT_OF_VEHICLE["violation_name"],
            "detected": 1000,
            "transferred": 800,
            "concluded_violation": 590,
            "decisions_issued": 400,
        },
        {
            "violation_name": "Dừng xe, đỗ xe không đúng nơi quy định",
            "detected": 234,
            "transferred": 100,
            "concluded_violation": 50,
            "decisions_issued": 21,
        },
    ],
    "missed_deadlines": [
        {
            "obligation": "Chuyển dữ liệu",
            "citation": "DH Đ11.3.a",
            "unit_name": "Văn phòng HĐND - UBND",
            "missed": 3,
        }
    ],
    "obstacles": "Một số camera bị che khuất vào buổi tối.",
    "recommendations": "Đề nghị bổ sung chiếu sáng tại 02 nút giao.",
    "signer_name": "Trương Thị Báo",
    "signer_title": "Chánh Văn phòng",
}

EXAMPLES = {
    "notice": NOTICE,
    "record": RECORD,
    "transfer_minutes": TRANSFER,
    "decision": DECISION,
    "handover_minutes": HANDOVER,
    "monthly_report": REPORT,
}
"""Every kind with every fact it may hold, but those that exclude each other."""

KINDS = sorted(EXAMPLES)


def issued(kind: str, fields: dict[str, Any], made_at: datetime = MADE_AT, number: str = "12") -> bytes:
    """Issue a document of Đồng Hới."""
    return render(templates("dong-hoi")[kind], fields, made_at=made_at, number=number, version=1)


def pages(pdf: bytes) -> list[str]:
    """Return what a reader finds on each page, with one space between words."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Return *text* without white space: where its lines were broken does not matter."""
    return "".join(text.split())


def read(pdf: bytes) -> str:
    """Return all a reader finds, without white space."""
    return squeezed("".join(pages(pdf)))


def demanded(kind: str) -> dict[str, Any]:
    """Return of an example what the law demands and no more."""
    specs = templates("dong-hoi")[kind].fields
    return {name: value for name, value in EXAMPLES[kind].items() if specs[name].need is Need.LAW}


@cache
def example(kind: str) -> bytes:
    """Return the example of a kind as it is issued."""
    return issued(kind, EXAMPLES[kind])
