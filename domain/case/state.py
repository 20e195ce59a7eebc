"""The words a case is described with."""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands. Receipt and the result notice are marks within APPROVED and CONCLUDED."""

    DETECTED = "DETECTED"
    DISCARDED = "DISCARDED"
    APPROVED = "APPROVED"
    VERIFYING = "VERIFYING"
    CONCLUDED = "CONCLUDED"


class Finding(StrEnum):
    """What the police conclude: a violation, none, or not enough to say (NĐ 61/2026 Đ21)."""

    VIOLATION = "VIOLATION"
    NO_VIOLATION = "NO_VIOLATION"
    INSUFFICIENT = "INSUFFICIENT"
