"""Commands on readings: that somebody looked, and that somebody was not allowed to.

A reading is recorded before anything is shown; where that fails, nothing is shown.
Who tried what was not theirs is on record as well (R-QT-5.2.a, R-QT-18.2.0, R-DB-5.5.0).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard
from uuid import UUID

from eventsourcing.persistence import RecordConflictError

from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, Refusal, SamePerson, SameUnit, WrongState, refuse
from domain.personal import Personal
from domain.plates import Plate
from domain.reading import Attempt, Reading, searches_of


def is_attempt(refusal: BaseException) -> TypeGuard[Refusal]:
    """Whether a refusal says who may not, or not in this order (R-QT-5.2.a).

    A mistake in a form is no attempt, nor is an act whose turn comes by itself and that may be sent again as it is.
    """
    early = isinstance(refusal, WrongState) and not refusal.retryable
    return early or isinstance(refusal, Forbidden | SamePerson | SameUnit)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is looked at, in which way, where it lies, and on which rule where that is not one of viewing it.

    *camera_id* is the camera whose footage it is; where there are several, *ids* has them. *plate* is what somebody
    searched for.
    """

    way: str
    noun: str
    ids: Sequence[UUID]
    area_path: str | None
    address: str
    rule: str | None = None
    camera_id: UUID | None = None
    plate: Plate | None = None


def record_reading(app: CaseSystem, context: Context, look: Look, *, purpose: str) -> None:
    """Put on record that somebody was shown these, for this purpose."""
    app.record(reading_of(context, look, purpose, Reading.create_id()))


def open_evidence(app: CaseSystem, context: Context, command: Command, *, purpose: str, look: Look) -> Answer:
    """Put on record that somebody opens a file; the answer is the reading's id."""
    reading_id = Reading.of_command(context.actor.account_id, command.command_id)
    return app.perform(command, lambda: reading_of(context, look, purpose, reading_id))


def record_refusal(
    app: CaseSystem, context: Context, look: Look, refusal: Refusal, *, purpose: str | None = None
) -> None:
    """Put on record that somebody was not allowed to, or not yet; the latter once a minute."""
    attempt_id = None
    if isinstance(refusal, WrongState):
        attempt_id = Attempt.out_of_order(context.actor.account_id, look.way, look.ids, context.now)
    with acting(context.envelope("audit.replay", reason=purpose, rule=refusal.rule)):
        attempt = Attempt.record(
            way=look.way,
            noun=look.noun,
            ids=look.ids,
            code=refusal.code,
            purpose=purpose,
            area_path=look.area_path,
            address=_address(context, look),
            attempt_id=attempt_id,
            camera_id=look.camera_id,
            plate=_plate(context, look),
        )
    try:
        app.record(attempt)
    except RecordConflictError:
        if attempt_id is None:
            raise  # else it is on record already


def reading_of(context: Context, look: Look, purpose: str, reading_id: UUID) -> Reading:
    """A look that is not on record yet."""
    refuse(context.check_purpose(purpose))
    with acting(context.envelope(f"{look.noun}.view", reason=purpose, rule=look.rule)):
        return Reading.record(
            reading_id,
            way=look.way,
            noun=look.noun,
            ids=look.ids,
            purpose=purpose,
            area_path=look.area_path,
            address=_address(context, look),
            camera_id=look.camera_id,
            plate=_plate(context, look),
        )


def _address(context: Context, look: Look) -> Personal[str] | None:
    """An address says where a person sat: sealed under that person's key."""
    return Personal.said(context.actor.account_id, look.address) if look.address else None


def _plate(context: Context, look: Look) -> Personal[str] | None:
    """A plate says who was searched for: sealed with the searches of its month."""
    return Personal.said(searches_of(context.now), look.plate.text) if look.plate else None
