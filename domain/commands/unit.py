"""Commands on units: what GraphQL, the command line and the tests call."""

from datetime import datetime
from uuid import UUID

from domain import area
from domain.account import Account
from domain.commands.application import Answer, CaseSystem, Command, Decided
from domain.commands.area import known_area
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, NotFound, refuse
from domain.unit import Unit
from domain.unit_guards import check_change, check_name_successor, rule_of


def line_of(app: CaseSystem, one: Unit | None) -> tuple[Unit, ...]:
    """A unit, the one it is part of, and so on up."""
    line: dict[UUID, Unit] = {}
    while one is not None and one.id not in line:
        line[one.id] = one
        one = app.find(Unit, one.parent_unit_id) if one.parent_unit_id else None
    return tuple(line.values())


def register_unit(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    code: str,
    name: str,
    kind: str,
    area_path: str,
    parent_unit_id: UUID | None = None,
    valid_from: datetime | None = None,
    document: str | None = None,
) -> Answer:
    """Take a unit in, below another or for itself."""

    def decide() -> Decided:
        own = parent_unit_id == context.actor.unit_id
        refuse(area.check_administer(area_path, context, own=own))
        rule = rule_of(context.rulebook)
        if Unit.create_id(code) in app.repository:
            raise InvalidInput("code", f"đã có đơn vị {code}", f"there is a unit {code} already", rule=rule)
        parent = app.find(Unit, parent_unit_id) if parent_unit_id is not None else None
        since = valid_from or context.now
        with acting(context.envelope("unit.administer")):
            made = Unit.enter(
                context.rulebook,
                code=code,
                name=name,
                kind=kind,
                area_path=known_area(app, area_path, since, rule=rule).area_path,
                valid_from=since,
                now=context.now,
                parent=parent,
                document=document,
            )
        return (made,) if parent is None else (parent, made)

    return app.perform(command, decide)


def rename_unit(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    name: str,
    document: str | None = None,
) -> Answer:
    """Give a unit another name; the document that does so is the reason on record."""

    def decide() -> Unit:
        one = _to_change(app, context, command, unit_id)
        with acting(context.envelope("unit.administer", reason=document)):
            one.rename(name)
        return one

    return app.perform(command, decide)


def move_unit(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    document: str,
    parent_unit_id: UUID | None = None,
    area_path: str | None = None,
) -> Answer:
    """Make a unit part of another, or let it work in another area; what is not given stays."""

    def decide() -> Decided:
        one = _to_change(app, context, command, unit_id)
        parent_id = parent_unit_id or one.parent_unit_id
        parent = app.find(Unit, parent_id) if parent_id is not None else None
        line = line_of(app, parent)
        wanted = area_path or one.area_path
        refuse(area.check_administer(wanted, context))
        known_area(app, wanted, context.now, rule=rule_of(context.rulebook))
        with acting(context.envelope("unit.administer")):
            one.move(
                context.rulebook,
                parent=parent,
                line={above.id for above in line},
                area_path=wanted,
                document=document,
                at=context.now,
            )
        return (*line, one)

    return app.perform(command, decide)


def end_unit(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    document: str,
    at: datetime | None = None,
    successor_unit_id: UUID | None = None,
) -> Answer:
    """End a unit by a document; a merger is several units that end with one successor."""

    def decide() -> Decided:
        one = _to_change(app, context, command, unit_id)
        successor = app.find(Unit, successor_unit_id) if successor_unit_id is not None else None
        with acting(context.envelope("unit.administer")):
            one.cease(
                at=at or context.now,
                successor=successor,
                document=document,
                now=context.now,
                rule=rule_of(context.rulebook),
            )
        return (one,) if successor is None else (successor, one)

    return app.perform(command, decide)


def name_successor(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    successor_unit_id: UUID,
    document: str,
) -> Answer:
    """Name who follows a unit that ended without a successor."""

    def decide() -> Decided:
        one = app.find(Unit, unit_id, expected=command.expected_version)
        refuse(check_name_successor(one, context))
        successor = app.find(Unit, successor_unit_id)
        with acting(context.envelope("unit.administer")):
            one.name_successor(successor, document=document, now=context.now, rule=rule_of(context.rulebook))
        return successor, one

    return app.perform(command, decide)


def assign_officer(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    post: str,
    account_id: UUID,
    document: str | None = None,
) -> Answer:
    """Name who heads a unit, or administers its part of the system."""

    def decide() -> Unit:
        one = _to_change(app, context, command, unit_id)
        try:
            of_unit = app.find(Account, account_id).unit_id
        except NotFound:
            of_unit = None  # an account of another unit is as absent as one that never was
        with acting(context.envelope("unit.administer")):
            one.assign(post, account_id, of_unit, document=document, rule=rule_of(context.rulebook))
        return one

    return app.perform(command, decide)


def file_internal_regulation(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    unit_id: UUID,
    document: str,
    title: str,
    issued_at: datetime,
) -> Answer:
    """Put a unit's own regulation on file."""

    def decide() -> Unit:
        one = _to_change(app, context, command, unit_id)
        with acting(context.envelope("unit.administer")):
            one.file_regulation(
                document=document,
                title=title,
                issued_at=issued_at,
                at=context.now,
                rule=rule_of(context.rulebook),
            )
        return one

    return app.perform(command, decide)


def _to_change(app: CaseSystem, context: Context, command: Command, unit_id: UUID) -> Unit:
    """A unit that the actor may change."""
    one = app.find(Unit, unit_id, expected=command.expected_version)
    refuse(check_change(one, context))
    return one
