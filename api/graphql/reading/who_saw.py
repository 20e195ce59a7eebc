"""Who saw it: every access to a camera, a plate or a case, or of an account, with totals by person and unit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, cast

import strawberry

from api import duplicates
from api.graphql.common import After, First, MinPosition
from api.graphql.context import Info, RequestContext, identity, legal, utc
from api.graphql.looking import AccessPurpose, attempted, look_at, looked, plate_of
from api.graphql.pages import Connection, instant, whole
from api.graphql.reading.access_log import ACCESSES, AccessEdge, AccessEntry, ListOfAccesses, called
from domain.clock import legal_date
from domain.commands.reading import Look
from domain.errors import InvalidInput, refuse
from domain.plates import Plate
from projections import access_log, case_queue, scope
from projections.access_log import Seen, Sought
from projections.directory import Entry
from projections.scope import Scope

OPENED: Final = 200_000
"""How many plates one question opens at most, of searches and of cases each: about a second's work."""
MOST_TOTALS: Final = 100


@strawberry.type(
    description="Tổng số lượt của một người hoặc một đơn vị · How often a person or a unit looked"
)
class AccessTotal:
    """How often a person, or a unit, was shown it and was refused it."""

    seen: strawberry.Private[Seen]
    actor: strawberry.Private[Entry | None]
    principal: strawberry.Private[Entry | None]
    acting_unit: strawberry.Private[Entry | None]

    @strawberry.field(description="Tài khoản · The account; none in totals of a unit")
    def account_id(self) -> strawberry.ID | None:
        """The account, if it was a person."""
        found = access_log.account_id_of(self.seen.by)
        return strawberry.ID(str(found)) if found else None

    @strawberry.field(description="Người xem, tên lúc đó · Who, by the name of that time")
    async def by(self, info: Info) -> str | None:
        """The person's name at the last of these looks, or the process."""
        return await called(info, self.actor) or self.seen.by

    @strawberry.field(
        description="Làm thay ai theo ủy quyền; mỗi người được làm thay là một dòng ·"
        " By whose rights, under a delegation: each is a total of its own; none in totals of a unit"
    )
    async def on_behalf_of(self, info: Info) -> str | None:
        """Whose rights they were, by the name at the last of these looks; null where they were one's own."""
        return await called(info, self.principal) or self.seen.on_behalf_of

    @strawberry.field(description="Đơn vị, tên lúc đó · Unit, by the name of that time")
    def unit(self) -> str:
        """The unit's name at that time."""
        return self.acting_unit.name if self.acting_unit else ""

    @strawberry.field(description="Số lượt được xem · How often it was shown")
    def looks(self) -> int:
        """How often it was shown."""
        return self.seen.looks

    @strawberry.field(description="Số lượt bị từ chối · How often it was refused")
    def refused(self) -> int:
        """How often it was refused."""
        return self.seen.refused

    @strawberry.field(description="Lượt đầu · The first of them")
    def first_at(self) -> datetime:
        """When the first of them was."""
        return legal(self.seen.first_at)

    @strawberry.field(description="Lượt cuối · The last of them")
    def last_at(self) -> datetime:
        """When the last of them was."""
        return legal(self.seen.last_at)


async def _totals(ctx: RequestContext, rows: Sequence[Seen]) -> list[AccessTotal]:
    names = await ctx.read(access_log.names, rows)
    return [
        AccessTotal(
            seen=row,
            actor=names.get((str(row.by), row.position)),
            principal=names.get((str(row.on_behalf_of), row.position)),
            acting_unit=names.get((str(row.unit_id), row.position)),
        )
        for row in rows
    ]


