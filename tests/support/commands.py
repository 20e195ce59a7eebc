"""Commands that anybody may send at any time, and what is stored of them."""

from uuid import UUID

import psycopg

from domain.commands.application import Answer, CaseSystem, Command
from domain.unit import Unit
from tests.support.installation import somebody_acts


def keyed(command_id: str, *, expected: int | None = None) -> Command:
    """The key of a command of nobody in particular."""
    return Command.of(UUID(int=1), command_id, "test", {}, expected)


def opened(app: CaseSystem, command_id: str) -> Answer:
    """A command that creates a unit of its own, keyed by its id."""

    def decide() -> Unit:
        with somebody_acts():
            return Unit(code=command_id, name="Đội", kind="OTHER_BODY", area_path="quang-binh")

    return app.perform(Command.of(UUID(int=1), command_id, "open", {}, None), decide)


def renamed(
    app: CaseSystem, unit_id: UUID, command_id: str, name: str, *, expected: int | None = None
) -> Answer:
    """A command that loads a unit, decides and saves."""

    def decide() -> Unit:
        unit = app.find(Unit, unit_id, expected=expected)
        with somebody_acts():
            unit.rename(name)
        return unit

    return app.perform(Command.of(UUID(int=1), command_id, "rename", {"name": name}, expected), decide)


def answered(database: str) -> dict[str, tuple[UUID, int, int]]:
    """What is stored of every command."""
    return at_once(database)[0]


def events_at(database: str) -> dict[int, tuple[UUID, int]]:
    """Every event by its position."""
    return at_once(database)[1]


def at_once(database: str) -> tuple[dict[str, tuple[UUID, int, int]], dict[int, tuple[UUID, int]]]:
    """Both at one instant: what somebody sent who was killed since may still be on its way in."""
    with psycopg.connect(database) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        commands = conn.execute(
            "SELECT command_id, originator_id, version, position FROM commands"
        ).fetchall()
        events = conn.execute(
            "SELECT notification_id, originator_id, originator_version FROM events"
        ).fetchall()
    return {c[0]: (c[1], c[2], c[3]) for c in commands}, {e[0]: (e[1], e[2]) for e in events}
