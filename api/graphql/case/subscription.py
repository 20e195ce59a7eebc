"""Changes of cases as they happen, for whoever may see them at that moment."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from api.graphql.case.case import Case
from api.graphql.case.query import CaseFilter
from api.graphql.common import NARROW, Position
from api.graphql.context import Info
from api.live import SHOWN_FROM
from api.sign_in_refusals import Unauthenticated

After = Annotated[
    Position | None,
    strawberry.argument(
        description="Gửi mọi thay đổi sau vị trí này rồi tiếp tục; bỏ trống là từ bây giờ"
        " · Every change after this position, then what comes; from now on without it"
    ),
]


@strawberry.type(description="Một thay đổi của hồ sơ · A change of a case")
class CaseChange:
    """Something happened to a case; the case is shown as it is now."""

    position: Position = strawberry.field(
        description="Vị trí trong sổ, dùng làm minPosition để nối lại · Position, to resume from as minPosition"
    )
    event: str = strawberry.field(description="Sự kiện · Event, such as case:approved")
    case: Case = strawberry.field(description="Hồ sơ hiện tại · The case as it is now")


@strawberry.type
class CaseSubscription:
    """Subscriptions to cases."""

    @strawberry.subscription(
        description="Hồ sơ trong phạm vi được xem vừa thay đổi · A case in one’s scope has changed"
    )
    async def case_changed(
        self, info: Info, filter: Annotated[CaseFilter | None, NARROW] = None, min_position: After = None
    ) -> AsyncGenerator[CaseChange, None]:
        """Every change of a case that its reader may see, in the order of the log."""
        ctx = info.context
        presence, live = ctx.presence, ctx.live
        ctx.who  # noqa: B018 — whoever may not is told so before anything else
        if presence is None or live is None:
            raise Unauthenticated
        narrow = (filter or CaseFilter()).narrow(ctx.act.actor)
        await ctx.visible(min_position, *SHOWN_FROM)
        async with aclosing(live.changes(presence, narrow, after=min_position)) as changes:
            async for change in changes:
                ctx.renew(presence.signed_in)
                yield CaseChange(
                    position=Position(change.position),
                    event=change.event,
                    case=Case(row=change.shown.row),
                )
