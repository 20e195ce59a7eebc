"""When a time limit would end, at the GraphQL edge: what a rulebook says, and nothing of any case."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated

import strawberry
from anyio import to_thread

from api.graphql.common import Language, Speech
from api.graphql.context import Info, utc
from domain.clock import legal_date
from domain.errors import InvalidInput
from policies.rulebook import PROFILES, Rulebook, UnknownProfile, UnknownVariant, load

NOT_SET = {Language.VI: "quy định này không đặt ra", Language.EN: "not set by this regulation"}


@strawberry.type(
    description="Hạn tính thử; không đặt ra thì chỉ có lý do · A deadline, or the reason for none"
)
class DeadlinePreview:
    """When a time limit ends and under which rule, or that the regulation sets none."""

    due: datetime | None = strawberry.field(
        default=None, description="Thời điểm hết hạn, giờ Việt Nam · The instant the period ends, with +07:00"
    )
    last_day: date | None = strawberry.field(default=None, description="Ngày cuối cùng · The last day")
    rule: str | None = strawberry.field(
        default=None, description="Mã nghĩa vụ đặt ra hạn · Id of the obligation that sets it"
    )
    basis: str | None = strawberry.field(default=None, description="Căn cứ · Its citation")
    hard: bool | None = strawberry.field(
        default=None, description="Quá hạn thì không được làm nữa · Whether a miss bars the act"
    )
    provisional: bool | None = strawberry.field(
        default=None,
        description="Lịch nghỉ chưa công bố · Whether a year whose days off are not published decides the end",
    )

    @strawberry.field(description="Vì sao không có hạn · Why there is none")
    def reason(self, language: Speech = Language.VI) -> str | None:
        """That the regulation sets no such time limit, where it does not."""
        return None if self.due else NOT_SET[language]


@strawberry.type
class DeadlineQuery:
    """Queries on time limits."""

    @strawberry.field(description="Tính thử một thời hạn · When a time limit would end, and under which rule")
    async def deadline_preview(
        self,
        info: Info,
        timer: Annotated[
            str, strawberry.argument(description="Tên thời hạn · Name of the time limit, such as TRANSFER")
        ],
        from_: Annotated[
            datetime,
            strawberry.argument(name="from", description="Sự kiện bắt đầu · The event that starts it"),
        ],
        variant: Annotated[
            str | None,
            strawberry.argument(
                description="Chẳng hạn COMPLEX · Such as COMPLEX; the first listed if absent"
            ),
        ] = None,
        profile: Annotated[
            str | None,
            strawberry.argument(description="Quy chế khác, chẳng hạn national · Another regulation"),
        ] = None,
    ) -> DeadlinePreview:
        """A deadline as `minhchung deadline` gives it; it is the law, and whoever is signed in may ask."""
        ctx = info.context
        _ = ctx.who
        start = utc("from", from_)
        rulebook = ctx.services.rulebook if profile is None else await _rulebook(profile)
        try:
            found = rulebook.deadline(timer, start, variant)
        except UnknownVariant:
            values = rulebook.values(timer, legal_date(start))
            raise _expected("variant", {value.variant for value in values if value.variant}) from None
        except OverflowError:
            raise InvalidInput("from", "ngoài lịch", "beyond the calendar") from None
        if found is None:
            return DeadlinePreview()
        return DeadlinePreview(
            due=found.due,
            last_day=found.last_day,
            rule=found.rule,
            basis=found.basis,
            hard=found.hard,
            provisional=found.provisional,
        )


async def _rulebook(profile: str) -> Rulebook:
    try:
        return await to_thread.run_sync(load, profile)  # the first time it is read from files
    except UnknownProfile:
        raise _expected("profile", PROFILES) from None


def _expected(path: str, names: Collection[str]) -> InvalidInput:
    words = ", ".join(sorted(names))
    if not words:
        return InvalidInput(path, "thời hạn này không có phương án", "this time limit has no variants")
    return InvalidInput(path, f"phải là một trong {words}", f"expected one of {words}")
