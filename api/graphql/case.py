"""Cases at the GraphQL edge: what a case shows, and the queue."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.camera import Camera, cameras
from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import (
    NARROW,
    After,
    AvailableAction,
    First,
    MinPosition,
    Rule,
    Step,
    available,
    rule,
    rules,
)
from api.graphql.context import Info, legal, utc
from api.graphql.pages import Connection, ListOf, instant, instant_or_none
from api.graphql.reading import Purpose, attempted, look_at, looked
from api.graphql.unit import Unit, identity, units
from domain.case import CaseState, Finding
from domain.case.acts import GUARDS
from domain.case.guards import check_view
from domain.errors import InvalidInput, NotFound
from projections import camera_registry, case_detail, case_queue, history, scope
from projections.case_detail import DetailRow
from projections.case_queue import CaseRow, QueueFilter
from projections.follower import Recorded

# the domain's own words are the schema's: strawberry marks the classes, they stay what they are
strawberry.enum(CaseState, description="Trạng thái hồ sơ · State of a case")
strawberry.enum(Finding, description="Kết luận · Finding")


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

    @strawberry.field(
        description="Camera phát hiện · The camera that detected it",
        metadata=of_source(Link("camera_id", cameras)),
    )
    async def camera(self, info: Info) -> Camera:
        """The camera that detected it, as it was named at the time shown."""
        ctx = info.context
        if self.at is not None:
            then = await ctx.read(history.read, ctx.services.app.mapper, self.row.camera_id, as_of=self.at)
            row = history.state(then, lambda row, event, _: camera_registry.fold(row, event))
        else:
            row = await ctx.camera.load(self.row.camera_id)
        if row is None:
            raise NotFound("camera", "camera", self.row.camera_id)
        return Camera(row=row, at=self.at)

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
        entry = await info.context.entry.load((self.row.owner_unit, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.owner_unit)
        return Unit(row=entry)

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
        return [
            Evidence(
                id=strawberry.ID(item["id"]),
                kind=EvidenceKind(item["kind"]),
                sha256=item["sha256"],
                size=item["size"],
                captured_at=legal(datetime.fromisoformat(item["captured_at"])),
            )
            for item in (detail.evidence if detail else [])
        ]

    @strawberry.field(description="Lịch sử, tên như lúc đó · History, with the names of the time")
    async def history(self, info: Info) -> list[Step]:
        """Every event up to the time shown, oldest first."""
        ctx = info.context
        if self.past is None:
            steps = await ctx.history.load(self.row.case_id)
        else:
            steps = await ctx.read(history.steps, self.past)
        return [Step(recorded=step) for step in steps]

    @strawberry.field(description="Việc người này có thể làm · What this person may do, and why not")
    def available_actions(self, info: Info) -> list[AvailableAction]:
        """What the guards that decide say to this person now; of the past nothing can be done."""
        if self.at is not None:
            return []
        return available(dict(GUARDS), self.row, info.context.act)

    async def _detail(self, info: Info) -> DetailRow | None:
        if self.past is not None:
            return history.state(self.past, lambda row, event, _: case_detail.fold(row, event))
        return await info.context.detail.load(self.row.case_id)


@strawberry.type(description="Một hồ sơ trong danh sách · A case in a list")
class CaseEdge:
    """A case in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Case = strawberry.field(description="Hồ sơ · The case")


@strawberry.type(description="Một trang hồ sơ · A page of cases")
class CaseConnection(Connection):
    """A page of the queue."""

    edges: list[CaseEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Case] = strawberry.field(description="Các dòng · Rows")


CASES = ListOf(
    name="cases",
    listing=case_queue.LISTING,
    node=Case,
    edge=CaseEdge,
    connection=CaseConnection,
    kinds=(instant_or_none, instant, UUID),
)


@strawberry.input(description="Lọc hồ sơ · Narrow the queue")
class CaseFilter:
    """What to narrow the queue to."""

    states: list[CaseState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    rules: list[str] | None = strawberry.field(default=None, description="Các hành vi · Violating acts")
    camera_id: strawberry.ID | None = strawberry.field(
        default=None, description="Camera · The camera that detected it"
    )
    number: str | None = strawberry.field(default=None, description="Số hồ sơ · Case number")
    due_before: datetime | None = strawberry.field(default=None, description="Đến hạn trước · Due before")
    late: bool | None = strawberry.field(
        default=None, description="Có bước trễ hạn · Whether any step was late"
    )

    def narrow(self) -> QueueFilter:
        """The filter as the read model takes it."""
        return QueueFilter(
            states=[state.value for state in self.states] if self.states is not None else None,
            rules=self.rules,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            number=self.number,
            due_before=utc("filter.dueBefore", self.due_before) if self.due_before else None,
            late=self.late,
        )


async def of_past(info: Info, case_id: UUID, as_of: datetime | None, upto: int | None = None) -> Case | None:
    """A case folded from the log itself: as of an instant, up to a position, or as of this moment."""
    ctx = info.context
    recorded = await ctx.read(history.read, ctx.services.app.mapper, case_id, as_of=as_of, upto=upto)
    row = history.state(recorded, case_queue.fold)
    if row is None:
        return None
    return Case(row=row, at=as_of, past=recorded)


@strawberry.type
class CaseQuery:
    """Queries on cases."""

    @strawberry.field(
        description="Một hồ sơ, hiện tại hoặc tại một thời điểm · One case, now or as of an instant"
    )
    async def case(
        self,
        info: Info,
        purpose: Purpose,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Mã định danh · Id")] = None,
        number: Annotated[str | None, strawberry.argument(description="Số hồ sơ · Case number")] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="Như tại thời điểm này, có múi giờ · As of this instant, with an offset"
            ),
        ] = None,
        min_position: MinPosition = None,
    ) -> Case | None:
        """One case by id or number; one outside of one's scope is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        instant = utc("asOf", as_of) if as_of is not None else None
        if (id is None) == (number is None):
            raise InvalidInput("id", "cần id hoặc number, chỉ một", "either id or number is expected")
        await ctx.visible(min_position, "case_queue", "case_detail", "directory")
        if id is not None:
            case_id = identity("id", id)
            row = (await ctx.read(case_queue.by_ids, [case_id])).get(case_id)
        else:
            row = await ctx.read(case_queue.by_number, str(number))
        if row is None:
            return None
        look = look_at(info, "case", "case", [row.case_id], row.area_path)
        if (refusal := check_view(row, act)) is not None:
            await attempted(info, look, refusal, purpose)
            return None
        found = Case(row=row) if instant is None else await of_past(info, row.case_id, instant)
        if found is not None:
            await looked(info, look, purpose)
        return found

    @strawberry.field(
        description="Hàng đợi, đến hạn trước xếp trước · The queue: what is due first comes first"
    )
    async def cases(
        self,
        info: Info,
        filter: Annotated[CaseFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CaseConnection:
        """The cases in one's scope, by legal due time."""
        ctx = info.context
        within = scope.of_cases(ctx.act)
        await ctx.visible(min_position, "case_queue", "directory")
        narrow = (filter or CaseFilter()).narrow()
        return CASES.listed(within, narrow, first=first, after=after)
