"""The links of cameras as they are now: up, failing, down, or watched by nobody (R-DB-17.2.0).

Whether a link is down is in the registry, because it is on record. When it was last tried is no event, thousands of
which would come a minute: whoever watches keeps it in a table of its own, of which a crash may take what a minute
brings back. What was not tried for a while is not known.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.camera.state import LINKED
from domain.links import PERIOD_S, WATCHED
from projections.outages import GROUPS, By
from projections.scope import Scope

KNOWN_FOR: Final = timedelta(seconds=5 * PERIOD_S)
"""A link that nobody has tried for so long may be up or not."""

# -- for whoever watches -----------------------------------------------------------

EXPECTED: LiteralString = """
FROM camera_registry JOIN camera_access USING (camera_id)
WHERE state = ANY(%(states)s) AND NOT maintenance AND NOT withdrawn
"""
ALL: LiteralString = f"SELECT camera_id {EXPECTED}"
THESE: LiteralString = (
    f"SELECT camera_id, link_lost_at IS NOT NULL {EXPECTED} AND camera_id = ANY(%(cameras)s)"
)
KEEP: LiteralString = """
INSERT INTO link_tries (camera_id, tried_at, failing_since)
SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (camera_id) DO UPDATE SET tried_at = excluded.tried_at, failing_since = excluded.failing_since
"""
DROP: LiteralString = f"DELETE FROM link_tries WHERE camera_id NOT IN ({ALL})"  # noqa: S608 — of our own words


@dataclass(frozen=True)
class LinkTry:
    """When a link was last tried, and since when that has failed."""

    camera_id: UUID
    tried_at: datetime
    failing_since: datetime | None


def expected(conn: Connection[Any]) -> list[UUID]:
    """The cameras of which images are expected and an address is on file."""
    return [camera_id for (camera_id,) in conn.execute(ALL, {"states": list(WATCHED)})]


def on_record(conn: Connection[Any], camera_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Of these cameras those that are still expected to answer, and whether the link of each is lost on record."""
    return dict(conn.execute(THESE, {"states": list(WATCHED), "cameras": list(camera_ids)}).fetchall())


def keep(conn: Connection[Any], tries: Sequence[LinkTry]) -> None:
    """Keep the last try of each, the later one of two."""
    last = {one.camera_id: one for one in tries}.values()
    columns = zip(*((one.camera_id, one.tried_at, one.failing_since) for one in last), strict=True)
    if last:
        conn.execute(KEEP, [list(column) for column in columns])


def drop(conn: Connection[Any]) -> None:
    """Forget when those were tried that nobody expects to answer any more."""
    conn.execute(DROP, {"states": list(WATCHED)})


# -- for readers -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LinkStates:
    """How the links of a group of cameras are; each of those that are linked counts once."""

    camera_id: UUID | None
    tier: int | None
    unit_id: UUID | None
    cameras: int
    up: int
    failing: int
    """Up on record, while the last tries had no answer."""
    down: int
    unwatched: int
    last_tried_at: datetime | None


STATES: LiteralString = """
SELECT {shown}, count(*) AS cameras,
    count(*) FILTER (WHERE how = 'UP') AS up,
    count(*) FILTER (WHERE how = 'FAILING') AS failing,
    count(*) FILTER (WHERE how = 'DOWN') AS down,
    count(*) FILTER (WHERE how = 'UNWATCHED') AS unwatched,
    max(tried_at) AS last_tried_at
FROM (
    SELECT camera_id, tier, owner_unit AS unit_id, tried_at,
        CASE WHEN link_lost_at IS NOT NULL THEN 'DOWN'
            WHEN tried_at IS NULL OR tried_at < %(known_from)s THEN 'UNWATCHED'
            WHEN failing_since IS NOT NULL THEN 'FAILING'
            ELSE 'UP' END AS how
    FROM camera_registry LEFT JOIN link_tries USING (camera_id)
    WHERE ({scope}) AND state = ANY(%(linked)s) AND NOT withdrawn
        AND (%(camera)s::uuid IS NULL OR camera_id = %(camera)s)
) AS links
GROUP BY {by} ORDER BY down DESC, failing DESC, unwatched DESC, {by} LIMIT %(first)s
"""


def states(
    conn: Connection[Any],
    within: Scope,
    now: datetime,
    by: By,
    *,
    camera_id: UUID | None = None,
    first: int = 100,
) -> list[LinkStates]:
    """How the links of the cameras of a scope are now, those with most that are down first."""
    shown = ", ".join(
        name if group is by else f"NULL::{'smallint' if group is By.TIER else 'uuid'} AS {name}"
        for group, name in GROUPS.items()
    )
    statement = SQL(STATES).format(scope=SQL(within.where), shown=SQL(shown), by=SQL(GROUPS[by]))
    given = {
        **within.params,
        "known_from": now - KNOWN_FOR,
        "linked": list(LINKED),
        "camera": camera_id,
        "first": first,
    }
    with conn.cursor(row_factory=class_row(LinkStates)) as curs:
        return curs.execute(statement, given).fetchall()
