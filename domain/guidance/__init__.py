"""Guidance (*văn bản, hướng dẫn dùng chung*): a document that users of the system share, and may have to know.

Each edition is one of its own and names the one it replaces. Who it is for is said by area and kind of unit; whoever is
in such a unit reads it, and confirms that they have where it asks for that (`domain.acknowledgement`). That a head told
their people of it is the head's statement, and nobody's confirmation (R-QT-6.1.a, R-DH-16.4.a, R-DB-13.4.0).
"""

from domain.guidance.guards import GuidanceKind, GuidanceState
from domain.guidance.guidance import Edition, Guidance, withdrawn_at

__all__ = ["Edition", "Guidance", "GuidanceKind", "GuidanceState", "withdrawn_at"]
