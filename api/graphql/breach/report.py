"""The report of breaches by unit, with the head who answers for each (R-DH-16.4.b)."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.common import MinPosition
from api.graphql.context import Info, legal, utc
from api.graphql.report.statistics import allowed
from api.graphql.unit.unit import Unit
from domain.breach_guards import Measure
from domain.errors import InvalidInput
from projections import breach_report, scope
from projections.breach_report import Numbers, OfUnit
from projections.directory import Entry


@strawberry.type(description="Người đứng đầu đơn vị · The head of a unit")
class UnitHead:
    """Who headed a unit, under the name of the time."""

    entry: strawberry.Private[Entry]

    @strawberry.field(description="Tài khoản · The account’s id")
    def account_id(self) -> strawberry.ID:
        """Their account."""
        return strawberry.ID(str(self.entry.subject_id))

    @strawberry.field(description="Họ tên lúc đó và tên đăng nhập · Name at that time, and account name")
    async def name(self, info: Info) -> str:
        """Their name."""
        return f"{await info.context.open(self.entry.sealed_name)} ({self.entry.code})"


@strawberry.type(description="Số vi phạm theo hình thức xử lý · How many breaches a measure followed")
class BreachMeasureCount:
    """A measure, and how many breaches it followed."""

    measure: Measure = strawberry.field(description="Hình thức · The measure")
    breaches: int = strawberry.field(description="Số vi phạm · How many breaches")


@strawberry.type(description="Các con số về vi phạm; không nêu ai · Numbers of breaches, which name nobody")
class BreachNumbers:
    """What is counted."""

    numbers: strawberry.Private[Numbers]

    @strawberry.field(description="Được báo cáo trong kỳ · Reported in the period")
    def reported(self) -> int:
        """Reported in the period."""
        return self.numbers.reported

    @strawberry.field(description="Trong đó kết luận là có · Of these, confirmed")
    def confirmed(self) -> int:
        """Of these, confirmed."""
        return self.numbers.confirmed

    @strawberry.field(description="Trong đó kết luận là không có · Of these, unfounded")
    def unfounded(self) -> int:
        """Of these, unfounded."""
        return self.numbers.unfounded

    @strawberry.field(description="Trong đó chưa đóng · Of these, not closed yet")
    def open(self) -> int:
        """Of these, not closed yet."""
        return self.numbers.open

    @strawberry.field(description="Theo hình thức xử lý · By what followed")
    def measures(self) -> list[BreachMeasureCount]:
        """By what followed; one breach may be followed by several."""
        found = sorted(self.numbers.measures.items())
        return [BreachMeasureCount(measure=Measure(name), breaches=count) for name, count in found]

    @strawberry.field(
        description="Lần bị từ chối trong kỳ, của người trong đơn vị · Acts its people were refused in the period"
    )
    def refused_attempts(self) -> int:
        """What its people tried and were refused."""
        return self.numbers.refused_attempts

    @strawberry.field(
        description="Nghĩa vụ đến hạn trong kỳ mà đơn vị để quá hạn · Obligations of the period it did not keep in time"
    )
    def missed_obligations(self) -> int:
        """What it owed and did not do in time."""
        return self.numbers.missed_obligations


@strawberry.type(description="Vi phạm của một đơn vị · The breaches of one unit")
class BreachReportRow:
    """A unit, the head who answers for it, and what is counted."""

    of: strawberry.Private[OfUnit]

    @strawberry.field(description="Đơn vị, tên cuối kỳ · The unit, as it was called at the end of the period")
    def unit(self) -> Unit:
        """The unit."""
        return Unit(row=self.of.unit)

    @strawberry.field(
        description="Người đứng đầu cuối kỳ, nếu đã ghi nhận · The head at the end; none if none is on record"
    )
    def head(self) -> UnitHead | None:
        """Who answers for it."""
        return UnitHead(entry=self.of.head) if self.of.head else None

    @strawberry.field(description="Các con số · The numbers")
    def numbers(self) -> BreachNumbers:
        """What is counted."""
        return BreachNumbers(numbers=self.of.numbers)


@strawberry.type(description="Báo cáo vi phạm theo đơn vị · Breaches by unit")
class BreachReport:
    """The units of which something is counted, and the sum of them."""

    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến trước · Before")
    rows: list[BreachReportRow] = strawberry.field(description="Theo mã đơn vị · By the code of the unit")
    total: BreachNumbers = strawberry.field(description="Tổng các dòng · The sum of the rows")


@strawberry.type
class BreachReportQuery:
    """How many breaches there were."""

    @strawberry.field(
        description="Vi phạm theo đơn vị và người đứng đầu chịu trách nhiệm, trong địa bàn ·"
        " Breaches by unit, with the head who answers for it, within one’s area"
    )
    async def breach_report(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from", description="Từ · From")],
        to: Annotated[datetime, strawberry.argument(description="Đến trước · Before")],
        min_position: MinPosition = None,
    ) -> BreachReport:
        """The report of a period, for whoever may run reports."""
        ctx = info.context
        await allowed(info, "breachReport")
        since, until = utc("from", from_), utc("to", to)
        if since >= until:
            raise InvalidInput("to", "phải sau from", "lies after from")
        await ctx.visible(min_position, "breach_log", "access_log", "obligations", "directory")
        within = scope.of_breach_numbers(ctx.act)
        rows = await ctx.read(breach_report.of_units, within, since, until, now=ctx.act.now)
        return BreachReport(
            from_=legal(since),
            to=legal(until),
            rows=[BreachReportRow(of=row) for row in rows],
            total=BreachNumbers(numbers=breach_report.total(rows)),
        )
