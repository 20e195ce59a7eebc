"""What the values of a rulebook are made of: texts in both languages, and why a value is the one it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from policies.files import Strict
from policies.tables import ends_after_it_begins, in_force

T = TypeVar("T")
Given = Field(default_factory=dict, validate_default=True)
Named = Annotated[Mapping[str, T], AfterValidator(MappingProxyType), Given]
"""Things by their names, none where nothing is said."""

Ambiguity = Annotated[str, Field(pattern=r"^C[1-9]\d?$")]


class Text(Strict):
    """A name or sentence in both languages."""

    vi: str
    en: str


class Cited(Text):
    """A name with the rule that knows it."""

    rule: str


class Stated(Strict):
    """Something with the rule that says so."""

    rule: str


class Value(Strict, Generic[T]):
    """A value and why it is that one.

    It stands on a *rule*, *settles* a point on which the texts differ or are silent, or was *chosen* by the
    installation because this regulation does not set it.
    """

    value: T
    rule: str | None = None
    settles: Ambiguity | None = None
    chosen: Text | None = None
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None

    @model_validator(mode="after")
    def _why(self) -> Self:
        ends_after_it_begins(self)
        if not (self.rule or self.settles or self.chosen):
            raise ValueError(
                "expected a citation: the `rule`, the ambiguity it `settles`, or why it was `chosen`"
            )
        return self


def on_day(values: Iterable[Value[T]], day: date) -> Value[T] | None:
    """Return the one that is in force on *day*."""
    return next((value for value in values if in_force(value, day)), None)
