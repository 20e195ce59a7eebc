"""The command that sets the address of a camera: who set it goes on record, what it is does not."""

from typing import Protocol
from uuid import UUID

from domain.camera import Camera
from domain.camera.address import Address
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context


class Addresses(Protocol):
    """Where addresses are kept."""

    def put(self, camera_id: UUID, address: Address, *, version: int) -> None:
        """Keep the address that was set with this *version* of the camera, instead of any earlier one."""


def set_camera_address(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID,
    address: Address,
    keep: Addresses,
) -> Answer:
    """Set what opens a camera.

    It is on record before it is kept, so nobody changes an address unseen; a command that was cut short between the
    two is sent again, and keeps it then.
    """

    def decide() -> Camera:
        camera = app.find(Camera, camera_id, expected=command.expected_version)
        camera.set_address(context, address)
        return camera

    answer = app.perform(command, decide)
    keep.put(camera_id, address, version=answer.version)
    return answer
