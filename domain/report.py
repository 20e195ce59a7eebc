"""A report on record: the numbers of a period as they were known at one instant, and nobody named in them.

The numbers are kept as the canonical JSON they were hashed as, with the place in the log up to which they were counted.
So anybody may count them again, and find the same, whatever has happened since.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

import orjson
from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.context import Context
from domain.documents import Made, check_copies
from domain.errors import Forbidden, InvalidInput, Refusal, refuse
from domain.periods import Period

LONGEST_NUMBER: Final = 200


@dataclass(frozen=True)
class Counted:
    """The numbers of a period, counted up to a place in the log."""

    numbers: Mapping[str, Any]
    upto: int


def canonical(numbers: Mapping[str, Any]) -> str:
    """Write numbers as JSON in the one way there is: keys in order, no space, texts and whole numbers only."""
    _check_plain(numbers)
    return orjson.dumps(numbers, option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> str:
    """The hash of canonical JSON."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check_plain(value: Any) -> None:
    match value:
        case Mapping():
            for name, inner in value.items():
                if not isinstance(name, str):
                    raise TypeError(f"{name!r} is the name of a number: expected a text")
                _check_plain(inner)
        case None | bool() | int() | str():
            pass
        case _:
            raise TypeError(f"{type(value).__name__} in a report: expected a whole number or a text")


class ReportFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a report."""

    @property
    def area_path(self) -> str:
        """Of which area it is."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that issued it."""


def check_run(context: Context) -> Refusal | None:
    """Reports are run by units that the matrix names, within a person's function."""
    return context.check_may("report.run")


def check_view(report: ReportFacts, context: Context) -> Refusal | None:
    """A report is seen where it was issued, and by whoever runs reports, or replays the audit, of a wider area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(report.area_path):
        return None
    refusal = check_run(context)
    if refusal is None and report.owner_unit != actor.unit_id and not actor.covers(report.area_path):
        return Forbidden(
            "Báo cáo của địa bàn khác",
            "The report is of another area",
            rule=context.rule_of("report.run"),
        )
    return refusal


def check_document(report: ReportFacts, context: Context) -> Refusal | None:
    """The unit that issued a report makes its documents, and prints them."""
    refusal = check_run(context)
    if refusal is None and report.owner_unit != context.actor.unit_id:
        return Forbidden(
            "Đơn vị lập báo cáo mới được lập và in văn bản của báo cáo",
            "The unit that issued the report makes its documents and prints them",
            rule=context.rule_of("report.run"),
        )
    return refusal


GUARDS: Final = {"issueReportDocument": check_document}
"""Every act on a report that was issued, with its guard."""


class Report(Aggregate):
    """A report that was issued: its numbers stay as they are, and documents are made of them."""

    TOPIC = "report"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a report."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "report:created"

    @dataclass(frozen=True)
    class Issued(Created):
        """A unit put a report on record."""

        TOPIC = "report:issued"
        number: str
        kind: str
        period: str | None
        """Such as 2026-06; an ad-hoc report has none."""
        starts_at: datetime
        ends_at: datetime
        due: datetime | None
        as_of: datetime
        """What had been recorded by this instant counts."""
        upto: int
        """The last place in the log that was counted."""
        area_path: str
        numbers: str
        """Canonical JSON."""
        sha256: str

    @dataclass(frozen=True)
    class DocumentIssued(Event):
        """A document was made of the report: under which number, with which hash."""

        TOPIC = "report:document-issued"
        document_id: UUID
        number: str
        edition: int
        template: str
        """The template it was made from, by its digest."""
        sha256: str
        size: int
        name: str
        """Where its bytes are kept, sealed."""

    @dataclass(frozen=True)
    class DocumentPrinted(Event):
        """A document was opened to be printed."""

        TOPIC = "report:document-printed"
        document_id: UUID
        copies: int

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command issues one report, however often it is sent."""
        return uuid5(account_id, f"/reports/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def issue(
        cls,
        context: Context,
        *,
        report_id: UUID,
        number: Callable[[], str],
        period: Period,
        as_of: datetime,
        count: Callable[[], Counted],
        rule: str | None = None,
    ) -> "Report":
        """Put the numbers of a period on record; they are counted, and a number is drawn, only for what may be."""
        refuse(check_run(context))
        check_period(context, period, as_of)
        counted = count()
        numbers = canonical(counted.numbers)
        with envelope.acting(context.envelope("report.run", rule=rule or period.rule)):
            return cls._create(
                cls.Issued,
                id=report_id,
                number=number(),
                kind=period.kind.value,
                period=period.name or None,
                starts_at=period.starts_at,
                ends_at=period.ends_at,
                due=period.due,
                as_of=as_of,
                upto=counted.upto,
                area_path=context.actor.area_path,
                numbers=numbers,
                sha256=digest(numbers),
            )

    def issue_document(self, context: Context, made: Made) -> None:
        """Put on record that a document was made; its bytes are kept before this is said."""
        refuse(check_document(self, context))
        if len(made.number) > LONGEST_NUMBER:
            raise InvalidInput(
                "number", f"không quá {LONGEST_NUMBER} ký tự", f"at most {LONGEST_NUMBER} characters"
            )
        with envelope.acting(context.envelope("report.run", rule=self.rule)):
            self.trigger_event(self.DocumentIssued, **vars(made))

    def print_document(self, context: Context, *, document_id: UUID, copies: int) -> None:
        """Put on record that a document was opened to be printed."""
        refuse(check_document(self, context))
        check_copies(self.documents, document_id, copies)
        with envelope.acting(context.envelope("report.run", rule=self.rule)):
            self.trigger_event(self.DocumentPrinted, document_id=document_id, copies=copies)

    # -- state --------------------------------------------------------------

    @event(Issued)
    def __init__(self, number: str, area_path: str, sha256: str, envelope: envelope.Envelope) -> None:
        self.number = number
        self.area_path = area_path
        self.sha256 = sha256
        self.owner_unit = envelope.unit_id
        self.rule = envelope.rule
        self.documents: dict[UUID, Made] = {}

    @event(DocumentIssued)
    def _document_issued(
        self, document_id: UUID, number: str, edition: int, template: str, sha256: str, size: int, name: str
    ) -> None:
        self.documents[document_id] = Made(
            document_id=document_id,
            number=number,
            edition=edition,
            template=template,
            sha256=sha256,
            size=size,
            name=name,
        )

    @event(DocumentPrinted)
    def _document_printed(self) -> None:
        """A print changes nothing of what may be decided."""


def check_period(context: Context, period: Period, as_of: datetime) -> None:
    """A report is of a time that has begun, as of an instant that has come.

    Raises:
        InvalidInput: it is not.
    """
    if period.ends_at <= period.starts_at:
        raise InvalidInput("to", "phải sau from", "must be after from")
    if as_of > context.now:
        raise InvalidInput("asOf", "ở tương lai", "lies in the future")
    if period.starts_at >= as_of:
        raise InvalidInput(
            "period",
            f"bắt đầu lúc {period.starts_at.isoformat()}, chưa đến vào thời điểm asOf",
            f"begins at {period.starts_at.isoformat()}, which had not come by asOf",
        )
