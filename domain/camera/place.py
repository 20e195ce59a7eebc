"""Where a camera stands, what kind of place it looks at, and to which area it belongs, as that changes.

R-DH-5.6.0, R-DH-5.9.0, R-DB-5.6.0: nobody changes it unseen.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from domain.camera.guards import CameraOnFile, act_rule
from domain.camera.life import CONNECT_CAMERA, connection_clock, stopped_by
from domain.camera.needs import check_goes_on, lapse
from domain.camera.registering import check_channel
from domain.camera.state import LINKED, CameraState, Placement
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.camera.camera import Camera

from domain.camera.marks import MovedToArea, PlacementChanged, PublicationSet, Reconfigured, check_change


def check_consented(
    camera: CameraOnFile, context: Context, document: str | None, *, path: str = "document"
) -> Refusal | None:
    """Whoever does not operate it changes how it works with the document of whoever does (R-DH-5.9.0)."""
    rule = context.rulebook.cameras.acts.get("consent_to_change")
    if rule is None or document or context.actor.unit_id == camera.owner_unit:
        return None
    return InvalidInput(
        path,
        "phải nêu văn bản đồng ý của Đơn vị vận hành",
        "names the consent of the operating unit",
        rule=rule,
    )


def move_to_area(self: "Camera", context: Context, *, area_path: str, document: str) -> None:
    """Let it belong to another area, by a document; to the one it is in records nothing."""
    refuse(check_change(self, context))
    rule = act_rule(context, "change")
    words("document", document, longest=LONGEST_NAME, rule=rule)
    if area_path != self.area_path:
        with acting(context.envelope("camera.administer", rule=rule)):
            self.trigger_event(MovedToArea, area_path=area_path, document=document)


def reconfigure(
    self: "Camera",
    context: Context,
    *,
    reason: str,
    longitude: float | None = None,
    latitude: float | None = None,
    view: str | None = None,
    channel: str | None = None,
    settings: str | None = None,
    document: str | None = None,
    client_id: UUID | None = None,
) -> None:
    """Change where it stands, where it looks, or how it works; what is not said stays as it is.

    A camera of level II or III is connected to level I anew within the same time as a new one (R-DB-7.5.a). Where
    that time runs already it goes on: one connection is for both, and no change puts it off. What was agreed to of
    the place that it is moved from is asked for anew (R-DB-6.2.0, R-DB-6.4.0).
    """
    refuse(check_change(self, context))
    rule = act_rule(context, "change")
    words("reason", reason, longest=LONGEST_NAME, rule=rule)
    some_words("settings", settings)
    some_words("view", view, longest=LONGEST_NAME)
    check_channel("channel", self.camera_class, channel, context)
    changed = (
        self.longitude if longitude is None else longitude,
        self.latitude if latitude is None else latitude,
        view or self.view,
        channel or self.channel,
        client_id or self.client_id,
    )
    known = (self.longitude, self.latitude, self.view, self.channel, self.client_id)
    if changed == known and not settings:
        return
    refuse(check_consented(self, context, document))
    starts = self.state != CameraState.REGISTERED and self.connect_due is None
    with acting(context.envelope("camera.administer", rule=rule, reason=reason)):
        self.trigger_event(
            Reconfigured,
            longitude=changed[0],
            latitude=changed[1],
            view=changed[2],
            channel=changed[3],
            client_id=changed[4],
            settings=settings or None,
            document=some_words("document", document, longest=LONGEST_NAME),
            clocks=connection_clock(self, context, context.now) if starts else (),
        )
        if known[:2] != changed[:2] and known[:2] != (None, None):
            lapse(self, context)


def change_placement(self: "Camera", context: Context, *, placement: str, reason: str) -> None:
    """Say that it looks at another kind of place; what is out of scope is not linked.

    What has to be connected by its new place, and stands without, has its time for that from now on; of what is
    connected freely nothing is due any more. One that is linked has what its new place needs on file first, and is
    published no more: it was selected for what it showed.
    """
    refuse(check_change(self, context))
    known = context.rulebook.cameras
    rule = known.excluded.get(placement) or act_rule(context, "change")
    words("reason", reason, longest=LONGEST_NAME, rule=rule)
    if placement not in set(Placement):
        expected = ", ".join(Placement)
        raise InvalidInput("placement", f"phải là một trong {expected}", f"must be one of {expected}")
    if placement in known.excluded and self.state in LINKED:
        raise WrongState(
            f"Nơi {placement} ngoài phạm vi: phải loại camera khỏi hệ thống trước",
            f"A place that is {placement} is out of scope: the camera has to be retired first",
            rule=rule,
        )
    if placement == self.placement:
        return
    refuse(check_goes_on(self, context, placement=placement))
    due = connection_clock(self, context, context.now, placement=placement)
    starts = self.state == CameraState.INSTALLED and self.connect_due is None
    with acting(context.envelope("camera.administer", rule=rule, reason=reason)):
        self.trigger_event(
            PlacementChanged,
            placement=placement,
            clocks=due if starts else (),
            stopped=() if due else stopped_by(self, context.now, CONNECT_CAMERA),
        )
        if self.published:  # it was selected for what it showed
            self.trigger_event(PublicationSet, published=False, place=None)
