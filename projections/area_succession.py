"""What stands in an area, and what areas that have ended hold still that passes to those that follow them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.account import AccountState
from domain.camera import CameraState
from domain.client import ClientState


@dataclass(frozen=True, kw_only=True)
class LeftIn:
    """One thing in an area that has ended, as a read model shows it."""

    noun: str
    subject_id: UUID
    area_id: UUID
    version: int


HELD: LiteralString = """
WITH units AS (
    SELECT DISTINCT ON (subject_id) subject_id, area_path, ceased_at, version
    FROM directory WHERE noun = 'unit' ORDER BY subject_id, since DESC
), held AS (
    SELECT 'camera' AS noun, camera_id AS subject_id, area_path, version, state <> %(retired)s AS stands
        FROM camera_registry WHERE area_path = ANY(%(paths)s)
    UNION ALL
    SELECT 'unit', subject_id, area_path, version, true FROM units
        WHERE area_path = ANY(%(paths)s) AND (ceased_at IS NULL OR ceased_at > %(now)s)
    UNION ALL
    SELECT DISTINCT 'account', account_id, held ->> 'area_path', version, true
        FROM account_log, LATERAL jsonb_array_elements(grants || directions) AS held
        WHERE state <> %(closed)s AND held ->> 'area_path' = ANY(%(paths)s)
        AND (held ->> 'ends_at' IS NULL OR (held ->> 'ends_at')::timestamptz > %(now)s)
    UNION ALL
    SELECT 'client', client_id, area_path, version, true
        FROM client_register WHERE area_path = ANY(%(paths)s) AND state <> %(withdrawn)s
)
"""
"""Whatever belongs to an area; what is taken out of use passes on as well, but need not have where to."""

PAGE: LiteralString = (
    HELD
    + """
SELECT noun, subject_id, area_id, held.version FROM held JOIN areas USING (area_path)
UNION ALL
SELECT 'area', heir.area_id, gone.area_id, gone.version FROM areas AS gone
    JOIN areas AS heir ON heir.area_path = gone.successor_path
    WHERE gone.area_path = ANY(%(paths)s) AND NOT (gone.area_path || gone.before) <@ heir.before
ORDER BY noun, subject_id LIMIT %(limit)s
"""
)
COUNT: LiteralString = (
    HELD
    + """
SELECT noun || 's', count(DISTINCT subject_id) FROM held WHERE stands GROUP BY noun
"""
)
GONE: LiteralString = (
    "SELECT area_path FROM areas WHERE ended_at <= %s AND successor_path IS NOT NULL ORDER BY 1"
)
WITHIN: LiteralString = """
SELECT count(*) FROM areas
WHERE starts_with(area_path, %s || '/') AND (ended_at IS NULL OR ended_at > %s)
"""


def gone(conn: Connection[Any], now: datetime) -> tuple[str, ...]:
    """The areas that have ended and are followed by others."""
    return tuple(path for (path,) in conn.execute(GONE, [now]))


def to_move(conn: Connection[Any], ended: Sequence[str], now: datetime, *, most: int) -> Sequence[LeftIn]:
    """What these areas hold still and their successors are to have, some at a time."""
    with conn.cursor(row_factory=class_row(LeftIn)) as curs:
        return curs.execute(PAGE, {**_asked(ended, now), "limit": most}).fetchall()


def standing_in(conn: Connection[Any], area_path: str, at: datetime) -> dict[str, int]:
    """How much of each noun an area holds at an instant, as the read models show it; the areas within it too."""
    rows = conn.execute(
        COUNT,
        _asked([area_path], at),
    ).fetchall()
    within = conn.execute(WITHIN, [area_path, at]).fetchone()
    return {**dict(rows), "areas": within[0] if within else 0}


def _asked(paths: Sequence[str], now: datetime) -> dict[str, Any]:
    return {
        "paths": list(paths),
        "now": now,
        "retired": CameraState.RETIRED,
        "closed": AccountState.CLOSED,
        "withdrawn": ClientState.WITHDRAWN,
    }
