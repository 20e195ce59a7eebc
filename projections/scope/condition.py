"""A condition on the scope columns of a read model, with its parameters."""

from typing import Any, LiteralString

from domain.context import Actor


class Scope:
    """A condition on the scope columns of a read model, with its parameters.

    Rows may lie in several ranges of a table, each of which has an index; equal are scopes whose conditions are,
    whatever their parameters.
    """

    def __init__(self, *ranges: LiteralString, params: dict[str, Any] | None = None) -> None:
        self.ranges = ranges
        self.params = params or {}

    @property
    def where(self) -> LiteralString:
        """The condition as one."""
        return " OR ".join(f"({one})" for one in self.ranges)

    def __eq__(self, other: object) -> bool:
        """Whether the conditions are the same text."""
        return isinstance(other, Scope) and self.ranges == other.ranges

    def __hash__(self) -> int:
        """By the conditions."""
        return hash(self.ranges)


NOTHING = Scope("false")
FOR_AREA: LiteralString = "(%(area)s = area_path OR starts_with(%(area)s, area_path || '/'))"
IN_AREA: LiteralString = """
(area_path = %(area)s OR starts_with(area_path, %(area)s || '/') OR area_path = ANY(%(areas_before)s))
"""
"""What lies in one's area, or was captured in one that was merged into it: of whom `of_area` says the parameters."""


def of_area(actor: Actor) -> dict[str, Any]:
    """Where somebody's unit works, and what was merged into that; `Actor.covers` says the same of one area."""
    return {"area": actor.area_path, "areas_before": list(actor.areas_before)}
