"""Where each follower stands in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection

LOOKED: LiteralString = """
UPDATE positions SET position = %(position)s, problem = %(problem)s, seen_at = now()
WHERE name = %(name)s AND (position, problem) IS DISTINCT FROM (%(position)s, %(problem)s)
"""


@dataclass(frozen=True)
class Standing:
    """A follower, how far it has come, and how far it has to go."""

    name: str
    position: int
    behind: int
    problem: str | None


def reached(conn: Connection[Any], read_models: Sequence[str]) -> int:
    """The position that all of these read models have reached."""
    row = conn.execute(
        "SELECT coalesce(min(coalesce(p.position, 0)), 0) FROM unnest(%s::text[]) AS w (name)"
        " LEFT JOIN positions p USING (name)",
        (list(read_models),),
    ).fetchone()
    return int(row[0]) if row else 0


def looked(conn: Connection[Any], name: str, position: int, problem: str | None) -> None:
    """Say up to where one that folds nothing has looked, and what stands in its way; as it was writes nothing."""
    conn.execute(LOOKED, {"name": name, "position": position, "problem": problem})


def head(conn: Connection[Any]) -> int:
    """The position of the last event in the log."""
    row = conn.execute("SELECT coalesce(max(notification_id), 0) FROM events").fetchone()
    return int(row[0]) if row else 0


def dead_letters(conn: Connection[Any]) -> dict[tuple[str, str], int]:
    """How many messages each consumer could not take, by reason."""
    rows = conn.execute("SELECT consumer, reason, count(*) FROM dead_letters GROUP BY 1, 2").fetchall()
    return {(consumer, reason): count for consumer, reason, count in rows}


def standings(conn: Connection[Any], read_models: Sequence[str]) -> list[Standing]:
    """Every follower's standing against the head of the log."""
    rows = conn.execute(
        "SELECT w.name, coalesce(p.position, 0), h.head - coalesce(p.position, 0), p.problem"
        " FROM unnest(%s::text[]) AS w (name) LEFT JOIN positions p USING (name)"
        " CROSS JOIN (SELECT coalesce(max(notification_id), 0) AS head FROM events) AS h ORDER BY w.name",
        (list(read_models),),
    ).fetchall()
    return [Standing(*row) for row in rows]
