"""Recommendations: what the data show, to whom it was put, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.envelope import Event
from domain.personal import Personal
from domain.recommendation import Recommendation, RecommendationState
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class RecommendationRow:
    """A recommendation, with all that its guards ask for."""

    recommendation_id: UUID
    number: str
    state: str
    shortcoming: str
    text: str
    case_ids: list[UUID]
    camera_ids: list[UUID]
    made_by: str
    made_at: datetime
    recipient_unit_id: UUID | None = None
    outside: str | None = None
    document: str | None = None
    sent_at: datetime | None = None
    accepted: bool | None = None
    answer: str | None = None
    answer_document: str | None = None
    answered_at: datetime | None = None
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.recommendation_id, sealed=value) if value else None


def fold(row: RecommendationRow | None, event: Event, position: int) -> RecommendationRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Recommendation.Made):
        return _made(event, position)
    if not isinstance(event, Recommendation.Event):
        return row
    if row is None:
        raise LookupError(f"recommendation {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    at = event.envelope.took_place_at
    match event:
        case Recommendation.Sent():
            return replace(
                row,
                state=RecommendationState.SENT,
                recipient_unit_id=event.recipient_unit_id,
                outside=event.outside,
                document=event.document,
                sent_at=at,
            )
        case Recommendation.Answered():
            return replace(
                row,
                state=RecommendationState.ANSWERED,
                accepted=event.accepted,
                answer=event.text.sealed,
                answer_document=event.document,
                answered_at=at,
            )
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of recommendations")


def _made(event: Recommendation.Made, position: int) -> RecommendationRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"recommendation {event.originator_id} was made for no unit")
    return RecommendationRow(
        recommendation_id=event.originator_id,
        number=event.number,
        state=RecommendationState.MADE,
        shortcoming=event.shortcoming,
        text=event.text.sealed or "",
        case_ids=list(event.case_ids),
        camera_ids=list(event.camera_ids),
        made_by=said.by,
        made_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


UPSERT: LiteralString = """
INSERT INTO recommendation_log
SELECT * FROM json_populate_recordset(NULL::recommendation_log, %s::json)
ON CONFLICT (recommendation_id) DO UPDATE SET
    state = excluded.state, recipient_unit_id = excluded.recipient_unit_id, outside = excluded.outside,
    document = excluded.document, sent_at = excluded.sent_at, accepted = excluded.accepted, answer = excluded.answer,
    answer_document = excluded.answer_document, answered_at = excluded.answered_at, version = excluded.version,
    position = excluded.position
"""


class RecommendationLog:
    """Feeds the log of recommendations."""

    name: ClassVar[str] = "recommendation_log"
    table: ClassVar[LiteralString] = "recommendation_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        changed = [r for r in batch if isinstance(r.event, Recommendation.Event | Recommendation.Created)]
        if not changed:
            return
        rows: dict[UUID, RecommendationRow | None] = dict(
            by_ids(curs.connection, {r.event.originator_id for r in changed})
        )
        for r in changed:
            rows[r.event.originator_id] = fold(rows.get(r.event.originator_id), r.event, r.position)
        curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


# -- queries ------------------------------------------------------------------


def by_ids(conn: Connection[Any], ids: Iterable[UUID]) -> dict[UUID, RecommendationRow]:
    """The rows of these recommendations, without regard to scope."""
    with conn.cursor(row_factory=class_row(RecommendationRow)) as curs:
        curs.execute("SELECT * FROM recommendation_log WHERE recommendation_id = ANY(%s)", (list(ids),))
        return {row.recommendation_id: row for row in curs}


def by_number(conn: Connection[Any], number: str) -> RecommendationRow | None:
    """The row of a number, without regard to scope."""
    with conn.cursor(row_factory=class_row(RecommendationRow)) as curs:
        return curs.execute("SELECT * FROM recommendation_log WHERE number = %s", (number,)).fetchone()


@dataclass(frozen=True, kw_only=True)
class RecommendationNarrow:
    """What a reader narrows the recommendations to; None does not narrow."""

    states: list[str] | None = None
    shortcoming: str | None = None
    case_id: UUID | None = None
    camera_id: UUID | None = None
    number: str | None = None


LISTING = Listing(
    table="recommendation_log",
    row=RecommendationRow,
    order="made_at DESC, recommendation_id",
    place=("made_at", "recommendation_id"),
    beyond="""
    made_at < %(after_made_at)s
    OR (made_at = %(after_made_at)s AND recommendation_id > %(after_recommendation_id)s::uuid)""",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "shortcoming": "shortcoming = %(shortcoming)s",
        "case_id": "%(case_id)s = ANY(case_ids)",
        "camera_id": "%(camera_id)s = ANY(camera_ids)",
        "number": "number = %(number)s",
    },
    writes=True,
)
"""Recommendations, newest first."""
