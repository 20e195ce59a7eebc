"""How a camera comes to work and goes: installed, connected, active, at fault, maintained, retired."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.camera import events
from domain.camera.faults import By, said_by
from domain.camera.guards import (
    CameraOnFile,
    act_rule,
    check_administer,
    check_agrees,
    check_operate,
    measures_validly,
)
from domain.camera.needs import lacks
from domain.camera.registering import check_channel
from domain.camera.state import (
    LINKED,
    CameraState,
    Placement,
    Transmission,
)
from domain.case.clocks import Clock, Stopped, started
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.clock import legal_date, start_of
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.camera.camera import Camera

CONNECT_CAMERA: Final = "CONNECT_CAMERA"
MEASURED_BY_LAW: Final = "R-VN-LXLVPHC-64.2"
"""What measuring stands on where the regulation itself says nothing of it."""


def connection_clock(
    camera: "Camera", context: Context, start: datetime, *, placement: str | None = None
) -> tuple[Clock, ...]:
    """The time in which a camera of level II or III is connected to level I; none for what is connected freely."""
    known = context.rulebook.cameras
    level = known.classes.get(camera.camera_class)
    placement = placement or camera.placement
    voluntary = placement == Placement.PRIVATE or placement in known.excluded or camera.withdrawn
    if level is None or level.tier <= 1 or voluntary:
        return ()
    return started(context, CONNECT_CAMERA, start, camera.manager_unit_id)


def stopped_by(camera: "Camera", at: datetime, timer: str) -> tuple[Stopped, ...]:
    """The clock that ends now, if it runs."""
    if camera.connect_due is None:
        return ()
    return (Stopped(timer=timer, due=camera.connect_due, late=at >= camera.connect_due),)


# -- guards -------------------------------------------------------------------------


def _in_state(
    camera: CameraOnFile, context: Context, act: str, *states: str, operating: bool = False
) -> Refusal | None:
    """This actor may, and the camera is where the act begins."""
    refusal = (check_operate if operating else check_administer)(camera, context)
    if refusal is None and camera.state not in states:
        wanted = ", ".join(states)
        return WrongState(
            f"Camera ở trạng thái {camera.state}, cần {wanted}",
            f"The camera is {camera.state}, it must be {wanted}",
            rule=act_rule(context, act),
        )
    return refusal


def check_install(camera: CameraOnFile, context: Context) -> Refusal | None:
    """What is registered is installed, once."""
    return _in_state(camera, context, "install", CameraState.REGISTERED)


def check_connect(camera: CameraOnFile, context: Context) -> Refusal | None:
    """What stands is connected, and what was changed at work is connected anew; what is out of scope never is."""
    states = LINKED if camera.connect_due is not None else ()
    refusal = _in_state(camera, context, "connect", CameraState.INSTALLED, *states)
    excluded = context.rulebook.cameras.excluded.get(camera.placement)
    if refusal is None and excluded is not None:
        return WrongState(
            f"Camera nơi {camera.placement} ngoài phạm vi, không kết nối",
            f"A camera of a place that is {camera.placement} is out of scope, and not connected",
            rule=excluded,
        )
    return refusal or check_agrees(camera, context) or lacks(camera, context, {CameraState.CONNECTED})


def check_activate(camera: CameraOnFile, context: Context) -> Refusal | None:
    """What is connected works once every consent is on file, and, where it measures, a valid verification."""
    refusal = _in_state(camera, context, "activate", CameraState.CONNECTED)
    refusal = (
        refusal
        or check_agrees(camera, context)
        or lacks(camera, context, {CameraState.CONNECTED, CameraState.ACTIVE})
    )
    kind = context.rulebook.cameras.kinds.get(camera.kind)
    measured = kind.measures if kind else None
    if refusal is None and measured and not measures_validly(camera, context.now, measured):
        return WrongState(
            f"Thiết bị đo {measured} chưa có giấy kiểm định còn hiệu lực",
            f"A device that measures {measured} has no verification in force",
            rule=context.rulebook.cameras.acts.get("measure", MEASURED_BY_LAW),
        )
    return refusal


def check_retire(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Whatever is not retired may be."""
    states = [state for state in CameraState if state is not CameraState.RETIRED]
    return _in_state(camera, context, "change", *states)


