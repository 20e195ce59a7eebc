"""Obligations at the GraphQL edge: what is due, what was missed, whose it is, and how many there are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from psycopg import Connection as Db

from api.graphql.camera.camera import Camera, cameras
from api.graphql.case.case import Case
from api.graphql.columns import Link, Sealed, column, of_source
from api.graphql.common import NARROW, After, First, MinPosition, Rule, rule, rules
from api.graphql.context import Info, RequestContext, identity, legal, utc
from api.graphql.operation.incident import Incident
from api.graphql.pages import Connection, ListOf, instant, text, truth, whole
from api.graphql.unit.unit import Unit, units
from domain.clock import remaining_working_time
from domain.context import Context
from domain.errors import NotFound
from projections import camera_registry, case_queue, incident_log, obligation_lists, scope
from projections.camera_registry import CameraRow
from projections.case_queue import CaseRow
from projections.incident_log import IncidentRow
from projections.obligation_lists import Counts, ObligationNarrow
from projections.obligation_runs import ObligationNoun, ObligationRow, ObligationState

strawberry.enum(
    ObligationState,
    description="Nghĩa vụ: đang chạy, đã xong đúng hạn, trễ hạn, hết hiệu lực ·"
    " An obligation: open, met in time, late, or lapsed because something else ended it",
)


@strawberry.type(description="Thời gian còn lại · Time that is left")
class TimeLeft:
    """How much time is left until a limit, or has gone by since."""

    working_days: int = strawberry.field(
        description="Ngày làm việc trọn vẹn còn lại, âm khi đã quá hạn ·"
        " Whole working days that are left; negative since a miss"
    )
    hours: int = strawberry.field(
        description="Số giờ khi không còn ngày trọn vẹn · Hours, where there is no whole working day"
    )
    missed: bool = strawberry.field(description="Đã quá hạn · Whether the time is over")


@strawberry.type(description="Ai giữ nghĩa vụ, từ khi nào · Who had an obligation, and since when")
class ObligationHolder:
    """A unit, and the person in it who was to act, from an instant on."""

    unit_id: strawberry.Private[UUID]
    person_id: strawberry.ID | None = strawberry.field(description="Mã tài khoản · Id of the account")
    since: datetime = strawberry.field(description="Từ thời điểm · Since")

    @strawberry.field(description="Đơn vị · The unit")
    async def unit(self, info: Info) -> Unit:
        """The unit as it is called now."""
        return await _unit(info, self.unit_id)

    @strawberry.field(description="Tên người · The person’s name")
    async def person(self, info: Info) -> str | None:
        """What the person is called now."""
        return await info.context.name_of(UUID(self.person_id)) if self.person_id else None


strawberry.enum(ObligationNoun, description="Nghĩa vụ của hồ sơ, camera hay sự cố · What an obligation is of")


def cases(conn: Db[Any], _: RequestContext, case_ids: Collection[UUID]) -> Mapping[UUID, CaseRow]:
    """The cases of a page, by id."""
    return case_queue.by_ids(conn, case_ids)


def incidents(conn: Db[Any], _: RequestContext, incident_ids: Collection[UUID]) -> Mapping[UUID, IncidentRow]:
    """The incidents of a page, by id."""
    return incident_log.by_ids(conn, incident_ids)


Row = CaseRow | CameraRow | IncidentRow


@strawberry.type(
    description="Một nghĩa vụ có thời hạn của một hồ sơ, camera hoặc sự cố ·"
    " An obligation of a case, a camera or an incident: one run of one clock"
)
class ObligationEntry:
    """One time a clock ran, or runs."""

    row: strawberry.Private[ObligationRow]
    of: strawberry.Private[Row | None] = None

    noun: ObligationNoun = column("noun", "Của hồ sơ, camera hay sự cố · What it is of", ObligationNoun)
    number: str = column(
        "number", "Số hồ sơ, số sự cố, mã camera · Number of the case or incident, or code of the camera"
    )
    timer: str = column("timer", "Thời hạn, chẳng hạn VERIFY · The time limit, such as VERIFY")
    variant: str | None = column("variant", "Phương án, chẳng hạn COMPLEX · Variant, such as COMPLEX")
    state: ObligationState = column("state", "Trạng thái · State", ObligationState)
    started_at: datetime = column("started_at", "Bắt đầu · When it started", legal)
    due: datetime = column("due", "Hạn · When it is due", legal)
    due_soon_at: datetime = column(
        "due_soon_at", "Từ lúc này là sắp đến hạn · From when on it is due soon", legal
    )
    missed: str = column(
        "missed",
        "Nếu quá hạn: late, bars, right-lost, cost · What a miss means: late, bars, right-lost or cost",
    )
    hard: bool = column("hard", "Quá hạn thì không được làm nữa · Whether a miss bars the act")
    provisional: bool = column(
        "provisional", "Lịch nghỉ chưa công bố · Whether days off that are not published yet decide the end"
    )
    due_soon_told_at: datetime | None = column(
        "due_soon_told_at", "Đã báo sắp đến hạn lúc · When it was told that it is due soon", legal
    )
    missed_told_at: datetime | None = column(
        "missed_told_at", "Đã báo quá hạn lúc · When it was told that it was missed", legal
    )
    stopped_at: datetime | None = column("stopped_at", "Kết thúc lúc · When it ended", legal)
    reason_owed: bool = column("reason_owed", "Còn nợ lý do trễ hạn · Whether a reason for the delay is owed")
    person_id: strawberry.ID | None = column(
        "person", "Mã tài khoản người thụ lý · Id of the person’s account", str
    )

    @strawberry.field(
        description="Hồ sơ, nếu là của hồ sơ; trống trong chốc lát khi vừa mở ·"
        " The case, if it is of one; null for the moment in which it is opened",
        metadata=of_source(Link("subject_id", cases, some=True)),
    )
    def case(self) -> Case | None:
        """The case it is of."""
        return Case(row=self.of) if isinstance(self.of, CaseRow) else None

    @strawberry.field(
        description="Camera, nếu là của camera · The camera, if it is of one",
        metadata=of_source(Link("subject_id", cameras, some=True)),
    )
    def camera(self) -> Camera | None:
        """The camera it is of."""
        return Camera(row=self.of) if isinstance(self.of, CameraRow) else None

    @strawberry.field(
        description="Sự cố, nếu là của sự cố · The incident, if it is of one",
        metadata=of_source(Link("subject_id", incidents, some=True)),
    )
    def incident(self) -> Incident | None:
        """The incident it is of."""
        return Incident(row=self.of) if isinstance(self.of, IncidentRow) else None

    @strawberry.field(description="Căn cứ · The rule that sets it", metadata=of_source(Link("rule", rules)))
    def rule(self, info: Info) -> Rule | None:
        """The rule that sets it."""
        return rule(info, self.row.rule)

    @strawberry.field(
        description="Đơn vị có nghĩa vụ; trống khi sự cố chưa ai tiếp nhận ·"
        " The unit whose obligation it is; null while nobody has taken on an incident",
        metadata=of_source(Link("unit_id", units)),
    )
    async def unit(self, info: Info) -> Unit | None:
        """The unit that has it, or had it last."""
        return await _unit(info, self.row.unit_id) if self.row.unit_id else None

    @strawberry.field(description="Người thụ lý · The person who is to act, or was last")
    async def person(self, info: Info) -> str | None:
        """What the person is called now."""
        return await info.context.name_of(self.row.person) if self.row.person else None

    @strawberry.field(
        description="Lý do trễ hạn · Why it came late", metadata=of_source(Sealed("subject_id", "reason"))
    )
    async def reason(self, info: Info) -> str | None:
        """The reason, once it was given."""
        return await info.context.open(self.row.sealed_reason)

    @strawberry.field(description="Thời gian còn lại, khi đang chạy · Time that is left, while it runs")
    def remaining(self, info: Info) -> TimeLeft | None:
        """How much time is left as of this request."""
        if self.row.ended:
            return None
        ctx = info.context
        left = remaining_working_time(ctx.act.now, self.row.due, ctx.services.rulebook.calendar)
        return TimeLeft(working_days=left.working_days, hours=left.hours, missed=left.missed)

    @strawberry.field(description="Những ai đã giữ, lần lượt · Everybody who had it, one after the other")
    def holders(self) -> list[ObligationHolder]:
        """Who had it, the first one first."""
        return [
            ObligationHolder(
                unit_id=UUID(held["unit"]),
                person_id=strawberry.ID(held["person"]) if held["person"] else None,
                since=legal(datetime.fromisoformat(held["since"])),
            )
            for held in self.row.holders
        ]


async def _unit(info: Info, unit_id: UUID) -> Unit:
    entry = await info.context.entry.load((unit_id, None))
    if entry is None:
        raise NotFound("đơn vị", "unit", unit_id)
    return Unit(row=entry)


@strawberry.type(description="Một nghĩa vụ trong danh sách · An obligation in a list")
class ObligationEdge:
    """An obligation in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: ObligationEntry = strawberry.field(description="Nghĩa vụ · The obligation")


