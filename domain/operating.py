"""What a regulation says of running the system: incidents, duty, maintenance, and who settles obstacles."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class IncidentKind:
    """What an incident may be about, by the rule that knows it."""

    rule: str
    vi: str
    en: str
    fault: str | None = None
    """What is wrong with a camera while such an incident of it is handled."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a regulation says of running the system: incidents, duty, maintenance."""

    incident_rule: str | None = None
    """None where the regulation says nothing of incidents."""
    handler_kind: str | None = None
    """The kind of unit that is told of them; None where that is whoever operates the camera."""
    incident_kinds: Mapping[str, IncidentKind] = field(default_factory=dict)
    leader_rule: str | None = None
    """That whoever reports one has told their leader, and when; None where nobody is named."""
    process_rule: str | None = None
    """That one is handled by a process that was issued; None where none is."""
    told: frozenset[str] = frozenset()
    """The kinds of unit that see the incidents of their area besides (R-DB-18.4.0)."""
    duty: Mapping[str, str] = field(default_factory=dict)
    """The kinds of unit that have somebody on duty at every hour, each with the rule that wants it so."""
    work_rule: str | None = None
    """Maintenance must not interrupt operation; None where the regulation does not say so."""
    max_share_down: float = 0.5
    """The share of an area's cameras that work may take down at once."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """Whom an obstacle is put before: a kind of unit of the system, or a body outside of it."""

    kind: str | None
    vi: str
    en: str


@dataclass(frozen=True, kw_only=True)
class ObstacleChain:
    """Who settles what keeps a unit from following the regulation, one after the other, and the rule that says so."""

    rule: str | None = None
    levels: tuple[Level, ...] = ()
