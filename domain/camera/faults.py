"""What is wrong with a camera: faults, in which what it shows is not to be relied on, and losses of its link.

A person says it, or a process of the installation; of an incident of the camera, whoever handles that.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.camera import events
from domain.camera.guards import CameraOnFile, act_rule, check_operate
from domain.camera.state import CameraState, FaultKind, Window
from domain.case.inputs import LONGEST_NAME, some_words
from domain.context import Context
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.camera.camera import Camera

# -- guards -------------------------------------------------------------------------


def check_fault(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Whoever's system it is says what is wrong with a camera that stands, or stood: what it captured stays."""
    refusal = check_operate(camera, context)
    if refusal is None and camera.state == CameraState.REGISTERED:
        return WrongState(
            "Camera chưa được lắp đặt", "The camera was not installed yet", rule=act_rule(context, "fault")
        )
    return refusal


def check_fault_end(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Only a fault that is known comes to its end; that of an incident with the repair (`fixIncident`)."""
    refusal = check_fault(camera, context)
    open_ = [window for window in camera.faults if window.ended_at is None]
    if refusal is None and all(window.incident_id is not None for window in open_):
        return _no_such_fault(open_, act_rule(context, "fault"))
    return refusal


def _no_such_fault(others: Sequence[Window], rule: str | None, kind: str = "") -> WrongState:
    """There is none to end, or it is another's to end."""
    kind = kind and f" {kind}"
    if others:
        return WrongState(
            f"Lỗi{kind} thuộc sự cố đang xử lý, hết khi sự cố được khắc phục (fixIncident)",
            f"The fault{kind} is that of an incident, and over when that is fixed (fixIncident)",
            rule=rule,
        )
    return WrongState(
        f"Camera không có lỗi{kind} đang mở", f"No fault{kind} of the camera is open", rule=rule
    )


# -- decisions ----------------------------------------------------------------------


By = Context | Envelope
"""A person, who is checked; or the circumstances of a process of the installation, which watches every camera."""


def begin_fault(
    self: "Camera",
    by: By,
    *,
    kind: str,
    at: datetime | None = None,
    incident_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Say since when what it shows is not to be relied on; of a fault that is open already only what is earlier."""
    said, now = said_by(self, by, check_fault, "fault", reason)
    if kind not in set(FaultKind):
        expected = ", ".join(FaultKind)
        raise InvalidInput(
            "kind", f"phải là một trong {expected}", f"must be one of {expected}", rule=said.rule
        )
    at = _not_ahead(at, now, said.rule)
    if self.retired_at is not None and at >= self.retired_at:
        raise InvalidInput(
            "at",
            f"phải trước khi camera bị loại lúc {self.retired_at.isoformat()}",
            f"is expected before the camera was retired at {self.retired_at.isoformat()}",
            rule=said.rule,
        )
    known = _known(self.faults, kind, incident_id)
    if known is None:
        with acting(said):
            self.trigger_event(events.FaultBegan, at=at, kind=kind, incident_id=incident_id)
    else:
        _backdate(self, said, known, at)


def end_fault(
    self: "Camera",
    by: By,
    *,
    kind: str,
    at: datetime | None = None,
    incident_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Say since when that fault is over; the same of another incident is not."""
    said, now = said_by(self, by, check_fault_end, "fault", reason)
    at = _not_ahead(at, now, said.rule)
    known = _known(self.faults, kind, incident_id)
    if known is None:
        others = [one for one in self.faults if one.kind == kind and one.ended_at is None]
        raise _no_such_fault(others, said.rule, kind)
    _check_after(known, at, said.rule)
    with acting(said):
        self.trigger_event(events.FaultEnded, at=at, kind=kind, incident_id=incident_id)


def lose_link(
    self: "Camera",
    by: By,
    *,
    kind: str = "CENTRE",
    at: datetime | None = None,
    incident_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Say since when nothing comes from it, and where to; what this incident has on record already is not again."""
    said, now = said_by(self, by, check_fault, "link", reason)
    at = _not_ahead(at, now, said.rule)
    if all(one.incident_id != incident_id for one in self.losses):
        with acting(said):
            self.trigger_event(events.LinkLost, at=at, kind=kind, incident_id=incident_id)


def restore_link(
    self: "Camera",
    by: By,
    *,
    kind: str = "CENTRE",
    at: datetime | None = None,
    incident_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Say since when its images come again, as far as this incident goes; where that lost nothing, nothing is over."""
    said, now = said_by(self, by, check_fault, "link", reason)
    at = _not_ahead(at, now, said.rule)
    known = next((one for one in self.losses if one.incident_id == incident_id), None)
    if known is not None:
        _check_after(known, at, said.rule)
        with acting(said):
            self.trigger_event(events.LinkRestored, at=at, kind=kind, incident_id=incident_id)


def backdate(self: "Camera", said: Envelope, *, incident_id: UUID, at: datetime) -> None:
    """Say that what an incident put on record began earlier, inside the act that put that on record of the incident."""
    own = [one for one in (*self.faults, *self.losses) if one.incident_id == incident_id]
    if own:
        _backdate(self, said, min(own, key=lambda one: one.began_at), at)


def _backdate(camera: "Camera", said: Envelope, known: Window, at: datetime) -> None:
    if at < known.began_at:
        with acting(said):
            camera.trigger_event(
                events.Backdated,
                at=at,
                kind=known.kind,
                incident_id=known.incident_id,
                said_at=known.began_at,
            )


def _known(faults: Sequence[Window], kind: str, incident_id: UUID | None) -> Window | None:
    """The fault of a kind that is open, of this incident or of none."""
    of = (kind, incident_id, None)
    return next((one for one in faults if (one.kind, one.incident_id, one.ended_at) == of), None)


def _check_after(known: Window, at: datetime, rule: str | None) -> None:
    if at < known.began_at:
        raise InvalidInput(
            "at",
            f"trước khi bắt đầu lúc {known.began_at.isoformat()}",
            f"lies before it began at {known.began_at.isoformat()}",
            rule=rule,
        )


def said_by(
    camera: "Camera",
    by: By,
    check: Callable[[CameraOnFile, Context], Refusal | None],
    act: str,
    reason: str | None,
) -> tuple[Envelope, datetime]:
    """The circumstances of an act that a person or a process does, and when it does it."""
    if isinstance(by, Envelope):
        return by, by.took_place_at
    refuse(check(camera, by))
    reason = some_words("reason", reason, longest=LONGEST_NAME)
    return by.envelope("camera.operate", rule=act_rule(by, act), reason=reason), by.now


def _not_ahead(at: datetime | None, now: datetime, rule: str | None) -> datetime:
    """Now, or the earlier instant that is said."""
    if at is not None and at > now:
        raise InvalidInput("at", "ở tương lai", "lies in the future", rule=rule)
    return at or now
