"""What a profile says of the documents that users of the system share, and the same as the domain asks for it."""

from datetime import date
from types import MappingProxyType
from typing import Self

from pydantic import Field, model_validator

from domain.rules import GuidanceRules, Issuer
from policies.files import Strict
from policies.tables import overlapping
from policies.values import Stated, Text, Value, on_day


class IssuingUnit(Stated):
    """A kind of unit that issues guidance; *head*: its head does so; *own_kind*: for units of its own kind alone."""

    unit_kind: str
    head: bool = False
    own_kind: bool = False
    reading: Text | None = None
    """Why so, where the rule does not say it in so many words."""


class GuidanceSection(Strict):
    """Who issues guidance, whether heads brief their people, and whether these have to know it before they use."""

    issuers: tuple[IssuingUnit, ...] = Field(min_length=1)
    briefing: Stated | None = None
    before_use: tuple[Value[bool], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for number, value in enumerate(self.before_use):
            if other := overlapping(self.before_use[:number], value):
                raise ValueError(f"before_use: expected after the value in force from {other.from_}")
        return self


def guidance_of(section: GuidanceSection | None, day: date) -> GuidanceRules:
    """Return the rules on guidance as of *day*; a profile without them lets nobody issue any."""
    if section is None:
        return GuidanceRules()
    before_use = on_day(section.before_use, day)
    return GuidanceRules(
        issuers=MappingProxyType(
            {
                one.unit_kind: Issuer(rule=one.rule, head=one.head, own_kind=one.own_kind)
                for one in section.issuers
            }
        ),
        briefing_rule=section.briefing.rule if section.briefing else None,
        before_use=bool(before_use and before_use.value),
        before_use_rule=before_use.rule if before_use else None,
    )
