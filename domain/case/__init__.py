"""The case opened for one suspected violation, from a machine's proposal to a person's conclusion."""

from domain.case.case import Case
from domain.case.events import EvidenceItem
from domain.case.state import CaseState, Finding

__all__ = ["Case", "CaseState", "EvidenceItem", "Finding"]
