"""What a regulation says of how footage leaves the system: what a request holds, who decides on it, who cuts."""

from typing import Literal

from pydantic import Field

from policies.files import Strict
from policies.values import Ambiguity, Value


class ExtractionNeeds(Strict):
    """What a request of these kinds of unit must hold."""

    unit_kinds: tuple[str, ...] = Field(min_length=1)
    items: tuple[Literal["document", "content", "purpose", "undertaking", "leader"], ...]
    rule: str


class ExtractionApprover(Strict):
    """Who decides the requests of whom; a requester of None is anybody."""

    requester: str | None = None
    approver: str
    rule: str


class Executors(Strict):
    """Which kinds of unit cut the footage and hand it over."""

    unit_kinds: tuple[str, ...] = Field(min_length=1)
    rule: str
    settles: Ambiguity | None = None


class ExtractionSection(Strict):
    """How footage leaves the system."""

    request: tuple[ExtractionNeeds, ...]
    approvers: tuple[ExtractionApprover, ...]
    executors: Executors
    log_fields: Value[tuple[str, ...]]

    def deciders(self, requester: str) -> frozenset[str]:
        """Return who decides on a request of such a unit; nobody on that of one which has nothing to ask for."""
        if all(requester not in one.unit_kinds for one in self.request):
            return frozenset()
        return frozenset(one.approver for one in self.approvers if one.requester in {None, requester})
