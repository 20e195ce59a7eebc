"""What a profile says of who settles obstacles, and the same as the domain asks for it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.operating import Level, ObstacleChain
from policies.tables import overlapping
from policies.values import Text, Value, on_day


class SettlingBody(Text):
    """A kind of unit of the system, or a body outside of it, that settles obstacles."""

    unit_kind: str | None = None


Chain = Value[Annotated[tuple[SettlingBody, ...], Field(min_length=1)]]
"""Who is asked first, and who beyond their competence."""


def _one_at_a_time(chains: tuple[Chain, ...]) -> tuple[Chain, ...]:
    for number, one in enumerate(chains):
        if other := overlapping(chains[:number], one):
            raise ValueError(f"obstacles: expected after the chain in force from {other.from_}")
    return chains


Chains = Annotated[tuple[Chain, ...], AfterValidator(_one_at_a_time)]
"""The chain of each time; none where the regulation names nobody."""


def obstacles_of(chains: Sequence[Chain], day: date) -> ObstacleChain:
    """Return the chain as of *day*."""
    one = on_day(chains, day)
    if one is None:
        return ObstacleChain()
    levels = tuple(Level(kind=body.unit_kind, vi=body.vi, en=body.en) for body in one.value)
    return ObstacleChain(rule=one.rule, levels=levels)
