"""Commands on documents: that one was made of what is on record, and that one was opened to be printed."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate

from domain.case import Case
from domain.case.documents import check_document, check_issue
from domain.case.state import DocumentKind
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.case import check_captured
from domain.commands.reading import Look, reading_of
from domain.context import Context
from domain.documents import Made
from domain.errors import refuse
from domain.extraction import FootageExtraction
from domain.extraction import guards as extraction_guards
from domain.reading import Reading
from domain.report import Report
from domain.report import check_document as check_report_document

Press = Callable[[Case, UUID], Made]
PressMinutes = Callable[[FootageExtraction, UUID], Made]
PressReport = Callable[[Report, UUID], Made]
"""Makes the document of an id out of something as it is, and keeps its bytes; what it returns is durable."""

SANCTIONS: Final = (DocumentKind.RECORD, DocumentKind.DECISION)
"""Papers of a sanction: none is made while something stands against the evidence."""

PRINTED: Final[Mapping[str, tuple[type[Any], Callable[..., None]]]] = {
    "case": (Case, Case.printed),
    "extraction": (FootageExtraction, FootageExtraction.print_minutes),
    "report": (Report, Report.print_document),
}
"""What documents are made of, and the decision that says that one was printed."""


def id_of(account_id: UUID, command_id: str) -> UUID:
    """One command makes one document, however often it is sent."""
    return uuid5(account_id, f"/documents/{command_id}")


def issue_document(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, kind: DocumentKind, press: Press
) -> Answer:
    """Make a document out of a case and put it on record.

    Its bytes are durable before it is recorded: a kill in between leaves an object that nothing names and nobody
    reads, as it is sealed.
    """
    document_id = id_of(context.actor.account_id, command.command_id)

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        if document_id not in case.documents:  # otherwise this very command has made it
            refuse(check_issue(case, context))  # before the work, not only after it
            check_document(case, kind)
            if kind in SANCTIONS:
                check_captured(app, context, case)
            case.issue(context, kind=kind, document=press(case, document_id))
        return case

    return app.perform(command, decide)


def issue_handover_minutes(
    app: CaseSystem, context: Context, command: Command, *, extraction_id: UUID, press: PressMinutes
) -> Answer:
    """Make the minutes of a handing over and put them on record, in the same way."""
    document_id = id_of(context.actor.account_id, command.command_id)

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        if document_id not in extraction.minutes:
            refuse(extraction_guards.check_minutes(extraction, context))
            extraction.issue_minutes(context, press(extraction, document_id))
        return extraction

    return app.perform(command, decide)


def issue_report_document(
    app: CaseSystem, context: Context, command: Command, *, report_id: UUID, press: PressReport
) -> Answer:
    """Make a document of a report and put it on record, in the same way."""
    document_id = id_of(context.actor.account_id, command.command_id)

    def decide() -> Report:
        report = app.find(Report, report_id, expected=command.expected_version)
        if document_id not in report.documents:
            refuse(check_report_document(report, context))
            report.issue_document(context, press(report, document_id))
        return report

    return app.perform(command, decide)


def open_document(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    owner_id: UUID,
    noun: str,
    document_id: UUID,
    copies: int,
    purpose: str,
    look: Look,
) -> Answer:
    """Put on record that somebody opens a document and prints so many copies; the answer is the reading's id."""
    reading_id = Reading.of_command(context.actor.account_id, command.command_id)

    def decide() -> tuple[Aggregate, ...]:
        kind, printed = PRINTED[noun]
        made_of = app.find(kind, owner_id)
        printed(made_of, context, document_id=document_id, copies=copies)
        return made_of, reading_of(context, look, purpose, reading_id)

    return app.perform(command, decide)