@strawberry.type(description="Một trang: ai đã xem · A page of who saw it")
class WhoSawConnection(Connection):
    """Accesses, and how many there are of each person and unit."""

    edges: list[AccessEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[AccessEntry] = strawberry.field(description="Các dòng · Rows")

    @strawberry.field(
        description="Theo người, nhiều lượt nhất trước, tối đa 100 · By person, at most 100, most accesses first"
    )
    async def by_person(self, info: Info) -> list[AccessTotal]:
        """How often each person looked."""
        ctx, sought = info.context, cast("Sought", self.listed.narrow)
        rows = await ctx.read(access_log.people, self.listed.within, sought, most=MOST_TOTALS)
        return await _totals(ctx, rows)

    @strawberry.field(
        description="Theo đơn vị, nhiều lượt nhất trước, tối đa 100 · By unit, at most 100, most accesses first"
    )
    async def by_unit(self, info: Info) -> list[AccessTotal]:
        """How often each unit looked."""
        ctx, sought = info.context, cast("Sought", self.listed.narrow)
        rows = await ctx.read(access_log.units, self.listed.within, sought, most=MOST_TOTALS)
        return await _totals(ctx, rows)


WHO_SAW: Final = ListOfAccesses[WhoSawConnection](
    name="whoSaw",
    listing=access_log.WHO_SAW,
    node=ACCESSES.node,
    edge=ACCESSES.edge,
    connection=WhoSawConnection,
    kinds=(instant, whole),
)


@strawberry.type
class WhoSawQuery:
    """Who saw what."""

    @strawberry.field(
        description="Ai đã xem một camera, biển số hoặc hồ sơ, hoặc một tài khoản đã xem gì, trong một khoảng"
        " thời gian; nêu đúng một trong bốn; hỏi theo biển số cũng được ghi ·"
        " Who saw a camera, a plate or a case, or what an account saw, within a period; exactly one of the four;"
        " a question by plate is itself on record"
    )
    async def who_saw(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from", description="Từ thời điểm · From")],
        to: Annotated[datetime, strawberry.argument(description="Đến trước · Before this instant")],
        camera: Annotated[strawberry.ID | None, strawberry.argument(description="Camera · A camera")] = None,
        plate: Annotated[
            str | None,
            strawberry.argument(
                description="Biển số: ai đã tìm nó, ai đã xem hồ sơ có nó ·"
                " A plate: who searched for it, and who saw its cases"
            ),
        ] = None,
        case: Annotated[strawberry.ID | None, strawberry.argument(description="Hồ sơ · A case")] = None,
        account: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Tài khoản: đã xem gì, và người khác đã xem gì bằng quyền của nó ·"
                " An account: what it saw, and what others saw by its rights"
            ),
        ] = None,
        purpose: Annotated[
            AccessPurpose,
            strawberry.argument(description="Mục đích, khi hỏi theo biển số · For a question by plate"),
        ] = AccessPurpose.AUDIT,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> WhoSawConnection:
        """The accesses, for whoever may replay the audit, in their area (R-DH-5.8.0)."""
        ctx = info.context
        within = scope.of_accesses(ctx.act)
        named = {"camera": camera, "plate": plate, "case": case, "account": account}
        given = [name for name, value in named.items() if value is not None]
        if len(given) != 1:
            raise InvalidInput(
                "camera",
                "cần đúng một trong camera, plate, case, account",
                "exactly one of camera, plate, case and account is expected",
            )
        await ctx.visible(min_position, "access_log", "directory")
        account_id = identity("account", account) if account is not None else None
        sought = Sought(
            since=utc("from", from_),
            until=utc("to", to),
            camera_id=identity("camera", camera) if camera is not None else None,
            case_id=identity("case", case) if case is not None else None,
            account=str(account_id) if account_id is not None else None,
        )
        wanted = plate_of("plate", plate) if plate is not None else None
        if wanted is not None:
            refuse(ctx.act.check_purpose(purpose.value))
        ids = [one for one in (sought.camera_id, sought.case_id, account_id) if one is not None]
        look = look_at(info, "whoSaw", "access", ids, ctx.act.actor.area_path, plate=wanted)
        if (refusal := ctx.act.check_may("audit.replay")) is not None:
            await attempted(info, look, refusal, purpose)
        elif wanted is not None:
            sought = await _of_plate(info, within, sought, wanted, look, purpose)
        return WHO_SAW.listed(within, sought, first=first, after=after)


async def _of_plate(
    info: Info, within: Scope, sought: Sought, plate: Plate, look: Look, purpose: AccessPurpose
) -> Sought:
    """The same question, of the accesses that were searches for a plate or looks at its cases."""
    ctx = info.context
    searches = await ctx.read(access_log.searches, within, sought.since, sought.until, most=OPENED + 1)
    # nobody looks at a case before its act
    cases = await ctx.read(
        case_queue.plates, scope.of_cases(ctx.act), since=None, until=sought.until, most=OPENED + 1
    )
    if max(len(searches), len(cases)) > OPENED:
        raise InvalidInput(
            "to",
            f"hơn {OPENED} biển số phải mở; hãy thu hẹp from, to (đến {legal_date(sought.until)})",
            f"more than {OPENED} plates would have to be opened; narrow from and to",
        )
    opened = await ctx.services.writes(ctx.services.keys.open, [value for *_, value in searches])
    positions = [search[0] for search, text in zip(searches, opened, strict=True) if text == plate.text]
    case_ids = await ctx.services.writes(duplicates.of_plate, ctx.services, cases, plate)
    if case_ids:
        positions += await ctx.read(access_log.looks_at, within, case_ids, sought.since, sought.until)
    await looked(info, replace(look, ids=case_ids), purpose)
    return replace(sought, positions=positions)
