"""What kinds of software and devices connect, and how far one is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ClientKind(StrEnum):
    """What it does."""

    DETECTION_WORKER = "DETECTION_WORKER"
    MEDIA_GATEWAY = "MEDIA_GATEWAY"
    ANALYTICS_ENGINE = "ANALYTICS_ENGINE"
    RECORDER = "RECORDER"
    OTHER = "OTHER"


@dataclass(frozen=True)
class Named:
    """A kind in words."""

    vi: str
    en: str


NAMES: Final[dict[ClientKind, Named]] = {
    ClientKind.DETECTION_WORKER: Named("Phần mềm phát hiện vi phạm", "Software that detects violations"),
    ClientKind.MEDIA_GATEWAY: Named("Máy chủ luồng hình", "Media gateway"),
    ClientKind.ANALYTICS_ENGINE: Named("Máy chủ phân tích hình ảnh", "Analytics engine"),
    ClientKind.RECORDER: Named("Đầu ghi hình", "Recorder"),
    ClientKind.OTHER: Named("Phần mềm, thiết bị khác", "Other software or device"),
}
CARRIERS: Final = (ClientKind.MEDIA_GATEWAY, ClientKind.RECORDER)
"""What a camera may be connected through (R-DH-6.2.b)."""


class ClientState(StrEnum):
    """How far one is."""

    REGISTERED = "REGISTERED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"
