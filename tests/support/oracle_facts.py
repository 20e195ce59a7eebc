"""What the oracle knows of each noun beside cases, cameras and extractions."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AreaFacts:
    """An area, by its path; it is no unit's own."""

    id: str
    area: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """A unit, with the account of one of its people, if it has any."""

    id: str
    code: str
    area: str
    somebody: str


@dataclass(frozen=True, kw_only=True)
class UseFacts:
    """A live view that stands, with the person whose it is and their unit."""

    id: str
    area: str
    camera: str
    used_by: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class IncidentFacts:
    """An incident, with the unit that reported it, the one that operates its camera, and the one that has it."""

    id: str
    number: str
    state: str
    area: str
    owner: str
    camera: str | None = None
    operator: str | None = None
    handled_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkFacts:
    """A work order, with the unit that planned it."""

    id: str
    number: str
    state: str
    area: str
    owner: str
    camera: str


@dataclass(frozen=True, kw_only=True)
class ShiftFacts:
    """A shift, with the unit that is on duty."""

    id: str
    number: str
    state: str
    area: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class RosterFacts:
    """A roster, with the unit whose duty it is."""

    id: str
    number: str
    state: str
    area: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class BreachFacts:
    """A breach, with the unit it happened in, the person it is said of, and the unit that examined it."""

    id: str
    number: str
    state: str
    area: str
    owner: str
    accused: str | None = None
    examined_by: str | None = None


@dataclass(frozen=True)
class ClientFacts:
    """A client of the register, with the unit that operates it."""

    id: str
    code: str
    state: str
    kind: str
    area: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """A report on record, with the unit that issued it."""

    id: str
    number: str
    area: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class RecommendationFacts:
    """A recommendation, with the unit that made it and the one it was sent to."""

    id: str
    number: str
    state: str
    area: str
    owner: str
    recipient: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObstacleFacts:
    """An obstacle, with the unit that reported it and the one that put it before the committee."""

    id: str
    number: str
    state: str
    area: str
    owner: str
    escalated_by: str | None = None
