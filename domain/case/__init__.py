"""The case opened for one suspected act: from a machine's proposal to the execution of a decision."""

from domain.case.case import Case
from domain.case.events import EvidenceItem
from domain.case.state import CaseState, Finding, Mark

__all__ = ["Case", "CaseState", "EvidenceItem", "Finding", "Mark"]
