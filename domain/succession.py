"""Succession: what is open when a unit ends passes to the unit that follows it, each by an event of its own.

What is closed keeps the unit it had, and its name. Each event names the document that ended the unit; who has
nothing of the unit (any more) records nothing, so that it may be told as often as one likes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from domain.account import Account
from domain.account import events as of_account
from domain.camera import Camera
from domain.camera import events as of_camera
from domain.case import Case
from domain.case import events as of_case
from domain.case.clocks import passed
from domain.case.state import ENDED
from domain.client import Client, ClientState
from domain.extraction import ExtractionState, FootageExtraction
from domain.extraction import events as of_extraction
from domain.guidance import Guidance, GuidanceState
from domain.unit import Unit

if TYPE_CHECKING:
    from domain.camera.body import Moved as CameraMoved
    from domain.case.body import CaseBody
    from domain.case.events import Moved

CLOSED = frozenset({ExtractionState.REJECTED, ExtractionState.ACCEPTED})
"""Extractions of which nothing more is expected."""


@dataclass(frozen=True)
class CaseSucceeded(of_case.Event):
    """An open case, and every clock that runs for the unit, is its successor's from now on."""

    TOPIC = "case:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def change(self, case: "Moved") -> None:
        """Whatever the unit had of it is the successor's; what it owes a reason for as well."""
        heir = self.to_unit_id
        if case.holder_unit_id == self.from_unit_id:
            case.holder_unit_id = heir
        if case.detecting_unit_id == self.from_unit_id:
            case.detecting_unit_id = heir
        case.late_without_reason.update(
            {timer: heir for timer, unit in case.late_without_reason.items() if unit == self.from_unit_id}
        )


@dataclass(frozen=True)
class ExtractionSucceeded(of_extraction.Event):
    """An open extraction is the successor's from now on, whatever part of it was the unit's."""

    TOPIC = "footage-extraction:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    to_unit_kind: str
    document: str

    def apply(self, aggregate: Any) -> None:
        """The unit that asked, the one whose camera it is, the one that cut."""
        for name, value in self.changes(aggregate).items():
            setattr(aggregate, name, value)

    def changes(self, known: Any) -> dict[str, Any]:
        """What is otherwise from now on, on the aggregate and on the row that shows it alike."""
        names = ("requesting_unit_id", "operating_unit_id", "executing_unit_id")
        found = {name: self.to_unit_id for name in names if getattr(known, name) == self.from_unit_id}
        return found | ({"requesting_unit_kind": self.to_unit_kind} if "requesting_unit_id" in found else {})


@dataclass(frozen=True)
class CameraSucceeded(of_camera.Event):
    """A camera is operated, managed or kept by the successor from now on."""

    TOPIC = "camera:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def change(self, camera: "CameraMoved") -> None:
        """Whatever the unit was to it."""
        for name in ("owner_unit", "manager_unit_id", "custodian_unit_id"):
            if getattr(camera, name) == self.from_unit_id:
                setattr(camera, name, self.to_unit_id)


@dataclass(frozen=True)
class AccountSucceeded(of_account.Event):
    """A person works in the successor from now on, with the same function and what was granted to them."""

    TOPIC = "account:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def apply(self, aggregate: Any) -> None:
        """Another unit, nothing else."""
        aggregate.unit_id = self.to_unit_id


@dataclass(frozen=True)
class GuidanceSucceeded(Guidance.Event):
    """The successor replaces and withdraws what the unit issued, from now on."""

    TOPIC = "guidance:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def apply(self, aggregate: Any) -> None:
        """Another unit, nothing else."""
        aggregate.owner_unit = self.to_unit_id


@dataclass(frozen=True)
class ClientSucceeded(Client.Event):
    """Software or a device is operated by the successor from now on; what permits it stands."""

    TOPIC = "client:succeeded"
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def apply(self, aggregate: Any) -> None:
        """Another unit, nothing else."""
        aggregate.owner_unit = self.to_unit_id


EVENTS: Final = (
    CaseSucceeded,
    ExtractionSucceeded,
    CameraSucceeded,
    AccountSucceeded,
    GuidanceSucceeded,
    ClientSucceeded,
)
for _event in EVENTS:  # an aggregate registers the topics of the events in its body; these stand beside
    register_topic(_event.TOPIC, _event)


def succeed(one: Aggregate, gone: Unit, heir: Unit) -> None:
    """Let something pass from a unit that has ended to the one that follows it, inside an act of the installation."""
    document = gone.ended_by or ""
    told: dict[str, Any] = {"from_unit_id": gone.id, "to_unit_id": heir.id, "document": document}
    match one:
        case Case() if one.state not in ENDED and _has(one, gone.id):
            own = [timer for timer, clock in one.clocks.items() if clock.unit_id == gone.id]
            one.trigger_event(CaseSucceeded, clocks=passed(one.clocks, heir.id, *own), **told)
        case FootageExtraction() if one.state not in CLOSED and gone.id in {
            one.requesting_unit_id,
            one.operating_unit_id,
            one.executing_unit_id,
        }:
            one.trigger_event(ExtractionSucceeded, to_unit_kind=heir.kind, **told)
        case Camera() if gone.id in {one.operating_unit_id, one.manager_unit_id, one.custodian_unit_id}:
            one.trigger_event(CameraSucceeded, **told)
        case Account() if one.unit_id == gone.id:
            one.trigger_event(AccountSucceeded, **told)
        case Guidance() if one.state == GuidanceState.ISSUED and one.owner_unit == gone.id:
            one.trigger_event(GuidanceSucceeded, **told)
        case Client() if one.owner_unit == gone.id and one.state != ClientState.WITHDRAWN:
            one.trigger_event(ClientSucceeded, **told)
        case Unit() if one.parent_unit_id == gone.id and one.ceased_at is None:
            one.trigger_event(Unit.Moved, parent_unit_id=heir.id, area_path=one.area_path, document=document)
        case _:
            pass


def _has(case: "CaseBody", unit_id: UUID) -> bool:
    clocks = {clock.unit_id for clock in case.clocks.values()}
    return unit_id in {case.holder_unit_id, case.detecting_unit_id, *clocks}
