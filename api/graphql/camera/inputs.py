"""What the acts on a camera are told, at the GraphQL edge."""

from datetime import date, datetime

import strawberry

from api.graphql.context import identity
from api.graphql.mutation import COMMAND_ID, EXPECTED
from domain.camera import (
    ConsentKind,
    FaultKind,
    Owner,
    OwnerKind,
    Placement,
    Registration,
    Transmission,
)

CAMERA_ID = strawberry.field(description="Mã định danh của camera · The camera’s id")
REASON = strawberry.field(description="Lý do · Reason")
DOCUMENT = strawberry.field(description="Số văn bản · Number of the document")
SOME_DOCUMENT = strawberry.field(default=None, description="Số văn bản · Number of the document")
SOME_REASON = strawberry.field(default=None, description="Lý do · Reason")
AT = strawberry.field(default=None, description="Thời điểm, bỏ trống là bây giờ · When; now if absent")
FAULT = strawberry.field(description="Loại lỗi · Kind of fault")
CHANNEL = strawberry.field(description="Kênh truyền · By which way images come")
LONGITUDE = strawberry.field(default=None, description="Kinh độ · Longitude, in degrees")
LATITUDE = strawberry.field(default=None, description="Vĩ độ · Latitude, in degrees")
VIEW = strawberry.field(default=None, description="Hướng nhìn · Where it looks")
CLIENT_CODE = strawberry.field(
    default=None,
    description="Mã máy chủ luồng hình hoặc đầu ghi mà camera kết nối qua"
    " · The code of the gateway or recorder that it is connected through",
)


@strawberry.input
class OnCamera:
    """What every act on a camera needs."""

    camera_id: strawberry.ID = CAMERA_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Chủ sở hữu camera · Whose a camera is")
class CameraOwnerInput:
    """Whose a camera is."""

    kind: OwnerKind = strawberry.field(description="Loại · Kind")
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="Đơn vị · The unit")
    name: str | None = strawberry.field(
        default=None, description="Tên, nếu không phải đơn vị · Name of others"
    )
    contact: str | None = strawberry.field(default=None, description="Liên hệ · How to reach them")

    def said(self, path: str) -> Owner:
        """The same as the domain takes it."""
        unit_id = identity(f"{path}.unitId", self.unit_id) if self.unit_id is not None else None
        return Owner(kind=self.kind.value, unit_id=unit_id, name=self.name, contact=self.contact)


@strawberry.input(description="Đăng ký camera · Register a camera")
class RegisterCameraInput:
    """What registering needs."""

    code: str = strawberry.field(description="Mã, ví dụ DH-NT-01 · Code, such as DH-NT-01")
    name: str = strawberry.field(description="Tên · Name")
    class_: str = strawberry.field(name="class", description="Lớp hoặc cấp · Class or level")
    kind: str = strawberry.field(description="Loại, ví dụ SANCTION · Kind, such as SANCTION")
    domain: str = strawberry.field(description="Lĩnh vực · TRAFFIC or SECURITY")
    area: str = strawberry.field(description="Địa bàn · Area, as a path")
    operating_unit_id: strawberry.ID = strawberry.field(
        description="Đơn vị vận hành · The unit that operates it"
    )
    command_id: str = COMMAND_ID
    manager_unit_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Cơ quan quản lý, bỏ trống là đơn vị vận hành · Managing body; else the operator",
    )
    custodian_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị giữ thiết bị · The unit that the device stands with"
    )
    placement: Placement = strawberry.field(
        default=Placement.PUBLIC, description="Nơi quan sát · Whose place it looks at"
    )
    longitude: float | None = LONGITUDE
    latitude: float | None = LATITUDE
    view: str | None = VIEW
    channel: Transmission | None = strawberry.field(
        default=None, description="Kênh truyền · By which way images come"
    )
    owner: CameraOwnerInput | None = strawberry.field(default=None, description="Chủ sở hữu · Whose it is")

    def said(self) -> Registration:
        """The same as the domain takes it."""
        operator = identity("operatingUnitId", self.operating_unit_id)
        manager, custodian = self.manager_unit_id, self.custodian_unit_id
        return Registration(
            code=self.code,
            name=self.name,
            camera_class=self.class_,
            kind=self.kind,
            domain=self.domain,
            area_path=self.area,
            operating_unit_id=operator,
            manager_unit_id=identity("managerUnitId", manager) if manager is not None else operator,
            custodian_unit_id=identity("custodianUnitId", custodian) if custodian is not None else None,
            placement=self.placement.value,
            longitude=self.longitude,
            latitude=self.latitude,
            view=self.view,
            channel=self.channel.value if self.channel else None,
            owner=self.owner.said("owner") if self.owner else None,
        )


