"""A camera: what it is, whose it is, where it stands, and who may do what with it."""

from domain.camera.camera import Camera
from domain.camera.registering import Owner, Registration
from domain.camera.state import (
    CameraState,
    Certificate,
    Consent,
    ConsentKind,
    FaultKind,
    OwnerKind,
    Placement,
    Transmission,
)

__all__ = [
    "Camera",
    "CameraState",
    "Certificate",
    "Consent",
    "ConsentKind",
    "FaultKind",
    "Owner",
    "OwnerKind",
    "Placement",
    "Registration",
    "Transmission",
]
