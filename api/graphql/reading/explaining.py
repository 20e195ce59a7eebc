"""Why somebody may or may not, and who could: explained by the guards and the matrix that decide, also of the past."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final
from uuid import UUID

import strawberry

from api.graphql.common import After, First, Language, Rule, Speech, cited
from api.graphql.context import Info, RequestContext, identity, legal, utc
from api.graphql.looking import AccessPurpose, attempted, look_at, looked
from api.graphql.pages import PageInfo, page_size
from domain.clock import legal_date
from domain.commands.explaining import (
    Explanation,
    check_action,
    check_audit,
    check_view,
    explain,
    subject_of,
)
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, NotFound, Refusal, refuse
from projections import directory

SCANNED: Final = 500
"""How many accounts one page of `whoCould` decides on at most: about half a second's work."""

ON: Final = "Đối tượng: camera, hồ sơ, sự cố, tài khoản…"
Action = Annotated[
    str,
    strawberry.argument(
        description="Hành vi trong ma trận, như case.view, hoặc tên lệnh, như approveCase ·"
        " An action of the matrix, such as case.view, or the name of a mutation, such as approveCase"
    ),
]
At = Annotated[
    datetime | None,
    strawberry.argument(description="Tại thời điểm đã qua · At a past instant; now, if absent"),
]
Why = Annotated[AccessPurpose, strawberry.argument(description="Mục đích · What one asks for")]


@strawberry.type(description="Quyền cấp riêng có văn bản · A dated grant, with its document")
class GrantShown:
    """The grant that makes it so."""

    action: str = strawberry.field(description="Hành vi được cấp · The action")
    document: str = strawberry.field(description="Văn bản cấp quyền · The document that gives it")
    starts_at: datetime = strawberry.field(description="Từ · From")
    ends_at: datetime | None = strawberry.field(description="Đến · To")
    purpose: str | None = strawberry.field(description="Mục đích · For what")


@strawberry.type(description="Được hay không, và vì sao · A yes or a no, and why")
class AccessExplanation:
    """A yes or a no, what it stands on, and what it would take besides."""

    found: strawberry.Private[Explanation]

    @strawberry.field(description="Hành vi · The action that was asked of")
    def action(self) -> str:
        """The action."""
        return self.found.action

    @strawberry.field(description="Thời điểm · The instant it is about")
    def at(self) -> datetime:
        """The instant it is about."""
        return legal(self.found.at)

    @strawberry.field(description="Mã tài khoản · The account’s id")
    def account_id(self) -> strawberry.ID:
        """Whose access it is."""
        return strawberry.ID(str(self.found.account_id))

    @strawberry.field(description="Người, tên lúc đó · Who, by the name of that time")
    async def by(self, info: Info) -> str:
        """The person's name at that time."""
        entry = await info.context.entry.load((self.found.account_id, self.found.at))
        name = await info.context.open(entry.sealed_name) if entry and entry.sealed_name else None
        return f"{name} ({entry.code})" if entry and name else str(self.found.account_id)

    @strawberry.field(description="Đơn vị, tên lúc đó · Unit, by the name of that time")
    async def unit(self, info: Info) -> str | None:
        """The unit the account belonged to then."""
        if self.found.actor is None:
            return None
        entry = await info.context.entry.load((self.found.actor.unit_id, self.found.at))
        return entry.name if entry else None

    @strawberry.field(description="Loại đơn vị lúc đó · Kind of the unit at that time")
    def unit_kind(self) -> str | None:
        """What kind of unit it was."""
        return self.found.actor.unit_kind if self.found.actor else None

    @strawberry.field(description="Chức năng lúc đó · Function at that time")
    def role(self) -> str | None:
        """The function the account had."""
        return self.found.actor.role if self.found.actor else None

    @strawberry.field(description="Là lãnh đạo đơn vị lúc đó · Whether leader of the unit at that time")
    def leader(self) -> bool:
        """Whether the account led its unit."""
        return bool(self.found.actor and self.found.actor.leader)

    @strawberry.field(description="Được hay không · Whether it is a yes")
    def allowed(self) -> bool:
        """Whether it is a yes."""
        return self.found.allowed

    @strawberry.field(description="Căn cứ · The rules it stands on")
    def rules(self, info: Info) -> list[Rule]:
        """The rules it stands on."""
        return [cited(info.context, rule) for rule in self.found.rules]

    @strawberry.field(
        description="Trích dẫn, hoặc văn bản cấp quyền · The citation, or the document of the grant"
    )
    def basis(self) -> str:
        """What it stands on, in the regulation's own words."""
        return self.found.basis

    @strawberry.field(description="Điều kiện còn thiếu · The needs that are not met")
    def missing(self) -> list[str]:
        """The conditions of the matrix that failed."""
        return list(self.found.missing)

    @strawberry.field(description="Vì sao không · Why not; null where it is a yes")
    def message(self, language: Speech = Language.VI) -> str | None:
        """What the guard says."""
        refusal = self.found.refusal
        if refusal is None:
            return None
        return refusal.vi if language is Language.VI else refusal.en

    @strawberry.field(description="Quyền cấp riêng đã mở · The grant without which it would be a no")
    def grant(self) -> GrantShown | None:
        """The grant that makes it so."""
        held = self.found.grant
        if held is None:
            return None
        return GrantShown(
            action=held.action,
            document=held.document,
            starts_at=legal(held.starts_at),
            ends_at=legal(held.ends_at) if held.ends_at else None,
            purpose=held.purpose,
        )

    @strawberry.field(
        description="Văn bản ủy quyền, nếu dùng tài khoản người khác · The document of the delegation, if there is one"
    )
    def delegation(self) -> str | None:
        """The delegation under which it is done."""
        return self.found.delegation.document if self.found.delegation else None

    @strawberry.field(description="Phiên bản quy định lúc đó · The version of the rulebook in force then")
    def rulebook(self) -> str:
        """The version of the rulebook that was asked."""
        return self.found.rulebook

    @strawberry.field(
        description="Trạng thái của đối tượng lúc đó · State of what it is done on, at that time"
    )
    def state(self) -> str | None:
        """Where the camera, the case, or whatever it is done to stood."""
        return self.found.state


