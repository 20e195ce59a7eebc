"""The acts on a camera at the GraphQL edge: each is the command of its name and holds no rule of its own."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import strawberry

from api.graphql.camera.camera import Camera, of_record
from api.graphql.camera.inputs import (
    ActivateCameraInput,
    BeginCameraMaintenanceInput,
    ChangeCameraPlacementInput,
    CheckCameraClockInput,
    ConnectCameraInput,
    EndCameraFaultInput,
    EndCameraMaintenanceInput,
    FileCameraCertificateInput,
    FileCameraConsentInput,
    InstallCameraFirmwareInput,
    InstallCameraInput,
    MarkCameraSecretInput,
    NameCameraCustodianInput,
    NameCameraOwnerInput,
    OnCamera,
    PublishCameraInput,
    ReconfigureCameraInput,
    RecordCameraCalibrationInput,
    RegisterCameraInput,
    RenameCameraInput,
    ReportCameraFaultInput,
    RetireCameraInput,
    TransferCameraInput,
    VoidCameraCertificateInput,
    WithdrawCameraConsentInput,
)
from api.graphql.common import Position
from api.graphql.context import Info
from api.graphql.creation import create
from api.graphql.mutation import GIVEN, OUTCOME, POSITION, Noun, Refused, act, said
from domain.camera import (
    Certificate,
    Consent,
)
from domain.camera.guards import check_see
from domain.commands import camera as commands
from domain.commands.application import Answer

CAMERAS = Noun("camera", "camera", "camera", "cameraId", "camera_id", of_record, check_see)
CAMERA = strawberry.field(description="Camera sau bước này · The camera after this act")


@strawberry.type
class Done:
    """What every act on a camera answers."""

    camera: Camera = CAMERA
    position: Position = POSITION


def _answer(event: str, description: str) -> Any:
    made = type(event, (Done,), {"__doc__": description})
    return strawberry.type(made, description=description)


def camera_act(
    given: type[OnCamera],
    event: str,
    done: str,
    command: Callable[..., Answer],
    does: str,
    *,
    facts: Callable[[Any], dict[str, Any]],
) -> Any:
    """Declare the mutation of an input's name."""
    name = given.__name__.removesuffix("Input")
    payload = _answer(event, done)
    result = Annotated[
        payload | Refused,  # type: ignore[valid-type] # it is made here
        strawberry.union(f"{name}Result", description=OUTCOME),
    ]

    async def run(self: Any, info: Info, input: Any) -> Any:  # noqa: ARG001 — strawberry hands it over
        told = partial(facts, input)
        return await act(info, CAMERAS, name[0].lower() + name[1:], input, payload, command, told)

    run.__annotations__ = {"info": Info, "input": Annotated[given, GIVEN], "return": result}
    return strawberry.mutation(resolver=run, description=does)


def _words(given: Any) -> dict[str, Any]:
    """What an input says, with words of closed lists as they are kept."""
    told = said(given)
    return {name: getattr(value, "value", value) for name, value in told.items()}


def _without(given: Any, cls: type[Any], name: str) -> dict[str, Any]:
    return {name: cls(**_words(given))}


CameraRegistered: Any = _answer("CameraRegistered", "Đã đăng ký · A camera was registered")


