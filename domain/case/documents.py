"""The documents made out of a case: numbered, hashed, and every print on record."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.events import Event
from domain.case.guards import CaseFacts, check_begin
from domain.case.review import STANDING
from domain.case.state import DocumentKind, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.case.case import Case

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentIssued(Event):
    """A document was made out of the case: what it is, under which number, and the hash of its bytes."""

    TOPIC = "case:document-issued"
    document_id: UUID
    kind: str
    number: str
    edition: int
    template: str
    """The template it was made from, by its digest."""
    sha256: str
    size: int
    name: str
    """Where its bytes are kept, sealed."""

    def remember(self, case: "Case") -> None:
        """The next one of its kind is another edition."""
        case.editions[self.kind] = self.edition


@dataclass(frozen=True)
class DocumentPrinted(Event):
    """A document was opened to be printed (R-QT-3.3.0)."""

    TOPIC = "case:document-printed"
    document_id: UUID
    copies: int


# -- guards -------------------------------------------------------------------------


def check_issue(case: CaseFacts, context: Context) -> Refusal | None:
    """Documents are made by the unit that holds the case."""
    return check_begin(case, context, "case.document", *STANDING)


NEEDED: Final = {
    DocumentKind.VIOLATION_NOTICE: Mark.OWNER_IDENTIFIED,
    DocumentKind.TRANSFER_MINUTES: Mark.RECORD_TRANSFERRED,
}


# -- decisions ----------------------------------------------------------------------


def check_document(case: "Case", kind: DocumentKind) -> None:
    """There is something to make such a document of."""
    there = {
        DocumentKind.VIOLATION_RECORD: case.record_number is not None,
        DocumentKind.PENALTY_DECISION: case.decision_number is not None,
    }.get(kind, NEEDED.get(kind) in case.marks)
    if not there:
        raise WrongState(f"Hồ sơ chưa có nội dung cho {kind}", f"The case has nothing for a {kind} yet")


@dataclass(frozen=True, kw_only=True)
class Made:
    """A document as it was made."""

    document_id: UUID
    number: str
    edition: int
    template: str
    sha256: str
    size: int
    name: str


def issue(case: "Case", context: Context, *, kind: DocumentKind, document: "Made") -> None:
    """Put on record that a document was made; its bytes are kept before this is said."""
    refuse(check_issue(case, context))
    check_document(case, kind)
    with acting(context.envelope("case.document")):
        case.trigger_event(DocumentIssued, kind=kind.value, **vars(document))


def printed(case: "Case", context: Context, *, document_id: UUID, copies: int) -> None:
    """Put on record that a document was opened to be printed."""
    refuse(check_issue(case, context))
    if copies < 1:
        raise InvalidInput("copies", "ít nhất 1 bản", "at least 1")
    with acting(context.envelope("case.document")):
        case.trigger_event(DocumentPrinted, document_id=document_id, copies=copies)
