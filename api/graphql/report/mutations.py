"""Putting a report on record, at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position, shown
from api.graphql.context import Info
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, GIVEN, OUTCOME, POSITION, Noun, Refused
from api.graphql.report.report import REGISTER, counted, counted_to, period_of, rule_of
from api.graphql.report.types import Report
from domain import errors
from domain.commands.report import issue_report
from domain.periods import Period, ReportKind
from domain.report import Counted, check_view

REPORTS = Noun("report", "báo cáo", "report", "reportId", "report_id", REGISTER.of_record, check_view)


@strawberry.type(description="Đã lập báo cáo · A report was issued")
class ReportIssued:
    """A report was put on record."""

    report: Report = strawberry.field(description="Báo cáo · The report")
    position: Position = POSITION


IssueReportResult = Annotated[
    ReportIssued | Refused, strawberry.union("IssueReportResult", description=OUTCOME)
]


@strawberry.input(description="Lập báo cáo · Issue a report")
class IssueReportInput:
    """What issuing needs: the kind, and its period or from and to."""

    kind: ReportKind = strawberry.field(description="Loại · Kind")
    command_id: str = COMMAND_ID
    period: str | None = strawberry.field(
        default=None, description="Kỳ: 2026-06, 2026-Q2, 2026-H1, 2026 · Period"
    )
    from_: datetime | None = strawberry.field(
        name="from", default=None, description="Từ, báo cáo đột xuất · From, of an ad-hoc report"
    )
    to: datetime | None = strawberry.field(
        default=None, description="Đến trước, báo cáo đột xuất · Up to, of an ad-hoc report"
    )
    as_of: datetime | None = strawberry.field(
        default=None, description="Như đã ghi nhận đến lúc này · As recorded by this instant; now, if absent"
    )


@strawberry.type
class ReportMutation:
    """The act on reports."""

    @strawberry.mutation(description="Lập báo cáo của một kỳ · Put the report of a period on record")
    async def issue_report(self, info: Info, input: Annotated[IssueReportInput, GIVEN]) -> IssueReportResult:
        """Put a report on record."""
        ctx = info.context
        ctx.who  # noqa: B018 — whoever is not signed in is told so before anything else
        try:
            one = period_of(ctx, input.kind, input.period, input.from_, input.to)
            at, upto = await counted_to(info, input.as_of)
        except errors.NotYetVisible:
            raise  # of what is read, not of what was asked: it may be sent again
        except errors.Refusal as refusal:
            return shown(refusal)  # type: ignore[no-any-return]

        def count(asked: Period, as_of: datetime) -> Counted:
            return ctx.services.reads.sync(counted, ctx.act.actor, asked, as_of, upto)

        def facts() -> dict[str, Any]:
            return {"period": one, "as_of": at, "count": count, "rule": rule_of(ctx, input.kind)}

        return await create(info, REPORTS, "issueReport", input, ReportIssued, issue_report, facts)
