"""Commands on documents: that one was made of what is on record, and that one was opened to be printed."""

from collections.abc import Callable
from uuid import UUID, uuid5

from domain.case import Case
from domain.case.documents import Made, check_document, check_issue
from domain.case.state import DocumentKind
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.reading import Look, reading_of
from domain.context import Context
from domain.errors import refuse
from domain.reading import Reading

Press = Callable[[Case, UUID], Made]
"""Makes the document of an id out of a case as it is, and keeps its bytes; what it returns is durable."""


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
            case.issue(context, kind=kind, document=press(case, document_id))
        return case

    return app.perform(command, decide)


def open_document(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    case_id: UUID,
    document_id: UUID,
    copies: int,
    purpose: str,
    look: Look,
) -> Answer:
    """Put on record that somebody opens a document and prints so many copies; the answer is the reading's id."""
    reading_id = Reading.of_command(context.actor.account_id, command.command_id)

    def decide() -> tuple[Case, Reading]:
        case = app.find(Case, case_id)
        case.printed(context, document_id=document_id, copies=copies)
        return case, reading_of(context, look, purpose, reading_id)

    return app.perform(command, decide)
