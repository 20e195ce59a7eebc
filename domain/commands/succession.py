"""Commands of succession: what the scheduler calls when a unit has ended."""

from datetime import datetime
from typing import Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.camera import Camera
from domain.case import Case
from domain.client import Client
from domain.commands.application import CaseSystem
from domain.commands.clock import by_time, told
from domain.context import Rulebook
from domain.envelope import Envelope, acting
from domain.extraction import FootageExtraction
from domain.guidance import Guidance
from domain.succession import succeed
from domain.unit import Unit
from domain.unit_guards import Left, rule_of

NOUNS: Final[dict[str, type[Aggregate]]] = {
    "account": Account,
    "camera": Camera,
    "case": Case,
    "client": Client,
    "extraction": FootageExtraction,
    "guidance": Guidance,
    "unit": Unit,
}
"""What a unit may leave behind."""


def pass_on(
    app: CaseSystem, rulebook: Rulebook, *, noun: str, subject_id: UUID, unit_id: UUID, now: datetime
) -> bool:
    """Let one thing pass from a unit that has ended to its successor, once; whether there was anything to say.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
    """
    gone = app.find(Unit, unit_id)
    if gone.ceased_at is None or now < gone.ceased_at or gone.successor_unit_id is None:
        return False
    heir = app.find(Unit, gone.successor_unit_id)

    def decide() -> Aggregate:
        one = app.find(NOUNS[noun], subject_id)
        with acting(_by_time(rulebook, gone, now)):
            succeed(one, gone, heir)
        return one

    return told(app, decide)


def tell_of_left(app: CaseSystem, rulebook: Rulebook, *, unit_id: UUID, left: Left, now: datetime) -> bool:
    """Tell the head of the unit above, once, what a unit without a successor has left open."""

    def decide() -> Aggregate:
        gone = app.find(Unit, unit_id)
        if gone.ceased_at is not None and gone.ceased_at <= now:
            parent = app.find(Unit, gone.parent_unit_id) if gone.parent_unit_id else None
            with acting(_by_time(rulebook, gone, now)):
                gone.leave(parent, left)
        return gone

    return told(app, decide)


def _by_time(rulebook: Rulebook, gone: Unit, now: datetime) -> Envelope:
    return by_time(rulebook, now, unit_id=gone.id, rule=rule_of(rulebook), reason=gone.ended_by)
