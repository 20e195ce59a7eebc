"""No devices: an installation without addresses, as tests have it that are about something else."""

from uuid import UUID

from domain.control import Order, Outcome, Reply


class Nowhere:
    """Answers for every camera that it cannot be reached."""

    def send(self, camera_id: UUID, order: Order) -> Reply:  # noqa: ARG002 — as every `Ptz`
        """Say so."""
        return Reply(Outcome.UNREACHABLE, "NO_ADDRESS")
