"""Opening a file of evidence or of an extraction: an act with a purpose, answered by an address for a minute."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from psycopg import Connection

from api.graphql.common import Position, shown
from api.graphql.context import Info, identity, legal
from api.graphql.looking import AccessPurpose, attempted, look_at
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, POSITION, Refused, command_of
from api.urls import LIFETIME, Ticket
from domain import errors
from domain.camera.guards import own_system
from domain.case import guards as case_guards
from domain.commands import reading
from domain.commands.application import Answer
from domain.context import Context
from domain.extraction import guards as extraction_guards
from domain.reading import Reading
from projections import camera_registry, case_detail, case_queue, extraction_log
from projections.camera_registry import CameraRow

logger = logging.getLogger(__name__)


@strawberry.input(description="Mở tệp chứng cứ hoặc trích xuất · Open a file of evidence or of an extraction")
class OpenEvidenceInput:
    """What opening needs."""

    evidence_id: strawberry.ID = strawberry.field(description="Mã của tệp · The file’s id")
    purpose: AccessPurpose = strawberry.field(description="Mở để làm gì · What one opens it for")
    command_id: str = COMMAND_ID


@strawberry.type(description="Đã mở, ghi vào sổ truy cập · Opened, and on record")
class EvidenceOpened:
    """Where the file can be fetched for a minute."""

    url: str = strawberry.field(
        description="Địa chỉ tải, dùng trong 60 giây, nhận Range · Address of the file, for 60 s; takes ranges"
    )
    expires_at: datetime = strawberry.field(description="Hết hạn lúc · When the address expires")
    position: Position = POSITION


OpenEvidenceResult = Annotated[
    EvidenceOpened | Refused, strawberry.union("OpenEvidenceResult", description=OUTCOME)
]


@dataclass(frozen=True)
class File:
    """A file: what it is, what it belongs to, and what the guards say to the person who asks."""

    item: dict[str, Any]
    label: str
    noun: str
    owner_id: UUID
    camera: CameraRow
    area_path: str
    hidden: errors.Refusal | None
    refusal: errors.Refusal | None

    @property
    def ids(self) -> list[UUID]:
        """What is looked at: the file, and what it is part of."""
        return [self.owner_id, UUID(self.item["id"])]

    @property
    def camera_id(self) -> UUID:
        """The camera whose footage it is."""
        return self.camera.camera_id


def find(conn: Connection[Any], context: Context, file_id: UUID) -> File | None:
    """The file of an id, of a case or of an extraction, without regard to scope."""
    detail = case_detail.by_evidence(conn, file_id)
    if detail is not None:
        case = case_queue.by_ids(conn, [detail.case_id])[detail.case_id]
        camera = camera_registry.by_ids(conn, [case.camera_id])[case.camera_id]
        item = next(item for item in detail.evidence if item["id"] == str(file_id))
        return File(
            item=item,
            label=f"{case.number}-{item['kind']}",
            noun="evidence",
            owner_id=case.case_id,
            camera=camera,
            area_path=case.area_path,
            hidden=case_guards.check_view(case, context),
            refusal=case_guards.check_open(case, camera, context),
        )
    extraction = extraction_log.by_file(conn, file_id)
    if extraction is not None:
        camera = camera_registry.by_ids(conn, [extraction.camera_id])[extraction.camera_id]
        number = next(n for n, item in enumerate(extraction.files, 1) if item["id"] == str(file_id))
        return File(
            item=extraction.files[number - 1],
            label=f"{extraction.number}-{number}",
            noun="extraction",
            owner_id=extraction.extraction_id,
            camera=camera,
            area_path=extraction.area_path,
            hidden=extraction_guards.check_view(extraction, context),
            refusal=extraction_guards.check_open(extraction, camera, context),
        )
    return None


@strawberry.type
class EvidenceMutation:
    """Opening files."""

    @strawberry.mutation(
        description="Mở một tệp: ghi mục đích, người, thời điểm, địa chỉ; trả về địa chỉ tải trong 60 giây ·"
        " Open a file: purpose, person, instant and address go on record; the address is good for 60 s"
    )
    async def open_evidence(
        self, info: Info, input: Annotated[OpenEvidenceInput, GIVEN]
    ) -> OpenEvidenceResult:
        """Record that somebody opens a file, then say where it is."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
        try:
            return await _open(info, input)
        except errors.Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]


async def _open(info: Info, given: OpenEvidenceInput) -> EvidenceOpened:
    ctx = info.context
    command = command_of(info, "openEvidence", given)
    file_id = identity("evidenceId", given.evidence_id)
    file = await ctx.read(find, ctx.act, file_id)
    none = errors.NotFound("tệp", "file", file_id)
    if file is None:
        raise none
    look = look_at(info, "openEvidence", file.noun, file.ids, file.area_path, camera_id=file.camera_id)
    if refusal := file.hidden or file.refusal:
        if file.hidden or reading.is_attempt(refusal):
            await attempted(info, look, refusal, given.purpose)
        raise none if file.hidden else refusal
    item = file.item
    kept = (item["name"], item["sha256"], item["size"])
    whole = await ctx.services.jobs(("check", *kept), ctx.services.footage.check, *kept)
    if not whole:
        logger.error("file %s of %s %s is damaged", file_id, file.noun, file.owner_id)
        damaged = errors.WrongState(
            f"Tệp {file.label} không còn nguyên vẹn: mã băm khác khi thu, không được giao",
            f"The file {file.label} is not what was kept: its hash has changed, and it is not given out",
        )
        await attempted(info, look, damaged, given.purpose)
        raise damaged
    answer: Answer = await ctx.services.writes(
        reading.open_evidence, ctx.services.app, ctx.act, command, purpose=given.purpose.value, look=look
    )
    opened = await ctx.services.writes(ctx.services.app.find, Reading, answer.id)
    expires_at = opened.read_at + LIFETIME
    ticket = Ticket(
        answer.id,
        item["name"],
        item["sha256"],
        item["media_type"],
        f"{file.label}.{item['name'].rpartition('.')[2]}",
        int(expires_at.timestamp()),
        camera_id=None if own_system(file.camera, ctx.act) else file.camera_id,
    )
    url = f"{ctx.base_url}/evidence/{ctx.services.urls.sign(ticket)}"
    return EvidenceOpened(url=url, expires_at=legal(expires_at), position=Position(answer.position))
