"""Outages: when a camera did not work, why, and how much of a time it did.

One row is one time: its link was down, it was at fault, it was worked on; or it was not in service at all, which counts
as neither. Times may overlap, and have no end while they last; what is lost twice at once is lost once.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.camera import Camera
from domain.camera.events import (
    Backdated,
    FaultBegan,
    FaultEnded,
    LinkLost,
    LinkRestored,
    MaintenanceBegan,
    Registered,
)
from domain.camera.events import Event as CameraEvent
from domain.camera.state import FaultKind, put_by
from domain.incident import Incident
from domain.incident.events import Backdated as SeenEarlier
from projections.camera_registry import TIERS
from projections.follower import Recorded
from projections.listing import Listing
from projections.scope import Scope


class Cause(StrEnum):
    """Why a camera did not work."""

    LINK = "LINK"
    FAULT = "FAULT"
    MAINTENANCE = "MAINTENANCE"
    ABSENT = "ABSENT"  # it was not in service, and nobody expected it to work


WORKS_WITH: Final = {FaultKind.MOVED, FaultKind.CLOCK, FaultKind.MEASUREMENT}
"""Faults with which a camera shows what there is all the same."""


@dataclass(frozen=True, kw_only=True)
class OutageRow:
    """One time in which a camera did not work; without a beginning it never had, without an end it lasts."""

    camera_id: UUID
    began_position: int
    cause: str
    kind: str | None = None
    down: bool = True
    incident_id: UUID | None = None
    work_order_id: UUID | None = None
    began_at: datetime | None
    ended_at: datetime | None = None
    position: int
    area_path: str
    owner_unit: UUID
    tier: int


class Times:
    """The rows of some cameras in memory."""

    def __init__(self, rows: Sequence[OutageRow]) -> None:
        self.rows = {(row.camera_id, row.began_position): row for row in rows}

    def fold(self, recorded: Recorded) -> None:
        """What the rows become by one event."""
        event, position = recorded.event, recorded.position
        match event:
            case Camera.Registered():
                self._put(_registered(event, position))
            case Camera.Activated():
                self._end(event, position, event.envelope.took_place_at, Cause.ABSENT)
            case Camera.Retired():
                at = event.envelope.took_place_at
                self._end(event, position, at, Cause.LINK, Cause.FAULT, Cause.MAINTENANCE)
                self._begin(event, position, at, cause=Cause.ABSENT)
            case Camera.Backdated():
                self._backdate(event, position)
            case Camera.LinkLost() | Camera.FaultBegan() | Camera.MaintenanceBegan():
                self._begin(event, position, event.at, **_began(event))
            case Camera.LinkRestored() | Camera.FaultEnded():
                self._over(event, position)
            case Camera.MaintenanceEnded():
                self._end(event, position, event.at, Cause.MAINTENANCE)
            case Incident.Backdated():
                self._seen_earlier(event, position)
            case _:
                pass

    def _backdate(self, event: Backdated, position: int) -> None:
        said = (event.originator_id, event.kind, event.incident_id, event.said_at)
        for row in list(self.rows.values()):
            if (row.camera_id, row.kind, row.incident_id, row.began_at) == said:
                self._put(replace(row, began_at=event.at, position=position))

    def _seen_earlier(self, event: SeenEarlier, position: int) -> None:
        """The first outage of an incident began then; one that followed on a repair did not.

        The camera says the same of its own time (`Camera.Backdated`), though not of a loss that is over, nor did it
        before each incident had a time of its own.
        """
        own = [row for row in self.rows.values() if row.incident_id == event.originator_id and row.began_at]
        if own:
            first = min(own, key=lambda row: row.began_position)
            began = min(event.detected_at, first.began_at or event.detected_at)
            self._put(replace(first, began_at=began, position=position))

    def _over(self, event: LinkRestored | FaultEnded, position: int) -> None:
        """What an incident put on record is over, or what somebody did without one.

        A fault that a camera was retired with ended with that; it may turn out to have ended earlier.
        """
        retired_at = self._retired_at(event.originator_id)
        fault = event.kind if isinstance(event, FaultEnded) else None
        open_ = (
            row
            for row in self.rows.values()
            if row.camera_id == event.originator_id
            and (row.cause == Cause.LINK if fault is None else (row.cause, row.kind) == (Cause.FAULT, fault))
            and row.ended_at in {None, retired_at}
        )
        for row in put_by(open_, event.incident_id):
            at = event.at if retired_at is None else min(event.at, retired_at)
            self._put(replace(row, ended_at=_not_before(row, at), position=position))

    def _retired_at(self, camera_id: UUID) -> datetime | None:
        rows = (row for row in self.rows.values() if row.camera_id == camera_id and row.cause == Cause.ABSENT)
        return next((row.began_at for row in rows if row.began_at is not None), None)

    def _put(self, row: OutageRow) -> None:
        self.rows[row.camera_id, row.began_position] = row

    def _begin(self, event: CameraEvent, position: int, at: datetime, **said: Any) -> None:
        known = next(row for row in self.rows.values() if row.camera_id == event.originator_id)
        retired_at = self._retired_at(event.originator_id)
        self._put(
            OutageRow(
                camera_id=event.originator_id,
                began_position=position,
                began_at=at,
                ended_at=None if retired_at is None else max(at, retired_at),
                position=position,
                area_path=known.area_path,
                owner_unit=known.owner_unit,
                tier=known.tier,
                **said,
            )
        )

    def _end(self, event: CameraEvent, position: int, at: datetime, *causes: Cause) -> None:
        for row in list(self.rows.values()):
            if row.camera_id == event.originator_id and row.ended_at is None and row.cause in causes:
                self._put(replace(row, ended_at=_not_before(row, at), position=position))


def _not_before(row: OutageRow, at: datetime) -> datetime:
    return at if row.began_at is None else max(at, row.began_at)


def _registered(event: Registered, position: int) -> OutageRow:
    """Before a camera is at work nobody expects it to; one that was at work counts since it is known."""
    return OutageRow(
        camera_id=event.originator_id,
        began_position=position,
        cause=Cause.ABSENT,
        began_at=None,
        ended_at=event.envelope.took_place_at if event.in_use else None,
        position=position,
        area_path=event.area_path,
        owner_unit=event.operating_unit_id,
        tier=TIERS.get(event.camera_class, 0),
    )


def _began(event: LinkLost | FaultBegan | MaintenanceBegan) -> dict[str, Any]:
    """What a row says of why it begins."""
    match event:
        case LinkLost():
            return {"cause": Cause.LINK, "kind": event.kind, "incident_id": event.incident_id}
        case FaultBegan():
            down = event.kind not in WORKS_WITH
            return {"cause": Cause.FAULT, "kind": event.kind, "down": down, "incident_id": event.incident_id}
        case MaintenanceBegan():
            return {"cause": Cause.MAINTENANCE, "work_order_id": event.work_order_id}


LOAD: LiteralString = """
SELECT * FROM outages
WHERE camera_id = ANY(%s) AND (ended_at IS NULL OR cause IN ('ABSENT', 'FAULT')) OR incident_id = ANY(%s)
"""
UPSERT: LiteralString = """
INSERT INTO outages
SELECT * FROM json_populate_recordset(NULL::outages, %s::json)
ON CONFLICT (camera_id, began_position) DO UPDATE SET
    began_at = excluded.began_at, ended_at = excluded.ended_at, position = excluded.position
