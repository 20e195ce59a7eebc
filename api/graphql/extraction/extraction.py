"""Extractions of footage at the GraphQL edge: the log of who asked, who allowed, who cut, who got it, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera, open_camera, open_cameras
from api.graphql.columns import Link, column, of_source, sealed
from api.graphql.common import NARROW, After, AvailableAction, Enabled, First, MinPosition, Step, available
from api.graphql.context import Info, identity, legal, utc
from api.graphql.looking import AccessPurpose, attempted, look_at
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import ACTS, steps
from api.graphql.unit.person import Person
from domain.errors import InvalidInput
from domain.extraction import ExtractionState, GapReason
from domain.extraction.guards import check_view, guards_on
from projections import extraction_log, history, scope
from projections.extraction_log import ExtractionRow, LogFilter
from projections.follower import Recorded

strawberry.enum(ExtractionState, description="Trạng thái trích xuất · State of an extraction")
strawberry.enum(GapReason, description="Vì sao thiếu · Why a part is missing")


@strawberry.type(description="Quyết định về đề nghị · The decision on a request")
class ExtractionDecision:
    """Who allowed or rejected it, when, and why it was rejected."""

    approved: bool = strawberry.field(description="Được duyệt · Whether it was approved")
    by: Person = strawberry.field(description="Người quyết định · Who decided")
    at: datetime = strawberry.field(description="Lúc · When")
    reason: str | None = strawberry.field(description="Lý do từ chối · Why it was rejected")


@strawberry.type(description="Tệp đã cắt · A file that was cut")
class ExtractedFile:
    """One file: the window it really shows, and the hash it must still have."""

    id: strawberry.ID = strawberry.field(description="Mã để mở bằng openEvidence · Id, for openEvidence")
    sha256: str = strawberry.field(description="SHA-256 khi cắt · SHA-256 when it was cut")
    size: int = strawberry.field(description="Số byte · Bytes")
    media_type: str = strawberry.field(description="Kiểu tệp · Media type")
    from_: datetime = strawberry.field(name="from", description="Thực tế từ · It really shows from")
    to: datetime = strawberry.field(description="Thực tế đến · It really shows to")


@strawberry.type(description="Phần thiếu · A part that is missing")
class ExtractionGap:
    """A part of the window asked for that is in no file."""

    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến · To")
    reason: GapReason = strawberry.field(description="Lý do · Why")
    recording_id: strawberry.ID | None = strawberry.field(
        description="Bản ghi bị hỏng · The recording that is damaged"
    )


@strawberry.type(description="Việc thực hiện trích xuất · How it was executed")
class ExtractionExecution:
    """Who cut it, when, what came of it, and what is missing."""

    by: Person = strawberry.field(description="Người thực hiện · Who cut it")
    at: datetime = strawberry.field(description="Thời điểm thực hiện · When")
    complete: bool = strawberry.field(description="Đủ khoảng đề nghị · Whether the whole window is there")
    files: list[ExtractedFile] = strawberry.field(description="Các tệp · The files")
    gaps: list[ExtractionGap] = strawberry.field(description="Phần thiếu · What is missing")


@strawberry.type(description="Bàn giao · The handing over")
class ExtractionHandOver:
    """Who got it, and when they accepted it."""

    receiver: Person = strawberry.field(description="Người nhận · Who received it")
    at: datetime = strawberry.field(description="Bàn giao lúc · When it was handed over")
    accepted_at: datetime | None = strawberry.field(
        description="Người nhận xác nhận lúc · When it was accepted"
    )


@strawberry.type(description="Biên bản bàn giao · The minutes of the handing over")
class HandoverMinutes:
    """Minutes that were made, and the hash their bytes must still have."""

    id: strawberry.ID = strawberry.field(description="Mã để mở bằng openDocument · Id, for openDocument")
    number: str = strawberry.field(description="Số hiệu · Number")
    edition: int = strawberry.field(description="Lần lập · Edition")
    sha256: str = strawberry.field(description="SHA-256 của tệp · SHA-256 of its bytes")
    size: int = strawberry.field(description="Số byte · Bytes")
    at: datetime = strawberry.field(description="Lập lúc · When they were made")


@strawberry.type(description="Lượt trích xuất dữ liệu camera · An extraction of footage")
class Extraction:
    """One request for footage, and what became of it."""

    row: strawberry.Private[ExtractionRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("extraction_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-TX-2026-000001 · Number, such as DH-TX-2026-000001")
    state: ExtractionState = column("state", "Trạng thái · State", ExtractionState)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    from_: datetime = column(
        "starts_at", "Khoảng đề nghị, từ · The window asked for, from", legal, named="from"
    )
    to: datetime = column("ends_at", "Khoảng đề nghị, đến · The window asked for, to", legal)
    purpose: AccessPurpose = column("purpose", "Mục đích · Purpose", AccessPurpose)
    document_number: str | None = column(
        "document_number", "Số văn bản đề nghị · Number of the request’s document"
    )
    undertaking: bool = column(
        "undertaking", "Có cam kết sử dụng đúng mục đích · Whether it came with the undertaking"
    )
    case_id: strawberry.ID | None = column("case_id", "Hồ sơ liên quan · The case it is for", str)
    requested_at: datetime = column("requested_at", "Đề nghị lúc · When it was asked for", legal)

    @strawberry.field(
        description="Camera; có dấu hiệu bí mật nhà nước thì chỉ hệ thống quản lý thấy"
        " · The camera; what may show a state secret is its own system’s alone",
        metadata=of_source(Link("camera_id", open_cameras, some=True)),
    )
    async def camera(self, info: Info) -> Camera | None:
        """The camera whose footage it is."""
        row = await open_camera(info, self.row.camera_id)
        return Camera(row=row) if row else None

    note: str | None = sealed("extraction_id", "note", "Nội dung đề nghị · What the request says")

    @strawberry.field(description="Người đề nghị · Who asked")
    def requested_by(self) -> Person:
        """Who asked, and for which unit."""
        return _person(self.row.requested_by, self.row.requesting_unit_id)

    @strawberry.field(description="Quyết định · The decision")
    async def decision(self, info: Info) -> ExtractionDecision | None:
        """Who allowed or rejected it."""
        row = self.row
        if row.decided_by is None or row.decided_at is None:
            return None
        return ExtractionDecision(
            approved=row.state != ExtractionState.REJECTED,
            by=_person(row.decided_by, row.deciding_unit_id),
            at=legal(row.decided_at),
            reason=await info.context.open(row.sealed(row.rejection)),
        )

    @strawberry.field(description="Thực hiện · The execution")
    def execution(self) -> ExtractionExecution | None:
        """Who cut it, and what came of it."""
        row = self.row
        if row.executed_by is None or row.executed_at is None:
            return None
        return ExtractionExecution(
            by=_person(row.executed_by, row.executing_unit_id),
            at=legal(row.executed_at),
            complete=not row.gaps,
            files=[_file(item) for item in row.files],
            gaps=[_gap(item) for item in row.gaps],
        )

    @strawberry.field(description="Bàn giao · The handing over")
    def hand_over(self) -> ExtractionHandOver | None:
        """Who got it."""
        row = self.row
        if row.receiver_account_id is None or row.handed_over_at is None:
            return None
        return ExtractionHandOver(
            receiver=_person(str(row.receiver_account_id), row.requesting_unit_id),
            at=legal(row.handed_over_at),
            accepted_at=legal(row.accepted_at) if row.accepted_at else None,
        )

    @strawberry.field(description="Biên bản bàn giao đã lập · The minutes that were made of it")
    def minutes(self) -> list[HandoverMinutes]:
        """Every edition, oldest first."""
        return [minutes_of(item) for item in self.row.minutes]

    history: list[Step] = steps("extraction_id")

    @strawberry.field(description=ACTS)
    async def available_actions(self, info: Info, enabled: Enabled = None) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        if self.at is not None:
            return []
        camera = await info.context.camera.load(self.row.camera_id)
        return available(guards_on(camera), self.row, info.context.act, enabled=enabled)


def _person(account: str, unit_id: UUID | None) -> Person:
    return Person(account_id=strawberry.ID(account), unit_id=unit_id)


def minutes_of(item: dict[str, Any]) -> HandoverMinutes:
    """Minutes as the log keeps them."""
    return HandoverMinutes(
        id=strawberry.ID(item["document_id"]),
        number=item["number"],
        edition=item["edition"],
        sha256=item["sha256"],
        size=item["size"],
        at=legal(datetime.fromisoformat(item["at"])),
    )


def _file(item: dict[str, Any]) -> ExtractedFile:
    return ExtractedFile(
        id=strawberry.ID(item["id"]),
        sha256=item["sha256"],
        size=item["size"],
        media_type=item["media_type"],
        from_=legal(datetime.fromisoformat(item["starts_at"])),
        to=legal(datetime.fromisoformat(item["ends_at"])),
    )


def _gap(item: dict[str, Any]) -> ExtractionGap:
    return ExtractionGap(
        from_=legal(datetime.fromisoformat(item["starts_at"])),
        to=legal(datetime.fromisoformat(item["ends_at"])),
        reason=GapReason(item["reason"]),
        recording_id=strawberry.ID(item["recording_id"]) if item["recording_id"] else None,
    )


@strawberry.type(description="Một lượt trích xuất trong danh sách · An extraction in a list")
class ExtractionEdge:
    """An extraction in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Extraction = strawberry.field(description="Lượt trích xuất · The extraction")


