"""Commands on rosters: what GraphQL and the tests call."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from domain.account import Account
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.errors import NotFound, WrongState, refuse
from domain.roster import Roster, check_draw, check_publish
from domain.turns import Turn

NUMBERED: Final = "LT"
"""*Lịch trực*."""

Elsewhere = Callable[[Roster], Sequence[Turn]]
"""The turns by other rosters of its unit that hold while it does, as a read model knows them."""


def draw_roster(
    app: CaseSystem, context: Context, command: Command, *, post: str, month: str, turns: Sequence[Turn]
) -> Answer:
    """Propose who of one's unit is on duty at a post in a month."""

    def decide() -> Roster:
        refuse(check_draw(context))
        _check_people(app, context, {turn.account_id for turn in turns})
        if app.commands.existing([Roster.create_id(context.actor.unit_id, post, month)]):
            raise WrongState(
                f"Đã có lịch trực tháng {month} của {post}; dùng redrawRoster",
                f"There is a roster of {post} for {month}; redrawRoster changes it",
            )
        return Roster.draw(
            context, post=post, month=month, turns=turns, number=lambda: drawn(app, context, NUMBERED)
        )

    return app.perform(command, decide)


def redraw_roster(
    app: CaseSystem, context: Context, command: Command, *, roster_id: UUID, turns: Sequence[Turn]
) -> Answer:
    """Propose it otherwise."""

    def decide(one: Roster) -> None:
        _check_people(app, context, {turn.account_id for turn in turns})
        one.redraw(context, turns=turns)

    return _decided(app, command, roster_id, decide)


def publish_roster(
    app: CaseSystem, context: Context, command: Command, *, roster_id: UUID, elsewhere: Elsewhere
) -> Answer:
    """Let it hold, if whoever is still to come may sign in still, and is nowhere else."""

    def decide(one: Roster) -> None:
        refuse(check_publish(one, context))
        _check_people(app, context, {turn.account_id for turn in one.turns if turn.ends_at > context.now})
        one.publish(context, elsewhere=elsewhere(one))

    return _decided(app, command, roster_id, decide)


def swap_duty(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    roster_id: UUID,
    turn: int,
    account_id: UUID,
    text: str,
    elsewhere: Elsewhere,
) -> Answer:
    """Let somebody else of the unit take a turn."""

    def decide(one: Roster) -> None:
        _check_people(app, context, {account_id})
        one.swap(context, turn=turn, account_id=account_id, text=text, elsewhere=elsewhere(one))

    return _decided(app, command, roster_id, decide)


def _check_people(app: CaseSystem, context: Context, account_ids: set[UUID]) -> None:
    """Nobody of another unit is put on duty, nor anybody whose account was closed."""
    for account_id in account_ids:
        one = app.find(Account, account_id)
        if one.unit_id != context.actor.unit_id or one.check_sign_in() is not None:
            raise NotFound("tài khoản", "account", account_id)


def _decided(app: CaseSystem, command: Command, roster_id: UUID, decide: Callable[[Roster], None]) -> Answer:
    def act() -> Roster:
        one = app.find(Roster, roster_id, expected=command.expected_version)
        decide(one)
        return one

    return app.perform(command, act)
