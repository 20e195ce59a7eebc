"""A case at the GraphQL edge: what it shows, now or as of an earlier instant."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera, open_camera, open_cameras
from api.graphql.case.evidence import EvidenceFlag
from api.graphql.case.file import (
    CaseDocument,
    Complaint,
    Correction,
    DecisionDelivery,
    DecisionExecution,
    Enforcement,
    InspectionWarning,
    LateAct,
    NoPenalty,
    Owed,
    Owner,
    Payment,
    PenaltyDecision,
    Publication,
    Referral,
    SuspectedDuplicate,
    Transfer,
    ViolationNotice,
    ViolationRecord,
    Violator,
    ViolatorExplanation,
)
from api.graphql.case.parts import Said
from api.graphql.client.entry import ClientEntry
from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import AvailableAction, Enabled, Rule, Step, available, rule, rules
from api.graphql.context import Info, legal
from api.graphql.obligation.obligation import CLOCKS, Obligation, by_due
from api.graphql.register import ACTS, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, units
from api.graphql.words import CaseState, Finding, Mark, Track
from domain.camera import Transmission
from domain.case.acts import guards_on
from domain.case.evidence import flags_of
from domain.case.execution import still_owed
from domain.clock import legal_date
from domain.errors import NotFound
from domain.personal import Personal
from projections import camera_registry, case_detail, case_queue, history
from projections.camera_registry import CameraRow
from projections.case_detail import DetailRow
from projections.case_queue import CaseRow
from projections.follower import Recorded


@strawberry.enum(description="Loại chứng cứ · Kind of evidence")
class EvidenceKind(Enum):
    """What an object of evidence shows."""

    FRAME_BEFORE = "FRAME_BEFORE"
    FRAME_AT = "FRAME_AT"
    FRAME_AFTER = "FRAME_AFTER"
    CLIP = "CLIP"


@strawberry.type(description="Chứng cứ · An object of evidence")
class Evidence:
    """What was captured, and the hash it must still have."""

    id: strawberry.ID = strawberry.field(description="Mã định danh · Id")
    kind: EvidenceKind = strawberry.field(description="Loại · Kind")
    sha256: str = strawberry.field(description="SHA-256 khi thu · SHA-256 when it was captured")
    size: int = strawberry.field(description="Số byte · Bytes")
    captured_at: datetime = strawberry.field(description="Thời điểm ghi hình · When it was captured")
    channel: Transmission | None = strawberry.field(
        description="Kênh mà camera truyền khi phát hiện · By which way the camera’s images came then"
    )
    source: ClientEntry | None = strawberry.field(
        description="Phần mềm đã gửi, theo sổ đăng ký · The software that sent it, as the register has it"
    )


def filed(name: str, kind: Callable[..., Any], description: str) -> Any:
    """Declare a field that shows a part of the file, null until it is there."""

    async def shown(self: Any, info: Info) -> Any:
        words = await self.filed(info, name)
        return kind(said=Said(self.row.case_id, words, self.at)) if words else None

    # strawberry takes the type from the class's annotation where the resolver says none
    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def listed(name: str, kind: Callable[..., Any], description: str) -> Any:
    """Declare a field that shows what the file keeps of one kind, oldest first."""

    async def shown(self: Any, info: Info) -> Any:
        kept = await self.filed(info, name) or ()
        return [kind(said=Said(self.row.case_id, words, self.at)) for words in kept]

    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def in_order(marks: Iterable[str]) -> list[Mark]:
    """Marks in the order of the procedure."""
    return [mark for mark in Mark if mark in marks]


@strawberry.type(description="Hồ sơ vi phạm · A violation case")
class Case:
    """A case, now or as of an earlier instant."""

    row: strawberry.Private[CaseRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("case_id", "Mã định danh · Id", str)
    number: str = column("number", "Số hồ sơ · Case number")
    state: CaseState = column("state", "Trạng thái · State", CaseState)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    rule: str = column("kind", "Hành vi, chẳng hạn RED_LIGHT · Violating act, such as RED_LIGHT")
    occurred_at: datetime = column("occurred_at", "Thời điểm hành vi · When the act took place", legal)
    detected_at: datetime = column("detected_at", "Thời điểm phát hiện · When it was detected", legal)
    due: datetime | None = column("due", "Hạn · When the step under way is due", legal)
    late: bool = column("late", "Có bước nào trễ hạn không · Whether any step was late")
    received: bool = column("received", "Đã tiếp nhận · Whether received")
    finding: Finding | None = column("finding", "Kết luận · Finding, once concluded", Finding)
    notified: bool = column("notified", "Đã thông báo kết quả · Whether the result went back to the Centre")
    domain: str = column("domain", "Lĩnh vực: giao thông hay an ninh · TRAFFIC or SECURITY")
    track: Track = column("track", "Nguồn phát hiện · How it came to the police", Track)
    rulebook: str = column("rulebook", "Phiên bản quy định khi bắt đầu · The rulebook it was begun under")
    marks: list[Mark] = column("marks", "Các dấu · What is so of it beside its state", in_order)

    @strawberry.field(
        description="Camera phát hiện; có dấu hiệu bí mật nhà nước thì chỉ hệ thống quản lý thấy"
        " · The camera that detected it; what may show a state secret is its own system’s alone",
        metadata=of_source(Link("camera_id", open_cameras, some=True)),
    )
    async def camera(self, info: Info) -> Camera | None:
        """The camera that detected it, as it was named at the time shown, to whoever may know of it now."""
        row = await open_camera(info, self.row.camera_id) and await self._camera(info)
        return Camera(row=row, at=self.at) if row else None

    @strawberry.field(
        description="Biển số do người duyệt nhập · Plate, typed by the approving officer",
        metadata=of_source(Sealed("case_id", "plate")),
    )
    async def plate(self, info: Info) -> str | None:
        """The plate, once somebody has typed it."""
        return await info.context.open(self.row.sealed_plate)

    @strawberry.field(
        description="Căn cứ của hạn · The rule of the deadline", metadata=of_source(Link("due_rule", rules))
    )
    def due_rule(self, info: Info) -> Rule | None:
        """The rule of the deadline."""
        return rule(info, self.row.due_rule)

    @strawberry.field(
        description="Đơn vị đang thụ lý · The unit that holds it",
        metadata=of_source(Link("owner_unit", units)),
    )
    async def holder(self, info: Info) -> Unit:
        """The unit that must act next, as it was named at the time shown."""
        return await self._unit(info, self.row.owner_unit)

    @strawberry.field(description="Người được giao, tên hiện nay · The person whose it is, by today’s name")
    def assignee(self) -> Person | None:
        """The person of the holder who is to act next."""
        account = self.row.assignee
        return (
            Person(account_id=strawberry.ID(str(account)), unit_id=self.row.owner_unit) if account else None
        )

    @strawberry.field(
        description="Các nghĩa vụ đang chạy, đến hạn trước xếp trước · Obligations whose time runs",
        metadata=of_source(CLOCKS),
    )
    def obligations(self) -> list[Obligation]:
        """Every clock that runs; what ends first comes first."""
        return [Obligation(row=clock, at=self.at) for clock in by_due(self.row.clocks.values())]

    @strawberry.field(
        description="Việc chậm chưa nêu lý do · Acts that came late, for which a reason is owed"
    )
    async def late_without_reason(self, info: Info) -> list[LateAct]:
        """Which time limits were missed by whom, and nobody has said why."""
        owed = sorted(self.row.late_without_reason.items())
        return [LateAct(timer=timer, unit=await self._unit(info, unit_id)) for timer, unit_id in owed]

    @strawberry.field(description="Hồ sơ nghi trùng · Cases that seem to be about the same violation")
    def duplicates(self) -> list[SuspectedDuplicate]:
        """What somebody has to look at before a record is drawn."""
        return [SuspectedDuplicate(case_id=case_id) for case_id in sorted(self.row.duplicates)]

    @strawberry.field(description="Nội dung kết luận · Text of the conclusion")
    async def conclusion(self, info: Info) -> str | None:
        """The words of the conclusion."""
        detail = await self._detail(info)
        text = detail.sealed_text if detail else None
        return await info.context.open(text)

    @strawberry.field(description="Chứng cứ · Evidence")
    async def evidence(self, info: Info) -> list[Evidence]:
        """The objects of evidence."""
        detail = await self._detail(info)
        sent = detail and detail.client_id
        source = await info.context.client.load(sent) if sent else None
        channel = detail and detail.transmission
        return [
            Evidence(
                id=strawberry.ID(item["id"]),
                kind=EvidenceKind(item["kind"]),
                sha256=item["sha256"],
                size=item["size"],
                captured_at=legal(datetime.fromisoformat(item["captured_at"])),
                channel=Transmission(channel) if channel else None,
                source=ClientEntry(row=source) if source else None,
            )
            for item in (detail.evidence if detail else [])
        ]

    owner: Owner | None = filed("owner", Owner, "Chủ phương tiện · The owner of the vehicle")
    notice: ViolationNotice | None = filed(
        "notice", ViolationNotice, "Thông báo vi phạm · Notice to the owner"
    )
    inspection_warning: InspectionWarning | None = filed(
        "inspection_warning", InspectionWarning, "Cảnh báo đăng kiểm · The inspection warning"
    )
    violator: Violator | None = filed("violator", Violator, "Đối tượng vi phạm · The violator")
    record: ViolationRecord | None = filed("record", ViolationRecord, "Biên bản · The record")
    explanation: ViolatorExplanation | None = filed(
        "explanation", ViolatorExplanation, "Giải trình · What the violator says to the record"
    )
    decision: PenaltyDecision | None = filed("decision", PenaltyDecision, "Quyết định xử phạt · The penalty")
    no_decision: NoPenalty | None = filed(
        "no_decision", NoPenalty, "Không xử phạt · That there is no penalty"
    )
    delivery: DecisionDelivery | None = filed("delivery", DecisionDelivery, "Giao quyết định · Its delivery")
    payments: list[Payment] = listed("payments", Payment, "Các lần nộp phạt · Payments")
    enforcement: Enforcement | None = filed("enforcement", Enforcement, "Cưỡng chế · Enforcement")
    execution: DecisionExecution | None = filed("execution", DecisionExecution, "Chấp hành xong · Execution")
    referral: Referral | None = filed("referral", Referral, "Chuyển cơ quan điều tra · Criminal referral")
    transfers: list[Transfer] = listed("transfers", Transfer, "Các lần chuyển hồ sơ · Every transfer of it")
    publication: Publication | None = filed("publication", Publication, "Việc công bố · What is published")
    complaints: list[Complaint] = listed("complaints", Complaint, "Khiếu nại · Complaints")
    corrections: list[Correction] = listed("corrections", Correction, "Đính chính · Corrections")
    documents: list[CaseDocument] = listed("documents", CaseDocument, "Văn bản đã lập · Documents made of it")

    @strawberry.field(
        description="Nội dung công an tự phát hiện · What the police found themselves, in words"
    )
    async def found(self, info: Info) -> str | None:
        """The words with which a case was opened by hand."""
        words = await self.filed(info, "found")
        return await info.context.open(Personal(self.row.case_id, sealed=words["text"]) if words else None)

    @strawberry.field(
        description="Còn phải nộp vào một ngày, mặc định hôm nay · What is owed on a day, or today"
    )
    async def owed(
        self,
        info: Info,
        on: Annotated[date | None, strawberry.argument(description="Ngày nộp · The day of paying")] = None,
    ) -> Owed | None:
        """What is unpaid of the fine that was decided, and the fee for being late."""
        decision = await self.filed(info, "decision")
        if decision is None:
            return None
        paid = [
            (datetime.fromisoformat(payment["at"]), int(payment["amount"]))
            for payment in await self.filed(info, "payments") or ()
        ]
        clock = self.row.clocks.get("EXECUTE")
        day = on or legal_date(self.at or info.context.act.now)
        fine, fee = still_owed(decision["fine"], paid, clock.due if clock else None, day)
        return Owed(fine=fine, late_fee=fee)

    history: list[Step] = steps("case_id")

    @strawberry.field(description=ACTS)
    async def available_actions(self, info: Info, enabled: Enabled = None) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        if self.at is not None:
            return []
        return available(guards_on(await self._camera(info)), self.row, info.context.act, enabled=enabled)

    @strawberry.field(
        description="Điều chống lại chứng cứ: không xử phạt trên chứng cứ này · What stands against the evidence:"
        " nobody is sanctioned on it"
    )
    async def evidence_flags(self, info: Info) -> list[EvidenceFlag]:
        """What the camera has on record about that time, as it was known at the time shown."""
        camera = await self._camera(info)
        flags = flags_of(self.row, camera, info.context.act) if camera else ()
        return [EvidenceFlag(flag=one) for one in flags]

    async def filed(self, info: Info, name: str) -> Any:
        """What the file has under a name."""
        detail = await self._detail(info)
        return detail.file.get(name) if detail else None

    async def _camera(self, info: Info) -> CameraRow | None:
        ctx = info.context
        if self.at is not None:
            then = await ctx.read(history.read, ctx.services.app.mapper, self.row.camera_id, as_of=self.at)
            return history.state(then, lambda row, event, _: camera_registry.fold(row, event))
        return await ctx.camera.load(self.row.camera_id)

    async def _unit(self, info: Info, unit_id: UUID) -> Unit:
        entry = await info.context.entry.load((unit_id, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", unit_id)
        return Unit(row=entry)

    async def _detail(self, info: Info) -> DetailRow | None:
        if self.past is not None:
            return history.state(self.past, lambda row, event, _: case_detail.fold(row, event))
        return await info.context.detail.load(self.row.case_id)


async def of_past(info: Info, case_id: UUID, as_of: datetime | None, upto: int | None = None) -> Case | None:
    """A case folded from the log itself: as of an instant, up to a position, or as of this moment."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, case_id, as_of=as_of, upto=upto)
    row = history.state(recorded, case_queue.fold)
    if row is None:
        return None
    return Case(row=row, at=as_of, past=recorded)