@strawberry.type(description="Một trang: ai đã có thể · A page of who could")
class WhoCouldPage:
    """Accounts that could, each with its reason, by name; a page may be short and have one after it."""

    nodes: list[AccessExplanation] = strawberry.field(description="Các tài khoản · The accounts")
    page_info: PageInfo = strawberry.field(description="Trang này · This page")


@strawberry.type
class ExplainingQuery:
    """Why, and who."""

    @strawberry.field(
        description="Vì sao được hoặc không được làm một việc, hiện tại hoặc tại một thời điểm đã qua;"
        " của chính mình, hoặc của người khác nếu được xem lại nhật ký (việc hỏi cũng được ghi); null nếu không có ·"
        " Why somebody may or may not, now or at a past instant: oneself, or another for whoever may replay the"
        " audit, which is itself on record; null where there is none"
    )
    async def explain_access(
        self,
        info: Info,
        action: Action,
        on: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description=f"{ON}; không có với việc lập mới ·"
                " What it is done to: a camera, a case, an incident, an account…; nothing where something is made anew"
            ),
        ] = None,
        account: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Tài khoản; vắng mặt là chính mình · An account; oneself, if absent"
            ),
        ] = None,
        at: At = None,
        purpose: Why = AccessPurpose.AUDIT,
    ) -> AccessExplanation | None:
        """The answer of the guard that decides, on what was on record at that instant."""
        ctx = info.context
        act = ctx.act
        own = act.actor.account_id
        account_id = identity("account", account) if account is not None else own
        on_id = identity("on", on) if on is not None else None
        check_action(action, act.authority)
        instant = _past(ctx, at)
        ids = [account_id, *([on_id] if on_id else [])]
        look = look_at(info, "explainAccess", "account", ids, act.actor.area_path)
        if account_id != own:
            if (refusal := act.check_may("audit.replay")) is not None:
                await attempted(info, look, refusal, purpose)
                raise refusal
            refuse(act.check_purpose(purpose.value))
        work = partial(_explained, ctx, account_id=account_id, action=action, on_id=on_id, at=instant)
        found, hidden = await ctx.services.writes(work)
        if hidden is not None:
            await attempted(info, look, hidden, purpose)
        if found is not None and account_id != own:
            await looked(info, look, purpose)
        return AccessExplanation(found=found) if found else None

    @strawberry.field(
        description="Ai đã có thể làm một việc với một camera, hồ sơ, sự cố… tại một thời điểm; cho người được xem lại"
        " nhật ký, trong địa bàn; việc hỏi cũng được ghi ·"
        " Who could do something to a camera, a case, an incident… at an instant; for whoever may replay the audit, in"
        " their area, and itself on record"
    )
    async def who_could(
        self,
        info: Info,
        on: Annotated[
            strawberry.ID,
            strawberry.argument(description=f"{ON} · What it is done to: a camera, a case, an incident…"),
        ],
        action: Action,
        at: At = None,
        purpose: Why = AccessPurpose.AUDIT,
        first: First = 20,
        after: After = None,
    ) -> WhoCouldPage:
        """The accounts whose answer was a yes, by name."""
        ctx = info.context
        act = ctx.act
        on_id = identity("on", on)
        check_action(action, act.authority)
        look = look_at(info, "whoCould", "account", [on_id], act.actor.area_path)
        if (refusal := act.check_may("audit.replay")) is not None:
            await attempted(info, look, refusal, purpose)
            raise refusal
        refuse(act.check_purpose(purpose.value))
        work = partial(
            _who, ctx, on_id=on_id, action=action, at=_past(ctx, at), first=page_size(first), after=after
        )
        found, last, hidden = await ctx.services.writes(work)
        if hidden is not None:
            await attempted(info, look, hidden, purpose)
        elif found is not None:
            await looked(info, look, purpose)
        return WhoCouldPage(
            nodes=[AccessExplanation(found=one) for one in found or ()],
            page_info=PageInfo(has_next_page=last is not None, end_cursor=last),
        )