@strawberry.type(description="Một trang nghĩa vụ · A page of obligations")
class ObligationConnection(Connection):
    """A page of obligations."""

    edges: list[ObligationEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[ObligationEntry] = strawberry.field(description="Các dòng · Rows")


class ListOfObligations(ListOf[ObligationConnection]):
    """The obligations, each with what it is of."""

    async def nodes(self, ctx: RequestContext, rows: Sequence[ObligationRow]) -> list[ObligationEntry]:
        """The rows with what they are of, which is read together."""
        ids = {noun: {row.subject_id for row in rows if row.noun == noun} for noun in ObligationNoun}
        found: dict[UUID, Row] = {
            **await ctx.read(case_queue.by_ids, ids[ObligationNoun.CASE]),
            **await ctx.read(camera_registry.by_ids, ids[ObligationNoun.CAMERA]),
            **await ctx.read(incident_log.by_ids, ids[ObligationNoun.INCIDENT]),
        }
        return [ObligationEntry(row=row, of=found.get(row.subject_id)) for row in rows]


OBLIGATIONS = ListOfObligations(
    name="obligations",
    listing=obligation_lists.LISTING,
    node=ObligationEntry,
    edge=ObligationEdge,
    connection=ObligationConnection,
    kinds=(truth, instant, UUID, text, whole),
)


@strawberry.input(description="Lọc nghĩa vụ · Narrow the obligations")
class ObligationFilter:
    """What to narrow the list to."""

    nouns: list[ObligationNoun] | None = strawberry.field(
        default=None, description="Của hồ sơ, camera hay sự cố · What they are of"
    )
    states: list[ObligationState] | None = strawberry.field(
        default=None, description="Các trạng thái · States"
    )
    timers: list[str] | None = strawberry.field(
        default=None, description="Các thời hạn · Time limits, such as VERIFY"
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị có nghĩa vụ · Whose it is"
    )
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Người thụ lý · Who is to act"
    )
    due_before: datetime | None = strawberry.field(default=None, description="Đến hạn trước · Due before")
    due_after: datetime | None = strawberry.field(
        default=None, description="Đến hạn từ · Due at this instant or later"
    )
    missed: bool | None = strawberry.field(
        default=None,
        description="Đã quá hạn, dù đã xong hay chưa · Whether its time was over before it was met",
    )
    hard: bool | None = strawberry.field(
        default=None, description="Quá hạn thì không được làm nữa · Whether a miss bars the act"
    )
    reason_owed: bool | None = strawberry.field(
        default=None, description="Còn nợ lý do trễ hạn · Whether a reason is owed"
    )
    mine: bool = strawberry.field(default=False, description="Chỉ của tôi · Only one’s own")
    my_unit: bool = strawberry.field(
        default=False, description="Chỉ của đơn vị tôi · Only those of one’s unit"
    )

    def narrow(self, act: Context) -> ObligationNarrow:
        """The filter as the read model takes it."""
        states = [state.value for state in self.states] if self.states is not None else None
        running = states == [ObligationState.OPEN.value] or None
        late = states == [ObligationState.LATE.value] or None
        return ObligationNarrow(
            nouns=[noun.value for noun in self.nouns] if self.nouns is not None else None,
            running=running,
            late=late,
            owing=self.reason_owed or None,
            states=None if running or late else states,
            timers=self.timers,
            unit_id=identity("filter.unitId", self.unit_id) if self.unit_id is not None else None,
            person=identity("filter.personId", self.person_id) if self.person_id is not None else None,
            due_before=utc("filter.dueBefore", self.due_before) if self.due_before else None,
            due_from=utc("filter.dueAfter", self.due_after) if self.due_after else None,
            missed_by=act.now if self.missed is True else None,
            kept_by=act.now if self.missed is False else None,
            hard=self.hard,
            reason_owed=None if self.reason_owed else self.reason_owed,
            my_person=act.actor.account_id if self.mine else None,
            my_unit=act.actor.unit_id if self.my_unit else None,
        )


