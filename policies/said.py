"""The words that every section of a rulebook is made of: names, sentences, and the rule that says so."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from policies.files import Strict

T = TypeVar("T")
GIVEN = Field(default_factory=dict, validate_default=True)
Named = Annotated[Mapping[str, T], AfterValidator(MappingProxyType), GIVEN]
"""Things by their names, none where nothing is said."""


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
