"""The report of unusual access: facts that were counted, each with the accesses behind it, and no verdict."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from api.graphql.context import Info, RequestContext, legal, readable, utc
from api.graphql.looking import AccessPurpose, attempted, look_at, looked
from api.graphql.reading.access_log import AccessEntry, entries_of
from api.graphql.reading.who_saw import OPENED
from domain.clock import legal_date
from domain.errors import InvalidInput, WrongState, refuse
from projections import access_log, scope, unusual
from projections.access_log import AccessRow, account_id_of
from projections.unusual import Line

LONGEST_DAYS: Final = 92
"""A quarter: what one report is about at most."""
MOST: Final = 100


@strawberry.enum(description="Loại bất thường · What is unusual of it")
class UnusualAccessKind(Enum):
    """What is unusual of it."""

    VOLUME = strawberry.enum_value(
        "VOLUME",
        description="Trong một ngày, nhiều hơn hẳn thói quen của chính người đó · Far above the person’s habit",
    )
    OUT_OF_HOURS = strawberry.enum_value("OUT_OF_HOURS", description="Ngoài giờ · Out of hours")
    ELSEWHERE = strawberry.enum_value(
        "ELSEWHERE", description="Thử xem ngoài địa bàn của đơn vị · Attempts outside of the unit’s area"
    )
    REFUSALS = strawberry.enum_value("REFUSALS", description="Bị từ chối nhiều lần · Refused again and again")
    SAME_PLATE = strawberry.enum_value(
        "SAME_PLATE", description="Nhiều người tra cùng một biển số · One plate, searched for by several"
    )


@strawberry.type(
    description="Một điều bất thường, là số liệu chứ không phải kết luận · Something unusual: a count, no finding"
)
class UnusualAccess:
    """A count, what it is held against, and the accesses behind it."""

    line: strawberry.Private[Line]
    rows: strawberry.Private[list[AccessRow]]

    @strawberry.field(description="Loại · What is unusual of it")
    def kind(self) -> UnusualAccessKind:
        """What is unusual of it."""
        return UnusualAccessKind(self.line.kind)

    @strawberry.field(description="Tài khoản; null với biển số · The account; null of a plate")
    def account_id(self) -> strawberry.ID | None:
        """Whose accesses they are."""
        found = account_id_of(self.line.by)
        return strawberry.ID(str(found)) if found else None

    @strawberry.field(description="Người, tên hiện nay · Who, by the name of today")
    async def by(self, info: Info) -> str | None:
        """The person's name."""
        found = account_id_of(self.line.by)
        entry = await info.context.entry.load((found, None)) if found else None
        name = await info.context.open(entry.sealed_name) if entry else None
        return f"{name} ({entry.code})" if entry else self.line.by

    @strawberry.field(description="Biển số được nhiều người tra · The plate that several searched for")
    def plate(self) -> str | None:
        """The plate."""
        return self.line.plate

    @strawberry.field(description="Ngày, nếu tính theo ngày · The day, where it is counted by days")
    def day(self) -> date | None:
        """The day in Viet Nam."""
        return self.line.day

    @strawberry.field(description="Số đếm được: lượt, hoặc người · How many: accesses, or people of a plate")
    def count(self) -> int:
        """How many there were."""
        return self.line.count

    @strawberry.field(description="Trung bình một ngày trước đó · The person’s average of a day before")
    def usual(self) -> float | None:
        """The habit it is held against."""
        return self.line.usual

    @strawberry.field(description="Ngưỡng của quy định · The threshold of the profile")
    def threshold(self) -> float:
        """From where on it is told."""
        return self.line.threshold

    @strawberry.field(
        description="Các lượt đứng sau, mới nhất trước, tối đa 100 · The accesses behind it, newest first, at most 100"
    )
    async def accesses(self, info: Info) -> list[AccessEntry]:
        """What was counted."""
        return await entries_of(info.context, self.rows)


@strawberry.type(description="Báo cáo truy cập bất thường · A report of unusual access")
class UnusualAccessReport:
    """What was unusual within a period, under the thresholds of the rulebook in force."""

    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến trước · Before")
    rulebook: str = strawberry.field(
        description="Phiên bản quy định có các ngưỡng · Version of the thresholds"
    )
    truncated: bool = strawberry.field(
        description="Còn nữa: hãy thu hẹp from, to · There is more: narrow from and to"
    )
    lines: list[UnusualAccess] = strawberry.field(description="Tối đa 100 điều · At most 100 lines")


@strawberry.type
class UnusualAccessQuery:
    """What is unusual."""

    @strawberry.field(
        description="Truy cập bất thường trong một khoảng thời gian, cho người được xem lại nhật ký, trong địa bàn; chỉ"
        " nêu sự việc và các lượt truy cập đứng sau; việc hỏi cũng được ghi ·"
        " Unusual access within a period, for whoever may replay the audit, in their area: facts, with the accesses"
        " behind each; itself on record"
    )
    async def unusual_access(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from", description="Từ thời điểm · From")],
        to: Annotated[datetime, strawberry.argument(description="Đến trước · Before this instant")],
        purpose: Annotated[
            AccessPurpose, strawberry.argument(description="Mục đích · What one asks for")
        ] = AccessPurpose.AUDIT,
    ) -> UnusualAccessReport:
        """What was counted, under the thresholds of the profile (R-DH-5.8.0)."""
        ctx = info.context
        act = ctx.act
        look = look_at(info, "unusualAccess", "access", [], act.actor.area_path)
        if (refusal := act.check_may("audit.replay")) is not None:
            await attempted(info, look, refusal, purpose)
            raise refusal
        refuse(act.check_purpose(purpose.value))
        since, until = utc("from", from_), utc("to", to)
        if not 0 < (until - since).total_seconds() <= LONGEST_DAYS * 86_400:
            raise InvalidInput(
                "to", f"sau from, tối đa {LONGEST_DAYS} ngày", f"after from, by at most {LONGEST_DAYS} days"
            )
        found = await _lines(ctx, since, until)
        shown = found[:MOST]
        rows = await ctx.read(unusual.behind, {place for line in shown for place in line.positions})
        await looked(info, look, purpose)
        return UnusualAccessReport(
            from_=legal(since),
            to=legal(until),
            rulebook=act.rulebook.version,
            truncated=len(found) > MOST,
            lines=[
                UnusualAccess(line=line, rows=[rows[place] for place in line.positions if place in rows])
                for line in shown
            ],
        )


async def _lines(ctx: RequestContext, since: datetime, until: datetime) -> list[Line]:
    limits = ctx.act.rulebook.unusual_access
    if limits is None:
        raise WrongState(
            "Quy định này không đặt ngưỡng truy cập bất thường",
            "Not set by this regulation: from where on access is unusual",
        )
    within = scope.of_accesses(ctx.act)
    found = await ctx.read(unusual.lines, within, since, until, limits)
    searches = await ctx.read(access_log.searches, within, since, until, most=OPENED + 1)
    if len(searches) > OPENED:
        raise InvalidInput(
            "to",
            f"hơn {OPENED} lượt tra biển số đến {legal_date(until)}; hãy thu hẹp from, to",
            f"more than {OPENED} searches by plate; narrow from and to",
        )
    opened = await ctx.services.writes(ctx.services.keys.open, [value for *_, value in searches])
    plates = [
        (position, by, readable(text))
        for (position, by, _), text in zip(searches, opened, strict=True)
        if isinstance(text, str)
    ]
    return [*found, *unusual.of_plates(plates, limits)]
