"""What stands in an area that has ended passes to the one that follows it, each thing by an event of its own.

What was captured there before keeps the path it had, and is covered by whoever covers the successor. Who has nothing
there (any more) records nothing, so that it may be told as often as one likes.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from domain.account import Account
from domain.account import events as of_account
from domain.area import Area
from domain.camera import Camera
from domain.client import Client
from domain.unit import Unit


@dataclass(frozen=True)
class GrantsMoved(of_account.Event):
    """What was granted to a person for an area, or directed to be, holds for the one that followed it."""

    TOPIC = "account:grants-moved"
    from_path: str
    to_path: str
    document: str

    def apply(self, aggregate: Any) -> None:
        """Another place, and nothing else."""
        aggregate.grants = [self._moved(one) for one in aggregate.grants]
        aggregate.directions = {n: self._moved(one) for n, one in aggregate.directions.items()}

    def _moved(self, one: Any) -> Any:
        return replace(one, area_path=self.to_path) if one.area_path == self.from_path else one


@dataclass(frozen=True)
class ClientMoved(Client.Event):
    """Software or a device belongs to the area that followed; what permits it stands."""

    TOPIC = "client:moved"
    from_path: str
    to_path: str
    document: str

    def apply(self, aggregate: Any) -> None:
        """Another area, nothing else."""
        aggregate.area_path = self.to_path


EVENTS: Final[tuple[type[Any], ...]] = (GrantsMoved, ClientMoved)
for _event in EVENTS:  # an aggregate registers the topics of the events in its body; these stand beside
    register_topic(_event.TOPIC, _event)


def move(one: Aggregate, gone: Area, heir: Area) -> None:
    """Let something pass from an area that has ended to the one that follows it; inside an act of the installation."""
    document, here, there = gone.ended_by or "", gone.area_path, heir.area_path
    match one:
        case Camera() if one.area_path == here:
            one.trigger_event(Camera.MovedToArea, area_path=there, document=document)
        case Unit() if one.area_path == here:
            one.trigger_event(
                Unit.Moved, parent_unit_id=one.parent_unit_id, area_path=there, document=document
            )
        case Account() if here in {
            *(g.area_path for g in one.grants),
            *(d.area_path for d in one.directions.values()),
        }:
            one.trigger_event(GrantsMoved, from_path=here, to_path=there, document=document)
        case Client() if one.area_path == here:
            one.trigger_event(ClientMoved, from_path=here, to_path=there, document=document)
        case Area():
            for path in (here, *gone.before):
                one.take_over(path)
        case _:
            pass
