"""What is on file about a camera, at the GraphQL edge."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import strawberry

from api.graphql.context import Info, legal
from api.graphql.unit.unit import Unit
from domain.camera import ConsentKind, FaultKind, OwnerKind, Placement, Transmission
from domain.camera.guards import check_file
from domain.camera.state import CameraState, Certificate, Consent, Window

strawberry.enum(CameraState, description="Trạng thái camera · State of a camera")
strawberry.enum(Placement, description="Nơi camera quan sát · Whose place a camera looks at")
strawberry.enum(Transmission, name="CameraChannel", description="Kênh truyền · By which way images come")
strawberry.enum(OwnerKind, name="CameraOwnerKind", description="Loại chủ sở hữu · Kind of owner")
strawberry.enum(ConsentKind, name="CameraConsentKind", description="Loại văn bản đồng ý · Kind of consent")
strawberry.enum(FaultKind, name="CameraFaultKind", description="Loại lỗi · Kind of fault")


def said(name: str, description: str, of: Callable[[Any], Any] | None = None) -> Any:
    """Declare a field that shows what the paper says."""

    def shown(self: Any) -> Any:
        value = getattr(self.paper, name)
        return value if value is None or of is None else of(value)

    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def on_file(name: str, description: str, of: Callable[[Any], Any] | None = None) -> Any:
    """Declare a field of a camera that is shown to whoever may read what is on file of it."""

    def shown(self: Any, info: Info) -> Any:
        value = getattr(self.row, name)
        if value not in (None, []) and check_file(self.row, info.context.act) is not None:
            value = [] if isinstance(value, list) else None
        if value is None:
            return None
        return value if of is None else of(value)

    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def papers(of: Callable[..., Any]) -> Callable[[list[Any]], list[Any]]:
    """Say as what each of some papers is shown."""
    return lambda filed: [of(paper=one) for one in filed]


@strawberry.type(description="Văn bản đồng ý trong hồ sơ camera · A consent on file")
class CameraConsent:
    """A document by which somebody agreed."""

    paper: strawberry.Private[Consent]

    kind: ConsentKind = said("kind", "Loại · Kind", ConsentKind)
    document: str = said("document", "Số văn bản · Number of the document")
    dated: date = said("dated", "Ngày văn bản · Its day")
    issued_by: str = said("issued_by", "Nơi ban hành · Who gave it")
    reference: str | None = said("reference", "Nơi lưu bản quét · Where its scan is kept")


@strawberry.type(description="Giấy chứng nhận kiểm định · A certificate of metrological verification")
class CameraCertificate:
    """A verification of what a camera measures."""

    paper: strawberry.Private[Certificate]

    number: str = said("number", "Số giấy · Number")
    body: str = said("body", "Tổ chức kiểm định · Who verified it")
    measures: str = said("measures", "Đại lượng đo, ví dụ SPEED · What it measures, such as SPEED")
    issued_on: date = said("issued_on", "Ngày cấp · Issued on")
    valid_until: date = said("valid_until", "Hiệu lực đến hết ngày · The last day on which it counts")


@strawberry.type(description="Khoảng thời gian camera có lỗi · A time in which a camera was at fault")
class CameraFault:
    """A fault window; open while it has no end."""

    paper: strawberry.Private[Window]

    kind: FaultKind = said("kind", "Loại lỗi · Kind", FaultKind)
    began_at: datetime = said("began_at", "Từ · From", legal)
    ended_at: datetime | None = said(
        "ended_at", "Đến, chưa có thì còn lỗi · To; open while there is none", legal
    )
    incident_id: strawberry.ID | None = said("incident_id", "Sự cố · The incident it belongs to", str)


@strawberry.type(description="Chủ sở hữu camera · Whose a camera is")
class CameraOwner:
    """Whose a camera is."""

    kind: OwnerKind = strawberry.field(description="Loại · Kind")
    unit: Unit | None = strawberry.field(description="Đơn vị, nếu là đơn vị · The unit, if it is one")
    name: str | None = strawberry.field(description="Tên · Name")
    contact: str | None = strawberry.field(description="Liên hệ · How to reach them")


@strawberry.type(description="Bản ghi hình · Recorded footage that is kept")
class Recording:
    """Footage of a camera that an extraction can be cut out of."""

    id: strawberry.ID = strawberry.field(description="Mã định danh · Id")
    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến · To")
    damaged: bool = strawberry.field(
        description="Đã phát hiện hỏng, không cắt được · Found damaged: nothing is cut out of it"
    )


@strawberry.type(description="Vị trí camera · Where a camera stands")
class CameraPosition:
    """A position, in degrees."""

    longitude: float = strawberry.field(description="Kinh độ · Longitude")
    latitude: float = strawberry.field(description="Vĩ độ · Latitude")