"""


class Outages:
    """Feeds the outages."""

    name: ClassVar[str] = "outages"
    table: ClassVar[LiteralString] = "outages"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        heard = [r for r in batch if isinstance(r.event, Camera.Event | Camera.Created | Incident.Backdated)]
        if not heard:
            return
        ids = {r.event.originator_id for r in heard}
        times = Times(_rows(curs.connection, ids))
        for recorded in heard:
            times.fold(recorded)
        first = heard[0].position
        changed = [asdict(row) for row in times.rows.values() if row.position >= first]
        if changed:
            curs.execute(UPSERT, (orjson.dumps(changed).decode(),))


def _rows(conn: Connection[Any], ids: Collection[UUID]) -> list[OutageRow]:
    with conn.cursor(row_factory=class_row(OutageRow)) as curs:
        return curs.execute(LOAD, (list(ids), list(ids))).fetchall()


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OutageNarrow:
    """What a reader narrows the outages to; None does not narrow."""

    camera_id: UUID | None = None
    causes: list[str] | None = None
    open: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


LISTING = Listing(
    table="outages",
    row=OutageRow,
    order="began_at DESC, began_position",
    place=("began_at", "began_position"),
    beyond="""
    began_at < %(after_began_at)s
    OR (began_at = %(after_began_at)s AND began_position > %(after_began_position)s)""",
    narrowed={
        "camera_id": "camera_id = %(camera_id)s",
        "causes": "cause = ANY(%(causes)s)",
        "open": "(ended_at IS NULL) = %(open)s",
        "since": "ended_at IS NULL OR ended_at > %(since)s",
        "until": "began_at < %(until)s",
    },
)
"""Outages, newest first."""


class By(StrEnum):
    """Of what the availability is told."""

    CAMERA = "CAMERA"
    TIER = "TIER"
    UNIT = "UNIT"


@dataclass(frozen=True, kw_only=True)
class Available:
    """How much of a time the cameras of a group worked, in seconds."""

    camera_id: UUID | None
    tier: int | None
    unit_id: UUID | None
    cameras: int
    expected_s: float
    down_s: float
    maintenance_s: float
    outages: int
    links_lost: int
    """Of how many the link is down at the end of the time."""

    @property
    def ratio(self) -> float | None:
        """The share of the time in which they worked; None where nobody expected them to."""
        return 1 - self.down_s / self.expected_s if self.expected_s else None


GROUPS: Final[dict[By, LiteralString]] = {By.CAMERA: "camera_id", By.TIER: "tier", By.UNIT: "unit_id"}
AVAILABLE: LiteralString = """
WITH cameras AS (
    SELECT camera_id, tier, owner_unit AS unit_id FROM camera_registry
    WHERE ({scope}) AND (%(camera)s::uuid IS NULL OR camera_id = %(camera)s)
), asked AS (
    SELECT tstzmultirange(tstzrange(%(from)s, %(to)s)) AS span
), each AS (
    SELECT camera_id, tier, unit_id,
        coalesce(range_agg(times.span) FILTER (WHERE cause = 'ABSENT'), '{{}}') AS absent,
        coalesce(range_agg(times.span) FILTER (WHERE cause <> 'ABSENT' AND down), '{{}}') AS down,
        coalesce(range_agg(times.span) FILTER (WHERE cause = 'MAINTENANCE'), '{{}}') AS work,
        coalesce(bool_or(cause = 'LINK' AND times.span @> %(to)s), false) AS lost
    FROM cameras LEFT JOIN LATERAL (
        SELECT cause, down, tstzrange(began_at, ended_at) AS span FROM outages
        WHERE outages.camera_id = cameras.camera_id AND (began_at IS NULL OR began_at <= %(to)s)
            AND (ended_at IS NULL OR ended_at > %(from)s)
    ) AS times ON true
    GROUP BY camera_id, tier, unit_id
), cut AS (
    SELECT camera_id, tier, unit_id, lost, span - absent AS due, (span - absent) * down AS down,
        (span - absent) * work AS work
    FROM each, asked
)
SELECT {shown}, count(*) AS cameras,
    sum((SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0) FROM unnest(due) AS r))::float8
        AS expected_s,
    sum((SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0) FROM unnest(down) AS r))::float8
        AS down_s,
    sum((SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0) FROM unnest(work) AS r))::float8
        AS maintenance_s,
    sum((SELECT count(*) FROM unnest(down)))::int AS outages,
    count(*) FILTER (WHERE lost)::int AS links_lost
FROM cut GROUP BY {by} ORDER BY down_s DESC, {by} LIMIT %(first)s
"""


def available(
    conn: Connection[Any],
    within: Scope,
    from_: datetime,
    to: datetime,
    by: By,
    *,
    camera_id: UUID | None = None,
    first: int = 100,
) -> list[Available]:
    """How much of a time the cameras of a scope worked, those that did least first."""
    shown = ", ".join(
        name if group is by else f"NULL::{'smallint' if group is By.TIER else 'uuid'} AS {name}"
        for group, name in GROUPS.items()
    )
    statement = SQL(AVAILABLE).format(
        scope=SQL(within.where),
        shown=SQL(shown),
        by=SQL(GROUPS[by]),
    )
    given = {**within.params, "from": from_, "to": to, "camera": camera_id, "first": first}
    with conn.cursor(row_factory=class_row(Available)) as curs:
        return curs.execute(statement, given).fetchall()
