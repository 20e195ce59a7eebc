"""A camera: what it is, whose it is, where it stands, and who may do what with it."""

from domain.camera.camera import Camera
from domain.camera.state import CameraState, Placement

__all__ = ["Camera", "CameraState", "Placement"]
