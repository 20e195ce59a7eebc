"""Breaches of the regulation at the GraphQL edge: what is said to have happened, of whom, and what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.graphql.columns import Link, column, of_source, sealed
from api.graphql.common import (
    NARROW,
    After,
    AvailableAction,
    First,
    MinPosition,
    Position,
    Rule,
    Step,
    rule,
    rules,
)
from api.graphql.context import Info, identity, legal
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import AsOf, Id, Number, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.breach import Breach as Accusation
from domain.breach_guards import GUARDS, BreachFinding, BreachState, Measure, check_view, shows_reporter
from projections import breach_log, history, scope
from projections.breach_log import BreachNarrow, BreachRow
from projections.follower import Recorded

strawberry.enum(BreachState, description="Trạng thái vi phạm · State of a breach")
strawberry.enum(BreachFinding, description="Kết luận về vi phạm · What was found of a breach")
strawberry.enum(
    Measure,
    name="BreachMeasure",
    description="Hình thức xử lý theo tính chất, mức độ: nhắc nhở, kỷ luật, xử phạt hành chính, bồi thường,"
    " chuyển cơ quan điều tra, kiến nghị cơ quan có thẩm quyền · What follows a breach, by nature and degree",
)

REPORTER = "(người báo cáo · whoever reported it)"
"""What the history says instead of a name: it is shown to those it is about as well."""


def without_reporter(step: history.Step) -> history.Step:
    """The step without who reported the breach, and from which unit."""
    if not isinstance(step.event, Accusation.Reported):
        return step
    nobody = replace(step.event.envelope, by=REPORTER, unit_id=None, delegation=None)
    event = replace(step.event, envelope=nobody)  # type: ignore[call-arg] # a field of every event of ours
    return replace(step, event=event, actor=None, unit=None)


@strawberry.type(description="Hình thức xử lý đã áp dụng · A measure that followed")
class BreachMeasureTaken:
    """A measure, with the document that decided it."""

    said: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="Hình thức · The measure")
    def measure(self) -> Measure:
        """Which it is."""
        return Measure(self.said["measure"])

    @strawberry.field(description="Số văn bản · Number of the document")
    def document(self) -> str:
        """What decided it."""
        return str(self.said["document"])

    @strawberry.field(description="Quyết định lúc · When it was decided")
    def decided_at(self) -> datetime:
        """When that was."""
        return legal(datetime.fromisoformat(self.said["decided_at"]))

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The article it stands on."""
        return rule(info, self.said["rule"])

    @strawberry.field(
        description="Kiến nghị gửi cơ quan khác · The recommendation by which it was put to another body"
    )
    def recommendation_id(self) -> strawberry.ID | None:
        """The recommendation that says so."""
        named = self.said["recommendation_id"]
        return strawberry.ID(named) if named else None


