"""Who, for whom, why, when it took place: the fields every event carries.

There is no default envelope: an event outside of an act cannot be made (R-QT-4.6.b).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from eventsourcing.domain import Aggregate


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The circumstances of an act.

    `by` is an account id, or `system:…` for a process, or `operator:…` for somebody at the machine.
    `delegation` is whose rights were used, where those are another's, and which delegation gave them.
    `rule` is the obligation that gives the power to act, `rulebook` the version it was read in.
    `took_place_at` is the instant of the act; the event's own timestamp is the instant of recording.
    """

    by: str
    unit_id: UUID | None
    took_place_at: datetime
    rulebook: str
    correlation_id: UUID
    causation_id: UUID | None = None
    delegation: str | None = None
    reason: str | None = None
    rule: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Who stands in it: whoever acted, and whose rights they acted by where those were another's."""
        return (self.by, self.delegation.partition(":")[0]) if self.delegation else (self.by,)


_current: ContextVar[Envelope] = ContextVar("envelope")


@contextmanager
def acting(envelope: Envelope) -> Iterator[Envelope]:
    """Give every event made inside the block this envelope."""
    token = _current.set(envelope)
    try:
        yield envelope
    finally:
        _current.reset(token)


class Event(Aggregate.Event):
    """The base of every event of ours: what happened, and its envelope."""

    withheld: ClassVar[frozenset[str]] = frozenset()
    """Fields of the event or of its envelope that other systems are not told, though they hold no more than an id."""
    envelope: Envelope = field(default_factory=_current.get, kw_only=True)


class Created(Event, Aggregate.Created):
    """The base of every first event."""
