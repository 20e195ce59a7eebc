"""The domain's own words, as the schema's enumerations: strawberry marks the classes, they stay what they are."""

import strawberry

from domain.case import CaseState, Finding
from domain.case.review import Correctable
from domain.case.state import (
    Channel,
    Delivery,
    DocumentKind,
    Explanation,
    Mark,
    NoDecisionGround,
    ViolatorBasis,
    Voided,
)
from domain.clock import Missed
from domain.rules import Track, VehicleGroup

strawberry.enum(CaseState, description="Trạng thái hồ sơ · State of a case")
strawberry.enum(Finding, description="Kết luận · Finding")
strawberry.enum(
    Mark, name="CaseMark", description="Dấu bên cạnh trạng thái · What is so of a case beside its state"
)
strawberry.enum(
    Track,
    name="CaseTrack",
    description="Dữ liệu được chuyển đến, hay công an tự phát hiện · Supplied, or found by the police’s own device",
)
strawberry.enum(Channel, description="Cách chuyển · How data went from one unit to another")
strawberry.enum(
    VehicleGroup,
    description="Nhóm phương tiện theo nghị định · Group of vehicles, as the decrees on fines have them",
)
strawberry.enum(
    ViolatorBasis,
    description="Căn cứ xác định đối tượng (NĐ 168/2024 Đ47.8) · On what a violator was determined",
)
strawberry.enum(
    Explanation,
    name="ExplanationForm",
    description="Hình thức giải trình (Luật XLVPHC Đ61) · In writing, or in a session",
)
strawberry.enum(
    NoDecisionGround,
    description="Lý do không ra quyết định xử phạt (Luật XLVPHC Đ65.1) · Why no penalty is decided",
)
strawberry.enum(
    Delivery,
    name="DeliveryWay",
    description="Cách giao quyết định (Luật XLVPHC Đ70) · How a decision reached the person",
)
strawberry.enum(
    Voided, name="VoidedPart", description="Phần bị hủy bỏ · What is declared void: record, decision or case"
)
strawberry.enum(
    Correctable, name="CorrectableField", description="Trường được đính chính · What may be corrected"
)
strawberry.enum(DocumentKind, description="Loại văn bản · Kind of document")
strawberry.enum(
    Missed,
    description="Hậu quả khi quá hạn: ghi nhận chậm, cấm ra quyết định, mất quyền, phát sinh chi phí"
    " · What follows when a time limit is missed",
)

__all__ = [
    "CaseState",
    "Channel",
    "Correctable",
    "Delivery",
    "DocumentKind",
    "Explanation",
    "Finding",
    "Mark",
    "Missed",
    "NoDecisionGround",
    "Track",
    "VehicleGroup",
    "ViolatorBasis",
    "Voided",
]
