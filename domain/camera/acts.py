"""Every act on a registered camera with its guard, in the order of its life: what `availableActions` shows."""

from collections.abc import Callable
from typing import Final

from domain.camera import address, faults, life, marks, papers
from domain.camera.guards import CameraOnFile
from domain.context import Context
from domain.errors import Refusal

GUARDS: Final[dict[str, Callable[[CameraOnFile, Context], Refusal | None]]] = {
    "installCamera": life.check_install,
    "connectCamera": life.check_connect,
    "activateCamera": life.check_activate,
    "reportCameraFault": faults.check_fault,
    "endCameraFault": faults.check_fault_end,
    "beginCameraMaintenance": life.check_maintain,
    "endCameraMaintenance": life.check_maintain_end,
    "retireCamera": life.check_retire,
    "fileCameraConsent": marks.check_change,
    "withdrawCameraConsent": papers.check_withdraw,
    "fileCameraCertificate": marks.check_change,
    "voidCameraCertificate": papers.check_void,
    "recordCameraCalibration": marks.check_change,
    "checkCameraClock": papers.check_keep_time,
    "installCameraFirmware": marks.check_change,
    "renameCamera": marks.check_change,
    "nameCameraOwner": marks.check_change,
    "transferCamera": marks.check_change,
    "nameCameraCustodian": marks.check_change,
    "reconfigureCamera": marks.check_change,
    "changeCameraPlacement": marks.check_change,
    "markCameraSecret": marks.check_change,
    "publishCamera": marks.check_publication,
    "setCameraAddress": address.check_set_address,
}
