"""What is remembered of a camera: what guards look at, on the aggregate and on the row that shows it alike."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from domain.camera.state import AT_WORK, CameraState, Certificate, Consent, Window


class Moved(Protocol):
    """What an event moves: the aggregate, and in the same way the row that shows a camera."""

    code: str
    name: str
    camera_class: str
    kind: str
    domain: str
    area_path: str
    state: str
    placement: str
    place: str | None
    """What kind of place it shows, by the catalogue of what may be shared."""
    owner_unit: UUID
    """The unit that operates it."""
    manager_unit_id: UUID
    custodian_unit_id: UUID | None
    owner_kind: str | None
    owning_unit_id: UUID | None
    longitude: float | None
    latitude: float | None
    view: str | None
    channel: str | None
    client_id: UUID | None
    """The gateway or recorder that it is connected through."""
    secret: bool
    published: bool
    withdrawn: bool
    """Its owner agreed no longer."""
    installed_on: date | None
    activated_at: datetime | None
    retired_at: datetime | None
    connect_due: datetime | None
    """Until when it is to be connected to level I; None where nothing runs."""
    connect_rule: str | None
    connect_due_soon_told_at: datetime | None
    connect_missed_told_at: datetime | None
    """When it was said of the clock that runs that it is due soon, and that its time is over."""
    maintenance: bool
    link_lost_at: datetime | None
    losses: list[Window]
    """The losses of its link that are not over."""
    consents: list[Consent]
    certificates: list[Certificate]
    faults: list[Window]
    calibrated_on: date | None
    clock_offset_ms: int | None
    firmware: str | None


class Linked(Moved, Protocol):
    """The aggregate, which remembers as well what its row does not show."""

    withdrawn_at: datetime | None
    """When its owner withdrew last."""
    owner_named_at: datetime | None
    """When it was said last whose it is."""
    voided: list[str]
    """The numbers of certificates that were voided."""

    def remember_link(self, at: datetime) -> None:
        """Remember how its images come, if that is new."""

    def remember_work(self, at: datetime) -> None:
        """Remember since when it is at work, or is no more, if that is new."""


def lose(camera: Moved, losses: Sequence[Window]) -> None:
    """Of the losses of its link those that are not over: it is down since the first of them."""
    camera.losses = list(losses)
    camera.link_lost_at = min((one.began_at for one in losses), default=None)


def settle(camera: Moved) -> None:
    """Of one that is at work: whether it is being maintained, at fault, or neither."""
    if camera.state not in AT_WORK:
        return
    if camera.maintenance:
        camera.state = CameraState.MAINTENANCE.value
    elif any(window.ended_at is None for window in camera.faults):
        camera.state = CameraState.FAULTY.value
    else:
        camera.state = CameraState.ACTIVE.value