@strawberry.type(description="Một trang trích xuất · A page of extractions")
class ExtractionConnection(Connection):
    """A page of the log."""

    edges: list[ExtractionEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Extraction] = strawberry.field(description="Các dòng · Rows")


EXTRACTIONS = ListOf(
    name="extractions",
    listing=extraction_log.LISTING,
    node=Extraction,
    edge=ExtractionEdge,
    connection=ExtractionConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc sổ trích xuất · Narrow the log of extractions")
class ExtractionFilter:
    """What to narrow the log to."""

    states: list[ExtractionState] | None = strawberry.field(
        default=None, description="Các trạng thái · States"
    )
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Hồ sơ · The case it is for")
    number: str | None = strawberry.field(default=None, description="Số · Number")
    purpose: AccessPurpose | None = strawberry.field(default=None, description="Mục đích · Purpose")
    since: datetime | None = strawberry.field(default=None, description="Đề nghị từ · Asked for from")
    until: datetime | None = strawberry.field(default=None, description="Đề nghị trước · Asked for before")

    def narrow(self) -> LogFilter:
        """The filter as the read model takes it."""
        return LogFilter(
            states=[state.value for state in self.states] if self.states is not None else None,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            case_id=identity("filter.caseId", self.case_id) if self.case_id is not None else None,
            number=self.number,
            purpose=self.purpose.value if self.purpose else None,
            since=utc("filter.since", self.since) if self.since else None,
            until=utc("filter.until", self.until) if self.until else None,
        )


async def of_log(
    info: Info, extraction_id: UUID, as_of: datetime | None, upto: int | None = None
) -> Extraction | None:
    """An extraction folded from the log itself: as of an instant, up to a position, or as of this moment."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, extraction_id, as_of=as_of, upto=upto)
    row = history.state(recorded, extraction_log.fold)
    return None if row is None else Extraction(row=row, at=as_of, past=recorded)


@strawberry.type
class ExtractionQuery:
    """Queries on extractions."""

    @strawberry.field(
        description="Một lượt trích xuất, hiện tại hoặc tại một thời điểm ·"
        " One extraction, now or as of an instant"
    )
    async def extraction(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        number: Annotated[str | None, strawberry.argument(description="Số · Number")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> Extraction | None:
        """One extraction by id or number; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        instant = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (number is None):
            raise InvalidInput("id", "cần id hoặc number, chỉ một", "either id or number is expected")
        await ctx.visible(min_position, "extraction_log", "camera_registry", "directory")
        if id is not None:
            extraction_id = identity("id", id)
            row = (await ctx.read(extraction_log.by_ids, [extraction_id])).get(extraction_id)
        else:
            row = await ctx.read(extraction_log.by_number, str(number))
        if row is None:
            return None
        if (refusal := check_view(row, act)) is not None:
            look = look_at(
                info,
                "extraction",
                "extraction",
                [row.extraction_id],
                row.area_path,
                camera_id=row.camera_id,
            )
            await attempted(info, look, refusal)
            return None
        return Extraction(row=row) if instant is None else await of_log(info, row.extraction_id, instant)

    @strawberry.field(
        description="Sổ trích xuất: mục đích, thời điểm, người đề nghị, người thực hiện; mới nhất trước ·"
        " The log of extractions: purpose, time, requester, executor; newest first"
    )
    async def extractions(
        self,
        info: Info,
        filter: Annotated[ExtractionFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ExtractionConnection:
        """The extractions in one's scope."""
        ctx = info.context
        within = scope.of_extractions(ctx.act)
        await ctx.visible(min_position, "extraction_log", "camera_registry", "directory")
        narrow = (filter or ExtractionFilter()).narrow()
        return EXTRACTIONS.listed(within, narrow, first=first, after=after)
