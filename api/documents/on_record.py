"""A case as its documents are made of it: what stands of what its events said, opened, under the names of the time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from domain.case import EvidenceItem
from domain.case.clocks import Clock
from domain.case.documents import DocumentIssued
from domain.case.explanation import Explained
from domain.case.proposal import Approved, Detected
from domain.case.receipt import Opened
from domain.case.record import RecordDrawn, RecordTransferred
from domain.case.review import Correctable, Corrected, DeclaredVoid, Reopened
from domain.case.sanction import DecisionIssued
from domain.case.state import CaseState, Voided
from domain.case.verification import Concluded
from domain.case.violator import OwnerIdentified, ViolatorDetermined
from domain.clock import legal_date
from domain.envelope import Event
from domain.personal import Personal
from policies.rulebook import Rulebook
from projections.follower import Recorded
from projections.history import account_of

E = TypeVar("E", bound=Event)
Names = Mapping[tuple[UUID, int], str]
"""What a unit or a person was called at a position of the log."""

OF_A_DECISION: Final = (DecisionIssued,)
GONE: Final[dict[str, tuple[type[Event], ...]]] = {
    Voided.DECISION: OF_A_DECISION,
    Voided.RECORD: (RecordDrawn, RecordTransferred, Explained, *OF_A_DECISION),
}
"""What no longer stands once something was declared void."""
VALUES: Final = {
    Approved: {Correctable.PLATE: "plate"},
    Opened: {Correctable.PLATE: "plate"},
    OwnerIdentified: {
        Correctable.PLATE: "plate",
        Correctable.OWNER_NAME: "owner_name",
        Correctable.OWNER_ADDRESS: "owner_address",
    },
    ViolatorDetermined: {
        Correctable.VIOLATOR_NAME: "name",
        Correctable.VIOLATOR_ADDRESS: "address",
        Correctable.VIOLATOR_IDENTITY_NUMBER: "identity_number",
    },
}
"""Which events say what may be corrected afterwards."""


@dataclass(frozen=True)
class CameraNamed:
    """The camera that saw it, as it was called when it did."""

    code: str
    name: str


class CaseOnRecord:
    """What stands of a case."""

    def __init__(
        self,
        recorded: Sequence[Recorded],
        *,
        holder_unit_id: UUID,
        opened: Mapping[Personal[str], str],
        names: Names,
        camera: CameraNamed,
        rulebook: Rulebook,
    ) -> None:
        self.first = cast("Detected | Opened", recorded[0].event)
        self.began, self.position = recorded[0].position, recorded[-1].position
        self.camera, self.rulebook = camera, rulebook
        self.papers: dict[str, DocumentIssued] = {}
        """The newest edition of each kind of document."""
        self._holder_unit_id = holder_unit_id
        self._opened, self._names = opened, names
        self._last: dict[type[Event], Recorded] = {}
        self._values: dict[Correctable, Personal[str] | None] = {}
        for one in recorded:
            self._take(one)

    def _take(self, one: Recorded) -> None:
        event = one.event
        self._last[type(event)] = one
        for what, name in VALUES.get(type(event), {}).items():
            self._values[what] = getattr(event, name) or self._values.get(what)
        match event:
            case Corrected():
                self._values[Correctable(event.field)] = event.value
            case DeclaredVoid():
                for kind in GONE.get(event.what, ()):
                    self._last.pop(kind, None)
            case Reopened() if event.state in {CaseState.VERIFYING, CaseState.RECEIVED}:
                self._last.pop(Concluded, None)
            case RecordDrawn():
                self.papers.pop("RECORD", None)
            case DocumentIssued():
                self.papers[event.kind] = event
            case _:
                pass

    # -- what was said ----------------------------------------------------------

    def last(self, kind: type[E]) -> E | None:
        """The last event of a kind, if it stands."""
        found = self._last.get(kind)
        return cast("E", found.event) if found else None

    def value(self, what: Correctable) -> str | None:
        """What was said last of something that may be corrected."""
        return self.opened(self._values.get(what))

    def opened(self, value: Personal[str] | None) -> str | None:
        """The words of a personal value."""
        return self._opened[value] if value is not None else None

    @property
    def evidence(self) -> list[EvidenceItem]:
        """What was captured."""
        return list(self.first.evidence)

    # -- names --------------------------------------------------------------------

    def person(self, kind: type[Event]) -> str | None:
        """The name of who did something, as it was then."""
        found = self._last.get(kind)
        actor = account_of(found.event) if found else None
        return self._names.get((actor, found.position)) if found and actor else None

    def unit(self, kind: type[Event]) -> str | None:
        """The name of the unit for which it was done, as it was then."""
        found = self._last.get(kind)
        unit_id = found.event.envelope.unit_id if found else None
        return self._names.get((unit_id, found.position)) if found and unit_id else None

    def recipient(self) -> str | None:
        """The name of the unit the record went to, as it was then."""
        found = self._last.get(RecordTransferred)
        sent = self.last(RecordTransferred)
        return self._names.get((sent.recipient_unit_id, found.position)) if found and sent else None

    @property
    def holder(self) -> str:
        """The name of the unit that holds the case."""
        return self._names[self._holder_unit_id, self.position]

    @property
    def detector(self) -> str:
        """The name of the unit that detected it, as it was then."""
        return self._names[self.first.holder_unit_id, self.began]


def wanted_names(recorded: Sequence[Recorded], holder_unit_id: UUID) -> set[tuple[UUID, int]]:
    """Whose names a document may ask for, and as of which position."""
    wanted = {(holder_unit_id, recorded[-1].position)}
    for position, event in ((one.position, one.event) for one in recorded):
        about = {account_of(event), event.envelope.unit_id}
        if isinstance(event, Detected | Opened):
            about.add(event.holder_unit_id)
        if isinstance(event, RecordTransferred):
            about.add(event.recipient_unit_id)
        wanted |= {(subject, position) for subject in about if subject is not None}
    return wanted


def personal_in(value: object) -> Iterator[Personal[str]]:
    """Every personal value in an event, wherever it stands."""
    if isinstance(value, Personal):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from personal_in(getattr(value, field.name))


def clock_of(event: Any, timer: str) -> Clock | None:
    """The clock that an event started."""
    return next((clock for clock in event.clocks if clock.timer == timer), None)


def last_day(due: datetime) -> date:
    """The last day of a period that ends at an instant."""
    return legal_date(due - timedelta(microseconds=1))
