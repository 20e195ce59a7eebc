"""Breaches of the regulation: what is said to have happened in a unit, of whom, what was found, and what followed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.breach import Breach
from domain.breach_guards import BreachState
from domain.envelope import Event
from domain.personal import Personal
from domain.succession import BreachSucceeded
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class BreachRow:
    """A breach, with all that its guards ask for."""

    breach_id: UUID
    number: str
    state: str
    subject_rule: str
    account_id: UUID | None
    leads: bool
    happened_at: datetime
    text: str
    attempts: list[int] = field(default_factory=list)
    case_ids: list[UUID] = field(default_factory=list)
    camera_ids: list[UUID] = field(default_factory=list)
    reported_by: str
    reporting_unit_id: UUID | None
    reported_at: datetime
    answers: list[str] = field(default_factory=list)
    """What the person it is said of said to it, each sealed."""
    finding: str | None = None
    findings: str | None = None
    document: str | None = None
    examining_unit_id: UUID | None = None
    examined_by: str | None = None
    examined_at: datetime | None = None
    measures: list[dict[str, Any]] = field(default_factory=list)
    """What followed the finding that stands, as JSON has it."""
    closed_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.breach_id, sealed=value) if value else None


def fold(row: BreachRow | None, event: Event, position: int) -> BreachRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Breach.Reported):
        return _reported(event, position)
    if not isinstance(event, Breach.Event):
        return row
    if row is None:
        raise LookupError(f"breach {event.originator_id} has no first event")
    change = CHANGES.get(type(event))
    if change is None:
        raise TypeError(f"{type(event).__qualname__} is unknown to the log of breaches")
    return replace(row, version=event.originator_version, position=position, **change(row, event))


def _reported(event: Breach.Reported, position: int) -> BreachRow:
    said = event.envelope
    return BreachRow(
        breach_id=event.originator_id,
        number=event.number,
        state=BreachState.REPORTED,
        subject_rule=event.subject_rule,
        account_id=event.account_id,
        leads=event.leads,
        happened_at=event.happened_at,
        text=event.text.sealed or "",
        attempts=list(event.attempts),
        case_ids=list(event.case_ids),
        camera_ids=list(event.camera_ids),
        reported_by=said.by,
        reporting_unit_id=said.unit_id,
        reported_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=event.unit_id,
    )


def _examined(_: BreachRow, event: Breach.Examined) -> dict[str, Any]:
    said = event.envelope
    return {
        "state": BreachState(event.finding).value,
        "finding": event.finding,
        "findings": event.text.sealed,
        "document": event.document,
        "examining_unit_id": said.unit_id,
        "examined_by": said.by,
        "examined_at": said.took_place_at,
    }


def _dealt_with(row: BreachRow, event: Breach.DealtWith) -> dict[str, Any]:
    measure = {
        "measure": event.measure,
        "document": event.document,
        "decided_at": event.decided_at.isoformat(),
        "recommendation_id": str(event.recommendation_id) if event.recommendation_id else None,
        "rule": event.envelope.rule,
    }
    return {"state": BreachState.DEALT_WITH, "measures": [*row.measures, measure]}


def _reopened(_: BreachRow, __: Breach.Reopened) -> dict[str, Any]:
    nothing: list[Any] = []
    found = (
        "finding",
        "findings",
        "document",
        "examining_unit_id",
        "examined_by",
        "examined_at",
        "closed_at",
    )
    return {"state": BreachState.REPORTED, "measures": nothing, **dict.fromkeys(found)}


CHANGES: Final[dict[type[Event], Callable[[BreachRow, Any], dict[str, Any]]]] = {
    Breach.Answered: lambda row, event: {"answers": [*row.answers, event.text.sealed or ""]},
    Breach.Examined: _examined,
    Breach.DealtWith: _dealt_with,
    Breach.Closed: lambda _, event: {
        "state": BreachState.CLOSED,
        "closed_at": event.envelope.took_place_at,
    },
    Breach.Reopened: _reopened,
    BreachSucceeded: lambda row, event: event.changes(row),
}
"""What each event changes of the row."""

LOG = Register(Breach, BreachRow, fold, table="breach_log", key="breach_id")
"""Feeds the log of breaches."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class BreachNarrow:
    """What a reader narrows the breaches to; None does not narrow."""

    states: list[str] | None = None
    unit_id: UUID | None = None
    account_id: UUID | None = None
    rule: str | None = None
    number: str | None = None


LISTING = Listing(
    table="breach_log",
    row=BreachRow,
    order="reported_at DESC, breach_id",
    place=("reported_at", "breach_id"),
    beyond="""
    reported_at < %(after_reported_at)s
    OR (reported_at = %(after_reported_at)s AND breach_id > %(after_breach_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "unit_id": "owner_unit = %(unit_id)s",
        "account_id": "account_id = %(account_id)s",
        "rule": "subject_rule = %(rule)s",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Breaches, newest first."""
