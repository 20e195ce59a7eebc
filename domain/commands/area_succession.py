"""Commands of the succession of areas: what the scheduler calls when one has ended."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.area import Area, above, stands
from domain.area_succession import move
from domain.camera import Camera
from domain.client import Client
from domain.commands.application import CaseSystem
from domain.commands.clock import by_time, told
from domain.context import Rulebook, within
from domain.envelope import acting
from domain.unit import Unit
from domain.unit_guards import rule_of

NOUNS: Final[dict[str, type[Aggregate]]] = {
    "account": Account,
    "area": Area,
    "camera": Camera,
    "client": Client,
    "unit": Unit,
}
"""What passes from an area to the one that follows it; of the latter, that it covers the former."""


def pass_to_area(
    app: CaseSystem, rulebook: Rulebook, *, noun: str, subject_id: UUID, area_id: UUID, now: datetime
) -> bool:
    """Let one thing pass from an area that has ended to its successor, once; whether there was anything to say.

    Of the successor itself (*noun* is `area`) those above it are told as well, where it did not lie in them before.

    Raises:
        VersionConflict: others acted on it each time it was looked at; it wants another look.
    """
    gone = app.find(Area, area_id)
    if stands(gone, now) or gone.successor_path is None:
        return False
    heir = app.find(Area, Area.create_id(gone.successor_path))
    act = by_time(rulebook, now, unit_id=None, rule=rule_of(rulebook), reason=gone.ended_by)

    def decide(one_id: UUID) -> Aggregate:
        one = app.find(NOUNS[noun], one_id)
        with acting(act):
            move(one, gone, heir)
        return one

    if noun == "area":
        # the successor is told last: whether it knows says whether everything is done
        for upper in _above(app, heir, gone):
            told(app, partial(decide, upper))
    return told(app, partial(decide, subject_id))


def _above(app: CaseSystem, heir: Area, gone: Area) -> Iterator[UUID]:
    """The areas that the successor lies in and the one that has ended did not, as far as they are registered."""
    path = above(heir.area_path)
    while path is not None and not within(gone.area_path, path):
        if Area.create_id(path) in app.repository:
            yield Area.create_id(path)
        path = above(path)
