"""Cases that seem to be about the same violation: the same plate, place, time and kind.

Plates are compared in memory, as people write them; no hash of one is kept anywhere, for it could be guessed back.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from api.services import Services
from domain.case import Case
from domain.commands.case import Alike
from domain.context import Context
from domain.personal import Personal
from domain.plates import Plate
from projections import case_queue


def alike(services: Services, context: Context) -> Alike:
    """What a command asks on a writing thread; it reads the queue as far as that has come."""

    def find(case: Case, plate: str | None) -> Sequence[UUID]:
        if plate is None:
            own = services.reads.sync(case_queue.by_ids, [case.id]).get(case.id)
            [plate] = _plates(services, [own.sealed_plate if own else None])
        wanted = _read(plate)
        if wanted is None:
            return ()
        rows = services.reads.sync(
            case_queue.alike,
            case.id,
            kind=case.kind,
            area_path=case.area_path,
            occurred_at=case.occurred_at,
            within=timedelta(seconds=context.rulebook.settings.duplicate_window_s),
        )
        plates = _plates(services, [row.sealed_plate for row in rows])
        return [row.case_id for row, text in zip(rows, plates, strict=True) if _read(text) == wanted]

    return find


def of_plate(services: Services, sealed: Sequence[Personal[str]], wanted: Plate) -> list[UUID]:
    """Whose plates these are that are the one that is wanted: each is opened, on a writing thread."""
    opened = services.keys.open(sealed)
    return [
        value.subject
        for value, text in zip(sealed, opened, strict=True)
        if isinstance(text, str) and Plate.read(text) == wanted
    ]


def _plates(services: Services, sealed: Sequence[Personal[str] | None]) -> list[str | None]:
    opened = iter(services.keys.open([value for value in sealed if value is not None]))
    found = [next(opened) if value is not None else None for value in sealed]
    return [text if isinstance(text, str) else None for text in found]


def _read(text: str | None) -> str | None:
    plate = Plate.read(text) if text else None
    return plate.text if plate else None
