"""The documents made out of a case: numbered, hashed, and every print on record."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.body import CaseBody
from domain.case.events import Event
from domain.case.guards import CaseFacts, check_begin, facts_of
from domain.case.inputs import LONGEST_NAME, words
from domain.case.review import STANDING
from domain.case.state import DocumentKind, Mark
from domain.context import Context
from domain.documents import Made, check_copies
from domain.envelope import acting
from domain.errors import Refusal, WrongState, refuse

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

    def remember(self, case: CaseBody) -> None:
        """The next one of its kind is another edition."""
        case.editions[self.kind] = self.edition
        case.documents[self.document_id] = Made(
            document_id=self.document_id,
            number=self.number,
            edition=self.edition,
            template=self.template,
            sha256=self.sha256,
            size=self.size,
            name=self.name,
        )


@dataclass(frozen=True)
class DocumentPrinted(Event):
    """A document was opened to be printed (R-QT-3.3.0)."""

    TOPIC = "case:document-printed"
    document_id: UUID
    copies: int


# -- guards -------------------------------------------------------------------------


def check_issue(case: CaseFacts, context: Context) -> Refusal | None:
    """Documents are made by the unit that holds the case, once it is known to whom they would be addressed."""
    refusal = check_begin(case, context, "case.document", *STANDING)
    if refusal is None and not {Mark.OWNER_IDENTIFIED, Mark.VIOLATOR_DETERMINED} & set(case.marks):
        return WrongState(
            "Chưa xác định chủ phương tiện hay đối tượng vi phạm, chưa có văn bản nào để lập",
            "Neither the owner nor the violator is known, and no document can be made yet",
            rule=context.rule_of("case.document"),
        )
    return refusal


def check_print(case: CaseFacts, context: Context) -> Refusal | None:
    """What was made is printed by whose function it is, of the unit that holds the case or its camera."""
    return context.check_may("case.document", facts=facts_of(case, context))


# -- decisions ----------------------------------------------------------------------


def check_document(case: CaseBody, kind: DocumentKind) -> None:
    """There is something to make such a document of."""
    there = {
        DocumentKind.NOTICE: Mark.OWNER_IDENTIFIED in case.marks,
        DocumentKind.RECORD: case.record_number is not None,
        # made for the handing over, which is put on record when it has taken place
        DocumentKind.TRANSFER_MINUTES: case.record_number is not None,
        DocumentKind.DECISION: case.decision_number is not None,
    }
    if not there[kind]:
        raise WrongState(f"Hồ sơ chưa có nội dung cho {kind}", f"The case has nothing for a {kind} yet")


def issue(case: CaseBody, context: Context, *, kind: DocumentKind, document: Made) -> None:
    """Put on record that a document was made; its bytes are kept before this is said."""
    refuse(check_issue(case, context))
    check_document(case, kind)
    words("number", document.number, longest=LONGEST_NAME)
    with acting(context.envelope("case.document")):
        case.trigger_event(DocumentIssued, kind=kind.value, **vars(document))


def printed(case: CaseBody, context: Context, *, document_id: UUID, copies: int) -> None:
    """Put on record that a document was opened to be printed."""
    refuse(check_print(case, context))
    check_copies(case.documents, document_id, copies)
    with acting(context.envelope("case.document")):
        case.trigger_event(DocumentPrinted, document_id=document_id, copies=copies)
