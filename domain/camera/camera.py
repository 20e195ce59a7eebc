"""A camera: the source of proposals, with its class, its domain of use and its place. Its address is never an event.

Decisions may refuse; state may not, because it is replayed.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.camera import events
from domain.camera.state import CameraState, Placement


class Camera(Aggregate):
    """A registered camera; only what comes from a registered camera becomes a case (R-QT-5.2.b, R-DB-5.4.0)."""

    TOPIC = "camera"

    Event = events.Event
    Created = events.Created
    Registered = events.Registered
    Renamed = events.Renamed

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one camera."""
        return uuid5(NAMESPACE_URL, f"/cameras/{code}")

    @classmethod
    def in_use(
        cls,
        *,
        code: str,
        name: str,
        camera_class: str,
        domain: str,
        area_path: str,
        operating_unit_id: UUID,
        kind: str = "OTHER",
    ) -> "Camera":
        """Take a camera in that is at work already; inside an act of whoever sets the installation up."""
        return cls(
            code=code,
            name=name,
            camera_class=camera_class,
            domain=domain,
            area_path=area_path,
            operating_unit_id=operating_unit_id,
            kind=kind,
            placement=Placement.PUBLIC.value,
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        )

    # -- decisions ----------------------------------------------------------

    def rename(self, name: str) -> None:
        """Give the camera another name; the same name records nothing."""
        if name != self.name:
            self._renamed(name=name)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(
        self,
        code: str,
        name: str,
        camera_class: str,
        domain: str,
        area_path: str,
        operating_unit_id: UUID,
        kind: str,
        placement: str,
        manager_unit_id: UUID | None,
        custodian_unit_id: UUID | None,
        longitude: float | None,
        latitude: float | None,
        view: str | None,
        channel: str | None,
        in_use: bool,  # noqa: FBT001 — the names and order of the event
    ) -> None:
        self.code = code
        self.name = name
        self.camera_class = camera_class
        self.domain = domain
        self.area_path = area_path
        self.operating_unit_id = operating_unit_id
        self.kind = kind
        self.placement = placement
        self.manager_unit_id = manager_unit_id or operating_unit_id
        self.custodian_unit_id = custodian_unit_id
        self.position = (longitude, latitude)
        self.view = view
        self.channel = channel
        self.state: str = CameraState.ACTIVE if in_use else CameraState.REGISTERED
        self.secret = False
        self.published = False

    @property
    def camera_id(self) -> UUID:
        """Its id, under the name that rows have it by."""
        return self.id

    @property
    def owner_unit(self) -> UUID:
        """The unit that operates it, under the name that rows have it by."""
        return self.operating_unit_id

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name
