"""What `rulebook.yaml` says of breaches of the regulation: who checks, and what follows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator

from domain.breach_guards import Measure
from domain.rules import BreachRules
from policies.files import Strict
from policies.values import Given, Stated


class Checking(Stated):
    """A kind of unit that checks the units of its area."""

    unit_kind: str


class BreachSection(Strict):
    """Who answers for breaches, who checks, and what follows one by its nature and degree."""

    rule: str
    checked_by: tuple[Checking, ...] = ()
    """None where the regulation sets no party above another."""
    measures: Annotated[Mapping[Measure, Stated], AfterValidator(MappingProxyType), Given]


def breach_rules(section: BreachSection | None) -> BreachRules:
    """The same as the domain asks for it."""
    if section is None:
        return BreachRules()
    return BreachRules(
        rule=section.rule,
        checked_by=MappingProxyType({one.unit_kind: one.rule for one in section.checked_by}),
        measures=MappingProxyType({str(name): one.rule for name, one in section.measures.items()}),
    )
