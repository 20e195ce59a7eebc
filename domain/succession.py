"""Succession: what is open when a unit ends passes to the unit that follows it, each by an event of its own.

What is closed keeps the unit it had, and its name. Each event names the document that ended the unit; who has
nothing of the unit (any more) records nothing, so that it may be told as often as one likes.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from domain.account import Account, AccountState
from domain.account import events as of_account
from domain.account.way import fits
from domain.breach import Breach
from domain.breach_guards import BreachState
from domain.camera import Camera
from domain.camera import events as of_camera
from domain.case import Case
from domain.case import events as of_case
from domain.case.clocks import passed
from domain.case.state import ENDED
from domain.client import Client, ClientState
from domain.context import Rulebook
from domain.envelope import acting
from domain.extraction import ExtractionState, FootageExtraction
from domain.extraction import events as of_extraction
from domain.guidance import Guidance, GuidanceState
from domain.incident import Incident, IncidentState
from domain.incident import events as of_incident
from domain.obstacle import Obstacle, ObstacleState
from domain.recommendation import Recommendation, RecommendationState
from domain.roster import Roster
from domain.shift import Shift, ShiftState
from domain.unit import Unit
from domain.work_order import WorkOrder, WorkState

if TYPE_CHECKING:
    from domain.camera.body import Moved as CameraMoved
    from domain.case.events import Moved


@dataclass(frozen=True)
class Succeeded:
    """Whatever part of something was one unit's is another's from now on; which parts that may be is said by each.

    The aggregate has them under the same names as the row that shows it.
    """

    TOPIC: ClassVar[str]
    PARTS: ClassVar[tuple[str, ...]] = ("owner_unit",)
    from_unit_id: UUID
    to_unit_id: UUID
    document: str

    def changes(self, known: Any) -> dict[str, Any]:
        """What is otherwise from now on, on the aggregate and on the row that shows it alike."""
        return {name: self.to_unit_id for name in self.PARTS if getattr(known, name) == self.from_unit_id}

    def change(self, known: Any) -> None:
        """Change what is otherwise from now on."""
        for name, value in self.changes(known).items():
            setattr(known, name, value)

    def apply(self, aggregate: Any) -> None:
        """The same of the aggregate."""
        self.change(aggregate)


@dataclass(frozen=True)
class CaseSucceeded(of_case.Event, Succeeded):
    """An open case, and every clock that runs for the unit, is its successor's from now on."""

    TOPIC = "case:succeeded"
    PARTS = ("holder_unit_id", "detecting_unit_id")

    def change(self, case: "Moved") -> None:
        """Whatever the unit had of it is the successor's; what it owes a reason for as well."""
        Succeeded.change(self, case)
        heir = self.to_unit_id
        case.late_without_reason.update(
            {timer: heir for timer, unit in case.late_without_reason.items() if unit == self.from_unit_id}
        )


@dataclass(frozen=True)
class ExtractionSucceeded(Succeeded, of_extraction.Event):
    """An open extraction is the successor's from now on, whatever part of it was the unit's."""

    TOPIC = "footage-extraction:succeeded"
    PARTS = ("requesting_unit_id", "operating_unit_id", "executing_unit_id")
    to_unit_kind: str

    def changes(self, known: Any) -> dict[str, Any]:
        """The unit that asked, the one whose camera it is, the one that cut; by whoever asks it is who decides."""
        found = super().changes(known)
        return found | ({"requesting_unit_kind": self.to_unit_kind} if "requesting_unit_id" in found else {})


@dataclass(frozen=True)
class CameraSucceeded(of_camera.Event, Succeeded):
    """A camera is operated, managed or kept by the successor from now on."""

    TOPIC = "camera:succeeded"
    PARTS = ("owner_unit", "manager_unit_id", "custodian_unit_id")

    def change(self, camera: "CameraMoved") -> None:
        """Whatever the unit was to it."""
        Succeeded.change(self, camera)


