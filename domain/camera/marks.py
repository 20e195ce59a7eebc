"""What a camera is, whose it is and where it looks, as it changes: each change an event with its reason.

R-DH-5.6.0, R-DH-5.9.0, R-DB-5.6.0: nobody changes it unseen.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from domain.camera import events
from domain.camera.body import Linked, Moved
from domain.camera.guards import CameraOnFile, act_rule, check_administer, check_camera, check_see
from domain.camera.needs import check_goes_on
from domain.camera.registering import Owner, check_owner
from domain.camera.state import LINKED, CameraState
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal

if TYPE_CHECKING:
    from domain.camera.camera import Camera

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class Renamed(events.Event):
    """The camera has another name from now on."""

    TOPIC = "camera:renamed"
    name: str

    def change(self, camera: Moved) -> None:
        """It is called otherwise."""
        camera.name = self.name


@dataclass(frozen=True)
class OwnerNamed(events.Event):
    """Whose it is: a unit of the system, or a householder or organisation, who is named under seal."""

    TOPIC = "camera:owner-named"
    kind: str
    owning_unit_id: UUID | None
    name: Personal[str] | None
    contact: Personal[str] | None

    def apply(self, aggregate: Linked) -> None:
        """Remember when, too: whoever it is from then on agrees for themselves."""
        super().apply(aggregate)
        aggregate.owner_named_at = self.envelope.took_place_at

    def change(self, camera: Moved) -> None:
        """It has an owner."""
        camera.owner_kind, camera.owning_unit_id = self.kind, self.owning_unit_id


@dataclass(frozen=True)
class Transferred(events.Event):
    """Another unit operates it, or another body manages it, from now on."""

    TOPIC = "camera:transferred"
    operating_unit_id: UUID
    manager_unit_id: UUID
    document: str

    def change(self, camera: Moved) -> None:
        """It is of another system."""
        camera.owner_unit, camera.manager_unit_id = self.operating_unit_id, self.manager_unit_id


@dataclass(frozen=True)
class MovedToArea(events.Event):
    """The camera belongs to another area from now on: it was carried there, or areas were merged.

    What it captured before stays in the area it was captured in.
    """

    TOPIC = "camera:moved-to-area"
    area_path: str
    document: str

    def change(self, camera: Moved) -> None:
        """It is seen by whoever sees that area."""
        camera.area_path = self.area_path


@dataclass(frozen=True)
class CustodianNamed(events.Event):
    """With which unit the device stands (R-DH-6.1.b)."""

    TOPIC = "camera:custodian-named"
    custodian_unit_id: UUID | None

    def change(self, camera: Moved) -> None:
        """Somebody else looks after the device."""
        camera.custodian_unit_id = self.custodian_unit_id


@dataclass(frozen=True)
class Reconfigured(events.Timed):
    """Its position, view or channel, or its technical settings, are others now (R-DH-5.6.0, R-DB-5.6.0).

    What the settings are is said in words: they are not kept here. Through which gateway or recorder it is connected
    since version 2 (R-DH-6.2.b).
    """

    TOPIC = "camera:reconfigured"
    class_version: ClassVar[int] = 2
    longitude: float | None
    latitude: float | None
    view: str | None
    channel: str | None
    settings: str | None
    document: str | None
    """The consent of the operating unit (R-DH-5.9.0)."""
    client_id: UUID | None = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Before, no camera was said to be connected through anything."""
        state["client_id"] = None

    def change(self, camera: Moved) -> None:
        """It looks from elsewhere, or elsewhere, or its images come by another way."""
        camera.longitude, camera.latitude = self.longitude, self.latitude
        camera.view, camera.channel, camera.client_id = self.view, self.channel, self.client_id


@dataclass(frozen=True)
class PlacementChanged(events.Timed):
    """What it looks at is another kind of place in law; the clocks that this starts and stops since version 2."""

    TOPIC = "camera:placement-changed"
    class_version: ClassVar[int] = 2
    placement: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Earlier changes left the clock as it was."""
        state |= {"clocks": [], "stopped": []}

    def change(self, camera: Moved) -> None:
        """It looks at another kind of place."""
        camera.placement = self.placement


@dataclass(frozen=True)
class MarkedSecret(events.Event):
    """What it shows may be a state secret, or may not any more (R-DH-1.2.0, R-DB-1.2.0)."""

    TOPIC = "camera:marked-secret"
    secret: bool

    def change(self, camera: Moved) -> None:
        """It is kept within its own system; what is secret is not published."""
        camera.secret = self.secret
        camera.published = camera.published and not self.secret


@dataclass(frozen=True)
class PublicationSet(events.Event):
    """Everybody may see what it shows, or nobody any more from now on; *place* is a kind of the catalogue."""

    TOPIC = "camera:publication-set"
    published: bool
    place: str | None

    def change(self, camera: Moved) -> None:
        """It is, or is not, open to the public."""
        camera.published, camera.place = self.published, self.place


# -- guards -------------------------------------------------------------------------


def check_change(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Whoever administers it changes it, until it is retired."""
    refusal = check_administer(camera, context)
    if refusal is None and camera.state == CameraState.RETIRED:
        return WrongState(
            "Camera đã được loại khỏi hệ thống", "The camera is retired", rule=act_rule(context, "change")
        )
    return refusal


