"""Obligations at the GraphQL edge: the clocks of a case, each with its rule, its unit and the time that is left."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import strawberry

from api.graphql.columns import Link, Many, column, of_source
from api.graphql.common import Rule, cited, rules
from api.graphql.context import Info, legal
from api.graphql.unit.unit import Unit, units
from api.graphql.words import Missed
from domain.case.clocks import Clock
from domain.clock import due_soon_at, legal_date, remaining_working_time
from domain.errors import NotFound
from projections.case_queue import clock_of


@strawberry.type(
    description="Thời gian còn lại; âm là đã quá hạn · The time that is left, or since it was missed, below zero"
)
class RemainingTime:
    """Whole working days, and hours where there is none."""

    working_days: int = strawberry.field(
        description="Ngày làm việc trọn vẹn, không kể hôm nay · Whole working days, without today"
    )
    hours: int = strawberry.field(
        description="Số giờ khi không còn ngày làm việc nào · Whole hours, where there is no whole working day"
    )
    missed: bool = strawberry.field(description="Đã quá hạn · Whether it was missed")


@strawberry.type(description="Nghĩa vụ có thời hạn đang chạy · An obligation whose time runs")
class Obligation:
    """One clock that runs: since when, until when, for whom, by which rule."""

    row: strawberry.Private[Clock]
    at: strawberry.Private[datetime | None] = None

    timer: str = column("timer", "Tên thời hạn · Name of the time limit, such as VERIFY")
    variant: str | None = column("variant", "Phương án, chẳng hạn COMPLEX · Variant, such as COMPLEX")
    started_at: datetime = column("started_at", "Bắt đầu từ · Since when it runs", legal)
    due: datetime = column("due", "Hết hạn lúc · The instant it ends", legal)

    @strawberry.field(description="Ngày cuối cùng · The last day")
    def last_day(self) -> date:
        """The day on which it ends; what ends at 24:00 ends on the day before."""
        return legal_date(self.row.due - timedelta.resolution)

    @strawberry.field(description="Căn cứ · The rule that sets it", metadata=of_source(Link("rule", rules)))
    def rule(self, info: Info) -> Rule:
        """The rule of the deadline."""
        return cited(info.context, self.row.rule)

    @strawberry.field(
        description="Đơn vị có nghĩa vụ · The unit whose obligation it is",
        metadata=of_source(Link("unit_id", units)),
    )
    async def unit(self, info: Info) -> Unit:
        """The unit that has to act, as it was named at the time shown."""
        entry = await info.context.entry.load((self.row.unit_id, self.at))
        if entry is None:
            raise NotFound("đơn vị", "unit", self.row.unit_id)
        return Unit(row=entry)

    @strawberry.field(description="Hậu quả khi quá hạn · What follows when it is missed")
    def missed(self) -> Missed:
        """What the law attaches to a miss."""
        return Missed(self.row.missed)

    @strawberry.field(description="Quá hạn thì không được làm nữa · Whether a miss bars the act")
    def hard(self) -> bool:
        """Whether a miss bars the act it is for."""
        return self.row.hard

    @strawberry.field(
        description="Lịch nghỉ chưa công bố · Whether a year whose days off are not published decides the end"
    )
    def provisional(self) -> bool:
        """Whether the end may still move with the calendar."""
        return self.row.provisional

    @strawberry.field(description="Thời gian còn lại · The time that is left")
    def remaining(self, info: Info) -> RemainingTime:
        """How much time is left at the instant shown."""
        ctx = info.context
        calendar = ctx.services.rulebook.calendar
        left = remaining_working_time(self.at or ctx.act.now, self.row.due, calendar)
        return RemainingTime(working_days=left.working_days, hours=left.hours, missed=left.missed)

    @strawberry.field(description="Sắp đến hạn từ · When it becomes due soon")
    def due_soon_at(self, info: Info) -> datetime:
        """From then on it is shown as due soon."""
        calendar = info.context.services.rulebook.calendar
        return legal(due_soon_at(self.row.started_at, self.row.due, calendar))


def by_due(clocks: Iterable[Clock]) -> list[Clock]:
    """Clocks as they are shown: what ends first comes first."""
    return sorted(clocks, key=lambda clock: (clock.due, clock.timer))


CLOCKS: Final = Many(
    "clocks",
    of=lambda told: by_due(clock_of(clock) for clock in told.values()),
    inside="jsonb_each(clocks) AS each (name, told), jsonb_to_record(told) AS clock"
    " (timer text, variant text, started_at timestamptz, due timestamptz, rule text, unit_id uuid)",
    order='due, timer COLLATE "C"',
)
"""The clocks of a case in the row of the queue."""
