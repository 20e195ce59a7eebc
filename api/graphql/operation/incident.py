"""Incidents at the GraphQL edge: what went wrong, who has it, until when, and how it was put right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.camera.camera import Camera, open_camera, open_cameras
from api.graphql.columns import Link, column, of_source, sealed
from api.graphql.common import (
    NARROW,
    After,
    AvailableAction,
    First,
    Language,
    MinPosition,
    Rule,
    Speech,
    Step,
    rule,
    rules,
)
from api.graphql.context import Info, identity, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of, units
from domain.incident import IncidentState
from domain.incident.guards import GUARDS, check_view
from domain.operating import IncidentKind as Kind
from projections import incident_log, scope
from projections.follower import Recorded
from projections.incident_log import IncidentNarrow, IncidentRow

strawberry.enum(IncidentState, description="Trạng thái sự cố · State of an incident")


@strawberry.type(description="Loại sự cố · A kind of incident")
class IncidentKind:
    """What an incident may be about, by the regulation."""

    kind: strawberry.Private[str]
    said: strawberry.Private[Kind]

    @strawberry.field(description="Mã · Code")
    def code(self) -> str:
        """The code."""
        return self.kind

    @strawberry.field(description="Tên · Name")
    def name(self, language: Speech = Language.VI) -> str:
        """What it is called."""
        return self.said.vi if language is Language.VI else self.said.en

    @strawberry.field(description="Lỗi của camera khi đang xử lý · The fault of a camera while it is handled")
    def fault(self) -> str | None:
        """What is wrong with a camera while one is handled."""
        return self.said.fault

    @strawberry.field(description="Căn cứ · The rule that knows it")
    def rule(self, info: Info) -> Rule | None:
        """The rule that knows it."""
        return rule(info, self.said.rule)


@strawberry.type(description="Sự cố · An incident")
class Incident:
    """What went wrong, and how it was put right."""

    row: strawberry.Private[IncidentRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("incident_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-SC-2026-000001 · Number, such as DH-SC-2026-000001")
    state: IncidentState = column("state", "Trạng thái · State", IncidentState)
    kind: str = column("kind", "Loại; incidentKinds liệt kê · Kind; incidentKinds lists them")
    area: str = column("area_path", "Địa bàn · Area")
    detected_at: datetime = column("detected_at", "Phát hiện lúc · When it was detected", legal)
    notified_at: datetime = column(
        "notified_at", "Thông báo cho nơi xử lý lúc · When whoever handles it was told", legal
    )
    reported_at: datetime = column("reported_at", "Ghi nhận báo cáo lúc · When the report was made", legal)
    leader_told_at: datetime | None = column(
        "leader_told_at", "Báo cáo lãnh đạo lúc · When the leader was told", legal
    )
    due: datetime | None = column("due", "Hạn khắc phục · When it has to be fixed", legal)
    received_at: datetime | None = column("received_at", "Tiếp nhận lúc · When it was received", legal)
    handling_began_at: datetime | None = column(
        "handling_began_at", "Bắt đầu xử lý lúc · When handling began", legal
    )
    process: str | None = column(
        "process", "Quy trình xử lý, phiên bản · The process it is handled by, and its version"
    )
    fixed_at: datetime | None = column("fixed_at", "Khắc phục xong lúc · When it was fixed", legal)
    due_soon_told_at: datetime | None = column(
        "due_soon_told_at", "Đã báo sắp đến hạn lúc · When it was told that it is due soon", legal
    )
    overdue_told_at: datetime | None = column(
        "overdue_told_at", "Ghi nhận quá hạn lúc · When it was said to be overdue", legal
    )
    closed_at: datetime | None = column("closed_at", "Đóng lúc · When it was closed", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")

    @strawberry.field(description="Khắc phục khi đã quá hạn · Whether it was fixed after its time was over")
    def late(self) -> bool:
        """Whether it was fixed when its time was over."""
        return self.row.late

    text: str | None = sealed("incident_id", "text", "Nội dung · What it says")
    remedy: str | None = sealed("incident_id", "remedy", "Cách khắc phục · How it was fixed")
    late_reason: str | None = sealed("incident_id", "late_reason", "Lý do chậm · Why it came late")

    @strawberry.field(
        description="Căn cứ của hạn · The rule that sets the time",
        metadata=of_source(Link("due_rule", rules)),
    )
    def due_rule(self, info: Info) -> Rule | None:
        """The rule that sets the time."""
        return rule(info, self.row.due_rule)

    @strawberry.field(
        description="Camera, nếu sự cố về camera · The camera it is about",
        metadata=of_source(Link("camera_id", open_cameras, some=True)),
    )
    async def camera(self, info: Info) -> Camera | None:
        """The camera it is about, if any; one that may show a state secret is its own system's alone."""
        if self.row.camera_id is None:
            return None
        row = await open_camera(info, self.row.camera_id)
        return Camera(row=row, at=self.at) if row else None

    unit: Unit = unit_of("owner_unit", "Đơn vị báo cáo · The unit that reported it")

    @strawberry.field(
        description="Đơn vị tiếp nhận · The unit that received it",
        metadata=of_source(Link("handling_unit_id", units)),
    )
    async def handled_by(self, info: Info) -> Unit | None:
        """The unit that took it on."""
        if self.row.handling_unit_id is None:
            return None
        entry = await info.context.entry.load((self.row.handling_unit_id, None))
        return Unit(row=entry) if entry else None

    @strawberry.field(description="Người báo cáo · Who reported it")
    def reported_by(self) -> Person | None:
        """Who reported it; none where the system itself did."""
        by = self.row.reported_by
        return None if ":" in by else Person(account_id=strawberry.ID(by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Lãnh đạo đã được báo cáo · The leader who was told")
    def leader(self) -> Person | None:
        """The leader of the reporting unit who was told."""
        told = self.row.leader_account_id
        return Person(account_id=strawberry.ID(str(told)), unit_id=self.row.owner_unit) if told else None

    history: list[Step] = steps("incident_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một sự cố trong danh sách · An incident in a list")
class IncidentEdge:
    """An incident in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Incident = strawberry.field(description="Sự cố · The incident")


@strawberry.type(description="Một trang sự cố · A page of incidents")
class IncidentConnection(Connection):
    """A page of incidents."""

    edges: list[IncidentEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Incident] = strawberry.field(description="Các dòng · Rows")


INCIDENTS = ListOf(
    name="incidents",
    listing=incident_log.LISTING,
    node=Incident,
    edge=IncidentEdge,
    connection=IncidentConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc sự cố · Narrow the list of incidents")
class IncidentFilter:
    """What to narrow the list to."""

    states: list[IncidentState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    kinds: list[str] | None = strawberry.field(default=None, description="Các loại · Kinds")
    camera_id: strawberry.ID | None = strawberry.field(default=None, description="Camera · The camera")
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> IncidentNarrow:
        """The filter as the read model takes it."""
        return IncidentNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            kinds=self.kinds,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            number=self.number,
        )


REGISTER = Register(noun="incident", log=incident_log, id="incident_id", node=Incident, check_view=check_view)


@strawberry.type
class IncidentQuery:
    """Queries on incidents."""

    @strawberry.field(description="Các loại sự cố theo quy định · The kinds of incident, by the regulation")
    def incident_kinds(self, info: Info) -> list[IncidentKind]:
        """What an incident may be about."""
        kinds = info.context.act.rulebook.settings.operation.incident_kinds
        return [IncidentKind(kind=name, said=one) for name, one in kinds.items()]

    @strawberry.field(description="Một sự cố · One incident")
    async def incident(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Incident | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các sự cố, mới nhất trước · Incidents, newest first")
    async def incidents(
        self,
        info: Info,
        filter: Annotated[IncidentFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> IncidentConnection:
        """The incidents in one's scope."""
        ctx = info.context
        within = scope.of_incidents(ctx.act)
        await ctx.visible(min_position, "incident_log", "directory")
        return INCIDENTS.listed(within, (filter or IncidentFilter()).narrow(), first=first, after=after)