def _past(ctx: RequestContext, at: datetime | None) -> datetime | None:
    """The instant that is asked of; None is now.

    Raises:
        InvalidInput: it is not here yet, or lies before the regulation.
    """
    if at is None:
        return None
    instant = utc("at", at)
    if instant > ctx.act.now:
        raise InvalidInput("at", "ở tương lai", "lies in the future")
    try:
        ctx.services.rulebook.version_on(legal_date(instant))
    except LookupError:
        raise InvalidInput("at", "quy định chưa có hiệu lực", "the regulation was not in force yet") from None
    return instant


def _elsewhere(context: Context) -> Refusal:
    return Forbidden(
        "Ngoài địa bàn của đơn vị", "It lies outside of the unit's area", rule=context.rule_of("audit.replay")
    )


def _explained(
    ctx: RequestContext, *, account_id: UUID, action: str, on_id: UUID | None, at: datetime | None
) -> tuple[Explanation | None, Refusal | None]:
    """The explanation, or that there is none to give, with the reason where one is hidden."""
    record, instant = ctx.services.app.as_of(at), at or ctx.act.now
    circumstances = partial(ctx.services.context, at=instant)
    subject = subject_of(record, on_id) if on_id is not None else None
    if on_id is not None and subject is None:
        return None, None
    check = check_view if account_id == ctx.act.actor.account_id else check_audit
    if subject is not None and (hidden := check(record, subject, ctx.act)) is not None:
        return None, hidden
    try:
        found = explain(
            record, circumstances, account_id=account_id, action=action, subject=subject, at=instant
        )
    except NotFound:
        return None, None
    beyond = found.actor is not None and not ctx.act.actor.covers(found.actor.area_path)
    if account_id != ctx.act.actor.account_id and subject is None and beyond:
        return None, _elsewhere(ctx.act)
    return found, None


def _who(
    ctx: RequestContext, *, on_id: UUID, action: str, at: datetime | None, first: int, after: str | None
) -> tuple[list[Explanation] | None, str | None, Refusal | None]:
    """So many accounts that could, and after which name there may be more."""
    record, instant = ctx.services.app.as_of(at), at or ctx.act.now
    circumstances = partial(ctx.services.context, at=instant)
    subject = subject_of(record, on_id)
    if subject is None:
        return None, None, None
    if (hidden := check_audit(record, subject, ctx.act)) is not None:
        return None, None, hidden
    found: list[Explanation] = []
    known = ctx.services.reads.sync(directory.accounts, at=at, after=after or "", most=SCANNED + 1)
    for account_id, code in known[:SCANNED]:
        one = explain(
            record, circumstances, account_id=account_id, action=action, subject=subject, at=instant
        )
        if one.allowed:
            found.append(one)
        if len(found) == first:
            return found, code if code != known[-1][1] else None, None
    return found, known[SCANNED - 1][1] if len(known) > SCANNED else None, None