SHOWN: Final = ("obligations", "camera_registry", "incident_log", "directory")
"""What the obligations are shown with, and by which they are."""


@strawberry.enum(description="Đếm theo · What obligations are counted by")
class ObligationGroup(Enum):
    """What obligations are counted by."""

    UNIT = "UNIT"
    PERSON = "PERSON"
    TIMER = "TIMER"


@strawberry.type(
    description="Số nghĩa vụ của một nhóm · How many obligations a unit, a person or a limit has"
)
class ObligationCount:
    """How many there are under one unit, one person, or one time limit."""

    row: strawberry.Private[Counts]

    timer: str | None = column("timer", "Thời hạn, khi đếm theo TIMER · The time limit, counted by TIMER")
    person_id: strawberry.ID | None = column(
        "person", "Mã tài khoản, khi đếm theo PERSON · Id, counted by PERSON", str
    )
    open: int = column("open", "Đang chạy, còn hạn · Open and in time")
    due_soon: int = column("due_soon", "Trong đó sắp đến hạn · Of these, due soon")
    missed: int = column("missed", "Đang chạy, đã quá hạn · Open, and its time is over")
    met: int = column("met", "Xong đúng hạn · Met in time")
    late: int = column("late", "Xong khi đã quá hạn · Ended when its time was over")
    reason_owed: int = column("reason_owed", "Còn nợ lý do trễ hạn · Of which a reason is owed")
    lapsed: int = column("lapsed", "Hết hiệu lực · Lapsed")

    @strawberry.field(description="Đơn vị, khi đếm theo UNIT · The unit, counted by UNIT")
    async def unit(self, info: Info) -> Unit | None:
        """The unit as it is called now."""
        return await _unit(info, self.row.unit_id) if self.row.unit_id else None

    @strawberry.field(description="Tên người, khi đếm theo PERSON · The person’s name, counted by PERSON")
    async def person(self, info: Info) -> str | None:
        """What the person is called now; null where nobody was to act in person."""
        return await info.context.name_of(self.row.person) if self.row.person else None


