"""Who of a unit is on duty at the GraphQL edge, by the rosters that hold, and when nobody will be."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import strawberry

from api.graphql.common import MinPosition, Rule, cited
from api.graphql.context import Info, identity, legal, utc
from api.graphql.looking import attempted, look_at
from api.graphql.operation.roster import DutyGap, Turn, left, shown_gaps
from api.graphql.unit.unit import Unit
from domain.errors import InvalidInput
from domain.roster import around_the_clock, check_view
from domain.turns import Turn as DutyTurn
from domain.turns import gaps, present
from projections import duty_roster
from projections.directory import Entry

LONGEST: Final = 92
"""Days that are looked ahead."""


@strawberry.type(description="Tình hình trực của một đơn vị · Who of a unit is on duty")
class Duty:
    """Who of a unit is on duty at an instant, and when nobody is after it."""

    entry: strawberry.Private[Entry]
    there: strawberry.Private[list[DutyTurn]]
    since: strawberry.Private[datetime]
    until: strawberry.Private[datetime]

    @strawberry.field(description="Vào lúc · At this instant")
    def at(self) -> datetime:
        """At which instant."""
        return legal(self.since)

    @strawberry.field(description="Đơn vị · The unit")
    def unit(self) -> Unit:
        """Whose duty it is."""
        return Unit(row=self.entry)

    @strawberry.field(
        description="Điều khoản buộc đơn vị trực 24/7; null nếu quy định không buộc"
        " · The rule by which somebody of the unit is on duty at every hour; null where none wants it"
    )
    def rule(self, info: Info) -> Rule | None:
        """The rule that has somebody on duty at every hour."""
        rule_id = around_the_clock(info.context.act, self.entry.kind or "")
        return cited(info.context, rule_id) if rule_id else None

    @strawberry.field(description="Những người đang trực · Who is on duty at that instant")
    def turns(self) -> list[Turn]:
        """The turns that somebody is there for."""
        return [
            Turn(unit_id=self.entry.subject_id, turn=turn)
            for turn in self.there
            if turn.starts_at <= self.since < turn.ends_at
        ]

    @strawberry.field(
        description="Không có ai trực theo các lịch đã ban hành, kể cả tháng chưa có lịch"
        " · When nobody is, by the rosters that hold, also in months that have none"
    )
    def gaps(self) -> list[DutyGap]:
        """When nobody is on duty, in the days asked for."""
        return shown_gaps(gaps(self.there, self.since, self.until))


@strawberry.type
class DutyQuery:
    """Queries on who is on duty."""

    @strawberry.field(
        description="Ai đang trực, và khi nào sẽ không có ai · Who is on duty, and when nobody will be"
    )
    async def duty(
        self,
        info: Info,
        unit_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Mặc định: đơn vị mình · Default: one’s own"),
        ] = None,
        at: Annotated[
            datetime | None, strawberry.argument(description="Mặc định: bây giờ · Default: now")
        ] = None,
        days: Annotated[
            int,
            strawberry.argument(
                description="Xem trước bao nhiêu ngày, tối đa 92 · Days to look ahead, 92 at most"
            ),
        ] = 31,
        min_position: MinPosition = None,
    ) -> Duty | None:
        """Who of a unit is on duty; a unit whose rosters one is not shown is as absent as one that never was."""
        ctx = info.context
        act = ctx.act
        if not 1 <= days <= LONGEST:
            raise InvalidInput("days", f"từ 1 đến {LONGEST}", f"1 to {LONGEST} is expected")
        since = utc("at", at) if at is not None else act.now
        wanted: UUID = identity("unitId", unit_id) if unit_id is not None else act.actor.unit_id
        await ctx.visible(min_position, "duty_roster", "directory")
        entry = await ctx.entry.load((wanted, None))
        if entry is None or entry.noun != "unit":
            return None
        if (refusal := check_view(entry, act)) is not None:
            await attempted(info, look_at(info, "duty", "unit", [wanted], entry.area_path), refusal)
            return None
        until = since + timedelta(days=days)
        turns = await ctx.read(duty_roster.turns_of, wanted, since, until)
        there = present(turns, await left(info, wanted, turns))
        return Duty(entry=entry, there=there, since=since, until=until)
