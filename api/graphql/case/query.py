"""Cases as they are asked for: one by its id or number, and the queue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import strawberry

from api import duplicates
from api.graphql.case.case import Case, of_past
from api.graphql.common import NARROW, After, First, MinPosition
from api.graphql.context import Info, identity, utc
from api.graphql.looking import Purpose, attempted, look_at, looked, of_cases, plate_of
from api.graphql.pages import Connection, ListOf, instant, instant_or_none
from api.graphql.words import CaseState, Finding, Mark
from domain.case.guards import check_view
from domain.context import Actor
from domain.errors import InvalidInput, refuse
from projections import case_queue, scope
from projections.case_queue import QueueFilter

OPENED: Final = 50_000
"""How many plates one search opens at most: about a second's work."""


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


@dataclass(frozen=True)
class Named:
    """Cases that are named one by one."""

    case_ids: list[UUID]


NAMED: Final = replace(
    CASES, listing=replace(case_queue.LISTING, narrowed={"case_ids": "case_id = ANY(%(case_ids)s)"})
)
"""The queue, of which only cases that are named."""


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
    marks: list[Mark] | None = strawberry.field(
        default=None, description="Có đủ các dấu · With all these marks"
    )
    findings: list[Finding] | None = strawberry.field(default=None, description="Các kết luận · Findings")
    holder_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị thụ lý · The unit that holds it"
    )
    assignee_id: strawberry.ID | None = strawberry.field(
        default=None, description="Người được giao · The person whose it is"
    )
    mine: bool | None = strawberry.field(default=None, description="Giao cho tôi · Those that are mine")
    my_unit: bool | None = strawberry.field(
        default=None, description="Đơn vị tôi thụ lý · Those that my unit holds"
    )

    def narrow(self, actor: Actor) -> QueueFilter:
        """The filter as the read model takes it.

        Raises:
            InvalidInput: an id is none, or the same thing is asked for in two ways.
        """
        for short, long, given in (
            ("mine", "assigneeId", self.assignee_id),
            ("myUnit", "holderId", self.holder_id),
        ):
            if given is not None and (self.mine if short == "mine" else self.my_unit):
                raise InvalidInput(
                    f"filter.{short}",
                    f"chỉ dùng {short} hoặc {long}",
                    f"either {short} or {long} is expected",
                )
        assignee = identity("filter.assigneeId", self.assignee_id) if self.assignee_id is not None else None
        holder = identity("filter.holderId", self.holder_id) if self.holder_id is not None else None
        return QueueFilter(
            states=[state.value for state in self.states] if self.states is not None else None,
            rules=self.rules,
            camera_id=identity("filter.cameraId", self.camera_id) if self.camera_id is not None else None,
            number=self.number,
            due_before=utc("filter.dueBefore", self.due_before) if self.due_before else None,
            late=self.late,
            marks=[mark.value for mark in self.marks] if self.marks is not None else None,
            findings=[finding.value for finding in self.findings] if self.findings is not None else None,
            holder_id=actor.unit_id if self.my_unit else holder,
            assignee_id=actor.account_id if self.mine else assignee,
        )


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
        await ctx.visible(min_position, "case_queue", "case_detail", "camera_registry", "directory")
        if id is not None:
            case_id = identity("id", id)
            row = (await ctx.read(case_queue.by_ids, [case_id])).get(case_id)
        else:
            row = await ctx.read(case_queue.by_number, str(number))
        if row is None:
            return None
        look = look_at(info, "case", "case", [row.case_id], row.area_path, camera_id=row.camera_id)
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
        await ctx.visible(min_position, "case_queue", "camera_registry", "directory")
        narrow = (filter or CaseFilter()).narrow(ctx.act.actor)
        return CASES.listed(within, narrow, first=first, after=after)

    @strawberry.field(
        description="Tìm hồ sơ theo biển số, chỉ trong phạm vi được xem; phải nêu mục đích, mỗi lượt tìm đều được ghi ·"
        " Cases of a plate, within one’s scope; it takes a purpose, and each search is on record"
    )
    async def cases_by_plate(
        self,
        info: Info,
        plate: Annotated[str, strawberry.argument(description="Biển số · Plate, such as 74A-123.45")],
        purpose: Purpose,
        from_: Annotated[
            datetime | None,
            strawberry.argument(name="from", description="Diễn ra từ · Took place from"),
        ] = None,
        to: Annotated[
            datetime | None, strawberry.argument(description="Diễn ra trước · Took place before")
        ] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CaseConnection:
        """What was found is on record before it is shown (R-QT-7.3.0); a plate is opened, never hashed (ADR 29)."""
        ctx = info.context
        refuse(ctx.act.check_purpose(purpose.value))
        wanted = plate_of("plate", plate)
        within = scope.of_cases(ctx.act)
        await ctx.visible(min_position, "case_queue", "camera_registry", "directory")
        since, until = (utc(name, at) if at else None for name, at in (("from", from_), ("to", to)))
        sealed = await ctx.read(case_queue.plates, within, since=since, until=until, most=OPENED + 1)
        if len(sealed) > OPENED:
            raise InvalidInput(
                "from",
                f"hơn {OPENED} hồ sơ trong phạm vi; hãy thu hẹp from, to",
                f"more than {OPENED} cases are in scope; narrow from and to",
            )
        found = await ctx.services.writes(duplicates.of_plate, ctx.services, sealed, wanted)
        ids = of_cases((await ctx.read(case_queue.by_ids, found)).values())
        await looked(
            info, look_at(info, "casesByPlate", "case", ids, ctx.act.actor.area_path, plate=wanted), purpose
        )
        return NAMED.listed(within, Named(found), first=first, after=after)