@strawberry.type
class ObligationQuery:
    """Queries on obligations."""

    @strawberry.field(
        description="Nghĩa vụ trong phạm vi được xem: đang chạy trước, theo hạn ·"
        " Obligations in one’s scope: what runs comes first, by when it is due"
    )
    async def obligations(
        self,
        info: Info,
        filter: Annotated[ObligationFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ObligationConnection:
        """The obligations in one's scope."""
        ctx = info.context
        within = scope.of_obligations(ctx.act)
        await ctx.visible(min_position, *SHOWN, "case_queue")
        narrow = (filter or ObligationFilter()).narrow(ctx.act)
        return OBLIGATIONS.listed(within, narrow, first=first, after=after)

    @strawberry.field(
        description="Đếm nghĩa vụ theo đơn vị, người hoặc thời hạn; nhiều quá hạn nhất trước, tối đa 200 nhóm ·"
        " Obligations counted by unit, person or time limit; what has missed most comes first, 200 groups at most"
    )
    async def obligation_summary(
        self,
        info: Info,
        by: Annotated[ObligationGroup, strawberry.argument(description="Đếm theo · Counted by")],
        filter: Annotated[ObligationFilter | None, NARROW] = None,
        min_position: MinPosition = None,
    ) -> list[ObligationCount]:
        """How many obligations of each kind there are in one's scope."""
        ctx = info.context
        within = scope.of_obligations(ctx.act)
        await ctx.visible(min_position, *SHOWN)
        narrow = (filter or ObligationFilter()).narrow(ctx.act)
        found = await ctx.read(obligation_lists.counts, within, narrow, by=by.value, now=ctx.act.now)
        return [ObligationCount(row=row) for row in found]
