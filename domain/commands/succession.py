"""Commands of succession: what the scheduler calls when a unit has ended."""

from datetime import datetime
from typing import Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.breach import Breach
from domain.camera import Camera
from domain.case import Case
from domain.client import Client
from domain.commands.application import CaseSystem, Decided
from domain.commands.clock import by_time, told
from domain.commands.sessions import ended_with
from domain.commands.unit import line_of
from domain.context import Rulebook
from domain.envelope import Envelope, acting
from domain.extraction import FootageExtraction
from domain.guidance import Guidance
from domain.incident import Incident
from domain.obstacle import Obstacle
from domain.recommendation import Recommendation
from domain.roster import Roster
from domain.shift import Shift
from domain.succession import succeed
from domain.unit import Unit
from domain.unit_guards import Left, has_ended, rule_of
from domain.work_order import WorkOrder

NOUNS: Final[dict[str, type[Aggregate]]] = {
    "account": Account,
    "breach": Breach,
    "camera": Camera,
    "case": Case,
    "client": Client,
    "extraction": FootageExtraction,
    "guidance": Guidance,
    "incident": Incident,
    "obstacle": Obstacle,
    "recommendation": Recommendation,
    "roster": Roster,
    "shift": Shift,
    "unit": Unit,
    "work_order": WorkOrder,
}
"""What a unit may leave behind."""


def pass_on(
    app: CaseSystem, rulebook: Rulebook, *, noun: str, subject_id: UUID, unit_id: UUID, now: datetime
) -> bool:
    """Let one thing pass from a unit that has ended to whoever follows it, once; whether there was anything to say.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
        LookupError: the units follow each other in a circle, so that nobody does.
    """
    gone = app.find(Unit, unit_id)
    if not has_ended(gone, now) or gone.successor_unit_id is None:
        return False
    heir = _heir(app, gone, now)

    def decide() -> Decided:
        one = app.find(NOUNS[noun], subject_id)
        line = {above.id: above for above in line_of(app, app.find(Unit, heir.id))} if noun == "unit" else {}
        with acting(_by_time(rulebook, gone, now)):
            succeed(one, gone, heir, rulebook=rulebook, now=now, above=line)
        ended = ended_with(app, one) if isinstance(one, Account) else ()
        return (*(above for above in line.values() if above.id != one.id), *ended, one)

    return told(app, decide)


def _heir(app: CaseSystem, gone: Unit, now: datetime) -> Unit:
    """The unit that follows in the end: the first that stands, or that nobody follows."""
    line = [gone]
    while has_ended(line[-1], now) and (follows := line[-1].successor_unit_id) is not None:
        heir = app.find(Unit, follows)
        if heir.id in {one.id for one in line}:
            codes = " → ".join(one.code for one in (*line, heir))
            raise LookupError(f"units follow each other in a circle: {codes}; one of them must stand")
        line.append(heir)
    return line[-1]


def tell_of_left(app: CaseSystem, rulebook: Rulebook, *, unit_id: UUID, left: Left, now: datetime) -> bool:
    """Tell the head of the unit above, once, what a unit without a successor has left open."""

    def decide() -> Aggregate:
        gone = app.find(Unit, unit_id)
        if has_ended(gone, now):
            parent = app.find(Unit, gone.parent_unit_id) if gone.parent_unit_id else None
            with acting(_by_time(rulebook, gone, now)):
                gone.leave(parent, left)
        return gone

    return told(app, decide)


def _by_time(rulebook: Rulebook, gone: Unit, now: datetime) -> Envelope:
    return by_time(rulebook, now, unit_id=gone.id, rule=rule_of(rulebook), reason=gone.ended_by)
