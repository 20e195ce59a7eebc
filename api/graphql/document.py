"""Documents of cases, extractions and reports at the GraphQL edge: made of what is on record, opened to be printed."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import strawberry
from psycopg import Connection

from api import papers
from api.graphql.case.act import CASE, CASES, OnCase
from api.graphql.case.case import Case
from api.graphql.case.file import CaseDocument
from api.graphql.case.parts import Said
from api.graphql.common import Position, shown
from api.graphql.context import Info, identity, legal
from api.graphql.extraction.extraction import Extraction, HandoverMinutes, minutes_of
from api.graphql.extraction.mutations import EXTRACTION, EXTRACTION_ID, EXTRACTIONS
from api.graphql.looking import AccessPurpose, attempted, look_at
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Refused, act, command_of
from api.graphql.report.mutations import REPORTS
from api.graphql.report.types import Report, ReportDocument, document_of
from api.graphql.words import DocumentKind
from api.services import Services
from api.urls import LIFETIME, Ticket
from domain import errors
from domain.case import guards
from domain.case.documents import check_print
from domain.commands import document as commands
from domain.commands.reading import is_attempt
from domain.context import Context
from domain.extraction import guards as extraction_guards
from domain.reading import Reading
from domain.report import check_document as check_report_document
from domain.report import check_view as check_view_report
from projections import case_detail, case_queue, extraction_log, report_log

logger = logging.getLogger(__name__)


@strawberry.input(description="Một nội dung mà hồ sơ không có · A fact that the case does not know")
class DocumentFieldInput:
    """A field of the template, and what stands in it."""

    name: str = strawberry.field(
        description="Tên trường trong mẫu, chẳng hạn handling_phone · Field of the template"
    )
    value: str = strawberry.field(
        description="Giá trị dạng chữ; danh sách mỗi dòng một mục, ô cách nhau bằng | ·"
        " As text; of a list one item a line, with | between the cells of a row"
    )


@strawberry.input(description="Lập văn bản · Make a document")
class IssueDocumentInput(OnCase):
    """Which document, under which number, and what the case does not know."""

    kind: DocumentKind = strawberry.field(description="Loại · Kind")
    number: str | None = strawberry.field(
        default=None, description="Số văn bản, khi hồ sơ chưa có · Number, where the case has none yet"
    )
    fields: list[DocumentFieldInput] = strawberry.field(
        default_factory=list,
        description="Nội dung hồ sơ không có mà mẫu cần · What the template asks for and the case does not know",
    )


@strawberry.type(description="Đã lập văn bản · A document was made")
class DocumentIssued:
    """The case, and the document that was made of it."""

    document_id: strawberry.Private[UUID]
    case: Case = CASE
    position: Position = POSITION

    @strawberry.field(description="Văn bản · The document")
    async def document(self, info: Info) -> CaseDocument:
        """What the file keeps of it."""
        kept = await self.case.filed(info, "documents")
        made = next(one for one in kept if one["document_id"] == str(self.document_id))
        return CaseDocument(said=Said(self.case.row.case_id, made))


@strawberry.input(description="Lập biên bản bàn giao · Make the minutes of a handing over")
class IssueHandoverMinutesInput:
    """Under which number, and what the extraction does not know."""

    extraction_id: strawberry.ID = EXTRACTION_ID
    number: str = strawberry.field(description="Số biên bản · Number of the minutes")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED
    fields: list[DocumentFieldInput] = strawberry.field(
        default_factory=list,
        description="Nội dung mẫu cần mà sổ không có · What the template asks for and the log does not know",
    )


@strawberry.type(description="Đã lập biên bản bàn giao · The minutes were made")
class HandoverMinutesIssued:
    """The extraction, and the minutes that were made of it."""

    document_id: strawberry.Private[UUID]
    extraction: Extraction = EXTRACTION
    position: Position = POSITION

    @strawberry.field(description="Biên bản · The minutes")
    def minutes(self) -> HandoverMinutes:
        """What the log keeps of them."""
        kept = self.extraction.row.minutes
        return minutes_of(next(one for one in kept if one["document_id"] == str(self.document_id)))


@strawberry.input(description="Lập văn bản của báo cáo · Make a document of a report")
class IssueReportDocumentInput:
    """Under which number, and what the numbers do not say."""

    report_id: strawberry.ID = strawberry.field(description="Mã định danh của báo cáo · The report’s id")
    number: str = strawberry.field(description="Số văn bản · Number of the document")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED
    fields: list[DocumentFieldInput] = strawberry.field(
        default_factory=list,
        description="Nội dung mẫu cần mà số liệu không có · What the template asks for and the numbers do not say",
    )


@strawberry.type(description="Đã lập văn bản của báo cáo · A document of a report was made")
class ReportDocumentIssued:
    """The report, and the document that was made of it."""

    document_id: strawberry.Private[UUID]
    report: Report = strawberry.field(description="Báo cáo · The report")
    position: Position = POSITION

    @strawberry.field(description="Văn bản · The document")
    def document(self) -> ReportDocument:
        """What the log keeps of it."""
        kept = self.report.row.documents
        return document_of(next(one for one in kept if one["document_id"] == str(self.document_id)))


@strawberry.input(description="Mở văn bản để in · Open a document to print it")
class OpenDocumentInput:
    """What opening needs."""

    document_id: strawberry.ID = strawberry.field(description="Mã của văn bản · The document’s id")
    purpose: AccessPurpose = strawberry.field(description="Mở để làm gì · What one opens it for")
    copies: int = strawberry.field(description="Số bản in · How many copies are printed")
    command_id: str = COMMAND_ID


@strawberry.type(description="Đã mở để in, ghi vào hồ sơ và sổ truy cập · Opened, and on record")
class DocumentOpened:
    """Where the document can be fetched for a minute."""

    url: str = strawberry.field(description="Địa chỉ tải, dùng trong 60 giây · Address of the PDF, for 60 s")
    expires_at: datetime = strawberry.field(description="Hết hạn lúc · When the address expires")
    position: Position = POSITION


IssueDocumentResult = Annotated[
    DocumentIssued | Refused, strawberry.union("IssueDocumentResult", description=OUTCOME)
]
IssueHandoverMinutesResult = Annotated[
    HandoverMinutesIssued | Refused, strawberry.union("IssueHandoverMinutesResult", description=OUTCOME)
]
IssueReportDocumentResult = Annotated[
    ReportDocumentIssued | Refused, strawberry.union("IssueReportDocumentResult", description=OUTCOME)
]
OpenDocumentResult = Annotated[
    DocumentOpened | Refused, strawberry.union("OpenDocumentResult", description=OUTCOME)
]


@dataclass(frozen=True)
class Paper:
    """A document that was made: of what, what was said of it, and what the guards say to the person who asks."""

    said: dict[str, Any]
    noun: str
    owner_id: UUID
    camera_id: UUID | None
    number: str
    area_path: str
    hidden: errors.Refusal | None
    refusal: errors.Refusal | None

    def ticket(self, reading_id: UUID, expires_at: datetime) -> Ticket:
        """What opens it until an instant; what it is called on a disk names no person."""
        return Ticket(
            reading_id,
            self.said["name"],
            self.said["sha256"],
            papers.MEDIA_TYPE,
            f"{self.number}-{self.said['kind']}-{self.said['edition']}.pdf",
            int(expires_at.timestamp()),
            sealed_for=self.owner_id,
        )


def find(conn: Connection[Any], context: Context, document_id: UUID) -> Paper | None:
    """The document of an id, of a case, an extraction or a report, without regard to scope."""

    def said(kept: list[dict[str, Any]]) -> dict[str, Any]:
        return next(one for one in kept if one["document_id"] == str(document_id))

    detail = case_detail.by_document(conn, document_id)
    if detail is not None:
        case = case_queue.by_ids(conn, [detail.case_id])[detail.case_id]
        return Paper(
            said=said(detail.file["documents"]),
            noun="case",
            owner_id=case.case_id,
            camera_id=case.camera_id,
            number=case.number,
            area_path=case.area_path,
            hidden=guards.check_view(case, context),
            refusal=check_print(case, context),
        )
    extraction = extraction_log.by_minutes(conn, document_id)
    if extraction is not None:
        return Paper(
            said=said(extraction.minutes),
            noun="extraction",
            owner_id=extraction.extraction_id,
            camera_id=extraction.camera_id,
            number=extraction.number,
            area_path=extraction.area_path,
            hidden=extraction_guards.check_view(extraction, context),
            refusal=extraction_guards.check_minutes(extraction, context),
        )
    report = report_log.by_document(conn, document_id)
    if report is not None:
        return Paper(
            said=said(report.documents),
            noun="report",
            owner_id=report.report_id,
            camera_id=None,
            number=report.number,
            area_path=report.area_path,
            hidden=check_view_report(report, context),
            refusal=check_report_document(report, context),
        )
    return None


@strawberry.type
class DocumentMutation:
    """Making documents, and opening them."""

    @strawberry.mutation(
        description="Lập văn bản PDF từ hồ sơ: đánh số, băm SHA-256, lưu niêm phong ·"
        " Make a document of the case: numbered, hashed, kept sealed"
    )
    async def issue_document(
        self, info: Info, input: Annotated[IssueDocumentInput, GIVEN]
    ) -> IssueDocumentResult:
        """Make a document out of what is on record."""
        ctx = info.context

        def facts() -> dict[str, Any]:
            typed = [(field.name, field.value) for field in input.fields]
            press = papers.press(ctx.services, ctx.act, kind=input.kind, number=input.number, fields=typed)
            return {"kind": input.kind, "press": press}

        document_id = commands.id_of(ctx.who.actor.account_id, input.command_id)
        done = partial(DocumentIssued, document_id=document_id)
        return await act(info, CASES, "issueDocument", input, done, commands.issue_document, facts)

    @strawberry.mutation(
        description="Lập biên bản bàn giao dữ liệu trích xuất (R-DH-12.2.b2) · Make the minutes of a handing over"
    )
    async def issue_handover_minutes(
        self, info: Info, input: Annotated[IssueHandoverMinutesInput, GIVEN]
    ) -> IssueHandoverMinutesResult:
        """Make the minutes of what was handed over."""
        ctx = info.context

        def facts() -> dict[str, Any]:
            typed = [(field.name, field.value) for field in input.fields]
            return {"press": papers.press_minutes(ctx.services, ctx.act, number=input.number, fields=typed)}

        document_id = commands.id_of(ctx.who.actor.account_id, input.command_id)
        done = partial(HandoverMinutesIssued, document_id=document_id)
        command = commands.issue_handover_minutes
        return await act(info, EXTRACTIONS, "issueHandoverMinutes", input, done, command, facts)

    @strawberry.mutation(
        description="Lập văn bản PDF của một báo cáo (R-DHV-1.4.b) · Make a document of a report"
    )
    async def issue_report_document(
        self, info: Info, input: Annotated[IssueReportDocumentInput, GIVEN]
    ) -> IssueReportDocumentResult:
        """Make a document of the numbers of a report."""
        ctx = info.context

        def facts() -> dict[str, Any]:
            typed = [(field.name, field.value) for field in input.fields]
            return {"press": papers.press_report(ctx.services, ctx.act, number=input.number, fields=typed)}

        document_id = commands.id_of(ctx.who.actor.account_id, input.command_id)
        done = partial(ReportDocumentIssued, document_id=document_id)
        command = commands.issue_report_document
        return await act(info, REPORTS, "issueReportDocument", input, done, command, facts)

    @strawberry.mutation(
        description="Mở một văn bản để in: ghi mục đích và số bản; địa chỉ tải dùng trong 60 giây ·"
        " Open a document to print it: purpose and copies go on record; the address is good for 60 s"
    )
    async def open_document(
        self, info: Info, input: Annotated[OpenDocumentInput, GIVEN]
    ) -> OpenDocumentResult:
        """Record that somebody prints a document, then say where it is."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
        try:
            return await _open(info, input)
        except errors.Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]