@strawberry.input(description="Ghi nhận lắp đặt · Put the installation on record")
class InstallCameraInput(OnCamera):
    """What installing needs."""

    installed_on: date = strawberry.field(description="Ngày lắp đặt · Installed on")


@strawberry.input(description="Ghi nhận kết nối · Put the connection on record")
class ConnectCameraInput(OnCamera):
    """What connecting needs."""

    channel: Transmission = CHANNEL
    documents: list[str] = strawberry.field(
        default_factory=list,
        description="Tài liệu kỹ thuật đã cung cấp · Technical documents that were given",
    )
    client_code: str | None = CLIENT_CODE


@strawberry.input(description="Đưa camera vào hoạt động · Let a camera work")
class ActivateCameraInput(OnCamera):
    """What activating needs."""


@strawberry.input(description="Báo camera có lỗi · Say that a camera is at fault")
class ReportCameraFaultInput(OnCamera):
    """What reporting a fault needs."""

    kind: FaultKind = FAULT
    at: datetime | None = AT
    reason: str | None = SOME_REASON


@strawberry.input(description="Ghi nhận hết lỗi · Say that a fault is over")
class EndCameraFaultInput(OnCamera):
    """What ending a fault needs."""

    kind: FaultKind = FAULT
    at: datetime | None = AT
    reason: str | None = SOME_REASON


@strawberry.input(description="Bắt đầu bảo trì · Begin the maintenance of a camera")
class BeginCameraMaintenanceInput(OnCamera):
    """What beginning maintenance needs."""

    reason: str | None = SOME_REASON


@strawberry.input(description="Kết thúc bảo trì · End the maintenance of a camera")
class EndCameraMaintenanceInput(OnCamera):
    """What ending maintenance needs."""

    reason: str | None = SOME_REASON


@strawberry.input(description="Loại camera khỏi hệ thống · Retire a camera")
class RetireCameraInput(OnCamera):
    """What retiring needs."""

    reason: str = REASON
    document: str | None = SOME_DOCUMENT


@strawberry.input(description="Đưa văn bản đồng ý vào hồ sơ · Put a consent on file")
class FileCameraConsentInput(OnCamera):
    """What filing a consent needs."""

    kind: ConsentKind = strawberry.field(description="Loại · Kind")
    document: str = DOCUMENT
    dated: date = strawberry.field(description="Ngày văn bản · Its day")
    issued_by: str = strawberry.field(description="Nơi ban hành · Who gave it")
    reference: str | None = strawberry.field(
        default=None, description="Nơi lưu bản quét · Where its scan is kept"
    )


@strawberry.input(description="Chủ sở hữu rút đồng ý · The owner agrees no longer")
class WithdrawCameraConsentInput(OnCamera):
    """What withdrawing needs."""

    document: str | None = SOME_DOCUMENT
    reason: str | None = SOME_REASON


@strawberry.input(description="Đưa giấy kiểm định vào hồ sơ · Put a verification on file")
class FileCameraCertificateInput(OnCamera):
    """What filing a certificate needs."""

    number: str = strawberry.field(description="Số giấy · Number")
    body: str = strawberry.field(description="Tổ chức kiểm định · Who verified it")
    measures: str = strawberry.field(
        description="Đại lượng đo, ví dụ SPEED · What it measures, such as SPEED"
    )
    issued_on: date = strawberry.field(description="Ngày cấp · Issued on")
    valid_until: date = strawberry.field(
        description="Hiệu lực đến hết ngày · The last day on which it counts"
    )