@dataclass(frozen=True)
class CameraOwnerSucceeded(of_camera.Event, Succeeded):
    """A camera that was the unit's own is the successor's own from now on, whoever operates it."""

    TOPIC = "camera:owner-succeeded"
    PARTS = ("owning_unit_id",)

    def change(self, camera: "CameraMoved") -> None:
        """It has another owner."""
        Succeeded.change(self, camera)


@dataclass(frozen=True)
class AccountSucceeded(Succeeded, of_account.Event):
    """A person works in the successor from now on, with what was granted to them."""

    TOPIC = "account:succeeded"
    PARTS = ("unit_id",)


@dataclass(frozen=True)
class AccountUnfit(of_account.Event):
    """People of the successor have no such function: nobody signs in with the account until it is given back.

    Whoever gives accounts there gives the person another function first (`changeRole`), then it (`resumeAccount`).
    """

    TOPIC = "account:unfit"
    role: str
    unit_kind: str

    def apply(self, aggregate: Any) -> None:
        """It opens nothing."""
        aggregate.state = AccountState.SUSPENDED


@dataclass(frozen=True)
class GuidanceSucceeded(Succeeded, Guidance.Event):
    """The successor replaces and withdraws what the unit issued, from now on."""

    TOPIC = "guidance:succeeded"


@dataclass(frozen=True)
class ClientSucceeded(Succeeded, Client.Event):
    """Software or a device is operated by the successor from now on; what permits it stands."""

    TOPIC = "client:succeeded"


@dataclass(frozen=True)
class IncidentSucceeded(Succeeded, of_incident.Event):
    """Whoever follows the unit puts the incident right, or confirms that it is; its time runs on."""

    TOPIC = "incident:succeeded"
    PARTS = ("owner_unit", "operating_unit_id", "handling_unit_id")


@dataclass(frozen=True)
class WorkSucceeded(Succeeded, WorkOrder.Event):
    """The successor starts, finishes or cancels what the unit planned."""

    TOPIC = "work-order:succeeded"


@dataclass(frozen=True)
class ShiftSucceeded(Succeeded, Shift.Event):
    """The post is the successor's: whoever is on duty there writes the log on, and closes it."""

    TOPIC = "shift:succeeded"


@dataclass(frozen=True)
class RosterSucceeded(Succeeded, Roster.Event):
    """The duty that is still to be done is the successor's to plan and to swap."""

    TOPIC = "roster:succeeded"


@dataclass(frozen=True)
class ObstacleSucceeded(Succeeded, Obstacle.Event):
    """The obstacle stands in the successor's way, or is its to put before others."""

    TOPIC = "obstacle:succeeded"
    PARTS = ("owner_unit", "handling_unit_id")


@dataclass(frozen=True)
class RecommendationSucceeded(Succeeded, Recommendation.Event):
    """The successor sends what the unit recommended, or answers what was sent to it."""

    TOPIC = "recommendation:succeeded"
    PARTS = ("owner_unit", "recipient_unit_id")


@dataclass(frozen=True)
class BreachSucceeded(Succeeded, Breach.Event):
    """Who leads the successor answers for the breach from now on; where it happened stands in its first event."""

    TOPIC = "breach:succeeded"
    PARTS = ("owner_unit", "examining_unit_id")


PASSES: Final[dict[type[Aggregate], type[Any]]] = {
    Account: AccountSucceeded,
    Breach: BreachSucceeded,
    Camera: CameraSucceeded,
    Case: CaseSucceeded,
    Client: ClientSucceeded,
    FootageExtraction: ExtractionSucceeded,
    Guidance: GuidanceSucceeded,
    Incident: IncidentSucceeded,
    Obstacle: ObstacleSucceeded,
    Recommendation: RecommendationSucceeded,
    Roster: RosterSucceeded,
    Shift: ShiftSucceeded,
    WorkOrder: WorkSucceeded,
}
"""By which event each noun passes."""
EVENTS: Final[tuple[type[Any], ...]] = (*PASSES.values(), AccountUnfit, CameraOwnerSucceeded)
for _event in EVENTS:  # an aggregate registers the topics of the events in its body; these stand beside
    register_topic(_event.TOPIC, _event)

