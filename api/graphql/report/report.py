"""Reports at the GraphQL edge: what is due, what was issued, and the numbers of each."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry
from psycopg import Connection as Db

from api.graphql.common import NARROW, After, First, MinPosition, Position, cited
from api.graphql.context import Info, RequestContext, legal, utc
from api.graphql.register import AsOf, Id, Number, Register
from api.graphql.report.statistics import allowed, place_of
from api.graphql.report.types import REPORTS, Report, ReportConnection, ReportDraft, ReportDue, ReportFilter
from domain.clock import legal_date
from domain.context import Actor
from domain.errors import InvalidInput
from domain.periods import MONTHS, Period, ReportKind, before, period, period_at
from domain.report import Counted, canonical, check_period, check_view, digest
from projections import report_log, scope, statistics
from projections.position import head
from projections.report_log import ReportRow
from projections.statistics import Question

A_YEAR = timedelta(days=400)
"""How far back is told what was due."""


# -- counting -------------------------------------------------------------------------------


def period_of(
    ctx: RequestContext, kind: ReportKind, name: str | None, from_: datetime | None, to: datetime | None
) -> Period:
    """The period that is asked for: by its name, or from and to for what does not come back by itself.

    Raises:
        InvalidInput: it is neither.
    """
    if kind in MONTHS:
        if name is None or from_ is not None or to is not None:
            raise InvalidInput("period", "cần tên kỳ, chẳng hạn 2026-06", "names the period, such as 2026-06")
        return period(ctx.act.rulebook, kind, name)
    if name is not None or from_ is None or to is None:
        raise InvalidInput("from", "cần from và to", "from and to are expected")
    return Period(kind=kind, name="", starts_at=utc("from", from_), ends_at=utc("to", to))


def counted(conn: Db[Any], actor: Actor, one: Period, as_of: datetime, upto: int) -> Counted:
    """The numbers of a period, for the unit of whoever asks."""
    question = Question(starts_at=one.starts_at, ends_at=one.ends_at, upto=upto)
    within = scope.counted_for(actor.unit_id, actor.area_path)
    return Counted(statistics.numbers(conn, within, question, as_of), upto)


async def counted_to(info: Info, as_of: datetime | None) -> tuple[datetime, int]:
    """The instant and the place in the log that a report counts up to, once all that is on record was read.

    Raises:
        NotYetVisible: it was not within two seconds.
        InvalidInput: the instant has no offset, or lies in the future.
    """
    ctx = info.context
    await ctx.visible(await ctx.read(head), "case_facts")
    upto = await place_of(info, "asOf", as_of)
    return (utc("asOf", as_of) if as_of else ctx.act.now), upto


def rule_of(ctx: RequestContext, kind: ReportKind) -> str | None:
    """The rule of the regulation that asks for such reports."""
    return next((asked.rule for asked in ctx.services.rulebook.says.reports if asked.kind == kind), None)


REGISTER = Register(noun="report", log=report_log, id="report_id", node=Report, check_view=check_view)


@strawberry.type
class ReportQuery:
    """Queries on reports."""

    @strawberry.field(description="Chạy số liệu của một kỳ, như tại asOf · Run the numbers of a period")
    async def run_report(
        self,
        info: Info,
        kind: Annotated[ReportKind, strawberry.argument(description="Loại · Kind")],
        period: Annotated[
            str | None,
            strawberry.argument(description="Kỳ: 2026-06, 2026-Q2, 2026-H1, 2026 · Period"),
        ] = None,
        from_: Annotated[
            datetime | None,
            strawberry.argument(name="from", description="Từ, báo cáo đột xuất · From, of an ad-hoc report"),
        ] = None,
        to: Annotated[
            datetime | None,
            strawberry.argument(description="Đến trước, báo cáo đột xuất · Up to, of an ad-hoc report"),
        ] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(description="Như đã ghi nhận đến lúc này · As recorded by this instant"),
        ] = None,
    ) -> ReportDraft:
        """What a report of the period would say."""
        ctx = info.context
        await allowed(info, "runReport")
        one = period_of(ctx, kind, period, from_, to)
        at, upto = await counted_to(info, as_of)
        check_period(ctx.act, one, at)
        found = await ctx.read(counted, ctx.act.actor, one, at, upto)
        numbers = canonical(found.numbers)
        return ReportDraft(
            kind=one.kind,
            period=one.name or None,
            from_=legal(one.starts_at),
            to=legal(one.ends_at),
            due=legal(one.due) if one.due else None,
            due_rule=cited(ctx, one.rule) if one.rule else None,
            as_of=legal(at),
            position=Position(upto),
            numbers=numbers,
            sha256=digest(numbers),
        )

    @strawberry.field(description="Một báo cáo · One report")
    async def report(
        self,
        info: Info,
        id: Id = None,
        number: Number = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Report | None:
        """One report by id or number; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, number, as_of, min_position)

    @strawberry.field(description="Các báo cáo đã lập, mới nhất trước · Reports on record, newest first")
    async def reports(
        self,
        info: Info,
        filter: Annotated[ReportFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ReportConnection:
        """The reports in one's scope."""
        ctx = info.context
        within = scope.of_reports(ctx.act)
        await ctx.visible(min_position, "report_log", "directory")
        return REPORTS.listed(within, (filter or ReportFilter()).narrow(), first=first, after=after)

    @strawberry.field(
        description="Các kỳ báo cáo theo quy định, một năm gần đây · Periods that are to be reported, of the last year"
    )
    async def reports_due(self, info: Info, min_position: MinPosition = None) -> list[ReportDue]:
        """Which period is due, when, and whether it was missed; the newest first."""
        ctx = info.context
        await allowed(info, "reportsDue")
        await ctx.visible(min_position, "report_log")
        rulebook = ctx.services.rulebook
        since = max(rulebook.processing_start, legal_date(ctx.act.now - A_YEAR))
        found: list[ReportDue] = []
        for asked in rulebook.says.reports:
            if asked.kind not in MONTHS:
                continue
            one = period_at(rulebook, ReportKind(asked.kind), legal_date(ctx.act.now))
            periods = []
            while legal_date(one.ends_at) > since:
                periods.append(one)
                one = before(rulebook, one)
            names = [one.name for one in periods]
            issued = await ctx.read(report_log.first_of, ctx.act.actor.area_path, asked.kind, names)
            found += [due_of(ctx, one, asked.rule, asked.unit_kind, issued.get(one.name)) for one in periods]
        return found


def due_of(
    ctx: RequestContext, one: Period, rule_id: str, unit_kind: str, issued: ReportRow | None
) -> ReportDue:
    """A period that is to be reported."""
    done = issued.issued_at if issued else ctx.act.now
    return ReportDue(
        kind=one.kind,
        period=one.name,
        from_=legal(one.starts_at),
        to=legal(one.ends_at),
        due=legal(one.due) if one.due else None,
        rule=cited(ctx, rule_id),
        unit_kind=unit_kind,
        issued_at=legal(issued.issued_at) if issued else None,
        missed=one.due is not None and done >= one.due,
        issued=issued,
    )