def check_maintain(camera: CameraOnFile, context: Context) -> Refusal | None:
    """What is at work is maintained."""
    return _in_state(camera, context, "maintain", CameraState.ACTIVE, CameraState.FAULTY, operating=True)


def check_maintain_end(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Maintenance ends where it began."""
    return _in_state(camera, context, "maintain", CameraState.MAINTENANCE, operating=True)


# -- decisions ----------------------------------------------------------------------


def install(self: "Camera", context: Context, *, installed_on: date) -> None:
    """Put on record since which day it stands; from that day on it is to be connected to level I (R-DB-7.5.a)."""
    refuse(check_install(self, context))
    rule = act_rule(context, "install")
    if installed_on > legal_date(context.now):
        raise InvalidInput("installedOn", "ở tương lai", "lies in the future", rule=rule)
    clocks = connection_clock(self, context, start_of(installed_on))
    with acting(context.envelope("camera.administer", rule=rule)):
        self.trigger_event(events.Installed, installed_on=installed_on, clocks=clocks)


def connect(
    self: "Camera",
    context: Context,
    *,
    channel: str,
    documents: Sequence[str] = (),
    client_id: UUID | None = None,
) -> None:
    """Put on record that its images come, by which way, and which technical documents were given (R-DB-7.5.b).

    *client_id* is the gateway or recorder that it is connected through, where it is (R-DH-6.2.b).
    """
    refuse(check_connect(self, context))
    if channel not in set(Transmission):
        expected = ", ".join(Transmission)
        raise InvalidInput("channel", f"phải là một trong {expected}", f"must be one of {expected}")
    check_channel("channel", self.camera_class, channel, context)
    given = tuple(words("documents", one, longest=LONGEST_NAME) for one in documents)
    with acting(context.envelope("camera.administer", rule=act_rule(context, "connect"))):
        self.trigger_event(
            events.Connected,
            channel=channel,
            documents=given,
            client_id=client_id,
            stopped=stopped_by(self, context.now, CONNECT_CAMERA),
        )


def activate(self: "Camera", context: Context) -> None:
    """Let it work."""
    refuse(check_activate(self, context))
    with acting(context.envelope("camera.administer", rule=act_rule(context, "activate"))):
        self.trigger_event(events.Activated)


def retire(self: "Camera", context: Context, *, reason: str, document: str | None = None) -> None:
    """Take it out of the system."""
    refuse(check_retire(self, context))
    words("reason", reason, longest=LONGEST_NAME)
    document = some_words("document", document, longest=LONGEST_NAME)
    with acting(context.envelope("camera.administer", rule=act_rule(context, "change"), reason=reason)):
        self.trigger_event(
            events.Retired, document=document, stopped=stopped_by(self, context.now, CONNECT_CAMERA)
        )


def tell_due_soon(self: "Camera", due: datetime) -> None:
    """Say once that it is to be connected soon; inside an act of the scheduler, which names the end it knows of."""
    told = self.connect_due_soon_told_at or self.connect_missed_told_at
    if self.connect_due == due and told is None:
        self.trigger_event(events.ConnectionDueSoon, due=due)


def tell_missed(self: "Camera", now: datetime) -> None:
    """Say once that the time is over in which it was to be connected; inside an act of the scheduler."""
    due = self.connect_due
    if due is not None and now >= due and self.connect_missed_told_at is None:
        self.trigger_event(events.ConnectionMissed, due=due)


def begin_maintenance(
    self: "Camera", by: By, *, work_order_id: UUID | None = None, reason: str | None = None
) -> None:
    """Take it into maintenance."""
    said, now = said_by(self, by, check_maintain, "maintain", reason)
    with acting(said):
        self.trigger_event(events.MaintenanceBegan, at=now, work_order_id=work_order_id)


def end_maintenance(
    self: "Camera", by: By, *, work_order_id: UUID | None = None, reason: str | None = None
) -> None:
    """Put it to work again; what is still at fault stays so."""
    said, now = said_by(self, by, check_maintain_end, "maintain", reason)
    with acting(said):
        self.trigger_event(events.MaintenanceEnded, at=now, work_order_id=work_order_id)