CLOSED: Final[dict[type[Aggregate], frozenset[str]]] = {
    Breach: frozenset({BreachState.CLOSED}),
    Case: frozenset(ENDED),
    Client: frozenset({ClientState.WITHDRAWN}),
    FootageExtraction: frozenset({ExtractionState.REJECTED, ExtractionState.ACCEPTED}),
    Guidance: frozenset({GuidanceState.REPLACED, GuidanceState.WITHDRAWN}),
    Incident: frozenset({IncidentState.CLOSED}),
    Obstacle: frozenset({ObstacleState.SETTLED}),
    Recommendation: frozenset({RecommendationState.ANSWERED}),
    Shift: frozenset({ShiftState.CLOSED}),
    WorkOrder: frozenset({WorkState.FINISHED, WorkState.CANCELLED}),
}
"""In which states nothing more is expected of each; an account and a camera pass in any."""


def succeed(
    one: Aggregate,
    gone: Unit,
    heir: Unit,
    *,
    rulebook: Rulebook,
    now: datetime,
    above: Collection[UUID] = (),
) -> None:
    """Let something pass from a unit that has ended to the one that follows it, inside an act of the installation.

    *above*: the successor and the units it is part of; of these what was part of the unit is part of what that was
    part of, for no unit is part of itself.
    """
    said: dict[str, Any] = {"from_unit_id": gone.id, "to_unit_id": heir.id, "document": gone.ended_by or ""}
    if isinstance(one, Unit):
        if one.parent_unit_id == gone.id and (one.ceased_at is None or now < one.ceased_at):
            parent_id = gone.parent_unit_id if one.id in above else heir.id
            one.trigger_event(
                Unit.Moved, parent_unit_id=parent_id, area_path=one.area_path, document=said["document"]
            )
        return
    if getattr(one, "state", None) in CLOSED.get(type(one), ()):
        return
    event = PASSES[type(one)]
    has = any(getattr(one, name) == gone.id for name in event.PARTS)
    match one:
        case Case() if has or gone.id in {clock.unit_id for clock in one.clocks.values()}:
            own = [timer for timer, clock in one.clocks.items() if clock.unit_id == gone.id]
            one.trigger_event(event, clocks=passed(one.clocks, heir.id, *own), **said)
        case FootageExtraction() if has:
            one.trigger_event(event, to_unit_kind=heir.kind, **said)
        case Account() if has:
            one.trigger_event(event, **said)
            _settle(one, heir, rulebook, said["document"])
        case Roster() if one.ends_at <= now:
            pass
        case _ if has:
            one.trigger_event(event, **said)
        case _:
            pass
    if isinstance(one, Camera) and one.owning_unit_id == gone.id:
        one.trigger_event(CameraOwnerSucceeded, **said)


def _settle(one: Account, heir: Unit, rulebook: Rulebook, document: str) -> None:
    """What the person is there: nobody leads the successor, or does what its people may not, by an event alone.

    Who leads it is for whoever gives its accounts to say (`changeLeader`); until then it has the leaders that it had.
    """
    rules = rulebook.account_rules
    if one.leader:
        one.trigger_event(Account.LeaderChanged, leader=False, document=document)
    for duty in sorted(one.duties):
        known = rules.duties.get(duty)
        if known is None or heir.kind not in known.unit_kinds:
            one.trigger_event(Account.DutyEnded, duty=duty, document=document)
    if one.state == AccountState.ACTIVE and not fits(rules, heir.kind, one.role):
        said: Any = one.pending_events[-1]
        with acting(replace(said.envelope, rule=rules.roles_rule)):
            one.trigger_event(AccountUnfit, role=one.role, unit_kind=heir.kind)