def check_publication(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Selected cameras are open to the public, never one that may show a state secret (R-DH-11.3.a3, R-DB-9.2.0)."""
    refusal = check_see(camera, context) or check_camera(camera, context, "camera.publish")
    publication = context.rulebook.settings.publication
    if refusal is not None:
        return refusal
    if publication is None:
        return WrongState(
            "Quy định này không đặt việc công bố hình ảnh camera",
            "Publishing what cameras show is not set by this regulation",
        )
    if camera.secret:
        return WrongState(
            "Camera có dấu hiệu bí mật nhà nước, không công bố",
            "What the camera shows may be a state secret; it is not published",
            rule=context.rulebook.rule_for("secrecy"),
        )
    if camera.state not in LINKED:
        return WrongState(
            f"Camera ở trạng thái {camera.state}, cần đã kết nối",
            f"The camera is {camera.state}, it must be connected",
            rule=publication.rule,
        )
    return None


# -- decisions ----------------------------------------------------------------------


def rename(self: "Camera", name: str) -> None:
    """Give the camera another name; the same name records nothing."""
    if name != self.name:
        self.trigger_event(Renamed, name=name)


def name_owner(self: "Camera", context: Context, owner: Owner) -> None:
    """Say whose it is; who is no unit of the system is named under the camera's seal."""
    refuse(check_change(self, context))
    check_owner(owner, context)
    refuse(check_goes_on(self, context, owner_kind=owner.kind))
    with acting(context.envelope("camera.administer", rule=act_rule(context, "own"))):
        self.trigger_event(
            OwnerNamed,
            kind=owner.kind,
            owning_unit_id=owner.unit_id,
            name=Personal.said(self.id, owner.name) if owner.name else None,
            contact=Personal.said(self.id, owner.contact) if owner.contact else None,
        )


def transfer(
    self: "Camera", context: Context, *, operating_unit_id: UUID, manager_unit_id: UUID, document: str
) -> None:
    """Hand it to another system, by a document; to the one it is of records nothing."""
    refuse(check_change(self, context))
    rule = act_rule(context, "transfer")
    words("document", document, longest=LONGEST_NAME, rule=rule)
    if (operating_unit_id, manager_unit_id) == (self.owner_unit, self.manager_unit_id):
        return
    with acting(context.envelope("camera.administer", rule=rule)):
        self.trigger_event(
            Transferred,
            operating_unit_id=operating_unit_id,
            manager_unit_id=manager_unit_id,
            document=document,
        )


def name_custodian(self: "Camera", context: Context, *, custodian_unit_id: UUID | None) -> None:
    """Say with which unit the device stands; the one that is known records nothing."""
    refuse(check_change(self, context))
    if custodian_unit_id == self.custodian_unit_id:
        return
    with acting(context.envelope("camera.administer", rule=act_rule(context, "custody"))):
        self.trigger_event(CustodianNamed, custodian_unit_id=custodian_unit_id)


def mark_secret(self: "Camera", context: Context, *, secret: bool, reason: str) -> None:
    """Say that what it shows may be a state secret, or no more; as it is records nothing."""
    refuse(check_change(self, context))
    rule = context.rulebook.rule_for("secrecy") or act_rule(context, "change")
    words("reason", reason, longest=LONGEST_NAME, rule=rule)
    if secret != self.secret:
        with acting(context.envelope("camera.administer", rule=rule, reason=reason)):
            self.trigger_event(MarkedSecret, secret=secret)


def set_publication(self: "Camera", context: Context, *, published: bool, place: str | None = None) -> None:
    """Open it to the public, as a kind of place that may be shared, or close it; as it is records nothing."""
    refuse(check_publication(self, context))
    publication = context.rulebook.settings.publication
    if publication and published and publication.locations and place not in publication.locations:
        expected = ", ".join(sorted(publication.locations))
        raise InvalidInput(
            "place",
            f"phải là một trong {expected}",
            f"must be one of {expected}",
            rule=publication.catalogue_rule,
        )
    place = some_words("place", place, longest=LONGEST_NAME) if published else None
    if (published, place) != (self.published, self.place):
        rule = publication.rule if publication else None
        with acting(context.envelope("camera.publish", rule=rule)):
            self.trigger_event(PublicationSet, published=published, place=place)
