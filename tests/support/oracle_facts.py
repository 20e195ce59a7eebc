"""What the oracle knows of areas and units."""

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
