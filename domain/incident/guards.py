"""What must hold before anything is done with an incident: guards as values.

What of them holds of a row, `projections.scope.of_incidents` says as conditions.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from domain.context import Context
from domain.errors import Refusal, WrongState, wrong_state


class IncidentState(StrEnum):
    """How far an incident is."""

    REPORTED = "REPORTED"
    RECEIVED = "RECEIVED"
    HANDLING = "HANDLING"
    FIXED = "FIXED"
    CLOSED = "CLOSED"


class IncidentFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an incident."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def area_path(self) -> str:
        """Where the camera is, or the unit that reported it."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that reported it."""

    @property
    def operating_unit_id(self) -> UUID | None:
        """The unit that operates the camera."""

    @property
    def handler_kind(self) -> str | None:
        """The kind of unit that the regulation has told of incidents; None where it names none."""

    @property
    def handling_unit_id(self) -> UUID | None:
        """The unit that received it."""


# -- guards -------------------------------------------------------------------------


def check_report(context: Context) -> Refusal | None:
    """Anybody whose unit is in the system reports what is wrong with it."""
    refusal = context.check_may("incident.report", facts=frozenset({"own-unit"}))
    if refusal is None and context.rulebook.settings.operation.incident_rule is None:
        return WrongState("Quy định này không nêu sự cố", "Incidents are not set by this regulation")
    return refusal


def check_view(one: IncidentFacts, context: Context) -> Refusal | None:
    """Its unit sees it, whoever handles or operates what it is about, whoever is told, and the audit of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    if one.owner_unit == actor.unit_id:
        return context.check_may("incident.report", facts=frozenset({"own-unit"}))
    shown = _asked(one, context) or _told(one, context)
    return context.check_may("incident.handle", facts=frozenset({"receiver"} if shown else ()))


def _told(one: IncidentFacts, context: Context) -> bool:
    """Whether the regulation has the actor's unit told besides; of what may show a state secret nobody is."""
    named = context.actor.unit_kind in context.rulebook.settings.operation.told
    return named and one.handler_kind is not None and context.actor.covers(one.area_path)


def _asked(one: IncidentFacts, context: Context) -> bool:
    """Whether it is told to the actor's unit: it operates the camera, or is of the kind that is named."""
    actor = context.actor
    named = one.handler_kind == actor.unit_kind and actor.covers(one.area_path)
    return named or actor.unit_id in {one.operating_unit_id, one.handling_unit_id}


def _check_handle(one: IncidentFacts, context: Context, *states: IncidentState) -> Refusal | None:
    """Whoever is told handles it; from its receipt on, whoever received it."""
    own = one.handling_unit_id in {None, context.actor.unit_id} and _asked(one, context)
    refusal = context.check_may("incident.handle", facts=frozenset({"receiver"} if own else ()))
    return refusal or _check_state(one, context, *states)


def _check_state(one: IncidentFacts, context: Context, *states: IncidentState) -> Refusal | None:
    if one.state in states:
        return None
    rule = context.rulebook.settings.operation.incident_rule
    return wrong_state("Sự cố", "The incident", one.state, *states, rule=rule)


def _check_confirm(one: IncidentFacts, context: Context, *states: IncidentState) -> Refusal | None:
    """Whoever reported it says whether it is over; so does whoever handles it."""
    if one.owner_unit == context.actor.unit_id:
        refusal = context.check_may("incident.report", facts=frozenset({"own-unit"}))
        return refusal or _check_state(one, context, *states)
    return _check_handle(one, context, *states)


def check_receive(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: it was reported, and nobody has it yet."""
    return _check_handle(one, context, IncidentState.REPORTED)


def check_handle(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: it was received."""
    return _check_handle(one, context, IncidentState.RECEIVED)


def check_fix(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: somebody is at it."""
    return _check_handle(one, context, IncidentState.HANDLING)


def check_close(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: it was fixed, and whoever reported or handles it says so."""
    return _check_confirm(one, context, IncidentState.FIXED)


def check_reopen(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: it was said to be fixed, and is not."""
    return _check_confirm(one, context, IncidentState.FIXED)


def check_backdate(one: IncidentFacts, context: Context) -> Refusal | None:
    """Guard: until it is closed, whoever reported or handles it may learn that it was seen earlier."""
    return _check_confirm(one, context, *(state for state in IncidentState if state != IncidentState.CLOSED))


GUARDS: Final[dict[str, Callable[[IncidentFacts, Context], Refusal | None]]] = {
    "receiveIncident": check_receive,
    "handleIncident": check_handle,
    "fixIncident": check_fix,
    "closeIncident": check_close,
    "reopenIncident": check_reopen,
    "backdateIncident": check_backdate,
}