@strawberry.type
class CameraMutation:
    """The acts on a camera."""

    @strawberry.mutation(description="Đăng ký camera · Take a camera into the register")
    async def register_camera(
        self, info: Info, input: Annotated[RegisterCameraInput, GIVEN]
    ) -> Annotated[CameraRegistered | Refused, strawberry.union("RegisterCameraResult", description=OUTCOME)]:
        """Register one."""

        def facts() -> dict[str, Any]:
            return {"registration": input.said()}

        command = commands.register_camera
        return await create(info, CAMERAS, "registerCamera", input, CameraRegistered, command, facts)

    install_camera = camera_act(
        InstallCameraInput,
        "CameraInstalled",
        "Đã lắp đặt · Installed",
        commands.install_camera,
        "Ghi nhận lắp đặt; bắt đầu thời hạn kết nối cấp I nếu có"
        " · Put the installation on record; the time to connect begins",
        facts=_words,
    )
    connect_camera = camera_act(
        ConnectCameraInput,
        "CameraConnected",
        "Đã kết nối · Connected",
        commands.connect_camera,
        "Ghi nhận kết nối khi đủ văn bản đồng ý"
        " · Put the connection on record, once what it needs is on file",
        facts=_words,
    )
    activate_camera = camera_act(
        ActivateCameraInput,
        "CameraActivated",
        "Đã hoạt động · At work",
        commands.activate_camera,
        "Đưa vào hoạt động khi đủ văn bản, kiểm định · Let it work, once all it needs is on file",
        facts=_words,
    )
    report_camera_fault = camera_act(
        ReportCameraFaultInput,
        "CameraFaultReported",
        "Đã báo lỗi · The fault is on record",
        commands.report_fault,
        "Báo lỗi; hình ảnh trong thời gian đó bị đánh dấu, kể cả khi báo sau hoặc báo lại với thời điểm sớm hơn"
        " · Say that it is at fault; what it captures then is marked, said late or said again as begun earlier too",
        facts=_words,
    )
    end_camera_fault = camera_act(
        EndCameraFaultInput,
        "CameraFaultEnded",
        "Đã hết lỗi · The fault is over",
        commands.end_fault,
        "Ghi nhận hết lỗi; lỗi của sự cố hết khi sự cố được khắc phục"
        " · Say that a fault is over; that of an incident is over when that is fixed",
        facts=_words,
    )
    begin_camera_maintenance = camera_act(
        BeginCameraMaintenanceInput,
        "CameraMaintenanceBegan",
        "Đang bảo trì · In maintenance",
        commands.begin_maintenance,
        "Bắt đầu bảo trì · Begin its maintenance",
        facts=_words,
    )
    end_camera_maintenance = camera_act(
        EndCameraMaintenanceInput,
        "CameraMaintenanceEnded",
        "Đã bảo trì xong · Maintained",
        commands.end_maintenance,
        "Kết thúc bảo trì · End its maintenance",
        facts=_words,
    )
    retire_camera = camera_act(
        RetireCameraInput,
        "CameraRetired",
        "Đã loại khỏi hệ thống · Retired",
        commands.retire_camera,
        "Loại camera khỏi hệ thống; hồ sơ cũ giữ nguyên · Take it out of the system; its cases stay",
        facts=_words,
    )
    file_camera_consent = camera_act(
        FileCameraConsentInput,
        "CameraConsentFiled",
        "Đã vào hồ sơ · On file",
        commands.file_consent,
        "Đưa văn bản đồng ý vào hồ sơ · Put a consent on file",
        facts=lambda given: _without(given, Consent, "consent"),
    )
    withdraw_camera_consent = camera_act(
        WithdrawCameraConsentInput,
        "CameraConsentWithdrawn",
        "Đã rút đồng ý · Withdrawn",
        commands.withdraw_consent,
        "Chủ sở hữu rút đồng ý: ngừng xem, ngừng kết nối ngay"
        " · The owner withdraws: watching and the link end at once",
        facts=_words,
    )
    file_camera_certificate = camera_act(
        FileCameraCertificateInput,
        "CameraCertificateFiled",
        "Đã vào hồ sơ · On file",
        commands.file_certificate,
        "Đưa giấy kiểm định vào hồ sơ · Put a verification on file",
        facts=lambda given: _without(given, Certificate, "certificate"),
    )
    void_camera_certificate = camera_act(
        VoidCameraCertificateInput,
        "CameraCertificateVoided",
        "Đã huỷ · Voided",
        commands.void_certificate,
        "Huỷ giấy kiểm định ghi sai, kèm lý do; số đo dựa vào giấy đó không còn được tính"
        " · Void a certificate that says what is not so, with the reason; what relied on it counts no more",
        facts=_words,
    )
    record_camera_calibration = camera_act(
        RecordCameraCalibrationInput,
        "CameraCalibrated",
        "Đã ghi nhận · On record",
        commands.record_calibration,
        "Ghi nhận hiệu chuẩn · Put a calibration on record",
        facts=_words,
    )
    check_camera_clock = camera_act(
        CheckCameraClockInput,
        "CameraClockChecked",
        "Đã ghi nhận · On record",
        commands.check_clock,
        "Ghi độ lệch đồng hồ · Put on record how wrong its clock is",
        facts=_words,
    )
    install_camera_firmware = camera_act(
        InstallCameraFirmwareInput,
        "CameraFirmwareInstalled",
        "Đã ghi nhận · On record",
        commands.install_firmware,
        "Ghi phiên bản phần mềm · Put the version of its software on record",
        facts=_words,
    )
    rename_camera = camera_act(
        RenameCameraInput,
        "CameraRenamed",
        "Đã đổi tên · Renamed",
        commands.rename_camera,
        "Đổi tên camera · Give it another name",
        facts=_words,
    )
    name_camera_owner = camera_act(
        NameCameraOwnerInput,
        "CameraOwnerNamed",
        "Đã ghi chủ sở hữu · Its owner is on record",
        commands.name_owner,
        "Ghi chủ sở hữu; tên được niêm phong · Say whose it is; names are kept under seal",
        facts=lambda given: {"owner": given.owner.said("owner")},
    )
    transfer_camera = camera_act(
        TransferCameraInput,
        "CameraTransferred",
        "Đã chuyển giao · Transferred",
        commands.transfer_camera,
        "Chuyển giao cho hệ thống khác bằng văn bản · Hand it to another system, by a document",
        facts=_words,
    )
    name_camera_custodian = camera_act(
        NameCameraCustodianInput,
        "CameraCustodianNamed",
        "Đã ghi nhận · On record",
        commands.name_custodian,
        "Ghi đơn vị giữ thiết bị · Say with which unit the device stands",
        facts=_words,
    )
    reconfigure_camera = camera_act(
        ReconfigureCameraInput,
        "CameraReconfigured",
        "Đã thay đổi · Changed",
        commands.reconfigure_camera,
        "Thay đổi vị trí, hướng nhìn, cấu hình, kèm lý do; dời đi thì văn bản đồng ý về địa điểm phải có lại"
        " · Change where it looks or how it works, with the reason; moved, it needs the consents to its place anew",
        facts=_words,
    )
    change_camera_placement = camera_act(
        ChangeCameraPlacementInput,
        "CameraPlacementChanged",
        "Đã thay đổi · Changed",
        commands.change_placement,
        "Thay đổi loại nơi quan sát · Say that it looks at another kind of place",
        facts=_words,
    )
    mark_camera_secret = camera_act(
        MarkCameraSecretInput,
        "CameraMarkedSecret",
        "Đã đánh dấu · Marked",
        commands.mark_secret,
        "Đánh dấu bí mật nhà nước: ngừng chia sẻ, công bố"
        " · Mark what may be a state secret: shared and published no more",
        facts=_words,
    )
    publish_camera = camera_act(
        PublishCameraInput,
        "CameraPublicationSet",
        "Đã ghi nhận · On record",
        commands.publish_camera,
        "Công bố camera được chọn, hoặc thôi công bố · Open a selected camera to the public, or close it",
        facts=_words,
    )