@strawberry.type(description="Vi phạm quy chế · A breach of the regulation")
class Breach:
    """What is said to have happened in a unit, what was found, and what followed."""

    row: strawberry.Private[BreachRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("breach_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-VP-2026-000001 · Number, such as DH-VP-2026-000001")
    state: BreachState = column("state", "Trạng thái · State", BreachState)
    area: str = column("area_path", "Địa bàn của đơn vị · Area of the unit")
    happened_at: datetime = column("happened_at", "Xảy ra lúc · When it happened", legal)
    reported_at: datetime = column("reported_at", "Báo cáo lúc · When it was reported", legal)
    finding: BreachFinding | None = column("finding", "Kết luận · What was found", BreachFinding)
    document: str | None = column(
        "document", "Văn bản kết luận của cấp trên · The document of the body above that decided"
    )
    examined_at: datetime | None = column("examined_at", "Kết luận lúc · When it was examined", legal)
    closed_at: datetime | None = column("closed_at", "Đóng lúc · When it was closed", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    text: str | None = sealed("breach_id", "text", "Nội dung · What happened")
    findings: str | None = sealed("breach_id", "findings", "Nội dung kết luận · What was found, in words")

    @strawberry.field(
        description="Hành vi bị cấm hoặc nghĩa vụ · The prohibited act, or the duty",
        metadata=of_source(Link("subject_rule", rules)),
    )
    def rule(self, info: Info) -> Rule | None:
        """Which it was."""
        return rule(info, self.row.subject_rule)

    unit: Unit = unit_of("owner_unit", "Đơn vị để xảy ra vi phạm · The unit it happened in")

    @strawberry.field(
        description="Người bị báo cáo; không có nếu là của cả đơn vị · Whom it is said of; none if of the unit"
    )
    def accused(self) -> Person | None:
        """Whom it is said of."""
        if self.row.account_id is None:
            return None
        return Person(account_id=strawberry.ID(str(self.row.account_id)), unit_id=self.row.owner_unit)

    @strawberry.field(
        description="Người báo cáo; không hiện cho người bị báo cáo · Who reported it; not shown to those it is about"
    )
    def reporter(self, info: Info) -> Person | None:
        """Who reported it, for whoever decides on it."""
        if not shows_reporter(self.row, info.context.act):
            return None
        return Person(account_id=strawberry.ID(self.row.reported_by), unit_id=self.row.reporting_unit_id)

    @strawberry.field(description="Người kết luận · Who examined it")
    def examined_by(self) -> Person | None:
        """Whose finding stands."""
        by = self.row.examined_by
        if by is None:
            return None
        return Person(account_id=strawberry.ID(by), unit_id=self.row.examining_unit_id)

    @strawberry.field(
        description="Giải trình của người bị báo cáo · What the person it is said of says to it"
    )
    async def answers(self, info: Info) -> list[str]:
        """What they said, in order."""
        opened = [await info.context.open(self.row.sealed(one)) for one in self.row.answers]
        return [one for one in opened if one is not None]

    @strawberry.field(description="Hình thức xử lý · What followed")
    def measures(self) -> list[BreachMeasureTaken]:
        """The measures of the finding that stands."""
        return [BreachMeasureTaken(said=one) for one in self.row.measures]

    @strawberry.field(
        description="Các lần bị từ chối trong sổ truy cập · Refused attempts, by their place in the log of accesses"
    )
    def attempts(self) -> list[Position]:
        """Where they are."""
        return [Position(one) for one in self.row.attempts]

    @strawberry.field(description="Các hồ sơ làm căn cứ · The cases that show it")
    def case_ids(self) -> list[strawberry.ID]:
        """The cases that show it."""
        return [strawberry.ID(str(one)) for one in self.row.case_ids]

    @strawberry.field(description="Các camera làm căn cứ · The cameras that show it")
    def camera_ids(self) -> list[strawberry.ID]:
        """The cameras that show it."""
        return [strawberry.ID(str(one)) for one in self.row.camera_ids]

    history: list[Step] = steps("breach_id", without_reporter)
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một vi phạm trong danh sách · A breach in a list")
class BreachEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Breach = strawberry.field(description="Vi phạm · The breach")


@strawberry.type(description="Một trang vi phạm · A page of breaches")
class BreachConnection(Connection):
    """A page of them."""

    edges: list[BreachEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Breach] = strawberry.field(description="Các dòng · Rows")


BREACHES = ListOf(
    name="breaches",
    listing=breach_log.LISTING,
    node=Breach,
    edge=BreachEdge,
    connection=BreachConnection,
    kinds=(instant, UUID),
)


@strawberry.input(description="Lọc vi phạm · Narrow the list of breaches")
class BreachFilter:
    """What to narrow the list to."""

    states: list[BreachState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị để xảy ra · The unit it happened in"
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Người bị báo cáo · Whom it is said of"
    )
    rule_id: str | None = strawberry.field(
        default=None, description="Hành vi hoặc nghĩa vụ · The prohibited act, or the duty"
    )
    number: str | None = strawberry.field(default=None, description="Số · Number")

    def narrow(self) -> BreachNarrow:
        """The filter as the read model takes it."""
        return BreachNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            unit_id=identity("filter.unitId", self.unit_id) if self.unit_id is not None else None,
            account_id=identity("filter.accountId", self.account_id) if self.account_id is not None else None,
            rule=self.rule_id,
            number=self.number,
        )


REGISTER = Register(noun="breach", log=breach_log, id="breach_id", node=Breach, check_view=check_view)


@strawberry.type
class BreachQuery:
    """Queries on breaches."""

    @strawberry.field(description="Một vi phạm · One breach")
    async def breach(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Breach | None:
        """One by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(
        description="Các vi phạm mình xem xét, hoặc về mình, mới nhất trước ·"
        " Breaches that one examines, or that are said of oneself, newest first"
    )
    async def breaches(
        self,
        info: Info,
        filter: Annotated[BreachFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> BreachConnection:
        """Those in one's scope."""
        ctx = info.context
        within = scope.of_breaches(ctx.act)
        await ctx.visible(min_position, "breach_log", "directory")
        return BREACHES.listed(within, (filter or BreachFilter()).narrow(), first=first, after=after)