@strawberry.input(description="Huỷ giấy kiểm định ghi sai · Void a certificate that says what is not so")
class VoidCameraCertificateInput(OnCamera):
    """What voiding a certificate needs."""

    number: str = strawberry.field(description="Số giấy · Number")
    reason: str = REASON


@strawberry.input(description="Ghi nhận hiệu chuẩn · Put a calibration on record")
class RecordCameraCalibrationInput(OnCamera):
    """What recording a calibration needs."""

    calibrated_on: date = strawberry.field(description="Ngày hiệu chuẩn · Calibrated on")
    body: str = strawberry.field(description="Tổ chức hiệu chuẩn · Who calibrated it")
    document: str = DOCUMENT
    result: str | None = strawberry.field(default=None, description="Kết quả · Result")


@strawberry.input(description="Kiểm tra đồng hồ camera · Put on record how wrong its clock is")
class CheckCameraClockInput(OnCamera):
    """What checking the clock needs."""

    offset_ms: int = strawberry.field(description="Độ lệch, mili giây · How far ahead, in milliseconds")


@strawberry.input(description="Ghi nhận phiên bản phần mềm · Put the version of its software on record")
class InstallCameraFirmwareInput(OnCamera):
    """What installing firmware needs."""

    firmware: str = strawberry.field(description="Phiên bản · Version")


@strawberry.input(description="Đổi tên camera · Rename a camera")
class RenameCameraInput(OnCamera):
    """What renaming needs."""

    name: str = strawberry.field(description="Tên · Name")


@strawberry.input(description="Ghi chủ sở hữu · Say whose a camera is")
class NameCameraOwnerInput(OnCamera):
    """What naming the owner needs."""

    owner: CameraOwnerInput = strawberry.field(description="Chủ sở hữu · Whose it is")


@strawberry.input(description="Chuyển giao camera · Transfer a camera to another system")
class TransferCameraInput(OnCamera):
    """What transferring needs."""

    operating_unit_id: strawberry.ID = strawberry.field(
        description="Đơn vị vận hành mới · Who operates it then"
    )
    manager_unit_id: strawberry.ID = strawberry.field(description="Cơ quan quản lý mới · Who manages it then")
    document: str = DOCUMENT


@strawberry.input(description="Ghi đơn vị giữ thiết bị · Say with which unit the device stands")
class NameCameraCustodianInput(OnCamera):
    """What naming the custodian needs."""

    custodian_unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị, bỏ trống nếu không có · The unit; nobody if absent"
    )


@strawberry.input(description="Thay đổi vị trí, hướng nhìn, cấu hình · Change where it looks or how it works")
class ReconfigureCameraInput(OnCamera):
    """What a change needs; what is not said stays as it is."""

    reason: str = REASON
    longitude: float | None = LONGITUDE
    latitude: float | None = LATITUDE
    view: str | None = VIEW
    channel: Transmission | None = strawberry.field(
        default=None, description="Kênh truyền · By which way images come"
    )
    settings: str | None = strawberry.field(
        default=None, description="Cấu hình, bằng lời · Settings, in words"
    )
    document: str | None = strawberry.field(
        default=None, description="Văn bản đồng ý của đơn vị vận hành · Consent of the operating unit"
    )
    client_code: str | None = CLIENT_CODE


@strawberry.input(description="Thay đổi loại nơi quan sát · Say that it looks at another kind of place")
class ChangeCameraPlacementInput(OnCamera):
    """What a change of placement needs."""

    placement: Placement = strawberry.field(description="Nơi quan sát · Whose place it looks at")
    reason: str = REASON


@strawberry.input(description="Đánh dấu bí mật nhà nước · Mark what may be a state secret")
class MarkCameraSecretInput(OnCamera):
    """What marking needs."""

    secret: bool = strawberry.field(description="Có dấu hiệu bí mật · Whether it may be a secret")
    reason: str = REASON


@strawberry.input(description="Công bố hoặc thôi công bố camera · Open a camera to the public, or close it")
class PublishCameraInput(OnCamera):
    """What publishing needs."""

    published: bool = strawberry.field(description="Công bố · Whether it is open to the public")
    place: str | None = strawberry.field(
        default=None, description="Loại nơi trong danh mục · The kind of place, by the catalogue"
    )
