"""Commands on breaches of the regulation: what GraphQL and the tests call."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from domain.account import Account
from domain.breach import Accused, Breach, Shown
from domain.breach_guards import BreachFinding, Measure, check_report, rule_of
from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.case import Case
from domain.case.guards import check_view as check_view_case
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.report import drawn
from domain.context import Context
from domain.envelope import Event
from domain.errors import Forbidden, InvalidInput, NotFound, refuse
from domain.reading import Attempt
from domain.recommendation import Recommendation
from domain.recommendation import check_view as check_view_recommendation
from domain.unit import Unit
from domain.unit_guards import Post

NUMBERED: Final = "VP"
"""*Vi phạm*."""


def report_breach(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    subject_rule: str,
    happened_at: datetime,
    text: str,
    account_id: UUID | None = None,
    shown: Shown | None = None,
) -> Answer:
    """Report one; what one may not look at is not named as its evidence."""

    def decide() -> Breach:
        unit = app.find(Unit, unit_id)
        said = f"{context.actor.account_id}/{command.command_id}"
        refuse(check_report(unit, context))  # before anything else is said of what is on record
        _check_shown(app, context, shown or Shown())
        return Breach.report(
            context,
            breach_id=Breach.create_id(app.commands.bound(said.encode())),
            number=lambda: drawn(app, context, NUMBERED),
            place=unit,
            subject_rule=subject_rule,
            happened_at=happened_at,
            text=text,
            accused=None if account_id is None else _accused(app, context, account_id, unit, happened_at),
            shown=shown,
        )

    return app.perform(command, decide)


def answer_breach(
    app: CaseSystem, context: Context, command: Command, *, breach_id: UUID, text: str
) -> Answer:
    """Say what the person it is said of says to it."""
    return _decided(app, command, breach_id, lambda one: one.answer(context, text=text))


def examine_breach(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    breach_id: UUID,
    finding: BreachFinding,
    **said: Any,
) -> Answer:
    """Say what was found."""
    return _decided(app, command, breach_id, lambda one: one.examine(context, finding=finding, **said))


def deal_with_breach(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    breach_id: UUID,
    measure: Measure,
    recommendation_id: UUID | None = None,
    **said: Any,
) -> Answer:
    """Put a measure on record; what was put to another body is the recommendation that one may look at."""

    def deal(one: Breach) -> None:
        if recommendation_id is not None:
            named = app.find(Recommendation, recommendation_id)
            if hidden := check_view_recommendation(named, context):
                raise NotFound("kiến nghị", "recommendation", recommendation_id) from hidden
        one.deal(context, measure=measure, recommendation_id=recommendation_id, **said)

    return _decided(app, command, breach_id, deal)


def close_breach(app: CaseSystem, context: Context, command: Command, *, breach_id: UUID) -> Answer:
    """Say that nothing more follows."""
    return _decided(app, command, breach_id, lambda one: one.close(context))


def reopen_breach(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    breach_id: UUID,
    text: str,
    document: str | None = None,
) -> Answer:
    """Set the finding aside."""
    return _decided(app, command, breach_id, lambda one: one.reopen(context, text=text, document=document))


def _decided(app: CaseSystem, command: Command, breach_id: UUID, decide: Callable[[Breach], None]) -> Answer:
    def on_breach() -> Breach:
        one = app.find(Breach, breach_id, expected=command.expected_version)
        decide(one)
        return one

    return app.perform(command, on_breach)


def _accused(app: CaseSystem, context: Context, account_id: UUID, unit: Unit, at: datetime) -> Accused:
    """Whom it is said of: of that unit as it was recorded by then, or as they were first entered."""
    recorded = list(cast("Iterable[Event]", app.events.get(account_id)))
    by_then = sum(one.timestamp <= at for one in recorded) or 1
    then = app.repository.get(account_id, version=by_then) if recorded else None
    if not isinstance(then, Account) or then.unit_id != unit.id:
        raise InvalidInput(
            "accountId",
            f"không phải người của đơn vị {unit.code} lúc đó",
            f"is nobody of the unit {unit.code} at that time",
            rule=rule_of(context),
        )
    leads = then.leader or app.find(Account, account_id).leader or unit.officers.get(Post.HEAD) == account_id
    return Accused(account_id=account_id, leads=leads)


def _check_shown(app: CaseSystem, context: Context, shown: Shown) -> None:
    for case_id in shown.case_ids:
        if hidden := check_view_case(app.find(Case, case_id), context):
            raise NotFound("hồ sơ", "case", case_id) from hidden
    for camera_id in shown.camera_ids:
        if hidden := check_watch(app.find(Camera, camera_id), context):
            raise NotFound("camera", "camera", camera_id) from hidden
    for position in shown.attempts:
        attempt = _attempt_at(app, position)
        if attempt is None:
            raise NotFound("lượt bị từ chối tại vị trí", "refused attempt at position", position)
        if hidden := _check_attempt(attempt, context):
            raise NotFound("lượt bị từ chối tại vị trí", "refused attempt at position", position) from hidden


def _attempt_at(app: CaseSystem, position: int) -> Attempt.Refused | None:
    for found in app.recorder.select_notifications(start=position, limit=1, stop=position):
        event = app.mapper.to_domain_event(found)
        return event if isinstance(event, Attempt.Refused) else None
    return None


def _check_attempt(attempt: Attempt.Refused, context: Context) -> Forbidden | None:
    """Who tried what is shown to the audit of its area, as in the log of accesses."""
    where = attempt.area_path
    if context.permission("audit.replay").allowed and (not where or context.actor.covers(where)):
        return None
    return Forbidden(
        "Sổ truy cập chỉ dành cho người kiểm tra",
        "The log of accesses is for the audit",
        rule=context.rule_of("audit.replay"),
    )
