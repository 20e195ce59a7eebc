"""Recommendations: what the data show, to whom it was put, and what came of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.envelope import Event
from domain.personal import Personal
from domain.recommendation import Recommendation, RecommendationState
from domain.succession import Succeeded
from projections.listing import Listing
from projections.register import Register


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
        case Succeeded():
            return replace(row, **event.changes(row))
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


LOG = Register(Recommendation, RecommendationRow, fold, table="recommendation_log", key="recommendation_id")
"""Feeds the log of recommendations."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


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
