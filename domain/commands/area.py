"""Commands on areas, and what every other noun asks of them: is there such an area, and does a point lie in it."""

from datetime import datetime
from uuid import UUID

from domain import area, boundary
from domain.area import Area, above
from domain.commands.application import Answer, CaseSystem, Command, Decided
from domain.context import Context, Rulebook
from domain.envelope import acting
from domain.errors import InvalidInput, NotFound, refuse


def known_area(app: CaseSystem, area_path: str, *, field: str = "area", rule: str | None = None) -> Area:
    """The area of a path, found by it.

    Raises:
        InvalidInput: there is no such area, or it has ended; *field* is what it was given in, *rule* who asks for it.
    """
    try:
        found = app.find(Area, Area.create_id(area_path))
    except NotFound:
        raise InvalidInput(
            field,
            f"không có địa bàn {area_path}; hãy đăng ký bằng registerArea hoặc `minhchung areas import`",
            f"there is no area {area_path}: register it by registerArea or `minhchung areas import`",
            rule=rule,
        ) from None
    refuse(found.check_stands(field, rule=rule))
    return found


def check_position(
    app: CaseSystem,
    area_path: str,
    longitude: float,
    latitude: float,
    rulebook: Rulebook,
    *,
    rule: str | None = None,
) -> None:
    """Refuse a point outside of the jurisdiction, or of the nearest boundary that an area or one above it has.

    Raises:
        InvalidInput: it lies outside, or there is no such area.
    """
    extent = rulebook.extent or boundary.EARTH
    if not extent.holds(longitude, latitude):
        raise InvalidInput(
            "position",
            f"kinh độ {longitude}, vĩ độ {latitude} nằm ngoài {extent.west}–{extent.east}, "
            f"{extent.south}–{extent.north} của địa phương",
            f"longitude {longitude}, latitude {latitude} lies outside of the jurisdiction's "
            f"{extent.west} to {extent.east}, {extent.south} to {extent.north}",
            rule=rule,
        )
    path: str | None = known_area(app, area_path, rule=rule).area_path
    while path is not None:
        drawn = app.find(Area, Area.create_id(path)).boundary
        if drawn is not None:
            if not boundary.contains(drawn, longitude, latitude):
                raise InvalidInput(
                    "position",
                    f"kinh độ {longitude}, vĩ độ {latitude} nằm ngoài ranh giới của {path}",
                    f"longitude {longitude}, latitude {latitude} lies outside of the boundary of {path}",
                    rule=rule,
                )
            return
        path = above(path)


def parent_of(app: CaseSystem, path: str, *, rule: str | None = None) -> Area | None:
    """The area that a path lies in; None of a whole jurisdiction.

    Raises:
        InvalidInput: there is no such area.
    """
    parent = above(path)
    return known_area(app, parent, field="path", rule=rule) if parent else None


def register_area(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    path: str,
    name: str,
    kind: str,
    valid_from: datetime | None = None,
    document: str | None = None,
    drawn: str | None = None,
) -> Answer:
    """Take an area into the tree; *drawn* is its boundary as GeoJSON."""

    def decide() -> Decided:
        refuse(area.check_administer(path, context))
        rule = context.rule_of("unit.administer")
        if Area.create_id(path) in app.repository:
            raise InvalidInput("path", f"đã có địa bàn {path}", f"there is an area {path} already", rule=rule)
        parent = parent_of(app, path, rule=rule)
        made = area.register(
            context,
            path=path,
            parent=parent,
            name=name,
            kind=kind,
            valid_from=valid_from,
            document=document,
            boundary=boundary.read(drawn) if drawn is not None else None,
        )
        return (made,) if parent is None else (parent, made)

    return app.perform(command, decide)


def rename_area(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    area_id: UUID,
    name: str,
    document: str | None = None,
) -> Answer:
    """Give an area another name."""

    def decide() -> Area:
        one = app.find(Area, area_id, expected=command.expected_version)
        refuse(area.check_rename(one, context))
        with acting(context.envelope("unit.administer")):
            one.rename(name, document=document)
        return one

    return app.perform(command, decide)


def end_area(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    area_id: UUID,
    document: str,
    at: datetime | None = None,
    successor_path: str | None = None,
) -> Answer:
    """End an area, with the one that follows it."""

    def decide() -> Decided:
        one = app.find(Area, area_id, expected=command.expected_version)
        refuse(area.check_end(one, context))
        rule = context.rule_of("unit.administer")
        heir = known_area(app, successor_path, field="successor", rule=rule) if successor_path else None
        with acting(context.envelope("unit.administer")):
            one.end(at=at or context.now, successor=heir, document=document, rule=rule)
        return (one,) if heir is None else (heir, one)

    return app.perform(command, decide)