async def _open(info: Info, given: OpenDocumentInput) -> DocumentOpened:
    ctx = info.context
    command = command_of(info, "openDocument", given)
    document_id = identity("documentId", given.document_id)
    paper = await ctx.read(find, ctx.act, document_id)
    none = errors.NotFound("văn bản", "document", document_id)
    if paper is None:
        raise none
    ids = [paper.owner_id, document_id]
    look = look_at(info, "openDocument", paper.noun, ids, paper.area_path, camera_id=paper.camera_id)
    if why := paper.hidden or paper.refusal:
        if paper.hidden or is_attempt(why):
            await attempted(info, look, why, given.purpose)
        raise none if paper.hidden else why
    reading_id = Reading.of_command(ctx.act.actor.account_id, given.command_id)
    ticket = paper.ticket(reading_id, ctx.act.now + LIFETIME)
    if problem := await ctx.services.writes(_problem, ctx.services, ticket):
        logger.error("document %s of %s %s: %s", document_id, paper.noun, paper.owner_id, problem.en)
        await attempted(info, look, problem, given.purpose)
        raise problem
    answer = await ctx.services.writes(
        commands.open_document,
        ctx.services.app,
        ctx.act,
        command,
        owner_id=paper.owner_id,
        noun=paper.noun,
        document_id=document_id,
        copies=given.copies,
        purpose=given.purpose.value,
        look=look,
    )
    opened = await ctx.services.writes(ctx.services.app.find, Reading, answer.id)
    expires_at = opened.read_at + LIFETIME
    url = f"{ctx.base_url}/evidence/{ctx.services.urls.sign(paper.ticket(answer.id, expires_at))}"
    return DocumentOpened(url=url, expires_at=legal(expires_at), position=Position(answer.position))


def _problem(services: Services, ticket: Ticket) -> errors.Refusal | None:
    """Why a document cannot be given out, looked at before it is said that it was printed."""
    try:
        if papers.opened(services, ticket) is not None:
            return None
    except papers.Damaged:
        return errors.WrongState(
            "Văn bản không còn nguyên vẹn: mã băm khác khi lập, không được giao",
            "The document is not what was made: its hash has changed, and it is not given out",
        )
    return errors.WrongState(
        "Văn bản không đọc được nữa: dữ liệu cá nhân của hồ sơ đã bị xóa",
        "The document cannot be read any more: the personal data of its case was erased",
    )
