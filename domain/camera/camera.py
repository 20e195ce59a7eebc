"""A camera: the source of proposals, with its class, its domain of use and its place. Its address is never an event.

This is the table of contents. Decisions may refuse; state may not, because it is replayed. What events change is in
`events`, `papers` and `marks`, and they change the row that shows a camera in the same way.
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.camera import address, events, faults, life, marks, needs, papers, place
from domain.camera.registering import Registration, camera_id_of, check_register, checked
from domain.camera.state import (
    AT_WORK,
    LINKED,
    CameraState,
    Certificate,
    Consent,
    Link,
    Placement,
    Spell,
    Window,
)
from domain.context import Context
from domain.envelope import acting
from domain.errors import refuse


class Camera(Aggregate):
    """A registered camera; only what comes from a registered camera becomes a case (R-QT-5.2.b, R-DB-5.4.0)."""

    TOPIC = "camera"

    Event = events.Event
    Created = events.Created
    Registered = events.Registered

    # -- what it is, whose it is, where it is
    Renamed = marks.Renamed
    OwnerNamed = marks.OwnerNamed
    Transferred = marks.Transferred
    MovedToArea = marks.MovedToArea
    CustodianNamed = marks.CustodianNamed
    Reconfigured = marks.Reconfigured
    PlacementChanged = marks.PlacementChanged
    MarkedSecret = marks.MarkedSecret
    PublicationSet = marks.PublicationSet
    rename = marks.rename
    name_owner = marks.name_owner
    transfer = marks.transfer
    move_to_area = place.move_to_area
    name_custodian = marks.name_custodian
    reconfigure = place.reconfigure
    change_placement = place.change_placement
    mark_secret = marks.mark_secret
    set_publication = marks.set_publication
    AddressSet = address.AddressSet
    set_address = address.set_address

    # -- what is on file
    ConsentFiled = papers.ConsentFiled
    ConsentWithdrawn = papers.ConsentWithdrawn
    ConsentsLapsed = needs.ConsentsLapsed
    Verified = papers.Verified
    CertificateVoided = papers.CertificateVoided
    Calibrated = papers.Calibrated
    ClockChecked = papers.ClockChecked
    FirmwareInstalled = papers.FirmwareInstalled
    file_consent = papers.file_consent
    withdraw_consent = papers.withdraw_consent
    file_certificate = papers.file_certificate
    void_certificate = papers.void_certificate
    calibrate = papers.calibrate
    check_clock = papers.check_clock
    install_firmware = papers.install_firmware

    # -- its life
    Installed = events.Installed
    Connected = events.Connected
    ConnectionDueSoon = events.ConnectionDueSoon
    ConnectionMissed = events.ConnectionMissed
    Activated = events.Activated
    FaultBegan = events.FaultBegan
    FaultEnded = events.FaultEnded
    LinkLost = events.LinkLost
    LinkRestored = events.LinkRestored
    Backdated = events.Backdated
    MaintenanceBegan = events.MaintenanceBegan
    MaintenanceEnded = events.MaintenanceEnded
    Retired = events.Retired
    install = life.install
    connect = life.connect
    tell_due_soon = life.tell_due_soon
    tell_missed = life.tell_missed
    activate = life.activate
    begin_fault = faults.begin_fault
    end_fault = faults.end_fault
    lose_link = faults.lose_link
    restore_link = faults.restore_link
    backdate = faults.backdate
    begin_maintenance = life.begin_maintenance
    end_maintenance = life.end_maintenance
    retire = life.retire

    create_id = staticmethod(camera_id_of)

    @classmethod
    def register(cls, context: Context, given: Registration) -> "Camera":
        """Take a camera into the register; its owner, where one is named, under seal."""
        refuse(check_register(given, context))
        checked(given, context)
        rule = context.rulebook.cameras.acts.get("register")
        with acting(context.envelope("camera.administer", rule=rule)):
            made: Camera = cls._create(
                cls.Registered,
                id=given.camera_id,
                code=given.code,
                name=given.name,
                camera_class=given.camera_class,
                domain=given.domain,
                area_path=given.area_path,
                operating_unit_id=given.operating_unit_id,
                kind=given.kind,
                placement=given.placement,
                manager_unit_id=given.manager_unit_id,
                custodian_unit_id=given.custodian_unit_id,
                longitude=given.longitude,
                latitude=given.latitude,
                view=given.view,
                channel=given.channel,
                in_use=False,
            )
        if given.owner is not None:
            made.name_owner(context, given.owner)
        return made

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
        channel: str | None = None,
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
            channel=channel,
            in_use=True,
        )

    # -- state --------------------------------------------------------------

    @event(events.Registered)
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
        self.owner_unit = operating_unit_id
        self.kind = kind
        self.placement = placement
        self.place: str | None = None
        self.manager_unit_id = manager_unit_id or operating_unit_id
        self.custodian_unit_id = custodian_unit_id
        self.owner_kind: str | None = None
        self.owning_unit_id: UUID | None = None
        self.longitude = longitude
        self.latitude = latitude
        self.view = view
        self.channel = channel
        self.client_id: UUID | None = None
        self.links = [Link(since=None, channel=channel)] if in_use else []
        self.work = [Spell(since=None)] if in_use else []
        self.state: str = CameraState.ACTIVE if in_use else CameraState.REGISTERED
        self.secret = False
        self.published = False
        self.withdrawn = False
        self.withdrawn_at: datetime | None = None
        self.owner_named_at: datetime | None = None
        self.installed_on: date | None = None
        self.activated_at: datetime | None = None
        self.retired_at: datetime | None = None
        self.connect_due: datetime | None = None
        self.connect_rule: str | None = None
        self.connect_due_soon_told_at: datetime | None = None
        self.connect_missed_told_at: datetime | None = None
        self.maintenance = False
        self.link_lost_at: datetime | None = None
        self.losses: list[Window] = []
        self.consents: list[Consent] = []
        self.certificates: list[Certificate] = []
        self.voided: list[str] = []
        self.faults: list[Window] = []
        self.calibrated_on: date | None = None
        self.clock_offset_ms: int | None = None
        self.firmware: str | None = None

    def remember_link(self, at: datetime) -> None:
        """Remember how its images come from an instant on, if that is new."""
        if self.state not in LINKED:
            return
        known = self.links[-1] if self.links else None
        if known is None or (known.channel, known.client_id) != (self.channel, self.client_id):
            self.links = [*self.links, Link(since=at, channel=self.channel, client_id=self.client_id)]

    def remember_work(self, at: datetime) -> None:
        """Remember since when it is at work, or is no more, if that is new."""
        working = bool(self.work) and self.work[-1].until is None
        if self.state in AT_WORK and not working:
            self.work = [*self.work, Spell(since=at)]
        elif self.state not in AT_WORK and working:
            self.work = [*self.work[:-1], replace(self.work[-1], until=at)]

    def link_at(self, at: datetime) -> Link | None:
        """How its images came at an instant; None before it was linked."""
        return next((one for one in reversed(self.links) if one.since is None or one.since <= at), None)

    @property
    def camera_id(self) -> UUID:
        """Its id, under the name that rows have it by."""
        return self.id

    @property
    def operating_unit_id(self) -> UUID:
        """The unit that operates it, whose rows it is among."""
        return self.owner_unit
