"""Taking footage out of the system: who asked, who allowed it, who cut it, who got it, and why."""

from domain.extraction.events import ExtractedFile, Gap
from domain.extraction.extraction import FootageExtraction
from domain.extraction.state import ExtractionState, GapReason

__all__ = ["ExtractedFile", "ExtractionState", "FootageExtraction", "Gap", "GapReason"]
